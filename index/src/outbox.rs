//! What has still to be sent, and what became of what was: the nouns of the outbox.
//!
//! Sent at least once. What may have arrived before says so: a parcel whose sending was begun more often than it is
//! known to have come to nothing. Refuses to send anything itself.

use jiff::Timestamp;
use serde::Serialize;

use crate::digest::Digest;
use crate::subscription::Subscription;

/// Something to be sent, leased to whoever sends it.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Its number.
    pub id: i64,
    /// Where it goes.
    pub address: String,
    /// The part of its message identifier before the @: the same at every attempt.
    pub message: String,
    /// When it was written.
    pub created: Timestamp,
    /// Attempts that failed, whether or not it is known that nothing arrived.
    pub failures: u32,
    /// Whether it may have arrived before.
    pub repeated: bool,
    /// The subscription that it is for.
    pub subscription: Subscription,
    /// The digest that it brings, with the unguessable part of its address; none for a request to confirm.
    pub digest: Option<(String, Digest)>,
}

/// What came of an attempt to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The far side took it.
    Sent,
    /// Not now. `certain` is whether it is known that nothing arrived.
    Failed {
        /// Why, in a sentence that may be shown.
        sentence: String,
        /// Whether nothing arrived for certain.
        certain: bool,
        /// When to try again.
        next_try: Timestamp,
    },
    /// The far side refuses this address for good.
    Refused {
        /// Why, in a sentence that may be shown.
        sentence: String,
    },
}

/// How far something in the outbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It has still to be sent.
    Waiting,
    /// It was sent.
    Sent,
    /// Its address refused it for good.
    Refused,
    /// Its subscription ended before it was sent.
    Dropped,
}

impl State {
    const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Refused, Self::Dropped];

    /// The word that the record keeps, and that is shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Dropped => "dropped",
        }
    }

    /// The state that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What was sent or has to be, as the history of a subscription shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Posted {
    /// When it was written.
    pub created: Timestamp,
    /// The unguessable part of the address of its digest; none for a request to confirm.
    #[serde(skip)]
    pub digest: Option<String>,
    /// What it says in one line.
    pub headline: String,
    /// How far it is.
    pub state: State,
    /// Why it was not sent at the last attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// When it was sent.
    pub sent: Option<Timestamp>,
    /// When it is tried again, while it waits.
    pub next_try: Option<Timestamp>,
    /// How often sending it was begun.
    pub attempts: u32,
    /// Whether it may have arrived more than once.
    pub repeated: bool,
}

/// How the outbox is doing, for the line in every page's header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Backlog {
    /// Parcels that have still to be sent.
    pub waiting: u64,
    /// Those of them that failed at least once.
    pub failing: u64,
    /// Subscriptions whose address refuses what is sent.
    pub refused: u64,
}
