//! An invented vendor's own certificate authority, and what it certifies to sign packages: a CMS signature beside a file
//! (RFC 5652), as vendors make it with `openssl cms -sign`.
//!
//! Nobody anchors it: its signatures fit, and whose they are has to be learnt elsewhere. Private halves live in memory
//! only. Times come from the world, never from a clock.

use std::sync::Arc;

use inspect::key::Fingerprint;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SigningKey as _, date_time_ymd,
};
use sha2::{Digest as _, Sha256};

/// Years for which the authority and the certificate below it are valid.
const YEARS: (i32, i32) = (10, 3);

/// Tags of ASN.1 (X.690) that a signature is made of.
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

/// Object identifiers, as their bytes: data and signed data (RFC 5652), the attributes of a signer (section 11), SHA-256
/// (RFC 5754), ECDSA with it (RFC 5758).
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
const SIGNING_TIME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5];
const SHA_256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
const ECDSA_SHA_256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];

/// A certificate authority with one certificate for signing programs.
#[derive(Clone, Debug)]
pub struct Authority {
    root: Vec<u8>,
    certificate: Vec<u8>,
    key_identifier: Vec<u8>,
    key: Arc<KeyPair>,
}

impl Authority {
    /// Makes an authority called so and a certificate of it for a signer called so.
    #[must_use]
    pub fn generate(called: &str, signer: &str, made: Timestamp) -> Self {
        Self::made(called, signer, made).expect("a new P-256 key can sign a certificate of these names")
    }

    fn made(called: &str, signer: &str, made: Timestamp) -> Result<Self, rcgen::Error> {
        let own = KeyPair::generate()?;
        let mut root = params(called, made, YEARS.0)?;
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certified = root.self_signed(&own)?;
        let key = KeyPair::generate()?;
        let mut leaf = params(signer, made, YEARS.1)?;
        leaf.is_ca = IsCa::ExplicitNoCa;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
        let certificate = leaf.signed_by(&key, &Issuer::new(root, own))?;
        Ok(Self {
            root: certified.der().to_vec(),
            certificate: certificate.der().to_vec(),
            key_identifier: leaf.key_identifier(&key),
            key: Arc::new(key),
        })
    }

    /// SHA-256 over the certificate that signs.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::parse(&hex::encode(Sha256::digest(&self.certificate)))
            .expect("SHA-256 has 32 bytes, as fingerprints of certificates do")
    }

    /// A detached CMS signature over `message`, as DER, which brings both certificates along.
    #[must_use]
    pub fn sign(&self, message: &[u8], at: Timestamp) -> Vec<u8> {
        let attributes = attributes(message, at);
        let signature = self.key.sign(&der(SET, &[&attributes])).expect("a P-256 key signs any bytes");
        let digest = algorithm(SHA_256);
        let by_key = der(0x80, &[&self.key_identifier]);
        let fields: [&[u8]; 6] = [
            &der(INTEGER, &[&[3]]),
            &by_key,
            &digest,
            &der(0xa0, &[&attributes]),
            &algorithm(ECDSA_SHA_256),
            &der(OCTETS, &[&signature]),
        ];
        let data: [&[u8]; 5] = [
            &der(INTEGER, &[&[3]]),
            &der(SET, &[&digest]),
            &der(SEQUENCE, &[&der(OID, &[DATA])]),
            &der(0xa0, &[&self.certificate, &self.root]),
            &der(SET, &[&der(SEQUENCE, &fields)]),
        ];
        der(SEQUENCE, &[&der(OID, &[SIGNED_DATA]), &der(0xa0, &[&der(SEQUENCE, &data)])])
    }
}

fn params(called: &str, made: Timestamp, years: i32) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, called);
    let made = made.to_zoned(TimeZone::UTC).date();
    let day = |years: i32| {
        // The 29th of February is in few years.
        let (month, day) = (made.month().unsigned_abs(), made.day().unsigned_abs().min(28));
        // Certificates know four digits of a year (RFC 5280 section 4.1.2.5).
        date_time_ymd(i32::from(made.year()).clamp(1970, 9_900) + years, month, day)
    };
    (params.not_before, params.not_after) = (day(0), day(years));
    Ok(params)
}

/// What the signer states beside the content's digest, in the order that DER wants of a set.
fn attributes(message: &[u8], at: Timestamp) -> Vec<u8> {
    let at = at.to_zoned(TimeZone::UTC).strftime("%y%m%d%H%M%SZ").to_string();
    let attribute = |kind: &[u8], value: &[u8]| der(SEQUENCE, &[&der(OID, &[kind]), &der(SET, &[value])]);
    [
        attribute(CONTENT_TYPE, &der(OID, &[DATA])),
        attribute(SIGNING_TIME, &der(UTC_TIME, &[at.as_bytes()])),
        attribute(MESSAGE_DIGEST, &der(OCTETS, &[&Sha256::digest(message)])),
    ]
    .concat()
}

fn algorithm(identifier: &[u8]) -> Vec<u8> {
    der(SEQUENCE, &[&der(OID, &[identifier])])
}

/// One value with its tag and length (X.690 section 8.1).
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    if content.len() < 0x80 {
        out.push(u8::try_from(content.len()).expect("it is below 128"));
    } else {
        out.push(0x80 | u8::try_from(length.len()).expect("a length has at most eight bytes"));
        out.extend(length);
    }
    out.extend(content);
    out
}
