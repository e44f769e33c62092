//! Files that hold keys, and files that try to be too much; all made here.

use std::fmt::Write as _;
use std::time::Duration;

use sequoia_openpgp::Cert;
use sequoia_openpgp::armor;
use sequoia_openpgp::cert::{CertBuilder, CertRevocationBuilder, CipherSuite};
use sequoia_openpgp::packet::UserID;
use sequoia_openpgp::packet::signature::SignatureBuilder;
use sequoia_openpgp::serialize::SerializeInto as _;
use sequoia_openpgp::types::{ReasonForRevocation, SignatureType};

use super::{MOST_BYTES, Read, again, merged, read};
use crate::key::fact::{Fact, Kind};
use crate::key::openpgp::Revocation;
use crate::openpgp::system_time;

const MADE: i64 = 1_700_000_000;
const DAY: i64 = 86_400;
/// A certificate that `openssl pkcs12 -export -nokeys -certpbe NONE -nomac` packed, and its SHA-256 as openssl prints it.
const PKCS12: &str = "MIICJAIBAzCCAh0GCSqGSIb3DQEHAaCCAg4EggIKMIICBjCCAgIGCSqGSIb3DQEHAaCCAfMEggHv\
    MIIB6zCCAecGCyqGSIb3DQEMCgEDoIIB1jCCAdIGCiqGSIb3DQEJFgGgggHCBIIBvjCCAbowggFf\
    oAMCAQICFDpKDnZkwKkUhInZt81a2g9Aq6+ZMAoGCCqGSM49BAMCMDIxGDAWBgNVBAoMD0hhbHZh\
    cmQgU3lzdGVtczEWMBQGA1UEAwwNSGFsdmFyZCBTdG9yZTAeFw0yNjExMjUwMjQyMTBaFw0zNjEx\
    MjIwMjQyMTBaMDIxGDAWBgNVBAoMD0hhbHZhcmQgU3lzdGVtczEWMBQGA1UEAwwNSGFsdmFyZCBT\
    dG9yZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNJcGB+ebh7WNfNX1F1YRzOQYgwn4AVlu8fQ\
    09PROqBS1Ai5sgCfxXqAVcUkQMVyZZo52pKt/ejTrFVWt57j3WijUzBRMB0GA1UdDgQWBBSSVhHm\
    MIiMtZNmYKJCgI5XGLc9CTAfBgNVHSMEGDAWgBSSVhHmMIiMtZNmYKJCgI5XGLc9CTAPBgNVHRMB\
    Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCBV39eY+EjdnU1ymxawM/qESIrbxNErGII+qD6\
    u1t4igIhAKHYQi8uQngBlTCnO5zKl/uAaOtSyKNK7WoPtu9TuSEw";
const IN_IT: &str = "7524C82440539BF015B6C92D204C7563040C1159500DDCD507E6E74BEAFF321A";

fn made(name: &str) -> Cert {
    let builder =
        CertBuilder::new().set_cipher_suite(CipherSuite::Cv25519).add_userid(name).add_signing_subkey();
    let builder = builder.set_creation_time(system_time(MADE));
    builder.set_validity_period(Duration::from_secs(30 * 86_400)).generate().unwrap().0
}

fn armored(cert: &Cert) -> String {
    String::from_utf8(cert.armored().to_vec().unwrap()).unwrap()
}

fn only(found: Read) -> Fact {
    let [one] = found.keys.as_slice() else { panic!("{found:?}") };
    one.fact.clone()
}

fn der() -> Vec<u8> {
    let file = crate::key::public::base64(PKCS12).unwrap();
    let [held] = read(&file, MADE).keys.try_into().unwrap_or_else(|_| panic!("one certificate"));
    held.bytes
}

#[test]
fn a_file_of_keys_with_prose_between_them_is_read() {
    let file = format!(
        "These keys sign our releases.\n\npub ed25519 One\n{}\nand the older one:\n\n{}",
        armored(&made("One")),
        armored(&made("Two"))
    );
    let found = read(file.as_bytes(), MADE + DAY);
    let names: Vec<_> = found.keys.iter().filter_map(|one| one.fact.name()).collect();
    assert_eq!((names, found.remarks), (vec!["One", "Two"], vec![]));
}

#[test]
fn a_revoked_key_says_when_and_why() {
    let cert = made("One");
    let mut pair = cert.primary_key().key().clone().parts_into_secret().unwrap().into_keypair().unwrap();
    let builder = CertRevocationBuilder::new()
        .set_reason_for_revocation(ReasonForRevocation::KeySuperseded, b"see our forum")
        .unwrap();
    let builder = builder.set_signature_creation_time(system_time(MADE + DAY)).unwrap();
    let cert = cert.clone().insert_packets(builder.build(&mut pair, &cert, None).unwrap()).unwrap().0;
    let fact = only(read(armored(&cert).as_bytes(), MADE + 2 * DAY));
    assert_eq!(fact.revoked, Revocation::Soft);
    let revoked = fact.revocation.unwrap();
    assert_eq!(revoked.at, Some(MADE + DAY));
    assert!(revoked.reason.ends_with("see our forum"), "{revoked:?}");
}

#[test]
fn a_newer_copy_is_merged_and_never_replaces_the_old_one() {
    let cert = made("One");
    let mut pair = cert.primary_key().key().clone().parts_into_secret().unwrap().into_keypair().unwrap();
    let (name, primary) = (cert.userids().next().unwrap(), cert.primary_key());
    // Signed on the name and on the key itself, as gpg and others do.
    let newer = |signature: &sequoia_openpgp::packet::Signature| {
        let builder = SignatureBuilder::from(signature.clone());
        let builder = builder.set_signature_creation_time(system_time(MADE + DAY)).unwrap();
        builder.set_key_validity_period(Duration::from_secs(400 * 86_400)).unwrap()
    };
    let on_name = newer(name.self_signatures().next().unwrap());
    let on_name = on_name.sign_userid_binding(&mut pair, primary.key(), name.userid()).unwrap();
    let on_key = newer(primary.self_signatures().next().unwrap());
    let until = [on_name, on_key.sign_direct_key(&mut pair, primary.key()).unwrap()];
    let renewed = cert.clone().retain_subkeys(|_| false).insert_packets(until).unwrap().0;
    let kept = read(armored(&cert).as_bytes(), MADE + 2 * DAY).keys.remove(0);
    let new = read(armored(&renewed).as_bytes(), MADE + 2 * DAY).keys.remove(0);
    assert_eq!((kept.fact.expires, kept.fact.subkeys.len()), (Some(MADE + 30 * DAY), 1));
    let both = merged(&kept.bytes, &new, MADE + 2 * DAY);
    assert_eq!((both.fact.expires, both.fact.subkeys.len()), (Some(MADE + 400 * DAY), 1));
    assert_eq!(both.fact.fingerprint, kept.fact.fingerprint);
    // Judged before it was renewed, it says what it said then.
    assert_eq!(again(Kind::OpenPgp, &both.bytes, MADE).unwrap().expires, Some(MADE + 30 * DAY));
}

#[test]
fn who_signed_a_key_is_told_and_can_be_verified() {
    let (old, new) = (made("Old"), made("New"));
    let certify = |by: &Cert, of: &Cert| {
        let mut pair = by.primary_key().key().clone().parts_into_secret().unwrap().into_keypair().unwrap();
        let builder = SignatureBuilder::new(SignatureType::GenericCertification);
        let name = of.userids().next().unwrap().userid().clone();
        let builder = builder.set_signature_creation_time(system_time(MADE + 1)).unwrap();
        builder.sign_userid_binding(&mut pair, of.primary_key().key(), &name).unwrap()
    };
    let signed = new.clone().insert_packets(certify(&old, &new)).unwrap().0;
    // A signature that is for another key proves nothing, whatever it says of its maker.
    let forged = new.clone().insert_packets(certify(&old, &made("New"))).unwrap().0;
    let read = |cert: &Cert| crate::key::openpgp::read(&cert.to_vec().unwrap()).unwrap().remove(0);
    assert_eq!(read(&signed).fact(MADE + DAY).signed_by, [old.fingerprint().to_hex()]);
    assert!(read(&old).certifies(&read(&signed)) && !read(&old).certifies(&read(&forged)));
    assert!(!read(&signed).certifies(&read(&old)));
}

#[test]
fn ten_thousand_names_are_counted_and_a_few_are_kept() {
    let cert = made("One");
    let names = (0..10_000).map(|at| UserID::from(format!("Name {at}")));
    // Names with any signature survive; the signature is taken from the true name and fits none of them.
    let binding = cert.userids().next().unwrap().self_signatures().next().unwrap().clone();
    let packets = names.flat_map(|name| [sequoia_openpgp::Packet::from(name), binding.clone().into()]);
    let bytes: Vec<u8> = [cert.to_vec().unwrap()]
        .into_iter()
        .chain(packets.map(|packet| packet.to_vec().unwrap()))
        .flatten()
        .collect();
    let fact = only(read(&bytes, MADE + DAY));
    assert!(
        fact.names.len() <= Fact::NAMES && fact.names.iter().all(|name| !name.bound || name.text == "One")
    );
    let kept = read(&bytes, MADE + DAY).keys.remove(0).bytes;
    assert!(kept.len() <= 1 << 20, "{}", kept.len());
}

#[test]
fn broken_armor_is_said_and_what_is_whole_is_read() {
    let whole = armored(&made("One"));
    let cut: String = armored(&made("Two")).chars().take(300).collect();
    let found = read(format!("{whole}\n{cut}").as_bytes(), MADE + DAY);
    assert_eq!(found.keys.len(), 1);
    assert!(found.remarks.iter().any(|remark| remark.contains("cut off")), "{:?}", found.remarks);
    let found = read(cut.as_bytes(), MADE + DAY);
    assert!(found.keys.is_empty() && !found.remarks.is_empty());
}

#[test]
fn a_version_3_key_is_told_by_its_key_id_alone() {
    let modulus = [[0xc5; 120].as_slice(), &[1, 2, 3, 4, 5, 6, 7, 0x89]].concat();
    let body = [&[3, 0x30, 0, 0, 0, 0, 0, 1, 4, 0], modulus.as_slice(), &[0, 5, 0x11]].concat();
    let packet = [&[0x99, 0, u8::try_from(body.len()).unwrap()], body.as_slice()].concat();
    let mut writer = armor::Writer::new(Vec::new(), armor::Kind::PublicKey).unwrap();
    std::io::Write::write_all(&mut writer, &packet).unwrap();
    for file in [writer.finalize().unwrap(), packet] {
        let found = read(&file, MADE);
        assert!(found.keys.is_empty());
        let said = found.remarks.join("; ");
        assert!(said.contains("version 3 key, RSA 1024, with the key id 0102030405060789"), "{said}");
    }
}

#[test]
fn certificates_in_key_stores_need_no_password() {
    let der = der();
    assert_eq!(only(read(&der, MADE)).fingerprint.to_string(), IN_IT);
    let mut store = vec![0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 2];
    let length = u32::try_from(der.len()).unwrap().to_be_bytes();
    let certificate = [b"\0\x05X.509".as_slice(), &length, &der].concat();
    // A trusted certificate, then a private key, sealed, with its chain.
    store.extend([b"\0\0\0\x02\0\x01a\0\0\0\0\0\0\0\0".as_slice(), &certificate].concat());
    store.extend(
        [b"\0\0\0\x01\0\x01b\0\0\0\0\0\0\0\0\0\0\0\x03xyz\0\0\0\x01".as_slice(), &certificate].concat(),
    );
    let found = read(&[store.as_slice(), &[7; 20]].concat(), MADE);
    assert_eq!((only(found.clone()).fingerprint.to_string().as_str(), found.remarks.len()), (IN_IT, 0));
    store.truncate(store.len() - 9);
    let found = read(&store, MADE);
    assert!(found.keys.len() == 1 && found.remarks.concat().contains("cut off"), "{found:?}");
    for at in 0..store.len() {
        let mut damaged = store.clone();
        damaged[at] ^= 0xff;
        assert!(read(&damaged, MADE).keys.len() <= 2);
    }
}

#[test]
fn a_keybox_of_gnupg_is_read() {
    let key = made("One").to_vec().unwrap();
    let number = |value: usize| u32::try_from(value).unwrap().to_be_bytes();
    let head = [&number(32), b"\x01\x01\0\x02KBXf".as_slice(), &[0; 20]].concat();
    let blob =
        [&number(key.len() + 16), b"\x02\x01\0\0".as_slice(), &number(16), &number(key.len()), &key].concat();
    assert_eq!(only(read(&[head, blob].concat(), MADE + DAY)).name(), Some("One"));
}

#[test]
fn absurd_dates_are_said() {
    let der = der();
    let swap = |from: &[u8], to: &[u8]| {
        let at = der.windows(from.len()).position(|window| window == from).unwrap();
        [&der[..at], to, &der[at + from.len()..]].concat()
    };
    let details = |der: &[u8]| format!("{:?}", only(read(der, MADE)).details);
    assert!(details(&swap(b"361122024210Z", b"161122024210Z")).contains("ends before it begins"));
    assert!(details(&swap(b"261125024210Z", b"700101000000Z")).contains("states to be valid for 66 years"));
    assert!(read(&swap(b"361122024210Z", b"369999024210Z"), MADE).keys.is_empty());
}

#[test]
fn a_file_of_a_hundred_megabytes_is_read_as_far_as_is_sound() {
    let mut file = armored(&made("One"));
    writeln!(file).unwrap();
    file.push_str(&"prose\n".repeat((100 << 20) / 6));
    let found = read(file.as_bytes(), MADE + DAY);
    assert_eq!((only(found.clone()).name(), found.remarks.len()), (Some("One"), 1));
    assert!(found.remarks[0].contains(&format!("{} MiB", MOST_BYTES >> 20)));
}

#[test]
fn what_holds_no_key_is_quiet_or_says_what_it_is() {
    for bytes in
        [b"".as_slice(), b"hello\n", b"\0\0\0\0", &[0x30, 0x82, 0, 3, 2, 1, 5], b"{\"a\":1}", &[0xff; 99]]
    {
        assert!(read(bytes, MADE).keys.is_empty());
    }
    assert!(!read(b"{\"a\":1}", MADE).remarks.is_empty());
}
