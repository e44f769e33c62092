//! Private keys in the forms in which they are kept (RFC 7468, PKCS #1, #8 and #12, SEC 1, OpenSSH, PuTTY), decoded far
//! enough to be sure that they are keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};

/// A key that was read.
#[derive(Debug)]
pub(super) struct Key {
    /// What it is, for people: `RSA 2048, not encrypted`.
    pub(super) kind: String,
    /// SHA-256 of its public part, if that can be had.
    fingerprint: Option<String>,
    /// Its first line, counted from 0.
    pub(super) line: Option<usize>,
}

impl Key {
    fn new(kind: impl Into<String>) -> Key {
        Key { kind: kind.into(), fingerprint: None, line: None }
    }

    /// Its public part, as far as it is known.
    pub(super) fn public(&self) -> String {
        self.fingerprint
            .as_ref()
            .map(|fingerprint| format!(", public part {fingerprint}"))
            .unwrap_or_default()
    }
}

/// Characters of one armoured key that are read; RSA with 16384 bits has some 13,000.
const LONGEST: usize = 40_000;
const BEGIN: &str = "-----BEGIN ";

/// The keys in a file.
pub(super) fn find(bytes: &[u8], text: Option<&str>, name: &str) -> Vec<Key> {
    let Some(text) = text else { return binary(bytes, name).into_iter().collect() };
    let mut found = Vec::new();
    if let Some(key) = putty(text) {
        found.push(key);
    }
    for (at, _) in text.match_indices(BEGIN).take(1_000) {
        if found.len() >= super::MOST {
            break;
        }
        let rest = text.get(at + BEGIN.len()..).unwrap_or_default();
        let Some((label, body)) = rest.get(..rest.len().min(80)).and_then(|_| rest.split_once("-----"))
        else {
            continue;
        };
        if label.len() < 40
            && label.ends_with("PRIVATE KEY")
            && let Some(mut key) = armoured(label, body)
        {
            key.line = Some(text.get(..at).unwrap_or_default().matches('\n').count());
            found.push(key);
        }
    }
    found
}

/// A key between its marks; line ends may be written out, as in the source of a program.
fn armoured(label: &str, body: &str) -> Option<Key> {
    let end = format!("-----END {label}-----");
    let start: String = body.chars().take(LONGEST).collect();
    let (body, _) = start.split_once(end.as_str())?;
    let body = body.replace("\\r", "").replace("\\n", "\n");
    let is_encrypted = body.contains("Proc-Type: 4,ENCRYPTED");
    let is_base = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let lines = body.lines().filter(|line| !line.contains(": "));
    let encoded: String = lines.flat_map(str::chars).filter(is_base).collect();
    let decoded = STANDARD.decode(&encoded).ok().filter(|decoded| decoded.len() > 30)?;
    if is_encrypted {
        // What is encrypted has no structure to look at, only whole blocks.
        let kind = label.trim_end_matches(" PRIVATE KEY");
        return (decoded.len() % 8 == 0).then(|| Key::new(format!("{kind}, encrypted")));
    }
    match label {
        "OPENSSH PRIVATE KEY" => openssh(&decoded),
        "RSA PRIVATE KEY" => rsa(&decoded),
        "EC PRIVATE KEY" => ec(&decoded),
        "DSA PRIVATE KEY" => {
            let parts = children(&decoded)?;
            (parts.len() == 6 && parts.iter().all(|part| part.tag() == Tag::Integer))
                .then(|| Key::new("DSA, not encrypted"))
        }
        "ENCRYPTED PRIVATE KEY" => encrypted(&decoded),
        "PRIVATE KEY" => pkcs8(&decoded),
        _ => None,
    }
}

/// The elements of a sequence that fills the bytes.
fn children(bytes: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let whole = AnyRef::from_der(bytes).ok().filter(|whole| whole.tag() == Tag::Sequence)?;
    let mut reader = SliceReader::new(whole.value()).ok()?;
    let mut parts = Vec::new();
    while !reader.is_finished() && parts.len() < 100 {
        parts.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(parts)
}

/// An element and its contents, as they are encoded.
fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ ..128) => out.push(short),
        _ => {
            let length = u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes();
            let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | u8::try_from(length.len()).unwrap_or_default());
            out.extend(length);
        }
    }
    out.extend_from_slice(content);
    out
}

/// PKCS #1: a version and eight numbers.
fn rsa(bytes: &[u8]) -> Option<Key> {
    let parts = children(bytes)?;
    let numbers = parts.len() >= 9 && parts.iter().take(9).all(|part| part.tag() == Tag::Integer);
    let (modulus, exponent) = (parts.get(1).filter(|_| numbers)?, parts.get(2)?);
    let bits = modulus.value().iter().skip_while(|byte| **byte == 0).count() * 8;
    // The public part as a certificate would hold it, whose digest tools show.
    const RSA: &[u8] =
        &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let own = [wrap(2, modulus.value()), wrap(2, exponent.value())].concat();
    let bits_of = [vec![0], wrap(0x30, &own)].concat();
    let public = wrap(0x30, &[RSA.to_vec(), wrap(3, &bits_of)].concat());
    let fingerprint = Some(format!("SHA-256 {}", hex::encode(Sha256::digest(public))));
    Some(Key { fingerprint, ..Key::new(format!("RSA {bits}, not encrypted")) })
}

/// SEC 1: version 1 and a number in bytes.
fn ec(bytes: &[u8]) -> Option<Key> {
    let parts = children(bytes)?;
    let (version, number) = (parts.first()?, parts.get(1)?);
    let fits = version.tag() == Tag::Integer && version.value() == [1] && number.tag() == Tag::OctetString;
    (fits && number.value().len() >= 20)
        .then(|| Key::new(format!("elliptic curve of {} bits, not encrypted", number.value().len() * 8)))
}

/// PKCS #8: a version, an algorithm, the key in bytes.
fn pkcs8(bytes: &[u8]) -> Option<Key> {
    let parts = children(bytes)?;
    let (version, algorithm, inner) = (parts.first()?, parts.get(1)?, parts.get(2)?);
    let fits =
        version.tag() == Tag::Integer && algorithm.tag() == Tag::Sequence && inner.tag() == Tag::OctetString;
    let is_named = algorithm.value().first() == Some(&0x06);
    if !fits || !is_named {
        return None;
    }
    let own = rsa(inner.value()).or_else(|| ec(inner.value()));
    Some(own.unwrap_or_else(|| Key::new("not encrypted")))
}

fn encrypted(bytes: &[u8]) -> Option<Key> {
    let parts = children(bytes)?;
    let (algorithm, inner) = (parts.first()?, parts.get(1)?);
    let fits = algorithm.tag() == Tag::Sequence && algorithm.value().first() == Some(&0x06);
    (fits && inner.tag() == Tag::OctetString).then(|| Key::new("encrypted"))
}

/// `openssh-key-v1` (PROTOCOL.key of OpenSSH): names of ciphers, and the public key in the open.
fn openssh(bytes: &[u8]) -> Option<Key> {
    let mut rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    let mut next = || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (field, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest = after;
        Some(field)
    };
    let (cipher, _function, _options) = (next()?, next()?, next()?);
    let keys = rest.get(4..)?;
    let (length, after) = keys.split_first_chunk::<4>()?;
    let public = after.get(..u32::from_be_bytes(*length) as usize)?;
    let state = if cipher == b"none" { "not encrypted" } else { "encrypted" };
    let kind =
        public.get(4..).and_then(|rest| rest.get(..u32::from_be_bytes(*public.first_chunk::<4>()?) as usize));
    let kind = String::from_utf8_lossy(kind?).chars().take(40).collect::<String>();
    Some(Key { fingerprint: Some(of_ssh(public)), ..Key::new(format!("OpenSSH {kind}, {state}")) })
}

/// As `ssh-keygen -l` shows it.
fn of_ssh(public: &[u8]) -> String {
    format!("SHA256:{}", STANDARD.encode(Sha256::digest(public)).trim_end_matches('='))
}

/// A key of PuTTY: fields, among them the public key in lines of base64.
fn putty(text: &str) -> Option<Key> {
    let first = text.lines().next()?.trim();
    let kind = ["PuTTY-User-Key-File-2: ", "PuTTY-User-Key-File-3: "]
        .iter()
        .find_map(|start| first.strip_prefix(start))?;
    let field = |name: &str| text.lines().take(100).find_map(|line| line.strip_prefix(name));
    let count: usize = field("Public-Lines: ")?.trim().parse().ok().filter(|count| *count < 500)?;
    let lines = text.lines().skip_while(|line| !line.starts_with("Public-Lines:")).skip(1).take(count);
    let public = STANDARD.decode(lines.map(str::trim).collect::<String>()).ok()?;
    field("Private-Lines: ")?;
    let state = if field("Encryption: ")?.trim() == "none" { "not encrypted" } else { "encrypted" };
    let kind = format!("PuTTY {}, {state}", kind.chars().take(40).collect::<String>());
    Some(Key { fingerprint: Some(of_ssh(&public)), line: Some(0), ..Key::new(kind) })
}

/// PKCS #8 and PKCS #12 without armour, and keystores of Java with a private key in them.
fn binary(bytes: &[u8], name: &str) -> Option<Key> {
    const DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
    if bytes.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) {
        // Entry 1 holds a private key, entry 2 a certificate; only the first one is looked at.
        let count = u32::from_be_bytes(*bytes.get(8..)?.first_chunk::<4>()?);
        let first = u32::from_be_bytes(*bytes.get(12..)?.first_chunk::<4>()?);
        return (count > 0 && first == 1).then(|| Key::new("in a keystore of Java, encrypted"));
    }
    if bytes.first() != Some(&0x30) || bytes.len() > 1 << 20 {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    if [".der", ".key", ".pk8"].iter().any(|end| lower.ends_with(end)) {
        return pkcs8(bytes).or_else(|| rsa(bytes)).or_else(|| ec(bytes));
    }
    let parts = children(bytes)?;
    let (version, content) = (parts.first()?, parts.get(1)?);
    let fits = version.tag() == Tag::Integer && version.value() == [3] && content.value().starts_with(DATA);
    // Bags of keys (PKCS #12, appendix D): one in the open or, as is usual, one that a password covers.
    const BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01];
    let has_bag = content.value().windows(BAG.len()).any(|window| window == BAG);
    (fits && has_bag).then(|| Key::new("in a PKCS #12 file, encrypted"))
}
