//! X.509 certificates read into facts: whom they name, who issued them, since when and until when (RFC 5280).
//!
//! Bytes come from key pages and packages, as DER or as any number of PEM blocks with text around them. Nothing is
//! verified here: whether an issuer really issued a certificate, and whether anybody trusts it, is not known.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use x509_cert::Certificate;
use x509_cert::der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use x509_cert::der::{Decode as _, DecodePem as _, Encode as _, Reader as _};
use x509_cert::ext::pkix::BasicConstraints;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::key::Fingerprint;

/// Certificates read from one file; the root stores of browsers hold about 150.
const MOST: usize = 1_000;
/// Bytes of one certificate; the largest in use have some tens of kilobytes.
const MAX_BYTES: usize = 256 * 1024;
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// SHA-256 over its DER.
    pub fingerprint: Fingerprint,
    /// Whom it names (RFC 4514); a stranger's text.
    pub subject: String,
    /// Who issued it, by its own word (RFC 4514); a stranger's text.
    pub issuer: String,
    /// Serial number, upper-case hexadecimal digits.
    pub serial: String,
    /// Algorithm and size for people: `RSA 4096`, `NIST P-256`.
    pub algorithm: String,
    /// Seconds since 1970 from which it is valid.
    pub not_before: i64,
    /// Seconds since 1970 until which it is valid.
    pub not_after: i64,
    /// Whether it says that it may issue other certificates.
    pub issues: bool,
    /// Its public key by itself, which a renewed certificate often keeps.
    pub public_key: Fingerprint,
    /// SHA-1 over its DER, upper-case digits, as some tools print: an alias.
    pub sha1: String,
    /// Its bytes.
    pub der: Vec<u8>,
    /// What its extensions say: usages, constraints, names.
    pub extensions: Vec<(String, String)>,
    /// The algorithm with which its issuer signed it, for people.
    pub signed_with: String,
}

/// Whether one certificate continues another.
pub mod continuity;
/// Usages, constraints and names in words.
mod extensions;
/// The facts in the shape that all kinds of keys share.
mod fact;

/// Bytes in which no certificate was found. Reads after "failed to".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCertificate {
    /// Nothing that looks like a certificate.
    #[error("read X.509 certificates: there are none in it")]
    Absent,
    /// Something does, but it is broken.
    #[error("read X.509 certificates: {0}")]
    Broken(String),
}

/// Reads every certificate in `bytes`, each once; broken ones are passed over if there is a good one.
///
/// # Errors
/// If there is none that can be read.
pub fn read(bytes: &[u8]) -> Result<Vec<Facts>, NoCertificate> {
    let mut found: Vec<Facts> = Vec::new();
    let mut trouble = NoCertificate::Absent;
    let mut keep = |read: x509_cert::der::Result<Certificate>| match read.and_then(|read| facts(&read)) {
        Ok(facts) if found.iter().any(|other| other.fingerprint == facts.fingerprint) => {}
        Ok(facts) => found.push(facts),
        Err(error) => trouble = NoCertificate::Broken(error.to_string().to_lowercase()),
    };
    // A SEQUENCE with a length of two bytes, or of one where keys and names are short.
    if matches!(bytes, [0x30, 0x81 | 0x82, ..]) && bytes.len() <= MAX_BYTES {
        keep(Certificate::from_der(bytes));
    } else {
        let text = String::from_utf8_lossy(bytes);
        for block in blocks(&text).take(MOST) {
            keep(Certificate::from_pem(&block));
        }
    }
    if found.is_empty() { Err(trouble) } else { Ok(found) }
}

/// The PEM blocks of a text, without the spaces that pages put around lines.
fn blocks(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(BEGIN).skip(1).filter_map(|rest| {
        let (inner, _) = rest.split_once(END)?;
        let digits: String = inner.split_whitespace().collect();
        let digits: Vec<char> = (digits.len() <= MAX_BYTES).then(|| digits.chars().collect())?;
        let lines: Vec<String> = digits.chunks(64).map(|line| line.iter().collect()).collect();
        Some(format!("{BEGIN}\n{}\n{END}\n", lines.join("\n")))
    })
}

/// The PEM blocks of a text with their labels, decoded; broken ones are passed over (RFC 7468).
pub(crate) fn pem(text: &str) -> impl Iterator<Item = (String, Vec<u8>)> + '_ {
    text.split("-----BEGIN ").skip(1).filter_map(|rest| {
        let (label, rest) = rest.split_once("-----")?;
        let (inner, _) = rest.split_once("-----END ")?;
        let digits: String = inner.split_whitespace().collect();
        let decoded = (digits.len() <= MAX_BYTES).then(|| STANDARD.decode(digits).ok())??;
        Some((label.to_owned(), decoded))
    })
}

fn facts(certificate: &Certificate) -> x509_cert::der::Result<Facts> {
    let told = &certificate.tbs_certificate;
    let seconds =
        |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    let constraints = told.get::<BasicConstraints>().ok().flatten();
    let der = certificate.to_der()?;
    Ok(Facts {
        fingerprint: Fingerprint::X509Sha256(Sha256::digest(&der).into()),
        subject: told.subject.to_string(),
        issuer: told.issuer.to_string(),
        serial: hex::encode_upper(told.serial_number.as_bytes()),
        algorithm: algorithm(&told.subject_public_key_info),
        not_before: seconds(told.validity.not_before),
        not_after: seconds(told.validity.not_after),
        issues: constraints.is_some_and(|(_, constraints)| constraints.ca),
        public_key: Fingerprint::PublicKey(Sha256::digest(told.subject_public_key_info.to_der()?).into()),
        sha1: hex::encode_upper(Sha1::digest(&der)),
        extensions: extensions::in_words(told),
        signed_with: extensions::signed_with(&certificate.signature_algorithm.oid.to_string()),
        der,
    })
}

/// The names that people use for what RFC 3279, RFC 5480 and RFC 8410 number; the number itself for anything else.
pub(crate) fn algorithm(key: &SubjectPublicKeyInfoOwned) -> String {
    match key.algorithm.oid.to_string().as_str() {
        "1.2.840.113549.1.1.1" => match rsa_bits(key) {
            Some(bits) => format!("RSA {bits}"),
            None => "RSA".to_owned(),
        },
        "1.2.840.10045.2.1" => {
            let parameters = key.algorithm.parameters.as_ref();
            let curve = parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
            match curve.map(|oid| oid.to_string()).as_deref() {
                Some("1.2.840.10045.3.1.7") => "NIST P-256".to_owned(),
                Some("1.3.132.0.34") => "NIST P-384".to_owned(),
                Some("1.3.132.0.35") => "NIST P-521".to_owned(),
                _ => "elliptic curve".to_owned(),
            }
        }
        "1.2.840.10040.4.1" => "DSA".to_owned(),
        "1.3.101.112" => "Ed25519".to_owned(),
        "1.3.101.113" => "Ed448".to_owned(),
        other => other.to_owned(),
    }
}

/// Bits of an RSA modulus (RFC 8017 appendix A.1.1).
fn rsa_bits(key: &SubjectPublicKeyInfoOwned) -> Option<usize> {
    let bytes = key.subject_public_key.as_bytes()?;
    let sequence = AnyRef::from_der(bytes).ok()?;
    let modulus = sequence.sequence(|reader| {
        let modulus: UintRef<'_> = reader.decode()?;
        let _exponent: UintRef<'_> = reader.decode()?;
        Ok(modulus.as_bytes().to_vec())
    });
    let modulus = modulus.ok()?;
    let first = modulus.first()?;
    Some(modulus.len() * 8 - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests;
