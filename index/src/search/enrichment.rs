//! `exploited:` and `epss:`: what lists state about an entry's identifiers, as columns of the index.

use std::ops::Bound;

use tantivy::query::{Query as Compiled, RangeQuery, TermQuery};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, SchemaBuilder};
use tantivy::{TantivyDocument, Term};

use crate::enrichment::Chance;
use crate::query::Comparison;
use crate::store::enrichment::Worst;

/// The columns.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// Whether one of its identifiers is known to be exploited; absent where no list could say so.
    exploited: Field,
    /// The highest chance of exploitation among its identifiers, in hundred-thousandths.
    chance: Field,
}

impl Columns {
    /// Adds them to a schema.
    pub(super) fn add(builder: &mut SchemaBuilder) -> Self {
        Self {
            exploited: builder.add_u64_field("exploited", INDEXED),
            chance: builder.add_u64_field("chance", FAST),
        }
    }

    /// Writes them into an entry's document.
    pub(super) fn write(&self, worst: Worst, document: &mut TantivyDocument) {
        if let Some(exploited) = worst.exploited {
            document.add_u64(self.exploited, exploited.into());
        }
        if let Some(chance) = worst.chance {
            document.add_u64(self.chance, chance.parts().into());
        }
    }

    /// Entries that are known to be exploited, or of which a list could say so and none does.
    pub(super) fn exploited(&self, exploited: bool) -> Box<dyn Compiled> {
        let term = Term::from_field_u64(self.exploited, exploited.into());
        Box::new(TermQuery::new(term, IndexRecordOption::Basic))
    }

    /// Entries whose chance of exploitation compares so.
    pub(super) fn chance(&self, comparison: Comparison, chance: Chance) -> Box<dyn Compiled> {
        let term = Term::from_field_u64(self.chance, chance.parts().into());
        let (from, to) = match comparison {
            Comparison::Less => (Bound::Unbounded, Bound::Excluded(term)),
            Comparison::AtMost => (Bound::Unbounded, Bound::Included(term)),
            Comparison::Equal => (Bound::Included(term.clone()), Bound::Included(term)),
            Comparison::AtLeast => (Bound::Included(term), Bound::Unbounded),
            Comparison::More => (Bound::Excluded(term), Bound::Unbounded),
        };
        Box::new(RangeQuery::new(from, to))
    }
}
