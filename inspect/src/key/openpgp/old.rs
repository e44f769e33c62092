//! Version 3 keys (RFC 4880 section 5.5.2): told by their key id and never more, since their fingerprint is MD5.

use std::fmt;
use std::io::Read as _;

use sequoia_openpgp::armor::{Kind, Reader, ReaderMode};

use super::blocks;

/// Bytes of the beginning of a block in which its first key stands.
const HEAD: u64 = 8 << 10;

/// A version 3 key.
pub(super) struct OldKey {
    id: String,
    bits: usize,
}

impl fmt::Display for OldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OldKey { id, bits } = self;
        write!(
            f,
            "a version 3 key, RSA {bits}, with the key id {id}: its fingerprint is MD5, so it is not kept"
        )
    }
}

/// The version 3 keys that begin a block.
pub(super) fn keys(bytes: &[u8]) -> Vec<OldKey> {
    blocks(bytes).into_iter().filter_map(first).collect()
}

fn first(block: &[u8]) -> Option<OldKey> {
    let mut head = Vec::new();
    if block.starts_with(b"-----BEGIN") {
        let reader = Reader::from_bytes(block, ReaderMode::Tolerant(Some(Kind::PublicKey)));
        // Whatever could be read before the armor broke off is looked at.
        let _ = reader.take(HEAD).read_to_end(&mut head);
    } else {
        head.extend_from_slice(block.get(..usize::try_from(HEAD).unwrap_or(0)).unwrap_or(block));
    }
    let tag = *head.first()?;
    // Version 3 keys come in the old packet format, tag 6, with a length of one or two bytes.
    let body = match tag {
        0x98 => head.get(2..)?,
        0x99 => head.get(3..)?,
        _ => return None,
    };
    let (version, modulus) = (*body.first()?, body.get(8..)?);
    if !matches!(version, 2 | 3) {
        return None;
    }
    let (bits, rest) = modulus.split_first_chunk::<2>()?;
    let bits = usize::from(u16::from_be_bytes(*bits));
    let number = rest.get(..bits.div_ceil(8))?;
    let id = number.get(number.len().checked_sub(8)?..)?;
    Some(OldKey { id: hex::encode_upper(id), bits })
}
