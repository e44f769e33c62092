//! Words side by side, scored term by term: every list of a term's entries is read once, block by block, into a table
//! with a row for each entry, instead of walking all lists together entry by entry.
//!
//! This is what makes a pasted sentence cost hardly more than two words: the work is the sum of the lists' lengths and
//! nothing is compared. Refuses to know what a word is; [`super::compile`] says which terms, how much each is worth, and
//! how many must be found.

use std::cell::RefCell;

use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

/// Above this many occurrences in an entry of the usual length a further one adds little; BM25's `k1`.
const SATURATION: f32 = 1.2;

/// How much the length of an entry counts against its occurrences, from 0 to 1; BM25's `b`.
const LENGTH: f32 = 0.5;

/// One thing that is sought among others.
#[derive(Clone, Debug)]
pub(super) struct Sought {
    /// A term of the text, or a query for what is no single term.
    pub(super) what: What,
    /// How much finding it is worth.
    pub(super) worth: f32,
    /// Whether it counts towards what must be found.
    pub(super) counts: bool,
}

/// How something is sought.
#[derive(Debug)]
pub(super) enum What {
    /// By its term.
    Term(Term),
    /// By a query of its own; every entry that it finds has it once.
    Other(Box<dyn Query>),
}

impl Clone for What {
    fn clone(&self) -> Self {
        match self {
            Self::Term(term) => Self::Term(term.clone()),
            Self::Other(query) => Self::Other(query.box_clone()),
        }
    }
}

/// Things sought side by side in one field.
#[derive(Clone, Debug)]
pub(super) struct Bag {
    /// The field that the terms are of.
    pub(super) field: Field,
    /// What is sought.
    pub(super) sought: Vec<Sought>,
    /// How many of those that count must be found.
    pub(super) demanded: u16,
    /// Length of a usual entry in terms.
    pub(super) usual_length: f32,
}

impl Query for Bag {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let parts = self.sought.iter().map(|sought| {
            let what = match &sought.what {
                What::Term(term) => Part::Term(term.clone()),
                What::Other(query) => Part::Other(query.weight(scoring)?),
            };
            Ok(Weighed { what, worth: sought.worth, counts: sought.counts })
        });
        let parts = parts.collect::<tantivy::Result<Vec<Weighed>>>()?;
        let whole = parts.iter().map(|part| part.worth).sum::<f32>().max(f32::MIN_POSITIVE);
        let mut damping = [0.0; 256];
        for (norm, damping) in (0..=u8::MAX).zip(&mut damping) {
            let length = tantivy::fieldnorm::FieldNormReader::id_to_fieldnorm(norm) as f32;
            *damping = SATURATION * (1.0 - LENGTH + LENGTH * length / self.usual_length.max(1.0));
        }
        Ok(Box::new(BagWeight { field: self.field, parts, demanded: self.demanded, whole, damping }))
    }
}

struct BagWeight {
    field: Field,
    parts: Vec<Weighed>,
    demanded: u16,
    /// Sum of what everything sought is worth.
    whole: f32,
    /// What the number of occurrences is held against, by the length of an entry as the index keeps it.
    damping: [f32; 256],
}

struct Weighed {
    what: Part,
    worth: f32,
    counts: bool,
}

enum Part {
    Term(Term),
    Other(Box<dyn Weight>),
}

/// What one entry has of what is sought.
#[derive(Clone, Copy, Default)]
struct Row {
    score: f32,
    /// Sum of what the things that were found are worth.
    found: f32,
    counted: u16,
}

thread_local! {
    /// The table is kept between queries: clearing it is cheaper than getting fresh memory from the system.
    static TABLE: RefCell<Vec<Row>> = const { RefCell::new(Vec::new()) };
}

impl Weight for BagWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let matches = TABLE.with_borrow_mut(|table| {
            table.clear();
            table.resize(segment.max_doc() as usize, Row::default());
            self.fill(table, segment)?;
            tantivy::Result::Ok(self.matches(table, boost))
        })?;
        if matches.docs.is_empty() {
            return Ok(Box::new(EmptyScorer));
        }
        Ok(Box::new(matches))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        if scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("entry {doc} does not match")));
        }
        Ok(Explanation::new("words side by side", scorer.score()))
    }
}

impl BagWeight {
    fn fill(&self, table: &mut [Row], segment: &SegmentReader) -> tantivy::Result<()> {
        let index = segment.inverted_index(self.field)?;
        let lengths = segment.get_fieldnorms_reader(self.field)?;
        for part in &self.parts {
            let counted = u16::from(part.counts);
            match &part.what {
                Part::Term(term) => {
                    let Some(mut list) = index.read_block_postings(term, IndexRecordOption::WithFreqs)?
                    else {
                        continue;
                    };
                    read(&mut list, |doc, occurrences| {
                        let Some(row) = table.get_mut(doc as usize) else { return };
                        let norm = lengths.fieldnorm_id(doc) as usize;
                        let damping = self.damping.get(norm).copied().unwrap_or(SATURATION);
                        row.score += part.worth * occurrences / (occurrences + damping);
                        row.found += part.worth;
                        row.counted += counted;
                    });
                }
                Part::Other(weight) => weight.for_each_no_score(segment, &mut |docs| {
                    for doc in docs {
                        let Some(row) = table.get_mut(*doc as usize) else { continue };
                        row.score += part.worth / (1.0 + SATURATION);
                        row.found += part.worth;
                        row.counted += counted;
                    }
                })?,
            }
        }
        Ok(())
    }

    /// The entries that have enough, each with its score: damped by the part of the whole that was found.
    fn matches(&self, table: &[Row], boost: Score) -> Matches {
        let mut matches = Matches { docs: Vec::new(), scores: Vec::new(), at: 0 };
        let demanded = self.demanded.max(1);
        for (doc, row) in (0..).zip(table) {
            if row.counted >= demanded {
                matches.docs.push(doc);
                matches.scores.push(boost * row.score * row.found / self.whole);
            }
        }
        matches
    }
}

/// Hands over every entry of a list with its number of occurrences.
fn read(list: &mut BlockSegmentPostings, mut take: impl FnMut(DocId, f32)) {
    while list.block_len() > 0 {
        for (doc, occurrences) in list.docs().iter().zip(list.freqs()) {
            take(*doc, *occurrences as f32);
        }
        list.advance();
    }
}

/// Entries with their scores, in order.
struct Matches {
    docs: Vec<DocId>,
    scores: Vec<Score>,
    at: usize,
}

impl DocSet for Matches {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = self.docs.get(self.at..).unwrap_or_default();
        self.at += rest.partition_point(|doc| *doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.docs.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        u32::try_from(self.docs.len()).unwrap_or(u32::MAX)
    }
}

impl Scorer for Matches {
    fn score(&mut self) -> Score {
        self.scores.get(self.at).copied().unwrap_or_default()
    }
}
