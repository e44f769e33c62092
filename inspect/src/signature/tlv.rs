//! ASN.1 as it is met in signatures: tags, lengths and contents, and the looser BER turned into what DER allows.
//!
//! Reads structure only; what a field means is decided by whoever asks. Signed bytes are handed on as they lie, since
//! what is signed is their encoding. ITU-T X.690, section 8.1 (tags, lengths) and 8.7 (strings in pieces).

use std::borrow::Cow;

/// Structures within each other; real ones have a dozen.
const DEEPEST: u8 = 32;

/// SEQUENCE.
pub(crate) const SEQUENCE: u8 = 0x30;
/// SET.
pub(crate) const SET: u8 = 0x31;
/// INTEGER.
pub(crate) const INTEGER: u8 = 0x02;
/// BIT STRING.
pub(crate) const BITS: u8 = 0x03;
/// OCTET STRING.
pub(crate) const OCTETS: u8 = 0x04;
/// OBJECT IDENTIFIER.
pub(crate) const OID: u8 = 0x06;

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    /// Its tag, of one byte.
    pub(crate) tag: u8,
    /// What is in it.
    pub(crate) content: &'a [u8],
    /// All of it.
    pub(crate) whole: &'a [u8],
}

impl<'a> Value<'a> {
    /// The first value of `bytes`, and what follows it; `None` if there is none of a stated length.
    pub(crate) fn first(bytes: &'a [u8]) -> Option<(Value<'a>, &'a [u8])> {
        let (tag, rest) = bytes.split_first()?;
        let (length, head) = length(rest)?;
        let start = 1 + head;
        let end = start.checked_add(length?)?;
        let content = bytes.get(start..end)?;
        Some((Value { tag: *tag, content, whole: bytes.get(..end)? }, bytes.get(end..)?))
    }

    /// The one value that `bytes` begin with, if it has that tag.
    pub(crate) fn of(tag: u8, bytes: &'a [u8]) -> Option<Value<'a>> {
        Value::first(bytes).map(|(value, _)| value).filter(|value| value.tag == tag)
    }

    /// The values within.
    pub(crate) fn values(&self) -> Values<'a> {
        Values(self.content)
    }
}

/// The values that lie one behind the other.
#[derive(Debug, Clone)]
pub(crate) struct Values<'a>(pub(crate) &'a [u8]);

impl<'a> Values<'a> {
    /// The next value, if it has that tag; one with another tag is left.
    pub(crate) fn tagged(&mut self, tag: u8) -> Option<Value<'a>> {
        let (value, rest) = Value::first(self.0).filter(|(value, _)| value.tag == tag)?;
        self.0 = rest;
        Some(value)
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let (value, rest) = Value::first(self.0)?;
        self.0 = rest;
        Some(value)
    }
}

/// A length, `None` within where it is not stated, and the bytes that it takes.
fn length(bytes: &[u8]) -> Option<(Option<usize>, usize)> {
    match *bytes.first()? {
        short @ 0..=0x7f => Some((Some(usize::from(short)), 1)),
        0x80 => Some((None, 1)),
        long => {
            let count = usize::from(long & 0x7f);
            let digits = bytes.get(1..1 + count).filter(|_| count <= 4)?;
            let length = digits.iter().fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte));
            Some((Some(length), 1 + count))
        }
    }
}

/// The first value of `bytes` with every length stated and every string in one piece; as it lies if it is so already.
/// `None` for what is no ASN.1, or nested deeper than any signature.
pub(crate) fn definite(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    if let Some((value, _)) = Value::first(bytes)
        && is_definite(value, DEEPEST)
    {
        return Some(Cow::Borrowed(value.whole));
    }
    let mut out = Vec::with_capacity(bytes.len());
    rewrite(bytes, DEEPEST, &mut out)?;
    Some(Cow::Owned(out))
}

/// Whether nothing within is of unstated length or in pieces.
fn is_definite(value: Value<'_>, deeper: u8) -> bool {
    if value.tag & 0x20 == 0 {
        return true;
    }
    if deeper == 0 || value.tag == (OCTETS | 0x20) {
        return false;
    }
    let mut values = value.values();
    let all = values.by_ref().all(|inner| is_definite(inner, deeper - 1));
    all && values.0.is_empty()
}

/// Writes the first value anew and answers how many bytes it took.
fn rewrite(bytes: &[u8], deeper: u8, out: &mut Vec<u8>) -> Option<usize> {
    let deeper = deeper.checked_sub(1)?;
    let (tag, rest) = bytes.split_first()?;
    let (stated, head) = length(rest)?;
    let start = 1 + head;
    if tag & 0x20 == 0 {
        let end = start.checked_add(stated?)?;
        written(*tag, bytes.get(start..end)?, out);
        return Some(end);
    }
    let mut inner = Vec::new();
    let mut at = start;
    let end = stated.map(|length| start.checked_add(length)).map_or(Some(None), |end| end.map(Some))?;
    loop {
        match end {
            Some(end) if at == end => break,
            Some(end) if at > end => return None,
            None if bytes.get(at..at + 2)? == [0, 0] => {
                at += 2;
                break;
            }
            _ => {
                let within = bytes.get(at..end.unwrap_or(bytes.len()))?;
                at += rewrite(within, deeper, &mut inner)?;
            }
        }
    }
    if *tag == (OCTETS | 0x20) {
        let pieces: Vec<u8> = Values(&inner).flat_map(|piece| piece.content.to_vec()).collect();
        written(OCTETS, &pieces, out);
    } else {
        written(*tag, &inner, out);
    }
    Some(at)
}

/// Writes one value.
pub(crate) fn written(tag: u8, content: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    let length = content.len();
    if length < 0x80 {
        out.push(u8::try_from(length).unwrap_or(0x7f));
    } else {
        let bytes = length.to_be_bytes();
        let digits: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
        out.push(0x80 | u8::try_from(digits.len()).unwrap_or(4));
        out.extend(digits);
    }
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::{OCTETS, SEQUENCE, Value, definite, written};

    fn check(input: &[u8], expected: Option<&[u8]>) {
        assert_eq!(definite(input).as_deref(), expected);
    }

    #[test]
    fn unstated_lengths_are_stated_and_pieces_joined() {
        check(&[0x30, 3, 2, 1, 5], Some(&[0x30, 3, 2, 1, 5]));
        check(&[0x30, 0x80, 2, 1, 5, 0, 0, 9], Some(&[0x30, 3, 2, 1, 5]));
        check(&[0x24, 0x80, 4, 1, b'a', 4, 2, b'b', b'c', 0, 0], Some(&[4, 3, b'a', b'b', b'c']));
        check(&[0x30, 0x80, 0x30, 0x80, 0, 0, 0, 0], Some(&[0x30, 2, 0x30, 0]));
    }

    #[test]
    fn what_ends_early_or_is_too_deep_is_none() {
        check(&[], None);
        check(&[0x30, 0x80, 2, 1], None);
        check(&[0x30, 4, 2, 9, 0, 0], None);
        check(&[0x30, 0x85, 1, 1, 1, 1, 1], None);
        check(&[[0x30, 0x80].repeat(60), [0, 0].repeat(60)].concat(), None);
    }

    #[test]
    fn long_lengths_are_written_as_they_are_read() {
        let mut out = Vec::new();
        written(OCTETS, &[7; 300], &mut out);
        assert_eq!(out.get(..4), Some([4, 0x82, 1, 44].as_slice()));
        let value = Value::of(OCTETS, &out).expect("it was just written");
        assert_eq!((value.content.len(), value.whole.len()), (300, 304));
        assert_eq!(Value::of(SEQUENCE, &out), None);
    }
}
