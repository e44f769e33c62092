//! Attributes of a signer (RFC 5652, section 11): what is signed along, and what was added afterwards.

use super::Signer;
use crate::signature::tlv::{OCTETS, OID, SEQUENCE, SET, Value, Values, written};
use crate::signature::x509;

/// messageDigest, 1.2.840.113549.1.9.4.
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
/// signingTime, 1.2.840.113549.1.9.5.
const SIGNING_TIME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5];
/// contentType, 1.2.840.113549.1.9.3.
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];

/// The values of the attribute of that number.
pub(super) fn values<'a>(attributes: &'a [u8], oid: &'a [u8]) -> impl Iterator<Item = Value<'a>> {
    let all = Values(attributes).take(200).filter(|attribute| attribute.tag == SEQUENCE);
    let own = all.filter_map(move |attribute| {
        let mut fields = attribute.values();
        if fields.tagged(OID)?.content == oid { fields.tagged(SET) } else { None }
    });
    own.flat_map(|set| set.values())
}

/// The first value of the attribute of that number.
pub(super) fn value<'a>(attributes: &'a [u8], oid: &'a [u8]) -> Option<Value<'a>> {
    values(attributes, oid).next()
}

impl Signer {
    /// The digest that is signed along, if attributes are signed.
    pub(super) fn digest_signed(&self) -> Option<&[u8]> {
        let value = value(self.signed.as_deref()?, MESSAGE_DIGEST)?;
        (value.tag == OCTETS).then_some(value.content)
    }

    /// The content's type that is signed along.
    pub(super) fn content_type(&self) -> Option<&[u8]> {
        value(self.signed.as_deref()?, CONTENT_TYPE).map(|value| value.content)
    }

    /// When it was made, by the signer's own word.
    pub(super) fn made_at(&self) -> Option<i64> {
        x509::seconds(value(self.signed.as_deref()?, SIGNING_TIME)?.whole)
    }

    /// What the signature is over if attributes are signed: the set of them, as it lies and in DER's order, since some
    /// signers compute one and write the other.
    pub(super) fn attributes_signed(&self) -> Option<[Vec<u8>; 2]> {
        let lying = self.signed.as_deref()?;
        let mut values: Vec<&[u8]> = Values(lying).map(|value| value.whole).collect();
        values.sort_unstable();
        let set = |content: &[u8]| {
            let mut out = Vec::with_capacity(content.len() + 6);
            written(SET, content, &mut out);
            out
        };
        Some([set(lying), set(&values.concat())])
    }
}
