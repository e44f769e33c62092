//! One round: due sources are taken, fetched, read and recorded. A failure stays with its source.
//!
//! Every way out of a source's turn goes through `end`, which records how it went and when it is asked again; nothing
//! that a source does ends the round. Refuses to know what time it is: the clock is handed in.

mod recorder;
mod taking;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use index::canary::Step;
use index::enrichment::Fact;
use index::health::Symptom;
use index::keys::sighting::Place;
use index::knowledge::{Knowledge, Recorded};
use index::source::{Due, Ended, Kind, Leased, RoundEnd, Source};
use inspect::key::reading::Found;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::error::Elapsed;

use self::recorder::{LINGER, Recorder};
use self::taking::{WAITING, take};
use crate::fetch::{Door, Retry, backoff};
use crate::sources::{self, Errand, Trouble};
use crate::{health, ledger};

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
    /// Where this process serves the canary's document; one that does not leaves the canary to one that does.
    pub canary: Option<String>,
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
    let except: &[Kind] = if crawl.canary.is_some() { &[] } else { &[Kind::Canary] };
    let mut vendors = BTreeSet::new();
    let (recorder, recording) = Recorder::start(crawl.knowledge.clone());
    let mut under_way = JoinSet::new();
    let mut held: HashMap<Id, Leased> = HashMap::new();
    let (mut total, mut more, mut over) = (Round::default(), true, Vec::new());
    loop {
        let free = crawl.together.saturating_sub(under_way.len());
        // To take a few costs as much as to take one.
        let room = if more && free > crawl.together / 8 { free } else { 0 };
        let limit = u32::try_from(room).unwrap_or(u32::MAX);
        let due = Due { holder: &crawl.holder, limit, named, except };
        let leased = turn_over(crawl, &due, &over).await?;
        for Over { turn, recorded, .. } in over.drain(..) {
            total.sources += 1;
            total.failed += u32::from(turn.end.failure.is_some());
            total.recorded += recorded;
            turned(&turn);
        }
        more &= leased.len() == room || room == 0;
        for leased in leased {
            if matches!(leased.source.kind, Kind::Feed | Kind::Page) {
                vendors.extend(leased.source.vendor.clone());
            }
            let (crawl, recorder, kept) = (crawl.clone(), recorder.clone(), leased.clone());
            let task = under_way.spawn(async move { turn(&crawl, &recorder, leased).await });
            held.insert(task.id(), kept);
        }
        let joined = ended(&mut under_way, crawl.together / 8).await;
        if joined.is_empty() {
            break;
        }
        for joined in joined {
            over.extend(settle(joined, &mut held, (crawl.clock)())?);
        }
    }
    drop(recorder);
    recording.await?;
    let news = total.recorded.new + total.recorded.revised > 0;
    look_back(crawl, &vendors, news).await?;
    Ok(total)
}

/// Records how turns ended, and takes sources that are due in their place.
async fn turn_over(crawl: &Crawl, due: &Due<'_>, over: &[Over]) -> anyhow::Result<Vec<Leased>> {
    if over.is_empty() && due.limit == 0 {
        return Ok(Vec::new());
    }
    let ended: Vec<Ended> = over.iter().map(|over| over.ended.clone()).collect();
    crawl.knowledge.turn_over(&ended, due, (crawl.clock)()).await
}

/// What follows when everybody had a turn: the index reads what is new, the channels of these vendors are compared, and the
/// canary is searched for.
async fn look_back(crawl: &Crawl, vendors: &BTreeSet<String>, news: bool) -> anyhow::Result<()> {
    crawl.knowledge.follow().await?;
    let now = (crawl.clock)();
    crawl.knowledge.settle_keys(now).await?;
    let told = ledger::tell(&crawl.knowledge, now).await?;
    let judged = if news || told > 0 { ledger::judge_again(&crawl.knowledge, now).await? } else { 0 };
    if told + judged > 0 {
        crawl.knowledge.follow().await?;
    }
    crawl.knowledge.compare_channels(vendors, now).await?;
    if crawl.canary.is_some() {
        crawl.knowledge.look_for_canary(now).await?;
    }
    Ok(())
}

/// How a turn ended.
type Joined = Result<(Id, anyhow::Result<Over>), JoinError>;

/// Turns that are over, to be written down together: the first, and what ends within a moment of it, until there are enough
/// to take new ones: a place that nobody has costs time. None when none is under way.
async fn ended(under_way: &mut JoinSet<anyhow::Result<Over>>, enough: usize) -> Vec<Joined> {
    let mut ended: Vec<Joined> = under_way.join_next_with_id().await.into_iter().collect();
    let others = async {
        while ended.len() <= enough {
            let Some(other) = under_way.join_next_with_id().await else { break };
            ended.push(other);
        }
    };
    // Enough of them or enough of waiting: both will do.
    let _ = tokio::time::timeout(LINGER, others).await;
    ended.extend(std::iter::from_fn(|| under_way.try_join_next_with_id()));
    ended
}

/// A turn that is over.
struct Over {
    ended: Ended,
    turn: Turn,
    recorded: Recorded,
}

/// What came of a turn; one whose reader broke down is given up, and the other sources go on.
fn settle(joined: Joined, held: &mut HashMap<Id, Leased>, now: Timestamp) -> anyhow::Result<Option<Over>> {
    match joined {
        Ok((id, over)) => {
            held.remove(&id);
            over.map(Some)
        }
        Err(broken) => Ok(held.remove(&broken.id()).map(|leased| gave_up(leased, now))),
    }
}

/// The end of a turn whose reader broke down; the other sources go on.
fn gave_up(leased: Leased, now: Timestamp) -> Over {
    let sentence = format!("read it: the reader of the kind {} broke down", leased.source.kind.as_str());
    let end = end(&leased, Some((sentence, Retry::Backoff)), &[], 0, Recorded::default(), now);
    let ended = Ended { source: leased.id, started: now, now, end: end.clone(), memory: leased.memory };
    let turn = Turn { source: leased.source.slug, end, remarks: Vec::new() };
    Over { ended, turn, recorded: Recorded::default() }
}

/// One source's turn, from its lease to its end, which is to be recorded.
async fn turn(crawl: &Crawl, recorder: &Recorder, mut leased: Leased) -> anyhow::Result<Over> {
    if let Some(address) = crawl.canary.as_ref().filter(|_| leased.source.kind == Kind::Canary) {
        leased.source.address.clone_from(address);
    }
    let started = (crawl.clock)();
    let (drafts, taken) = mpsc::channel(WAITING);
    let recording = tokio::spawn(take(recorder.clone(), leased.clone(), started, taken));
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
        sights: Vec::new(),
    };
    let read = tokio::time::timeout(crawl.patience, sources::read(&mut errand)).await;
    let fetched = (crawl.clock)();
    let Errand { drafts, memory, seen, mut remarks, symptom: mut doubt, facts, sights, .. } = errand;
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
    if recorded.is_ok()
        && let Err(error) = sight(crawl, &sights, started).await
    {
        recorded = Err(error);
    }
    let symptom = read.as_ref().ok().and_then(|read| read.as_ref().err()).and_then(health::symptom);
    let trouble = trouble(crawl.patience, read, recorded.as_ref().err());
    let failed = trouble.is_some();
    if leased.source.kind == Kind::Canary && !failed {
        note_canary(crawl, &memory, fetched, recorded.as_ref().ok()).await?;
    }
    let symptom = if failed { symptom } else { doubt };
    let recorded = recorded.unwrap_or_default();
    let end = RoundEnd { symptom, ..end(&leased, trouble, &remarks, seen, recorded, (crawl.clock)()) };
    // What a reader remembers of a failed turn could hide what it did not bring.
    let memory = if failed { leased.memory } else { memory };
    let ended = Ended { source: leased.id, started, now: (crawl.clock)(), end: end.clone(), memory };
    Ok(Over { ended, turn: Turn { source: leased.source.slug, end, remarks }, recorded })
}

/// Why a turn failed, in a fragment that reads after "failed to", and when to try again.
fn trouble(
    patience: Duration,
    read: Result<Result<(), Trouble>, Elapsed>,
    unrecorded: Option<&anyhow::Error>,
) -> Option<(String, Retry)> {
    match (read, unrecorded) {
        (_, Some(error)) => Some((format!("record what it brought: {error:#}"), Retry::Backoff)),
        (Err(_), None) => {
            Some((format!("finish within {} minutes", patience.as_secs() / 60), Retry::Backoff))
        }
        (Ok(Err(trouble)), None) => Some((trouble.to_string(), retry(&trouble))),
        (Ok(Ok(())), None) => None,
    }
}

/// Notes which steps the canary's token has reached. One that was seen before proves nothing: it came out of some cache.
async fn note_canary(
    crawl: &Crawl,
    memory: &serde_json::Value,
    fetched: Timestamp,
    recorded: Option<&Recorded>,
) -> anyhow::Result<()> {
    let Some(token) = memory.as_str() else { return Ok(()) };
    crawl.knowledge.canary_reached(token, Step::Fetch, fetched).await?;
    if recorded.is_some_and(|recorded| recorded.new + recorded.revised > 0) {
        crawl.knowledge.canary_reached(token, Step::Store, (crawl.clock)()).await?;
    }
    Ok(())
}

/// Records which keys were where.
async fn sight(crawl: &Crawl, sights: &[(Place, Vec<Found>)], now: Timestamp) -> anyhow::Result<()> {
    for (place, found) in sights {
        crawl.knowledge.sight(place, found, now).await?;
    }
    Ok(())
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
