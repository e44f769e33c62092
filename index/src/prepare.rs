//! The part of recording that needs no store: mentions are found, digests taken, the evidence compressed.
//!
//! It is kept apart so that an import can do it on every core while one transaction at a time writes.

use std::cell::RefCell;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use crate::entry::{Draft, Identity, Statement};
use crate::mention::{self, Mention};
use crate::revision;

/// zstd's level for snapshots: 1 takes half the time of 3 for one tenth more bytes on advisories.
const COMPRESSION: i32 = 1;

/// A draft that is ready to be recorded.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(crate) identity: Identity,
    pub(crate) draft: Draft,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) statement: String,
    pub(crate) digest: [u8; 32],
    pub(crate) snapshot: Compressed,
}

/// The evidence, compressed and addressed.
#[derive(Clone, Debug)]
pub(crate) struct Compressed {
    pub(crate) digest: [u8; 32],
    pub(crate) media_type: String,
    pub(crate) length: u64,
    pub(crate) zstd: Vec<u8>,
}

/// Makes a draft of the source named `source` ready to be recorded. Uses the processor only.
///
/// # Errors
/// When the statement cannot be written as JSON or the evidence cannot be compressed.
pub fn prepare(mut draft: Draft, source: &str) -> anyhow::Result<Prepared> {
    let Draft { native_id, link, statement, evidence, .. } = &mut draft;
    let kept_as_text =
        [Some(native_id), link.as_mut(), statement.publisher.as_mut(), Some(&mut evidence.media_type)];
    kept_as_text.into_iter().flatten().for_each(without_nul);
    let bytes = std::mem::take(&mut draft.evidence.bytes);
    let zstd = compress(&bytes).with_context(|| format!("compress the evidence of {}", draft.native_id))?;
    let snapshot = Compressed {
        digest: Sha256::digest(&bytes).into(),
        media_type: std::mem::take(&mut draft.evidence.media_type),
        length: bytes.len() as u64,
        zstd,
    };
    let statement = revision::encode(&mut draft.statement)
        .with_context(|| format!("write down what {} says", draft.native_id))?;
    Ok(Prepared {
        identity: Identity::of(source, &draft.native_id),
        mentions: mention::find(draft.statement.text.as_str()),
        digest: revision::digest(draft.statement.text.as_str(), &statement),
        statement,
        snapshot,
        draft,
    })
}

/// PostgreSQL keeps no U+0000 in a text, and one stranger's must not refuse a whole batch.
fn without_nul(text: &mut String) {
    if text.contains('\0') {
        *text = text.replace('\0', "\u{fffd}");
    }
}

/// Compresses with a context that each thread keeps: making one costs more than compressing a typical advisory.
fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    thread_local! {
        static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
    }
    COMPRESSOR.with_borrow_mut(|kept| match kept {
        Some(compressor) => compressor.compress(bytes),
        None => kept.insert(zstd::bulk::Compressor::new(COMPRESSION)?).compress(bytes),
    })
}

/// Reads back a statement that was written down, with its text.
pub(crate) fn restore(statement: &str, text: String) -> anyhow::Result<Statement> {
    let mut restored: Statement = serde_json::from_str(statement).context("read a recorded statement")?;
    // The text was cleaned before it was recorded.
    restored.text = crate::text::Text::recorded(text);
    Ok(restored)
}

/// Mentions as the record keeps them: kind, canonical spelling, first byte, byte after the last.
pub(crate) fn encode_mentions(mentions: &[Mention]) -> serde_json::Result<String> {
    let short: Vec<_> =
        mentions.iter().map(|found| (found.kind, &found.value, found.start, found.end)).collect();
    serde_json::to_string(&short)
}

/// Reads back what [`encode_mentions`] wrote.
pub(crate) fn restore_mentions(encoded: &str) -> anyhow::Result<Vec<Mention>> {
    let short: Vec<(mention::Kind, String, u32, u32)> =
        serde_json::from_str(encoded).context("read recorded mentions")?;
    Ok(short.into_iter().map(|(kind, value, start, end)| Mention { kind, value, start, end }).collect())
}
