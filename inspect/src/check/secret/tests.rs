//! Keys and tokens that are some, and texts that only look like them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::check::trial;
use crate::finding::CheckId;

fn check(name: &str, bytes: &[u8], expected: &[&str]) {
    assert_eq!(
        trial::of_bytes(&[CheckId::SecretPrivateKey, CheckId::SecretToken], &[(name, bytes)]),
        expected
    );
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag, 0x82];
    out.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
    out.extend_from_slice(content);
    if content.len() < 128 {
        out.splice(1..4, [u8::try_from(content.len()).unwrap()]);
    }
    out
}

/// The structure of a key, with numbers that make none.
fn rsa() -> Vec<u8> {
    let number = element(2, &[0x41; 32]);
    let parts: Vec<u8> = element(2, &[0]).into_iter().chain((0..8).flat_map(|_| number.clone())).collect();
    element(0x30, &parts)
}

fn armoured(label: &str, bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes);
    let lines: Vec<&str> =
        encoded.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[test]
fn a_key_is_told_by_what_is_in_it() {
    let found = trial::of(
        &[CheckId::SecretPrivateKey],
        &[("certs/a.key", &format!("x\n{}", armoured("RSA PRIVATE KEY", &rsa())))],
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with(
            "secret.private-key active 2: a private key, RSA 256, not encrypted, public part SHA-256 "
        ),
        "{found:?}"
    );
    let algorithm = element(0x30, &element(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]));
    let pkcs8 = element(0x30, &[element(2, &[0]), algorithm, element(4, &rsa())].concat());
    let again = trial::of(
        &[CheckId::SecretPrivateKey],
        &[("certs/b.pem", &format!("x\n{}", armoured("PRIVATE KEY", &pkcs8)))],
    );
    assert_eq!(found, again, "the same key in another form has the same public part");
    check(
        "a.py",
        format!("KEY = '{}'", armoured("RSA PRIVATE KEY", &rsa()).replace('\n', "\\n")).as_bytes(),
        &[&found[0].replace("active 2", "active 1")],
    );
}

#[test]
fn a_marker_alone_is_no_key() {
    check(
        "a.js",
        b"if(a.includes('-----BEGIN RSA PRIVATE KEY-----')){b('-----END RSA PRIVATE KEY-----')}",
        &[],
    );
    check("a.pem", armoured("RSA PRIVATE KEY", &[7; 400]).as_bytes(), &[]);
    check("a.pem", b"-----BEGIN PRIVATE KEY-----\nMIIE...\n-----END PRIVATE KEY-----\n", &[]);
    check("a.pem", b"-----BEGIN PRIVATE KEY-----", &[]);
}

#[test]
fn a_key_of_openssh_says_whether_it_is_encrypted() {
    let field = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat();
    let public = [field(b"ssh-ed25519"), field(&[7; 32])].concat();
    for (cipher, said) in [("none", "not encrypted"), ("aes256-ctr", "encrypted")] {
        let parts = [
            b"openssh-key-v1\0".to_vec(),
            field(cipher.as_bytes()),
            field(b"x"),
            field(b""),
            vec![0, 0, 0, 1],
            field(&public),
            field(&[1; 64]),
        ];
        let found = trial::of(
            &[CheckId::SecretPrivateKey],
            &[("id", &armoured("OPENSSH PRIVATE KEY", &parts.concat()))],
        );
        assert_eq!(found.len(), 1);
        assert!(found[0].contains(&format!("OpenSSH ssh-ed25519, {said}, public part SHA256:")), "{found:?}");
    }
}

#[test]
fn a_token_needs_its_checksum() {
    // CRC-32 of thirty letters, in base 62.
    let secret = "abcdefghijklmnopqrstuvwxyzABCD";
    let mut crc = flate2::Crc::new();
    crc.update(secret.as_bytes());
    let (mut sum, mut digits) = (crc.sum(), Vec::new());
    for _ in 0..6 {
        digits
            .insert(0, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[sum as usize % 62]);
        sum /= 62;
    }
    let sum = String::from_utf8(digits).unwrap();
    check(
        "a.txt",
        format!("x\nghp_{secret}{sum}\n").as_bytes(),
        &["secret.token active 2: a token for GitHub"],
    );
    check("a.txt", format!("ghp_{secret}000000\n").as_bytes(), &[]);
    check("a.txt", b"AKIAIOSFODNN7EXAMPLE\n", &[]);
}

#[test]
fn files_for_passwords_are_read() {
    check(
        "home/.netrc",
        b"machine relay.orrin.se login relay password tango77\n",
        &["secret.token active 1: a password for relay.orrin.se in plain text"],
    );
    check(
        "home/.pgpass",
        b"# h:p:d:u:p\nrelay.orrin.se:5432:*:relay:tango77\n",
        &["secret.token active 2: a password of relay for PostgreSQL on relay.orrin.se in plain text"],
    );
    check("home/.npmrc", b"//relay.orrin.se/:_authToken=${TOKEN}\n", &[]);
}
