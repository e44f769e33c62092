//! Authenticode: CMS inside of a Windows program, over the program without the fields that hold it.
//!
//! Which bytes those are depends on the kind of file; what lies behind the signature or beside it in its own table is not
//! covered and told. Specification: Microsoft, "Windows Authenticode Portable Executable Signature Format".

mod cabinet;
mod installer;
mod program;

use super::fact::{Material, Over, Scheme, SignatureFact};
use super::hash::Algorithm;
use super::original::Original;
use super::reading::Asked;
use super::tlv::{OCTETS, OID, SEQUENCE, Values};
use super::{Worth, cms};

/// SPC_INDIRECT_DATA, 1.3.6.1.4.1.311.2.1.4.
const INDIRECT: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 1, 4];
/// Signatures that lie within another one's unsigned attributes, 1.3.6.1.4.1.311.2.4.1.
const NESTED: &[u8] = &[0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 4, 1];
/// Bytes of the largest table of signatures that is read.
const LARGEST: usize = 16 << 20;

/// How a file's bytes are digested for its signatures.
type Taken = dyn Fn(&Original<'_>, Algorithm) -> Result<Vec<u8>, String>;

/// The signatures of a file and how its bytes are digested for them.
struct Signed {
    messages: Vec<Vec<u8>>,
    covers: &'static str,
    not_covered: Vec<String>,
    digest: Box<Taken>,
}

/// What is laid ready of a program that lies within an archive, while its bytes are at hand.
pub(crate) fn within(path: &str, bytes: &[u8]) -> Option<Material> {
    let signed = program::read(&Original::memory(bytes))?;
    let original = Original::memory(bytes);
    let mut digests: Vec<(Algorithm, Vec<u8>)> = Vec::new();
    for message in &signed.messages {
        let algorithm = cms::SignedData::read(message).as_ref().and_then(stated).and_then(|(own, _)| own);
        if let Some(algorithm) = algorithm.filter(|own| digests.iter().all(|(other, _)| own != other)) {
            digests.push((algorithm, (signed.digest)(&original, algorithm).ok()?));
        }
    }
    Some(Material {
        scheme: Scheme::Authenticode,
        path: path.to_owned(),
        signature: signed.messages.concat(),
        over: Over::Program(digests),
        not_covered: signed.not_covered,
    })
}

/// Whether the beginning of a file is that of a kind that can be signed so.
pub(crate) fn may_be(head: &[u8]) -> bool {
    program::layout(head).is_some_and(|layout| layout.table.1 > 8)
        || head.starts_with(b"MSCF\0\0\0\0")
        || head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// What is laid ready of an inspected file whose kind is not opened but may be signed: a cabinet, an installer.
pub(crate) fn unopened(original: &Original<'_>) -> Option<Material> {
    if !may_be(&original.part(0, 8, 8)?) {
        return None;
    }
    Some(Material {
        scheme: Scheme::Authenticode,
        path: String::new(),
        signature: Vec::new(),
        over: Over::File(vec![(0, u64::MAX)]),
        not_covered: Vec::new(),
    })
}

/// The facts of one file's signatures.
pub(super) fn facts(material: &Material, asked: &Asked<'_>) -> Vec<SignatureFact> {
    if let Over::Program(_) = &material.over {
        let mut facts = Vec::new();
        for message in Values(&material.signature) {
            let mut digest = |algorithm| asked.original.digest(&material.over, algorithm);
            facts.extend(message_facts(material, message.whole, asked, &mut digest, 1));
        }
        for fact in &mut facts {
            fact.covers = "the program without its checksum and signature".to_owned();
        }
        return facts;
    }
    let head = asked.original.part(0, 4096.min(asked.original.length), 4096).unwrap_or_default();
    let signed = if head.starts_with(b"MSCF") {
        cabinet::read(asked.original)
    } else if head.starts_with(b"\xd0\xcf\x11\xe0") {
        installer::read(asked.original)
    } else {
        program::read(asked.original)
    };
    let Some(signed) = signed else { return Vec::new() };
    let mut facts = Vec::new();
    for message in &signed.messages {
        let mut digest = |algorithm| (signed.digest)(asked.original, algorithm);
        facts.extend(message_facts(material, message, asked, &mut digest, 1));
    }
    for fact in &mut facts {
        fact.covers = signed.covers.to_owned();
        fact.not_covered.extend(signed.not_covered.iter().cloned());
    }
    facts
}

/// The facts of one message, and of those that lie within its attributes.
fn message_facts(
    material: &Material,
    bytes: &[u8],
    asked: &Asked<'_>,
    digest: &mut dyn FnMut(Algorithm) -> Result<Vec<u8>, String>,
    deeper: u8,
) -> Vec<SignatureFact> {
    let fact = SignatureFact::unchecked(material, "");
    let Some(message) = cms::SignedData::read(bytes) else {
        return vec![fact.worth(Worth::Unreadable, "there is no CMS signature in it that can be read")];
    };
    let Some((algorithm, stated)) = stated(&message).filter(|_| message.content_type == INDIRECT) else {
        return vec![fact.worth(Worth::Unreadable, "its signature does not state what it is about")];
    };
    let own = algorithm.map(&mut *digest);
    let content = message.content.clone().unwrap_or_default();
    let mut facts = cms::each(material, &message, asked, &mut |algorithm| Ok(algorithm.of(&content)));
    for fact in &mut facts {
        *fact = held(fact.clone(), algorithm, own.as_ref(), &stated);
    }
    if deeper > 0 {
        for signer in &message.signers {
            let nested = cms::unsigned_values(signer, NESTED);
            for bytes in nested.iter().take(4) {
                facts.extend(message_facts(material, bytes, asked, digest, deeper - 1));
            }
        }
    }
    facts
}

/// A signature whose own arithmetic was judged, held against the file's digest.
fn held(
    fact: SignatureFact,
    algorithm: Option<Algorithm>,
    own: Option<&Result<Vec<u8>, String>>,
    stated: &[u8],
) -> SignatureFact {
    let is_judged =
        !matches!(fact.worth, None | Some(Worth::UnknownKey | Worth::Unsupported | Worth::Unreadable));
    match own {
        Some(Ok(own)) if own == stated => {
            if fact.worth == Some(Worth::Fits) && algorithm.is_some_and(Algorithm::is_weak) {
                return fact.worth(Worth::FitsButWeak, "it fits, but the file is digested by MD5 or SHA-1");
            }
            fact
        }
        Some(Ok(_)) if is_judged => {
            fact.worth(Worth::Bad, "it is not for this file: the digest that it states is another one")
        }
        Some(Ok(_)) => fact,
        Some(Err(why)) => SignatureFact { worth: None, detail: format!("not checked: {why}"), ..fact },
        None => fact.worth(Worth::Unsupported, "its digest is of a kind that is not computed here"),
    }
}

/// The digest that a message states of the file: with which algorithm, if it is known.
fn stated(message: &cms::SignedData) -> Option<(Option<Algorithm>, Vec<u8>)> {
    let mut fields = Values(message.content.as_deref()?);
    let _kind = fields.tagged(SEQUENCE)?;
    let mut digest = fields.tagged(SEQUENCE)?.values();
    let algorithm = Algorithm::of_oid(digest.tagged(SEQUENCE)?.values().tagged(OID)?.content);
    Some((algorithm, digest.tagged(OCTETS)?.content.to_vec()))
}

/// A little-endian number of four bytes.
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?).and_then(|field| field.try_into().ok()).map(u32::from_le_bytes)
}

/// A little-endian number of two bytes.
fn half(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?).and_then(|field| field.try_into().ok()).map(u16::from_le_bytes)
}
