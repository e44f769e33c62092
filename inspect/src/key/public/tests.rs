//! Public keys of an invented vendor, in the formats that people publish them in.

use base64::Engine as _;

use crate::key::fact::Kind;
use crate::key::reading::read;

const SPKI: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC4S+12jAmUWIKZBMPIVY0VJne6\n\
    AYtb6crdbR/mX6Cs2DVTgI+/UOrPFdPmR8fPXG1rGr/yhOF+XogI/Ite9h91fjIm\n\
    UpVKFbXJCNu9tgzpUOHtJO24GCwAe+OH/qLurDYT2QTu2LYXEqCfPBgMFm+CDFFs\nSmEeczoUOfQzPUVftwIDAQAB\n";
const PKCS1: &str = "MIGJAoGBALhL7XaMCZRYgpkEw8hVjRUmd7oBi1vpyt1tH+ZfoKzYNVOAj79Q6s8V\n\
    0+ZHx89cbWsav/KE4X5eiAj8i172H3V+MiZSlUoVtckI2722DOlQ4e0k7bgYLAB7\n\
    44f+ou6sNhPZBO7YthcSoJ88GAwWb4IMUWxKYR5zOhQ59DM9RV+3AgMBAAE=\n";
/// What `openssl rsa -pubout -outform der | sha256sum` prints.
const RSA: &str = "spki:2BA63517FDACFE5A10E04770C50E6B4290A11B213E4C84CC83B64703DD525E08";
const EC: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmQ4ISG1gj1dw3BqRg3c59N2Zi9ErifqLuXn3I2k5R4DW2DoqO6j+o8zGnL5ws007\
    hebj+/YuTbBXOEMpID8QVg==";
const ED: &str = "MCowBQYDK2VwAyEAKgDYLmRlKJ8UHwmhGhyzt89SxSrDsoIdxInABj0dQdM=";
const SSH: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPRqmX/0FkXkjqSr1auDH3CRn1MYyjBE065qWn6yXQ9J release@halvard.example";

fn check(text: &str, expected: &[(Kind, &str)]) -> Vec<crate::key::fact::Fact> {
    let found = read(text.as_bytes(), 1_790_000_000);
    let facts: Vec<_> = found.keys.into_iter().map(|one| one.fact).collect();
    let said: Vec<(Kind, String)> = facts.iter().map(|fact| (fact.kind, fact.algorithm.clone())).collect();
    let said: Vec<(Kind, &str)> = said.iter().map(|(kind, name)| (*kind, name.as_str())).collect();
    assert_eq!(said, expected, "{:?}", found.remarks);
    facts
}

#[test]
fn one_key_has_one_identity_in_both_kinds_of_pem() {
    let both = format!(
        "-----BEGIN PUBLIC KEY-----\n{SPKI}-----END PUBLIC KEY-----\n\
         -----BEGIN RSA PUBLIC KEY-----\n{PKCS1}-----END RSA PUBLIC KEY-----\n"
    );
    let facts = check(&both, &[(Kind::PublicKey, "RSA 1024")]);
    assert_eq!(facts[0].fingerprint.written(), RSA);
    assert_eq!(facts[0].weak, ["RSA with 1024 bits is too short"]);
}

#[test]
fn a_registrys_list_says_until_when() {
    let list = format!(
        r#"{{"keys":[{{"expires":"2025-01-29T00:00:00.000Z","keyid":"SHA256:abc","keytype":"ecdsa-sha2-nistp256",
        "scheme":"ecdsa-sha2-nistp256","key":"{EC}"}},{{"expires":null,"keyid":"SHA256:def","key":"{ED}"}},
        {{"keyid":"x","key":"!!"}}]}}"#
    );
    let facts = check(&list, &[(Kind::PublicKey, "NIST P-256"), (Kind::PublicKey, "Ed25519")]);
    assert_eq!((facts[0].expires, facts[1].expires), (Some(1_738_108_800), None));
    assert_eq!(facts[0].aliases[0].value, "SHA256:abc");
}

#[test]
fn a_root_of_tuf_says_which_roles_a_key_has() {
    let root = format!(
        r#"{{"signatures":[],"signed":{{"_type":"root","spec_version":"1.0","version":7,"expires":"2027-01-01T00:00:00Z",
        "keys":{{"ab":{{"keytype":"ecdsa","scheme":"ecdsa-sha2-nistp256","keyval":{{"public":
        "-----BEGIN PUBLIC KEY-----\n{EC}\n-----END PUBLIC KEY-----\n"}}}},
        "cd":{{"keytype":"ed25519","scheme":"ed25519","keyval":{{"public":"{}"}}}}}},
        "roles":{{"root":{{"keyids":["ab","cd"],"threshold":2}},"targets":{{"keyids":["cd"],"threshold":1}}}}}}}}"#,
        "2a00d82e6465289f141f09a11a1cb3b7cf52c52ac3b2821dc489c0063d1d41d3"
    );
    let facts = check(&root, &[(Kind::PublicKey, "NIST P-256"), (Kind::PublicKey, "Ed25519")]);
    assert!(
        facts[1].details.contains(&("TUF roles".to_owned(), "root (2 of 2), targets (1 of 1)".to_owned()))
    );
    let listed = format!(r#"{{"keys":[{{"keyid":"x","key":"{ED}"}}]}}"#);
    assert_eq!(check(&listed, &[(Kind::PublicKey, "Ed25519")])[0].fingerprint, facts[1].fingerprint);
    check(r#"{"signed":{"_type":"targets"}}"#, &[]);
}

#[test]
fn ssh_keys_are_named_as_openssh_names_them() {
    let facts = check(&format!("# ours\n{SSH}\nssh-ed25519 AAAAC3Nz cut\n"), &[(Kind::Ssh, "Ed25519")]);
    let named = crate::key::Fingerprint::parse("SHA256:wPxBbzYqAJM81xCqMrjz+RfSDWus+nN+pkCVBmvL/h4").unwrap();
    assert_eq!(facts[0].fingerprint, named);
    assert_eq!((facts[0].name(), facts[0].names[0].bound), (Some("release@halvard.example"), false));
}

#[test]
fn a_minisign_key_is_the_ed25519_key_in_it() {
    let raw = &hex::decode("2a00d82e6465289f141f09a11a1cb3b7cf52c52ac3b2821dc489c0063d1d41d3").unwrap();
    let bytes = [b"Ed".as_slice(), &[8, 7, 6, 5, 4, 3, 2, 1], raw].concat();
    let file = format!(
        "untrusted comment: minisign public key\n{}\n",
        base64::engine::general_purpose::STANDARD.encode(&bytes)
    );
    let facts = check(&file, &[(Kind::Minisign, "Ed25519")]);
    assert_eq!(facts[0].aliases[0].value, "0102030405060708");
    let listed = format!(r#"{{"keys":[{{"keyid":"x","key":"{ED}"}}]}}"#);
    assert_eq!(check(&listed, &[(Kind::PublicKey, "Ed25519")])[0].fingerprint, facts[0].fingerprint);
}
