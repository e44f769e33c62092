//! One round: due sources are taken, fetched, read and recorded. A failure stays with its source.
//!
//! Every way out of a source's turn goes through `end`, which records how it went and when it is asked again; nothing
//! that a source does ends the round. Refuses to know what time it is: the clock is handed in.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use index::enrichment::Fact;
use index::entry::Draft;
use index::health::Symptom;
use index::knowledge::{Knowledge, Recorded};
use index::prepare::prepare;
use index::source::{Kind, Leased, RoundEnd, Source};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio::task::{Id, JoinSet};

use crate::fetch::{Door, Retry, backoff};
use crate::health;
use crate::sources::{self, Errand, Trouble};

/// Drafts that are recorded in one transaction.
const BATCH: usize = 200;

/// Drafts that wait to be recorded before a reader has to wait.
const WAITING: usize = 400;

/// What the sources of a round share.
#[derive(Clone)]
pub struct Crawl {
    /// Where everything is recorded.
    pub knowledge: Knowledge,
    /// The only way to the network.
    pub door: Door,
    /// What time it is; the program has one clock.
    pub clock: fn() -> Timestamp,
    /// Name under which sources are leased, unique to this process.
    pub holder: String,
    /// The longest that one source's turn may take.
    pub patience: Duration,
    /// Sources that have their turn at the same time.
    pub together: usize,
}

/// What a round came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Sources that had their turn.
    pub sources: u32,
    /// Those of them that failed.
    pub failed: u32,
    /// What their drafts came to.
    pub recorded: Recorded,
}

/// How one source's turn went.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Slug of the source.
    pub source: String,
    /// How it ended.
    pub end: RoundEnd,
    /// Odd things about single documents, in sentences.
    pub remarks: Vec<String>,
}

/// Gives every source that is due its turn, and tells `turned` how each went. Ends when none is due any more.
///
/// # Errors
/// Only when the record fails; what a source does is recorded with the source.
pub async fn round(crawl: &Crawl, turned: &(dyn Fn(&Turn) + Send + Sync)) -> anyhow::Result<Round> {
    round_of(crawl, &[], turned).await
}

/// The same for those of the `named` sources that are due alone, or for all of them if none is named.
///
/// # Errors
/// Only when the record fails; what a source does is recorded with the source.
pub async fn round_of(
    crawl: &Crawl,
    named: &[String],
    turned: &(dyn Fn(&Turn) + Send + Sync),
) -> anyhow::Result<Round> {
    let mut under_way = JoinSet::new();
    let mut held: HashMap<Id, Leased> = HashMap::new();
    let (mut total, mut more) = (Round::default(), true);
    loop {
        let free = crawl.together.saturating_sub(under_way.len());
        if more && free > 0 {
            let now = (crawl.clock)();
            let due = {
                let limit = u32::try_from(free).unwrap_or(1);
                crawl.knowledge.lease_named(&crawl.holder, now, limit, named).await?
            };
            more = due.len() == free;
            for leased in due {
                let (crawl, kept) = (crawl.clone(), leased.clone());
                let task = under_way.spawn(async move { turn(&crawl, leased).await });
                held.insert(task.id(), kept);
            }
        }
        let Some(ended) = under_way.join_next_with_id().await else { break };
        let (turn, recorded) = match ended {
            Ok((id, ended)) => {
                held.remove(&id);
                ended?
            }
            Err(broken) => match held.remove(&broken.id()) {
                Some(leased) => (gave_up(crawl, leased).await?, Recorded::default()),
                None => continue,
            },
        };
        total.sources += 1;
        total.failed += u32::from(turn.end.failure.is_some());
        total.recorded += recorded;
        turned(&turn);
    }
    crawl.knowledge.follow().await?;
    Ok(total)
}

/// The end of a turn whose reader broke down; the other sources go on.
async fn gave_up(crawl: &Crawl, leased: Leased) -> anyhow::Result<Turn> {
    let sentence = format!("read it: the reader of the kind {} broke down", leased.source.kind.as_str());
    let now = (crawl.clock)();
    let end = end(&leased, Some((sentence, Retry::Backoff)), &[], 0, Recorded::default(), now);
    crawl.knowledge.end_round(leased.id, now, now, &end, &leased.memory).await?;
    Ok(Turn { source: leased.source.slug, end, remarks: Vec::new() })
}

/// One source's turn, from its lease to its recorded end.
async fn turn(crawl: &Crawl, leased: Leased) -> anyhow::Result<(Turn, Recorded)> {
    let started = (crawl.clock)();
    let (drafts, taken) = mpsc::channel(WAITING);
    let recording = tokio::spawn(take(crawl.clone(), leased.source.slug.clone(), started, taken));
    let mut errand = Errand {
        source: &leased.source,
        door: &crawl.door,
        now: started,
        memory: leased.memory.clone(),
        drafts,
        seen: 0,
        remarks: Vec::new(),
        symptom: None,
        facts: None,
    };
    let read = tokio::time::timeout(crawl.patience, sources::read(&mut errand)).await;
    let Errand { drafts, memory, seen, mut remarks, symptom: mut doubt, facts, .. } = errand;
    drop(drafts);
    let mut recorded = recording.await?;
    if let (Ok(Ok(())), Some(facts), true) = (&read, facts, recorded.is_ok()) {
        match enrich(crawl, &leased.source, facts, started).await {
            Ok((listed, lost)) => {
                recorded = recorded.map(|so_far| so_far + listed);
                doubt = doubt.or(lost.as_ref().map(|_| Symptom::Shrunk));
                remarks.splice(0..0, lost);
            }
            Err(error) => recorded = Err(error),
        }
    }
    let symptom = read.as_ref().ok().and_then(|read| read.as_ref().err()).and_then(health::symptom);
    let trouble = match (read, &recorded) {
        (_, Err(error)) => Some((format!("record what it brought: {error:#}"), Retry::Backoff)),
        (Err(_), _) => {
            Some((format!("finish within {} minutes", crawl.patience.as_secs() / 60), Retry::Backoff))
        }
        (Ok(Err(trouble)), _) => Some((trouble.to_string(), retry(&trouble))),
        (Ok(Ok(())), _) => None,
    };
    let failed = trouble.is_some();
    let symptom = if failed { symptom } else { doubt };
    let recorded = recorded.unwrap_or_default();
    let end = RoundEnd { symptom, ..end(&leased, trouble, &remarks, seen, recorded, (crawl.clock)()) };
    // What a reader remembers of a failed turn could hide what it did not bring.
    let memory = if failed { &leased.memory } else { &memory };
    crawl.knowledge.end_round(leased.id, started, (crawl.clock)(), &end, memory).await?;
    Ok((Turn { source: leased.source.slug, end, remarks }, recorded))
}

/// Records what a list states about identifiers; answers how much of it was news, where the list brings nothing else, and
/// a sentence when it has lost too much to be believed.
async fn enrich(
    crawl: &Crawl,
    source: &Source,
    facts: Vec<Fact>,
    now: Timestamp,
) -> anyhow::Result<(Recorded, Option<String>)> {
    let enriched = crawl.knowledge.enrich(&source.slug, facts, now).await?;
    let recorded = match source.kind {
        Kind::Epss => Recorded {
            new: enriched.new,
            revised: enriched.changed + enriched.withdrawn,
            known: enriched.known,
        },
        _ => Recorded::default(),
    };
    let lost = (enriched.missing > 0).then(|| {
        let missing = enriched.missing;
        format!("the list no longer names {missing} identifiers at once; what it said of them is kept")
    });
    Ok((recorded, lost))
}

/// The one exit: why a turn failed, if it did, and when the source is asked again.
fn end(
    leased: &Leased,
    trouble: Option<(String, Retry)>,
    remarks: &[String],
    seen: u32,
    recorded: Recorded,
    now: Timestamp,
) -> RoundEnd {
    let source = &leased.source;
    let regular = SignedDuration::from_mins(i64::from(source.every_minutes.max(1)));
    let after = |wait: Duration| SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_hours(24));
    let seed = leased.id.0.unsigned_abs();
    let wait = match &trouble {
        None if source.kind == Kind::Folder && source.every_minutes == 0 => None,
        None => Some(regular),
        Some((_, Retry::GiveUp)) => None,
        Some((_, Retry::After(wait))) => Some(after(*wait).max(after(backoff(leased.health.failures, seed)))),
        Some((_, Retry::Backoff)) => Some(after(backoff(leased.health.failures, seed))),
    };
    let remark = match remarks {
        [] => None,
        [only] => Some(only.clone()),
        [first, others @ ..] => Some(format!("{first} (and {} more remarks)", others.len())),
    };
    RoundEnd {
        failure: trouble.map(|(sentence, _)| format!("failed to {sentence}")),
        remark,
        symptom: None,
        seen,
        new: recorded.new,
        revised: recorded.revised,
        next_try: wait.and_then(|wait| now.checked_add(wait).ok()),
    }
}

fn retry(trouble: &Trouble) -> Retry {
    match trouble {
        Trouble::Fetch(disappointment) => disappointment.retry(),
        Trouble::Settings(_) => Retry::GiveUp,
        Trouble::Read { .. } | Trouble::Absent { .. } | Trouble::Stopping => Retry::Backoff,
    }
}

/// Records drafts as they come, a batch at a time.
async fn take(
    crawl: Crawl,
    source: String,
    now: Timestamp,
    mut drafts: mpsc::Receiver<Draft>,
) -> anyhow::Result<Recorded> {
    let slug = Arc::new(source);
    let mut recorded = Recorded::default();
    let mut batch = Vec::with_capacity(BATCH);
    while drafts.recv_many(&mut batch, BATCH).await > 0 {
        let (some, source) = (std::mem::take(&mut batch), Arc::clone(&slug));
        let prepared = tokio::task::spawn_blocking(move || {
            some.into_iter().map(|draft| prepare(draft, &source)).collect::<anyhow::Result<Vec<_>>>()
        })
        .await??;
        recorded += crawl.knowledge.record(&slug, &prepared, now).await?;
    }
    Ok(recorded)
}
