//! CSAF providers: their description is found, their feeds or directories are read, each document with its proofs.
//!
//! Refuses to drop a document because a hash or signature fails: that is a fact about it, kept and shown. What was read
//! before is fetched again when the provider says that it changed; and a few documents each round whatever it says, so
//! that an edit or a broken signature without a new date does not stay unseen.

use std::collections::BTreeMap;

use index::health::Symptom;
use inspect::key::openpgp::Certificate;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::formats::Origin;
use crate::formats::recognise::Format;
use crate::health;
use crate::sources::cve::{contained, object, single};
use crate::sources::{Errand, Trouble};

/// Lists of documents: feeds and directories.
mod listing;
/// Hashes and signatures beside a document.
mod proof;
/// Where a provider describes itself.
mod provider;

/// Documents fetched in one round; the rest follows in the next.
const DOCUMENTS: usize = 500;

/// Documents fetched again in one round although their provider names no change: those that were read longest ago.
const AGAIN: usize = 25;

/// How long a document is left alone before that.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Documents whose last change is remembered.
const REMEMBERED: usize = 100_000;

/// A document that a provider lists.
#[derive(Clone, Debug)]
struct Listed {
    url: Url,
    updated: Option<Timestamp>,
    /// Addresses of hashes and signatures, where the list names them.
    hashes: Vec<Url>,
    signature: Option<Url>,
}

/// A document that was read before.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Known {
    /// Its last change, as the provider listed it.
    updated: Timestamp,
    /// When it was read.
    read: Timestamp,
}

/// Documents that were read before, by their addresses.
type Memory = BTreeMap<String, Known>;

/// Reads what a provider has published or changed since the last round.
///
/// # Errors
/// When the provider's description, or every one of its lists, cannot be had; what is wrong with single documents is a
/// remark.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let provider = provider::find(errand).await?;
    let certificates = proof::certificates(errand, &provider).await;
    if let Some(sentence) = health::provider_keys(&certificates, errand.now) {
        errand.doubt(Symptom::ProviderKey, sentence);
    }
    let mut known: Memory = errand
        .memory
        .get("documents")
        .cloned()
        .and_then(|known| serde_json::from_value(known).ok())
        .unwrap_or_default();
    let listed = listing::all(errand, &provider).await?;
    let (mut due, mut rest): (Vec<Listed>, Vec<Listed>) =
        listed.into_iter().partition(|document| is_due(document, &known));
    due.sort_by(|first, second| (first.updated, &first.url).cmp(&(second.updated, &second.url)));
    if due.len() > DOCUMENTS {
        let left = due.len() - DOCUMENTS;
        errand.remark(format!("{left} more documents wait for the next rounds"));
        due.truncate(DOCUMENTS);
    }
    let read = |document: &Listed| known.get(document.url.as_str()).map(|known| known.read);
    rest.retain(|document| read(document).is_some_and(|read| errand.now.duration_since(read) >= AGAIN_AFTER));
    rest.sort_by_key(read);
    rest.truncate(AGAIN);
    for document in due.into_iter().chain(rest) {
        match one(errand, &document, &certificates).await {
            Ok(()) => {
                let updated = document.updated.unwrap_or(errand.now);
                known.insert(document.url.to_string(), Known { updated, read: errand.now });
            }
            Err(Trouble::Stopping) => return Err(Trouble::Stopping),
            Err(error) => errand.remark(format!("failed to {error}")),
        }
        while known.len() > REMEMBERED {
            known.pop_first();
        }
    }
    if let Some(memory) = object(&mut errand.memory) {
        memory.insert("documents".to_owned(), serde_json::json!(known));
    }
    Ok(())
}

/// Whether a provider describes itself at a place.
///
/// # Errors
/// When there is no description there, or it names nothing to read.
pub(crate) async fn described_at(errand: &Errand<'_>, place: Url) -> Result<(), Trouble> {
    provider::described(errand, place).await.map(drop)
}

fn is_due(document: &Listed, known: &Memory) -> bool {
    match (known.get(document.url.as_str()), document.updated) {
        (Some(known), Some(updated)) => updated > known.updated,
        (Some(_), None) => false,
        (None, _) => true,
    }
}

async fn one(
    errand: &mut Errand<'_>,
    document: &Listed,
    certificates: &[Certificate],
) -> Result<(), Trouble> {
    let fetched = errand.fetch_fresh(document.url.clone(), "application/json").await?;
    let origin =
        Origin { url: Some(fetched.url.clone()), media_type: "application/json", ..Origin::default() };
    let read = single(contained(Format::Csaf, &fetched.bytes, &origin));
    let mut draft = read.map_err(|why| Trouble::Read { what: fetched.url.to_string(), why })?;
    draft.statement.checks = proof::checks(errand, document, &fetched.bytes, certificates).await;
    errand.bring(draft).await
}

#[cfg(test)]
mod tests;
