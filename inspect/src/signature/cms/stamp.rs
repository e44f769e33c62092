//! Timestamps on a signature: RFC 3161 as CMS and as Microsoft attach it, and Authenticode's older countersignature.
//!
//! A timestamp is a signature of its own, over the digest of the signature that it is about; it bounds the time only if its
//! own certificate leads to the house.

use super::attributes::value;
use super::{Algorithm, Certificate, SignedData, Signer, Stamp, Usage, Worth, judge, signer};
use crate::signature::reading::Asked;
use crate::signature::tlv::{INTEGER, OCTETS, OID, SEQUENCE, Value};
use crate::signature::x509;

/// id-aa-timeStampToken, 1.2.840.113549.1.9.16.2.14.
const TOKEN: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 14];
/// Microsoft's number for the same, 1.3.6.1.4.1.311.3.3.1.
const TOKEN_MICROSOFT: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 3, 3, 1];
/// countersignature, 1.2.840.113549.1.9.6.
const COUNTERSIGNATURE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 6];

/// The first timestamp on a signer's signature that can be read.
pub(super) fn read(of: &Signer, brought: &[Certificate], asked: &Asked<'_>) -> Option<Stamp> {
    let found = value(&of.unsigned, TOKEN).or_else(|| value(&of.unsigned, TOKEN_MICROSOFT));
    if let Some(found) = found {
        return token(found.whole, of, asked);
    }
    countersignature(value(&of.unsigned, COUNTERSIGNATURE)?, of, brought, asked)
}

fn token(bytes: &[u8], of: &Signer, asked: &Asked<'_>) -> Option<Stamp> {
    let message = SignedData::read(bytes)?;
    let content = message.content.clone()?;
    // The content is an OCTET STRING around TSTInfo, whose tag and length were taken off.
    let mut fields = Value::of(SEQUENCE, &content)?.values();
    let _version = fields.tagged(INTEGER)?;
    let _policy = fields.tagged(OID)?;
    let mut imprint = fields.tagged(SEQUENCE)?.values();
    let algorithm = Algorithm::of_oid(imprint.tagged(SEQUENCE)?.values().tagged(OID)?.content);
    let stated = imprint.tagged(OCTETS)?.content;
    let _serial = fields.tagged(INTEGER)?;
    let time = x509::seconds(fields.next()?.whole)?;
    let is_about = algorithm.is_some_and(|algorithm| algorithm.of(&of.signature) == stated);
    let by = message.signers.first()?;
    let mut digest = |algorithm: Algorithm| Ok(algorithm.of(&content));
    let judged = judge(&message, by, &at(asked, time), Usage::Timestamp, &mut digest).ok()?;
    let worth = if is_about { judged.worth } else { Worth::Bad };
    Some(Stamp { time, by: judged.called.unwrap_or_default(), worth })
}

/// The old kind: a further signer, over the signature's bytes, whose certificate lies among the message's.
fn countersignature(
    found: Value<'_>,
    of: &Signer,
    brought: &[Certificate],
    asked: &Asked<'_>,
) -> Option<Stamp> {
    let by = signer(found)?;
    let time = by.made_at()?;
    let message = SignedData {
        // pkcs7-data, 1.2.840.113549.1.7.1.
        content_type: vec![0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1],
        content: None,
        certificates: brought.to_vec(),
        signers: Vec::new(),
    };
    let mut digest = |algorithm: Algorithm| Ok(algorithm.of(&of.signature));
    let judged = judge(&message, &by, &at(asked, time), Usage::Timestamp, &mut digest).ok()?;
    Some(Stamp { time, by: judged.called.unwrap_or_default(), worth: judged.worth })
}

/// A timestamp outlives its own certificate: its path is asked for the moment that it states.
fn at<'a>(asked: &Asked<'a>, time: i64) -> Asked<'a> {
    Asked { at: time.min(asked.at), ..*asked }
}
