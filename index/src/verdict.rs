//! The verdict on a signature: four fields side by side, never one colour.
//!
//! A pure function of facts. Refuses to call a key trusted or a package safe; a bad signature, a hard revocation and a key
//! that had expired when it signed are final, whatever was announced.

use jiff::Timestamp;
use serde::Serialize;

use crate::evidence::Grade;

/// The state of the key that signed, as far as this vendor's ledger and pins tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state", content = "of")]
pub enum KeyState {
    /// Known, and bound to this product, version and purpose.
    Pinned,
    /// Known, but its binding does not cover this.
    KnownOther,
    /// The same fingerprint with a newer self-signature or expiry.
    Renewed,
    /// A sub-key of a pinned key.
    SubkeyOfPinned,
    /// A successor by continuity that was verified.
    SuccessorProven,
    /// A successor that was announced, with the grade of the best announcement.
    SuccessorAnnounced(Grade),
    /// Nobody who speaks for the vendor has said anything of it.
    Unannounced,
    /// The first package of this vendor.
    FirstContact,
    /// Sources disagree.
    Conflicting,
    /// No longer used, by the vendor's word.
    Retired,
    /// Its time is over; it had not been when it signed.
    ExpiredNow,
    /// Its time was over when it signed.
    ExpiredAtSigning,
    /// Taken back without harm, at the moment given.
    RevokedSoft(Option<Timestamp>),
    /// Taken back as compromised, or without a reason.
    RevokedHard,
    /// Its algorithms are no longer safe.
    Weak,
    /// There is no signature.
    Unsigned,
    /// The signature does not fit the bytes.
    Bad,
}

/// What the rules of the house make of the other three fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// A pin covers it.
    Covered,
    /// A person may be offered to pin it.
    Offer,
    /// It waits for a call to the vendor.
    Call,
    /// It is not to be installed.
    Refuse,
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
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
}
