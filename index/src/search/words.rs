//! Words side by side become a [`Bag`]: which terms are sought, what each is worth, and how many must be found.
//!
//! A term is worth more the fewer entries have it. Few words must all be found; of many, the rare ones decide: one in
//! six of them must be found, and words that stand in a large part of all entries only help to rank.

use tantivy::query::Bm25StatisticsProvider as _;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::bag::{Bag, Sought, What};
use super::compile::{Boxed, Compiler, Demand, word_of};
use super::schema::terms;
use crate::query::Query;

/// A word that stands in more than one of this many entries is common: it ranks, but is not demanded.
const COMMON: u64 = 40;

/// What a word with parts is worth as a whole beside its parts, as a share of what its rarity would make it worth.
pub(super) const WHOLE: f32 = 0.25;

/// Of the rare words of a long query one in so many must be found.
const DEMANDED: usize = 6;

impl Compiler<'_> {
    /// Words side by side.
    pub(super) fn words(&self, words: &[Query]) -> Boxed {
        let mut bag = Bag {
            field: self.fields.text,
            sought: Vec::new(),
            demanded: 0,
            usual_length: usual_length(self.searcher, self.fields.text),
        };
        for word in words {
            match (word, self.demand) {
                (Query::Word(word), Demand::Most) => self.parts(word, true, &mut bag.sought),
                (Query::Word(word), Demand::All) => self.whole(word, &mut bag.sought),
                (other, _) => {
                    let what = What::Other(self.compile(other));
                    bag.sought.push(Sought {
                        what,
                        worth: rarity(self.searcher.num_docs(), 1),
                        counts: true,
                    });
                }
            }
        }
        let counted = |bag: &Bag| bag.sought.iter().filter(|sought| sought.counts).count();
        if counted(&bag) == 0 {
            bag.sought.iter_mut().for_each(|sought| sought.counts = true);
            bag.demanded = 1;
        } else {
            let counted = counted(&bag);
            let demanded = if self.demand == Demand::All { counted } else { counted.div_ceil(DEMANDED) };
            bag.demanded = u16::try_from(demanded).unwrap_or(u16::MAX);
        }
        Box::new(bag)
    }

    /// A word that must be found: its only part, or its parts side by side in this order.
    fn whole(&self, word: &str, sought: &mut Vec<Sought>) {
        let before = sought.len();
        self.parts(word, false, sought);
        let parts = sought.get(before..).unwrap_or_default();
        if let [Sought { what: What::Term(term), worth, .. }] = parts {
            let only = Sought { what: What::Term(term.clone()), worth: *worth, counts: true };
            sought.truncate(before);
            sought.push(only);
            return;
        }
        let rarest = parts.iter().map(|part| part.worth).fold(0.0, f32::max);
        let what = What::Other(word_of(self.fields.text, word));
        sought.push(Sought { what, worth: WHOLE * rarest, counts: true });
    }

    /// The parts of a word, and the whole of it, each once over all words.
    fn parts(&self, word: &str, count: bool, sought: &mut Vec<Sought>) {
        for (term, _, whole) in terms(word) {
            let term = Term::from_field_text(self.fields.text, &term);
            let is_term = |other: &Sought| matches!(&other.what, What::Term(known) if *known == term);
            let frequency = self.frequency(&term);
            if sought.iter().any(is_term) || whole && frequency == 0 {
                continue;
            }
            let share = if whole { WHOLE } else { 1.0 };
            let rare = frequency > 0 && frequency * COMMON <= self.searcher.num_docs();
            let worth = share * rarity(self.searcher.num_docs(), frequency);
            sought.push(Sought { what: What::Term(term), worth, counts: count && !whole && rare });
        }
    }

    /// Entries with a term.
    fn frequency(&self, term: &Term) -> u64 {
        self.searcher.doc_freq(term).unwrap_or(0)
    }
}

/// What finding a term is worth that so many of all entries have; BM25's inverse document frequency.
pub(super) fn rarity(all: u64, frequency: u64) -> f32 {
    let (all, with) = (all as f32, frequency as f32);
    (1.0 + (all - with).max(0.0) / (with + 0.5)).ln()
}

/// Length of a usual entry in terms of a field.
pub(super) fn usual_length(searcher: &Searcher, field: Field) -> f32 {
    let tokens = searcher.total_num_tokens(field).unwrap_or(0);
    (tokens as f32 / searcher.num_docs().max(1) as f32).max(1.0)
}
