//! The facts of one key, in one shape for every kind: what the ledger keeps, compares and shows.
//!
//! Plain values that go through a process's pipe and into the record. They say what a key says of itself; whose it is and
//! whether anybody should rely on it is decided elsewhere. Names on keys are strangers' texts.

use serde::{Deserialize, Serialize};

use crate::key::Fingerprint;
use crate::key::openpgp::Revocation;

/// What sort of key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An OpenPGP certificate.
    OpenPgp,
    /// An X.509 certificate.
    X509,
    /// An SSH key.
    Ssh,
    /// A minisign or signify key.
    Minisign,
    /// A public key without a name: PEM, a registry's list, TUF.
    PublicKey,
}

impl Kind {
    /// Every one.
    pub const ALL: [Kind; 5] = [Kind::OpenPgp, Kind::X509, Kind::Ssh, Kind::Minisign, Kind::PublicKey];

    /// As it is recorded.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::OpenPgp => "open-pgp",
            Kind::X509 => "x509",
            Kind::Ssh => "ssh",
            Kind::Minisign => "minisign",
            Kind::PublicKey => "public-key",
        }
    }

    /// What people call it, with its article.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            Kind::OpenPgp => "an OpenPGP key",
            Kind::X509 => "an X.509 certificate",
            Kind::Ssh => "an SSH key",
            Kind::Minisign => "a minisign key",
            Kind::PublicKey => "a public key without a name",
        }
    }
}

/// What a key says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Its identity; of an OpenPGP certificate the primary key's.
    pub fingerprint: Fingerprint,
    /// What sort of key it is.
    pub kind: Kind,
    /// Algorithm and size for people: `RSA 4096`.
    pub algorithm: String,
    /// Seconds since 1970 at which it was made, or from which it is valid; `None` where it does not say.
    pub created: Option<i64>,
    /// Seconds since 1970 at which it expires; `None` if never, or if it cannot say so.
    pub expires: Option<i64>,
    /// Whether its word about its end holds: not for an OpenPGP key without a self-signature that holds.
    pub bound: bool,
    /// Whether it was taken back.
    pub revoked: Revocation,
    /// When it was taken back, and why in its owner's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<Revoked>,
    /// Names on it, at most [`Fact::NAMES`].
    pub names: Vec<Name>,
    /// Names beyond those.
    #[serde(default)]
    pub more_names: u32,
    /// Keys beneath it, at most [`Fact::SUBKEYS`].
    #[serde(default)]
    pub subkeys: Vec<Subkey>,
    /// Keys beyond those.
    #[serde(default)]
    pub more_subkeys: u32,
    /// Seconds since 1970 at which its newest signature about itself was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_signed: Option<i64>,
    /// What is no longer safe about it, a lower-case fragment each.
    #[serde(default)]
    pub weak: Vec<String>,
    /// From when on a verifier refuses it for its own signatures, seconds since 1970, and which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
    /// Keys that put a signature on it, by their own word: full fingerprints or, of an X.509 certificate, the issuer's name.
    #[serde(default)]
    pub signed_by: Vec<String>,
    /// Other ways to name it: key ids, the digest of its public key, its name in a list. Never an identity.
    #[serde(default)]
    pub aliases: Vec<Alias>,
    /// Anything else that it says, each with its name.
    #[serde(default)]
    pub details: Vec<(String, String)>,
}

impl Fact {
    /// Names of one key that are kept; keys drowned in names were used to break key servers.
    pub const NAMES: usize = 50;
    /// Keys beneath one that are kept.
    pub const SUBKEYS: usize = 50;

    /// The name that it vouches for, else any, else none.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let vouched = self.names.iter().find(|name| name.bound && !name.revoked);
        vouched.or(self.names.first()).map(|name| name.text.as_str())
    }

    /// Whether it has expired at `at`, seconds since 1970.
    #[must_use]
    pub fn is_expired(&self, at: i64) -> bool {
        self.expires.is_some_and(|end| end <= at)
    }
}

/// When and why a key was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// Seconds since 1970, by the owner's own word.
    pub at: Option<i64>,
    /// The reason as the format names it and the owner words it.
    pub reason: String,
}

/// A verifier that refuses a key for how it signed itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Seconds since 1970 from which on.
    pub from: i64,
    /// Who, and why.
    pub by: String,
}

/// A name on a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// As written; a stranger's text.
    pub text: String,
    /// Whether the key vouches for it. Anybody can attach a name that it does not vouch for.
    pub bound: bool,
    /// Whether the key took the name back.
    pub revoked: bool,
}

/// A key beneath another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subkey {
    /// Its own fingerprint.
    pub fingerprint: Fingerprint,
    /// Algorithm and size for people.
    pub algorithm: String,
    /// Seconds since 1970 at which it was made.
    pub created: i64,
    /// Seconds since 1970 at which it expires; `None` if never.
    pub expires: Option<i64>,
    /// Whether it was taken back.
    pub revoked: Revocation,
    /// Whether it may sign data.
    pub signs: bool,
    /// Whether the primary key vouches for it.
    pub bound: bool,
}

/// Another way to name a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// As it is looked up: digits in upper case, or the text of a list.
    pub value: String,
    /// What it is: `key id`, `sub-key`, `public key SHA-256`.
    pub what: String,
}

impl Alias {
    /// An alias.
    #[must_use]
    pub fn new(value: impl Into<String>, what: &str) -> Alias {
        Alias { value: value.into(), what: what.to_owned() }
    }
}

/// The facts of a key about which nothing is known yet but what every key has.
#[must_use]
pub(crate) fn bare(fingerprint: Fingerprint, kind: Kind, algorithm: String) -> Fact {
    Fact {
        fingerprint,
        kind,
        algorithm,
        created: None,
        expires: None,
        bound: true,
        revoked: Revocation::None,
        revocation: None,
        names: Vec::new(),
        more_names: 0,
        subkeys: Vec::new(),
        more_subkeys: 0,
        self_signed: None,
        weak: Vec::new(),
        refused: None,
        signed_by: Vec::new(),
        aliases: Vec::new(),
        details: Vec::new(),
    }
}

/// What is no longer safe about an algorithm and its size: NIST SP 800-131A refuses RSA and DSA below 2,048 bits.
pub(crate) fn weakness(algorithm: &str) -> Option<String> {
    let (name, bits) = algorithm.split_once(' ')?;
    let bits: u32 = bits.parse().ok()?;
    (matches!(name, "RSA" | "DSA") && bits < 2048).then(|| format!("{name} with {bits} bits is too short"))
}
