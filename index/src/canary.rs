//! The canary: a built-in source that proves once a day that what arrives comes out at the other end.
//!
//! Its document holds a token that was never seen before. The token is followed on the way that every entry takes, and
//! the moment at which it reached each [`Step`] is kept. Refuses to count a step as reached that was not: where
//! nobody is told of the canary, its way ends before the outbox, and that is said.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// Short name of the canary's source.
pub const SLUG: &str = "canary";

/// Minutes between two proofs.
pub const EVERY_MINUTES: u32 = 24 * 60;

/// The age beyond which the last proof counts as late: a day, and an hour for the way.
pub const PATIENCE: SignedDuration = SignedDuration::from_hours(25);

/// A step of the way that an entry takes through the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Its document came over HTTP and was read.
    Fetch,
    /// It was recorded.
    Store,
    /// A search finds it.
    Index,
    /// A standing query matched it.
    Match,
    /// It lies in the outbox.
    Outbox,
}

impl Step {
    /// Every step, in the order of the way.
    pub const ALL: [Self; 5] = [Self::Fetch, Self::Store, Self::Index, Self::Match, Self::Outbox];

    /// The word that the record keeps.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Store => "store",
            Self::Index => "index",
            Self::Match => "match",
            Self::Outbox => "outbox",
        }
    }

    /// What has happened when it is reached, in a few words.
    #[must_use]
    pub const fn described(self) -> &'static str {
        match self {
            Self::Fetch => "fetched over HTTP",
            Self::Store => "recorded",
            Self::Index => "found by a search",
            Self::Match => "matched by a standing query",
            Self::Outbox => "in the outbox",
        }
    }

    /// The step that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == word)
    }

    /// Whether a proof must reach this step: the outbox only where somebody is `told` of the canary.
    #[must_use]
    pub const fn is_attached(self, told: bool) -> bool {
        told || !matches!(self, Self::Outbox)
    }
}

/// One step of the newest canary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Which.
    pub step: Step,
    /// Whether a proof must reach it.
    pub attached: bool,
    /// When it was reached.
    pub reached: Option<Timestamp>,
}

/// How the canary is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Canary {
    /// The steps of the newest token, in order.
    pub steps: Vec<Progress>,
    /// When a token last reached every step that it must.
    pub proved: Option<Timestamp>,
    /// Since when a proof is waited for where there was none yet.
    pub awaited: Timestamp,
}

impl Canary {
    /// How long ago the last proof was, or for how long the first one has been waited for.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.proved.unwrap_or(self.awaited)).max(SignedDuration::ZERO)
    }

    /// Whether a proof is overdue.
    #[must_use]
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.age(now) > PATIENCE
    }

    /// The first step that the newest token must reach and has not.
    #[must_use]
    pub fn stuck_before(&self) -> Option<Step> {
        self.steps.iter().find(|one| one.attached && one.reached.is_none()).map(|one| one.step)
    }
}

/// The progress of a token over every step, from the moments that the record has.
#[must_use]
pub fn progress(reached: &[(Step, Timestamp)], told: bool) -> Vec<Progress> {
    let at = |step| reached.iter().find(|(other, _)| *other == step).map(|(_, at)| *at);
    Step::ALL.map(|step| Progress { step, attached: step.is_attached(told), reached: at(step) }).to_vec()
}

/// When a token came through, if it has reached every step that it must.
#[must_use]
pub fn proved(reached: &[(Step, Timestamp)], told: bool) -> Option<Timestamp> {
    let at = |step: &Step| reached.iter().find(|(other, _)| other == step).map(|(_, at)| *at);
    let steps = Step::ALL.iter().filter(|step| step.is_attached(told));
    let moments: Option<Vec<Timestamp>> = steps.map(at).collect();
    moments?.into_iter().max()
}

/// The standing query that the canary is held against.
#[must_use]
pub fn query() -> String {
    format!("source:{SLUG}")
}

/// What a token begins with; digits follow.
const BEGINNING: &str = "canary";

/// A token for a moment; one word to the search, and never the same at two moments.
#[must_use]
pub fn token(now: Timestamp) -> String {
    format!("{BEGINNING}{}", now.as_millisecond())
}

/// The token in a text, if there is one.
#[must_use]
pub fn token_in(text: &str) -> Option<&str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).find(|word| {
        word.strip_prefix(BEGINNING)
            .is_some_and(|rest| rest.len() > 8 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Canary, Step, progress, proved, token, token_in};

    fn hour(number: i64) -> Timestamp {
        "2026-11-24T08:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(number)
    }

    #[test]
    fn a_proof_is_one_that_reached_every_step_that_it_must() {
        let all: Vec<_> = Step::ALL.iter().zip(0..).map(|(step, at)| (*step, hour(at))).collect();
        assert_eq!(proved(&all, true), Some(hour(4)));
        assert_eq!(proved(all.get(..4).unwrap(), true), None);
        assert_eq!(proved(all.get(..4).unwrap(), false), Some(hour(3)));
        assert_eq!(proved(all.get(1..).unwrap(), false), None);
        assert_eq!(proved(&[], false), None);
        let steps = progress(all.get(..2).unwrap(), false);
        assert_eq!(steps.len(), Step::ALL.len());
        let canary = Canary { steps, proved: None, awaited: hour(0) };
        assert_eq!(canary.stuck_before(), Some(Step::Index));
    }

    #[test]
    fn a_day_and_an_hour_is_waited() {
        let check = |proved: Option<i64>, awaited: i64, now: i64, late: bool| {
            let canary =
                Canary { steps: progress(&[], false), proved: proved.map(hour), awaited: hour(awaited) };
            assert_eq!(canary.is_late(hour(now)), late, "{proved:?} {awaited} {now}");
        };
        check(Some(0), -500, 25, false);
        check(Some(0), -500, 26, true);
        check(None, 0, 25, false);
        check(None, 0, 26, true);
        check(Some(0), 0, -3, false);
    }

    #[test]
    fn a_token_is_one_word_and_found_again() {
        let made = token(hour(0));
        assert_eq!(token_in(&format!("It sings {made}, and is found.")), Some(made.as_str()));
        assert_eq!(token_in("canary1 canaries12345678901 a canary"), None);
    }

    #[test]
    fn every_step_is_kept_by_its_word() {
        for step in Step::ALL {
            assert_eq!(Step::from_word(step.as_str()), Some(step));
            assert_eq!(serde_json::to_value(step).unwrap(), step.as_str());
        }
    }
}
