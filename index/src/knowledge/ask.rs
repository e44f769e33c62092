//! Questions: what was said about this, by whom, when, and how it has changed.

use std::collections::{HashMap, HashSet};

use anyhow::Context as _;
use jiff::Timestamp;

use super::Knowledge;
use crate::answer::{
    Answer, Card, Comparison, EntryView, Hit, Snapshot, SourceView, States, Totals, VendorLine, VendorView,
    Window,
};
use crate::entry::{EntryId, Statement};
use crate::health::State;
use crate::prepare::{restore, restore_mentions};
use crate::query::{self, Query};
use crate::revision::compare;
use crate::search::collect::Best;
use crate::search::{Marker, facets};
use crate::source::Leased;
use crate::store;

/// Results on one page at most.
const PAGE: usize = 100;

/// Other entries of a group that are shown.
const OTHERS: usize = 20;

/// Rounds of a source that are shown.
const ROUNDS: i64 = 30;

/// Newest entries that a vendor's page shows.
const NEWEST: u32 = 20;

impl Knowledge {
    /// Searches.
    ///
    /// # Errors
    /// When the index or the record cannot be read.
    pub async fn search(&self, query: &Query, window: &Window) -> anyhow::Result<Answer> {
        let (search, asked, order) = (self.search.clone(), self.widen(query).await?, window.order);
        let size = window.size.min(PAGE);
        let (grouped, from, without) = (window.grouped, window.from, window.without.clone());
        let (found, facets, chosen) = tokio::task::spawn_blocking(move || {
            let mut best = (from + size) * if grouped { 3 } else { 1 };
            loop {
                let found = search.run(&asked, best, order, &without)?;
                let chosen = choose(&found.collected.best, grouped, from, size);
                let all = found.collected.best.len() as u64 == found.collected.entries;
                if chosen.len() == size || all || !grouped {
                    let facets = facets::of(&found.collected);
                    return anyhow::Ok((found, facets, chosen));
                }
                best *= 4;
            }
        })
        .await??;
        let hits = self.hits(query, &chosen, window).await?;
        Ok(Answer {
            entries: found.collected.entries,
            groups: found.collected.groups,
            hits,
            facets,
            understood: query::explain(query),
            relaxed: found.relaxed,
        })
    }

    async fn hits(&self, query: &Query, chosen: &[Chosen], window: &Window) -> anyhow::Result<Vec<Hit>> {
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i64> = chosen.iter().map(|one| one.entry).collect();
        let groups: Vec<i64> = chosen.iter().flat_map(|one| one.groups.iter().copied()).collect();
        let mut cards: HashMap<i64, (Card, String)> = HashMap::new();
        let mut others: HashMap<i64, Vec<Card>> = HashMap::new();
        for (card, group, text) in store::card::page(self.store.reader(), &ids, &groups).await? {
            match text {
                Some(text) => drop(cards.insert(card.id.0, (card, text))),
                None => others.entry(group).or_default().push(card),
            }
        }
        let marker = Marker::of(query);
        let scored = window.order == crate::answer::Order::Relevance;
        let hits = chosen.iter().filter_map(|one| {
            let (card, text) = cards.remove(&one.entry)?;
            let mut others: Vec<Card> =
                one.groups.iter().flat_map(|group| others.remove(group).unwrap_or_default()).collect();
            let sources: HashSet<&str> =
                others.iter().map(|other| other.source.as_str()).chain([card.source.as_str()]).collect();
            let sources = sources.len() as u64;
            others.truncate(OTHERS);
            let (snippet, why) = (marker.snippet(&text), why(query, &marker, &card));
            Some(Hit { snippet, others, sources, why, score: scored.then_some(one.score), card })
        });
        Ok(hits.collect())
    }

    /// An entry, as its newest revision has it or as a given one had it.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn entry(&self, id: EntryId, revision: Option<u32>) -> anyhow::Result<Option<EntryView>> {
        let pool = self.store.reader();
        let Some((card, group, native_id)) = store::card::read(pool, id).await? else { return Ok(None) };
        let number = revision.unwrap_or(card.revisions);
        let Some(said) = store::revision::read(pool, id.0, number).await? else { return Ok(None) };
        let mut others = store::card::of_group(pool, group).await?;
        others.retain(|other| other.id != id);
        let vendor_recorded = match &card.vendor {
            Some(vendor) => store::vendor::read(pool, vendor).await?.is_some(),
            None => false,
        };
        Ok(Some(EntryView {
            statement: restore(&said.statement, String::new())?,
            text: said.body,
            mentions: restore_mentions(&said.mentions)?,
            revisions: store::revision::list(pool, id.0).await?,
            revision: number,
            others,
            native_id,
            vendor_recorded,
            card,
        }))
    }

    /// Two revisions of an entry, word by word.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn compare(&self, id: EntryId, before: u32, after: u32) -> anyhow::Result<Option<Comparison>> {
        let pool = self.store.reader();
        let Some((card, ..)) = store::card::read(pool, id).await? else { return Ok(None) };
        let Some(older) = store::revision::read(pool, id.0, before).await? else { return Ok(None) };
        let Some(newer) = store::revision::read(pool, id.0, after).await? else { return Ok(None) };
        let comparison = tokio::task::spawn_blocking(move || {
            let was = restore(&older.statement, older.body)?;
            let is = restore(&newer.statement, newer.body)?;
            anyhow::Ok(Comparison {
                card,
                before: older.revision,
                after: newer.revision,
                title: compare(was.title.as_str(), is.title.as_str()),
                text: compare(was.text.as_str(), is.text.as_str()),
                facts: facts(&was, &is),
            })
        });
        Ok(Some(comparison.await??))
    }

    /// The bytes that a revision was read from, by their SHA-256 in hex.
    ///
    /// # Errors
    /// When the record cannot be read, or what it has kept does not decompress.
    pub async fn snapshot(&self, digest: &str) -> anyhow::Result<Option<Snapshot>> {
        let Ok(digest) = hex::decode(digest) else { return Ok(None) };
        let Some((media_type, length, zstd)) = store::snapshot::read(self.store.reader(), &digest).await?
        else {
            return Ok(None);
        };
        let length = usize::try_from(length).context("read a snapshot of that length")?;
        let bytes = tokio::task::spawn_blocking(move || zstd::bulk::decompress(&zstd, length)).await?;
        Ok(Some(Snapshot { media_type, bytes: bytes.context("decompress a snapshot")? }))
    }

    /// The entries that were new or revised last.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn newest(&self, count: u32) -> anyhow::Result<Vec<Card>> {
        store::card::newest(self.store.reader(), store::card::Of::All, count).await
    }

    /// Every source, by vendor and name.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn sources(&self) -> anyhow::Result<Vec<SourceView>> {
        Ok(store::source::list(self.store.reader()).await?.into_iter().map(view).collect())
    }

    /// How many sources are in which state at `now`.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn states(&self, now: Timestamp) -> anyhow::Result<States> {
        let mut states = States::default();
        for leased in store::source::states(self.store.reader()).await? {
            *states.0.entry(State::of(&leased.source, &leased.health, now)).or_default() += 1;
        }
        Ok(states)
    }

    /// One source with its last rounds.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn source(&self, slug: &str) -> anyhow::Result<Option<SourceView>> {
        let Some(leased) = store::source::read(self.store.reader(), slug).await? else { return Ok(None) };
        let rounds = store::round::newest(self.store.reader(), leased.id, ROUNDS).await?;
        Ok(Some(SourceView { rounds, ..view(leased) }))
    }

    /// Every vendor, by name.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn vendors(&self) -> anyhow::Result<Vec<VendorLine>> {
        let listed = store::vendor::list(self.store.reader()).await?;
        Ok(listed
            .into_iter()
            .map(|(vendor, sources, entries)| VendorLine { vendor, sources, entries })
            .collect())
    }

    /// One vendor with its sources and newest entries.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn vendor(&self, slug: &str) -> anyhow::Result<Option<VendorView>> {
        let pool = self.store.reader();
        let Some(vendor) = store::vendor::read(pool, slug).await? else { return Ok(None) };
        let mut sources = self.sources().await?;
        sources.retain(|view| view.source.vendor.as_deref() == Some(slug));
        Ok(Some(VendorView {
            vendor,
            sources,
            entries: store::entry::count(pool, Some(slug)).await?,
            newest: store::card::newest(pool, store::card::Of::Vendor(slug), NEWEST).await?,
        }))
    }

    /// How much is known, and how far the full-text index is behind.
    ///
    /// # Errors
    /// When the record or the index cannot be read.
    pub async fn totals(&self) -> anyhow::Result<Totals> {
        let pool = self.store.reader();
        let search = self.search.clone();
        // Another process that rebuilt the index has removed the one that is open here: the new one is taken over.
        let mark = tokio::task::spawn_blocking(move || {
            search.mark().or_else(|_| {
                search.refresh()?;
                search.mark()
            })
        });
        let mark = mark.await??;
        let (sources, unwell) = store::source::count(pool).await?;
        let (behind, behind_since) = if store::counter::last(pool, "change").await? > mark.change {
            store::entry::behind(pool, mark.change).await?
        } else {
            (0, None)
        };
        Ok(Totals {
            entries: store::entry::count(pool, None).await?,
            revisions: store::revision::count(pool).await?,
            sources,
            unwell,
            behind,
            behind_since,
        })
    }
}

/// An entry chosen for the page.
struct Chosen {
    entry: i64,
    /// Its group, and the groups of entries with the same text.
    groups: Vec<i64>,
    score: f32,
}

/// The part of the best that the page shows. Of a group only its best, and of groups whose best have the same text but for
/// a few words only the first.
fn choose(best: &[Best], grouped: bool, from: usize, size: usize) -> Vec<Chosen> {
    let mut met = HashSet::new();
    let mut chosen: Vec<(&Best, Chosen)> = Vec::new();
    for found in best.iter().filter(|found| !grouped || met.insert(found.group)) {
        let (group, full) = (found.group as i64, chosen.len() == from + size);
        match chosen.iter_mut().find(|(other, _)| grouped && found.sketch.is_like(&other.sketch)) {
            Some((_, same)) => same.groups.push(group),
            None if full => break,
            None => {
                let groups = if grouped { vec![group] } else { Vec::new() };
                chosen.push((found, Chosen { entry: found.entry as i64, groups, score: found.score }));
            }
        }
    }
    chosen.into_iter().skip(from).map(|(_, chosen)| chosen).collect()
}

fn view(leased: Leased) -> SourceView {
    let tried = leased.health.last_tried.unwrap_or(Timestamp::UNIX_EPOCH);
    let state = State::of(&leased.source, &leased.health, tried);
    SourceView { id: leased.id, source: leased.source, health: leased.health, state, rounds: Vec::new() }
}

/// Where what was sought stands, in words.
fn why(query: &Query, marker: &Marker, card: &Card) -> Vec<String> {
    if let Query::Advisory(identifier) = query {
        let own = card.identifiers.iter().any(|other| other.eq_ignore_ascii_case(identifier));
        return vec![if own { format!("it is {identifier}") } else { format!("it names {identifier}") }];
    }
    let mut why = Vec::new();
    let title = marker.found_in(&card.title);
    if !title.is_empty() {
        why.push(format!("title: {}", title.join(", ")));
    }
    let identifiers = marker.found_in(&card.identifiers.join(" "));
    if !identifiers.is_empty() {
        why.push(format!("identifier: {}", identifiers.join(", ")));
    }
    let products: Vec<&str> = card.affected.iter().map(|affected| affected.product.as_str()).collect();
    let products = marker.found_in(&products.join(" "));
    if !products.is_empty() {
        why.push(format!("affected product: {}", products.join(", ")));
    }
    if let Query::Key(key) = query {
        why.push(format!("it names the key {key}"));
    }
    why.extend(facts_asked(query));
    if why.is_empty() && seeks_words(query) {
        why.push("its text".to_owned());
    }
    why
}

/// What a query asks of versions and of exploitation, in words.
fn facts_asked(query: &Query) -> Vec<String> {
    match query {
        Query::And(all) => all.iter().flat_map(facts_asked).collect(),
        Query::Exploited(true) => vec!["known to be exploited".to_owned()],
        Query::Epss(..) => vec!["its EPSS score".to_owned()],
        Query::Version(version) => vec![format!("{version} is affected")],
        Query::Fixed(version) => vec![format!("fixed in {version} or before it in its line")],
        _ => Vec::new(),
    }
}

/// Whether a query asks for anything that stands in a text, and not only for fields such as a vendor or a date.
fn seeks_words(query: &Query) -> bool {
    match query {
        Query::And(all) | Query::Or(all) | Query::Words(all) => all.iter().any(seeks_words),
        Query::Word(_) | Query::Phrase(_) | Query::Prefix(_) | Query::Advisory(_) | Query::Id(_) => true,
        _ => false,
    }
}

/// The structured parts that differ between two statements, in words.
fn facts(was: &Statement, is: &Statement) -> Vec<(String, String, String)> {
    let severity = |statement: &Statement| {
        statement.severity.as_ref().map_or_else(
            || "not stated".to_owned(),
            |severity| match severity.score {
                Some(score) => format!("{} ({score})", severity.level.as_str()),
                None => severity.level.as_str().to_owned(),
            },
        )
    };
    let pairs = [
        ("severity", severity(was), severity(is)),
        ("status", was.status.as_str().to_owned(), is.status.as_str().to_owned()),
        ("identifiers", was.identifiers.join(", "), is.identifiers.join(", ")),
        ("also about", was.related.join(", "), is.related.join(", ")),
        ("affected and fixed", affected(was), affected(is)),
        ("remedy", was.remedy.to_string(), is.remedy.to_string()),
    ];
    let differing = pairs.into_iter().filter(|(_, was, is)| was != is);
    differing.map(|(name, was, is)| (name.to_owned(), was, is)).collect()
}

fn affected(statement: &Statement) -> String {
    let lines = statement.affected.iter().map(|affected| {
        let ranges = affected.ranges.iter().map(ToString::to_string);
        let listed = affected
            .versions
            .iter()
            .cloned()
            .chain(affected.fixed.iter().map(|fixed| format!("fixed in {fixed}")));
        format!("{}: {}", affected.product, ranges.chain(listed).collect::<Vec<_>>().join(", "))
    });
    lines.collect::<Vec<_>>().join("\n")
}
