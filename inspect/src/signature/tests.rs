//! Signatures of an invented vendor in every scheme that is not OpenPGP's, and what each is worth.

/// Certificates and messages.
pub(crate) mod made;
mod pgp;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256, Sha512};

use self::made::{CODE, EXPIRED, MAIL, NOW, Party, VALID, der, message, oid, party, wrapped};
use super::Worth;
use super::fact::SignatureFact;
use super::keys::Known;
use super::reading::Beside;
use super::tlv::{OCTETS, SEQUENCE};
use crate::container::tests::built::{Zipped, gzip, tar, zip};
use crate::limits::Limits;
use crate::reading::{Question, inspect_bytes};

const CONTENT: &[u8] = b"what the vendor ships";
const MADE: &str = "210601120000Z";

fn facts(name: &str, file: &[u8], signature: Option<&[u8]>, keys: &[&[u8]]) -> Vec<SignatureFact> {
    let signature = signature.map(|bytes| Beside { name: "x.sig".into(), bytes: bytes.to_vec() });
    let known = |bytes: &&[u8]| Known { origin: "house".into(), bytes: bytes.to_vec() };
    let keys = keys.iter().map(known).collect();
    let question = Question { name: name.into(), signature, keys, at: NOW, keep: false };
    inspect_bytes(file, &question, &Limits::for_package()).signatures
}

fn only(name: &str, file: &[u8], signature: Option<&[u8]>, keys: &[&[u8]]) -> SignatureFact {
    let mut found = facts(name, file, signature, keys);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// What a signature beside a file is worth.
fn check(file: &[u8], signature: &[u8], keys: &[&[u8]], expected: Worth) {
    let fact = only("x.bin", file, Some(signature), keys);
    assert_eq!(fact.worth, Some(expected), "{}", fact.detail);
}

fn pair() -> (Party, Party) {
    (party("Orrin Root", 1), party("Orrin Releases", 2))
}

fn cms(valid: (&str, &str), usage: &str, made: &str) -> (Vec<u8>, Vec<u8>) {
    let (root, leaf) = pair();
    let anchor = root.certified(&root, ("100101000000Z", "400101000000Z"), None);
    let own = leaf.certified(&root, valid, Some(usage));
    (message(&leaf, root.name, &[&own, &anchor], CONTENT, made), anchor)
}

#[test]
fn a_chain_that_was_brought_along_is_no_anchor() {
    let (signature, anchor) = cms(VALID, CODE, MADE);
    check(CONTENT, &signature, &[], Worth::FitsButSignerUnknown);
    check(CONTENT, &signature, &[&anchor], Worth::Fits);
    check(b"something else", &signature, &[&anchor], Worth::Bad);
    let other = party("Orrin Root", 9);
    check(CONTENT, &signature, &[&other.certified(&other, VALID, None)], Worth::FitsButSignerUnknown);
    let fact = only("x.bin", CONTENT, Some(&signature), &[]);
    assert_eq!(fact.detail, "the signature fits the file; the signer is not known to you");
    assert_eq!((fact.brought.len(), fact.covers.as_str()), (2, "the whole file"));
}

#[test]
fn the_signers_own_certificate_may_be_the_one_that_is_known() {
    let (root, leaf) = pair();
    let own = leaf.certified(&root, VALID, Some(CODE));
    let signature = message(&leaf, root.name, &[], CONTENT, MADE);
    check(CONTENT, &signature, &[], Worth::UnknownKey);
    check(CONTENT, &signature, &[&own], Worth::Fits);
}

#[test]
fn what_a_certificate_is_for_and_until_when_is_held_against_it() {
    let (signature, anchor) = cms(VALID, MAIL, MADE);
    check(CONTENT, &signature, &[&anchor], Worth::FitsButUnbound);
    let (signature, anchor) = cms(EXPIRED, CODE, MADE);
    check(CONTENT, &signature, &[&anchor], Worth::FitsButKeyExpired);
    let (signature, anchor) = cms(EXPIRED, CODE, "230601120000Z");
    check(CONTENT, &signature, &[&anchor], Worth::FitsButExpiredAtSigning);
    let (signature, anchor) = cms(VALID, CODE, "290601120000Z");
    check(CONTENT, &signature, &[&anchor], Worth::FitsButOutOfTime);
}

#[test]
fn lengths_that_are_not_stated_are_read() {
    let (signature, anchor) = cms(VALID, CODE, MADE);
    // The outermost value again, with its end marked instead of its length stated.
    let inner = signature.get(4..).unwrap();
    let loose = [&[SEQUENCE, 0x80], inner, &[0, 0]].concat();
    check(CONTENT, &loose, &[&anchor], Worth::Fits);
}

#[test]
fn a_signature_around_other_content_does_not_vouch_for_the_file() {
    let (root, leaf) = pair();
    let own = leaf.certified(&root, VALID, Some(CODE));
    let data = "1.2.840.113549.1.7.1";
    let within = der(SEQUENCE, &[&oid(data), &der(0xa0, &[&der(OCTETS, &[CONTENT])])]);
    let signature = wrapped(&leaf, root.name, &[&own], CONTENT, MADE, &within, data);
    check(CONTENT, &signature, &[&own], Worth::Fits);
    check(b"something else", &signature, &[&own], Worth::Bad);
}

fn line(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

/// A signed archive with one member, and what else is put into it.
fn jar(member: &[u8], manifest_more: &str, more: &[Zipped]) -> (Vec<u8>, Vec<u8>) {
    let (root, leaf) = pair();
    let own = leaf.certified(&root, VALID, Some(CODE));
    let section = format!("Name: A.class\r\nSHA-256-Digest: {}\r\n\r\n", line(CONTENT));
    let manifest = format!("Manifest-Version: 1.0\r\n\r\n{section}");
    let list = format!(
        "Signature-Version: 1.0\r\nSHA-256-Digest-Manifest: {}\r\n\r\nName: A.class\r\nSHA-256-Digest: {}\r\n\r\n",
        line(manifest.as_bytes()),
        line(section.as_bytes())
    );
    let block = message(&leaf, root.name, &[&own], list.as_bytes(), MADE);
    let mut members = vec![
        Zipped::stored("META-INF/MANIFEST.MF", format!("{manifest}{manifest_more}").as_bytes()),
        Zipped::stored("META-INF/ORRIN.SF", list.as_bytes()),
        Zipped::stored("META-INF/ORRIN.EC", &block),
        Zipped::stored("A.class", member),
    ];
    members.extend_from_slice(more);
    (zip(&members), own)
}

#[test]
fn a_java_archive_tells_what_is_not_covered_and_what_was_changed() {
    let told = |(archive, own): (Vec<u8>, Vec<u8>)| {
        let fact = only("x.jar", &archive, None, &[&own]);
        (fact.worth.unwrap(), fact.not_covered)
    };
    assert_eq!(told(jar(CONTENT, "", &[])), (Worth::Fits, vec![]));
    assert_eq!(told(jar(b"changed", "", &[])), (Worth::Bad, vec![]));
    let added = Zipped::stored("B.class", b"new");
    assert_eq!(told(jar(CONTENT, "", &[added])), (Worth::Fits, vec!["B.class".to_owned()]));
    let again = Zipped::stored("A.class", b"twice");
    assert_eq!(told(jar(CONTENT, "", &[again])), (Worth::Bad, vec![]));
    // A section that was added for a new member leaves the signed ones as they were.
    let section = format!("Name: B.class\r\nSHA-256-Digest: {}\r\n\r\n", line(b"new"));
    let added = Zipped::stored("B.class", b"new");
    assert_eq!(told(jar(CONTENT, &section, &[added])), (Worth::Fits, vec!["B.class".to_owned()]));
}

/// A program of nothing but its headers, signed, with bytes changed and bytes put behind.
fn program(changed: bool, behind: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (root, leaf) = pair();
    let own = leaf.certified(&root, VALID, Some(CODE));
    let mut bytes = vec![0; 0x200];
    for (at, field) in [(0, &b"MZ"[..]), (0x3c, &[0x40]), (0x40, b"PE\0\0"), (0x58, &[0x0b, 0x02])] {
        bytes[at..at + field.len()].copy_from_slice(field);
    }
    let hashed = [&bytes[..0x98], &bytes[0x9c..0xe8], &bytes[0xf0..]].concat();
    let digest = der(
        SEQUENCE,
        &[&der(SEQUENCE, &[&oid("2.16.840.1.101.3.4.2.1")]), &der(OCTETS, &[&Sha256::digest(&hashed)])],
    );
    let content = [der(SEQUENCE, &[&oid("1.3.6.1.4.1.311.2.1.15")]), digest].concat();
    let kind = "1.3.6.1.4.1.311.2.1.4";
    let within = der(SEQUENCE, &[&oid(kind), &der(0xa0, &[&der(SEQUENCE, &[&content])])]);
    let mut table = wrapped(&leaf, root.name, &[&own], &content, MADE, &within, kind);
    table.resize(table.len().next_multiple_of(8), 0);
    let length = u32::try_from(table.len() + 8).unwrap().to_le_bytes();
    bytes[0xe8..0xec].copy_from_slice(&[0, 2, 0, 0]);
    bytes[0xec..0xf0].copy_from_slice(&length);
    bytes[0x180] = u8::from(changed);
    ([bytes.as_slice(), &length, &[0, 2, 2, 0], &table, behind].concat(), own)
}

#[test]
fn a_windows_program_is_held_against_its_signature_wherever_it_lies() {
    let told = |name: &str, bytes: &[u8], own: &[u8]| {
        let fact = only(name, bytes, None, &[own]);
        (fact.worth.unwrap(), fact.not_covered)
    };
    for (changed, behind, worth, left) in [
        (false, &b""[..], Worth::Fits, vec![]),
        (true, b"", Worth::Bad, vec![]),
        (
            false,
            b"12345678",
            Worth::Fits,
            vec!["8 bytes behind the signature, at the end of the file".to_owned()],
        ),
    ] {
        let (bytes, own) = program(changed, behind);
        assert_eq!(told("x.exe", &bytes, &own), (worth, left.clone()));
        let packed = zip(&[Zipped::deflated("x.exe", &bytes)]);
        assert_eq!(told("x.zip", &packed, &own), (worth, left));
    }
}

#[test]
fn minisign_and_its_comment_are_held_against_the_file() {
    let key = SigningKey::from_bytes(&[3; 32]);
    let signed = |message: &[u8], comment: &str, shown: &str| {
        let signature = key.sign(message).to_bytes();
        let global = key.sign(&[&signature, comment.as_bytes()].concat()).to_bytes();
        let line = STANDARD.encode([b"Ed12345678".as_slice(), &signature].concat());
        format!("untrusted comment: x\n{line}\ntrusted comment: {shown}\n{}\n", STANDARD.encode(global))
            .into_bytes()
    };
    let public = |id: &[u8]| {
        let bytes = [b"Ed", id, key.verifying_key().as_bytes()].concat();
        format!("untrusted comment: x\n{}\n", STANDARD.encode(bytes)).into_bytes()
    };
    let own = public(b"12345678");
    check(CONTENT, &signed(CONTENT, "a", "a"), &[&own], Worth::Fits);
    check(CONTENT, &signed(CONTENT, "a", "b"), &[&own], Worth::Bad);
    check(CONTENT, &signed(b"other", "a", "a"), &[&own], Worth::Bad);
    check(CONTENT, &signed(CONTENT, "a", "a"), &[&public(b"87654321")], Worth::UnknownKey);
    check(CONTENT, b"untrusted comment: x\nnothing\n", &[&own], Worth::Unreadable);
}

#[test]
fn an_ssh_signature_tells_its_purpose_and_brings_its_key_along() {
    let key = SigningKey::from_bytes(&[4; 32]);
    let string = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
    let public = [string(b"ssh-ed25519"), string(key.verifying_key().as_bytes())].concat();
    let signed = |content: &[u8], namespace: &[u8]| {
        let message = [
            b"SSHSIG".to_vec(),
            string(namespace),
            string(b""),
            string(b"sha512"),
            string(&Sha512::digest(content)),
        ]
        .concat();
        let signature = [string(b"ssh-ed25519"), string(&key.sign(&message).to_bytes())].concat();
        let whole = [
            b"SSHSIG\0\0\0\x01".to_vec(),
            string(&public),
            string(namespace),
            string(b""),
            string(b"sha512"),
            string(&signature),
        ];
        let armored = STANDARD.encode(whole.concat());
        format!("-----BEGIN SSH SIGNATURE-----\n{armored}\n-----END SSH SIGNATURE-----\n").into_bytes()
    };
    let known = format!("releases@orrin.example ssh-ed25519 {}", STANDARD.encode(&public)).into_bytes();
    check(CONTENT, &signed(CONTENT, b"file"), &[&known], Worth::Fits);
    check(CONTENT, &signed(CONTENT, b"file"), &[], Worth::FitsButSignerUnknown);
    check(CONTENT, &signed(b"other", b"file"), &[&known], Worth::Bad);
    check(CONTENT, &signed(CONTENT, b"git"), &[&known], Worth::FitsButUnbound);
}

#[test]
fn the_data_of_an_alpine_package_is_held_against_its_control_part() {
    let data = gzip(&tar(&[("usr/bin/relay", b"x")]));
    let info = format!("pkgname = relay\npkgver = 2.1\ndatahash = {}\n", hex::encode(Sha256::digest(&data)));
    // As apk makes them: every part but the last is a tar without an end.
    let part = |name: &str, content: &[u8]| {
        let mut bytes = tar(&[(name, content)]);
        bytes.truncate(bytes.len() - 1024);
        gzip(&bytes)
    };
    let front = [part(".SIGN.RSA.orrin.rsa.pub", &[7; 256]), part(".PKGINFO", info.as_bytes())].concat();
    let fact = only("x.apk", &[front.as_slice(), &data].concat(), None, &[]);
    assert_eq!((fact.worth, fact.called.as_deref()), (Some(Worth::UnknownKey), Some("orrin.rsa.pub")));
    assert!(fact.not_covered.is_empty(), "{:?}", fact.not_covered);
    let other = gzip(&tar(&[("usr/bin/relay", b"y")]));
    let fact = only("x.apk", &[front.as_slice(), &other].concat(), None, &[]);
    assert_eq!(fact.not_covered, ["the data: its digest is another one than the control part states"]);
}

#[test]
fn damaged_signatures_are_judged_and_never_end_the_reading() {
    let (signature, anchor) = cms(VALID, CODE, MADE);
    let (archive, own) = jar(CONTENT, "", &[]);
    let (program, _) = program(false, b"");
    for (at, step) in (0..signature.len()).zip([1_u8, 0x80, 0xff].into_iter().cycle()) {
        let mut bytes = signature.clone();
        bytes[at] ^= step;
        let found = facts("x.bin", CONTENT, Some(&bytes), &[&anchor]);
        assert!(!found.is_empty());
    }
    for (file, keys) in [(&archive, &own), (&program, &own)] {
        for at in (0..file.len()).step_by(3) {
            let mut bytes = file.clone();
            bytes[at] ^= 0x81;
            facts("x.bin", &bytes, None, &[keys]);
        }
    }
}
