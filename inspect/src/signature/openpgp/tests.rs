//! Keys made here, signatures made with them, and what each is worth.

use std::time::Duration;

use sequoia_openpgp::Cert;
use sequoia_openpgp::cert::CertBuilder;
use sequoia_openpgp::packet::signature::SignatureBuilder;
use sequoia_openpgp::packet::{Key, key};
use sequoia_openpgp::serialize::SerializeInto;
use sequoia_openpgp::types::{HashAlgorithm, ReasonForRevocation, SignatureType};

use super::verify_detached;
use crate::key::openpgp::{Certificate, read};
use crate::openpgp::{relaxed, system_time};
use crate::signature::{Signature, Worth};

/// 2023-11-14, 22:13:20 UTC, when every key here is made.
const MADE: i64 = 1_700_000_000;
const DAY: i64 = 86_400;
const MESSAGE: &[u8] = b"what the vendor said";

/// A signing key that is valid for thirty days.
fn signer() -> Cert {
    let builder = CertBuilder::new().add_userid("Vendor <release@vendor.example>").add_signing_subkey();
    let builder = builder.set_creation_time(system_time(MADE));
    builder.set_validity_period(Duration::from_secs(30 * 86_400)).generate().unwrap().0
}

fn signing_key(cert: &Cert) -> Key<key::SecretParts, key::UnspecifiedRole> {
    let policy = relaxed(system_time(MADE));
    let keys = cert.keys().with_policy(&policy, system_time(MADE)).for_signing().secret();
    keys.last().unwrap().key().clone()
}

fn sign(cert: &Cert, made: i64, hash: HashAlgorithm) -> Vec<u8> {
    let mut pair = signing_key(cert).into_keypair().unwrap();
    let builder = SignatureBuilder::new(SignatureType::Binary).set_hash_algo(hash);
    let builder = builder.set_signature_creation_time(system_time(made)).unwrap();
    let packet = builder.sign_message(&mut pair, MESSAGE).unwrap();
    sequoia_openpgp::Packet::from(packet).to_vec().unwrap()
}

fn public(cert: &Cert) -> Vec<Certificate> {
    read(&cert.to_vec().unwrap()).unwrap()
}

fn only(found: Vec<Signature>) -> Signature {
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

/// What a signature made on one day is worth on another.
fn check(cert: &Cert, signed_by: &Cert, days: (i64, i64), expected: Worth) {
    let signature = sign(signed_by, MADE + days.0 * DAY, HashAlgorithm::SHA512);
    let found = verify_detached(MESSAGE, &signature, &public(cert), MADE + days.1 * DAY);
    assert_eq!(only(found).worth, expected);
}

fn revoked(reason: ReasonForRevocation, day: i64) -> (Cert, Cert) {
    let cert = signer();
    let primary = cert.primary_key().key().clone().parts_into_secret().unwrap();
    let mut pair = primary.into_keypair().unwrap();
    let builder = sequoia_openpgp::cert::CertRevocationBuilder::new();
    let builder = builder.set_reason_for_revocation(reason, b"").unwrap();
    let builder = builder.set_signature_creation_time(system_time(MADE + day * DAY)).unwrap();
    let revocation = builder.build(&mut pair, &cert, HashAlgorithm::SHA512).unwrap();
    let revoked = cert.clone().insert_packets(revocation).unwrap().0;
    (cert, revoked)
}

#[test]
fn a_good_signature_fits_and_names_its_key() {
    let cert = signer();
    let signature = sign(&cert, MADE + DAY, HashAlgorithm::SHA512);
    let found = only(verify_detached(MESSAGE, &signature, &public(&cert), MADE + 2 * DAY));
    let certificates = public(&cert);
    let certificate = certificates.first().unwrap();
    assert_eq!(found.worth, Worth::Fits);
    assert_eq!(found.certificate, Some(certificate.fingerprint()));
    assert_eq!(found.issuer, certificate.facts(MADE + DAY).subkeys.first().map(|key| key.fingerprint));
    assert_eq!(found.made_at, Some(MADE + DAY));
    assert_eq!(found.key_expires, Some(MADE + 30 * DAY));
}

#[test]
fn an_armored_signature_is_read_too() {
    let cert = signer();
    let signature = sign(&cert, MADE + DAY, HashAlgorithm::SHA512);
    let mut writer =
        sequoia_openpgp::armor::Writer::new(Vec::new(), sequoia_openpgp::armor::Kind::Signature).unwrap();
    std::io::Write::write_all(&mut writer, &signature).unwrap();
    let armored = writer.finalize().unwrap();
    assert_eq!(only(verify_detached(MESSAGE, &armored, &public(&cert), MADE + DAY)).worth, Worth::Fits);
}

#[test]
fn other_bytes_make_it_bad() {
    let cert = signer();
    let signature = sign(&cert, MADE + DAY, HashAlgorithm::SHA512);
    let found = only(verify_detached(b"something else", &signature, &public(&cert), MADE + DAY));
    assert_eq!(found.worth, Worth::Bad);
}

#[test]
fn a_key_that_is_not_at_hand_is_unknown_and_named() {
    let (cert, other) = (signer(), signer());
    check(&other, &cert, (1, 2), Worth::UnknownKey);
    let signature = sign(&cert, MADE + DAY, HashAlgorithm::SHA512);
    let found = only(verify_detached(MESSAGE, &signature, &[], MADE + DAY));
    let expected = public(&cert).first().unwrap().facts(MADE).subkeys.first().unwrap().fingerprint;
    assert_eq!((found.worth, found.issuer, found.certificate), (Worth::UnknownKey, Some(expected), None));
    assert_eq!(found.issuer_key_id, expected.key_id());
}

#[test]
fn an_expired_key_does_not_fit_without_reservation() {
    let cert = signer();
    check(&cert, &cert, (1, 29), Worth::Fits);
    check(&cert, &cert, (1, 31), Worth::FitsButKeyExpired);
    check(&cert, &cert, (31, 32), Worth::FitsButExpiredAtSigning);
}

#[test]
fn a_signature_from_the_future_is_told() {
    let cert = signer();
    check(&cert, &cert, (5, 4), Worth::FitsButOutOfTime);
}

#[test]
fn a_compromised_key_taints_what_it_signed_before() {
    let (cert, revoked) = revoked(ReasonForRevocation::KeyCompromised, 3);
    check(&revoked, &cert, (1, 2), Worth::FitsButKeyRevoked { hard: true });
    check(&revoked, &cert, (1, 5), Worth::FitsButKeyRevoked { hard: true });
}

#[test]
fn a_retired_key_is_told_apart_from_a_compromised_one() {
    let (cert, revoked) = revoked(ReasonForRevocation::KeyRetired, 3);
    check(&revoked, &cert, (1, 2), Worth::Fits);
    check(&revoked, &cert, (1, 5), Worth::FitsButKeyRevoked { hard: false });
}

#[test]
fn a_signature_over_sha1_is_weak() {
    let cert = signer();
    let signature = sign(&cert, MADE + DAY, HashAlgorithm::SHA1);
    let found = only(verify_detached(MESSAGE, &signature, &public(&cert), MADE + DAY));
    assert_eq!(found.worth, Worth::FitsButWeak);
}

#[test]
fn several_signatures_are_answered_one_by_one() {
    let (cert, other) = (signer(), signer());
    let both = [&cert, &other].map(|cert| sign(cert, MADE + DAY, HashAlgorithm::SHA512)).concat();
    let found = verify_detached(MESSAGE, &both, &public(&cert), MADE + DAY);
    let worths: Vec<Worth> = found.iter().map(|signature| signature.worth).collect();
    assert_eq!(worths, [Worth::Fits, Worth::UnknownKey]);
}

#[test]
fn bytes_without_a_signature_are_unreadable() {
    let cert = signer();
    let certificates = public(&cert);
    let whole = sign(&cert, MADE, HashAlgorithm::SHA512);
    for bytes in [b"".as_slice(), b"hello", &[0xff; 100], whole.get(..30).unwrap(), &cert.to_vec().unwrap()] {
        let found = verify_detached(MESSAGE, bytes, &certificates, MADE);
        assert!(found.iter().all(|signature| signature.worth == Worth::Unreadable), "{found:?}");
    }
}

#[test]
fn no_flipped_byte_makes_a_signature_fit_or_the_reading_panic() {
    let cert = signer();
    let certificates = public(&cert);
    let whole = sign(&cert, MADE + DAY, HashAlgorithm::SHA512);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= 0x41);
        let found = verify_detached(b"something else", &bytes, &certificates, MADE + DAY);
        assert!(
            found.iter().all(|signature| signature.worth > Worth::FitsButKeyRevoked { hard: true }),
            "{at}"
        );
    }
}
