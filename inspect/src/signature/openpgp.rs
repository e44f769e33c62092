//! Detached OpenPGP signatures held against bytes and certificates (RFC 9580 section 5.2).
//!
//! First the arithmetic alone, then everything that speaks against it, each asked for by itself: a library's
//! single verdict would hide whether the arithmetic held. Causes are probed, never read out of error texts.

mod fitting;

use std::time::SystemTime;

use sequoia_openpgp::cert::amalgamation::key::ErasedKeyAmalgamation;
use sequoia_openpgp::crypto::hash::Context;
use sequoia_openpgp::packet::key::{PublicParts, UnspecifiedRole};
use sequoia_openpgp::packet::{self, Key, Tag};
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

/// Bytes that are handed on step by step; an error says in a few words why they are not at hand.
pub(super) type Feed<'f> = dyn FnMut(&mut dyn FnMut(&[u8])) -> Result<(), String> + 'f;

/// A signature, or one that was not checked because its bytes are not at hand, and why.
pub(super) type Fed = Result<Signature, (Signature, String)>;

/// Holds each signature in `signature` (armored or binary) against `message`. `at`, in seconds since 1970,
/// decides what has expired and which algorithms are still safe. There is always an answer: bytes without any
/// signature are one [`Worth::Unreadable`].
pub fn verify_detached(
    message: &[u8],
    signature: &[u8],
    certificates: &[Certificate],
    at: i64,
) -> Vec<Signature> {
    let mut feed = |take: &mut dyn FnMut(&[u8])| {
        take(message);
        Ok(())
    };
    let all = verify_fed(signature, certificates, at, &mut feed).into_iter();
    all.map(|fed| fed.unwrap_or_else(|(signature, _)| signature)).collect()
}

/// The same for bytes that are handed on once for each signature whose key is at hand.
pub(super) fn verify_fed(
    signature: &[u8],
    certificates: &[Certificate],
    at: i64,
    feed: &mut Feed<'_>,
) -> Vec<Fed> {
    let mut found = Vec::new();
    for packet in packets(signature) {
        match packet {
            Ok(packet) => {
                let mut hash = None;
                let fed = feed_once(&packet, certificates, &mut hash, feed);
                let judged = verify(&packet, certificates, system_time(at), &|key| match &hash {
                    Some(hash) => packet.verify_hash(key, hash.clone()),
                    None => Err(Error::UnsupportedHashAlgorithm(packet.hash_algo()).into()),
                });
                found.push(match fed {
                    Ok(()) => Ok(judged),
                    Err(why) => Err((named(&packet, &packet.get_issuers()), why)),
                });
            }
            Err(detail) => found.push(Ok(nothing(Worth::Unreadable, detail))),
        }
    }
    if found.is_empty() {
        found.push(Ok(nothing(Worth::Unreadable, "there is no OpenPGP signature in it".to_owned())));
    }
    found
}

/// Takes the digest of the bytes if any key at hand may have made the signature.
fn feed_once(
    signature: &packet::Signature,
    certificates: &[Certificate],
    hash: &mut Option<Context>,
    feed: &mut Feed<'_>,
) -> Result<(), String> {
    let Ok(context) = signature.hash_algo().context() else { return Ok(()) };
    if candidates(&signature.get_issuers(), certificates).is_empty() {
        return Ok(());
    }
    let mut context = context.for_signature(signature.version());
    if let Some(salt) = signature.salt() {
        context.update(salt);
    }
    if signature.typ() == SignatureType::Text {
        let mut before = 0;
        feed(&mut |bytes| as_text(&mut context, &mut before, bytes))?;
    } else {
        feed(&mut |bytes| context.update(bytes))?;
    }
    *hash = Some(context);
    Ok(())
}

/// Lines of a text are signed as if they ended by CR and LF (RFC 9580, section 5.2.1.2).
fn as_text(context: &mut Context, before: &mut u8, bytes: &[u8]) {
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(own) if own.last().unwrap_or(before) != &b'\r' => {
                context.update(own);
                context.update(b"\r\n");
            }
            _ => context.update(line),
        }
        *before = line.last().copied().unwrap_or(*before);
    }
}

/// One signature whose bytes the parser has read on the way to it.
pub(super) fn verify_document(
    signature: &packet::Signature,
    certificates: &[Certificate],
    at: i64,
) -> Signature {
    verify(signature, certificates, system_time(at), &|key| signature.verify_document(key))
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

/// Whether the arithmetic holds under one key.
type Holds<'h> = dyn Fn(&Key<PublicParts, UnspecifiedRole>) -> sequoia_openpgp::Result<()> + 'h;

fn verify(
    signature: &packet::Signature,
    certificates: &[Certificate],
    at: SystemTime,
    holds: &Holds<'_>,
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
        match holds(key.key()) {
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
