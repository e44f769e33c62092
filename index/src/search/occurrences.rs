//! How often each term that is asked for stands in each of the best entries: what the second look knows of their texts.
//!
//! The lists of the terms are read again at the places of the best entries alone, by their skip lists, so that the cost is
//! that of a few entries and not of everything that was found.

use tantivy::postings::Postings as _;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, DocSet as _, Searcher, Term};

use super::schema::terms;
use super::sketch::hash;
use super::words::{WHOLE, rarity, usual_length};

/// Terms of a query that are looked up.
const TERMS: usize = 96;

/// A term that is asked for and that some entry has.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    /// The term, as the index has it.
    pub(super) term: String,
    /// The same as a sketch has it.
    pub(super) hash: u32,
    /// What finding it is worth by its rarity.
    pub(super) worth: f32,
    /// Whether it is a word that was kept whole beside its parts.
    pub(super) whole: bool,
}

impl Asked {
    /// Whether it begins as a version does: a number, a dot, a number.
    pub(super) fn is_version(&self) -> bool {
        let digits = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
        let rest = self.term.trim_start_matches(|digit: char| digit.is_ascii_digit());
        rest.len() < self.term.len() && rest.strip_prefix('.').is_some_and(digits)
    }
}

/// The terms of what was typed, each once, in the order of their first place.
pub(super) fn asked(searcher: &Searcher, field: Field, typed: &str) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    for (term, _, whole) in terms(typed) {
        if asked.len() == TERMS || asked.iter().any(|one| one.term == term) {
            continue;
        }
        let frequency = searcher.doc_freq(&Term::from_field_text(field, &term)).unwrap_or(0);
        if frequency > 0 {
            let share = if whole { WHOLE } else { 1.0 };
            let worth = share * rarity(searcher.num_docs(), frequency);
            asked.push(Asked { hash: hash(term.as_bytes()), term, worth, whole });
        }
    }
    asked
}

/// What the best entries have of the terms.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Occurrences {
    /// Of each entry the number of times that each term stands in it.
    pub(super) counts: Vec<Vec<u32>>,
    /// Length of each entry as a multiple of the usual one.
    pub(super) lengths: Vec<f32>,
}

impl Occurrences {
    /// Reads them, for the entries at these places of the index.
    pub(super) fn read(
        searcher: &Searcher,
        field: Field,
        asked: &[Asked],
        places: &[DocAddress],
    ) -> tantivy::Result<Self> {
        let mut found =
            Self { counts: vec![vec![0; asked.len()]; places.len()], lengths: vec![1.0; places.len()] };
        let usual = usual_length(searcher, field);
        // Lists are read forwards.
        let mut order: Vec<(usize, DocAddress)> = places.iter().copied().enumerate().collect();
        order.sort_unstable_by_key(|(_, place)| *place);
        for there in order.chunk_by(|(_, one), (_, other)| one.segment_ord == other.segment_ord) {
            let Some((_, first)) = there.first() else { continue };
            let segment = searcher.segment_reader(first.segment_ord);
            let lengths = segment.get_fieldnorms_reader(field)?;
            for (at, place) in there {
                if let Some(length) = found.lengths.get_mut(*at) {
                    *length = lengths.fieldnorm(place.doc_id) as f32 / usual;
                }
            }
            let index = segment.inverted_index(field)?;
            for (column, one) in asked.iter().enumerate() {
                let term = Term::from_field_text(field, &one.term);
                let Some(mut list) = index.read_postings(&term, IndexRecordOption::WithFreqs)? else {
                    continue;
                };
                for (at, place) in there {
                    if list.doc() < place.doc_id {
                        list.seek(place.doc_id);
                    }
                    if list.doc() == place.doc_id
                        && let Some(count) = found.counts.get_mut(*at).and_then(|row| row.get_mut(column))
                    {
                        *count = list.term_freq();
                    }
                }
            }
        }
        Ok(found)
    }
}
