//! Which hosts' wishes are already known.
//!
//! Keeps what was read from each origin's `robots.txt` for a day (RFC 9309 section 2.4), and what could not be read for
//! a minute. Sees to it that one origin's file is fetched by one task at a time. Everything is in memory and bounded;
//! nothing is fetched here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;

use super::Rules;
use crate::fetch::address::Reach;

const KNOWN_FOR: Duration = Duration::from_hours(24);
/// Short, so that a host that was mended, or a person who tries again, does not wait for nothing.
const UNKNOWN_FOR: Duration = Duration::from_mins(1);

/// At most so many bytes of `robots.txt` are kept in mind; what was read first is forgotten first.
const REMEMBERED: usize = 16 * 1024 * 1024;

/// What an origin weighs beside its file, in bytes (a guess).
const OVERHEAD: usize = 256;

/// The rules of many origins.
#[derive(Default)]
pub(in crate::fetch) struct Cache {
    origins: Mutex<Origins>,
}

#[derive(Default)]
struct Origins {
    slots: HashMap<Origin, Slot>,
    /// What has come in since all was last weighed.
    unweighed: usize,
}

/// Scheme, host and port, and how far the reader could reach.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(in crate::fetch) struct Origin(String, Reach);

impl Origin {
    pub(in crate::fetch) fn of(url: &Url, reach: Reach) -> Origin {
        Origin(url.origin().ascii_serialization(), reach)
    }
}

#[derive(Default)]
struct Slot {
    reading: Arc<tokio::sync::Mutex<()>>,
    known: Option<Known>,
}

struct Known {
    rules: Arc<Rules>,
    size: usize,
    since: Timestamp,
}

impl Known {
    fn fresh(&self, now: Timestamp) -> bool {
        let lasts = if matches!(*self.rules, Rules::Unknown(_)) { UNKNOWN_FOR } else { KNOWN_FOR };
        let age = now.duration_since(self.since);
        // Of two fetches under way, the one that was asked for earlier may read what the later one wrote.
        age.unsigned_abs() < lasts
    }
}

impl Cache {
    /// What is known about the origin and not too old.
    pub(in crate::fetch) fn fresh(&self, origin: &Origin, now: Timestamp) -> Option<Arc<Rules>> {
        let origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        let known = origins.slots.get(origin)?.known.as_ref()?;
        known.fresh(now).then(|| Arc::clone(&known.rules))
    }

    /// The lock under which the origin's file is to be fetched; makes room for what will be read.
    pub(in crate::fetch) fn reading(&self, origin: &Origin, now: Timestamp) -> Arc<tokio::sync::Mutex<()>> {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if origins.unweighed >= REMEMBERED / 2 {
            forget(&mut origins.slots, now);
            origins.unweighed = 0;
        }
        origins.unweighed += OVERHEAD;
        Arc::clone(&origins.slots.entry(origin.clone()).or_default().reading)
    }

    /// Remembers what was read from a file of `size` bytes.
    pub(in crate::fetch) fn keep(&self, origin: Origin, rules: Arc<Rules>, size: usize, now: Timestamp) {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        origins.slots.entry(origin).or_default().known = Some(Known { rules, size, since: now });
        origins.unweighed += size;
    }
}

/// Brings what is remembered down to half of what may be.
fn forget(slots: &mut HashMap<Origin, Slot>, now: Timestamp) {
    slots.retain(|_, slot| in_use(slot) || slot.known.as_ref().is_some_and(|known| known.fresh(now)));
    let mut by_age: Vec<(Timestamp, usize)> = slots
        .values()
        .filter_map(|slot| slot.known.as_ref().map(|known| (known.since, known.size)))
        .collect();
    by_age.sort_unstable_by(|one, other| other.cmp(one));
    let mut weight = 0;
    let too_old = by_age.into_iter().find(|(_, size)| {
        weight += size + OVERHEAD;
        weight > REMEMBERED / 2
    });
    if let Some((oldest, _)) = too_old {
        for slot in slots.values_mut() {
            slot.known.take_if(|known| known.since <= oldest);
        }
        slots.retain(|_, slot| in_use(slot) || slot.known.is_some());
    }
}

fn in_use(slot: &Slot) -> bool {
    Arc::strong_count(&slot.reading) > 1
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use jiff::Timestamp;
    use reqwest::Url;

    use super::{Cache, Origin, REMEMBERED};
    use crate::fetch::address::Reach;
    use crate::fetch::disappointment::Disappointment;
    use crate::fetch::robots::Rules;

    fn origin(number: usize) -> Origin {
        Origin::of(&Url::parse(&format!("https://{number}.example/path")).unwrap(), Reach::Public)
    }

    #[test]
    fn rules_last_a_day_and_a_failure_a_minute() {
        let (cache, now) = (Cache::default(), Timestamp::UNIX_EPOCH);
        cache.keep(origin(1), Arc::new(Rules::Open), 0, now);
        let unknown = Rules::Unknown(Disappointment::RobotsUnreadable { host: String::new() });
        cache.keep(origin(2), Arc::new(unknown), 0, now);
        let known =
            |number, seconds| cache.fresh(&origin(number), now + Duration::from_secs(seconds)).is_some();
        assert!(known(1, 0) && known(1, 86_399) && !known(1, 86_400));
        assert!(known(2, 59) && !known(2, 60));
        assert!(!known(3, 0));
    }

    #[test]
    fn many_hosts_do_not_fill_the_memory() {
        let (cache, now) = (Cache::default(), Timestamp::UNIX_EPOCH);
        for number in 0..100 {
            let later = now + Duration::from_secs(number as u64);
            drop(cache.reading(&origin(number), later));
            cache.keep(origin(number), Arc::new(Rules::Open), 500 * 1024, later);
        }
        let origins = cache.origins.lock().unwrap();
        let weight: usize = origins.slots.values().filter_map(|slot| Some(slot.known.as_ref()?.size)).sum();
        drop(origins);
        assert!(weight <= REMEMBERED && weight > REMEMBERED / 4, "{weight}");
        assert!(cache.fresh(&origin(99), now + Duration::from_secs(99)).is_some());
        assert!(cache.fresh(&origin(0), now + Duration::from_secs(99)).is_none());
    }
}
