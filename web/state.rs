//! What every answer needs: the door to what is known, the time, and who may ask.
//!
//! Refuses to be a place for settings that one page alone needs. Made once by the program; cloned for each request.

use std::fmt;
use std::sync::{Arc, Mutex};

use index::answer::{States, Totals};
use index::knowledge::Knowledge;
use index::notice::Notice;
use jiff::Timestamp;

use crate::arrival::Packages;
use crate::guard::access::Access;
use crate::looking::Looking;
use crate::metrics::Counts;

/// The time now, from the one clock of the program.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Seconds for which the totals in every page's frame are taken as they were; counting is cheap but not free.
const TOTALS_SECONDS: i64 = 5;

/// What was last answered, and when.
type Held<T> = Arc<Mutex<Option<(Timestamp, T)>>>;

/// What every handler is given; cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The one door to what is known.
    pub knowledge: Knowledge,
    /// The one clock.
    pub clock: Clock,
    /// Who may ask.
    pub access: Access,
    /// Names by which this program may be addressed, without port, beside those of the loopback interface. While empty,
    /// [`Access::Loopback`] admits loopback names alone, and the other two do not look at the name.
    pub hosts: Arc<[String]>,
    /// With what addresses that visitors type are looked at; nothing where that is not offered.
    pub looking: Option<Looking>,
    /// What this process counts.
    pub counts: Arc<Counts>,
    /// The beginning of links that leave the pages, such as `https://forewarn.example`.
    pub site: Arc<str>,
    /// Whether mail can leave.
    pub mails: bool,
    /// How packages that arrive are read.
    pub packages: Packages,
    totals: Held<Totals>,
    states: Held<States>,
    notices: Held<Vec<Notice>>,
}

impl State {
    /// What handlers are given, with no names beside those of the loopback interface, and with no way to look at sites.
    #[must_use]
    pub fn new(knowledge: Knowledge, clock: Clock, access: Access) -> Self {
        Self {
            knowledge,
            clock,
            access,
            hosts: Arc::new([]),
            packages: Packages::default(),
            looking: None,
            counts: Arc::default(),
            site: "".into(),
            mails: false,
            totals: Arc::default(),
            states: Arc::default(),
            notices: Arc::default(),
        }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Totals that are at most a few seconds old.
    pub(crate) async fn totals(&self) -> anyhow::Result<Totals> {
        fresh(&self.totals, self.now(), self.knowledge.totals()).await
    }

    /// How many sources are in which state, as of a few seconds ago at most.
    pub(crate) async fn states(&self) -> anyhow::Result<States> {
        let now = self.now();
        fresh(&self.states, now, self.knowledge.states(now)).await
    }

    /// What is not normal, as of a few seconds ago at most.
    pub(crate) async fn notices(&self) -> anyhow::Result<Vec<Notice>> {
        let now = self.now();
        fresh(&self.notices, now, self.knowledge.what_is_not_normal(now)).await
    }
}

/// What is held while it is fresh, else what is asked now.
async fn fresh<T: Clone>(
    held: &Held<T>,
    now: Timestamp,
    asking: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let last = held.lock().ok().and_then(|held| held.clone());
    if let Some((at, answer)) = last
        && (at.as_second()..at.as_second().saturating_add(TOTALS_SECONDS)).contains(&now.as_second())
    {
        return Ok(answer);
    }
    let answer = asking.await?;
    if let Ok(mut held) = held.lock() {
        *held = Some((now, answer.clone()));
    }
    Ok(answer)
}

impl fmt::Debug for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("State").field("access", &self.access).finish_non_exhaustive()
    }
}
