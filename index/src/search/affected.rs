//! `version:` and `fixed:`: which entries say that a version is affected, or that it fixes.
//!
//! What each entry says of versions (structured where it is, else read from its words) lies in a column of the index as
//! JSON. Beside other terms only what those find is looked at; many are answered by reading the column once, in order.

use std::sync::Arc;

use tantivy::columnar::BytesColumn;
use tantivy::query::{EnableScoring, Explanation, Query as Compiled, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

use crate::entry::{Affected, Statement};
use crate::product::words;
use crate::query::Query;
use crate::version::prose;
use crate::version::range::Asked;

/// Name of the column.
pub(super) const COLUMN: &str = "affected";

/// Documents of one segment that are looked up one by one before the whole column is read.
const ONE_BY_ONE: u32 = 1_000;

/// What an entry says of versions, as the column keeps it; none where it says nothing.
pub(super) fn encode(statement: &Statement, title: &str, body: &str) -> anyhow::Result<Option<Vec<u8>>> {
    let says = |one: &&Affected| !(one.ranges.is_empty() && one.versions.is_empty() && one.fixed.is_empty());
    let without_also = |one: &Affected| Affected { also: Vec::new(), ..one.clone() };
    let mut said: Vec<Affected> = statement.affected.iter().filter(says).map(without_also).collect();
    if said.is_empty() {
        said = prose::read(&format!("{title}\n{body}"), title);
    }
    Ok(if said.is_empty() { None } else { Some(serde_json::to_vec(&said)?) })
}

/// One condition on versions: any of those asked about, for every product, by any of its names.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    asked: Vec<Asked>,
    fixed: bool,
    negated: bool,
    products: Vec<Vec<Vec<String>>>,
}

impl Condition {
    /// The condition that a query is, with the products that stand beside it; `None` for any other query.
    pub(super) fn of(query: &Query, products: &[Vec<&str>]) -> Option<Self> {
        let (asked, negated) = match query {
            Query::Not(inner) => (&**inner, true),
            other => (other, false),
        };
        let (texts, fixed): (Vec<&String>, bool) = match asked {
            Query::Version(text) => (vec![text], false),
            Query::Fixed(text) => (vec![text], true),
            Query::Or(any) => {
                let texts = any.iter().map(|one| match one {
                    Query::Version(text) => Some(text),
                    _ => None,
                });
                (texts.collect::<Option<_>>()?, false)
            }
            _ => return None,
        };
        let asked = texts.into_iter().map(|text| Asked::read(text)).collect::<Option<_>>()?;
        let names = |names: &Vec<&str>| names.iter().map(|name| words(name)).collect();
        Some(Self { asked, fixed, negated, products: products.iter().map(names).collect() })
    }

    /// Whether it leaves out what it describes.
    pub(super) fn is_negated(&self) -> bool {
        self.negated
    }

    fn holds(&self, said: &[Affected]) -> bool {
        let named = |one: &&Affected| {
            let names = |sought: &Vec<String>| {
                names(&one.product, sought)
                    || one.vendor.as_deref().is_some_and(|vendor| names(vendor, sought))
            };
            self.products.iter().all(|sought| sought.iter().any(names))
        };
        let fits = |one: &Affected| {
            self.asked
                .iter()
                .any(|asked| if self.fixed { asked.is_fixed_by(one) } else { asked.affects(one) })
        };
        said.iter().filter(named).any(fits) != self.negated
    }

    /// Whether what is said, in small letters and not yet read, may name every product: most of it does not.
    fn may_hold(&self, said: &str) -> bool {
        let stands = |word: &String| !word.is_ascii() || said.contains(word.as_str());
        let named = |names: &Vec<Vec<String>>| names.iter().any(|name| name.iter().all(stands));
        self.negated || self.products.iter().all(named)
    }
}

/// Whether the words of a name have those sought in a row.
fn names(name: &str, sought: &[String]) -> bool {
    !sought.is_empty() && words(name).windows(sought.len()).any(|words| words == sought)
}

/// Conditions, held against the documents of one segment.
pub(super) struct Tester {
    column: Option<BytesColumn>,
    conditions: Arc<[Condition]>,
    looked_up: u32,
    every: Option<Vec<bool>>,
    nothing_said: bool,
    buffer: Vec<u8>,
}

impl Tester {
    /// For a segment.
    pub(super) fn new(segment: &SegmentReader, conditions: Arc<[Condition]>) -> tantivy::Result<Self> {
        let nothing_said = conditions.iter().all(|condition| condition.holds(&[]));
        let column = segment.fast_fields().bytes(COLUMN)?;
        Ok(Self { column, conditions, looked_up: 0, every: None, nothing_said, buffer: Vec::new() })
    }

    /// Whether a document meets every condition.
    pub(super) fn fits(&mut self, document: DocId) -> bool {
        if self.conditions.is_empty() {
            return true;
        }
        let Some(column) = &self.column else { return self.nothing_said };
        let Some(place) = column.ords().first(document) else { return self.nothing_said };
        self.looked_up += 1;
        if self.looked_up > ONE_BY_ONE && self.every.is_none() {
            self.every = Some(every(column, &self.conditions));
        }
        if let Some(every) = &self.every {
            return usize::try_from(place).ok().and_then(|place| every.get(place)).copied().unwrap_or(false);
        }
        self.buffer.clear();
        column.ord_to_bytes(place, &mut self.buffer).unwrap_or(false) && hold(&self.conditions, &self.buffer)
    }
}

fn hold(conditions: &[Condition], said: &[u8]) -> bool {
    let small = String::from_utf8_lossy(said).to_ascii_lowercase();
    if !conditions.iter().all(|condition| condition.may_hold(&small)) {
        return false;
    }
    let said: Vec<Affected> = serde_json::from_slice(said).unwrap_or_default();
    conditions.iter().all(|condition| condition.holds(&said))
}

/// The conditions against every different value of the column, in its order.
fn every(column: &BytesColumn, conditions: &[Condition]) -> Vec<bool> {
    let mut every = Vec::with_capacity(column.num_terms());
    if let Ok(mut values) = column.dictionary().stream() {
        while let Some((said, ())) = values.next() {
            every.push(hold(conditions, said));
        }
    }
    every
}

/// A condition that stands where the engine must decide it: below `OR` or `NOT`.
#[derive(Clone, Debug)]
pub(super) struct Below(pub(super) Arc<[Condition]>);

impl Compiled for Below {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Below {
    fn scorer(&self, segment: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut tester = Tester::new(segment, Arc::clone(&self.0))?;
        let documents = (0..segment.max_doc()).filter(|document| tester.fits(*document)).collect();
        Ok(Box::new(Listed { documents, at: 0 }))
    }

    fn explain(&self, _: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        Err(TantivyError::InvalidArgument(format!("document {document} has no score from its versions")))
    }
}

/// Documents in their order.
struct Listed {
    documents: Vec<DocId>,
    at: usize,
}

impl DocSet for Listed {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.documents.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        u32::try_from(self.documents.len()).unwrap_or(u32::MAX)
    }
}

impl Scorer for Listed {
    fn score(&mut self) -> Score {
        0.0
    }
}
