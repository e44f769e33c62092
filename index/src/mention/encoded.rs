//! Names of keys that are not written in hexadecimal digits: OpenSSH's and minisign's, and pinned public keys.
//!
//! Each is told by its own mark and its exact length, never by looking like base64: most of what does is something else.

use super::{Found, Kind};

/// Characters of base64 without padding in which 32 bytes are written.
const HASH: usize = 43;

/// Characters in which a minisign or signify public key is written: an algorithm, a key id and 32 bytes.
const MINISIGN: usize = 56;

/// Marks before the SHA-256 of a public key (SPKI), as HTTP, curl and mobile programs pin it.
const PINS: [&[u8]; 4] = [b"pin-sha256=\"", b"pin-sha256=", b"sha256//", b"sha256/"];

/// What begins at `start`.
pub(super) fn at(bytes: &[u8], start: usize) -> Option<Found> {
    openssh(bytes, start).or_else(|| pin(bytes, start)).or_else(|| minisign(bytes, start))
}

/// `SHA256:` and 43 characters of base64, as OpenSSH writes a key's fingerprint; kept as written.
fn openssh(bytes: &[u8], start: usize) -> Option<Found> {
    let rest = bytes.get(start..)?.strip_prefix(b"SHA256:")?;
    if run(rest) != HASH {
        return None;
    }
    let end = start + b"SHA256:".len() + HASH;
    let value = String::from_utf8(bytes.get(start..end)?.to_vec()).ok()?;
    Some(Found { kind: Kind::Fingerprint, value, start, end })
}

/// The hash of a public key behind a mark; 64 digits in upper case, as certificates are hashed.
fn pin(bytes: &[u8], start: usize) -> Option<Found> {
    let rest = bytes.get(start..)?;
    let mark = PINS.iter().find(|mark| rest.starts_with(mark))?.len();
    let encoded = rest.get(mark..)?;
    if run(encoded) != HASH || encoded.get(HASH) != Some(&b'=') {
        return None;
    }
    let value = hex::encode_upper(decode(encoded.get(..HASH)?)?);
    Some(Found { kind: Kind::Fingerprint, value, start, end: start + mark + HASH + 1 })
}

/// A public key of minisign or signify, which is its own name; kept as written.
fn minisign(bytes: &[u8], start: usize) -> Option<Found> {
    let rest = bytes.get(start..)?;
    if !begins_minisign(rest) || run(rest) != MINISIGN || rest.get(MINISIGN) == Some(&b'=') {
        return None;
    }
    let alone =
        start.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(|before| !is_base64(*before));
    let value = String::from_utf8(rest.get(..MINISIGN)?.to_vec()).ok()?;
    alone.then(|| Found { kind: Kind::Fingerprint, value, start, end: start + MINISIGN })
}

/// Whether a word begins as a minisign key does: the letters `Ed` in base64.
pub(super) fn begins_minisign(bytes: &[u8]) -> bool {
    matches!(bytes, [b'R', b'W', b'Q' | b'R' | b'S' | b'T', ..])
}

/// How long the run of base64 is, as far as it matters.
fn run(bytes: &[u8]) -> usize {
    bytes.iter().take(MINISIGN + 1).take_while(|byte| is_base64(**byte)).count()
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// The 32 bytes in 43 characters of base64 (RFC 4648 section 4).
fn decode(encoded: &[u8]) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::with_capacity(32), 0_u32, 0_u32);
    for letter in encoded {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xFF) as u8);
        }
    }
    (bytes.len() == 32).then_some(bytes)
}
