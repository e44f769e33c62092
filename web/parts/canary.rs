//! The canary in words: how far the newest one came, and when the last proof was.

use index::canary::{Canary, SLUG};
use jiff::Timestamp;

use crate::moment::Moment;
use crate::parts::sign::{Meaning, Sign};

/// The canary as pages show it.
pub(crate) struct CanaryLine {
    /// Its page.
    pub(crate) page: String,
    /// Whether it is late.
    pub(crate) state: Sign,
    /// When it last came through.
    pub(crate) proved: Option<Moment>,
    /// How far the newest one came.
    pub(crate) steps: Vec<StepLine>,
}

/// A step of its way.
pub(crate) struct StepLine {
    /// What has happened when it is reached.
    pub(crate) name: &'static str,
    /// When it was.
    pub(crate) reached: Option<Moment>,
    /// What is said where it was not.
    pub(crate) otherwise: &'static str,
}

impl CanaryLine {
    /// The canary as it reads at `now`.
    pub(crate) fn of(canary: &Canary, now: Timestamp) -> Self {
        let late = canary.is_late(now);
        let (meaning, word) = match (late, canary.proved) {
            (true, _) => (Meaning::Attention, "overdue"),
            (false, None) => (Meaning::Quiet, "on its way"),
            (false, Some(_)) => (Meaning::Quiet, "came through"),
        };
        let steps = canary.steps.iter().map(|one| StepLine {
            name: one.step.described(),
            reached: one.reached.map(|at| Moment::of(at, now)),
            otherwise: if one.attached {
                "not yet"
            } else {
                "not taken: nobody is told of it, set mail.operator"
            },
        });
        Self {
            page: crate::words::page("/sources", SLUG),
            state: Sign { meaning, word: word.to_owned() },
            proved: canary.proved.map(|at| Moment::of(at, now)),
            steps: steps.collect(),
        }
    }
}
