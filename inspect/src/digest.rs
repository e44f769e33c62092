//! Digests of files, and the small files in which publishers state them.
//!
//! A digest says that two copies are the same, never who made them.

use std::fmt;

use sha2::{Digest as _, Sha256, Sha512};

/// The digest of some bytes (FIPS 180-4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Digest {
    /// SHA-256.
    Sha256([u8; 32]),
    /// SHA-512.
    Sha512([u8; 64]),
}

/// One line of a checksum file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// What the file is said to digest to.
    pub digest: Digest,
    /// The file meant, as written; `None` where the line is only a digest.
    pub name: Option<String>,
}

/// Lines read of one checksum file; the largest known cover a distribution's release, some 10,000.
const MOST_LINES: usize = 1_000_000;

impl Digest {
    /// Computes the SHA-256 of `bytes`.
    pub fn sha256(bytes: &[u8]) -> Digest {
        Digest::Sha256(Sha256::digest(bytes).into())
    }

    /// Computes the SHA-512 of `bytes`.
    pub fn sha512(bytes: &[u8]) -> Digest {
        Digest::Sha512(Sha512::digest(bytes).into())
    }

    /// Reads 64 or 128 hexadecimal digits of either case.
    pub fn parse(text: &str) -> Option<Digest> {
        match text.len() {
            64 => hex::decode(text).ok()?.try_into().ok().map(Digest::Sha256),
            128 => hex::decode(text).ok()?.try_into().ok().map(Digest::Sha512),
            _ => None,
        }
    }

    /// Whether `bytes` have this digest.
    pub fn matches(&self, bytes: &[u8]) -> bool {
        match self {
            Digest::Sha256(_) => *self == Digest::sha256(bytes),
            Digest::Sha512(_) => *self == Digest::sha512(bytes),
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Digest::Sha256(bytes) => bytes,
            Digest::Sha512(bytes) => bytes,
        }
    }
}

/// Lower-case digits, as `sha256sum` prints them.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.as_bytes()))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Digest::Sha256(_) => "Sha256",
            Digest::Sha512(_) => "Sha512",
        };
        write!(f, "{kind}({self})")
    }
}

/// Reads a `.sha256` or `.sha512` file: lines of `hex  name`, `hex *name`, `ALGORITHM (name) = hex`, or a digest
/// alone. Lines that are none of these (comments, signatures around them) are passed over.
pub fn read_sums(text: &str) -> Vec<Sum> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().take(MOST_LINES).filter_map(|line| sum(line.trim())).collect()
}

fn sum(line: &str) -> Option<Sum> {
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    // GNU marks a line whose name was escaped with a backslash in front.
    if let Some(digest) = Digest::parse(first.trim_start_matches('\\')) {
        let name = rest.trim_start();
        let name = name.strip_prefix('*').unwrap_or(name);
        return Some(Sum { digest, name: (!name.is_empty()).then(|| name.to_owned()) });
    }
    let (label, digest) = line.rsplit_once('=')?;
    let digest = Digest::parse(digest.trim())?;
    let name = label.split_once('(').and_then(|(_, rest)| rest.trim_end().strip_suffix(')'))?;
    Some(Sum { digest, name: Some(name.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::{Digest, Sum, read_sums};

    fn check(text: &str, expected: &[(Digest, Option<&str>)]) {
        let expected: Vec<Sum> = expected
            .iter()
            .map(|(digest, name)| Sum { digest: *digest, name: name.map(str::to_owned) })
            .collect();
        assert_eq!(read_sums(text), expected);
    }

    #[test]
    fn known_digests_are_computed() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::sha256(b"abc").to_string(), abc);
        assert_eq!(Digest::parse(&abc.to_uppercase()), Some(Digest::sha256(b"abc")));
        assert!(Digest::sha512(b"abc").to_string().starts_with("ddaf35a193617aba"));
    }

    #[test]
    fn a_digest_matches_its_bytes_only() {
        assert!(Digest::sha512(b"abc").matches(b"abc"));
        assert!(!Digest::sha512(b"abc").matches(b"abd"));
    }

    #[test]
    fn every_usual_line_is_read() {
        let (short, long) = (Digest::sha256(b"a"), Digest::sha512(b"b"));
        check(&format!("{short}  a.json\n"), &[(short, Some("a.json"))]);
        check(&format!("{short} *a b.json\r\n{long}"), &[(short, Some("a b.json")), (long, None)]);
        check(&format!("\u{feff}{}\ta.json", long.to_string().to_uppercase()), &[(long, Some("a.json"))]);
        check(&format!("SHA512 (a (1).json) = {long}"), &[(long, Some("a (1).json"))]);
    }

    #[test]
    fn lines_that_state_nothing_are_passed_over() {
        check("# sums\n\n<html>\nabc  a.json\nx = y\n", &[]);
        check(&"é".repeat(32), &[]);
        check(&"z".repeat(64), &[]);
    }
}
