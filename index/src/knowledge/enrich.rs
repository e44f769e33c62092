//! Enriching: a list states something about identifiers, and every entry that bears one follows.
//!
//! A list is written in batches, each a transaction of its own, so that others have their turn; what was written stays
//! if a later batch fails, and the next round writes the rest. Only what differs by something that matters is written,
//! and only entries that it concerns are indexed again.

use std::collections::HashSet;

use anyhow::Context as _;
use jiff::Timestamp;

use super::Knowledge;
use crate::enrichment::{Enriched, Fact};
use crate::source::SourceId;
use crate::store;

/// Identifiers that are looked at, and written, in one transaction.
const BATCH: usize = 2_000;

/// Identifiers that may vanish from a list at once in any case.
const FEW: usize = 20;

impl Knowledge {
    /// Records what a source's whole list states. What it no longer names is taken back, unless more than a tenth of it
    /// vanished at once: such a list is not whole.
    ///
    /// # Errors
    /// When there is no such source, or the record cannot be written.
    pub async fn enrich(
        &self,
        source: &str,
        mut facts: Vec<Fact>,
        now: Timestamp,
    ) -> anyhow::Result<Enriched> {
        let found = store::source::read(self.store.reader(), source).await?;
        let source = found.with_context(|| format!("find the source {source}"))?.id;
        // Of two statements about one identifier the first counts.
        facts.sort_by(|one, other| one.identifier.cmp(&other.identifier));
        facts.dedup_by(|later, first| later.identifier == first.identifier);
        let mut enriched = Enriched::default();
        for some in facts.chunks(BATCH) {
            self.enrich_some(source, some, now, &mut enriched).await?;
        }
        self.take_back(source, &facts, &mut enriched).await?;
        Ok(enriched)
    }

    async fn enrich_some(
        &self,
        source: SourceId,
        facts: &[Fact],
        now: Timestamp,
        enriched: &mut Enriched,
    ) -> anyhow::Result<()> {
        let mut change = self.store.change().await?;
        let identifiers: Vec<&str> = facts.iter().map(|fact| fact.identifier.as_str()).collect();
        let known = store::enrichment::known(&mut change, source, &identifiers).await?;
        let differs =
            |fact: &&Fact| known.get(&fact.identifier).is_none_or(|before| fact.said.differs(before));
        let news: Vec<&Fact> = facts.iter().filter(differs).collect();
        let changed = news.iter().filter(|fact| known.contains_key(&fact.identifier)).count();
        enriched.changed += number(changed);
        enriched.new += number(news.len() - changed);
        enriched.known += number(facts.len() - news.len());
        if news.is_empty() {
            return Ok(());
        }
        store::enrichment::write(&mut change, source, &news, now).await?;
        let touched: Vec<&str> = news.iter().map(|fact| fact.identifier.as_str()).collect();
        enriched.entries += store::enrichment::touch(&mut change, &touched).await?;
        Ok(change.commit().await?)
    }

    async fn take_back(
        &self,
        source: SourceId,
        facts: &[Fact],
        enriched: &mut Enriched,
    ) -> anyhow::Result<()> {
        let listed: HashSet<&str> = facts.iter().map(|fact| fact.identifier.as_str()).collect();
        let all = store::enrichment::count(self.store.reader(), source).await?;
        let (mut gone, mut after) = (Vec::new(), String::new());
        loop {
            let some = store::enrichment::named(self.store.reader(), source, &after, BATCH as i64).await?;
            let Some(last) = some.last() else { break };
            after.clone_from(last);
            gone.extend(some.into_iter().filter(|identifier| !listed.contains(identifier.as_str())));
        }
        if gone.len() > FEW.max(usize::try_from(all / 10).unwrap_or(0)) {
            enriched.missing = number(gone.len());
            return Ok(());
        }
        enriched.withdrawn = number(gone.len());
        for some in gone.chunks(BATCH) {
            let some: Vec<&str> = some.iter().map(String::as_str).collect();
            let mut change = self.store.change().await?;
            store::enrichment::remove(&mut change, source, &some).await?;
            enriched.entries += store::enrichment::touch(&mut change, &some).await?;
            change.commit().await?;
        }
        Ok(())
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
