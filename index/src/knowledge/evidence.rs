//! From a key's name to what was said of it: the entries that name it, judged message by message, the best first.
//!
//! The rules stand in [`crate::evidence`]; here the record is asked for texts, the vendor's domains and how fresh its
//! sources are. Entries of the vendor are read first, so that a flood of pages by others cannot hide them.

use std::collections::HashSet;

use jiff::Timestamp;

use super::Knowledge;
use crate::answer::{EntryView, Order, SourceView, Window};
use crate::entry::{EntryId, Kind, Role};
use crate::evidence::assessment::{Asked, Assessment, Traced};
use crate::evidence::freshness::Freshness;
use crate::evidence::identifier::Identifier;
use crate::evidence::judge::{Circumstances, Message, judge};
use crate::evidence::near::{self, Near};
use crate::evidence::origin::Trace;
use crate::evidence::{Evidence, Match, speaks_of_a_change};
use crate::query::Query;
use crate::source::Standing;

/// Entries that name a key and are read, of the vendor and of all together.
const READ: usize = 400;

/// Entries asked for at a time.
const PAGE: usize = 100;

/// Messages of one entry that are kept as evidence.
const MESSAGES: usize = 8;

/// Texts of the vendor that speak of a change of keys without naming any, read and kept.
const SILENT_READ: usize = 40;
const SILENT: usize = 5;

/// Near-misses that are shown.
const NEAR: usize = 8;

/// What the vendor's texts about changes of keys are sought by.
const ABOUT_KEYS: [&str; 6] =
    ["signing key", "gpg key", "pgp key", "release key", "repository key", "signing certificate"];

impl Knowledge {
    /// What was said of a key, judged and ranked.
    ///
    /// # Errors
    /// When the record or the index cannot be read.
    pub async fn evidence(&self, asked: &Asked, now: Timestamp) -> anyhow::Result<Assessment> {
        let sources = self.sources().await?;
        let (mut entries, total) = self.naming(asked).await?;
        let unread = total.saturating_sub(entries.len() as u64);
        let silent = self.silent(asked, &mut entries).await?;
        let mut found: Vec<Traced> = Vec::new();
        let mut kept = 0;
        for id in entries {
            let judged = self.judged(id, asked, &sources, now).await?;
            for (one, text) in judged {
                let named = one.judgement.matched != Match::Absent;
                let told =
                    !named && silent.contains(&id) && speaks_of_a_change(&one.title, &text) && kept < SILENT;
                kept += usize::from(told);
                if named || told {
                    let trace = Trace::of(&text, &one.judgement.quote);
                    found.push((one, trace));
                }
            }
        }
        let mut assessment = Assessment::of(found, asked.continuity);
        assessment.unread = unread;
        assessment.near = self.near(&asked.identifiers)?;
        assessment.freshness = asked.vendor.as_deref().map(|vendor| {
            let own = sources.iter().filter(|view| view.source.vendor.as_deref() == Some(vendor));
            Freshness::of(&own.cloned().collect::<Vec<_>>(), now)
        });
        Ok(assessment)
    }

    /// One entry judged about a key, message by message, whether or not it names it.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn judge_entry(
        &self,
        id: EntryId,
        asked: &Asked,
        now: Timestamp,
    ) -> anyhow::Result<Vec<Evidence>> {
        let sources = self.sources().await?;
        Ok(self.judged(id, asked, &sources, now).await?.into_iter().map(|(one, _)| one).collect())
    }

    /// Entries that name one of the identifiers, the vendor's first, and how many there are.
    async fn naming(&self, asked: &Asked) -> anyhow::Result<(Vec<EntryId>, u64)> {
        let keys: Vec<Query> =
            asked.identifiers.iter().map(|one| Query::Key(one.as_str().to_owned())).collect();
        let any = match keys.as_slice() {
            [] => return Ok((Vec::new(), 0)),
            [one] => one.clone(),
            _ => Query::Or(keys),
        };
        let mut entries = Vec::new();
        if let Some(vendor) = &asked.vendor {
            let own = Query::And(vec![Query::Vendor(vendor.clone()), any.clone()]);
            self.pages(&own, Order::Newest, &mut entries).await?;
        }
        let total = self.pages(&any, Order::Oldest, &mut entries).await?;
        Ok((entries, total))
    }

    /// Adds the entries that a query finds, up to [`READ`] more; answers how many it finds in all.
    async fn pages(&self, query: &Query, order: Order, entries: &mut Vec<EntryId>) -> anyhow::Result<u64> {
        let most = entries.len() + READ;
        let mut met: HashSet<EntryId> = entries.iter().copied().collect();
        for from in (0..).step_by(PAGE) {
            let window = Window { from, size: PAGE, order, grouped: false, ..Window::default() };
            let answer = self.search(query, &window).await?;
            let last = answer.hits.len() < PAGE;
            entries.extend(answer.hits.into_iter().map(|hit| hit.card.id).filter(|id| met.insert(*id)));
            if last || entries.len() >= most {
                entries.truncate(most);
                return Ok(answer.entries);
            }
        }
        Ok(0)
    }

    /// The vendor's newest texts about keys that name none of the identifiers; they are added to the entries.
    async fn silent(&self, asked: &Asked, entries: &mut Vec<EntryId>) -> anyhow::Result<HashSet<EntryId>> {
        let Some(vendor) = &asked.vendor else { return Ok(HashSet::new()) };
        let words = ABOUT_KEYS.iter().map(|words| Query::Phrase((*words).to_owned())).collect();
        let query = Query::And(vec![Query::Vendor(vendor.clone()), Query::Or(words)]);
        let window = Window { size: SILENT_READ, order: Order::Newest, grouped: false, ..Window::default() };
        let found = self.search(&query, &window).await?.hits.into_iter().map(|hit| hit.card.id);
        let silent: HashSet<EntryId> = found.filter(|id| !entries.contains(id)).collect();
        let mut more: Vec<EntryId> = silent.iter().copied().collect();
        more.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
        entries.extend(more);
        Ok(silent)
    }

    /// An entry's messages, judged, each with its text.
    async fn judged(
        &self,
        id: EntryId,
        asked: &Asked,
        sources: &[SourceView],
        now: Timestamp,
    ) -> anyhow::Result<Vec<(Evidence, String)>> {
        let Some(view) = self.entry(id, None).await? else { return Ok(Vec::new()) };
        let known = self.circumstances(&view, asked, now).await?;
        let source = sources.iter().find(|one| one.source.slug == view.card.source);
        let address = view.card.link.as_deref().or_else(|| source.map(|one| one.source.address.as_str()));
        let foreign = asked.vendor.is_some() && asked.vendor != view.card.vendor;
        let standing = if foreign { Standing::ThirdParty } else { view.card.standing };
        let mut found: Vec<(Evidence, String)> = messages(&view)
            .map(|(author, account, said, text)| {
                let title = view.card.title.as_str();
                let first_seen = view.card.first_seen;
                let message = Message { title, text, address, standing, account, said, first_seen };
                let judgement = judge(&asked.identifiers, &message, &known);
                let card = &view.card;
                let evidence = Evidence {
                    entry: id,
                    title: card.title.clone(),
                    link: card.link.clone(),
                    source: card.source.clone(),
                    source_name: card.source_name.clone(),
                    vendor: card.vendor.clone(),
                    author,
                    said,
                    first_seen,
                    judgement,
                    copies: Vec::new(),
                };
                (evidence, text.to_owned())
            })
            .collect();
        found.sort_by_key(|(one, _)| std::cmp::Reverse((one.judgement.matched, one.judgement.weight)));
        found.truncate(MESSAGES);
        Ok(found)
    }

    /// What is known beside a message of an entry: the domains of the vendor whose key it would be.
    async fn circumstances(
        &self,
        view: &EntryView,
        asked: &Asked,
        now: Timestamp,
    ) -> anyhow::Result<Circumstances> {
        let vendor = asked.vendor.as_ref().or(view.card.vendor.as_ref());
        let domains = match vendor {
            Some(slug) => crate::store::vendor::read(self.store.reader(), slug)
                .await?
                .map_or_else(Vec::new, |one| one.domains),
            None => Vec::new(),
        };
        Ok(Circumstances {
            domains,
            key_file: asked.key_file,
            created: asked.created,
            package: asked.package.clone(),
            now,
        })
    }

    /// Fingerprints that the record names and that nearly are the one asked for.
    fn near(&self, asked: &[Identifier]) -> anyhow::Result<Vec<Near>> {
        let Some(asked) = asked.first().filter(|one| one.is_full()) else { return Ok(Vec::new()) };
        let named = self.search.fingerprints()?;
        let mut near: Vec<Near> =
            named.iter().filter_map(|other| near::compare(asked.as_str(), other)).collect();
        near.sort_by_key(|one| one.groups.iter().filter(|(_, differs)| *differs).count());
        near.truncate(NEAR);
        Ok(near)
    }
}

type Said<'a> = (Option<String>, Option<Role>, Option<Timestamp>, &'a str);

/// The messages of an entry: its posts, or all of its text. A thread whose posts are not known has an author of whom
/// nothing is known.
fn messages(view: &EntryView) -> Box<dyn Iterator<Item = Said<'_>> + '_> {
    let dated = view.card.published.or(view.card.updated);
    if view.statement.posts.is_empty() {
        let account = (view.card.kind == Kind::Thread).then_some(Role::Unknown);
        return Box::new(std::iter::once((
            view.statement.publisher.clone(),
            account,
            dated,
            view.text.as_str(),
        )));
    }
    Box::new(view.statement.posts.iter().filter_map(move |post| {
        let text = view.text.get(post.start as usize..post.end as usize)?;
        Some((Some(post.author.clone()), Some(post.role), post.at.or(dated), text))
    }))
}
