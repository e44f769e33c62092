//! A query of ours, compiled for the full-text engine.
//!
//! Few words must all be found; of many, the rare ones decide: as many of them must be found as [`Demand`] says, and
//! words that stand in a large part of all entries only help to rank.

use std::ops::Bound;
use std::sync::Arc;

use jiff::civil::Date;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, FuzzyTermQuery, Occur, PhraseQuery,
    Query as Compiled, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::affected::{Below, Condition};
use super::schema::{Fields, severity_number, terms};
use crate::entry::Kind;
use crate::query::{Comparison, Query};
use crate::severity::Level;
use crate::vendor::slug;

type Boxed = Box<dyn Compiled>;

/// How many of the words typed side by side must be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// Every one.
    All,
    /// A part of the rare ones.
    Most,
}

/// From this many words on, not all of them are demanded.
pub(super) const MANY_WORDS: usize = 5;

/// A word that stands in more than one of this many entries is common: it ranks, but is not demanded.
const COMMON: u64 = 40;

/// What a match in the title, in a product's name, and of a whole identifier adds, as a multiple of one in the text.
const TITLE: f32 = 1.0;
const PRODUCT: f32 = 0.5;
const WHOLE: f32 = 1.2;

/// Turns queries into what the engine runs, on one state of the index.
pub(super) struct Compiler<'a> {
    pub(super) fields: &'a Fields,
    pub(super) searcher: &'a Searcher,
    pub(super) demand: Demand,
}

impl Compiler<'_> {
    /// The query as the engine takes it.
    pub(super) fn compile(&self, query: &Query) -> Boxed {
        match query {
            Query::All => Box::new(AllQuery),
            Query::Word(word) => self.word(word),
            Query::Phrase(phrase) => self.phrase(phrase),
            Query::Prefix(prefix) => self.prefix(prefix),
            Query::Advisory(identifier) => self.advisory(identifier),
            Query::Key(key) => self.key(key),
            Query::Vendor(vendor) => self.exact(self.fields.vendor, &slug(vendor)),
            Query::Product(product) => filter(phrase_of(self.fields.product, product)),
            Query::Version(_) | Query::Fixed(_) => condition(query, &[]),
            Query::Id(identifier) => self.exact(self.fields.identifier, &identifier.to_lowercase()),
            Query::KindIs(kind) => self.kind(kind),
            Query::Source(source) => self.exact(self.fields.source, &slug(source)),
            Query::Severity(comparison, level) => self.severity(*comparison, *level),
            Query::Exploited(exploited) => filter(self.fields.stated.exploited(*exploited)),
            Query::Epss(comparison, chance) => filter(self.fields.stated.chance(*comparison, *chance)),
            Query::After(date) => self.dated(Bound::Included(*date), Bound::Unbounded),
            Query::Before(date) => self.dated(Bound::Unbounded, Bound::Excluded(*date)),
            Query::And(all) => self.and(all),
            Query::Or(any) => {
                Box::new(BooleanQuery::union(any.iter().map(|one| self.compile(one)).collect()))
            }
            Query::Not(not) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, filter(Box::new(AllQuery))),
                (Occur::MustNot, self.compile(not)),
            ])),
            Query::Words(words) => self.words(words),
        }
    }

    fn and(&self, all: &[Query]) -> Boxed {
        let mut clauses: Vec<(Occur, Boxed)> = Vec::with_capacity(all.len() + 1);
        for one in all {
            match one {
                Query::Not(not) => clauses.push((Occur::MustNot, self.compile(not))),
                other => clauses.push((Occur::Must, self.compile(other))),
            }
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, filter(Box::new(AllQuery))));
        }
        Box::new(BooleanQuery::new(clauses))
    }

    /// Words side by side: those demanded as `Must` or as a counted group, the others as `Should`; the title helps.
    fn words(&self, words: &[Query]) -> Boxed {
        if self.demand == Demand::All {
            let titles =
                words.iter().filter_map(|word| self.in_title(word)).map(|clause| (Occur::Should, clause));
            let all = words.iter().map(|word| (Occur::Must, self.in_text(word)));
            return Box::new(BooleanQuery::new(all.chain(titles).collect()));
        }
        let (mut common, mut rare): (Vec<&Query>, Vec<&Query>) = (Vec::new(), Vec::new());
        for word in words {
            match self.frequency(word) {
                Some(0) => {}
                Some(frequency) if frequency * COMMON > self.searcher.num_docs() => common.push(word),
                _ => rare.push(word),
            }
        }
        if rare.is_empty() {
            return Box::new(BooleanQuery::union(common.iter().map(|word| self.in_text(word)).collect()));
        }
        let demanded = rare.len().div_ceil(3);
        let counted = rare.iter().map(|word| self.in_text(word)).collect();
        let counted = BooleanQuery::union_with_minimum_required_clauses(counted, demanded);
        let mut clauses: Vec<(Occur, Boxed)> = vec![(Occur::Must, Box::new(counted))];
        clauses.extend(common.iter().map(|word| (Occur::Should, self.in_text(word))));
        clauses
            .extend(rare.iter().filter_map(|word| self.in_title(word)).map(|clause| (Occur::Should, clause)));
        Box::new(BooleanQuery::new(clauses))
    }

    /// Entries with the rarest term of a word; `None` for what is no single word.
    fn frequency(&self, word: &Query) -> Option<u64> {
        let Query::Word(word) = word else { return None };
        let terms = terms(word);
        let parts = terms.iter().filter(|(_, _, whole)| !whole);
        let frequency = |(term, ..): &(String, u32, bool)| {
            self.searcher.doc_freq(&Term::from_field_text(self.fields.text, term)).unwrap_or(0)
        };
        Some(parts.map(frequency).min().unwrap_or(0))
    }

    fn in_text(&self, word: &Query) -> Boxed {
        match word {
            Query::Word(word) => word_of(self.fields.text, word),
            other => self.compile(other),
        }
    }

    fn in_title(&self, word: &Query) -> Option<Boxed> {
        let Query::Word(word) = word else { return None };
        Some(Box::new(BoostQuery::new(bag_of(self.fields.title, word), TITLE)))
    }

    fn word(&self, word: &str) -> Boxed {
        let product: Boxed = Box::new(BoostQuery::new(bag_of(self.fields.product, word), PRODUCT));
        Box::new(BooleanQuery::new(vec![
            (Occur::Must, word_of(self.fields.text, word)),
            (Occur::Should, Box::new(BoostQuery::new(bag_of(self.fields.title, word), TITLE))),
            (Occur::Should, product),
        ]))
    }

    fn phrase(&self, phrase: &str) -> Boxed {
        phrase_of(self.fields.text, phrase)
    }

    fn prefix(&self, prefix: &str) -> Boxed {
        let term = Term::from_field_text(self.fields.text, &prefix.to_lowercase());
        Box::new(FuzzyTermQuery::new_prefix(term, 0, false))
    }

    /// Its own identifier counts most, then entries about it, then whoever has the words.
    fn advisory(&self, identifier: &str) -> Boxed {
        let lowered = identifier.to_lowercase();
        Box::new(BooleanQuery::union(vec![
            self.scored(self.fields.identifier, &lowered, 30.0),
            self.scored(self.fields.about, &lowered, 10.0),
            word_of(self.fields.text, identifier),
        ]))
    }

    /// A key by its full fingerprint or by an id of it; who names only the id of a full fingerprint comes last.
    fn key(&self, key: &str) -> Boxed {
        let mut forms = vec![self.scored(self.fields.key, key, 30.0)];
        if let Some(long) = key.len().checked_sub(16).filter(|at| *at > 0).and_then(|at| key.get(at..)) {
            forms.push(self.scored(self.fields.key, long, 5.0));
        }
        Box::new(BooleanQuery::union(forms))
    }

    fn scored(&self, field: Field, value: &str, score: f32) -> Boxed {
        let term = Term::from_field_text(field, value);
        Box::new(ConstScoreQuery::new(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), score))
    }

    fn exact(&self, field: Field, value: &str) -> Boxed {
        self.scored(field, value, 0.0)
    }

    fn kind(&self, kind: &str) -> Boxed {
        let number = Kind::ALL.iter().position(|other| other.as_str() == kind).unwrap_or(usize::MAX);
        number_of(self.fields.kind, number as u64)
    }

    fn severity(&self, comparison: Comparison, level: Level) -> Boxed {
        let fits = |other: &Level| match comparison {
            Comparison::Less => *other < level,
            Comparison::AtMost => *other <= level,
            Comparison::Equal => *other == level,
            Comparison::AtLeast => *other >= level,
            Comparison::More => *other > level,
        };
        let levels = Level::ALL.iter().filter(|other| fits(other));
        let numbers =
            levels.map(|level| number_of(self.fields.severity, severity_number(Some(*level)).into()));
        Box::new(BooleanQuery::union(numbers.collect()))
    }

    fn dated(&self, from: Bound<Date>, to: Bound<Date>) -> Boxed {
        let term = |date: Date| {
            let midnight =
                date.to_zoned(jiff::tz::TimeZone::UTC).map(|moment| moment.timestamp().as_millisecond());
            Term::from_field_i64(self.fields.dated, midnight.unwrap_or(i64::MAX))
        };
        filter(Box::new(RangeQuery::new(from.map(term), to.map(term))))
    }
}

/// The conditions on versions that everything found must meet, apart from the rest of the query; they take the products
/// that stand beside them, which then only have to be in the text.
pub(super) fn apart(query: &Query) -> (Query, Arc<[Condition]>) {
    let single = [query.clone()];
    let all = match query {
        Query::And(all) => all.as_slice(),
        _ => single.as_slice(),
    };
    let products: Vec<&str> = all
        .iter()
        .filter_map(|one| match one {
            Query::Product(product) => Some(product.as_str()),
            _ => None,
        })
        .collect();
    let (mut rest, mut conditions) = (Vec::new(), Vec::new());
    for one in all {
        match Condition::of(one, &products) {
            Some(condition) => conditions.push(condition),
            None => rest.push(one.clone()),
        }
    }
    if conditions.iter().any(|condition| !condition.is_negated()) {
        for one in &mut rest {
            if let Query::Product(product) = one {
                *one = Query::Phrase(product.clone());
            }
        }
    }
    let rest = match rest.len() {
        0 => Query::All,
        1 => rest.remove(0),
        _ => Query::And(rest),
    };
    (rest, conditions.into())
}

/// A condition on versions where the engine must decide it; what cannot be one finds nothing.
fn condition(query: &Query, products: &[&str]) -> Boxed {
    match Condition::of(query, products) {
        Some(condition) => filter(Box::new(Below([condition].into()))),
        None => Box::new(EmptyQuery),
    }
}

/// A clause that selects and adds nothing to the score.
fn filter(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn number_of(field: Field, number: u64) -> Boxed {
    filter(Box::new(TermQuery::new(Term::from_field_u64(field, number), IndexRecordOption::Basic)))
}

fn term_of(field: Field, term: &str) -> Boxed {
    Box::new(TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::WithFreqs))
}

/// A word: its only part, or the whole of it, or its parts one after the other.
fn word_of(field: Field, word: &str) -> Boxed {
    let terms = terms(word);
    match terms.as_slice() {
        [] => Box::new(EmptyQuery),
        [(term, ..)] => term_of(field, term),
        several => {
            let whole = several.iter().filter(|(_, _, whole)| *whole);
            let mut ways: Vec<Boxed> = whole
                .map(|(term, ..)| Box::new(BoostQuery::new(term_of(field, term), WHOLE)) as Boxed)
                .collect();
            ways.push(phrase_of(field, word));
            Box::new(BooleanQuery::union(ways))
        }
    }
}

/// The parts of a text in this order.
fn phrase_of(field: Field, text: &str) -> Boxed {
    let parts: Vec<(usize, Term)> = terms(text)
        .into_iter()
        .filter(|(_, _, whole)| !whole)
        .map(|(term, position, _)| (position as usize, Term::from_field_text(field, &term)))
        .collect();
    match parts.as_slice() {
        [] => Box::new(EmptyQuery),
        [(_, term)] => Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs)),
        _ => Box::new(PhraseQuery::new_with_offset(parts)),
    }
}

/// Any part of a word.
fn bag_of(field: Field, word: &str) -> Boxed {
    let mut parts: Vec<Boxed> =
        terms(word).iter().filter(|(_, _, whole)| !whole).map(|(term, ..)| term_of(field, term)).collect();
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            parts.push(last);
            Box::new(BooleanQuery::union(parts))
        }
        (_, None) => Box::new(EmptyQuery),
    }
}
