//! The full-text index over the record: derived, and rebuildable from it at any time.
//!
//! The index remembers with every commit how far it has read the record, so that it catches up by itself after a
//! crash or a pause. It lies in a folder of its own; a rebuild makes a new folder beside it and then changes the name
//! in the file `current`, so that it can happen while another process serves. Refuses to store what is shown.

mod affected;
mod bag;
pub(crate) mod collect;
mod compile;
mod enrichment;
pub(crate) mod facets;
mod features;
mod follower;
mod forest;
mod occurrences;
mod schema;
mod second_look;
pub(crate) mod sketch;
mod snippet;
pub(crate) mod standing;
mod stems;
mod token;
mod under_way;
mod words;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context as _;
use tantivy::directory::MmapDirectory;
use tantivy::query::EnableScoring;
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Index, IndexReader, ReloadPolicy, Searcher, Term};

use self::collect::{Best, Collect, Collected};
use self::compile::{Compiler, Demand, MANY_WORDS};
pub(crate) use self::features::NAMES;
use self::features::Row;
pub(crate) use self::follower::{Follower, Mark};
use self::follower::{follower, mark_of};
use self::schema::{FORMAT, Fields, TOKENIZER, schema};
use self::second_look::LOOKED_AT;
use self::token::Words;
use crate::answer::{Marked, Order};
use crate::entry::EntryId;
use crate::query::Query;

/// Bytes that the writer collects in memory before it writes a segment, for each of its threads.
const WRITER_MEMORY: usize = 96 << 20;

/// The same for a writer that catches up with what a round brought, beside everything else that a serving program does.
const MODEST_MEMORY: usize = 32 << 20;

/// Fingerprints that are held against one that was asked for: a hundred times what the largest corpus named.
const FINGERPRINTS: usize = 100_000;

/// Name of the file that says which folder holds the index.
const CURRENT: &str = "current";

/// The index as it is open now.
#[derive(Clone)]
struct Open {
    name: String,
    index: Index,
    reader: IndexReader,
}

/// The full-text index.
#[derive(Clone)]
pub(crate) struct Search {
    folder: PathBuf,
    fields: Fields,
    open: Arc<RwLock<Open>>,
}

/// What was found, and how the query was run.
pub(crate) struct Found {
    pub(crate) collected: Collected,
    pub(crate) relaxed: bool,
}

impl Search {
    /// Opens the index in a folder, or begins an empty one when there is none that can be read.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("make the folder {}", folder.display()))?;
        let open = match open_named(folder, &current(folder)) {
            Ok(open) => open,
            Err(error) => {
                let fresh = next_name(&current(folder));
                if folder.join(CURRENT).exists() {
                    tracing::warn!("the search index is built again, in {fresh}: {error:#}");
                }
                let open = create(folder, &fresh)?;
                point(folder, &fresh)?;
                open
            }
        };
        Ok(Self { folder: folder.to_owned(), fields: schema().1, open: Arc::new(RwLock::new(open)) })
    }

    /// Opens what the file `current` names, if another process has rebuilt the index, and sees what was committed.
    pub(crate) fn refresh(&self) -> anyhow::Result<()> {
        let name = current(&self.folder);
        let held = self.held();
        if held.name == name {
            return held.reader.reload().context("see what is new in the search index");
        }
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = open_named(&self.folder, &name)?;
        remove(&self.folder, &held.name);
        Ok(())
    }

    fn held(&self) -> Open {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How far the index has read.
    pub(crate) fn mark(&self) -> anyhow::Result<Mark> {
        mark_of(&self.held().index)
    }

    /// Opens what lies on the disk anew, and lets go of it again.
    pub(crate) fn try_reading(&self) -> anyhow::Result<()> {
        open_named(&self.folder, &current(&self.folder)).map(drop)
    }

    /// A writer for what changed, or none while another process has it; `modest` where memory counts more than time.
    pub(crate) fn follower(&self, modest: bool) -> anyhow::Result<Option<Follower>> {
        let memory = if modest { MODEST_MEMORY } else { WRITER_MEMORY };
        follower(&self.held().index, &self.fields, 1, memory)
    }

    /// Begins a new index beside the one that serves.
    pub(crate) fn rebuild(&self, threads: usize) -> anyhow::Result<(String, Follower)> {
        let name = next_name(&current(&self.folder));
        remove(&self.folder, &name);
        let open = create(&self.folder, &name)?;
        let follower = follower(&open.index, &self.fields, threads, WRITER_MEMORY)?;
        Ok((name, follower.context("begin a new search index: another process is rebuilding it")?))
    }

    /// Serves from a new index from now on, and removes the old one.
    pub(crate) fn switch(&self, name: &str) -> anyhow::Result<()> {
        point(&self.folder, name)?;
        self.refresh()
    }

    /// The newest entries that a standing query would have found, with their groups; every word is demanded.
    pub(crate) fn standing(&self, query: &Query, best: usize) -> anyhow::Result<Collected> {
        let searcher = self.held().reader.searcher();
        let (query, conditions) = compile::apart(query);
        let compiler = Compiler { fields: &self.fields, searcher: &searcher, demand: Demand::All };
        let collect = Collect { best, order: Order::Newest, sketched: false, conditions };
        let scoring = EnableScoring::disabled_from_searcher(&searcher);
        let executor = tantivy::Executor::single_thread();
        let compiled = compiler.compile(&query);
        searcher.search_with_executor(&compiled, &collect, &executor, scoring).context("search the index")
    }

    /// Those of the words, each with what stands beside it, that any entry has. One look into the dictionary each.
    pub(crate) fn knows(&self, words: Vec<(String, String)>) -> anyhow::Result<Vec<(String, String)>> {
        let searcher = self.held().reader.searcher();
        let mut known = Vec::new();
        for (word, beside) in words {
            let term = Term::from_field_text(self.fields.text, &word.to_lowercase());
            if searcher.doc_freq(&term).context("look a word up in the search index")? > 0 {
                known.push((word, beside));
            }
        }
        Ok(known)
    }

    /// Every fingerprint that an entry names: 40 or 64 digits. Of very many only the first, in order.
    pub(crate) fn fingerprints(&self) -> anyhow::Result<Vec<String>> {
        let searcher = self.held().reader.searcher();
        let mut found = Vec::new();
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(self.fields.key)?;
            let mut terms = index.terms().stream()?;
            while found.len() < FINGERPRINTS && terms.advance() {
                if matches!(terms.key().len(), 40 | 64)
                    && let Ok(term) = std::str::from_utf8(terms.key())
                {
                    found.push(term.to_owned());
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Runs a query. Few words must all be found; when nothing has them all, or they are many, most suffice. Entries
    /// that stand in `without` count as if they were not there.
    pub(crate) fn run(
        &self,
        query: &Query,
        best: usize,
        order: Order,
        without: &[EntryId],
    ) -> anyhow::Result<Found> {
        let (mut found, searcher) = self.found(query, (best, order), without.len())?;
        let best = &mut found.collected.best;
        leave_out(best, without);
        if order == Order::Relevance {
            let rows = second_look::rows(&searcher, self.fields.text, query, best);
            second_look::reorder(&rows.context("weigh the best entries")?, best);
        }
        Ok(found)
    }

    /// What ranking knows of the best entries by their words, before it orders them by it.
    pub(crate) fn known(&self, query: &Query, without: &[EntryId]) -> anyhow::Result<Vec<(EntryId, Row)>> {
        let (mut found, searcher) = self.found(query, (0, Order::Relevance), without.len())?;
        let best = &mut found.collected.best;
        leave_out(best, without);
        let rows = second_look::rows(&searcher, self.fields.text, query, best);
        let rows = rows.context("weigh the best entries")?;
        best.iter().zip(rows).map(|(one, row)| Ok((EntryId(i64::try_from(one.entry)?), row))).collect()
    }

    /// What a query finds, and the state of the index that it was found in.
    fn found(
        &self,
        query: &Query,
        (best, order): (usize, Order),
        more: usize,
    ) -> anyhow::Result<(Found, Searcher)> {
        let sketched = order == Order::Relevance;
        let best = if sketched { best.max(LOOKED_AT) } else { best } + more;
        let searcher = self.held().reader.searcher();
        let (query, conditions) = compile::apart(query);
        let run = |demand| -> anyhow::Result<Collected> {
            let compiled = Compiler { fields: &self.fields, searcher: &searcher, demand }.compile(&query);
            let collect = Collect { best, order, sketched, conditions: Arc::clone(&conditions) };
            let scoring = match order {
                Order::Relevance => EnableScoring::enabled_from_searcher(&searcher),
                Order::Newest | Order::Oldest => EnableScoring::disabled_from_searcher(&searcher),
            };
            let executor = tantivy::Executor::single_thread();
            searcher.search_with_executor(&compiled, &collect, &executor, scoring).context("search the index")
        };
        let words = words(&query);
        if words < MANY_WORDS {
            let collected = run(Demand::All)?;
            if collected.entries > 0 || words < 2 {
                return Ok((Found { collected, relaxed: false }, searcher));
            }
        }
        let found = Found { collected: run(Demand::Most)?, relaxed: true };
        Ok((found, searcher))
    }
}

/// Takes entries away from the best that count as if they were not there.
fn leave_out(best: &mut Vec<Best>, without: &[EntryId]) {
    best.retain(|one| !without.iter().any(|other| u64::try_from(other.0) == Ok(one.entry)));
}

/// The parts of results that are made from texts: snippets, and which words were found where.
pub(crate) struct Marker(snippet::Sought);

impl Marker {
    /// For what a query seeks.
    pub(crate) fn of(query: &Query) -> Self {
        Self(snippet::Sought::of(query))
    }

    /// The stretch of a text where most of it stands.
    pub(crate) fn snippet(&self, text: &str) -> Vec<Marked> {
        self.0.snippet(text)
    }

    /// The terms of it that stand in a text.
    pub(crate) fn found_in(&self, text: &str) -> Vec<String> {
        self.0.found_in(text)
    }
}

/// The most words that stand side by side anywhere in a query.
fn words(query: &Query) -> usize {
    match query {
        Query::Words(words) => words.len(),
        Query::And(all) | Query::Or(all) => all.iter().map(words).max().unwrap_or(0),
        _ => 1,
    }
}

/// The folder that the file `current` names; the first one when there is no such file.
fn current(folder: &Path) -> String {
    let named = std::fs::read_to_string(folder.join(CURRENT)).unwrap_or_default();
    let named = named.trim();
    let plain = !named.is_empty() && named.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain { named.to_owned() } else { format!("format{FORMAT}-1") }
}

/// The name after this one; a change of format begins to count again.
fn next_name(name: &str) -> String {
    let number = name.strip_prefix(&format!("format{FORMAT}-")).and_then(|number| number.parse::<u32>().ok());
    format!("format{FORMAT}-{}", number.unwrap_or(0) + 1)
}

fn point(folder: &Path, name: &str) -> anyhow::Result<()> {
    let (fresh, file) = (folder.join("current.new"), folder.join(CURRENT));
    std::fs::write(&fresh, name)
        .and_then(|()| std::fs::rename(&fresh, &file))
        .context("name the new search index")
}

fn remove(folder: &Path, name: &str) {
    let old = folder.join(name);
    if old.exists()
        && let Err(error) = std::fs::remove_dir_all(&old)
    {
        tracing::warn!("an old search index stays in {}: {error}", old.display());
    }
}

fn create(folder: &Path, name: &str) -> anyhow::Result<Open> {
    let path = folder.join(name);
    std::fs::create_dir_all(&path).with_context(|| format!("make the folder {}", path.display()))?;
    Index::create_in_dir(&path, schema().0)
        .with_context(|| format!("begin a search index in {}", path.display()))?;
    open_named(folder, name)
}

fn open_named(folder: &Path, name: &str) -> anyhow::Result<Open> {
    if !name.starts_with(&format!("format{FORMAT}-")) {
        anyhow::bail!("read a search index of another format, {name}");
    }
    let directory = MmapDirectory::open(folder.join(name)).context("open the folder of the search index")?;
    let index = Index::open(directory).context("open the search index")?;
    if index.schema() != schema().0 {
        anyhow::bail!("read a search index with other fields");
    }
    index.tokenizers().register(TOKENIZER, TextAnalyzer::from(Words::default()));
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()
        .context("open the search index for reading")?;
    Ok(Open { name: name.to_owned(), index, reader })
}
