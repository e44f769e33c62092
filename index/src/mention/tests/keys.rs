//! Keys in texts, in the spellings that tools and people use, among what only looks like them.

use super::{KEY, LONG_KEY, check, pairs};
use crate::mention::{Kind, find};

/// A key and a certificate of the invented vendor; their private halves were never kept.
pub(super) const ARMORED: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\
\n\
mDMEawZR/hYJKwYBBAHaRw8BAQdAL0/65lXkAVIQ+yH1wgDx42up2wwrty4KoJQ9\n\
s07WtIW0J0hhbHZhcmQgUmVsZWFzZXMgPGtleXNAaGFsdmFyZC5leGFtcGxlPoiQ\n\
BBMWCAA4FiEEKg3tpCkVnluP9bsrAWY4k36YngkFAmsGUf4CGwMFCwkIBwIGFQoJ\n\
CAsCBBYCAwECHgECF4AACgkQAWY4k36YngmQWAD+Mz6Rgy7MpK25f/zdibHkn+/4\n\
QB+3kH1xpII31JAjfsoBAOIEwfHQ5j1sO4JgTk5fcX+T7DBS6J/yH1voMsKJdO4L\n\
=sner\n\
-----END PGP PUBLIC KEY BLOCK-----";
pub(super) const ARMORED_PRINT: &str = "2A0DEDA429159E5B8FF5BB2B016638937E989E09";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\n\
MIIBiTCCAS+gAwIBAgIUaCuX4KApDcNcrlLFbz3fgbfekP8wCgYIKoZIzj0EAwIw\n\
GjEYMBYGA1UEAwwPSGFsdmFyZCBTaWduaW5nMB4XDTI2MTEyNTAzMTE1OFoXDTM2\n\
MTEyMjAzMTE1OFowGjEYMBYGA1UEAwwPSGFsdmFyZCBTaWduaW5nMFkwEwYHKoZI\n\
zj0CAQYIKoZIzj0DAQcDQgAE5fSsNfTUo6esIxDaSudQhOH5WxgCDfG7mP9cQoAz\n\
fYR4cekZK1aXc3Hll0Kk/qoDRVQtstnpg8u5QcN+gH07EKNTMFEwHQYDVR0OBBYE\n\
FJzXf4lF3kLSnqOVtEkcIzpGla1bMB8GA1UdIwQYMBaAFJzXf4lF3kLSnqOVtEkc\n\
IzpGla1bMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgMtebsDRu\n\
Ypxebbl5xLrPnwsMxxx548HkieRGcgGs2Q4CIQDYtwSXi9oB0/4+jtD2LeMi6lx4\n\
rn4OX4ps0ZghjMBr1Q==\n\
-----END CERTIFICATE-----\n";
const CERTIFICATE_PRINT: &str = "B6269E334FC3D698A5EA0633A9F8787DC7B91AB6D58DB8E167EE0050AF2EA080";

fn one(text: &str, kind: Kind, value: &str) {
    check(text, &[(kind, value)]);
}

#[test]
fn a_fingerprint_of_version_3_needs_the_word() {
    let digits = "0A1B2C3D4E5F60718293A4B5C6D7E8F9";
    one(&format!("Key fingerprint = {}", pairs(digits).replace(':', " ")), Kind::Fingerprint, digits);
    one(&format!("MD5 Fingerprint={}", pairs(digits)), Kind::Fingerprint, digits);
    one(&format!("fingerprint {}", digits.to_lowercase()), Kind::Fingerprint, digits);
    check(&format!("the key {digits} of the table"), &[]);
    check(&format!("uuid {digits}"), &[]);
}

#[test]
fn what_verifiers_print_names_keys() {
    let long = "C6D7E8F901234567";
    for text in [
        "W: GPG error: https://a.example x InRelease: NO_PUBKEY C6D7E8F901234567",
        "EXPKEYSIG C6D7E8F901234567 Halvard Archive",
        "gpg:                using RSA key C6D7E8F901234567",
        "rpm: Certificate C6D7E8F901234567 invalid: policy violation",
        "File 'repomd.xml' is signed with an unknown key 'C6D7E8F901234567'",
    ] {
        let found = find(text);
        assert!(found.iter().any(|one| one.kind == Kind::KeyId && one.value == long), "{text}: {found:?}");
    }
    one(&format!("[GNUPG:] VALIDSIG {KEY} 2026-01-02"), Kind::Fingerprint, KEY);
    one("Release Key (ID: 0011223344556677889900AA)", Kind::KeyId, "0011223344556677889900AA");
    one("Release Key (11/oak) (ID: 600062A9605C66F00D6C9793)", Kind::KeyId, "600062A9605C66F00D6C9793");
    check("hash 0011223344556677889900AA", &[]);
}

#[test]
fn pinned_public_keys_are_certificates_hashes() {
    let digits = "D6A0111A4D9E6A1E1E8F0E2F2A0B3C4D5E6F708192A3B4C5D6E7F8091A2B3C4D";
    let encoded = "1qARGk2eah4ejw4vKgs8TV5vcIGSo7TF1uf4CRorPE0=";
    for text in [
        format!("pin-sha256=\"{encoded}\""),
        format!("curl --pinnedpubkey sha256//{encoded} x"),
        format!("sha256/{encoded}"),
    ] {
        one(&text, Kind::Fingerprint, digits);
    }
    check(&format!("integrity {encoded}"), &[]);
    check("sha256/abc=", &[]);
}

#[test]
fn a_minisign_key_is_its_own_name() {
    let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    one(&format!("minisign -Vm relay.zip -P {key}"), Kind::Fingerprint, key);
    one(
        &format!("untrusted comment: minisign public key E7620F1842B4E81F\n{key}\n")
            .replace("E7620F1842B4E81F", "x"),
        Kind::Fingerprint,
        key,
    );
    one("untrusted comment: minisign public key E7620F1842B4E81F", Kind::KeyId, "E7620F1842B4E81F");
    check(&format!("{key}AAAA"), &[]);
    check(&format!("A{key}"), &[]);
}

#[test]
fn an_armored_key_is_named_by_what_it_holds() {
    let before = "Our key:\n\n";
    let text = format!("{before}{ARMORED}\nsee CVE-2026-1234");
    check(&text, &[(Kind::Fingerprint, ARMORED_PRINT), (Kind::Advisory, "CVE-2026-1234")]);
    let quoted = ARMORED.replace('\n', "\n    ");
    one(&quoted, Kind::Fingerprint, ARMORED_PRINT);
    check(&ARMORED.replace("mDM", "mDX"), &[]);
    check("-----BEGIN PGP PUBLIC KEY BLOCK-----", &[]);
}

#[test]
fn a_certificate_is_named_by_its_hash() {
    one(&format!("Trust this:\n{CERTIFICATE}"), Kind::Fingerprint, CERTIFICATE_PRINT);
    let two = format!("{CERTIFICATE}{CERTIFICATE}");
    assert_eq!(find(&two).len(), 2);
}

#[test]
fn a_flood_of_blocks_is_passed_over() {
    for piece in
        ["-----BEGIN CERTIFICATE-----\n", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDM\n", "-----BEGIN ", "-"]
    {
        assert!(find(&piece.repeat(1_000_000 / piece.len())).is_empty());
    }
}

#[test]
fn decoys_are_no_keys() {
    let (digits, long) = (KEY.to_lowercase(), LONG_KEY.to_lowercase());
    for text in [
        format!("Merge commit {digits} into main"),
        format!("image: registry.example/relay@sha256:{long}").replace("sha256:", "digest "),
        format!("[PATCH] tree {digits} parent {digits}"),
        "id: 7f38bbb5-9d06-4dbc-b3d8-4d725612b364".to_owned(),
        format!("Subject: build {digits} failed"),
        format!("nonce {long}"),
    ] {
        let found = find(&text);
        assert!(
            found.iter().all(|one| !matches!(one.kind, Kind::Fingerprint | Kind::KeyId)),
            "{text}: {found:?}"
        );
    }
}
