//! Signatures that a package carries or comes with, read into facts, one reader a scheme.
//!
//! They are judged by the keys that the house knows, which are part of the question. What a package brings along is never
//! an anchor: a signature under it fits, and its signer is not known.

use serde::{Deserialize, Serialize};

use super::fact::{Material, Over, Scheme, SignatureFact};
use super::keys::Keys;
use super::original::Original;
use super::{Signature, Worth, alpine, authenticode, cms, debian, inline, java, minisign, openpgp, rpm, ssh};
use crate::reading::Question;

/// A signature that was handed over beside the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// What its file is called, without its folder.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What every reader is given beside the signature.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The keys of the house.
    pub(crate) keys: &'a Keys,
    /// The inspected file.
    pub(crate) original: &'a Original<'a>,
    /// The time that decides what has expired, seconds since 1970.
    pub(crate) at: i64,
}

/// The facts about every signature that was met, and about the one handed over.
pub(crate) fn facts(
    materials: &[Material],
    question: &Question,
    original: &Original<'_>,
) -> Vec<SignatureFact> {
    let beside = question.signature.as_ref().map(|beside| Material {
        scheme: scheme(&beside.bytes),
        path: beside.name.clone(),
        signature: beside.bytes.clone(),
        over: Over::File(vec![(0, u64::MAX)]),
        not_covered: Vec::new(),
    });
    if beside.is_none() && materials.is_empty() {
        return Vec::new();
    }
    let keys = Keys::read(&question.keys);
    let asked = Asked { keys: &keys, original, at: question.at };
    let all = beside.iter().chain(materials);
    let mut facts: Vec<SignatureFact> = all.flat_map(|material| of(material, &asked)).collect();
    // Those that are over the package come first: only they speak for it.
    facts.sort_by_key(|fact| fact.of_member.is_some());
    facts
}

/// How a file beside another one was made, by its first bytes.
#[must_use]
pub fn scheme(bytes: &[u8]) -> Scheme {
    let text = String::from_utf8_lossy(bytes.get(..2000).unwrap_or(bytes)).into_owned();
    if text.contains("BEGIN SSH SIGNATURE") {
        Scheme::Ssh
    } else if text.starts_with("untrusted comment:") {
        Scheme::Minisign
    } else if text.contains("BEGIN PKCS7") || text.contains("BEGIN CMS") || bytes.first() == Some(&0x30) {
        Scheme::Cms
    } else if text.contains("BEGIN PGP SIGNED MESSAGE") || text.contains("BEGIN PGP MESSAGE") {
        Scheme::OpenPgpInline
    } else {
        Scheme::OpenPgpDetached
    }
}

fn of(material: &Material, asked: &Asked<'_>) -> Vec<SignatureFact> {
    let facts = read(material, asked);
    let Over::Sibling { path, lists, .. } = &material.over else { return facts };
    let of_member = |mut fact: SignatureFact| {
        fact.of_member = Some(path.clone());
        fact.not_covered.push("everything else in the package".to_owned());
        if let Some(lists) = lists {
            fact.covers = format!("{}; {lists}", fact.covers);
        }
        fact
    };
    facts.into_iter().map(of_member).collect()
}

fn read(material: &Material, asked: &Asked<'_>) -> Vec<SignatureFact> {
    match material.scheme {
        Scheme::OpenPgpDetached | Scheme::Debsigs => detached(material, asked),
        Scheme::OpenPgpInline => inline::facts(material, asked),
        Scheme::RpmHeader => rpm::facts(material, asked),
        Scheme::DpkgSig => debian::facts(material, asked),
        Scheme::Jar => java::facts(material, asked),
        Scheme::Cms => cms::facts(material, asked),
        Scheme::Authenticode => authenticode::facts(material, asked),
        Scheme::Minisign => minisign::facts(material, asked),
        Scheme::Ssh => ssh::facts(material, asked),
        Scheme::Alpine => alpine::facts(material, asked),
    }
}

/// The facts of OpenPGP signatures over bytes that lie outside of them.
pub(super) fn detached(material: &Material, asked: &Asked<'_>) -> Vec<SignatureFact> {
    let mut feed = |take: &mut dyn FnMut(&[u8])| asked.original.feed(&material.over, take);
    let signatures = openpgp::verify_fed(&material.signature, &asked.keys.openpgp, asked.at, &mut feed);
    let facts = signatures.into_iter().map(|signature| fact(material, signature));
    facts.map(|fact| fact.covering(covers(material.scheme, &material.over))).collect()
}

/// The fact of one OpenPGP signature.
pub(super) fn fact(material: &Material, signature: Result<Signature, (Signature, String)>) -> SignatureFact {
    let (signature, unread) = match signature {
        Ok(signature) => (signature, None),
        Err((signature, why)) => (signature, Some(why)),
    };
    let bare = SignatureFact::unchecked(material, String::new());
    SignatureFact {
        worth: unread.is_none().then_some(signature.worth),
        signer: signature.issuer,
        certificate: signature.certificate,
        anchor: signature.certificate,
        called: signature.issuer_key_id,
        made_at: signature.made_at,
        detail: match (unread, signature.worth) {
            (Some(why), _) => format!("not checked: {why}"),
            (None, Worth::UnknownKey) => "its key is not at hand".to_owned(),
            (None, _) => signature.detail,
        },
        ..bare
    }
}

/// Which bytes a signature is over, in words.
pub(super) fn covers(scheme: Scheme, over: &Over) -> String {
    match over {
        Over::Bytes(bytes) | Over::Header(bytes, _) => match scheme {
            Scheme::RpmHeader => format!("the package's header, {} bytes", bytes.len()),
            _ => format!("{} bytes within the file", bytes.len()),
        },
        Over::File(ranges) if ranges.as_slice() == [(0, u64::MAX)] => "the whole file".to_owned(),
        Over::File(ranges) => {
            let range = |(start, end): &(u64, u64)| match end {
                &u64::MAX => format!("{start} to the end"),
                end => format!("{start} to {end}"),
            };
            format!("bytes {} of the file", ranges.iter().map(range).collect::<Vec<_>>().join(", "))
        }
        Over::Java(_) => "the list of digests beside it".to_owned(),
        Over::Members(_) => "the members that it lists".to_owned(),
        Over::Program(_) => "the program around it".to_owned(),
        Over::Sibling { path, bytes: Some(bytes), .. } => {
            format!("{path}, which lies beside it: {} bytes", bytes.len())
        }
        Over::Sibling { path, bytes: None, .. } => format!("{path}, which was not at hand"),
        Over::Within => "what it states itself".to_owned(),
        Over::Unavailable(why) => (*why).to_owned(),
    }
}
