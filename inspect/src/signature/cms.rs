//! CMS, which PKCS#7 became (RFC 5652): signatures beside a file, around it, in Java archives and in Windows programs.
//!
//! Read by its structure and not by a grammar that refuses what real signers write: lengths that are not stated, sets out
//! of order. Signed attributes are held against the digest, then the signature against the attributes; what the
//! certificates say comes last, so that it is always known whether the arithmetic held.

mod attributes;
mod judging;
mod stamp;

use super::Worth;
use super::fact::{Link, Material, Over, SignatureFact, Stamp};
use super::hash::Algorithm;
use super::reading::Asked;
use super::tlv::{INTEGER, OCTETS, OID, SEQUENCE, SET, Value, definite};
use super::x509::{self, Certificate, Usage};
use crate::key::Fingerprint;

pub(crate) use self::judging::judge;

/// Bytes of the largest signature; one with its content within may be larger and is refused.
const LARGEST: usize = 32 << 20;
/// Certificates and signers of one message that are read.
const MOST: usize = 50;

/// One message, by its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedData {
    /// Content type of what is signed, as the identifier's bytes.
    pub(crate) content_type: Vec<u8>,
    /// What is signed, if it lies within: the content without its tag and length.
    pub(crate) content: Option<Vec<u8>>,
    /// Certificates that came along.
    pub(crate) certificates: Vec<Certificate>,
    /// Who signed.
    pub(crate) signers: Vec<Signer>,
}

/// One signer's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signer {
    /// Issuer and serial number, or the key's identifier.
    pub(crate) named: Named,
    /// The digest's algorithm, if it is known here.
    pub(crate) digest: Option<Algorithm>,
    /// Signed attributes, as they lie.
    pub(crate) signed: Option<Vec<u8>>,
    /// How the signature is made: the identifier, and its parameters whole.
    pub(crate) way: (Vec<u8>, Vec<u8>),
    /// The signature.
    pub(crate) signature: Vec<u8>,
    /// Attributes that are not signed, as they lie; empty where there are none.
    pub(crate) unsigned: Vec<u8>,
}

/// How a signer's certificate is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    /// By its issuer's name and its number.
    Number(Vec<u8>, Vec<u8>),
    /// By its key's identifier.
    Key(Vec<u8>),
}

impl SignedData {
    /// Reads a message: ASN.1, or PEM around it.
    pub(crate) fn read(bytes: &[u8]) -> Option<SignedData> {
        if bytes.len() > LARGEST {
            return None;
        }
        let decoded;
        let bytes = if bytes.first() == Some(&SEQUENCE) {
            bytes
        } else {
            let text = String::from_utf8_lossy(bytes);
            decoded = crate::key::x509::pem(&text)
                .find(|(label, _)| matches!(label.as_str(), "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA"))?
                .1;
            &decoded
        };
        let der = definite(bytes)?;
        let mut outer = Value::of(SEQUENCE, &der)?.values();
        let kind = outer.tagged(OID)?;
        // id-signedData, 1.2.840.113549.1.7.2.
        if kind.content != [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2] {
            return None;
        }
        let mut data = outer.tagged(0xa0)?.values().tagged(SEQUENCE)?.values();
        let _version = data.tagged(INTEGER)?;
        let _digests = data.tagged(SET)?;
        let mut encapsulated = data.tagged(SEQUENCE)?.values();
        let content_type = encapsulated.tagged(OID)?.content.to_vec();
        let content = encapsulated.tagged(0xa0).and_then(|explicit| explicit.values().next());
        let certificates = data.tagged(0xa0).map(|set| x509::all(set.values(), MOST)).unwrap_or_default();
        let _revoked = data.tagged(0xa1);
        let signers = data.tagged(SET)?.values().take(MOST).filter_map(signer).collect();
        Some(SignedData { content_type, content: content.map(|v| v.content.to_vec()), certificates, signers })
    }
}

fn signer(value: Value<'_>) -> Option<Signer> {
    let mut fields = value.values();
    let _version = fields.tagged(INTEGER)?;
    let sid = fields.next()?;
    let named = match sid.tag {
        SEQUENCE => {
            let mut both = sid.values();
            let issuer = both.tagged(SEQUENCE)?.whole.to_vec();
            Named::Number(issuer, both.tagged(INTEGER)?.content.to_vec())
        }
        0x80 => Named::Key(sid.content.to_vec()),
        _ => return None,
    };
    let digest = fields.tagged(SEQUENCE)?.values().tagged(OID).and_then(|oid| Algorithm::of_oid(oid.content));
    let signed = fields.tagged(0xa0).map(|set| set.content.to_vec());
    let mut way = fields.tagged(SEQUENCE)?.values();
    let way = (way.tagged(OID)?.content.to_vec(), way.next().map(|v| v.whole.to_vec()).unwrap_or_default());
    let signature = fields.tagged(OCTETS)?.content.to_vec();
    let unsigned = fields.tagged(0xa1).map(|set| set.content.to_vec()).unwrap_or_default();
    Some(Signer { named, digest, signed, way, signature, unsigned })
}

/// What one signer's part is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) worth: Worth,
    pub(crate) detail: String,
    pub(crate) signer: Option<Fingerprint>,
    pub(crate) called: Option<String>,
    pub(crate) made_at: Option<i64>,
    pub(crate) anchor: Option<Fingerprint>,
    pub(crate) timestamp: Option<Stamp>,
}

/// The facts of a message beside or around a file: one for each signer.
pub(super) fn facts(material: &Material, asked: &Asked<'_>) -> Vec<SignatureFact> {
    let Some(message) = SignedData::read(&material.signature) else {
        let fact = SignatureFact::unchecked(material, "");
        return vec![fact.worth(Worth::Unreadable, "there is no CMS signature in it that can be read")];
    };
    let around = message.content.is_some()
        && !matches!(material.over, Over::Within | Over::Unavailable(_) | Over::Sibling { bytes: None, .. });
    let mut digest = |algorithm: Algorithm| match &message.content {
        Some(content) => Ok(algorithm.of(content)),
        None => asked.original.digest(&material.over, algorithm),
    };
    let mut facts = each(material, &message, asked, &mut digest);
    for fact in &mut facts {
        fact.covers = match (&message.content, &material.over) {
            (None, over) => super::reading::covers(material.scheme, over),
            (Some(_), _) => "the content that it brings along itself".to_owned(),
        };
    }
    if around {
        held_against(&mut facts, &message, material, asked);
    }
    facts
}

/// A signature that brings its content along and was handed over beside a file: whether they are the same bytes.
fn held_against(facts: &mut [SignatureFact], message: &SignedData, material: &Material, asked: &Asked<'_>) {
    let content = message.content.as_deref().unwrap_or_default();
    let own = asked.original.digest(&material.over, Algorithm::Sha256);
    for fact in facts {
        match &own {
            Ok(own) if *own == Algorithm::Sha256.of(content) => {
                fact.covers = super::reading::covers(material.scheme, &material.over);
            }
            Ok(_) => {
                let detail = "it is over content that it brings along itself, and the file is another one";
                *fact = fact.clone().worth(Worth::Bad, detail);
            }
            Err(why) => fact.not_covered.push(format!("the file: {why}")),
        }
    }
}

/// One fact for each signer, over content whose digests are answered.
pub(super) fn each(
    material: &Material,
    message: &SignedData,
    asked: &Asked<'_>,
    digest: &mut dyn FnMut(Algorithm) -> Result<Vec<u8>, String>,
) -> Vec<SignatureFact> {
    if message.signers.is_empty() {
        let fact = SignatureFact::unchecked(material, "");
        let detail = "nobody signed it: it only carries certificates";
        return vec![SignatureFact { brought: links(message), ..fact.worth(Worth::Unreadable, detail) }];
    }
    let one = |signer: &Signer| {
        let fact = SignatureFact { brought: links(message), ..SignatureFact::unchecked(material, "") };
        match judge(message, signer, asked, Usage::Code, digest) {
            Ok(judged) => SignatureFact {
                worth: Some(judged.worth),
                signer: judged.signer,
                certificate: judged.signer,
                called: judged.called,
                made_at: judged.made_at,
                anchor: judged.anchor,
                timestamp: judged.timestamp,
                detail: judged.detail,
                ..fact
            },
            Err(why) => SignatureFact { detail: why, ..fact },
        }
    };
    message.signers.iter().map(one).collect()
}

fn links(message: &SignedData) -> Vec<Link> {
    message.certificates.iter().map(Certificate::link).collect()
}

/// The values of a signer's unsigned attribute of that number, each whole.
pub(super) fn unsigned_values(signer: &Signer, oid: &[u8]) -> Vec<Vec<u8>> {
    attributes::values(&signer.unsigned, oid).map(|value| value.whole.to_vec()).collect()
}
