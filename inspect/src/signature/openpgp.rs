//! Detached OpenPGP signatures held against bytes and certificates (RFC 9580 section 5.2).
//!
//! First the arithmetic alone, then everything that speaks against it, each asked for by itself: a library's
//! single verdict would hide whether the arithmetic held. Causes are probed, never read out of error texts.

mod fitting;

use std::time::SystemTime;

use sequoia_openpgp::cert::amalgamation::key::ErasedKeyAmalgamation;
use sequoia_openpgp::packet::key::PublicParts;
use sequoia_openpgp::packet::{self, Tag};
use sequoia_openpgp::parse::{PacketParserBuilder, PacketParserResult, Parse};
use sequoia_openpgp::types::SignatureType;
use sequoia_openpgp::{Error, KeyHandle, Packet};

use crate::key::Fingerprint;
use crate::key::openpgp::Certificate;
use crate::openpgp::{epoch, fingerprint, is_supported, system_time};
use crate::signature::openpgp::fitting::Fitting;
use crate::signature::{Signature, Worth};

/// Signatures read of one file; real ones carry one, or one for each of a few signers.
const MOST: usize = 64;

/// A key that may have made a signature.
type Candidate<'c> = (&'c Certificate, ErasedKeyAmalgamation<'c, PublicParts>);

/// Holds each signature in `signature` (armored or binary) against `message`. `at`, in seconds since 1970,
/// decides what has expired and which algorithms are still safe. There is always an answer: bytes without any
/// signature are one [`Worth::Unreadable`].
pub fn verify_detached(
    message: &[u8],
    signature: &[u8],
    certificates: &[Certificate],
    at: i64,
) -> Vec<Signature> {
    let mut found = Vec::new();
    for packet in packets(signature) {
        match packet {
            Ok(packet) => found.push(verify(message, &packet, certificates, system_time(at))),
            Err(detail) => found.push(nothing(Worth::Unreadable, detail)),
        }
    }
    if found.is_empty() {
        found.push(nothing(Worth::Unreadable, "there is no OpenPGP signature in it".to_owned()));
    }
    found
}

/// The signature packets, and a sentence for each that could not be read.
fn packets(bytes: &[u8]) -> Vec<Result<packet::Signature, String>> {
    let mut found = Vec::new();
    let parser = PacketParserBuilder::from_bytes(bytes).map(|builder| builder.max_recursion_depth(0));
    let Ok(mut next) = parser.and_then(|builder| builder.build()) else { return found };
    while let PacketParserResult::Some(parser) = next {
        if found.len() == MOST {
            found.push(Err(format!("more than {MOST} signatures: the others were not read")));
            break;
        }
        match parser.next() {
            Ok((Packet::Signature(signature), rest)) => {
                let is_for_files = matches!(signature.typ(), SignatureType::Binary | SignatureType::Text);
                let other = || "a signature that is not for a file but for a key or a name".to_owned();
                found.push(if is_for_files { Ok(signature) } else { Err(other()) });
                next = rest;
            }
            Ok((packet, rest)) => {
                if packet.tag() == Tag::Signature {
                    found.push(Err("a signature in a form that is not known".to_owned()));
                }
                next = rest;
            }
            Err(_) => {
                found.push(Err("the signature is cut off or damaged".to_owned()));
                break;
            }
        }
    }
    found
}

fn nothing(worth: Worth, detail: String) -> Signature {
    Signature {
        worth,
        issuer: None,
        issuer_key_id: None,
        certificate: None,
        made_at: None,
        key_expires: None,
        detail,
    }
}

fn verify(
    message: &[u8],
    signature: &packet::Signature,
    certificates: &[Certificate],
    at: SystemTime,
) -> Signature {
    let issuers = signature.get_issuers();
    let mut answer = named(signature, &issuers);
    let candidates = candidates(&issuers, certificates);
    if candidates.is_empty() {
        answer.worth = Worth::UnknownKey;
        answer.detail = "no key at hand made it".to_owned();
        return answer;
    }
    // A key id may name several keys; the signature is bad only if none of them fits.
    let mut unsupported = false;
    for (certificate, key) in &candidates {
        match signature.verify_message(key.key(), message) {
            Ok(()) => {
                answer.issuer = fingerprint(&key.key().fingerprint());
                answer.issuer_key_id = answer.issuer.and_then(|issuer| issuer.key_id());
                answer.certificate = Some(certificate.fingerprint());
                let fitting = Fitting { signature, certificate, key, at };
                answer.key_expires = fitting.expires();
                (answer.worth, answer.detail) = fitting.worth();
                return answer;
            }
            Err(error) => unsupported |= !is_supported(key.key()) || is_unsupported(&error),
        }
    }
    (answer.worth, answer.detail) = if unsupported {
        (Worth::Unsupported, "its key or algorithm is not supported, so it was not checked".to_owned())
    } else {
        (Worth::Bad, "the key is known and the signature is not for these bytes".to_owned())
    };
    answer
}

/// What the signature says of itself, before anything was checked.
fn named(signature: &packet::Signature, issuers: &[KeyHandle]) -> Signature {
    let mut answer = nothing(Worth::UnknownKey, String::new());
    answer.made_at = signature.signature_creation_time().map(epoch);
    for issuer in issuers {
        match issuer {
            KeyHandle::Fingerprint(named) => answer.issuer = answer.issuer.or(fingerprint(named)),
            KeyHandle::KeyID(id) => {
                answer.issuer_key_id.get_or_insert_with(|| format!("{id:X}"));
            }
        }
    }
    if answer.issuer_key_id.is_none() {
        answer.issuer_key_id = answer.issuer.and_then(|issuer: Fingerprint| issuer.key_id());
    }
    answer
}

/// The keys that the signature names; all of them if it names none.
fn candidates<'c>(issuers: &[KeyHandle], certificates: &'c [Certificate]) -> Vec<Candidate<'c>> {
    let mut found = Vec::new();
    for certificate in certificates {
        for key in certificate.cert.keys() {
            let handle = key.key().key_handle();
            if issuers.is_empty() || issuers.iter().any(|issuer| issuer.aliases(&handle)) {
                found.push((certificate, key));
            }
        }
    }
    found
}

fn is_unsupported(error: &sequoia_openpgp::anyhow::Error) -> bool {
    matches!(
        error.downcast_ref::<Error>(),
        Some(
            Error::UnsupportedHashAlgorithm(_)
                | Error::UnsupportedPublicKeyAlgorithm(_)
                | Error::UnsupportedEllipticCurve(_)
                | Error::UnsupportedSignatureType(_)
        )
    )
}

#[cfg(test)]
mod tests;
