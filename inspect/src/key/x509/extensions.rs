//! What a certificate's extensions say, in words (RFC 5280 section 4.2). What is not understood is named by its number.

use x509_cert::TbsCertificate;
use x509_cert::der::oid::AssociatedOid;
use x509_cert::der::{Decode, Encode as _};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, NameConstraints, SubjectAltName};

/// Values of one extension that are listed.
const MOST: usize = 20;

/// Usages, constraints and further names.
pub(super) fn in_words(told: &TbsCertificate) -> Vec<(String, String)> {
    let mut said = Vec::new();
    let mut say = |name: &str, critical: bool, words: String| {
        let critical = if critical { " (critical)" } else { "" };
        said.push((format!("{name}{critical}"), words));
    };
    if let Some((critical, usage)) = get::<KeyUsage>(told) {
        let words: Vec<String> = usage.0.into_iter().map(|usage| spaced(&format!("{usage:?}"))).collect();
        say("Key usage", critical, words.join(", "));
    }
    if let Some((critical, usage)) = get::<ExtendedKeyUsage>(told) {
        let words: Vec<String> = usage.0.iter().take(MOST).map(|oid| purpose(&oid.to_string())).collect();
        say("Extended key usage", critical, words.join(", "));
    }
    if let Some((critical, constraints)) = get::<BasicConstraints>(told) {
        let words = match (constraints.ca, constraints.path_len_constraint) {
            (false, _) => "issues no certificates".to_owned(),
            (true, None) => "issues certificates".to_owned(),
            (true, Some(most)) => format!("issues certificates, at most {most} authorities below"),
        };
        say("Basic constraints", critical, words);
    }
    if let Some((critical, constraints)) = get::<NameConstraints>(told) {
        let count = |trees: &Option<Vec<_>>| trees.as_ref().map_or(0, Vec::len);
        let (only, never) = (count(&constraints.permitted_subtrees), count(&constraints.excluded_subtrees));
        say("Name constraints", critical, format!("{only} permitted, {never} excluded"));
    }
    if let Some((critical, names)) = get::<SubjectAltName>(told) {
        let words: Vec<String> = names.0.iter().take(MOST).filter_map(called).collect();
        if !words.is_empty() {
            say("Further names", critical, words.join(", "));
        }
    }
    said
}

/// The first extension of a kind. More than one is against RFC 5280; the first is what most programs look at.
fn get<'a, T: Decode<'a> + AssociatedOid>(told: &'a TbsCertificate) -> Option<(bool, T)> {
    let all = told.extensions.as_ref()?;
    let found = all.iter().find(|one| one.extn_id == T::OID)?;
    Some((found.critical, T::from_der(found.extn_value.as_bytes()).ok()?))
}

fn called(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::Rfc822Name(text) => Some(text.to_string()),
        GeneralName::DnsName(text) => Some(text.to_string()),
        GeneralName::UniformResourceIdentifier(text) => Some(text.to_string()),
        GeneralName::DirectoryName(name) => Some(name.to_string()),
        other => other.to_der().ok().map(|bytes| format!("another sort of name, {} bytes", bytes.len())),
    }
}

/// `DigitalSignature` as `digital signature`.
fn spaced(word: &str) -> String {
    let mut words = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// What RFC 5280 section 4.2.1.12 and the largest vendors call a purpose.
fn purpose(oid: &str) -> String {
    let word = match oid {
        "2.5.29.37.0" => "any purpose",
        "1.3.6.1.5.5.7.3.1" => "servers",
        "1.3.6.1.5.5.7.3.2" => "clients",
        "1.3.6.1.5.5.7.3.3" => "code signing",
        "1.3.6.1.5.5.7.3.4" => "mail",
        "1.3.6.1.5.5.7.3.8" => "time stamps",
        "1.3.6.1.5.5.7.3.9" => "revocation answers",
        other => other,
    };
    word.to_owned()
}

/// The names of RFC 8017, RFC 5758 and RFC 8410; the number itself for anything else.
pub(super) fn signed_with(oid: &str) -> String {
    let word = match oid {
        "1.2.840.113549.1.1.2" => "RSA with MD2",
        "1.2.840.113549.1.1.4" => "RSA with MD5",
        "1.2.840.113549.1.1.5" => "RSA with SHA-1",
        "1.2.840.113549.1.1.10" => "RSA-PSS",
        "1.2.840.113549.1.1.11" => "RSA with SHA-256",
        "1.2.840.113549.1.1.12" => "RSA with SHA-384",
        "1.2.840.113549.1.1.13" => "RSA with SHA-512",
        "1.2.840.10040.4.3" => "DSA with SHA-1",
        "1.2.840.10045.4.1" => "ECDSA with SHA-1",
        "1.2.840.10045.4.3.2" => "ECDSA with SHA-256",
        "1.2.840.10045.4.3.3" => "ECDSA with SHA-384",
        "1.2.840.10045.4.3.4" => "ECDSA with SHA-512",
        "1.3.101.112" => "Ed25519",
        other => other,
    };
    word.to_owned()
}
