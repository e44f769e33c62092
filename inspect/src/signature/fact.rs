//! Signatures of a package as facts: which scheme, whose key, when, what it is worth, over which bytes.
//!
//! A fact is what a reader of signatures answers and what is kept; `Material` is what the walk over a package lays
//! ready for such a reader. Whether a key is the vendor's is not known here.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::Worth;
use super::hash::Algorithm;
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

impl Scheme {
    /// Whether its signers are named by X.509 certificates.
    #[must_use]
    pub fn is_by_certificate(self) -> bool {
        matches!(self, Scheme::Jar | Scheme::Cms | Scheme::Authenticode)
    }
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
    /// The member that it is over, where it lies beside that member in the package: then it says nothing of the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_member: Option<String>,
    /// What of the package it does not cover: members, byte ranges; empty where it covers all of it.
    pub not_covered: Vec<String>,
    /// Certificates that came with it: material for a path, never an anchor.
    #[serde(default)]
    pub brought: Vec<Link>,
    /// The certificate of the house to which the signer's leads.
    #[serde(default)]
    pub anchor: Option<Fingerprint>,
    /// When somebody else states that it was there already.
    #[serde(default)]
    pub timestamp: Option<Stamp>,
    /// One lower-case sentence for people.
    pub detail: String,
}

impl SignatureFact {
    /// Nothing but what it is and where: not checked.
    pub(crate) fn unchecked(material: &Material, detail: impl Into<String>) -> SignatureFact {
        SignatureFact {
            scheme: material.scheme,
            path: material.path.clone(),
            worth: None,
            signer: None,
            certificate: None,
            called: None,
            made_at: None,
            covers: String::new(),
            of_member: None,
            not_covered: material.not_covered.clone(),
            brought: Vec::new(),
            anchor: None,
            timestamp: None,
            detail: detail.into(),
        }
    }

    /// The same with that worth.
    pub(crate) fn worth(self, worth: Worth, detail: impl Into<String>) -> SignatureFact {
        SignatureFact { worth: Some(worth), detail: detail.into(), ..self }
    }

    /// The same with what it covers.
    pub(crate) fn covering(self, covers: impl Into<String>) -> SignatureFact {
        SignatureFact { covers: covers.into(), ..self }
    }
}

/// A certificate that came with a signature. What it says of itself is a stranger's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// SHA-256 over its DER.
    pub fingerprint: Fingerprint,
    /// Whom it names.
    pub subject: String,
    /// Who issued it, by its own word.
    pub issuer: String,
    /// Seconds since 1970 from which it is valid.
    pub not_before: i64,
    /// Seconds since 1970 until which it is valid.
    pub not_after: i64,
    /// Its bytes, until [`crate::key::carried`] has taken them; no part of a report.
    #[serde(skip)]
    pub der: Vec<u8>,
}

/// What a timestamp states (RFC 3161, or the older countersignature of Authenticode).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The moment stated, seconds since 1970.
    pub time: i64,
    /// Who states it, by the certificate that came with it.
    pub by: String,
    /// What the timestamp's own signature is worth; only one that fits bounds the time.
    pub worth: Worth,
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
    /// What of the package its scheme leaves out, where that is known before it is read.
    pub not_covered: Vec<String>,
}

/// The bytes that a signature is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// These, whole.
    Bytes(Vec<u8>),
    /// These ranges of the inspected file (start and end, in bytes), one behind the other.
    File(Vec<(u64, u64)>),
    /// The header of an RPM package, and what became of the digest that it states of the payload.
    Header(Vec<u8>, Payload),
    /// The members of a Debian package with where they lie in the inspected file.
    Members(Vec<(String, u64, u64)>),
    /// The list of digests of a Java archive, and the archive that it is about.
    Java(Rc<Java>),
    /// A program within an archive, digested without the fields that hold its signature.
    Program(Vec<(Algorithm, Vec<u8>)>),
    /// The member of the archive that lies beside the signature.
    Sibling {
        /// Where it lies, through the chain of containers.
        path: String,
        /// Its bytes; `None` where it is not there or was too large to be held.
        bytes: Option<Vec<u8>>,
        /// What it says of other members, if it is a list of their digests.
        lists: Option<String>,
    },
    /// They are within the signature itself.
    Within,
    /// They were not kept: why, in a few words.
    Unavailable(&'static str),
}

/// What became of the digest that a package's header states of its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// It is the payload's.
    Fits,
    /// It is another one's.
    Differs,
    /// The header states none, or by an algorithm that is not known here.
    NotStated,
    /// The payload was not read to its end.
    NotRead,
}

/// A signed Java archive: what stands in `META-INF`, and the digests of the members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Java {
    /// The manifest.
    pub manifest: Vec<u8>,
    /// The file of digests of the manifest (`.SF`); empty where none lies beside the block.
    pub list: Vec<u8>,
    /// Every member that a signature can cover.
    pub members: Rc<Vec<JavaMember>>,
    /// Members beyond those that were kept.
    pub more: u64,
}

/// A member of a Java archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JavaMember {
    /// Its name in the archive.
    pub name: String,
    /// Its digests by the algorithms that the manifest uses.
    pub digests: Vec<(Algorithm, Vec<u8>)>,
}
