//! Typed identifiers found in text, each with the bytes where it stands.
//!
//! Refuses to guess: what only resembles an identifier is left out, since a wrong one joins two things that
//! have nothing to do with each other. Text comes from an entry, cleaned; mentions go to the store and are
//! what entries, packages and keys are joined by.

use serde::{Deserialize, Serialize};

mod advisory;
mod enclosed;
mod encoded;
mod hexadecimal;
mod host;
mod surroundings;
mod unit;
mod version;
mod walk;

/// One identifier in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// What is identified.
    pub kind: Kind,
    /// The canonical spelling, by which mentions are compared.
    pub value: String,
    /// Where it begins, in bytes of the text.
    pub start: u32,
    /// Where it ends, in bytes of the text.
    pub end: u32,
}

/// What a mention identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An advisory, by its publisher's number; spelled as its publisher spells it.
    Advisory,
    /// A version of something; without a leading "v".
    Version,
    /// A key or certificate: 32, 40 or 64 hexadecimal digits in upper case, or OpenSSH's `SHA256:…` or minisign's `RW…` as
    /// written.
    Fingerprint,
    /// A key's short name: 24, 16 or 8 hexadecimal digits in upper case. An alias, never an identity.
    KeyId,
    /// A file's checksum: `sha256:` and digits in lower case.
    FileHash,
    /// A machine: a domain name in lower case without a final dot, or an address.
    Host,
    /// A systemd unit.
    Unit,
}

impl Kind {
    /// The lower-case word that is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advisory => "advisory",
            Self::Version => "version",
            Self::Fingerprint => "fingerprint",
            Self::KeyId => "keyid",
            Self::FileHash => "filehash",
            Self::Host => "host",
            Self::Unit => "unit",
        }
    }
}

/// A key as a person typed it, in upper-case hexadecimal digits without marks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypedKey {
    /// 40 or 64 digits: names one key.
    Fingerprint(String),
    /// 16 digits: the low half of an OpenPGP fingerprint.
    Long(String),
    /// 8 digits: made for any key by anyone within seconds.
    Short(String),
}

impl TypedKey {
    /// The digits.
    #[must_use]
    pub fn hex(&self) -> &str {
        match self {
            Self::Fingerprint(hex) | Self::Long(hex) | Self::Short(hex) => hex,
        }
    }
}

/// Something found, before its range was checked against the text.
struct Found {
    kind: Kind,
    value: String,
    start: usize,
    end: usize,
}

/// Every identifier in `text`, sorted by where it begins, none inside another.
///
/// Linear in the text's length. What lies beyond 4 GiB has no range and is left out.
#[must_use]
pub fn find(text: &str) -> Vec<Mention> {
    let range = |found: &Found| Some((u32::try_from(found.start).ok()?, u32::try_from(found.end).ok()?));
    walk::over(text.as_bytes())
        .into_iter()
        .filter_map(|found| {
            let (start, end) = range(&found)?;
            Some(Mention { kind: found.kind, value: found.value, start, end })
        })
        .collect()
}

/// The canonical spelling of `word` if all of it is one advisory's identifier.
#[must_use]
pub fn canonical_advisory(word: &str) -> Option<String> {
    advisory::canonical(word)
}

/// The key that `words` name, typed with or without spaces, colons, dashes and `0x`.
///
/// Eight digits need the `0x`: without it they may be anything.
#[must_use]
pub fn as_key(words: &str) -> Option<TypedKey> {
    let words = words.trim();
    let bare = words.strip_prefix("0x").or_else(|| words.strip_prefix("0X"));
    let mut hex = String::new();
    for letter in bare.unwrap_or(words).chars() {
        match letter {
            digit if digit.is_ascii_hexdigit() && hex.len() < 64 => hex.push(digit.to_ascii_uppercase()),
            ' ' | '\t' | '\n' | '\r' | ':' | '-' | '\u{a0}' | '\u{2009}' | '\u{202f}' => {}
            _ => return None,
        }
    }
    match (hex.len(), bare) {
        (40 | 64, _) => Some(TypedKey::Fingerprint(hex)),
        (16, _) => Some(TypedKey::Long(hex)),
        (8, Some(_)) => Some(TypedKey::Short(hex)),
        _ => None,
    }
}

/// The fingerprint that begins at byte `start` of `text` in groups of digits, and where it ends.
pub(crate) fn grouped_key(text: &str, start: usize) -> Option<(String, usize)> {
    let groups = hexadecimal::groups(text.as_bytes(), start);
    (groups.size > 1 && matches!(groups.count, 40 | 64) && groups.digits.len() == groups.count)
        .then_some((groups.digits, groups.end))
}

#[cfg(test)]
mod tests;
