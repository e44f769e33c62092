//! Certificates and signatures of an invented vendor, made here byte by byte. Every key is of P-256 and says so.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use sha2::{Digest as _, Sha256};
use x509_cert::der::asn1::ObjectIdentifier;

use crate::signature::tlv::{INTEGER, OCTETS, OID, SEQUENCE, SET, written};

/// 2023-11-14, when everything here is valid.
pub(crate) const NOW: i64 = 1_700_000_000;
/// Times as certificates write them: before, after, long before.
pub(crate) const VALID: (&str, &str) = ("200101000000Z", "300101000000Z");
pub(crate) const EXPIRED: (&str, &str) = ("200101000000Z", "220101000000Z");

pub(crate) fn der(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    written(tag, &content.concat(), &mut out);
    out
}

pub(crate) fn oid(text: &str) -> Vec<u8> {
    der(OID, &[ObjectIdentifier::new(text).unwrap().as_bytes()])
}

fn algorithm(text: &str) -> Vec<u8> {
    der(SEQUENCE, &[&oid(text)])
}

fn name(common: &str) -> Vec<u8> {
    let pair = der(SEQUENCE, &[&oid("2.5.4.3"), &der(0x0c, &[common.as_bytes()])]);
    der(SEQUENCE, &[&der(SET, &[&pair])])
}

/// Somebody with a key.
pub(crate) struct Party {
    pub(crate) name: &'static str,
    pub(crate) key: SigningKey,
}

pub(crate) fn party(name: &'static str, seed: u8) -> Party {
    Party { name, key: SigningKey::from_slice(&[seed; 32]).unwrap() }
}

impl Party {
    fn public(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_encoded_point(false);
        let algorithm = der(SEQUENCE, &[&oid("1.2.840.10045.2.1"), &oid("1.2.840.10045.3.1.7")]);
        der(SEQUENCE, &[&algorithm, &der(3, &[&[0], point.as_bytes()])])
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        let signature: Signature = self.key.sign(bytes);
        signature.to_der().as_bytes().to_vec()
    }

    /// A certificate for this one from that one; `usage` is what it says that the key is for.
    pub(crate) fn certified(&self, by: &Party, valid: (&str, &str), usage: Option<&str>) -> Vec<u8> {
        let mut extensions = Vec::new();
        if usage.is_none() {
            let own = der(SEQUENCE, &[&der(1, &[&[0xff]])]);
            extensions
                .extend(der(SEQUENCE, &[&oid("2.5.29.19"), &der(1, &[&[0xff]]), &der(OCTETS, &[&own])]));
        }
        if let Some(usage) = usage {
            let own = der(SEQUENCE, &[&oid(usage)]);
            extensions.extend(der(SEQUENCE, &[&oid("2.5.29.37"), &der(OCTETS, &[&own])]));
        }
        let time = |text: &str| der(0x17, &[text.as_bytes()]);
        let told = der(
            SEQUENCE,
            &[
                &der(0xa0, &[&der(INTEGER, &[&[2]])]),
                &der(INTEGER, &[&[7]]),
                &algorithm("1.2.840.10045.4.3.2"),
                &name(by.name),
                &der(SEQUENCE, &[&time(valid.0), &time(valid.1)]),
                &name(self.name),
                &self.public(),
                &der(0xa3, &[&der(SEQUENCE, &[&extensions])]),
            ],
        );
        let signature = der(3, &[&[0], &by.sign(&told)]);
        der(SEQUENCE, &[&told, &algorithm("1.2.840.10045.4.3.2"), &signature])
    }
}

pub(crate) const CODE: &str = "1.3.6.1.5.5.7.3.3";
pub(crate) const MAIL: &str = "1.3.6.1.5.5.7.3.4";
const DATA: &str = "1.2.840.113549.1.7.1";

/// A message by `signer`, whose certificate was issued by somebody called `issuer`, over content that lies elsewhere.
pub(crate) fn message(
    signer: &Party,
    issuer: &str,
    brought: &[&[u8]],
    content: &[u8],
    made: &str,
) -> Vec<u8> {
    wrapped(signer, issuer, brought, content, made, &der(SEQUENCE, &[&oid(DATA)]), DATA)
}

/// The same with the content within, of that type and with that tag and length in front.
pub(crate) fn wrapped(
    signer: &Party,
    issuer: &str,
    brought: &[&[u8]],
    content: &[u8],
    made: &str,
    encapsulated: &[u8],
    kind: &str,
) -> Vec<u8> {
    let attribute = |kind: &str, value: &[u8]| der(SEQUENCE, &[&oid(kind), &der(SET, &[value])]);
    let attributes = [
        attribute("1.2.840.113549.1.9.3", &oid(kind)),
        attribute("1.2.840.113549.1.9.4", &der(OCTETS, &[&Sha256::digest(content)])),
        attribute("1.2.840.113549.1.9.5", &der(0x17, &[made.as_bytes()])),
    ]
    .concat();
    let digest = algorithm("2.16.840.1.101.3.4.2.1");
    let info = der(
        SEQUENCE,
        &[
            &der(INTEGER, &[&[1]]),
            &der(SEQUENCE, &[&name(issuer), &der(INTEGER, &[&[7]])]),
            &digest,
            &der(0xa0, &[&attributes]),
            &algorithm("1.2.840.10045.4.3.2"),
            &der(OCTETS, &[&signer.sign(&der(SET, &[&attributes]))]),
        ],
    );
    let data = der(
        SEQUENCE,
        &[
            &der(INTEGER, &[&[1]]),
            &der(SET, &[&digest]),
            encapsulated,
            &der(0xa0, brought),
            &der(SET, &[&info]),
        ],
    );
    der(SEQUENCE, &[&oid("1.2.840.113549.1.7.2"), &der(0xa0, &[&data])])
}
