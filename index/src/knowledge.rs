//! The one door: record things, ask questions.
//!
//! Whatever arrives is recorded through here, whatever is shown was asked for here. The record is the truth; the
//! full-text index follows it. Refuses to open a connection and to read a clock.

mod ask;
mod brief;
mod compose;
mod decision;
mod enrich;
mod estate;
mod evidence;
mod group;
mod house;
mod keys;
mod link;
mod package;
mod posting;
mod product;
mod record;
mod running;
mod standing;
mod subscribe;
mod upgrade;
mod verdict;
pub mod weigh;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use tokio::sync::watch;

pub use self::brief::Refusal;
pub use self::decision::Named;
pub use self::house::Figures;
pub use self::posting::Desk;
pub use self::record::Recorded;
use crate::prepare::Prepared;
use crate::product::Listed;
use crate::search::{Follower, Search};
use crate::source::{Due, Ended, Kind, Leased, Source, SourceId};
use crate::store::{self, Store};
use crate::vendor::Vendor;

/// Entries that the full-text index reads at a time.
const BATCH: i64 = 400;

/// Entries after which it makes visible what it has.
const COMMIT: usize = 50_000;

/// What one source brings, ready to be recorded together with what others bring.
#[derive(Debug)]
pub struct Batch {
    /// Whose it is.
    pub source: SourceId,
    /// Slug of the source's vendor.
    pub vendor: Option<String>,
    /// What was said.
    pub drafts: Vec<Prepared>,
    /// When it was seen.
    pub now: Timestamp,
}

/// The record and the full-text index over it; cheap to clone.
#[derive(Clone)]
pub struct Knowledge {
    store: Store,
    search: Search,
    folder: PathBuf,
    listed: Arc<[Listed]>,
}

impl Knowledge {
    /// Opens what is known in a folder, beginning anew where there is nothing. The full-text index is opened as it is;
    /// [`Knowledge::follow`] brings it up to date.
    ///
    /// # Errors
    /// When the folder cannot be made or read, or was written by a newer release.
    pub async fn open(folder: &Path) -> anyhow::Result<Self> {
        Self::open_at(folder, None).await
    }

    /// The same with the record at the address of a database (`postgres://…`), which a build with the feature
    /// `postgres` asks for and every other one refuses; the folder then holds the full-text index alone.
    ///
    /// # Errors
    /// As [`Knowledge::open`], and when the database cannot be reached.
    pub async fn open_at(folder: &Path, address: Option<&str>) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("make the folder {}", folder.display()))?;
        let store = Store::open(folder, address).await?;
        let place = folder.join("search");
        let search = tokio::task::spawn_blocking(move || Search::open(&place)).await??;
        Ok(Self { store, search, folder: folder.to_owned(), listed: Arc::default() })
    }

    /// The folder that everything lies in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes everything out and lets go of the record.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// Records a vendor, or what is now known of it.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn add_vendor(&self, vendor: &Vendor) -> anyhow::Result<()> {
        let mut change = self.store.change().await?;
        store::vendor::upsert(&mut change, vendor).await?;
        Ok(change.commit().await?)
    }

    /// Records a vendor that is not known; of one that is, adds the domains and contacts that are new.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub async fn learn_vendor(&self, vendor: &Vendor) -> anyhow::Result<()> {
        let Some(mut known) = store::vendor::read(self.store.reader(), &vendor.slug).await? else {
            return self.add_vendor(vendor).await;
        };
        let domains = vendor.domains.iter().filter(|domain| !known.domains.contains(domain));
        known.domains.extend(domains.cloned().collect::<Vec<_>>());
        known.learn(&vendor.contacts);
        self.add_vendor(&known).await
    }

    /// Records a source, or what is now wanted of it; it becomes due at once, unless it is only imported into.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn add_source(&self, source: &Source, now: Timestamp) -> anyhow::Result<SourceId> {
        let due =
            (!matches!(source.kind, Kind::Folder | Kind::House) || source.every_minutes > 0).then_some(now);
        let mut change = self.store.change().await?;
        let id = store::source::upsert(&mut change, source, due).await?;
        change.commit().await?;
        Ok(id)
    }

    /// Stops asking a source; its entries stay. Answers whether there was one.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn remove_source(&self, slug: &str) -> anyhow::Result<bool> {
        let mut change = self.store.change().await?;
        let removed = store::source::remove(&mut change, slug).await?;
        change.commit().await?;
        Ok(removed)
    }

    /// Changes how often a source is asked, and asks it sooner where that is now wanted. Answers whether there was one.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn ask_every(&self, slug: &str, minutes: u32, now: Timestamp) -> anyhow::Result<bool> {
        let mut change = self.store.change().await?;
        let found = store::source::ask_every(&mut change, slug, minutes, now).await?;
        change.commit().await?;
        Ok(found)
    }

    /// Makes a source due at `now`, whatever it failed with. Answers whether there was one.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn ask_soon(&self, slug: &str, now: Timestamp) -> anyhow::Result<bool> {
        let mut change = self.store.change().await?;
        let found = store::source::ask_soon(&mut change, slug, now).await?;
        change.commit().await?;
        Ok(found)
    }

    /// Takes up to `limit` sources that are due; they are `holder`'s until their round ends or half an hour passes.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn lease_due(&self, holder: &str, now: Timestamp, limit: u32) -> anyhow::Result<Vec<Leased>> {
        self.turn_over(&[], &Due { holder, limit, named: &[], except: &[] }, now).await
    }

    /// Notes how rounds of sources ended, as [`Knowledge::end_rounds`] does, and takes sources that are due at `now`: all of
    /// it, or none. One change costs less than two.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn turn_over(
        &self,
        ended: &[Ended],
        due: &Due<'_>,
        now: Timestamp,
    ) -> anyhow::Result<Vec<Leased>> {
        let mut change = self.store.change().await?;
        store::round::insert(&mut change, ended).await?;
        store::source::end_rounds(&mut change, ended).await?;
        let leased = match due.limit {
            0 => Vec::new(),
            _ => store::source::lease_due(&mut change, due, now).await?,
        };
        change.commit().await?;
        Ok(leased)
    }

    /// Notes how rounds of sources ended, keeps what their readers want to remember, and gives the sources back.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn end_rounds(&self, ended: &[Ended]) -> anyhow::Result<()> {
        let mut change = self.store.change().await?;
        store::round::insert(&mut change, ended).await?;
        store::source::end_rounds(&mut change, ended).await?;
        Ok(change.commit().await?)
    }

    /// Records a batch of drafts of one source: all of it, or none. What says what it said is not written.
    ///
    /// # Errors
    /// When there is no such source, or the record cannot be written.
    pub async fn record(
        &self,
        source: &str,
        drafts: &[Prepared],
        now: Timestamp,
    ) -> anyhow::Result<Recorded> {
        let found = store::source::read(self.store.reader(), source).await?;
        let leased = found.with_context(|| format!("find the source {source}"))?;
        let vendor = self.named(leased.source.vendor.as_deref()).await?;
        let part = record::Part { source: leased.id, vendor, drafts, now };
        let recorded = record::record(&self.store, &[part]).await?;
        Ok(recorded.into_iter().next().unwrap_or_default())
    }

    /// The same for the drafts of several sources: all of it, or none. Answers what became of each batch. Many small batches
    /// cost little more together than one of them alone.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn record_together(&self, batches: &[Batch]) -> anyhow::Result<Vec<Recorded>> {
        let mut parts = Vec::with_capacity(batches.len());
        for batch in batches {
            parts.push(record::Part {
                source: batch.source,
                vendor: self.named(batch.vendor.as_deref()).await?,
                drafts: &batch.drafts,
                now: batch.now,
            });
        }
        record::record(&self.store, &parts).await
    }

    /// A vendor's slug with its name, as far as it is recorded.
    async fn named(&self, vendor: Option<&str>) -> anyhow::Result<Option<(String, String)>> {
        let Some(slug) = vendor else { return Ok(None) };
        let recorded = store::vendor::read(self.store.reader(), slug).await?;
        Ok(Some((slug.to_owned(), recorded.map_or_else(|| slug.to_owned(), |vendor| vendor.name))))
    }

    /// Lets the full-text index read what it has not yet read, and learns what products are called; answers how many
    /// entries that was. Does nothing while another process is doing it.
    ///
    /// # Errors
    /// When the record cannot be read or the index not be written.
    pub async fn follow(&self) -> anyhow::Result<u64> {
        let (_, nobody) = watch::channel(());
        self.follow_with(true, nobody).await
    }

    /// The same, and again at every nudge until nobody is left to give one; what is read becomes visible every 50,000
    /// entries and at the end.
    ///
    /// # Errors
    /// When the record cannot be read or the index not be written.
    pub async fn follow_along(&self, nudged: watch::Receiver<()>) -> anyhow::Result<u64> {
        self.follow_with(false, nudged).await
    }

    async fn follow_with(&self, modest: bool, mut nudged: watch::Receiver<()>) -> anyhow::Result<u64> {
        let search = self.search.clone();
        let follower = tokio::task::spawn_blocking(move || {
            search.refresh()?;
            search.follower(modest)
        });
        let Some(mut follower) = follower.await?? else { return Ok(0) };
        let mut read = 0;
        loop {
            let more = nudged.changed().await.is_ok();
            let (some, returned) = self.read_on(follower, more, &|_| {}).await?;
            (read, follower) = (read + some, returned);
            if !more {
                break;
            }
        }
        let search = self.search.clone();
        tokio::task::spawn_blocking(move || {
            follower.finish()?;
            search.refresh()
        })
        .await??;
        self.learn().await?;
        Ok(read)
    }

    /// Builds the full-text index anew from the record while the old one serves, then serves from the new one; what
    /// products are called is learnt anew as well.
    /// `progress` is told how many entries are done, and of how many.
    ///
    /// # Errors
    /// When the record cannot be read or the index not be written; the old index then goes on serving.
    pub async fn reindex(&self, progress: &(dyn Fn(u64, u64) + Sync)) -> anyhow::Result<u64> {
        let all = store::entry::count(self.store.reader(), None).await?;
        let search = self.search.clone();
        let (name, follower) = tokio::task::spawn_blocking(move || search.rebuild(2)).await??;
        let (read, follower) = self.read_on(follower, false, &|done| progress(done, all)).await?;
        let search = self.search.clone();
        tokio::task::spawn_blocking(move || {
            follower.finish()?;
            search.switch(&name)
        })
        .await??;
        self.learn_anew().await?;
        Ok(read)
    }

    /// Hands a follower everything that it has not read; the rest is committed unless `more` is to come.
    async fn read_on(
        &self,
        mut follower: Follower,
        more: bool,
        progress: &(dyn Fn(u64) + Sync),
    ) -> anyhow::Result<(u64, Follower)> {
        let mut read = 0;
        let mut changed = self.changed_after(follower.mark().change).await?;
        loop {
            let last = changed.len() < BATCH as usize;
            read += changed.len() as u64;
            let reached = changed.last().map_or(follower.mark().change, |one| one.change);
            let taken = tokio::task::spawn_blocking(move || {
                follower.take(&changed)?;
                if follower.pending() >= COMMIT || (last && !more && follower.pending() > 0) {
                    follower.commit()?;
                }
                anyhow::Ok(follower)
            });
            if last {
                follower = taken.await??;
                progress(read);
                return Ok((read, follower));
            }
            // The next entries are read while these are indexed.
            let (next, taken) = tokio::join!(self.changed_after(reached), taken);
            (changed, follower) = (next?, taken??);
            progress(read);
        }
    }

    async fn changed_after(&self, change: i64) -> anyhow::Result<Vec<store::entry::Changed>> {
        let mut changed = store::entry::changed_after(self.store.reader(), change, BATCH).await?;
        store::enrichment::add_worst(self.store.reader(), &mut changed).await?;
        Ok(changed)
    }
}

#[cfg(test)]
mod tests;
