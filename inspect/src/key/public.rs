//! Public keys without a certificate: PEM (Alpine's RSA keys, cosign's), SSH, minisign, the lists of registries (npm), and
//! roots of TUF.
//!
//! A name in a list or a comment beside such a key is the list's word, not the key's. Each is read under a bound; what is
//! not understood is told and left.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::key::Fingerprint;
use crate::key::fact::{Alias, Kind, Name, bare, weakness};
use crate::key::reading::Found;
use crate::key::x509::algorithm;

/// Keys read of one file.
const MOST: usize = 1_000;
/// Characters of the longest key as text: RSA with 16,384 bits has under 3,000.
const LONGEST: usize = 16 << 10;

/// Base64 with or without its padding, spaces passed over; `None` for anything else.
#[must_use]
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST * 4 {
        return None;
    }
    let packed: String = text.split_whitespace().collect();
    STANDARD_NO_PAD.decode(packed.trim_end_matches('=')).ok()
}

/// `-----BEGIN PUBLIC KEY-----` and `-----BEGIN RSA PUBLIC KEY-----` blocks.
pub(super) fn pem(text: &str, found: &mut Vec<Found>, remarks: &mut Vec<String>) {
    for (label, wrapped) in [("PUBLIC KEY", false), ("RSA PUBLIC KEY", true)] {
        let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
        for rest in text.split(begin.as_str()).skip(1).take(MOST) {
            let inner = rest.split_once(end.as_str()).map(|(inner, _)| inner);
            let der = inner.filter(|inner| inner.len() <= LONGEST).and_then(base64);
            let der = if wrapped { der.and_then(|der| rsa(&der)) } else { der };
            match der.and_then(|der| key(&der, Kind::PublicKey)) {
                Some(key) => found.push(key),
                None => remarks.push("a public key in PEM that is cut off or cannot be read".to_owned()),
            }
        }
    }
}

/// A key by its SubjectPublicKeyInfo.
pub(super) fn key(der: &[u8], kind: Kind) -> Option<Found> {
    let info = SubjectPublicKeyInfoOwned::from_der(der).ok()?;
    // Read and written again, so that one key has one identity however it was encoded.
    let der = info.to_der().ok()?;
    let fingerprint = Fingerprint::PublicKey(Sha256::digest(&der).into());
    let mut fact = bare(fingerprint, kind, algorithm(&info));
    fact.weak.extend(weakness(&fact.algorithm));
    Some(Found { fact, bytes: der })
}

/// PKCS#1 (RFC 8017 appendix A.1.1) wrapped as a SubjectPublicKeyInfo.
fn rsa(pkcs1: &[u8]) -> Option<Vec<u8>> {
    const RSA: [u8; 15] = [0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
    let mut bits = vec![0];
    bits.extend_from_slice(pkcs1);
    let string = tagged(3, &bits)?;
    tagged(0x30, &[RSA.as_slice(), &string].concat())
}

/// An Ed25519 key (RFC 8410 section 4) as a SubjectPublicKeyInfo.
fn ed25519(raw: &[u8]) -> Option<Vec<u8>> {
    const HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
    (raw.len() == 32).then(|| [HEAD.as_slice(), raw].concat())
}

fn tagged(tag: u8, value: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(value.len()).ok()?.to_be_bytes();
    Some([[tag, 0x82].as_slice(), &length, value].concat())
}

/// Lines of `authorized_keys`, `known_hosts`, `allowed_signers` and `.pub` files.
pub(super) fn ssh(text: &str, found: &mut Vec<Found>, remarks: &mut Vec<String>) {
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')).take(100 * MOST) {
        let words: Vec<&str> = line.split_whitespace().take(12).collect();
        let is_kind = |word: &&str| {
            ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].iter().any(|start| word.starts_with(start))
        };
        let Some(at) = words.iter().position(is_kind) else { continue };
        let (Some(named), Some(blob)) = (words.get(at), words.get(at + 1)) else { continue };
        if !blob.starts_with("AAAA") || found.len() >= MOST {
            continue;
        }
        let Some(bytes) = base64(blob).filter(|bytes| ssh_string(bytes) == Some(named.as_bytes())) else {
            remarks.push("a line of an SSH key that is cut off or cannot be read".to_owned());
            continue;
        };
        let mut fact =
            bare(Fingerprint::Ssh(Sha256::digest(&bytes).into()), Kind::Ssh, ssh_algorithm(&bytes));
        let spelled = format!("SHA256:{}", STANDARD_NO_PAD.encode(fact.fingerprint.as_bytes()));
        fact.aliases.push(Alias::new(spelled, "OpenSSH fingerprint"));
        fact.weak.extend(weakness(&fact.algorithm));
        let comment = words.get(at + 2..).unwrap_or_default().join(" ");
        if !comment.is_empty() {
            fact.names.push(Name { text: comment, bound: false, revoked: false });
        }
        found.push(Found { fact, bytes });
    }
}

/// An SSH key's blob as a line of OpenSSH.
#[must_use]
pub fn openssh_line(blob: &[u8]) -> Vec<u8> {
    let kind = ssh_string(blob).map(|kind| String::from_utf8_lossy(kind).into_owned()).unwrap_or_default();
    format!("{kind} {}\n", STANDARD.encode(blob)).into_bytes()
}

/// The first length-prefixed string of an SSH blob (RFC 4251 section 5).
fn ssh_string(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

fn ssh_algorithm(blob: &[u8]) -> String {
    let kind = ssh_string(blob).map(|kind| String::from_utf8_lossy(kind).into_owned()).unwrap_or_default();
    let after = |bytes: &[u8]| ssh_string(bytes).map(|first| first.len() + 4);
    match kind.as_str() {
        "ssh-rsa" => {
            let exponent = after(blob).and_then(|at| blob.get(at..));
            let modulus = exponent.and_then(|rest| rest.get(after(rest)?..)).and_then(ssh_string);
            let bits = modulus.map(|modulus| {
                let digits: Vec<&u8> = modulus.iter().skip_while(|byte| **byte == 0).collect();
                digits.len() * 8 - digits.first().map_or(0, |first| first.leading_zeros() as usize)
            });
            bits.map_or_else(|| "RSA".to_owned(), |bits| format!("RSA {bits}"))
        }
        "ssh-dss" => "DSA 1024".to_owned(),
        "ssh-ed25519" => "Ed25519".to_owned(),
        "ecdsa-sha2-nistp256" => "NIST P-256".to_owned(),
        "ecdsa-sha2-nistp384" => "NIST P-384".to_owned(),
        "ecdsa-sha2-nistp521" => "NIST P-521".to_owned(),
        other => other.to_owned(),
    }
}

/// minisign and signify: a comment, then base64 of `Ed`, eight bytes of key id, and an Ed25519 key.
pub(super) fn minisign(text: &str, found: &mut Vec<Found>) {
    let mut comment = None;
    for line in text.lines().map(str::trim).take(10 * MOST) {
        if let Some(said) = line.strip_prefix("untrusted comment:") {
            comment = Some(said.trim().to_owned());
            continue;
        }
        let bytes = (line.len() == 56 && line.starts_with("RW")).then(|| base64(line)).flatten();
        let Some((head, raw)) = bytes.as_ref().and_then(|bytes| bytes.split_at_checked(10)) else { continue };
        let Some(mut one) = ed25519(raw).and_then(|der| key(&der, Kind::Minisign)) else { continue };
        let id: Vec<u8> = head.iter().skip(2).rev().copied().collect();
        one.fact.aliases.push(Alias::new(hex::encode_upper(id), "minisign key id"));
        one.fact.aliases.push(Alias::new(line, "minisign public key"));
        one.fact.names.extend(comment.take().map(|text| Name { text, bound: false, revoked: false }));
        found.push(one);
    }
}

#[derive(Deserialize)]
struct Registry {
    keys: Vec<RegistryKey>,
}

#[derive(Deserialize)]
struct RegistryKey {
    #[serde(default)]
    keyid: String,
    key: String,
    #[serde(default)]
    expires: Option<String>,
    #[serde(default)]
    scheme: Option<String>,
}

#[derive(Deserialize)]
struct Tuf {
    signed: TufRoot,
}

#[derive(Deserialize)]
struct TufRoot {
    #[serde(rename = "_type")]
    kind: String,
    version: u64,
    expires: String,
    keys: std::collections::BTreeMap<String, TufKey>,
    roles: std::collections::BTreeMap<String, TufRole>,
}

#[derive(Deserialize)]
struct TufKey {
    keyval: TufValue,
}

#[derive(Deserialize)]
struct TufValue {
    public: String,
}

#[derive(Deserialize)]
struct TufRole {
    keyids: Vec<String>,
    threshold: u64,
}

/// A registry's list of keys, as npm has it, or a root of TUF. Answers whether it was one of the two.
pub(super) fn json(text: &str, found: &mut Vec<Found>, remarks: &mut Vec<String>) -> bool {
    if let Ok(list) = serde_json::from_str::<Registry>(text) {
        for one in list.keys.iter().take(MOST) {
            match base64(&one.key).and_then(|der| key(&der, Kind::PublicKey)) {
                Some(key) => found.push(registered(key, one)),
                None => remarks.push("a key of the list that cannot be read".to_owned()),
            }
        }
        return true;
    }
    let Ok(root) = serde_json::from_str::<Tuf>(text) else { return false };
    if root.signed.kind != "root" {
        return false;
    }
    for (id, one) in root.signed.keys.iter().take(MOST) {
        match tuf_key(&one.keyval.public) {
            Some(key) => found.push(in_root(key, id, &root.signed)),
            None => remarks.push("a key of the root that cannot be read".to_owned()),
        }
    }
    true
}

fn registered(mut key: Found, listed: &RegistryKey) -> Found {
    key.fact.expires = listed.expires.as_deref().and_then(seconds);
    if !listed.keyid.is_empty() {
        key.fact.aliases.push(Alias::new(listed.keyid.clone(), "name in the list"));
    }
    key.fact.details.extend(listed.scheme.clone().map(|scheme| ("Scheme".to_owned(), scheme)));
    key
}

/// A key of a root of TUF: PEM, or an Ed25519 key as digits.
fn tuf_key(public: &str) -> Option<Found> {
    if public.starts_with("-----BEGIN") {
        let mut found = Vec::new();
        pem(public, &mut found, &mut Vec::new());
        return found.into_iter().next();
    }
    ed25519(&hex::decode(public).ok()?).and_then(|der| key(&der, Kind::PublicKey))
}

fn in_root(mut key: Found, id: &str, root: &TufRoot) -> Found {
    let roles = root.roles.iter().filter(|(_, role)| role.keyids.iter().any(|one| one == id));
    let roles: Vec<String> =
        roles.map(|(name, role)| format!("{name} ({} of {})", role.threshold, role.keyids.len())).collect();
    key.fact.aliases.push(Alias::new(id.to_ascii_uppercase(), "TUF key id"));
    key.fact
        .details
        .push(("TUF root".to_owned(), format!("version {}, until {}", root.version, root.expires)));
    key.fact.details.push(("TUF roles".to_owned(), roles.join(", ")));
    key
}

/// The seconds since 1970 of a time in UTC such as `2025-01-29T00:00:00.000Z`; RFC 3339 as these lists write it.
fn seconds(text: &str) -> Option<i64> {
    use x509_cert::der::DateTime;
    let text = text.trim().trim_end_matches('Z');
    let text = text.split_once('.').map_or(text, |(whole, _)| whole);
    let time: DateTime = format!("{text}Z").parse().ok()?;
    i64::try_from(time.unix_duration().as_secs()).ok()
}

#[cfg(test)]
mod tests;
