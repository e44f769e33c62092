//! OpenPGP signatures as packages carry them: in Debian packages by both schemes, and around a text.

use std::fmt::Write as _;
use std::io::Write as _;

use md5::Md5;
use sequoia_openpgp::armor::{Kind, Writer};
use sequoia_openpgp::cert::CertBuilder;
use sequoia_openpgp::packet::signature::SignatureBuilder;
use sequoia_openpgp::serialize::SerializeInto as _;
use sequoia_openpgp::types::{HashAlgorithm, SignatureType};
use sequoia_openpgp::{Cert, Packet};
use sha1::{Digest as _, Sha1};

use super::made::NOW;
use super::{facts, only};
use crate::digest::Digest;
use crate::openpgp::{relaxed, system_time};
use crate::signature::Worth;
use crate::signature::fact::Scheme;

fn signer() -> Cert {
    let builder = CertBuilder::new().add_userid("Orrin Works <releases@orrin.example>").add_signing_subkey();
    builder.set_creation_time(system_time(NOW - 1000)).generate().unwrap().0
}

fn sign(cert: &Cert, kind: SignatureType, bytes: &[u8]) -> Vec<u8> {
    let (policy, time) = (relaxed(system_time(NOW)), system_time(NOW - 500));
    let mut keys = cert.keys().with_policy(&policy, time).for_signing().secret();
    let mut pair = keys.next().unwrap().key().clone().into_keypair().unwrap();
    let builder = SignatureBuilder::new(kind).set_hash_algo(HashAlgorithm::SHA512);
    let builder = builder.set_signature_creation_time(time).unwrap();
    Packet::from(builder.sign_message(&mut pair, bytes).unwrap()).to_vec().unwrap()
}

/// A text that is signed by the bytes `signed` and shown as `shown`.
fn cleartext(cert: &Cert, signed: &str, shown: &str) -> String {
    let mut armor = Writer::new(Vec::new(), Kind::Signature).unwrap();
    armor.write_all(&sign(cert, SignatureType::Text, signed.replace('\n', "\r\n").as_bytes())).unwrap();
    let armored = String::from_utf8(armor.finalize().unwrap()).unwrap();
    format!("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{shown}\n{armored}")
}

fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, content) in members {
        let mut header = String::new();
        writeln!(header, "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`", 0, 0, 0, 100_644, content.len()).unwrap();
        bytes.extend(header.as_bytes());
        bytes.extend(*content);
        bytes.resize(bytes.len().next_multiple_of(2), b'\n');
    }
    bytes
}

fn check(file: &[u8], cert: &Cert, expected: (Scheme, Worth, &[&str])) {
    let fact = only("x.deb", file, None, &[&cert.to_vec().unwrap()]);
    assert_eq!((fact.scheme, fact.worth), (expected.0, Some(expected.1)), "{}", fact.detail);
    assert_eq!(fact.not_covered, expected.2, "{}", fact.detail);
    // Whose key did not make it is not told as if it had.
    let maker =
        (expected.1 != Worth::Bad || fact.scheme == Scheme::DpkgSig).then(|| cert.fingerprint().to_hex());
    assert_eq!(fact.certificate.map(|key| key.to_string()), maker);
}

#[test]
fn debsigs_is_over_the_members_one_behind_the_other() {
    let cert = signer();
    let parts: [(&str, &[u8]); 3] = [("debian-binary", b"2.0\n"), ("control.tar", b"c"), ("data.tar", b"d")];
    let signature = sign(&cert, SignatureType::Binary, b"2.0\ncd");
    let whole = |parts: &[(&str, &[u8])]| ar(&[parts, &[("_gpgorigin", signature.as_slice())]].concat());
    check(&whole(&parts), &cert, (Scheme::Debsigs, Worth::Fits, &[]));
    let [first, second, _] = parts;
    check(&whole(&[first, second, ("data.tar", b"x")]), &cert, (Scheme::Debsigs, Worth::Bad, &[]));
    let more: [(&str, &[u8]); 4] = [first, second, parts[2], ("data.tar.xz", b"more")];
    check(&whole(&more), &cert, (Scheme::Debsigs, Worth::Fits, &["data.tar.xz"]));
}

#[test]
fn dpkg_sigs_list_is_held_against_the_members() {
    let cert = signer();
    let parts: [(&str, &[u8]); 3] = [("debian-binary", b"2.0\n"), ("control.tar", b"c"), ("data.tar", b"d")];
    let mut list = "Version: 4\nRole: builder\nFiles: ".to_owned();
    for (name, content) in parts {
        let (md5, sha1) = (hex::encode(Md5::digest(content)), hex::encode(Sha1::digest(content)));
        write!(list, "\n\t{md5} {sha1} {} {name}", content.len()).unwrap();
    }
    // Spaces at the ends of lines are not signed.
    let text = cleartext(&cert, &list.replace("Files: ", "Files:"), &list);
    let whole = |parts: &[(&str, &[u8])]| ar(&[parts, &[("_gpgbuilder", text.as_bytes())]].concat());
    check(&whole(&parts), &cert, (Scheme::DpkgSig, Worth::FitsButWeak, &[]));
    let [first, second, third] = parts;
    check(&whole(&[first, second, ("data.tar", b"x")]), &cert, (Scheme::DpkgSig, Worth::Bad, &[]));
    check(
        &whole(&[first, second, third, ("new", b"x")]),
        &cert,
        (Scheme::DpkgSig, Worth::FitsButWeak, &["new"]),
    );
}

#[test]
fn a_signed_text_is_told_apart_from_what_stands_around_it() {
    let cert = signer();
    let text = cleartext(&cert, "relay 2.1\n-- released", "relay 2.1\n- -- released");
    let inline = |text: &str, worth, left: &[&str]| {
        check(text.as_bytes(), &cert, (Scheme::OpenPgpInline, worth, left))
    };
    inline(&text, Worth::Fits, &[]);
    inline(&format!("{text}relay 6.6.6"), Worth::Fits, &["11 bytes behind its marks"]);
    inline(&text.replace("2.1", "6.6"), Worth::Bad, &[]);
}

#[test]
fn without_its_key_a_signature_is_told_by_the_full_fingerprint() {
    let cert = signer();
    let signature = sign(&cert, SignatureType::Binary, b"x");
    let fact = only("x", b"x", Some(&signature), &[]);
    assert_eq!((fact.worth, fact.detail.as_str()), (Some(Worth::UnknownKey), "its key is not at hand"));
    let subkey = cert.keys().subkeys().next().unwrap().key().fingerprint().to_hex();
    assert_eq!(fact.signer.map(|key| key.to_string()), Some(subkey));
}

#[test]
fn a_signature_beside_a_member_is_over_that_member_alone() {
    let (own, other) = (signer(), signer());
    let sums = format!(
        "{}  a.bin\n{}  b.bin\n{}  gone\n",
        Digest::sha256(b"first"),
        Digest::sha256(b"second"),
        Digest::sha256(b"third")
    );
    let signed = |bytes: &[u8]| sign(&own, SignatureType::Binary, bytes);
    let (first, list) = (signed(b"first"), signed(sums.as_bytes()));
    let lonely = sign(&other, SignatureType::Binary, b"nothing");
    let file = ar(&[
        // Before and behind what it is over.
        ("a.bin.sig", &first),
        ("a.bin", b"first"),
        ("b.bin", b"changed"),
        ("b.bin.sig", &signed(b"second")),
        ("SUMS", sums.as_bytes()),
        ("SUMS.sig", &list),
        ("c.bin.sig", &lonely),
    ]);
    let found = facts("x.a", &file, None, &[&own.to_vec().unwrap(), &other.to_vec().unwrap()]);
    let said: Vec<_> = found.iter().map(|fact| (fact.of_member.as_deref(), fact.worth)).collect();
    let expected = [
        (Some("a.bin"), Some(Worth::Fits)),
        (Some("b.bin"), Some(Worth::Bad)),
        (Some("SUMS"), Some(Worth::Fits)),
        (Some("c.bin"), None),
    ];
    assert_eq!(said, expected, "{found:?}");
    assert!(found.iter().all(|fact| fact.not_covered == ["everything else in the package"]));
    let lists = "SUMS, which lies beside it: 215 bytes; it lists 3 files, of which 1 are here as stated, 1 differ (b.bin), \
                 1 are not here or were not held against it";
    assert_eq!(found[2].covers, lists);
    let unknown = facts("x.a", &file, None, &[]);
    assert!(unknown.iter().all(|fact| fact.worth != Some(Worth::Fits) && fact.anchor.is_none()));
}
