//! The question before an upgrade: what lies between two versions of a product.

use std::collections::HashMap;

use super::Knowledge;
use crate::answer::{Card, Order};
use crate::prepare::restore;
use crate::query::Query;
use crate::store;
use crate::upgrade::{Question, Refusal, Upgrade, in_order, lines, words};
use crate::version::Scheme;
use crate::version::range::Asked;

/// Entries on one product that are read; a product with more is read in part, newest first.
const READ: usize = 6_000;

/// Entries whose texts are held at a time.
const AT_ONCE: usize = 200;

/// Names that a refusal proposes.
const NEAR: usize = 5;

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
        let question = match question(product, from, to) {
            Ok(question) => question,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (search, sought) = (self.search.clone(), Query::Phrase(product.trim().to_owned()));
        let found =
            tokio::task::spawn_blocking(move || search.run(&sought, READ, Order::Newest, &[])).await??;
        if found.collected.entries == 0 {
            return Ok(Err(self.unknown(product).await?));
        }
        let ids: Vec<i64> = found.collected.best.iter().map(|best| best.entry as i64).collect();
        let (mut said, mut read) = (Vec::new(), 0);
        for some in ids.chunks(AT_ONCE) {
            let cards = store::card::page(self.store.reader(), some, &[]).await?;
            let cards: HashMap<i64, Card> = cards.into_iter().map(|(card, ..)| (card.id.0, card)).collect();
            for changed in store::entry::said(self.store.reader(), some).await? {
                let Some(card) = cards.get(&changed.id) else { continue };
                let statement = restore(&changed.statement, String::new())?;
                said.extend(lines(&question, card, &statement, &changed.body));
                read += 1;
            }
        }
        let partial = found.collected.entries > read;
        let [product, from, to] = [product, from, to].map(|text| text.trim().to_owned());
        Ok(Ok(Upgrade { product, from, to, lines: in_order(said), read, partial }))
    }

    /// What is said of a product that nothing speaks of, with the names of products that have one of its words.
    async fn unknown(&self, product: &str) -> anyhow::Result<Refusal> {
        let mut near: Vec<String> = Vec::new();
        let beginning: String = product.trim().chars().take(3).collect();
        let search = self.search.clone();
        let sought = Query::Prefix(beginning);
        let found = tokio::task::spawn_blocking(move || search.run(&sought, AT_ONCE, Order::Relevance, &[]))
            .await??;
        let ids: Vec<i64> = found.collected.best.iter().map(|best| best.entry as i64).collect();
        if !ids.is_empty() {
            let sought = product.trim().to_lowercase();
            for (card, ..) in store::card::page(self.store.reader(), &ids, &[]).await? {
                for affected in card.affected {
                    let close = strsim::jaro_winkler(&sought, &affected.product.to_lowercase()) > 0.75;
                    if close && near.len() < NEAR && !near.contains(&affected.product) {
                        near.push(affected.product);
                    }
                }
            }
        }
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

/// The question, or what is wrong with it.
fn question(product: &str, from: &str, to: &str) -> Result<Question, Refusal> {
    let refuse = |sentence: String| Refusal { sentence, near: Vec::new() };
    let version = |text: &str| {
        let sentence =
            format!("\u{201c}{text}\u{201d} is no version: type it as it is released, such as 3.0.7");
        Asked::read(text).ok_or_else(|| refuse(sentence))
    };
    let name = words(product);
    if name.is_empty() {
        return Err(refuse("which product? Type its name, such as openssl".to_owned()));
    }
    let question =
        Question { product: name, from: version(from)?, to: version(to)?, to_text: to.trim().to_owned() };
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
