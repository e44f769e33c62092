//! The way in for local files: a folder, an archive or a single document is read on every core and recorded.
//!
//! Every archive of a folder becomes a source of its own, of kind `folder`, so that entries of different origin count
//! as different sources. A batch is acknowledged only after its transaction was committed. Refuses to open a connection.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Context as _;
use index::knowledge::{Knowledge, Recorded};
use index::prepare::{Prepared, prepare};
use index::source::{Ended, Kind, RoundEnd, Source, Standing};
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::sources::folder::{self, Found, Seen};

/// Entries that are recorded, and acknowledged, in one transaction.
const BATCH: usize = 500;

/// Read documents that wait to be recorded before the readers have to wait.
const WAITING: usize = 2_000;

/// Examples kept of each kind of trouble.
const EXAMPLES: usize = 5;

/// What an import came to, and along the way how far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// What was recorded of each source.
    pub sources: BTreeMap<String, Counts>,
    /// Files that hold nothing to read, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Files that should have been readable and were not, by kind of trouble.
    pub unread: BTreeMap<String, Trouble>,
}

/// What became of the entries of one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Not known before.
    pub new: u64,
    /// Saying something else than before.
    pub revised: u64,
    /// Saying what they said.
    pub known: u64,
}

/// One kind of trouble.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Trouble {
    /// Files that had it.
    pub files: u64,
    /// Some of them, with the sentence.
    pub examples: Vec<String>,
}

impl Imported {
    /// Everything recorded, over all sources.
    #[must_use]
    pub fn total(&self) -> Counts {
        self.sources.values().fold(Counts::default(), |sum, more| Counts {
            new: sum.new + more.new,
            revised: sum.revised + more.revised,
            known: sum.known + more.known,
        })
    }

    /// Files that should have been readable and were not.
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.unread.values().map(|trouble| trouble.files).sum()
    }

    /// Files that hold nothing to read.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped.values().sum()
    }

    fn add(&mut self, source: &str, recorded: Recorded) {
        let counts = self.sources.entry(source.to_owned()).or_default();
        counts.new += u64::from(recorded.new);
        counts.revised += u64::from(recorded.revised);
        counts.known += u64::from(recorded.known);
    }
}

/// What a reading thread hands to the recorder.
enum Read {
    Prepared(String, Box<Prepared>),
    Skipped(&'static str),
    Unread(&'static str, String),
}

/// Imports whatever lies at `path`, reading on `threads` threads. `progress` is told after every transaction, when what
/// it counts has been recorded for good.
///
/// # Errors
/// When the path cannot be read at all, or the record cannot be written. A document that cannot be read is counted.
pub async fn import(
    knowledge: &Knowledge,
    path: &Path,
    threads: usize,
    now: Timestamp,
    progress: &(dyn Fn(&Imported) + Send + Sync),
) -> anyhow::Result<Imported> {
    let path = std::fs::canonicalize(path).with_context(|| format!("find {}", path.display()))?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let reading = tokio::task::spawn_blocking({
        let path = path.clone();
        move || read(&path, threads, &sender)
    });
    // The full-text index follows at the same time, until the sender of nudges is gone.
    let (nudges, nudged) = watch::channel(());
    let following = tokio::spawn({
        let knowledge = knowledge.clone();
        async move { knowledge.follow_along(nudged).await }
    });
    let imported = record(knowledge, &path, receiver, now, progress, nudges).await;
    following.await??;
    let imported = imported?;
    reading.await?.with_context(|| format!("read {}", path.display()))?;
    Ok(imported)
}

/// Reads and prepares on the reading threads; ends early when nobody takes what was read.
fn read(path: &Path, threads: usize, sender: &mpsc::Sender<Read>) -> anyhow::Result<()> {
    let send = |read| match sender.blocking_send(read) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    };
    Ok(folder::read(path, threads, &|seen| match seen {
        Seen::Found(found) => {
            let Found { source_hint, draft } = *found;
            let name = draft.native_id.clone();
            match prepare(draft, &source_hint) {
                Ok(prepared) => send(Read::Prepared(source_hint, Box::new(prepared))),
                Err(error) => send(Read::Unread("cannot be recorded", format!("{name}: {error:#}"))),
            }
        }
        Seen::Skipped { reason, .. } => send(Read::Skipped(reason)),
        Seen::Unread { path, kind, sentence } => send(Read::Unread(kind, format!("{path}: {sentence}"))),
    })?)
}

async fn record(
    knowledge: &Knowledge,
    path: &Path,
    mut receiver: mpsc::Receiver<Read>,
    now: Timestamp,
    progress: &(dyn Fn(&Imported) + Send + Sync),
    nudges: watch::Sender<()>,
) -> anyhow::Result<Imported> {
    let mut imported = Imported::default();
    let mut waiting: BTreeMap<String, Vec<Prepared>> = BTreeMap::new();
    while let Some(read) = receiver.recv().await {
        match read {
            Read::Prepared(source, prepared) => {
                let drafts = waiting.entry(source.clone()).or_default();
                drafts.push(*prepared);
                if drafts.len() >= BATCH {
                    let drafts = std::mem::take(drafts);
                    write(knowledge, path, &source, drafts, now, &mut imported).await?;
                    nudges.send_replace(());
                    progress(&imported);
                }
            }
            Read::Skipped(reason) => *imported.skipped.entry(reason.to_owned()).or_default() += 1,
            Read::Unread(kind, sentence) => {
                let trouble = imported.unread.entry(kind.to_owned()).or_default();
                trouble.files += 1;
                if trouble.examples.len() < EXAMPLES {
                    trouble.examples.push(sentence);
                }
            }
        }
    }
    for (source, drafts) in waiting {
        write(knowledge, path, &source, drafts, now, &mut imported).await?;
        progress(&imported);
    }
    note_rounds(knowledge, &imported, now).await?;
    Ok(imported)
}

async fn write(
    knowledge: &Knowledge,
    path: &Path,
    source: &str,
    drafts: Vec<Prepared>,
    now: Timestamp,
    imported: &mut Imported,
) -> anyhow::Result<()> {
    if !imported.sources.contains_key(source) {
        add_source(knowledge, path, source, now).await?;
    }
    let recorded = knowledge.record(source, &drafts, now).await?;
    imported.add(source, recorded);
    Ok(())
}

/// A source for what is imported, unless there is one of that name already.
async fn add_source(knowledge: &Knowledge, path: &Path, slug: &str, now: Timestamp) -> anyhow::Result<()> {
    if knowledge.source(slug).await?.is_some() {
        return Ok(());
    }
    let source = Source {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        vendor: None,
        kind: Kind::Folder,
        address: path.display().to_string(),
        standing: Standing::ThirdParty,
        every_minutes: 0,
        private_network: false,
        options: serde_json::Value::Null,
    };
    knowledge.add_source(&source, now).await?;
    Ok(())
}

/// Every source that was imported into gets a round in its history.
async fn note_rounds(knowledge: &Knowledge, imported: &Imported, now: Timestamp) -> anyhow::Result<()> {
    for (slug, counts) in &imported.sources {
        let Some(view) = knowledge.source(slug).await? else { continue };
        let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let end = RoundEnd {
            failure: None,
            remark: None,
            symptom: None,
            seen: number(counts.new + counts.revised + counts.known),
            new: number(counts.new),
            revised: number(counts.revised),
            next_try: view.health.next_try,
        };
        let ended = Ended { source: view.id, started: now, now, end, memory: serde_json::Value::Null };
        knowledge.end_rounds(&[ended]).await?;
    }
    Ok(())
}
