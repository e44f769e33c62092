//! What ranking knows of what a query finds, as numbers: from these it was learnt how to rank.

use super::Knowledge;
use crate::entry::EntryId;
use crate::query::Query;
use crate::search::NAMES;

/// One of the best entries by its words, before it is ranked by what else is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// The entry.
    pub entry: EntryId,
    /// What is known, in the order of [`Knowledge::weights`].
    pub numbers: Vec<f32>,
}

impl Knowledge {
    /// The names of the numbers that ranking knows of an entry.
    #[must_use]
    pub const fn weights() -> &'static [&'static str] {
        &NAMES
    }

    /// The best entries of a query by its words alone, with what ranking knows of each. Entries that stand in `without`
    /// count as if they were not there.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub async fn weigh(&self, query: &Query, without: &[EntryId]) -> anyhow::Result<Vec<Weighed>> {
        let (search, asked, without) = (self.search.clone(), self.widen(query).await?, without.to_vec());
        let known = tokio::task::spawn_blocking(move || search.known(&asked, &without)).await??;
        let weighed = known.into_iter().map(|(entry, row)| Weighed { entry, numbers: row.to_vec() });
        Ok(weighed.collect())
    }
}
