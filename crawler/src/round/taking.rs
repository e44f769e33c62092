//! What one source brings on its way to the record: drafts are taken as they come, prepared, and recorded.
//!
//! Refuses to let a source bring more than the record can follow: the channel is bounded.

use std::sync::Arc;

use index::entry::Draft;
use index::knowledge::{Batch, Recorded};
use index::prepare::{Prepared, prepare};
use index::source::Leased;
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::recorder::Recorder;

/// Drafts that are recorded in one transaction.
const BATCH: usize = 200;

/// Drafts that wait to be recorded before a reader has to wait.
pub(super) const WAITING: usize = 400;

/// Bytes that are prepared where they are, in about a millisecond: less than a page takes to be parsed there. To hand them
/// to another thread costs as much as to prepare a page, and every thread that was ever busy keeps some memory.
const AT_ONCE: usize = 64 * 1024;

/// Records drafts as they come, a batch at a time.
pub(super) async fn take(
    recorder: Recorder,
    leased: Leased,
    now: Timestamp,
    mut drafts: mpsc::Receiver<Draft>,
) -> anyhow::Result<Recorded> {
    let slug = Arc::new(leased.source.slug);
    let mut recorded = Recorded::default();
    let mut batch = Vec::with_capacity(BATCH.min(8));
    while drafts.recv_many(&mut batch, BATCH).await > 0 {
        let (some, source) = (std::mem::take(&mut batch), Arc::clone(&slug));
        let drafts = if some.iter().map(size).sum::<usize>() <= AT_ONCE {
            all(some, &source)?
        } else {
            tokio::task::spawn_blocking(move || all(some, &source)).await??
        };
        let vendor = leased.source.vendor.clone();
        recorded += recorder.record(Batch { source: leased.id, vendor, drafts, now }).await?;
    }
    Ok(recorded)
}

/// Bytes of a draft that preparing reads.
fn size(draft: &Draft) -> usize {
    draft.evidence.bytes.len() + draft.statement.text.as_str().len()
}

fn all(drafts: Vec<Draft>, source: &str) -> anyhow::Result<Vec<Prepared>> {
    drafts.into_iter().map(|draft| prepare(draft, source)).collect()
}
