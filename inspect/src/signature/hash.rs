//! The digests that signatures are made over, by the names that the schemes give them.

use blake2::Blake2b512;
use md5::Md5;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::digest::DynDigest;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use x509_cert::der::asn1::ObjectIdentifier;

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// MD5: collisions are made at will.
    Md5,
    /// SHA-1: collisions have been made.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// BLAKE2b with 64 bytes.
    Blake2b,
}

impl Algorithm {
    /// Whether two files with one digest can be made.
    #[must_use]
    pub fn is_weak(self) -> bool {
        matches!(self, Algorithm::Md5 | Algorithm::Sha1)
    }

    /// What people call it.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha1 => "SHA-1",
            Algorithm::Sha224 => "SHA-224",
            Algorithm::Sha256 => "SHA-256",
            Algorithm::Sha384 => "SHA-384",
            Algorithm::Sha512 => "SHA-512",
            Algorithm::Blake2b => "BLAKE2b",
        }
    }

    /// The one that an object identifier's content means (RFC 3279, RFC 5754).
    pub(crate) fn of_oid(content: &[u8]) -> Option<Algorithm> {
        Some(match ObjectIdentifier::from_bytes(content).ok()?.to_string().as_str() {
            "1.2.840.113549.2.5" => Algorithm::Md5,
            "1.3.14.3.2.26" => Algorithm::Sha1,
            "2.16.840.1.101.3.4.2.4" => Algorithm::Sha224,
            "2.16.840.1.101.3.4.2.1" => Algorithm::Sha256,
            "2.16.840.1.101.3.4.2.2" => Algorithm::Sha384,
            "2.16.840.1.101.3.4.2.3" => Algorithm::Sha512,
            _ => return None,
        })
    }

    /// The one that manifests of Java archives call so.
    pub(crate) fn of_java(name: &str) -> Option<Algorithm> {
        Some(match name.to_ascii_uppercase().as_str() {
            "MD5" => Algorithm::Md5,
            "SHA" | "SHA1" | "SHA-1" => Algorithm::Sha1,
            "SHA-224" => Algorithm::Sha224,
            "SHA-256" => Algorithm::Sha256,
            "SHA-384" => Algorithm::Sha384,
            "SHA-512" => Algorithm::Sha512,
            _ => return None,
        })
    }

    /// A digest that is begun.
    pub(crate) fn begin(self) -> Box<dyn DynDigest> {
        match self {
            Algorithm::Md5 => Box::<Md5>::default(),
            Algorithm::Sha1 => Box::<Sha1>::default(),
            Algorithm::Sha224 => Box::<Sha224>::default(),
            Algorithm::Sha256 => Box::<Sha256>::default(),
            Algorithm::Sha384 => Box::<Sha384>::default(),
            Algorithm::Sha512 => Box::<Sha512>::default(),
            Algorithm::Blake2b => Box::<Blake2b512>::default(),
        }
    }

    /// The digest of these bytes.
    pub(crate) fn of(self, bytes: &[u8]) -> Vec<u8> {
        let mut digest = self.begin();
        digest.update(bytes);
        digest.finalize().into_vec()
    }
}
