//! Matching: what was recorded since the last look is held against every standing query, batch by batch.
//!
//! How far that went and what came of it are written together, so nothing is passed over and nothing is noted twice,
//! whenever the program is killed. The canary is held against a query of its own. A query that cannot be read or run lets everything through, and the digest says so.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use super::Knowledge;
use crate::canary::{self, Step};
use crate::link::running::Runs;
use crate::query;
use crate::revision::Change;
use crate::search::standing::Batch;
use crate::store;
use crate::store::delivery::Insert;
use crate::store::revision::Fresh;
use crate::store::subscription::Asking;
use crate::subscription::rhythm::Cadence;

/// Revisions that are held against the standing queries at a time.
const BATCH: i64 = 1_000;

/// The counter of the revision up to which everything was matched.
const MATCHED: &str = "matched";

/// What came of one query: the entries that it found, or why it let all of them through.
type Found = Result<Vec<i64>, String>;

impl Knowledge {
    /// Holds what is new or revised against every standing query, and notes what subscriptions are to be told of.
    /// Answers how many such notes were made.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub async fn match_new(&self, now: Timestamp) -> anyhow::Result<u64> {
        let mut noted = 0;
        loop {
            let from = store::counter::last(self.store.reader(), MATCHED).await?;
            let fresh = store::revision::after(self.store.reader(), from, BATCH).await?;
            let Some(last) = fresh.last() else { return Ok(noted) };
            let to = last.id;
            let asking = store::subscription::standing(self.store.reader()).await?;
            let (found, tokens) = self.hold_against(&asking, &fresh).await?;
            let here = self.hold_against_estates(&asking, &fresh).await?;
            let revisions = by_entry(&fresh);
            let rows: Vec<Insert<'_>> =
                asking.iter().flat_map(|one| deliveries(one, &revisions, &found, &here)).collect();
            let mut change = self.store.change().await?;
            if !store::counter::advance(&mut change, MATCHED, from, to).await? {
                // Somebody else has matched this batch.
                return Ok(noted);
            }
            store::delivery::insert(&mut change, &rows).await?;
            for token in &tokens {
                store::canary::reach(&mut change, token, Step::Match, now).await?;
            }
            let (ids, moments) = at_once(&asking, &rows, now);
            store::subscription::hasten(&mut change, &ids, &moments).await?;
            change.commit().await?;
            noted += rows.len() as u64;
        }
    }

    /// What is found for each environment that somebody watches, by its name; an empty one stands for all.
    async fn hold_against_estates(
        &self,
        asking: &[Asking],
        fresh: &[Fresh],
    ) -> anyhow::Result<HashMap<String, Found>> {
        let watched: BTreeSet<&String> =
            asking.iter().filter_map(|one| one.wanted.watch.estate.as_ref()).collect();
        if watched.is_empty() {
            return Ok(HashMap::new());
        }
        let entries: BTreeSet<i64> = fresh.iter().map(|one| one.entry).collect();
        let entries: Vec<i64> = entries.into_iter().collect();
        let concerned = self.concerned(&self.running().await?, &entries).await?;
        let known = self.environments().await?;
        let found = |environment: &String| -> Found {
            if !environment.is_empty() && !known.contains(environment) {
                return Err(format!("the environment {environment} is not known any more"));
            }
            let is_there = |runs: &Runs| environment.is_empty() || runs.environment == *environment;
            let entries = concerned.iter().filter(|(_, runs)| runs.iter().any(is_there));
            Ok(entries.map(|(entry, _)| *entry).collect())
        };
        Ok(watched.into_iter().map(|environment| (environment.clone(), found(environment))).collect())
    }

    /// What each different query finds among the entries of a batch, and the tokens of the canary that its own query finds.
    async fn hold_against(
        &self,
        asking: &[Asking],
        fresh: &[Fresh],
    ) -> anyhow::Result<(HashMap<String, Found>, Vec<String>)> {
        let canary = store::source::read(self.store.reader(), canary::SLUG).await?.map(|one| one.id.0);
        let mut sings = false;
        let mut wanted = |one: &&Fresh| {
            let is_canary = Some(one.source) == canary;
            sings |= is_canary;
            is_canary || !asking.is_empty()
        };
        let mut entries: Vec<i64> = fresh.iter().filter(&mut wanted).map(|one| one.entry).collect();
        if entries.is_empty() {
            return Ok((HashMap::new(), Vec::new()));
        }
        entries.sort_unstable();
        entries.dedup();
        let changed = store::entry::said(self.store.reader(), &entries).await?;
        let mut typed: Vec<String> = asking.iter().filter_map(|one| one.wanted.watch.query.clone()).collect();
        typed.extend(sings.then(canary::query));
        typed.sort_unstable();
        typed.dedup();
        tokio::task::spawn_blocking(move || {
            let batch = Batch::of(&changed)?;
            let found = |typed: &str| -> Found {
                let query = query::parse(typed).map_err(|mistake| mistake.sentence)?;
                batch.found(&query).map_err(|error| format!("{error:#}"))
            };
            let found: HashMap<String, Found> =
                typed.into_iter().map(|typed| (typed.clone(), found(&typed))).collect();
            let sung = found.get(&canary::query()).and_then(|found| found.as_ref().ok());
            let tokens = changed.iter().filter(|one| sung.is_some_and(|sung| sung.contains(&one.id)));
            let tokens = tokens.filter_map(|one| canary::token_in(&one.body).map(str::to_owned)).collect();
            Ok((found, tokens))
        })
        .await?
    }
}

/// The revisions of a batch by their entry.
type ByEntry<'a> = HashMap<i64, Vec<&'a Fresh>>;

fn by_entry(fresh: &[Fresh]) -> ByEntry<'_> {
    let mut revisions = ByEntry::new();
    for one in fresh {
        revisions.entry(one.entry).or_default().push(one);
    }
    revisions
}

/// What one subscription is to be told of.
fn deliveries<'a>(
    one: &Asking,
    fresh: &ByEntry<'a>,
    found: &'a HashMap<String, Found>,
    here: &'a HashMap<String, Found>,
) -> Vec<Insert<'a>> {
    let watch = &one.wanted.watch;
    let by_query = watch.query.as_ref().and_then(|typed| found.get(typed));
    let by_estate = watch.estate.as_ref().and_then(|environment| here.get(environment));
    let both = [by_query, by_estate].into_iter().flatten();
    let unfiltered = both.clone().find_map(|found| found.as_ref().err()).map(String::as_str);
    let entries: BTreeSet<i64> = both.flat_map(|found| found.iter().flatten()).copied().collect();
    let revisions: Vec<&'a Fresh> = match unfiltered {
        Some(_) => fresh.values().flatten().copied().collect(),
        None => entries.iter().filter_map(|entry| fresh.get(entry)).flatten().copied().collect(),
    };
    let told =
        |revision: &&Fresh| revision.id > one.since && (one.wanted.every_change || is_material(revision));
    let insert = |revision: &'a Fresh| Insert {
        subscription: one.id,
        entry: revision.entry,
        revision: revision.number,
        changes: &revision.changes,
        unfiltered,
    };
    revisions.into_iter().filter(told).map(insert).collect()
}

/// Whether a revision is the first, or changed something that a reader must act on.
fn is_material(revision: &Fresh) -> bool {
    revision.number == 1
        || serde_json::from_str::<Vec<Change>>(&revision.changes)
            .is_ok_and(|changes| changes.iter().any(|change| change.is_material()))
}

/// The subscriptions that are to be told at once, and when: now, or when their quiet hours end.
fn at_once(asking: &[Asking], rows: &[Insert<'_>], now: Timestamp) -> (Vec<i64>, Vec<Timestamp>) {
    let told: HashSet<i64> = rows.iter().map(|row| row.subscription).collect();
    let hasty = asking
        .iter()
        .filter(|one| told.contains(&one.id) && matches!(one.wanted.rhythm.cadence, Cadence::Once));
    hasty.map(|one| (one.id, one.wanted.rhythm.put_off(now))).unzip()
}
