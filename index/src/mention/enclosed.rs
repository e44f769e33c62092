//! Keys and certificates that stand in a text whole: armored OpenPGP keys and PEM certificates, named by what they hold.
//!
//! A block is read by the readers of `inspect` under a bound, and is then passed over, since its base64 holds no words. The
//! keys of one block stand at its lines, one a line, so that no range lies inside another.

use inspect::key::{openpgp, x509};

use super::{Found, Kind};

/// Blocks of one text that are read, and bytes of one.
const BLOCKS: usize = 32;
const BYTES: usize = 192 * 1024;

const BEGIN: &[u8] = b"-----BEGIN ";
const KINDS: [(&[u8], &[u8]); 2] = [
    (b"-----BEGIN PGP PUBLIC KEY BLOCK-----", b"-----END PGP PUBLIC KEY BLOCK-----"),
    (b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"),
];

/// A block, with the keys that it holds.
pub(super) struct Block {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) found: Vec<Found>,
}

/// The blocks of a text in order, each with at least one key.
pub(super) fn blocks(bytes: &[u8]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let (mut at, mut tried) = (0, 0);
    while tried < BLOCKS
        && let Some(start) = position(bytes, at, BEGIN)
    {
        at = start + BEGIN.len();
        let rest = bytes.get(start..).unwrap_or_default();
        let Some((_, last)) = KINDS.iter().find(|(first, _)| rest.starts_with(first)) else { continue };
        tried += 1;
        let within = rest.get(..rest.len().min(BYTES)).unwrap_or_default();
        let Some(length) = position(within, 0, last).map(|end| end + last.len()) else { continue };
        at = start + length;
        let found = keys(bytes, start, start + length);
        if !found.is_empty() {
            blocks.push(Block { start, end: start + length, found });
        }
    }
    blocks
}

/// What a block holds, each key at a line of its own.
fn keys(bytes: &[u8], start: usize, end: usize) -> Vec<Found> {
    let block = bytes.get(start..end).unwrap_or_default();
    let named: Vec<String> = match openpgp::read(block) {
        Ok(certificates) => certificates.iter().map(|one| one.fingerprint().to_string()).collect(),
        Err(_) => x509::read(block)
            .map(|facts| facts.iter().map(|one| one.fingerprint.to_string()).collect())
            .unwrap_or_default(),
    };
    let mut from = start;
    let lines = block.split(|byte| *byte == b'\n').map(|line| {
        let line_start = from;
        from += line.len() + 1;
        (line_start, line_start + line.len())
    });
    let lines = lines.filter(|(start, end)| start < end);
    named
        .into_iter()
        .zip(lines)
        .map(|(value, (start, end))| Found { kind: Kind::Fingerprint, value, start, end })
        .collect()
}

fn position(bytes: &[u8], from: usize, sought: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let mut at = 0;
    while let Some(dash) = rest.get(at..)?.iter().position(|byte| *byte == b'-') {
        at += dash;
        if rest.get(at..)?.starts_with(sought) {
            return Some(from + at);
        }
        at += 1;
    }
    None
}
