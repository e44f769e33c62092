//! Standing queries: what was just recorded is held against every saved query at once.
//!
//! The new and revised entries of a batch become a small index in memory, with the same fields, tokens and compiler as
//! the large one, and each query is asked of it. Every word of a standing query is demanded: with a handful of entries
//! nothing can be told of which words are rare.

use std::sync::Arc;

use anyhow::Context as _;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::EnableScoring;
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{DocId, Index, Score, Searcher, SegmentOrdinal, SegmentReader};

use super::affected::{Condition, Tester};
use super::compile::{Compiler, Demand, apart};
use super::schema::{Fields, TOKENIZER, document, schema};
use super::token::Words;
use crate::query::Query;
use crate::store::entry::Changed;

/// Bytes that the writer collects in memory before it writes a segment; a batch makes one or two.
const MEMORY: usize = 64 << 20;

/// Entries that were just recorded, ready to be asked.
pub(crate) struct Batch {
    fields: Fields,
    searcher: Searcher,
}

impl Batch {
    /// For these entries, as their newest revisions have them.
    pub(crate) fn of(changed: &[Changed]) -> anyhow::Result<Self> {
        let (schema, fields) = schema();
        let index = Index::create_in_ram(schema);
        index.tokenizers().register(TOKENIZER, TextAnalyzer::from(Words::default()));
        let mut writer = index.writer_with_num_threads(1, MEMORY).context("begin an index in memory")?;
        for one in changed {
            writer.add_document(document(&fields, one)?).context("write to an index in memory")?;
        }
        writer.commit().context("commit an index in memory")?;
        let searcher = index.reader().context("read an index in memory")?.searcher();
        Ok(Self { fields, searcher })
    }

    /// The numbers of those entries that a query finds.
    pub(crate) fn found(&self, query: &Query) -> anyhow::Result<Vec<i64>> {
        let (query, conditions) = apart(query);
        let compiler = Compiler { fields: &self.fields, searcher: &self.searcher, demand: Demand::All };
        let scoring = EnableScoring::disabled_from_searcher(&self.searcher);
        let executor = tantivy::Executor::single_thread();
        let compiled = compiler.compile(&query);
        let found =
            self.searcher.search_with_executor(&compiled, &Numbers { conditions }, &executor, scoring);
        found.context("hold a standing query against new entries")
    }
}

/// Gathers the numbers of what is found, and nothing else.
struct Numbers {
    conditions: Arc<[Condition]>,
}

/// The same within one segment.
struct Segment {
    tester: Tester,
    id: Column<u64>,
    found: Vec<i64>,
}

impl Collector for Numbers {
    type Fruit = Vec<i64>;
    type Child = Segment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Segment> {
        Ok(Segment {
            tester: Tester::new(segment, Arc::clone(&self.conditions))?,
            id: segment.fast_fields().u64("id")?,
            found: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, parts: Vec<Vec<i64>>) -> tantivy::Result<Vec<i64>> {
        Ok(parts.concat())
    }
}

impl SegmentCollector for Segment {
    type Fruit = Vec<i64>;

    fn collect(&mut self, doc: DocId, _: Score) {
        if self.tester.fits(doc)
            && let Some(id) = self.id.first(doc)
        {
            self.found.push(id as i64);
        }
    }

    fn harvest(self) -> Vec<i64> {
        self.found
    }
}
