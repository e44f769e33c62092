//! A query of ours, compiled for the full-text engine.
//!
//! Fields, phrases and identifiers become queries of the engine; words side by side are [`mod@super::words`]'s.

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

pub(super) type Boxed = Box<dyn Compiled>;

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

/// What a match of a whole identifier counts, as a multiple of one of a word.
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
            Query::Word(_) => self.words(std::slice::from_ref(query)),
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
    let products: Vec<Vec<&str>> = all.iter().filter_map(names).collect();
    let (mut rest, mut conditions) = (Vec::new(), Vec::new());
    for one in all {
        match Condition::of(one, &products) {
            Some(condition) => conditions.push(condition),
            None => rest.push(one.clone()),
        }
    }
    if conditions.iter().any(|condition| !condition.is_negated()) {
        for one in &mut rest {
            if let Some(names) = names(one) {
                let phrases = names.into_iter().map(|name| Query::Phrase(name.to_owned()));
                *one = Query::Or(phrases.collect());
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

/// The names of the one product that a query seeks.
fn names(query: &Query) -> Option<Vec<&str>> {
    match query {
        Query::Product(product) => Some(vec![product.as_str()]),
        Query::Or(any) => {
            let products = any.iter().map(|one| match one {
                Query::Product(product) => Some(product.as_str()),
                _ => None,
            });
            products.collect()
        }
        _ => None,
    }
}

/// A condition on versions where the engine must decide it; what cannot be one finds nothing.
fn condition(query: &Query, products: &[Vec<&str>]) -> Boxed {
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
pub(super) fn word_of(field: Field, word: &str) -> Boxed {
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
