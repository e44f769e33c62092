//! The only clock: what time it is, and what happens when.
//!
//! A handful of ticks, each guarded against running twice at once and awaited when the program stops. When a single
//! source is due is not decided here: that is a row of the record.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use crawler::inbox::Inbox;
use crawler::round::{Crawl, Turn, round};
use index::knowledge::Knowledge;
use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio_cron_scheduler::{Job, JobScheduler};

use crate::arrival::Packages;

/// Seconds between two looks at whether the full-text index is behind, because another process recorded something.
const FOLLOW_EVERY: Duration = Duration::from_secs(5);

/// Seconds between two looks into the drop folder; a file is taken at the second one that finds it unchanged.
const LOOK_INTO_INBOX_EVERY: Duration = Duration::from_secs(5);

/// What time it is.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The running ticks.
pub struct Schedule {
    scheduler: JobScheduler,
    turns: Vec<Arc<Mutex<()>>>,
}

type Work = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>> + Send + Sync>;

impl Schedule {
    /// Starts the ticks: due sources are asked every `look_every`, if `crawl` is given, and the index follows.
    ///
    /// # Errors
    /// When the scheduler cannot be started.
    pub async fn start(
        knowledge: Knowledge,
        crawl: Option<Crawl>,
        look_every: Duration,
    ) -> anyhow::Result<Self> {
        let scheduler = JobScheduler::new().await.context("start the clock")?;
        let mut schedule = Self { scheduler, turns: Vec::new() };
        let follow: Work = Arc::new(move || {
            let knowledge = knowledge.clone();
            Box::pin(async move {
                if knowledge.totals().await?.behind > 0 {
                    knowledge.follow().await?;
                }
                Ok(())
            })
        });
        schedule.tick("let the search index follow", FOLLOW_EVERY, follow).await?;
        if let Some(crawl) = crawl {
            let look: Work = Arc::new(move || {
                let crawl = crawl.clone();
                Box::pin(async move { round(&crawl, &log_turn).await.map(|_| ()) })
            });
            schedule.tick("ask the sources that are due", look_every, look).await?;
        }
        schedule.scheduler.start().await.context("start the clock")?;
        Ok(schedule)
    }

    /// Takes what lies in the drop folder, every few seconds.
    ///
    /// # Errors
    /// When the clock cannot be set.
    pub async fn watch(
        &mut self,
        inbox: Inbox,
        knowledge: Knowledge,
        packages: Packages,
    ) -> anyhow::Result<()> {
        let inbox = Arc::new(Mutex::new(inbox));
        let look: Work = Arc::new(move || {
            let (inbox, knowledge, packages) = (Arc::clone(&inbox), knowledge.clone(), packages.clone());
            Box::pin(async move { packages.empty(&mut *inbox.lock().await, &knowledge, now()).await })
        });
        self.tick("take what lies in the drop folder", LOOK_INTO_INBOX_EVERY, look).await
    }

    /// One tick: `work` every `every`, never twice at once; a failure is logged and the next tick tries again.
    async fn tick(&mut self, name: &'static str, every: Duration, work: Work) -> anyhow::Result<()> {
        let turn = Arc::new(Mutex::new(()));
        self.turns.push(Arc::clone(&turn));
        let job = Job::new_repeated_async(every.max(Duration::from_secs(1)), move |_, _| {
            let (turn, work) = (Arc::clone(&turn), Arc::clone(&work));
            Box::pin(async move {
                let Ok(_only) = turn.try_lock() else { return };
                if let Err(error) = work().await {
                    tracing::error!("failed to {name}: {error:#}");
                }
            })
        });
        self.scheduler
            .add(job.with_context(|| format!("set the clock to {name}"))?)
            .await
            .context("set the clock")?;
        Ok(())
    }

    /// Stops the ticks and waits up to `patience` for what is under way.
    pub async fn stop(mut self, patience: Duration) {
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!("the clock did not stop by itself: {error}");
        }
        let under_way = async {
            for turn in &self.turns {
                drop(turn.lock().await);
            }
        };
        if tokio::time::timeout(patience, under_way).await.is_err() {
            tracing::warn!(
                "stopped while sources were being read; they are asked again after the next start"
            );
        }
    }
}

/// What the log keeps of one source's turn.
pub fn log_turn(turn: &Turn) {
    let (source, end) = (&turn.source, &turn.end);
    match &end.failure {
        Some(failure) => tracing::warn!(source, "{failure}"),
        None => tracing::info!(source, seen = end.seen, new = end.new, revised = end.revised, "asked"),
    }
    for remark in &turn.remarks {
        tracing::info!(source, "{remark}");
    }
}
