//! How two sets of key facts relate: the same key renewed or revoked, or another one that follows it.

use inspect::key::Fingerprint;
use inspect::key::openpgp::Revocation;
use serde::Serialize;

/// What is compared of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    /// The primary key's fingerprint.
    pub fingerprint: Fingerprint,
    /// Keys beneath it, by fingerprint.
    pub subkeys: Vec<Fingerprint>,
    /// Seconds since 1970; `None` if it never expires.
    pub expires: Option<i64>,
    /// Seconds since 1970 at which its newest signature about itself was made, where that is known.
    pub self_signed: Option<i64>,
    /// Whether it was taken back.
    pub revoked: Revocation,
    /// Its own signatures are only good under rules that are no longer safe.
    pub weak: bool,
}

/// How a key relates to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Succession {
    /// The same fingerprint, and nothing that matters differs.
    Same,
    /// The same fingerprint with another expiry, or re-signed.
    Renewed,
    /// The same fingerprint with another set of sub-keys.
    SubkeysChanged,
    /// The same fingerprint, taken back.
    Revoked,
    /// Another fingerprint, and a key from before certifies it.
    CrossSigned,
    /// Another fingerprint that nothing ties to those before, which are still there.
    Added,
    /// Another fingerprint that nothing ties to those before, which are gone.
    Replaced,
    /// It was there before, and is no longer.
    Gone,
}

impl Succession {
    /// The word shown for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Renewed => "renewed",
            Self::SubkeysChanged => "sub-keys changed",
            Self::Revoked => "revoked",
            Self::CrossSigned => "cross-signed",
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Gone => "gone",
        }
    }
}

/// What became of each key between two looks: those of `after` in their order, then those that are gone. `certified` says
/// whether the first key verifiably certifies the second.
#[must_use]
pub fn between(
    before: &[KeyFacts],
    after: &[KeyFacts],
    certified: impl Fn(Fingerprint, Fingerprint) -> bool,
) -> Vec<(Fingerprint, Succession)> {
    let same = |one: &KeyFacts, other: &KeyFacts| one.fingerprint == other.fingerprint;
    let stays = before.iter().any(|old| after.iter().any(|new| same(old, new) && !is_taken_back(new)));
    let mut became: Vec<(Fingerprint, Succession)> = after
        .iter()
        .map(|new| {
            let succession = match before.iter().find(|old| same(old, new)) {
                Some(old) => renewal(old, new),
                None if before.iter().any(|old| certified(old.fingerprint, new.fingerprint)) => {
                    Succession::CrossSigned
                }
                None if stays || before.is_empty() => Succession::Added,
                None => Succession::Replaced,
            };
            (new.fingerprint, succession)
        })
        .collect();
    let gone = before.iter().filter(|old| !after.iter().any(|new| same(old, new)));
    became.extend(gone.map(|old| (old.fingerprint, Succession::Gone)));
    became
}

/// What differs between two copies of one key. The copy with the later signature about itself is the newer one, whichever
/// was seen first; without that a mirror that lags behind would undo a renewal.
fn renewal(old: &KeyFacts, new: &KeyFacts) -> Succession {
    if is_taken_back(new) && !is_taken_back(old) {
        return Succession::Revoked;
    }
    let lags = matches!((old.self_signed, new.self_signed), (Some(old), Some(new)) if new < old);
    let signed = new.self_signed.is_some() && new.self_signed != old.self_signed;
    if !lags && (new.expires != old.expires || new.weak != old.weak || signed) {
        return Succession::Renewed;
    }
    let is_known = |key: &Fingerprint| old.subkeys.contains(key);
    if new.subkeys.iter().all(is_known) && new.subkeys.len() == old.subkeys.len() {
        Succession::Same
    } else {
        Succession::SubkeysChanged
    }
}

/// Taken back for certain; what a stranger claims is not.
fn is_taken_back(key: &KeyFacts) -> bool {
    matches!(key.revoked, Revocation::Soft | Revocation::Hard)
}

#[cfg(test)]
mod tests {
    use inspect::key::Fingerprint;
    use inspect::key::openpgp::Revocation;

    use super::{KeyFacts, Succession, between};

    fn key(number: u8) -> KeyFacts {
        KeyFacts {
            fingerprint: Fingerprint::OpenPgpV4([number; 20]),
            subkeys: Vec::new(),
            expires: Some(1_000),
            self_signed: Some(100),
            revoked: Revocation::None,
            weak: false,
        }
    }

    fn check(before: &[KeyFacts], after: &[KeyFacts], expected: &[Succession]) {
        let one = Fingerprint::OpenPgpV4([1; 20]);
        let nine = Fingerprint::OpenPgpV4([9; 20]);
        let found = between(before, after, |old, new| old == one && new == nine);
        let found: Vec<Succession> = found.into_iter().map(|(_, succession)| succession).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_same_fingerprint_is_the_same_key() {
        check(&[key(1)], &[key(1)], &[Succession::Same]);
        let later = KeyFacts { expires: Some(2_000), self_signed: Some(200), ..key(1) };
        check(&[key(1)], std::slice::from_ref(&later), &[Succession::Renewed]);
        check(&[later], &[key(1)], &[Succession::Same]);
        let stronger = KeyFacts { weak: true, self_signed: None, ..key(1) };
        check(&[stronger], &[key(1)], &[Succession::Renewed]);
        let more = KeyFacts { subkeys: vec![Fingerprint::OpenPgpV4([7; 20])], ..key(1) };
        check(&[key(1)], &[more], &[Succession::SubkeysChanged]);
    }

    #[test]
    fn what_was_taken_back_says_so_and_a_claim_does_not() {
        let with = |revoked| KeyFacts { revoked, ..key(1) };
        check(&[key(1)], &[with(Revocation::Soft)], &[Succession::Revoked]);
        check(&[key(1)], &[with(Revocation::Hard)], &[Succession::Revoked]);
        check(&[key(1)], &[with(Revocation::Claimed)], &[Succession::Same]);
        check(&[with(Revocation::Hard)], &[with(Revocation::Hard)], &[Succession::Same]);
    }

    #[test]
    fn another_fingerprint_follows_or_stands_beside() {
        check(&[key(1)], &[key(2)], &[Succession::Replaced, Succession::Gone]);
        check(&[key(1)], &[key(9)], &[Succession::CrossSigned, Succession::Gone]);
        check(&[key(1)], &[key(1), key(2)], &[Succession::Same, Succession::Added]);
        let revoked = KeyFacts { revoked: Revocation::Hard, ..key(1) };
        check(&[key(1)], &[revoked, key(2)], &[Succession::Revoked, Succession::Replaced]);
        check(&[], &[key(2)], &[Succession::Added]);
    }
}
