//! How a package that arrived is read and recorded, whichever way it came.
//!
//! Inspections take turns: each is a process of its own with its own memory. Refuses to know where the file came from.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use crawler::inbox::{Arrived, Inbox};
use crawler::ledger;
use index::knowledge::Knowledge;
use index::package::{Package, Way};
use inspect::inspection::Inspection;
use inspect::reading::Question;
use inspect::signature::fact::SignatureFact;
use inspect::signature::reading::Beside;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::inspection::{Earlier, Inspector};
use crate::settings;

/// Bytes of the largest signature that is taken; one over a whole archive with its chain has some 20 KB.
pub(crate) const LARGEST_SIGNATURE: u64 = 1 << 20;

/// How packages that arrive are read; cheap to clone.
#[derive(Clone, Debug)]
pub struct Packages {
    /// Who reads them.
    pub inspector: Inspector,
    /// Bytes of the largest upload.
    pub largest: u64,
    turns: Arc<Semaphore>,
}

impl Default for Packages {
    fn default() -> Self {
        Self::new(&settings::Packages::default())
    }
}

impl Packages {
    /// As the settings say.
    #[must_use]
    pub fn new(settings: &settings::Packages) -> Self {
        Self {
            inspector: Inspector::new(Duration::from_secs(settings.patience_seconds.max(1).into())),
            largest: u64::from(settings.largest_upload_mib) << 20,
            turns: Arc::new(Semaphore::new(settings.together.clamp(1, 64))),
        }
    }

    /// Takes, inspects and files what lies complete in the drop folder. A file whose inspection cannot be had stays
    /// taken; it is tried again at the next start.
    ///
    /// # Errors
    /// When the folder cannot be read, or a file of it not be inspected, recorded or filed.
    pub async fn empty(
        &self,
        inbox: &mut Inbox,
        knowledge: &Knowledge,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let mut failed = None;
        for arrived in inbox.look()? {
            match self.arrived(&arrived, knowledge, now).await.and_then(|package| {
                tracing::info!(file = arrived.name, attention = package.attention.as_str(), "package read");
                inbox.file(&arrived, &package.digest)
            }) {
                Ok(()) => {}
                Err(error) => {
                    failed = Some(error.context(format!("read {} from the drop folder", arrived.name)))
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn arrived(
        &self,
        arrived: &Arrived,
        knowledge: &Knowledge,
        now: Timestamp,
    ) -> anyhow::Result<Package> {
        let file = File::open(&arrived.path).context("open the file")?;
        let signature = arrived.signature.as_deref().map(beside).transpose()?;
        let question = Question {
            name: arrived.name.clone(),
            signature,
            keys: Vec::new(),
            at: now.as_second(),
            keep: false,
        };
        self.inspect(knowledge, file, question, None, Way::Inbox, now).await
    }

    /// Inspects a file when it is its turn, compares it with an earlier one if there is one, and records the report and which
    /// keys it brings along.
    ///
    /// # Errors
    /// When the file cannot be read, no process be started, or the record not be written.
    pub async fn inspect(
        &self,
        knowledge: &Knowledge,
        file: File,
        mut question: Question,
        earlier: Option<Earlier>,
        way: Way,
        now: Timestamp,
    ) -> anyhow::Result<Package> {
        question.keys.extend(knowledge.known_keys().await?);
        let turn = self.turns.acquire().await.context("wait for a turn")?;
        let (inspector, alone) = (self.inspector.clone(), question.signature.is_none());
        let read = move || inspector.keep(file, &question, earlier);
        let mut read = tokio::task::spawn_blocking(read).await.context("inspect a package")??;
        drop(turn);
        if alone && let Some(before) = knowledge.package(&read.inspection.sha256).await? {
            keep_signatures(&mut read.inspection, before.inspection);
        }
        let package = knowledge.record_package(&read.inspection, read.kept.as_ref(), way, now).await?;
        let sighted = knowledge.sight_carried(&package.digest, &read.keys, now).await?;
        knowledge.follow().await?;
        ledger::judge(knowledge, &package.digest, now).await?;
        if sighted.changes > 0 {
            // A copy of a key that was brought along can say that it was revoked or renewed, and prove it.
            ledger::tell(knowledge, now).await?;
            ledger::judge_again(knowledge, now).await?;
        }
        Ok(package)
    }
}

/// What was said of a signature that came beside the same bytes before holds on, when they come again without it.
fn keep_signatures(inspection: &mut Inspection, before: Inspection) {
    let is_there = |fact: &SignatureFact| {
        inspection.signatures.iter().any(|own| (own.scheme, &own.path) == (fact.scheme, &fact.path))
    };
    // What came beside it stands first, as when it came; verdicts are kept by that place.
    let mut signatures: Vec<_> = before.signatures.into_iter().filter(|fact| !is_there(fact)).collect();
    signatures.append(&mut inspection.signatures);
    inspection.signatures = signatures;
}

/// Reads a signature that lies in a file of its own.
///
/// # Errors
/// When it cannot be read, or is larger than any signature.
pub(crate) fn beside(path: &Path) -> anyhow::Result<Beside> {
    let read = || format!("read the signature {}", path.display());
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(read)?;
    file.take(LARGEST_SIGNATURE + 1).read_to_end(&mut bytes).with_context(read)?;
    if bytes.len() as u64 > LARGEST_SIGNATURE {
        bail!("read the signature {}: it is larger than any signature", path.display());
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Beside { name, bytes })
}
