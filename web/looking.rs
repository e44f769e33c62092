//! Looking at a site for a visitor, and taking what a visitor chose: one way for the pages and the API.
//!
//! Refuses addresses of private networks and of this machine (unless the whole program was started for that, as the demo
//! is), local files and secrets, and more than two looks at the same time. Adds nothing that is not asked for.

use std::sync::Arc;

use crawler::discover::{self, Bounds, Found, Known, Look};
use crawler::exchange;
use crawler::fetch::{Disappointment, Door, Reach};
use index::source::{Kind, Source};
use jiff::Timestamp;
use tokio::sync::Semaphore;
use url::Url;

/// Looks at the same time.
const TOGETHER: usize = 2;
/// The longest interval in minutes: thirty days.
pub(crate) const RAREST: u32 = 43_200;

/// With what visitors' addresses are looked at; cheap to clone.
#[derive(Clone)]
pub struct Looking {
    door: Door,
    reach: Reach,
    turns: Arc<Semaphore>,
}

/// Why nothing was looked at; each reads on its own.
pub(crate) enum Refusal {
    /// What was typed leads nowhere.
    Typed(String),
    /// Not now.
    Busy(String),
}

impl Looking {
    /// Looks through this door. With [`Reach::Private`] also at this machine and its networks, for whoever may ask.
    #[must_use]
    pub fn new(door: Door, reach: Reach) -> Self {
        Self { door, reach, turns: Arc::new(Semaphore::new(TOGETHER)) }
    }

    /// Looks at a site.
    pub(crate) async fn at(&self, site: &Url, known: &Known, now: Timestamp) -> Result<Found, Refusal> {
        let Ok(_turn) = self.turns.try_acquire() else {
            let sentence = "Other sites are being looked at just now: try again in half a minute.";
            return Err(Refusal::Busy(sentence.to_owned()));
        };
        let look = Look { door: self.door.clone(), reach: self.reach, now, bounds: Bounds::PAGE };
        discover::look(&look, site, known).await.map_err(|why| Refusal::Typed(sentence(&why)))
    }

    /// Whether a visitor may add this source.
    ///
    /// # Errors
    /// Why not, in a fragment that reads after "failed to add it: ".
    pub(crate) fn may_add(&self, source: &Source) -> Result<(), String> {
        let options = &source.options;
        let of_this_machine = ["preset_file", "token_variable"].iter().any(|key| options.get(key).is_some());
        if source.kind == Kind::Folder || of_this_machine {
            let why =
                "files and secrets of this machine are named in the terminal, with `forewarn source add`";
            return Err(why.to_owned());
        }
        if source.private_network && self.reach == Reach::Public {
            return Err("private networks are allowed in the terminal, with --private-network".to_owned());
        }
        if !(1..=RAREST).contains(&source.every_minutes) {
            return Err(format!("it has to be asked every 1 to {RAREST} minutes"));
        }
        exchange::usable(source)
    }
}

fn sentence(why: &Disappointment) -> String {
    match why {
        Disappointment::RefusedAddress { .. } => format!(
            "Failed to {why}. In the terminal, `forewarn source add … --private-network` looks at your own networks."
        ),
        _ => format!("Failed to {why}."),
    }
}

#[cfg(test)]
mod tests {
    use crawler::discover::{self, Known};
    use crawler::fetch::{Door, Politeness, Reach};
    use jiff::Timestamp;

    use super::{Looking, Refusal};

    #[tokio::test]
    async fn only_so_many_sites_are_looked_at_together() {
        let looking = Looking::new(Door::new(Politeness::default()).unwrap(), Reach::Public);
        let site = discover::site("http://127.0.0.1:9/").unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let turns = looking.turns.clone().acquire_many_owned(2).await.unwrap();
        let busy = looking.at(&site, &Known::default(), now).await;
        assert!(matches!(busy, Err(Refusal::Busy(sentence)) if sentence.contains("try again")));
        drop(turns);
        let refused = looking.at(&site, &Known::default(), now).await;
        assert!(matches!(refused, Err(Refusal::Typed(sentence)) if sentence.contains("--private-network")));
    }
}
