//! The second look: the best entries by their words are weighed again by all that is known of them, and put in an order in
//! which different voices come first.
//!
//! What is known is a row of [`super::features`]; what it is worth was learnt, see [`super::forest`]. Then, place by place, a
//! source that was already heard counts less, so that five releases of one advisory do not hide what others say. All of it
//! concerns the first [`LOOKED_AT`] entries only; what each part brought is in BENCHMARKS.md.

use std::collections::HashMap;

use tantivy::Searcher;
use tantivy::schema::Field;

use super::collect::Best;
use super::features::{self, Row};
use super::forest;
use super::occurrences::{Occurrences, asked};
use super::sketch::words;
use crate::query::Query;

/// Entries that are weighed again.
pub(super) const LOOKED_AT: usize = 200;

/// How much less an entry counts for each time that its source was heard before, and how many times that is done.
const HEARD: f32 = 0.3;
const TIMES: u8 = 2;

/// Words of a query that are held against titles.
const WORDS: usize = 96;

/// What is known of the best entries, in their order; nothing for a query without words, nor for one that names an
/// identifier or a key: who bears it comes first, whatever its words are.
pub(super) fn rows(
    searcher: &Searcher,
    field: Field,
    query: &Query,
    best: &[Best],
) -> tantivy::Result<Vec<Row>> {
    if names_one(query) {
        return Ok(Vec::new());
    }
    let mut typed = String::new();
    gather(query, &mut typed);
    let terms = asked(searcher, field, &typed);
    let looked_at = best.get(..best.len().min(LOOKED_AT)).unwrap_or_default();
    if terms.is_empty() || looked_at.first().is_none_or(|first| first.score <= 0.0) {
        return Ok(Vec::new());
    }
    let places: Vec<_> = looked_at.iter().map(|entry| entry.place).collect();
    let occurrences = Occurrences::read(searcher, field, &terms, &places)?;
    Ok(features::rows(looked_at, &terms, &occurrences, &words(&typed, WORDS)))
}

/// Weighs the best entries of a query with words again and reorders them; the others stay behind them as they are.
pub(super) fn reorder(rows: &[Row], best: &mut [Best]) {
    let Some((looked_at, others)) = best.split_at_mut_checked(rows.len()) else { return };
    for (entry, row) in looked_at.iter_mut().zip(rows) {
        entry.score = forest::worth(row).exp();
    }
    by_voice(looked_at);
    // Scores go on falling behind those that were weighed.
    if let (Some(last), Some(first)) = (looked_at.last(), others.first().map(|best| best.score)) {
        let share = last.score / first.max(f32::MIN_POSITIVE);
        others.iter_mut().for_each(|entry| entry.score *= share);
    }
}

/// Puts at each place the entry that counts most when sources heard before count less. Its score becomes what it counted.
fn by_voice(best: &mut [Best]) {
    let mut heard: HashMap<u32, u8> = HashMap::new();
    for place in 0..best.len() {
        let counts = |entry: &Best| {
            let times = heard.get(&entry.sketch.source).copied().unwrap_or(0).min(TIMES);
            entry.score * (1.0 - HEARD * f32::from(times))
        };
        let rest = best.iter().enumerate().skip(place);
        // The first of equals: they stand in the order of their words.
        let chosen = rest
            .map(|(at, entry)| (at, counts(entry)))
            .reduce(|one, other| if other.1 > one.1 { other } else { one });
        let Some((at, score)) = chosen else { return };
        if let Some(between) = best.get_mut(place..=at) {
            between.rotate_right(1);
        }
        if let Some(entry) = best.get_mut(place) {
            entry.score = score;
            *heard.entry(entry.sketch.source).or_default() += 1;
        }
    }
}

/// Whether a query asks for an identifier or a key.
fn names_one(query: &Query) -> bool {
    match query {
        Query::Advisory(_) | Query::Key(_) | Query::Id(_) => true,
        Query::And(all) | Query::Or(all) | Query::Words(all) => all.iter().any(names_one),
        _ => false,
    }
}

/// The words that a query asks for, without those that it excludes and without its fields.
fn gather(query: &Query, typed: &mut String) {
    match query {
        Query::Word(word) | Query::Phrase(word) | Query::Prefix(word) => {
            typed.push_str(word);
            typed.push('\n');
        }
        Query::And(all) | Query::Or(all) | Query::Words(all) => all.iter().for_each(|one| gather(one, typed)),
        _ => {}
    }
}
