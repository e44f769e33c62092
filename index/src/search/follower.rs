//! The writer of the index: takes over what changed in the record, and remembers with every commit how far that is.

use std::sync::Arc;

use anyhow::Context as _;
use tantivy::directory::error::LockError;
use tantivy::{Index, IndexWriter, TantivyError, Term};

use super::schema::{Fields, document};
use super::under_way::{Bound, Counted};
use crate::store::entry::Changed;

/// How far the index has read the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The change up to which everything is in the index.
    pub(crate) change: i64,
    /// The highest number of an entry in it: whatever lies above need not be deleted before it is added.
    pub(crate) highest: i64,
}

/// A writer that appends what changed. Only one exists at a time, over all processes.
pub(crate) struct Follower {
    writer: IndexWriter<Counted>,
    bound: Arc<Bound>,
    fields: Fields,
    mark: Mark,
    pending: usize,
}

impl Follower {
    /// How far it has read.
    pub(crate) fn mark(&self) -> Mark {
        self.mark
    }

    /// Entries taken that are not visible yet.
    pub(crate) fn pending(&self) -> usize {
        self.pending
    }

    /// Takes over entries that changed, in the order of their changes.
    pub(crate) fn take(&mut self, changed: &[Changed]) -> anyhow::Result<()> {
        for one in changed {
            if one.id <= self.mark.highest {
                self.writer.delete_term(Term::from_field_u64(self.fields.id, u64::try_from(one.id)?));
            }
            let document =
                self.bound.admit(document(&self.fields, one)?, one.statement.len() + one.body.len());
            self.writer.add_document(document).context("write to the search index")?;
            self.mark.change = one.change;
            self.pending += 1;
            self.mark.highest = self.mark.highest.max(one.id);
        }
        Ok(())
    }

    /// Makes what was taken visible, and remembers how far that is.
    pub(crate) fn commit(&mut self) -> anyhow::Result<()> {
        let mut prepared = self.writer.prepare_commit().context("prepare a commit of the search index")?;
        prepared.set_payload(&format!("{} {}", self.mark.change, self.mark.highest));
        prepared.commit().context("commit the search index")?;
        self.pending = 0;
        Ok(())
    }

    /// Waits for what goes on in the background and lets go of the index.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        self.writer.wait_merging_threads().context("finish the search index")
    }
}

/// The writer of an index, or none while another process has it.
pub(super) fn follower(
    index: &Index,
    fields: &Fields,
    threads: usize,
    memory: usize,
) -> anyhow::Result<Option<Follower>> {
    let (mark, bound) = (mark_of(index)?, Bound::of(memory / 4));
    match index.writer_with_num_threads(threads, memory * threads) {
        Ok(writer) => Ok(Some(Follower { writer, bound, fields: fields.clone(), mark, pending: 0 })),
        Err(TantivyError::LockFailure(LockError::LockBusy, _)) => Ok(None),
        Err(error) => Err(error).context("open the search index for writing"),
    }
}

/// How far an index has read.
pub(super) fn mark_of(index: &Index) -> anyhow::Result<Mark> {
    let payload = index.load_metas().context("read the state of the search index")?.payload;
    let Some((change, highest)) = payload.as_deref().and_then(|payload| payload.split_once(' ')) else {
        return Ok(Mark::default());
    };
    Ok(Mark { change: change.parse()?, highest: highest.parse()? })
}
