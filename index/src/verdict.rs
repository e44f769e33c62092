//! The verdict on a signature: four fields side by side, never one colour.
//!
//! A pure function of facts. Refuses to call a key trusted or a package safe; a bad signature, a hard revocation and a key
//! that had expired when it signed are final, whatever was announced.

use inspect::key::openpgp::Revocation;
use inspect::signature::Worth;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::evidence::Grade;

/// The state of the key that signed, as far as this vendor's ledger and pins tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl KeyState {
    /// Whether nothing that is said lifts it.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Bad | Self::RevokedHard | Self::ExpiredAtSigning)
    }

    /// The word shown for this state.
    #[must_use]
    pub fn shown(self) -> String {
        let word = match self {
            Self::Pinned => "pinned",
            Self::KnownOther => "known, for something else",
            Self::Renewed => "renewed",
            Self::SubkeyOfPinned => "sub-key of a pinned key",
            Self::SuccessorProven => "successor, proven",
            Self::SuccessorAnnounced(grade) => return format!("successor, announced ({})", grade.as_str()),
            Self::Unannounced => "unannounced",
            Self::FirstContact => "first contact",
            Self::Conflicting => "conflicting",
            Self::Retired => "retired",
            Self::ExpiredNow => "expired now",
            Self::ExpiredAtSigning => "expired when it signed",
            Self::RevokedSoft(_) => "revoked without harm",
            Self::RevokedHard => "revoked",
            Self::Weak => "weak",
            Self::Unsigned => "unsigned",
            Self::Bad => "bad",
        };
        word.to_owned()
    }
}

/// What the rules of the house make of the other three fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

impl Policy {
    /// The words shown for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Covered => "covered by a pin",
            Self::Offer => "may be offered for a pin",
            Self::Call => "call the vendor",
            Self::Refuse => "do not install",
        }
    }
}

/// How far the pins of this vendor cover the signer, for this product, version, date and purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pin {
    /// The key itself is pinned for this.
    Covers,
    /// Its primary key is pinned for this.
    CoversPrimary,
    /// It is known or pinned, but not for this.
    Elsewhere,
    /// It is not.
    #[default]
    None,
}

/// What a verdict is told from.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What the signature is worth; `None` where it was not checked.
    pub worth: Option<Worth>,
    /// Whether there is a signature at all.
    pub signed: bool,
    /// Which bytes it covers, in words.
    pub covers: String,
    /// How many parts of the package it does not cover.
    pub not_covered: usize,
    /// When it was made, by the signer's word.
    pub made: Option<Timestamp>,
    /// How far pins cover the signer.
    pub pin: Pin,
    /// Whether the pinned key differs from its pin by a newer self-signature or expiry.
    pub renewed: bool,
    /// Whether anything of this vendor was seen before.
    pub vendor_known: bool,
    /// Whether the key was taken back.
    pub revoked: Revocation,
    /// When, where that is known.
    pub revoked_at: Option<Timestamp>,
    /// When it expires.
    pub expires: Option<Timestamp>,
    /// Whether its own signatures are weak.
    pub weak: bool,
    /// Whether continuity with a pinned key was verified.
    pub continuity: bool,
    /// The grade of the best evidence.
    pub evidence: Grade,
    /// Whether the vendor also says that it is revoked or not theirs.
    pub conflicting: bool,
    /// Whether the vendor or the ledger says that it is no longer used.
    pub retired: bool,
    /// Under how many different controls the vendor introduces it in full.
    pub planes: usize,
    /// The moment of judging.
    pub now: Timestamp,
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether the signature fits the bytes, and which, in words.
    pub signature: String,
    /// The state of its key when it arrived.
    pub at_arrival: KeyState,
    /// The state of its key now.
    pub now: KeyState,
    /// The grade of the best evidence.
    pub evidence: Grade,
    /// What the rules of the house make of it.
    pub policy: Policy,
    /// Why, in one sentence.
    pub reason: String,
}

/// Judges a signature. `at_arrival` is the state on the day of arrival where that was judged before; what was final then is
/// final now.
#[must_use]
pub fn judge(facts: &Facts, at_arrival: Option<KeyState>) -> Verdict {
    let now = at_arrival.filter(|state| state.is_final()).unwrap_or_else(|| key_state(facts));
    let (policy, reason) = policy(facts, now);
    Verdict {
        signature: signature(facts),
        at_arrival: at_arrival.unwrap_or(now),
        now,
        evidence: facts.evidence,
        policy,
        reason: reason.to_owned(),
    }
}

/// The state of the key as the facts are. What is final comes first, then what speaks against the key, then what for it.
#[must_use]
pub fn key_state(facts: &Facts) -> KeyState {
    let against = final_state(facts).or_else(|| doubt(facts));
    against.unwrap_or(match facts.pin {
        Pin::Covers if facts.renewed => KeyState::Renewed,
        Pin::Covers => KeyState::Pinned,
        Pin::CoversPrimary => KeyState::SubkeyOfPinned,
        Pin::Elsewhere => KeyState::KnownOther,
        Pin::None if facts.continuity => KeyState::SuccessorProven,
        Pin::None if !facts.vendor_known => KeyState::FirstContact,
        Pin::None if facts.evidence >= Grade::C => KeyState::SuccessorAnnounced(facts.evidence),
        Pin::None => KeyState::Unannounced,
    })
}

fn final_state(facts: &Facts) -> Option<KeyState> {
    match facts.worth {
        _ if !facts.signed => Some(KeyState::Unsigned),
        Some(Worth::Unreadable) => Some(KeyState::Unsigned),
        Some(Worth::Bad) => Some(KeyState::Bad),
        Some(Worth::FitsButKeyRevoked { hard: true }) => Some(KeyState::RevokedHard),
        Some(Worth::FitsButExpiredAtSigning) => Some(KeyState::ExpiredAtSigning),
        _ if facts.revoked == Revocation::Hard => Some(KeyState::RevokedHard),
        _ => expired_at_signing(facts).then_some(KeyState::ExpiredAtSigning),
    }
}

/// Without a moment of signing nothing shows that it was made in time.
fn expired_at_signing(facts: &Facts) -> bool {
    if facts.worth == Some(Worth::FitsButExpiredAtSigning) {
        return true;
    }
    let Some(end) = facts.expires.filter(|end| *end <= facts.now) else {
        return facts.worth == Some(Worth::FitsButKeyExpired) && facts.made.is_none();
    };
    facts.made.is_none_or(|made| made >= end)
}

fn doubt(facts: &Facts) -> Option<KeyState> {
    let soft =
        facts.worth == Some(Worth::FitsButKeyRevoked { hard: false }) || facts.revoked == Revocation::Soft;
    let expired =
        facts.worth == Some(Worth::FitsButKeyExpired) || facts.expires.is_some_and(|end| end <= facts.now);
    let weak = facts.weak || facts.worth == Some(Worth::FitsButWeak);
    if facts.conflicting || facts.revoked == Revocation::Claimed {
        Some(KeyState::Conflicting)
    } else if soft {
        Some(KeyState::RevokedSoft(facts.revoked_at))
    } else if expired {
        Some(KeyState::ExpiredNow)
    } else if facts.retired {
        Some(KeyState::Retired)
    } else {
        weak.then_some(KeyState::Weak)
    }
}

/// Different controls under which a successor must be announced before a person is offered to pin it.
const CONTROLS: usize = 2;

fn policy(facts: &Facts, state: KeyState) -> (Policy, &'static str) {
    let fits = matches!(facts.worth, Some(Worth::Fits));
    match state {
        KeyState::Bad => (Policy::Refuse, "these are not the bytes that were signed"),
        KeyState::RevokedHard => {
            (Policy::Refuse, "its key was taken back as compromised or without a reason")
        }
        KeyState::ExpiredAtSigning => {
            (Policy::Refuse, "its key had expired when it signed, or nothing shows that it had not")
        }
        KeyState::Weak if facts.pin == Pin::Covers && facts.worth == Some(Worth::FitsButWeak) => {
            (Policy::Covered, "a pin covers it, though by algorithms that are no longer safe")
        }
        KeyState::Unsigned => (Policy::Call, "nothing is signed"),
        _ if !fits
            && facts.worth.is_none_or(|worth| matches!(worth, Worth::UnknownKey | Worth::Unsupported)) =>
        {
            (Policy::Call, "the signature was not checked")
        }
        KeyState::Pinned | KeyState::Renewed | KeyState::SubkeyOfPinned if fits => {
            (Policy::Covered, "a pin covers it")
        }
        KeyState::SuccessorProven if fits => {
            (Policy::Offer, "a known key vouches for it, which was verified")
        }
        KeyState::SuccessorAnnounced(grade) if fits && grade >= Grade::B && facts.planes >= CONTROLS => {
            (Policy::Offer, "the vendor announced it in places under different control")
        }
        KeyState::SuccessorAnnounced(_) => {
            (Policy::Call, "it was announced, but not in two places under different control")
        }
        KeyState::Conflicting => (Policy::Call, "the vendor's own sources disagree about the key"),
        KeyState::Unannounced => (Policy::Call, "nobody who speaks for the vendor has announced the key"),
        KeyState::FirstContact => (Policy::Call, "it is the first package of this vendor"),
        KeyState::KnownOther => (Policy::Call, "the key is known, but not for this"),
        KeyState::Retired => (Policy::Call, "the vendor says that the key is no longer used"),
        KeyState::RevokedSoft(_) => {
            (Policy::Call, "the key was taken back without harm; signatures from before may count")
        }
        KeyState::ExpiredNow => {
            (Policy::Call, "the key has expired since, and only the signer says when it signed")
        }
        KeyState::Weak => (Policy::Call, "its algorithms are no longer safe"),
        _ => (Policy::Call, "the signature fits, but not without reservation"),
    }
}

/// The signature in words, with what it does not cover.
fn signature(facts: &Facts) -> String {
    let fits = match facts.worth {
        _ if !facts.signed => return "there is no signature".to_owned(),
        None => "the signature was not checked",
        Some(Worth::Fits) => "the signature fits",
        Some(Worth::FitsButWeak) => "the signature fits, by weak algorithms",
        Some(Worth::FitsButKeyExpired) => "the signature fits; its key has expired",
        Some(Worth::FitsButExpiredAtSigning) => "the signature fits; its key had expired when it signed",
        Some(Worth::FitsButSignerUnknown) => "the signature fits; the signer is not known to you",
        Some(Worth::FitsButOutOfTime) => "the signature fits, but its time is odd",
        Some(Worth::FitsButUnbound) => "the signature fits, but the key may not sign",
        Some(Worth::FitsButKeyRevoked { .. }) => "the signature fits; its key was taken back",
        Some(Worth::UnknownKey) => "the signature was not checked: its key is not at hand",
        Some(Worth::Unsupported) => "the signature was not checked: it cannot be computed here",
        Some(Worth::Unreadable) => return "there is no signature that can be read".to_owned(),
        Some(Worth::Bad) => "the signature does not fit",
    };
    let covers = if facts.covers.is_empty() { String::new() } else { format!(" ({})", facts.covers) };
    match facts.not_covered {
        0 => format!("{fits}{covers}"),
        1 => format!("{fits}{covers}; 1 part is not covered"),
        parts => format!("{fits}{covers}; {parts} parts are not covered"),
    }
}

#[cfg(test)]
mod tests;
