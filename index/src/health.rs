//! What a source's state is, told from what the record has of it: healthy, silent for unusually long, doubtful, failing,
//! gone, suspended.
//!
//! Refuses to read a clock: `now` is an argument. What is wrong beyond "it failed" is a [`Symptom`], found by the crawler
//! and kept with the source.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::source::{Health, Kind, Source};

/// What is wrong with a source, as far as it has a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symptom {
    /// Its address was removed for good (410).
    Removed,
    /// There is nothing at its address, whatever the status says.
    Missing,
    /// The name of its host does not resolve.
    Unresolved,
    /// The certificate of its host has expired.
    Certificate,
    /// It wants a login, or forbids.
    Refused,
    /// A web page came where a feed was expected.
    NotAFeed,
    /// Nothing on the page fits the selectors any more.
    Unmatched,
    /// The feed has lost entries that it should still have.
    Shrunk,
    /// The key that the provider signs with has expired or was revoked.
    ProviderKey,
    /// Another channel of the same vendor says what is missing here.
    Disagreement,
}

impl Symptom {
    /// Every symptom.
    pub const ALL: [Self; 10] = [
        Self::Removed,
        Self::Missing,
        Self::Unresolved,
        Self::Certificate,
        Self::Refused,
        Self::NotAFeed,
        Self::Unmatched,
        Self::Shrunk,
        Self::ProviderKey,
        Self::Disagreement,
    ];

    /// The word that the record keeps.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Missing => "missing",
            Self::Unresolved => "unresolved",
            Self::Certificate => "certificate",
            Self::Refused => "refused",
            Self::NotAFeed => "not-a-feed",
            Self::Unmatched => "unmatched",
            Self::Shrunk => "shrunk",
            Self::ProviderKey => "provider-key",
            Self::Disagreement => "disagreement",
        }
    }

    /// The symptom that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|symptom| symptom.as_str() == word)
    }
}

/// The state of a source in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Its last round went well.
    Healthy,
    /// It was never asked.
    Waiting,
    /// It answers, and has said nothing for longer than it ever used to.
    Quiet,
    /// It answers, and what it says cannot be relied on.
    Doubtful,
    /// Its last round failed; it is tried again by itself.
    Failing,
    /// It is not there any more.
    Gone,
    /// It failed in a way that needs a person.
    Suspended,
    /// It is read only when a person imports it.
    Imported,
}

/// How long an address may be empty before its source counts as gone.
pub const EMPTY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The shortest silence that is called unusual.
const SHORTEST_SILENCE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Days with news that are looked back on.
const DAYS: usize = 40;

/// Days with news below which nothing is known of what is usual.
const FEWEST_DAYS: usize = 6;

/// How many times the usual silence is unusual; a guess that leaves room for a summer.
const TIMES: i32 = 3;

impl State {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Healthy,
        Self::Waiting,
        Self::Quiet,
        Self::Doubtful,
        Self::Failing,
        Self::Gone,
        Self::Suspended,
        Self::Imported,
    ];

    /// The state that these facts amount to at `now`.
    #[must_use]
    pub fn of(source: &Source, health: &Health, now: Timestamp) -> Self {
        let folder = source.kind == Kind::Folder;
        match (health.last_tried, health.failures, health.next_try) {
            _ if source.kind == Kind::House => Self::Imported,
            (None, ..) => Self::Waiting,
            (Some(_), 0, None) if folder => Self::Imported,
            (Some(_), 0, _) if health.symptom.is_some() => Self::Doubtful,
            (Some(_), 0, _) if health.quiet_after.is_some_and(|end| end < now) => Self::Quiet,
            (Some(_), 0, _) => Self::Healthy,
            _ if is_gone(health, now) => Self::Gone,
            (Some(_), _, None) => Self::Suspended,
            (Some(_), _, Some(_)) => Self::Failing,
        }
    }

    /// The word that programs read.
    #[must_use]
    pub const fn as_word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Waiting => "waiting",
            Self::Quiet => "quiet",
            Self::Doubtful => "doubtful",
            Self::Failing => "failing",
            Self::Gone => "gone",
            Self::Suspended => "suspended",
            Self::Imported => "imported",
        }
    }

    /// The word shown for this state.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Waiting => "never asked",
            Self::Quiet => "unusually quiet",
            Self::Doubtful => "doubtful",
            Self::Failing => "failing",
            Self::Gone => "gone",
            Self::Suspended => "suspended",
            Self::Imported => "imported",
        }
    }

    /// Whether somebody should look.
    #[must_use]
    pub const fn is_unwell(self) -> bool {
        matches!(self, Self::Quiet | Self::Doubtful | Self::Failing | Self::Gone | Self::Suspended)
    }

    /// Whether it does not answer, so that its silence proves nothing.
    #[must_use]
    pub const fn is_silent(self) -> bool {
        matches!(self, Self::Failing | Self::Gone | Self::Suspended)
    }
}

/// Removed for good, or nothing there for a week of failures.
fn is_gone(health: &Health, now: Timestamp) -> bool {
    match health.symptom {
        Some(Symptom::Removed) => true,
        Some(Symptom::Missing | Symptom::Unresolved) => {
            health.failing_since.is_some_and(|since| now.duration_since(since) >= EMPTY)
        }
        _ => false,
    }
}

/// When the silence of a source becomes unusual, told from the moments of its news.
///
/// The rule: of the gaps between its last 40 days with news the longest is left out, and three times the longest of the
/// others, a week at least, is unusual. With fewer than six days of news nothing is known of what is usual.
#[must_use]
pub fn quiet_after(news: &[Timestamp]) -> Option<Timestamp> {
    let day = |at: &Timestamp| at.as_second().div_euclid(86_400);
    let mut days: Vec<i64> = news.iter().map(day).collect();
    days.sort_unstable();
    days.dedup();
    let recent = days.get(days.len().saturating_sub(DAYS)..).filter(|recent| recent.len() >= FEWEST_DAYS)?;
    let mut gaps: Vec<i64> = recent.iter().zip(recent.iter().skip(1)).map(|(one, next)| next - one).collect();
    gaps.sort_unstable();
    let usual = gaps.len().checked_sub(2).and_then(|at| gaps.get(at))?;
    let silence = SignedDuration::from_hours(usual * 24).checked_mul(TIMES)?.max(SHORTEST_SILENCE);
    news.iter().max()?.checked_add(silence).ok()
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{State, Symptom, quiet_after};
    use crate::source::{Health, Kind, Source, Standing};

    fn day(number: i64) -> Timestamp {
        "2026-11-01T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * number)
    }

    /// A source that was asked on the first day and is looked at on day 30.
    fn check(failures: u32, symptom: Option<Symptom>, since: i64, suspended: bool, expected: State) {
        let source = Source {
            slug: "halvard".into(),
            name: "Halvard".into(),
            vendor: None,
            kind: Kind::Feed,
            address: "https://halvard.example/feed".into(),
            standing: Standing::Vendor,
            every_minutes: 60,
            private_network: false,
            options: serde_json::Value::Null,
        };
        let health = Health {
            last_tried: Some(day(0)),
            failures,
            symptom,
            failing_since: (failures > 0).then(|| day(since)),
            next_try: (!suspended).then(|| day(31)),
            quiet_after: Some(day(since)),
            ..Health::default()
        };
        assert_eq!(State::of(&source, &health, day(30)), expected, "{health:?}");
    }

    #[test]
    fn a_state_is_told_from_what_the_record_has() {
        check(0, None, 31, false, State::Healthy);
        check(0, None, 29, false, State::Quiet);
        check(0, Some(Symptom::Shrunk), 31, false, State::Doubtful);
        check(2, None, 20, false, State::Failing);
        check(2, None, 20, true, State::Suspended);
        check(2, Some(Symptom::Certificate), 1, false, State::Failing);
        check(2, Some(Symptom::Missing), 24, false, State::Failing);
        check(9, Some(Symptom::Missing), 23, false, State::Gone);
        check(9, Some(Symptom::Unresolved), 22, false, State::Gone);
        check(1, Some(Symptom::Removed), 30, true, State::Gone);
    }

    fn silence(days: &[i64], expected: Option<i64>) {
        let news: Vec<Timestamp> = days.iter().map(|number| day(*number)).collect();
        assert_eq!(quiet_after(&news), expected.map(day), "{days:?}");
    }

    #[test]
    fn unusual_is_told_from_what_was_usual() {
        silence(&[], None);
        silence(&[0, 1, 2, 3, 4], None);
        silence(&[0, 1, 2, 3, 4, 5], Some(12));
        silence(&[0, 30, 60, 90, 120, 150], Some(240));
        silence(&[0, 1, 2, 3, 4, 300], Some(307));
        silence(&[0, 0, 0, 0, 0, 1, 2], None);
        silence(&[150, 30, 0, 90, 120, 60], Some(240));
    }

    #[test]
    fn programs_read_one_word_for_a_state() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_word());
        }
    }

    #[test]
    fn every_symptom_is_kept_by_its_word() {
        for symptom in Symptom::ALL {
            assert_eq!(Symptom::from_word(symptom.as_str()), Some(symptom));
            assert_eq!(serde_json::to_value(symptom).unwrap(), symptom.as_str());
        }
    }
}
