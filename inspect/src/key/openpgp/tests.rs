//! Certificates made here, and the facts read from them.

use std::time::Duration;

use sequoia_openpgp::Cert;
use sequoia_openpgp::cert::{CertBuilder, CipherSuite};
use sequoia_openpgp::packet::UserID;
use sequoia_openpgp::serialize::SerializeInto;
use sequoia_openpgp::types::ReasonForRevocation;

use super::{NoCertificate, Revocation, read};
use crate::openpgp::system_time;

/// 2023-11-14, 22:13:20 UTC, when every key here is made.
const MADE: i64 = 1_700_000_000;
const DAY: i64 = 86_400;

fn made(name: &str) -> Cert {
    let builder = CertBuilder::new().set_cipher_suite(CipherSuite::Cv25519).add_userid(name);
    let builder = builder.add_signing_subkey().add_transport_encryption_subkey();
    let builder = builder.set_creation_time(system_time(MADE));
    builder.set_validity_period(Duration::from_secs(30 * 86_400)).generate().unwrap().0
}

fn armored(cert: &Cert) -> Vec<u8> {
    cert.armored().to_vec().unwrap()
}

fn check(bytes: &[u8], expected: &[&Cert]) {
    let found: Vec<String> = read(bytes).unwrap().iter().map(|one| one.fingerprint().to_string()).collect();
    assert_eq!(found, expected.iter().map(|cert| cert.fingerprint().to_hex()).collect::<Vec<_>>());
}

#[test]
fn the_facts_of_a_certificate_are_read() {
    let cert = made("Vendor <release@vendor.example>");
    let facts = read(&cert.to_vec().unwrap()).unwrap().first().unwrap().facts(MADE + DAY);
    assert_eq!(facts.primary.algorithm, "Ed25519");
    assert_eq!((facts.primary.created, facts.primary.expires), (MADE, Some(MADE + 30 * DAY)));
    assert_eq!((facts.primary.revoked, facts.primary.bound, facts.weak), (Revocation::None, true, false));
    let names: Vec<(&str, bool)> =
        facts.user_ids.iter().map(|name| (name.text.as_str(), name.bound)).collect();
    assert_eq!(names, [("Vendor <release@vendor.example>", true)]);
    assert_eq!(
        facts.subkeys.iter().map(|key| (key.signs, key.bound)).collect::<Vec<_>>(),
        [(true, true), (false, true)]
    );
}

#[test]
fn binary_and_armored_certificates_are_read() {
    let (one, two) = (made("One"), made("Two"));
    check(&one.to_vec().unwrap(), &[&one]);
    check(&armored(&one), &[&one]);
    check(&[one.to_vec().unwrap(), two.to_vec().unwrap()].concat(), &[&one, &two]);
}

#[test]
fn armored_blocks_are_found_between_other_text() {
    let (one, two) = (made("One"), made("Two"));
    let page =
        [b"<pre>first:\n".as_slice(), &armored(&one), b"\nand then\n", &armored(&two), b"</pre>"].concat();
    check(&page, &[&one, &two]);
}

#[test]
fn copies_of_a_certificate_are_merged() {
    let cert = made("One");
    let bare = cert.clone().retain_subkeys(|_| false);
    let both = read(&[armored(&bare), armored(&cert)].concat()).unwrap();
    assert_eq!(both.len(), 1);
    assert_eq!(both.first().unwrap().facts(MADE).subkeys.len(), 2);
}

#[test]
fn a_broken_block_does_not_hide_a_good_one() {
    let cert = made("One");
    let broken = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n";
    check(&[broken.as_slice(), &armored(&cert)].concat(), &[&cert]);
}

#[test]
fn private_parts_are_dropped() {
    let cert = made("One");
    let secret = cert.as_tsk().to_vec().unwrap();
    let found = read(&secret).unwrap();
    assert!(!found.first().unwrap().cert.is_tsk());
}

#[test]
fn a_name_that_somebody_attached_is_not_bound() {
    let cert = made("One").insert_packets(UserID::from("Vendor")).unwrap().0;
    let facts = read(&cert.to_vec().unwrap()).unwrap().first().unwrap().facts(MADE);
    // A name without any signature is dropped on writing; with it or without, nothing vouches for it.
    assert!(facts.user_ids.iter().all(|name| name.bound == (name.text == "One")), "{facts:?}");
}

#[test]
fn a_revocation_says_how_much_it_takes_back() {
    for (reason, expected) in [
        (ReasonForRevocation::KeySuperseded, Revocation::Soft),
        (ReasonForRevocation::KeyCompromised, Revocation::Hard),
        (ReasonForRevocation::Unspecified, Revocation::Hard),
    ] {
        let cert = made("One");
        let mut pair = cert.primary_key().key().clone().parts_into_secret().unwrap().into_keypair().unwrap();
        let builder =
            sequoia_openpgp::cert::CertRevocationBuilder::new().set_reason_for_revocation(reason, b"");
        let builder = builder.unwrap().set_signature_creation_time(system_time(MADE + DAY)).unwrap();
        let cert = cert.clone().insert_packets(builder.build(&mut pair, &cert, None).unwrap()).unwrap().0;
        let found = read(&cert.to_vec().unwrap()).unwrap();
        assert_eq!(found.first().unwrap().facts(MADE + 2 * DAY).primary.revoked, expected);
    }
}

#[test]
fn bytes_without_a_certificate_say_so() {
    assert_eq!(read(b"").unwrap_err(), NoCertificate::Absent);
    for bytes in [b"hello".as_slice(), &[0xff; 64], b"-----BEGIN PGP PUBLIC KEY BLOCK-----"] {
        assert!(matches!(read(bytes), Err(NoCertificate::Broken(_) | NoCertificate::Absent)));
    }
}

#[test]
fn no_damage_makes_the_reading_panic() {
    let cert = made("One").to_vec().unwrap();
    for at in 0..cert.len() {
        let mut bytes = cert.clone();
        bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= 0x81);
        bytes.truncate(cert.len() - at % 7);
        // Only a panic would be wrong: damaged self-signatures leave a certificate that is not bound.
        read(&bytes).into_iter().flatten().for_each(|found| assert!(found.facts(MADE).user_ids.len() <= 3));
    }
}
