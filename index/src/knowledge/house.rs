//! What the house knows of itself: what is not normal, its ticks, its canary, channels that disagree.

use std::collections::BTreeSet;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde::Serialize;

use super::Knowledge;
use crate::answer::{Card, States, Totals, Window};
use crate::canary::{self, Canary, Step, progress, proved};
use crate::disagreement::{Channel, disagreement};
use crate::health::Symptom;
use crate::notice::{Facts, Notice, Tick, notices};
use crate::query::{self, Query};
use crate::room::Room;
use crate::source::{Health, Kind, Leased, Source, SourceId, Standing};
use crate::store;

/// Entries of a channel that are compared with those of another.
const COMPARED: u32 = 300;

/// What is counted for whoever watches over many programs.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// How much is known.
    pub totals: Totals,
    /// How many sources are in which state.
    pub states: States,
    /// Sources that are due and that nobody has taken.
    pub waiting: u64,
    /// Since when the first of them is due.
    pub waiting_since: Option<Timestamp>,
    /// The canary, where there is one.
    pub canary: Option<Canary>,
    /// The disk, where it can be asked.
    pub room: Option<Room>,
}

impl Knowledge {
    /// Everything that is not normal at `now`, the loudest first. Whatever shows such a thing asks here.
    ///
    /// # Errors
    /// When the record or the index cannot be read.
    pub async fn what_is_not_normal(&self, now: Timestamp) -> anyhow::Result<Vec<Notice>> {
        let facts = Facts {
            totals: self.totals().await?,
            states: self.states(now).await?,
            ticks: store::tick::list(self.store.reader()).await?,
            canary: self.canary().await?,
            room: self.room().await?,
            backlog: self.backlog().await?,
        };
        Ok(notices(&facts, now))
    }

    /// What is counted, at `now`.
    ///
    /// # Errors
    /// When the record or the index cannot be read.
    pub async fn figures(&self, now: Timestamp) -> anyhow::Result<Figures> {
        let pool = self.store.reader();
        let (waiting, waiting_since) = store::source::waiting(pool, now).await?;
        Ok(Figures {
            totals: self.totals().await?,
            states: self.states(now).await?,
            waiting,
            waiting_since,
            canary: self.canary().await?,
            room: self.room().await?,
        })
    }

    /// Asks the record and the index a question that has no answer in them.
    ///
    /// # Errors
    /// When either of them cannot be read.
    pub async fn try_reading(&self) -> anyhow::Result<()> {
        store::counter::last(self.store.reader(), "change").await.context("read the record")?;
        let search = self.search.clone();
        tokio::task::spawn_blocking(move || search.try_reading()).await?
    }

    async fn room(&self) -> anyhow::Result<Option<Room>> {
        let folder = self.folder().to_owned();
        Ok(tokio::task::spawn_blocking(move || Room::of(&folder)).await?)
    }

    /// Notes that the program did what it does regularly.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn keep_ticks(&self, ticks: &[Tick]) -> anyhow::Result<()> {
        let mut change = self.store.change().await?;
        for tick in ticks {
            store::tick::keep(&mut change, tick).await?;
        }
        Ok(change.commit().await?)
    }

    /// When each tick last ran.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn ticks(&self) -> anyhow::Result<Vec<Tick>> {
        store::tick::list(self.store.reader()).await
    }

    /// The program stops in order: nothing is expected of it any more.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn forget_ticks(&self) -> anyhow::Result<()> {
        let mut change = self.store.change().await?;
        store::tick::forget(&mut change).await?;
        Ok(change.commit().await?)
    }

    /// Records the canary's source, due at once; `address` is where its document lies while this program runs.
    ///
    /// # Errors
    /// When the record cannot be written, or somebody has given the canary's name to a source of another kind.
    pub async fn keep_canary(&self, address: &str, now: Timestamp) -> anyhow::Result<SourceId> {
        let there = store::source::read(self.store.reader(), canary::SLUG).await?;
        if there.is_some_and(|there| there.source.kind != Kind::Canary) {
            bail!(
                "keep a canary: the source \"{}\" is of another kind; add it under another name",
                canary::SLUG
            );
        }
        let source = Source {
            slug: canary::SLUG.to_owned(),
            name: "The canary".to_owned(),
            vendor: None,
            kind: Kind::Canary,
            address: address.to_owned(),
            standing: Standing::ThirdParty,
            every_minutes: canary::EVERY_MINUTES,
            private_network: true,
            options: serde_json::Value::Null,
        };
        self.add_source(&source, now).await
    }

    /// How the canary is doing; none where no program has had one yet.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn canary(&self) -> anyhow::Result<Option<Canary>> {
        let there = store::source::read(self.store.reader(), canary::SLUG).await?;
        let Some(leased) = there.filter(|there| there.source.kind == Kind::Canary) else { return Ok(None) };
        let tokens = store::canary::list(self.store.reader()).await?;
        let newest = tokens.first().map(|(_, reached)| reached.as_slice()).unwrap_or_default();
        let first = tokens.iter().flat_map(|(_, reached)| reached).map(|(_, at)| *at).min();
        let told = self.is_told_of_canary().await?;
        Ok(Some(Canary {
            steps: progress(newest, told),
            proved: tokens.iter().filter_map(|(_, reached)| proved(reached, told)).max(),
            awaited: awaited(first, &leased.health),
        }))
    }

    /// Notes that an entry with this token has reached a step.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn canary_reached(&self, token: &str, step: Step, now: Timestamp) -> anyhow::Result<()> {
        let mut change = self.store.change().await?;
        store::canary::reach(&mut change, token, step, now).await?;
        Ok(change.commit().await?)
    }

    /// Searches for the newest token that was recorded and not yet found; answers whether it is found now.
    ///
    /// # Errors
    /// When the record or the index cannot be read.
    pub async fn look_for_canary(&self, now: Timestamp) -> anyhow::Result<bool> {
        let tokens = store::canary::list(self.store.reader()).await?;
        let has = |reached: &[(Step, Timestamp)], step| reached.iter().any(|(other, _)| *other == step);
        let newest = tokens.first().filter(|(_, reached)| has(reached, Step::Store));
        let Some((token, _)) = newest.filter(|(_, reached)| !has(reached, Step::Index)) else {
            return Ok(false);
        };
        let wanted = Query::And(vec![
            query::parse(&format!("source:{}", canary::SLUG)).context("search for the canary")?,
            Query::Word(token.clone()),
        ]);
        if self.search(&wanted, &Window::default()).await?.entries == 0 {
            return Ok(false);
        }
        self.canary_reached(token, Step::Index, now).await?;
        Ok(true)
    }

    /// Compares the lists and feeds of these vendors with each other, and keeps with each source whether another one of
    /// its vendor says more.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub async fn compare_channels(&self, vendors: &BTreeSet<String>, now: Timestamp) -> anyhow::Result<()> {
        if vendors.is_empty() {
            return Ok(());
        }
        let mut channels = self.channels(vendors).await?;
        let doubted = |health: &Health| health.symptom == Some(Symptom::Disagreement);
        channels.retain(|(leased, cards)| !cards.is_empty() || doubted(&leased.health));
        if channels.is_empty() {
            return Ok(());
        }
        let said: Vec<Channel> = channels.iter().map(|(leased, cards)| Channel::of(leased, cards)).collect();
        let mut change = self.store.change().await?;
        for ((leased, _), channel) in channels.iter().zip(&said) {
            let sentence = said.iter().find_map(|other| disagreement(channel, other, now));
            store::source::keep_disagreement(&mut change, leased.id, sentence.as_deref()).await?;
        }
        Ok(change.commit().await?)
    }

    /// The lists and feeds of these vendors, with the newest entries of those that there is something to compare with.
    async fn channels(&self, vendors: &BTreeSet<String>) -> anyhow::Result<Vec<(Leased, Vec<Card>)>> {
        let pool = self.store.reader();
        let mut sources = store::source::states(pool).await?;
        sources.retain(|leased| {
            let of_these = leased.source.vendor.as_ref().is_some_and(|vendor| vendors.contains(vendor));
            of_these && matches!(leased.source.kind, Kind::Page | Kind::Feed)
        });
        let kinds: BTreeSet<(Option<String>, &str)> = sources
            .iter()
            .map(|leased| (leased.source.vendor.clone(), leased.source.kind.as_str()))
            .collect();
        let mut channels = Vec::with_capacity(sources.len());
        for leased in sources {
            let other = if leased.source.kind == Kind::Feed { Kind::Page } else { Kind::Feed };
            let cards = if kinds.contains(&(leased.source.vendor.clone(), other.as_str())) {
                store::card::newest(pool, store::card::Of::Source(leased.id), COMPARED).await?
            } else {
                Vec::new()
            };
            channels.push((leased, cards));
        }
        Ok(channels)
    }
}

/// Since when a proof is waited for: the first step of any, else since it fails, else since it is due.
fn awaited(first: Option<Timestamp>, health: &Health) -> Timestamp {
    let known = [first, health.failing_since, health.last_tried];
    known.into_iter().flatten().min().or(health.next_try).unwrap_or(Timestamp::UNIX_EPOCH)
}
