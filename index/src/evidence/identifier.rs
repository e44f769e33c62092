//! What was asked for: a fingerprint in whole, or a shorter name that many keys may bear.
//!
//! Anything that a person has at hand is read: a fingerprint in any spelling, a key id, an error text, an armored key, a
//! certificate. Shorter names stay what they are: "compatible with", never an identity.

use serde::Serialize;

use super::Match;
use crate::mention::{self, Kind};

/// Bits from which on an identifier names exactly one key: those of SHA-1, which OpenPGP version 4 uses.
const EXACT: u16 = 160;

/// Bytes of what was asked that are read.
const MOST: usize = 4 << 20;

/// A key or certificate as it is named: upper-case hexadecimal digits, or `SHA256:…` or `RW…` as OpenSSH and minisign
/// write them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Identifier(String);

impl Identifier {
    /// The identifier that a mention gives, if it is one of a key.
    #[must_use]
    pub fn of(mention: &mention::Mention) -> Option<Self> {
        matches!(mention.kind, Kind::Fingerprint | Kind::KeyId).then(|| Self(mention.value.clone()))
    }

    /// Every identifier of a key in what somebody typed or pasted, in order, each once.
    #[must_use]
    pub fn all_in(pasted: &str) -> Vec<Self> {
        let pasted = pasted.get(..pasted.floor_char_boundary(MOST)).unwrap_or_default();
        if let Some(typed) = mention::as_key(pasted) {
            return vec![Self(typed.hex().to_owned())];
        }
        let bare = pasted.trim();
        if matches!(bare.len(), 8 | 32) && bare.bytes().all(|b| b.is_ascii_hexdigit()) {
            return vec![Self(bare.to_ascii_uppercase())];
        }
        let mut found: Vec<Self> = Vec::new();
        for identifier in mention::find(pasted).iter().filter_map(Self::of) {
            if !found.contains(&identifier) {
                found.push(identifier);
            }
        }
        found
    }

    /// As it is compared and stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many bits it has.
    #[must_use]
    pub fn bits(&self) -> u16 {
        if self.is_hex() { u16::try_from(self.0.len() * 4).unwrap_or(u16::MAX) } else { 256 }
    }

    /// Whether it names one key and no other.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.bits() >= EXACT
    }

    /// In groups of four, to be read out; what is not hexadecimal stays as it is.
    #[must_use]
    pub fn grouped(&self) -> String {
        if !self.is_hex() {
            return self.0.clone();
        }
        let mut grouped = String::with_capacity(self.0.len() * 5 / 4);
        for (at, digit) in self.0.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                grouped.push(' ');
            }
            grouped.push(digit);
        }
        grouped
    }

    /// How much of it `named`, as a text names a key, says. OpenPGP takes the id from the end of a fingerprint of version 4
    /// and from the beginning of one of version 6.
    #[must_use]
    pub fn compare(&self, named: &str) -> Match {
        let (short, long) = if named.len() <= self.0.len() { (named, &*self.0) } else { (&*self.0, named) };
        if short.len() == long.len() {
            return match short == long {
                true if self.is_full() => Match::Exact,
                true => Match::Compatible(self.bits()),
                false => Match::Absent,
            };
        }
        let alias = matches!(short.len(), 8 | 16 | 24)
            && self.is_hex()
            && (long.ends_with(short) || long.len() == 64 && long.starts_with(short));
        if alias { Match::Compatible(u16::try_from(short.len() * 4).unwrap_or(0)) } else { Match::Absent }
    }

    fn is_hex(&self) -> bool {
        self.0.bytes().all(|b| b.is_ascii_hexdigit())
    }
}

#[cfg(test)]
mod tests {
    use super::{Identifier, Match};

    const FULL: &str = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567";

    fn check(pasted: &str, expected: &[&str]) {
        let found = Identifier::all_in(pasted);
        let found: Vec<&str> = found.iter().map(Identifier::as_str).collect();
        assert_eq!(found, expected, "{pasted}");
    }

    #[test]
    fn whatever_is_at_hand_is_read() {
        check("0x0a1b 2c3d 4e5f 6071 8293 a4b5 c6d7 e8f9 0123 4567", &[FULL]);
        check("e8f901234567", &[]);
        check("01234567", &["01234567"]);
        check(
            "W: GPG error: https://a.example x InRelease: NO_PUBKEY C6D7E8F901234567",
            &["C6D7E8F901234567"],
        );
        check("gpg-pubkey-a1234567-6525146f", &["A1234567"]);
        check("", &[]);
    }

    #[test]
    fn shorter_names_are_compatible_and_never_exact() {
        let check = |asked: &str, named: &str, expected| {
            assert_eq!(Identifier(asked.to_owned()).compare(named), expected, "{asked} {named}");
        };
        check(FULL, FULL, Match::Exact);
        check(FULL, "C6D7E8F901234567", Match::Compatible(64));
        check(FULL, "01234567", Match::Compatible(32));
        check("01234567", FULL, Match::Compatible(32));
        check("01234567", "01234567", Match::Compatible(32));
        check(FULL, "0A1B2C3D", Match::Absent);
        check(FULL, &FULL.replace('A', "B"), Match::Absent);
        check("AB", FULL, Match::Absent);
    }

    #[test]
    fn groups_of_four_are_never_elided() {
        assert_eq!(
            Identifier(FULL.to_owned()).grouped(),
            "0A1B 2C3D 4E5F 6071 8293 A4B5 C6D7 E8F9 0123 4567"
        );
    }
}
