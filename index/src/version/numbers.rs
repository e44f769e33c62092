//! Versions that are numbers between dots and dashes, where of two equal beginnings the longer one is newer: CRAN's
//! `package_version`, and the Haskell Package Versioning Policy.

use super::key::{is_number, number};

/// The key of a version; parts that are no numbers are passed over.
pub(super) fn key(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len() * 2);
    for part in text.split(['.', '-']).filter(|part| is_number(part)) {
        key.push(1);
        number(&mut key, part);
    }
    key.push(0);
    key
}
