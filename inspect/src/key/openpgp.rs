//! OpenPGP certificates read into facts: whose they say they are, since when, until when, revoked or not.
//!
//! Bytes come from key pages, keyrings and packages. Private key material is dropped on reading. Whether a
//! certificate belongs to the name it carries is not known here: anybody can make one for any name. RFC 9580.

mod continuity;

use std::collections::BTreeMap;
use std::time::SystemTime;

use sequoia_openpgp::Cert;
use sequoia_openpgp::cert::CertParser;
use sequoia_openpgp::cert::amalgamation::ValidateAmalgamation;
use sequoia_openpgp::cert::amalgamation::key::ErasedKeyAmalgamation;
use sequoia_openpgp::crypto::mpi;
use sequoia_openpgp::packet::Key;
use sequoia_openpgp::packet::key::{PublicParts, UnspecifiedRole};
use sequoia_openpgp::parse::Parse;
use sequoia_openpgp::policy::Policy;
use sequoia_openpgp::types::RevocationStatus;

use crate::key::Fingerprint;
use crate::openpgp::{epoch, fingerprint, is_supported, key_revocation, relaxed, strict, system_time};

/// Certificates read from one file; the largest public keyring in use (Debian's) holds about a thousand.
const MOST: usize = 10_000;
const BEGIN: &[u8] = b"-----BEGIN PGP P";

/// One certificate: a primary key, the names and sub-keys bound to it.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// Everything that was read, merged; without private parts.
    pub(crate) cert: Cert,
    fingerprint: Fingerprint,
}

/// What a certificate says of itself at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The primary key.
    pub primary: KeyFacts,
    /// Names on the certificate, those that it does not vouch for included.
    pub user_ids: Vec<UserId>,
    /// Keys beneath the primary one, in the certificate's order.
    pub subkeys: Vec<KeyFacts>,
    /// Its own signatures are only good under rules that are no longer safe (SHA-1, short keys).
    pub weak: bool,
}

/// What is so of one key of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// The key's own fingerprint.
    pub fingerprint: Fingerprint,
    /// Algorithm and size for people: `RSA 4096`, `Ed25519`, `NIST P-256`.
    pub algorithm: String,
    /// Seconds since 1970.
    pub created: i64,
    /// Seconds since 1970; `None` if it never expires or is not bound.
    pub expires: Option<i64>,
    /// Whether it was taken back.
    pub revoked: Revocation,
    /// Whether it may sign data.
    pub signs: bool,
    /// Whether the certificate says, in a signature that holds, that the key is its own. What is not bound may
    /// have been added by anybody.
    pub bound: bool,
    /// Whether it can be computed with: RSA above 4,096 bits and unknown algorithms cannot.
    pub supported: bool,
}

/// A name on a certificate, usually `Name <address>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserId {
    /// As written; a stranger's text, replaced where it is not UTF-8.
    pub text: String,
    /// Whether the certificate vouches for it. Anybody can attach a name that it does not vouch for.
    pub bound: bool,
    /// Whether the certificate took the name back.
    pub revoked: bool,
}

/// Whether and how a key was taken back (RFC 9580 section 5.2.3.31).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// Nothing is known of a revocation.
    None,
    /// Retired or superseded: signatures made before still count.
    Soft,
    /// Compromised, or no reason given: no signature counts, whenever made.
    Hard,
    /// Somebody whom the certificate may have allowed to says it is revoked; that could not be checked.
    Claimed,
}

/// Bytes in which no certificate was found. Reads after "failed to".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCertificate {
    /// Nothing that looks like an OpenPGP certificate.
    #[error("read OpenPGP certificates: there are none in it")]
    Absent,
    /// Something does, but it is broken.
    #[error("read OpenPGP certificates: {0}")]
    Broken(String),
}

/// Reads every certificate in `bytes`: binary, or any number of armored blocks with text around them. Copies of
/// one certificate are merged, since each may hold signatures that the others lack; broken ones are passed over
/// if there is a good one.
pub fn read(bytes: &[u8]) -> Result<Vec<Certificate>, NoCertificate> {
    let mut found: BTreeMap<Fingerprint, Certificate> = BTreeMap::new();
    let mut order = Vec::new();
    let mut trouble = NoCertificate::Absent;
    for block in blocks(bytes) {
        let parser = match CertParser::from_bytes(block) {
            Ok(parser) => parser,
            Err(error) => {
                trouble = NoCertificate::Broken(error.to_string().to_lowercase());
                continue;
            }
        };
        for cert in parser.take(MOST) {
            match cert.map(Certificate::of) {
                Ok(Some(certificate)) => {
                    if !found.contains_key(&certificate.fingerprint) {
                        order.push(certificate.fingerprint);
                    }
                    merge(&mut found, certificate);
                }
                Ok(None) => trouble = NoCertificate::Broken("its version is not known".to_owned()),
                Err(error) => trouble = NoCertificate::Broken(error.to_string().to_lowercase()),
            }
        }
    }
    let certificates: Vec<Certificate> = order.iter().filter_map(|key| found.remove(key)).collect();
    if certificates.is_empty() { Err(trouble) } else { Ok(certificates) }
}

fn merge(found: &mut BTreeMap<Fingerprint, Certificate>, new: Certificate) {
    let merged = match found.remove(&new.fingerprint) {
        Some(old) => old.merged(new),
        None => new,
    };
    found.insert(merged.fingerprint, merged);
}

/// The armored blocks in `bytes`, or all of it if there are none.
fn blocks(bytes: &[u8]) -> Vec<&[u8]> {
    let mut starts: Vec<usize> = memchr_all(bytes, BEGIN).take(MOST).collect();
    if starts.is_empty() {
        return vec![bytes];
    }
    starts.push(bytes.len());
    starts.windows(2).filter_map(|pair| bytes.get(*pair.first()?..*pair.last()?)).collect()
}

fn memchr_all<'b>(bytes: &'b [u8], needle: &'b [u8]) -> impl Iterator<Item = usize> + 'b {
    bytes.windows(needle.len()).enumerate().filter(move |(_, window)| *window == needle).map(|(at, _)| at)
}

impl Certificate {
    fn of(cert: Cert) -> Option<Certificate> {
        let fingerprint = fingerprint(&cert.fingerprint())?;
        Some(Certificate { cert: cert.strip_secret_key_material(), fingerprint })
    }

    /// The primary key's fingerprint: the certificate's identity.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// This and another copy of the same certificate together. A copy of another certificate changes nothing.
    pub fn merged(self, other: Certificate) -> Certificate {
        let kept = self.cert.clone();
        match self.cert.merge_public(other.cert) {
            Ok(cert) => Certificate { cert, fingerprint: self.fingerprint },
            Err(_) => Certificate { cert: kept, fingerprint: self.fingerprint },
        }
    }

    /// What the certificate says at `at`, seconds since 1970. Weak signatures are read too, and reported.
    pub fn facts(&self, at: i64) -> Facts {
        let time = system_time(at);
        let (strict, relaxed) = (strict(time), relaxed(time));
        let user_ids = self.cert.userids().map(|name| UserId {
            text: String::from_utf8_lossy(name.userid().value()).into_owned(),
            bound: name.clone().with_policy(&relaxed, time).is_ok(),
            revoked: matches!(name.revocation_status(&relaxed, time), RevocationStatus::Revoked(_)),
        });
        let mut keys = self.cert.keys().filter_map(|key| key_facts(&key, &relaxed, time));
        let primary = keys.next().unwrap_or_else(|| unreadable(self.fingerprint));
        let weak = primary.bound && self.cert.with_policy(&strict, time).is_err();
        Facts { primary, user_ids: user_ids.collect(), subkeys: keys.collect(), weak }
    }
}

fn unreadable(fingerprint: Fingerprint) -> KeyFacts {
    KeyFacts {
        fingerprint,
        algorithm: "unknown".to_owned(),
        created: 0,
        expires: None,
        revoked: Revocation::None,
        signs: false,
        bound: false,
        supported: false,
    }
}

fn key_facts(
    key: &ErasedKeyAmalgamation<'_, PublicParts>,
    relaxed: &dyn Policy,
    time: SystemTime,
) -> Option<KeyFacts> {
    let valid = key.clone().with_policy(relaxed, time).ok();
    Some(KeyFacts {
        fingerprint: fingerprint(&key.key().fingerprint())?,
        algorithm: algorithm(key.key()),
        created: epoch(key.key().creation_time()),
        expires: valid.as_ref().and_then(|valid| valid.key_expiration_time()).map(epoch),
        revoked: key_revocation(key, relaxed, time),
        signs: valid.as_ref().is_some_and(|valid| valid.for_signing()),
        bound: valid.is_some(),
        supported: is_supported(key.key()),
    })
}

fn algorithm(key: &Key<PublicParts, UnspecifiedRole>) -> String {
    let bits = key.mpis().bits().unwrap_or(0);
    match key.mpis() {
        mpi::PublicKey::RSA { .. } => format!("RSA {bits}"),
        mpi::PublicKey::DSA { .. } => format!("DSA {bits}"),
        mpi::PublicKey::ElGamal { .. } => format!("ElGamal {bits}"),
        mpi::PublicKey::EdDSA { curve, .. }
        | mpi::PublicKey::ECDSA { curve, .. }
        | mpi::PublicKey::ECDH { curve, .. } => curve.to_string(),
        _ => key.pk_algo().to_string(),
    }
}

#[cfg(test)]
mod tests;
