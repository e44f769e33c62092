//! Digests: made when they are due, and written with the mail that brings them in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::Knowledge;
use super::subscribe::token;
use crate::canary::{self, Step};
use crate::digest::sources::{Sources, Unwell};
use crate::digest::waiting::Waiting;
use crate::digest::{Digest, Known, Pending, sections};
use crate::entry::EntryId;
use crate::health::State;
use crate::keys::HOUSE;
use crate::link::running::Running;
use crate::package::Package;
use crate::query;
use crate::source::{Kind, Leased};
use crate::store;
use crate::subscription::rhythm::Cadence;
use crate::subscription::{NothingNew, Subscription, SubscriptionId, Told, Wanted};

/// Revisions of which one digest tells at most; the rest is counted.
const PENDING: i64 = 5_000;

/// Digests that are made before the record is looked at again.
const AT_A_TIME: i64 = 50;

/// No digest is due further ahead than a week and a day, so a later moment means that the clock jumped.
const FURTHEST: SignedDuration = SignedDuration::from_hours(9 * 24);

/// A day and a week, less what a change of the clocks may take.
const ABOUT_A_DAY: SignedDuration = SignedDuration::from_hours(22);
const ABOUT_A_WEEK: SignedDuration = SignedDuration::from_hours(7 * 24 - 2);

/// Entries that the preview of what is not saved yet shows.
const PREVIEW: usize = 30;

/// Packages that wait for a decision which one digest lists.
const PACKAGES: u32 = 500;

/// What is so while digests are made, whoever they are for.
struct Circumstances<'a> {
    states: &'a [Leased],
    packages: &'a [Package],
    running: Running,
}

impl Knowledge {
    /// Makes every digest that is due at `now`, once for however many times it was missed. Answers how many were made.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub async fn compose_due(&self, now: Timestamp) -> anyhow::Result<u32> {
        let states = store::source::states(self.store.reader()).await?;
        let packages = self.undecided(PACKAGES).await?;
        self.hasten_for_states(&states, &packages, now).await?;
        let too_far = now.checked_add(FURTHEST).unwrap_or(Timestamp::MAX);
        let mut made = 0;
        loop {
            let due = store::subscription::due(self.store.reader(), now, too_far, AT_A_TIME).await?;
            if due.is_empty() {
                return Ok(made);
            }
            let so = Circumstances { states: &states, packages: &packages, running: self.running().await? };
            for subscription in &due {
                made += u32::from(self.compose(subscription, &so, now).await?);
            }
        }
    }

    /// What is told at once of a state is due as soon as a source changes its own, or another package waits.
    async fn hasten_for_states(
        &self,
        states: &[Leased],
        packages: &[Package],
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let watching = store::subscription::watching_states(self.store.reader()).await?;
        let unwell = unwell(states, now);
        let hasty = watching.iter().filter(|one| {
            let (watch, told) = (&one.wanted.watch, &one.told);
            let waits = packages.iter().any(|package| !told.packages.contains(&package.digest));
            let differs = watch.sources && told.sources != unwell || watch.packages && waits;
            one.wanted.rhythm.cadence == Cadence::Once && differs && is_not_due(one, now)
        });
        let (ids, moments): (Vec<i64>, Vec<Timestamp>) =
            hasty.map(|one| (one.id.0, one.wanted.rhythm.put_off(now))).unzip();
        if ids.is_empty() {
            return Ok(());
        }
        let mut change = self.store.change().await?;
        store::subscription::hasten(&mut change, &ids, &moments).await?;
        Ok(change.commit().await?)
    }

    /// Makes one digest, if there is anything to say. Answers whether it was made.
    async fn compose(
        &self,
        subscription: &Subscription,
        so: &Circumstances<'_>,
        now: Timestamp,
    ) -> anyhow::Result<bool> {
        let id = subscription.id.0;
        let (pending, last, waiting) = store::delivery::pending(self.store.reader(), id, PENDING).await?;
        let digest = self.digest_of(subscription, &pending, waiting, so, now).await?;
        let tokens = self.sung(subscription, &pending).await?;
        let next = subscription.wanted.rhythm.next(now);
        let said = digest.has_news() || is_time_to_say_nothing(subscription, now);
        let mut change = self.store.change().await?;
        let waiting = digest.packages.iter().map(|one| one.digest.clone());
        let told = Told { sources: unwell(so.states, now), packages: waiting.collect() };
        let made = said.then_some((now, &told));
        if !store::subscription::move_on(&mut change, subscription, next, made).await? {
            // Somebody else has made it, or it has ended.
            return Ok(false);
        }
        if said {
            let number = store::digest::insert(&mut change, id, &token()?, &digest, now).await?;
            store::delivery::take(&mut change, id, last, number).await?;
            let address = subscription.wanted.recipient.address();
            store::outbox::insert(&mut change, id, Some(number), address, &token()?, now).await?;
            for token in &tokens {
                store::canary::reach(&mut change, token, Step::Outbox, now).await?;
            }
        }
        let at_once = subscription.wanted.rhythm.cadence == Cadence::Once;
        if at_once && store::delivery::waits(&mut change, id).await? {
            // Found while this digest was being made.
            let at = subscription.wanted.rhythm.put_off(now);
            store::subscription::hasten(&mut change, &[id], &[at]).await?;
        }
        change.commit().await?;
        Ok(said)
    }

    /// The canary's tokens in what the subscription that watches it is to be told of.
    async fn sung(&self, subscription: &Subscription, pending: &[Pending]) -> anyhow::Result<Vec<String>> {
        if subscription.wanted.watch.query != Some(canary::query()) {
            return Ok(Vec::new());
        }
        let entries: Vec<i64> = pending.iter().map(|one| one.entry.0).collect();
        let bodies = store::entry::bodies(self.store.reader(), &entries).await?;
        Ok(bodies.iter().filter_map(|(_, body)| canary::token_in(body).map(str::to_owned)).collect())
    }

    /// What a subscription is to be told now, of `waiting` revisions those that are `pending`.
    async fn digest_of(
        &self,
        subscription: &Subscription,
        pending: &[Pending],
        waiting: u64,
        so: &Circumstances<'_>,
        now: Timestamp,
    ) -> anyhow::Result<Digest> {
        let pool = self.store.reader();
        let mut entries: Vec<i64> = pending.iter().map(|one| one.entry.0).collect();
        entries.sort_unstable();
        entries.dedup();
        let cards = store::card::in_groups_of(pool, &entries).await?;
        let groups: HashSet<i64> = cards.iter().map(|(_, group)| *group).collect();
        let groups: Vec<i64> = groups.into_iter().collect();
        let told = store::delivery::told(pool, subscription.id.0, &groups).await?;
        let watch = &subscription.wanted.watch;
        let sources = doing(so.states, &subscription.told, watch.sources, now);
        let here = self.concerned(&so.running, &entries).await?;
        let known = Known { cards, told, of_keys: of_keys(so.states), here, sources };
        let unseen = waiting.saturating_sub(pending.len() as u64);
        let unfiltered = pending.iter().find_map(|one| one.unfiltered.clone());
        let mut digest = digest(&subscription.wanted, pending, known, now);
        digest.more += unseen;
        digest.unfiltered = unfiltered.or(digest.unfiltered);
        if watch.packages {
            digest.packages = Waiting::all(so.packages, &subscription.told.packages);
        }
        Ok(digest)
    }

    /// What the next digest of a subscription would say if it were made now.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn preview(&self, id: SubscriptionId, now: Timestamp) -> anyhow::Result<Option<Digest>> {
        let pool = self.store.reader();
        let Some(found) = store::subscription::read(pool, id).await? else { return Ok(None) };
        let states = store::source::states(pool).await?;
        let (pending, _, waiting) = store::delivery::pending(pool, id.0, PENDING).await?;
        let packages = self.undecided(PACKAGES).await?;
        let so = Circumstances { states: &states, packages: &packages, running: self.running().await? };
        Ok(Some(self.digest_of(&found, &pending, waiting, &so, now).await?))
    }

    /// What a digest would look like with the newest entries that are recorded already, before anything is saved.
    ///
    /// # Errors
    /// When the record or the index cannot be read.
    pub async fn preview_of(&self, wanted: &Wanted, now: Timestamp) -> anyhow::Result<Digest> {
        let pool = self.store.reader();
        let ids: Vec<i64> =
            self.newest_for(&wanted.watch, PREVIEW).await?.iter().map(|(card, _)| card.id.0).collect();
        let states = store::source::states(pool).await?;
        let pending: Vec<Pending> = ids
            .iter()
            .map(|id| Pending { entry: EntryId(*id), revision: 1, changes: Vec::new(), unfiltered: None })
            .collect();
        let known = Known {
            cards: store::card::in_groups_of(pool, &ids).await?,
            told: HashSet::new(),
            of_keys: of_keys(&states),
            here: self.concerned(&self.running().await?, &ids).await?,
            sources: doing(&states, &Told::default(), wanted.watch.sources, now),
        };
        let mut digest = digest(wanted, &pending, known, now);
        if wanted.watch.packages {
            digest.packages = Waiting::all(&self.undecided(PACKAGES).await?, &BTreeSet::new());
        }
        Ok(digest)
    }
}

fn digest(wanted: &Wanted, pending: &[Pending], known: Known, now: Timestamp) -> Digest {
    let (sections, more) = sections(pending, &known);
    let typed = wanted.watch.query.clone().unwrap_or_default();
    Digest {
        name: wanted.name.clone(),
        watched: wanted.watch.in_words(),
        made: now,
        zone: wanted.rhythm.zone.clone(),
        sections,
        more,
        unfiltered: query::parse(&typed).err().map(|mistake| mistake.sentence),
        typed,
        packages: Vec::new(),
        sources: known.sources,
    }
}

/// Whether it is time to say that there is nothing new.
fn is_time_to_say_nothing(subscription: &Subscription, now: Timestamp) -> bool {
    let wanted = &subscription.wanted;
    let often = matches!(wanted.rhythm.cadence, Cadence::Once | Cadence::Hour);
    let pause = match wanted.nothing_new {
        NothingNew::Weekly => ABOUT_A_WEEK,
        NothingNew::Daily if often => ABOUT_A_DAY,
        NothingNew::Daily => return true,
    };
    // A last digest in the future is one of a clock that ran ahead.
    subscription.last_made > now || now.duration_since(subscription.last_made) >= pause
}

/// Whether a subscription is not due yet.
fn is_not_due(subscription: &Subscription, now: Timestamp) -> bool {
    subscription.due.is_none_or(|due| due > subscription.wanted.rhythm.put_off(now))
}

/// The sources that are not well, to be compared with the next time.
fn unwell(states: &[Leased], now: Timestamp) -> BTreeMap<String, State> {
    let all = states.iter().map(|one| (one.source.slug.clone(), state(one, now)));
    all.filter(|(_, state)| state.is_unwell()).collect()
}

fn state(leased: &Leased, now: Timestamp) -> State {
    State::of(&leased.source, &leased.health, now)
}

fn of_keys(states: &[Leased]) -> HashSet<String> {
    let keys = states.iter().filter(|one| one.source.kind == Kind::Keys);
    keys.map(|one| one.source.slug.clone()).chain([HOUSE.to_owned()]).collect()
}

/// How the sources are doing at `now`, beside what was told before.
fn doing(states: &[Leased], told: &Told, watched: bool, now: Timestamp) -> Sources {
    let mut sources = Sources { watched, ..Sources::default() };
    for one in states {
        let (slug, state) = (&one.source.slug, state(one, now));
        if matches!(state, State::Imported | State::Waiting) {
            continue;
        }
        sources.asked += 1;
        if !state.is_unwell() {
            sources.well += 1;
            if told.sources.contains_key(slug) {
                sources.recovered.push(one.source.name.clone());
            }
            continue;
        }
        let since = if state == State::Quiet {
            one.health.last_news
        } else {
            one.health.failing_since.or(one.health.last_succeeded)
        };
        sources.unwell.push(Unwell {
            slug: slug.clone(),
            name: one.source.name.clone(),
            state: state.as_str().to_owned(),
            since,
            sentence: one.health.sentence.clone().unwrap_or_default(),
            new: told.sources.get(slug) != Some(&state),
        });
    }
    sources
}
