//! What changed about a key, told from its facts before and after.
//!
//! How two looks at a place relate is told by [`crate::keys::state`]; here it gets words. Copies are merged before they are
//! compared, so that a mirror that lags behind changes nothing.

use std::collections::BTreeSet;

use inspect::key::Fingerprint;
use inspect::key::fact::Fact;
use inspect::key::openpgp::Revocation;
use jiff::Timestamp;
use serde::Serialize;

use crate::keys::state::KeyFacts;

/// What sort of change it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// It was not seen at this vendor's places before.
    Appeared,
    /// Another key took its place, and the one before certifies it.
    CrossSigned,
    /// Another key took its place, and nothing ties them.
    Replaced,
    /// It is not there any more.
    Gone,
    /// The same key with another expiry.
    Renewed,
    /// The same key, signed anew by itself.
    ReSigned,
    /// A key beneath it was added.
    SubkeyAdded,
    /// A key beneath it was taken back, or is no longer bound.
    SubkeyTakenBack,
    /// It was retired or superseded.
    RevokedSoft,
    /// It was taken back as compromised, or without a reason.
    RevokedHard,
    /// What it is made of, or how it signed itself, is refused now.
    Refused,
}

impl What {
    /// Every one.
    pub const ALL: [What; 11] = [
        What::Appeared,
        What::CrossSigned,
        What::Replaced,
        What::Gone,
        What::Renewed,
        What::ReSigned,
        What::SubkeyAdded,
        What::SubkeyTakenBack,
        What::RevokedSoft,
        What::RevokedHard,
        What::Refused,
    ];

    /// As it is recorded.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            What::Appeared => "appeared",
            What::CrossSigned => "cross-signed",
            What::Replaced => "replaced",
            What::Gone => "gone",
            What::Renewed => "renewed",
            What::ReSigned => "re-signed",
            What::SubkeyAdded => "sub-key-added",
            What::SubkeyTakenBack => "sub-key-taken-back",
            What::RevokedSoft => "revoked-soft",
            What::RevokedHard => "revoked-hard",
            What::Refused => "refused",
        }
    }

    /// As it is shown.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            What::Appeared => "appeared",
            What::CrossSigned => "follows a key that certifies it",
            What::Replaced => "took the place of another key",
            What::Gone => "is gone",
            What::Renewed => "was renewed",
            What::ReSigned => "signed itself anew",
            What::SubkeyAdded => "got another sub-key",
            What::SubkeyTakenBack => "took a sub-key back",
            What::RevokedSoft => "was retired or superseded",
            What::RevokedHard => "was revoked as compromised or without a reason",
            What::Refused => "is refused by a verifier",
        }
    }

    /// Whether nobody needs to be told at once: the same key goes on.
    #[must_use]
    pub fn is_quiet(self) -> bool {
        matches!(self, What::Renewed | What::ReSigned)
    }
}

/// A change as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its number.
    pub id: i64,
    /// The key.
    pub fingerprint: Fingerprint,
    /// The name on it, as its owner wrote it.
    pub name: Option<String>,
    /// What sort of change it is.
    pub what: What,
    /// How it differs, in words.
    pub detail: String,
    /// Whose key, by the place that it was seen at.
    pub vendor: Option<String>,
    /// Where it was noticed first.
    pub place: String,
    /// The other keys that it concerns.
    pub related: Vec<Fingerprint>,
    /// When it was noticed.
    pub first_at: Timestamp,
    /// When it was noticed last: a list that goes back and forth is one change.
    pub last_at: Timestamp,
    /// How often it was noticed.
    pub times: u64,
}

/// A change that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The key.
    pub fingerprint: Fingerprint,
    /// What sort of change it is.
    pub what: What,
    /// How it differs, in words.
    pub detail: String,
    /// The other keys that it concerns.
    pub related: Vec<Fingerprint>,
}

impl Found {
    /// A change of one key.
    #[must_use]
    pub fn new(fingerprint: Fingerprint, what: What, detail: impl Into<String>) -> Found {
        Found { fingerprint, what, detail: detail.into(), related: Vec::new() }
    }
}

/// What is compared of a key by [`crate::keys::state::between`].
#[must_use]
pub fn compared(fact: &Fact) -> KeyFacts {
    KeyFacts {
        fingerprint: fact.fingerprint,
        subkeys: fact.subkeys.iter().filter(|one| one.bound).map(|one| one.fingerprint).collect(),
        expires: fact.expires,
        self_signed: fact.self_signed,
        revoked: fact.revoked,
        weak: !fact.weak.is_empty(),
    }
}

/// What is different about one key, after its copies were merged.
#[must_use]
pub fn changes(before: &Fact, after: &Fact) -> Vec<Found> {
    let mut found = Vec::new();
    let mut note = |what, detail: String| found.push(Found::new(after.fingerprint, what, detail));
    if after.revoked != before.revoked {
        let reason = after.revocation.as_ref().map(|one| {
            let day = one.at.map(day).unwrap_or_else(|| "an unknown day".to_owned());
            format!("on {day}: {}", one.reason)
        });
        match after.revoked {
            Revocation::Soft => note(What::RevokedSoft, reason.unwrap_or_default()),
            Revocation::Hard => note(What::RevokedHard, reason.unwrap_or_default()),
            Revocation::None | Revocation::Claimed => {}
        }
    }
    if after.expires != before.expires && after.bound && before.bound {
        note(What::Renewed, format!("{}, before {}", until(after.expires), until(before.expires)));
    } else if after.self_signed > before.self_signed && before.self_signed.is_some() {
        let signed = after.self_signed.map(day).unwrap_or_default();
        note(What::ReSigned, format!("on {signed}"));
    }
    let bound = |fact: &Fact| -> BTreeSet<Fingerprint> {
        let live = fact.subkeys.iter().filter(|one| one.bound && !is_taken_back(one.revoked));
        live.map(|one| one.fingerprint).collect()
    };
    let (old, new) = (bound(before), bound(after));
    for key in new.difference(&old) {
        let signs = after.subkeys.iter().any(|one| one.fingerprint == *key && one.signs);
        let use_for = if signs { "it may sign" } else { "it does not sign" };
        note(What::SubkeyAdded, format!("{}, {use_for}", key.grouped()));
    }
    for key in old.difference(&new) {
        note(What::SubkeyTakenBack, key.grouped());
    }
    let (was, is): (BTreeSet<&String>, BTreeSet<&String>) =
        (before.weak.iter().collect(), after.weak.iter().collect());
    for weakness in is.difference(&was) {
        note(What::Refused, (*weakness).clone());
    }
    found
}

fn is_taken_back(revoked: Revocation) -> bool {
    matches!(revoked, Revocation::Soft | Revocation::Hard)
}

fn until(expires: Option<i64>) -> String {
    expires.map_or_else(|| "without an end".to_owned(), |at| format!("until {}", day(at)))
}

/// A day in UTC.
#[must_use]
pub fn day(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .map_or_else(|_| "a day beyond all calendars".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use inspect::key::Fingerprint;
    use inspect::key::fact::{Fact, Kind, Revoked, Subkey};
    use inspect::key::openpgp::Revocation;

    use super::{What, changes};

    fn key() -> Fact {
        Fact {
            fingerprint: Fingerprint::OpenPgpV4([1; 20]),
            kind: Kind::OpenPgp,
            algorithm: "Ed25519".to_owned(),
            created: Some(0),
            expires: Some(86_400),
            bound: true,
            revoked: Revocation::None,
            revocation: None,
            names: Vec::new(),
            more_names: 0,
            subkeys: Vec::new(),
            more_subkeys: 0,
            self_signed: Some(10),
            weak: Vec::new(),
            refused: None,
            signed_by: Vec::new(),
            aliases: Vec::new(),
            details: Vec::new(),
        }
    }

    fn check(edit: impl Fn(&mut Fact), expected: &[(What, &str)]) {
        let mut after = key();
        edit(&mut after);
        let found = changes(&key(), &after);
        let found: Vec<(What, &str)> = found.iter().map(|one| (one.what, one.detail.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn each_change_has_its_words() {
        check(|_| {}, &[]);
        check(|key| key.expires = None, &[(What::Renewed, "without an end, before until 1970-01-02")]);
        check(|key| key.self_signed = Some(86_400 * 365), &[(What::ReSigned, "on 1971-01-01")]);
        // An older copy alone says less; it is never taken for a change.
        check(|key| key.self_signed = Some(5), &[]);
        check(
            |key| key.weak.push("RSA with 1024 bits is too short".into()),
            &[(What::Refused, "RSA with 1024 bits is too short")],
        );
        let revoked = |key: &mut Fact| {
            key.revoked = Revocation::Hard;
            key.revocation = Some(Revoked { at: Some(86_400), reason: "lost".into() });
        };
        check(revoked, &[(What::RevokedHard, "on 1970-01-02: lost")]);
        check(|key| key.revoked = Revocation::Claimed, &[]);
        let subkey = |bound| {
            move |key: &mut Fact| {
                let fingerprint = Fingerprint::OpenPgpV4([2; 20]);
                let (algorithm, revoked) = ("Ed25519".to_owned(), Revocation::None);
                key.subkeys.push(Subkey {
                    fingerprint,
                    algorithm,
                    created: 0,
                    expires: None,
                    revoked,
                    signs: true,
                    bound,
                });
            }
        };
        let words = "0202 0202 0202 0202 0202 0202 0202 0202 0202 0202, it may sign";
        check(subkey(true), &[(What::SubkeyAdded, words)]);
        check(subkey(false), &[]);
    }
}
