//! What time it is during a fetch.
//!
//! The caller says what time it is at the start; from there on time passes by the monotonic clock. No calendar clock
//! is read here.

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The time at which a fetch was asked for, and what has passed since.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    given: Timestamp,
    at: Instant,
}

impl Moment {
    pub(super) fn starting(now: Timestamp) -> Moment {
        Moment { given: now, at: Instant::now() }
    }

    /// The caller's time, moved on by what has passed.
    pub(super) fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.at.elapsed()).unwrap_or(SignedDuration::MAX);
        self.given.checked_add(passed).unwrap_or(Timestamp::MAX)
    }
}
