//! The question before an upgrade: what lies between two versions of a product.
//!
//! Two searches: advisories by what the full-text index holds of versions, so that a product with thousands of them is
//! answered at once; and everything else that names the product, whose texts are read.

use std::collections::HashMap;

use anyhow::Context as _;
use serde::Deserialize;

use super::Knowledge;
use crate::answer::{Card, Order};
use crate::entry::{Affected, Kind};
use crate::product::{self, Sought};
use crate::query::Query;
use crate::search::collect::Collected;
use crate::store;
use crate::upgrade::flaw::{self, Verdict};
use crate::upgrade::{Coverage, Line, Question, Refusal, Upgrade, in_order, lines, release};
use crate::version::range::Asked;
use crate::version::{Scheme, prose};

/// The part of a statement that is about versions; the rest of thousands of them is not read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Stated {
    pub(super) affected: Vec<Affected>,
    pub(super) related: Vec<String>,
}

/// Entries on one product, other than advisories, that are read; of more the newest.
const READ: usize = 6_000;

/// Advisories that say something of either version; more than any product has.
const FLAWS: usize = 100_000;

/// Entries whose texts are held at a time.
const AT_ONCE: usize = 200;

/// Names that a refusal proposes.
const NEAR: usize = 5;

/// Names that are compared with one that nothing speaks of.
const COMPARED: i64 = 400;

impl Knowledge {
    /// What was said between two versions of a product, or why that cannot be told.
    ///
    /// # Errors
    /// When the index or the record cannot be read.
    pub async fn upgrade(
        &self,
        product: &str,
        from: &str,
        to: &str,
    ) -> anyhow::Result<Result<Upgrade, Refusal>> {
        let question = match question(self.product(product).await?, product, from, to) {
            Ok(question) => question,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut coverage = Coverage::default();
        let mut found = self.flaws(&question, &mut coverage).await?;
        let (said, notes) = self.said(&question, &mut coverage).await?;
        if coverage.entries == 0 {
            return Ok(Err(self.unknown(product).await?));
        }
        found.extend(said);
        let lines = in_order(found);
        let releases = release::releases(&question, &notes, &lines);
        let gaps = release::gaps(&question, &releases);
        let [product, from, to] = [product, from, to].map(|text| text.trim().to_owned());
        let names = question.product.named;
        Ok(Ok(Upgrade { product, from, to, names, lines, releases, gaps, coverage }))
    }

    pub(super) async fn found(&self, query: Query, best: usize) -> anyhow::Result<Collected> {
        let search = self.search.clone();
        let found =
            tokio::task::spawn_blocking(move || search.run(&query, best, Order::Newest, &[])).await??;
        Ok(found.collected)
    }

    /// Vulnerabilities of either version, each once.
    async fn flaws(&self, question: &Question, coverage: &mut Coverage) -> anyhow::Result<Vec<Line>> {
        let products = any(question.product.names().map(|name| Query::Product(name.to_owned())));
        let advisory = Query::KindIs(Kind::Advisory.as_str().to_owned());
        let of_it = self.found(Query::And(vec![products.clone(), advisory]), 0).await?;
        coverage.advisories = of_it.entries;
        let version = |asked: &Asked| Query::Version(asked.text().to_owned());
        let versions = Query::Or(vec![version(&question.from), version(&question.to)]);
        let other = |kind: Kind| Query::Not(Box::new(Query::KindIs(kind.as_str().to_owned())));
        let query = Query::And(vec![products, versions, other(Kind::Release), other(Kind::Thread)]);
        let ids: Vec<i64> =
            self.found(query, FLAWS).await?.best.iter().map(|best| best.entry as i64).collect();
        coverage.advisories = coverage.advisories.max(ids.len() as u64);
        let mut verdicts = Vec::with_capacity(ids.len());
        for some in ids.chunks(AT_ONCE) {
            let mut from_words = Vec::new();
            for (card, group, statement) in store::card::stated(self.store.reader(), some).await? {
                let statement: Stated =
                    serde_json::from_str(&statement).context("read a recorded statement")?;
                if statement.affected.iter().any(says_versions) {
                    let verdict = flaw::judge(question, &card, &statement.affected, false);
                    verdicts.push((group, verdict.about(&statement.related)));
                } else {
                    from_words.push((card, group, statement.related));
                }
            }
            let ids: Vec<i64> = from_words.iter().map(|(card, ..)| card.id.0).collect();
            let bodies = self.bodies(&ids).await?;
            for (card, group, related) in from_words {
                let body = bodies.get(&card.id.0).map(String::as_str).unwrap_or_default();
                let read = prose::read(&format!("{}\n{body}", card.title), &card.title);
                verdicts.push((group, flaw::judge(question, &card, &read, true).about(&related)));
            }
        }
        coverage.passed_over =
            verdicts.iter().filter(|(_, verdict)| matches!(verdict, Verdict::PassedOver)).count() as u64;
        Ok(flaw::merged(verdicts, &store::entry::exploited(self.store.reader()).await?))
    }

    /// What everything else says that names the product, and the release notes among it.
    async fn said(
        &self,
        question: &Question,
        coverage: &mut Coverage,
    ) -> anyhow::Result<(Vec<Line>, Vec<Card>)> {
        let mut naming: Vec<Query> =
            question.product.telling().map(|name| Query::Phrase(name.to_owned())).collect();
        let sources = store::source::list(self.store.reader()).await?;
        let called = sources.into_iter().filter(|leased| question.product.is_named_in(&leased.source.name));
        naming.extend(called.map(|leased| Query::Source(leased.source.slug)));
        let naming = any(naming.into_iter());
        coverage.entries = self.found(naming.clone(), 0).await?.entries;
        let no_advisory = Query::Not(Box::new(Query::KindIs(Kind::Advisory.as_str().to_owned())));
        let found = self.found(Query::And(vec![naming, no_advisory]), READ).await?;
        coverage.partial = found.entries > found.best.len() as u64;
        let ids: Vec<i64> = found.best.iter().map(|best| best.entry as i64).collect();
        let (mut said, mut notes) = (Vec::new(), Vec::new());
        // The day on which what runs was released: keys that changed before it are known there.
        let mut held = None;
        for some in ids.chunks(AT_ONCE) {
            let mut wanted = Vec::new();
            for card in store::card::heads(self.store.reader(), some).await? {
                let version =
                    if card.kind == Kind::Release { release::version_of(question, &card) } else { None };
                match version {
                    Some(version) => {
                        coverage.releases += 1;
                        if release::is_held(question, version) {
                            held = held.max(card.published);
                        } else if release::between(question, version) {
                            notes.push(card.clone());
                            wanted.push(card);
                        }
                    }
                    None => wanted.push(card),
                }
            }
            let ids: Vec<i64> = wanted.iter().map(|card| card.id.0).collect();
            let bodies = self.bodies(&ids).await?;
            for card in wanted {
                let body = bodies.get(&card.id.0).map(String::as_str).unwrap_or_default();
                said.extend(lines(question, &card, body, coverage));
            }
        }
        said.retain(|line| line.section != crate::upgrade::Section::Key || Some(line.dated) >= held);
        Ok((said, notes))
    }

    pub(super) async fn bodies(&self, ids: &[i64]) -> anyhow::Result<HashMap<i64, String>> {
        Ok(store::entry::bodies(self.store.reader(), ids).await?.into_iter().collect())
    }

    /// What is said of a product that nothing speaks of, with names that are near it.
    async fn unknown(&self, product: &str) -> anyhow::Result<Refusal> {
        let sought = product::name(product);
        let beginning: String = sought.chars().take(2).collect();
        let names = store::product::beginning(self.store.reader(), &beginning, COMPARED).await?;
        let listed = self.listed.iter().flat_map(|listed| &listed.spellings).map(|name| product::name(name));
        let mut near: Vec<(f64, String)> = names
            .into_iter()
            .chain(listed)
            .map(|name| (strsim::jaro_winkler(&sought, &name), name))
            .filter(|(near, _)| *near > 0.8)
            .collect();
        near.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        let mut near: Vec<String> = near.into_iter().map(|(_, name)| name).collect();
        near.dedup();
        near.truncate(NEAR);
        let sentence = match near.first() {
            Some(first) => {
                format!("nothing recorded here speaks of \u{201c}{product}\u{201d}: did you mean {first}?")
            }
            None => format!(
                "nothing recorded here speaks of \u{201c}{product}\u{201d}: type its name as its vendor writes it, or add a source of it"
            ),
        };
        Ok(Refusal { sentence, near })
    }
}

pub(super) fn says_versions(affected: &Affected) -> bool {
    !(affected.ranges.is_empty() && affected.versions.is_empty() && affected.fixed.is_empty())
}

/// What any of these finds.
pub(super) fn any(mut queries: impl Iterator<Item = Query>) -> Query {
    let first = queries.next();
    let rest: Vec<Query> = queries.collect();
    match first {
        Some(first) if rest.is_empty() => first,
        first => Query::Or(first.into_iter().chain(rest).collect()),
    }
}

/// The question, or what is wrong with it.
fn question(sought: Sought, product: &str, from: &str, to: &str) -> Result<Question, Refusal> {
    let refuse = |sentence: String| Refusal { sentence, near: Vec::new() };
    let version = |text: &str| {
        let sentence =
            format!("\u{201c}{text}\u{201d} is no version: type it as it is released, such as 3.0.7");
        Asked::read(text).ok_or_else(|| refuse(sentence))
    };
    if product::name(product).is_empty() {
        return Err(refuse("which product? Type its name, such as openssl".to_owned()));
    }
    let question = Question { product: sought, from: version(from)?, to: version(to)? };
    match question.from.compare(Scheme::Dotted, to) {
        Some(std::cmp::Ordering::Less) | None => Ok(question),
        Some(std::cmp::Ordering::Equal) => {
            Err(refuse(format!("{from} and {to} are the same version: nothing lies between them")))
        }
        Some(std::cmp::Ordering::Greater) => Err(refuse(format!(
            "{to} is older than {from}: type the version that runs first, then the one that is offered"
        ))),
    }
}
