//! Signatures that a package carries or comes with, read into facts, one reader a scheme.
//!
//! No certificate is at hand here, so that an OpenPGP signature is told by the key it names and never as fitting. A
//! scheme without a reader is told as not checked. What a package brings along is never an anchor.

use serde::{Deserialize, Serialize};

use super::fact::{Material, Over, Scheme, SignatureFact};
use super::{Signature, Worth, openpgp};
use crate::reading::Question;

/// A signature that was handed over beside the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// What its file is called, without its folder.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The facts about every signature that was met, and about the one handed over.
pub(crate) fn facts(materials: &[Material], question: &Question) -> Vec<SignatureFact> {
    let beside = question.signature.as_ref().map(|beside| Material {
        scheme: scheme(&beside.bytes),
        path: beside.name.clone(),
        signature: beside.bytes.clone(),
        over: Over::File(vec![(0, u64::MAX)]),
    });
    let all = beside.iter().chain(materials);
    all.flat_map(|material| read(material, question.at)).collect()
}

/// How a file beside another one was made, by its first bytes.
#[must_use]
pub fn scheme(bytes: &[u8]) -> Scheme {
    let text = String::from_utf8_lossy(bytes.get(..200).unwrap_or(bytes)).into_owned();
    if text.contains("BEGIN SSH SIGNATURE") {
        Scheme::Ssh
    } else if text.starts_with("untrusted comment:") {
        Scheme::Minisign
    } else if text.contains("BEGIN PKCS7") || text.contains("BEGIN CMS") || bytes.first() == Some(&0x30) {
        Scheme::Cms
    } else {
        Scheme::OpenPgpDetached
    }
}

fn read(material: &Material, at: i64) -> Vec<SignatureFact> {
    match material.scheme {
        Scheme::OpenPgpDetached | Scheme::RpmHeader | Scheme::Debsigs => {
            let signatures = openpgp::verify_detached(&[], &material.signature, &[], at);
            signatures.into_iter().map(|signature| fact(material, signature)).collect()
        }
        _ => vec![unchecked(material)],
    }
}

fn fact(material: &Material, signature: Signature) -> SignatureFact {
    SignatureFact {
        scheme: material.scheme,
        path: material.path.clone(),
        worth: Some(signature.worth),
        signer: signature.issuer,
        certificate: signature.certificate,
        called: signature.issuer_key_id,
        made_at: signature.made_at,
        covers: covers(material.scheme, &material.over),
        not_covered: Vec::new(),
        detail: match signature.worth {
            Worth::UnknownKey => "not checked against its key, since no key was given".to_owned(),
            _ => signature.detail,
        },
    }
}

fn unchecked(material: &Material) -> SignatureFact {
    SignatureFact {
        scheme: material.scheme,
        path: material.path.clone(),
        worth: None,
        signer: None,
        certificate: None,
        called: None,
        made_at: None,
        covers: covers(material.scheme, &material.over),
        not_covered: Vec::new(),
        detail: "signatures of this kind are not read yet".to_owned(),
    }
}

fn covers(scheme: Scheme, over: &Over) -> String {
    match over {
        Over::Bytes(bytes) => match scheme {
            Scheme::Jar => "the list of digests beside it".to_owned(),
            _ => format!("the package's header, {} bytes", bytes.len()),
        },
        Over::File(ranges) if ranges.as_slice() == [(0, u64::MAX)] => "the whole file".to_owned(),
        Over::File(ranges) => {
            let range = |(start, end): &(u64, u64)| match end {
                &u64::MAX => format!("{start} to the end"),
                end => format!("{start} to {end}"),
            };
            format!("bytes {} of the file", ranges.iter().map(range).collect::<Vec<_>>().join(", "))
        }
        Over::Within => "what it states itself".to_owned(),
        Over::Unavailable(why) => (*why).to_owned(),
    }
}
