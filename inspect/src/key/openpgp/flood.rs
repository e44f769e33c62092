//! Certificates drowned in names and signatures, thinned out before they are understood.
//!
//! A library that understands a certificate tries every signature that does not fit its place everywhere else: the square
//! of what a stranger attached. Of a certificate with more than [`MANY`] packets a bounded part is kept: its keys, the first
//! names, and of the signatures on each the newest by itself, every revocation, and some of others.

use sequoia_openpgp::cert::raw::{RawCert, RawCertParser, RawPacket};
use sequoia_openpgp::packet::{Signature, Tag};
use sequoia_openpgp::parse::Parse as _;
use sequoia_openpgp::types::SignatureType;
use sequoia_openpgp::{Cert, Fingerprint, KeyHandle, Packet};

/// Packets of a certificate that is understood whole; the largest of people who are widely known stay below.
const MANY: usize = 1_500;
/// Bytes of a block below which there cannot be as many.
const SMALL: usize = 64 << 10;
/// Names and keys that are kept of one with more.
const PARTS: usize = 60;
/// Signatures by itself, revocations, and signatures by others that are kept on each part.
const EACH: [usize; 3] = [12, 12, 40];

/// The certificates of a block that holds a drowned one; `None` where there is none, and it can be read as usual.
pub(super) fn thinned(block: &[u8], most: usize) -> Option<Vec<Cert>> {
    if block.len() < SMALL {
        return None;
    }
    let raw: Vec<RawCert<'_>> =
        RawCertParser::from_bytes(block).ok()?.take(most).filter_map(Result::ok).collect();
    if raw.iter().all(|one| one.count() <= MANY) {
        return None;
    }
    let certs = raw.iter().filter_map(|one| {
        if one.count() <= MANY { Cert::try_from(one).ok() } else { Cert::from_bytes(&thin(one)).ok() }
    });
    Some(certs.collect())
}

fn thin(raw: &RawCert<'_>) -> Vec<u8> {
    let own = raw.fingerprint();
    let (mut kept, mut parts, mut open) = (Vec::new(), 0, true);
    let mut signatures: Vec<(RawPacket<'_>, Signature)> = Vec::new();
    for packet in raw.packets() {
        if packet.tag() == Tag::Signature {
            if open
                && signatures.len() < MANY
                && let Ok(Packet::Signature(signature)) = Packet::try_from(packet.clone())
            {
                signatures.push((packet, signature));
            }
            continue;
        }
        some(&mut kept, std::mem::take(&mut signatures), &own);
        parts += 1;
        open = parts <= PARTS || matches!(packet.tag(), Tag::PublicSubkey) && parts <= 2 * PARTS;
        if open {
            kept.extend_from_slice(packet.as_bytes());
        }
    }
    some(&mut kept, signatures, &own);
    kept
}

/// Keeps some of the signatures on one part, the newest of each sort.
fn some(kept: &mut Vec<u8>, mut signatures: Vec<(RawPacket<'_>, Signature)>, own: &Fingerprint) {
    signatures.sort_by_key(|(_, signature)| std::cmp::Reverse(signature.signature_creation_time()));
    let mut counts = [0; 3];
    for (packet, signature) in signatures {
        let revokes = matches!(
            signature.typ(),
            SignatureType::KeyRevocation
                | SignatureType::SubkeyRevocation
                | SignatureType::CertificationRevocation
        );
        let own = KeyHandle::from(own);
        let issuers = signature.get_issuers();
        let sort = match () {
            () if revokes => 1,
            () if issuers.is_empty() || issuers.iter().any(|issuer| issuer.aliases(&own)) => 0,
            () => 2,
        };
        let (Some(count), Some(most)) = (counts.get_mut(sort), EACH.get(sort)) else { continue };
        *count += 1;
        if *count <= *most {
            kept.extend_from_slice(packet.as_bytes());
        }
    }
}
