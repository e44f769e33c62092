//! A verdict on one signature of a package as it is kept: on the day of arrival, and now.

use inspect::key::Fingerprint;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::evidence::Grade;
use crate::verdict::{KeyState, Policy};

/// A verdict as it was at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Whether the signature fits the bytes, and which, in words.
    pub signature: String,
    /// The state of its key.
    pub key: KeyState,
    /// The grade of the best evidence.
    pub evidence: Grade,
    /// What the rules of the house make of it.
    pub policy: Policy,
    /// Why, in one sentence.
    pub reason: String,
    /// The best evidence.
    pub best: Option<Best>,
}

/// The best evidence, as it is shown beside a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Best {
    /// The entry's number.
    pub entry: i64,
    /// Its title.
    pub title: String,
    /// The sentence that decided.
    pub quote: String,
    /// Where a person reads it.
    pub link: Option<String>,
    /// What is missing for the next grade.
    pub missing: Option<String>,
}

/// The verdict on one signature of a package, then and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signer {
    /// The signature's place in the report.
    pub signature: usize,
    /// The key that signed, where the signature names it in full.
    pub key: Option<Fingerprint>,
    /// As the signature names it; empty where nothing is signed.
    pub called: String,
    /// The vendor for which it was judged, by its short name.
    pub vendor: Option<String>,
    /// As it was on arrival.
    pub first: Judged,
    /// When that was.
    pub first_at: Timestamp,
    /// As it is now.
    pub latest: Judged,
    /// Since when.
    pub latest_at: Timestamp,
    /// How fresh the vendor's sources are, in a sentence.
    pub freshness: Option<String>,
}

/// A verdict that became another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Became {
    /// The package's digest.
    pub package: String,
    /// Its file's name.
    pub name: String,
    /// The verdict, then and now.
    pub signer: Signer,
    /// The state before.
    pub before: KeyState,
}
