//! Signatures of a package as facts: which scheme, whose key, when, what it is worth, over which bytes.
//!
//! A fact is what a reader of signatures answers and what is kept; `Material` is what the walk over a package lays
//! ready for such a reader. Whether a key is the vendor's is not known here.

use serde::{Deserialize, Serialize};

use super::Worth;
use crate::key::Fingerprint;

/// How something was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// An OpenPGP signature in a file beside what it signs.
    OpenPgpDetached,
    /// A cleartext or inline OpenPGP message.
    OpenPgpInline,
    /// The signature header of an RPM package.
    RpmHeader,
    /// `_gpgorigin` and its like in a Debian package, as debsigs makes it: over the members' bytes, concatenated.
    Debsigs,
    /// `_gpgbuilder` and its like in a Debian package, as dpkg-sig makes it: over digests of the members.
    DpkgSig,
    /// `META-INF/*.SF` with its block in a JAR.
    Jar,
    /// CMS (PKCS#7) beside or around what it signs.
    Cms,
    /// Authenticode inside of a Windows executable, installer or cabinet.
    Authenticode,
    /// minisign or signify.
    Minisign,
    /// `ssh-keygen -Y sign`.
    Ssh,
    /// Alpine's `.SIGN.RSA.*` member.
    Alpine,
}

/// One signature, and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureFact {
    /// How it was made.
    pub scheme: Scheme,
    /// Where the signature lies, through the chain of containers; a name without chain for a file handed over beside.
    pub path: String,
    /// What it is worth; `None` where it was not checked, which the detail explains.
    pub worth: Option<Worth>,
    /// The key that made it, a sub-key perhaps: the one that fits, else the one the signature names.
    pub signer: Option<Fingerprint>,
    /// The certificate to which that key belongs, by its primary key.
    pub certificate: Option<Fingerprint>,
    /// The signer as the signature or its certificate names it: a key id, a subject. An alias, not an identity.
    pub called: Option<String>,
    /// When it was made, seconds since 1970, by the signer's own word.
    pub made_at: Option<i64>,
    /// Which bytes it covers, in words.
    pub covers: String,
    /// What of the package it does not cover: members, byte ranges; empty where it covers all of it.
    pub not_covered: Vec<String>,
    /// One lower-case sentence for people.
    pub detail: String,
}

/// A signature that was met, with what it is over, laid ready for a reader of its scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// How it was made.
    pub scheme: Scheme,
    /// As [`SignatureFact::path`].
    pub path: String,
    /// The signature's own bytes.
    pub signature: Vec<u8>,
    /// The bytes that it is over.
    pub over: Over,
}

/// The bytes that a signature is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// These, whole.
    Bytes(Vec<u8>),
    /// These ranges of the inspected file (start and end, in bytes), one behind the other.
    File(Vec<(u64, u64)>),
    /// They are within the signature itself.
    Within,
    /// They were not kept: why, in a few words.
    Unavailable(&'static str),
}
