//! What the sources of a round bring, recorded together: whatever comes while the record is busy, or a moment later, goes
//! into one transaction.
//!
//! Thousands of sources that bring a little each would otherwise wait for a disk each. Refuses to let one source's trouble
//! be another's: what cannot be recorded together is tried part by part.

use std::time::Duration;

use index::knowledge::{Batch, Knowledge, Recorded};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Batches that are recorded in one transaction, and that wait for the next one before who brings more has to wait.
const TOGETHER: usize = 64;

/// How long the first of them waits for the others: every transaction is written through to the disk, and hardly any source
/// is in such a hurry.
pub(super) const LINGER: Duration = Duration::from_millis(20);

/// A batch, and who waits to hear what became of it.
struct Parcel {
    batch: Batch,
    reply: oneshot::Sender<anyhow::Result<Recorded>>,
}

/// The way to the record; the copies of one share its transactions.
#[derive(Clone)]
pub(super) struct Recorder {
    parcels: mpsc::Sender<Parcel>,
}

impl Recorder {
    /// Begins to record; ends when nobody is left who could bring something.
    pub(super) fn start(knowledge: Knowledge) -> (Self, JoinHandle<()>) {
        let (parcels, mut brought) = mpsc::channel(TOGETHER);
        let recording = tokio::spawn(async move {
            let mut some = Vec::with_capacity(TOGETHER);
            while brought.recv_many(&mut some, TOGETHER).await > 0 {
                gather(&mut brought, &mut some).await;
                record(&knowledge, std::mem::take(&mut some)).await;
            }
        });
        (Self { parcels }, recording)
    }

    /// Has a batch recorded.
    ///
    /// # Errors
    /// When the record cannot be written; then nothing of the batch is.
    pub(super) async fn record(&self, batch: Batch) -> anyhow::Result<Recorded> {
        let (reply, answer) = oneshot::channel();
        let stopped = || anyhow::anyhow!("reach the record: the round is over");
        self.parcels.send(Parcel { batch, reply }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

/// Takes what else is brought within [`LINGER`].
async fn gather(brought: &mut mpsc::Receiver<Parcel>, some: &mut Vec<Parcel>) {
    if some.len() < TOGETHER {
        // To be woken by each of them costs more than it gains.
        tokio::time::sleep(LINGER).await;
        some.extend(std::iter::from_fn(|| brought.try_recv().ok()).take(TOGETHER - some.len()));
    }
}

async fn record(knowledge: &Knowledge, parcels: Vec<Parcel>) {
    let (batches, replies): (Vec<Batch>, Vec<_>) =
        parcels.into_iter().map(|parcel| (parcel.batch, parcel.reply)).unzip();
    let together = knowledge.record_together(&batches).await;
    let answers: Vec<anyhow::Result<Recorded>> = match together {
        Ok(recorded) => recorded.into_iter().map(Ok).collect(),
        Err(error) if batches.len() == 1 => vec![Err(error)],
        Err(_) => {
            let mut answers = Vec::with_capacity(batches.len());
            for batch in &batches {
                let recorded = knowledge.record_together(std::slice::from_ref(batch)).await;
                answers.push(recorded.map(|recorded| recorded.into_iter().next().unwrap_or_default()));
            }
            answers
        }
    };
    for (reply, answer) in replies.into_iter().zip(answers) {
        // Who does not wait any more has been given up, and its source with it.
        let _ = reply.send(answer);
    }
}
