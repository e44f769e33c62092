//! The only clock: what time it is, and what happens when.
//!
//! A handful of ticks, each guarded against running twice at once and awaited when the program stops. When a single
//! source is due is not decided here: that is a row of the record.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex as Held, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use crawler::inbox::Inbox;
use crawler::round::{Crawl, Turn, round};
use index::knowledge::Knowledge;
use index::notice::Tick;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use tokio_cron_scheduler::{Job, JobScheduler};

use crate::arrival::Packages;
use crate::post::Post;

/// Seconds between two looks at whether the full-text index is behind, because another process recorded something.
const FOLLOW_EVERY: Duration = Duration::from_secs(5);

/// Between two notes in the record that the clock runs.
const NOTE_EVERY: Duration = Duration::from_mins(1);

/// How long without such a note is unusual.
const NOTE_OVERDUE: SignedDuration = SignedDuration::from_mins(10);

/// How far the time of day may go on by another length than time itself before that is a jump.
const JUMP: SignedDuration = SignedDuration::from_mins(2);
/// Seconds between two looks at what is new for subscriptions, which digests are due, and what has to be sent.
const POST_EVERY: Duration = Duration::from_secs(5);
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
    knowledge: Knowledge,
}

/// When the program last did something about its sources, and what its clock said when it was last noted.
struct Pulse {
    looked: Held<Timestamp>,
    /// How long a look may take before it counts as stuck; none where nothing is crawled.
    look_overdue: Option<SignedDuration>,
    noted: Held<(Timestamp, Instant)>,
}

impl Pulse {
    fn new(crawl: Option<&Crawl>) -> Self {
        let overdue = crawl.and_then(|crawl| SignedDuration::try_from(crawl.patience).ok());
        Self {
            looked: Held::new(now()),
            look_overdue: overdue.map(|patience| patience.saturating_add(NOTE_OVERDUE)),
            noted: Held::new((now(), Instant::now())),
        }
    }

    /// A look for due sources, or the turn of one, has ended.
    fn looked(&self) {
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = now();
    }

    /// What is to be noted now.
    fn ticks(&self) -> Vec<Tick> {
        let (now, instant) = (now(), Instant::now());
        let before = {
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *noted, (now, instant))
        };
        let passed = instant.duration_since(before.1);
        let tick = |name: &str, ran: Timestamp, overdue, jump| Tick {
            name: name.to_owned(),
            ran,
            expected: ran.saturating_add(overdue).unwrap_or(Timestamp::MAX),
            jump,
        };
        let jump = jumped(before.0, now, passed).map(|by| (now, by));
        let mut ticks = vec![tick("note that its clock runs", now, NOTE_OVERDUE, jump)];
        if let Some(overdue) = self.look_overdue {
            let looked = *self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            ticks.push(tick("look for due sources", looked, overdue, None));
        }
        ticks
    }
}

/// By how much the time of day went on further than time itself, where that is a jump. A machine that slept jumps too.
fn jumped(before: Timestamp, now: Timestamp, passed: Duration) -> Option<SignedDuration> {
    let passed = SignedDuration::try_from(passed).ok()?;
    let by = now.duration_since(before).saturating_sub(passed);
    (by.abs() > JUMP).then_some(by)
}

type Work = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>> + Send + Sync>;

impl Schedule {
    /// Starts the ticks: due sources are asked every `look_every`, if `crawl` is given, the index follows, and what is
    /// new leaves, if `post` is given. `turned` is told how each source's turn went.
    ///
    /// # Errors
    /// When the scheduler cannot be started.
    pub async fn start(
        knowledge: Knowledge,
        crawl: Option<Crawl>,
        post: Option<Post>,
        look_every: Duration,
        turned: Arc<dyn Fn(&Turn) + Send + Sync>,
    ) -> anyhow::Result<Self> {
        let scheduler = JobScheduler::new().await.context("start the clock")?;
        let mut schedule = Self { scheduler, turns: Vec::new(), knowledge: knowledge.clone() };
        let pulse = Arc::new(Pulse::new(crawl.as_ref()));
        knowledge.keep_ticks(&pulse.ticks()).await?;
        let (noting, noted) = (knowledge.clone(), Arc::clone(&pulse));
        let note: Work = Arc::new(move || {
            let (knowledge, pulse) = (noting.clone(), Arc::clone(&noted));
            Box::pin(async move { knowledge.keep_ticks(&pulse.ticks()).await })
        });
        schedule.tick("note that the clock runs", NOTE_EVERY, note).await?;
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
                let (crawl, pulse, turned) = (crawl.clone(), Arc::clone(&pulse), Arc::clone(&turned));
                Box::pin(async move {
                    let turned = |turn: &Turn| {
                        pulse.looked();
                        turned(turn);
                    };
                    let ended = round(&crawl, &turned).await;
                    pulse.looked();
                    ended.map(|_| ())
                })
            });
            schedule.tick("ask the sources that are due", look_every, look).await?;
        }
        if let Some(post) = post {
            schedule.post(post).await?;
        }
        schedule.scheduler.start().await.context("start the clock")?;
        Ok(schedule)
    }

    /// The ticks of what leaves by itself: made by one, sent by the other, so that a slow far side holds nothing up.
    async fn post(&mut self, post: Post) -> anyhow::Result<()> {
        let sending = post.clone();
        let make: Work = Arc::new(move || {
            let post = post.clone();
            Box::pin(async move { post.compose().await.map(|_| ()) })
        });
        self.tick("make the digests that are due", POST_EVERY, make).await?;
        let send: Work = Arc::new(move || {
            let post = sending.clone();
            Box::pin(async move { post.drain().await.map(|_| ()) })
        });
        self.tick("send what is due", POST_EVERY, send).await
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
        if let Err(error) = self.knowledge.forget_ticks().await {
            tracing::warn!("the record does not know that the clock stopped in order: {error:#}");
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::{SignedDuration, Timestamp};

    use super::jumped;

    fn check(wall: i64, passed: u64, expected: Option<i64>) {
        let before: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let now = before + SignedDuration::from_secs(wall);
        let found = jumped(before, now, Duration::from_secs(passed));
        assert_eq!(found.map(|by| by.as_secs()), expected, "{wall} {passed}");
    }

    #[test]
    fn a_jump_is_what_the_time_of_day_went_further_than_time() {
        check(60, 60, None);
        check(90, 60, None);
        check(3_660, 60, Some(3_600));
        check(-3_540, 60, Some(-3_600));
        check(7_200, 7_200, None);
    }
}
