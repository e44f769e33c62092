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
    /// Whether it was taken back.
    pub revoked: Revocation,
    /// Its own signatures are only good under rules that are no longer safe.
    pub weak: bool,
}

/// How a key relates to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Succession {
    /// The same fingerprint, and nothing that matters differs.
    Same,
    /// The same fingerprint with another expiry, or re-signed by safer rules.
    Renewed,
    /// The same fingerprint with another set of sub-keys.
    SubkeysChanged,
    /// The same fingerprint, taken back.
    Revoked,
    /// Another fingerprint, and the old key certifies it.
    CrossSigned,
    /// Another fingerprint, and nothing that ties them.
    Replaced,
}
