//! What is answered: results of a search, an entry with its history, a vendor, a source.
//!
//! Plain values, ready to be shown on a page, printed, or written as JSON. Nothing here decides or computes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::enrichment::{Epss, Exploited};
use crate::entry::{Affected, EntryId, Kind, Statement, Status};
use crate::health::State;
use crate::mention::Mention;
use crate::revision::{Piece, Revision};
use crate::severity::Severity;
use crate::source::{Health, Round, Source, SourceId, Standing};
use crate::vendor::Vendor;

/// Which part of the results is asked for, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Results to pass over.
    pub from: usize,
    /// Results to return, at most 100.
    pub size: usize,
    /// Order of results.
    pub order: Order,
    /// Whether entries that share an identifier are shown as one result.
    pub grouped: bool,
    /// Entries that count as if they were not there.
    pub without: Vec<EntryId>,
}

impl Default for Window {
    fn default() -> Self {
        Self { from: 0, size: 10, order: Order::Relevance, grouped: true, without: Vec::new() }
    }
}

/// Order of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Best match first.
    #[default]
    Relevance,
    /// Newest first, by the source's date.
    Newest,
    /// Oldest first, by the source's date.
    Oldest,
}

/// One page of search results.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// Entries that match.
    pub entries: u64,
    /// Groups of entries that share an identifier, among those that match.
    pub groups: u64,
    /// The results asked for.
    pub hits: Vec<Hit>,
    /// How the matching entries spread.
    pub facets: Facets,
    /// How the query was understood, in words.
    pub understood: String,
    /// Whether fewer words than all were required to match, because the query is long.
    pub relaxed: bool,
}

/// One result.
#[derive(Clone, Debug, Serialize)]
pub struct Hit {
    /// The entry that stands for the group: the best match in it.
    pub card: Card,
    /// A stretch of its text around the matches.
    pub snippet: Vec<Marked>,
    /// Entries of the same group, the shown one left out, at most 20.
    pub others: Vec<Card>,
    /// Different sources in the group.
    pub sources: u64,
    /// Why it matched, in words.
    pub why: Vec<String>,
    /// Score, comparable within one answer only; absent when ordered by date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
}

/// A stretch of a snippet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Marked {
    /// Whether it matched.
    pub marked: bool,
    /// The words.
    pub text: String,
}

/// How the matching entries spread over vendors, kinds, severities and years.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facets {
    /// By vendor or publisher, most first, at most 15.
    pub vendor: Vec<Facet>,
    /// By kind of entry.
    pub kind: Vec<Facet>,
    /// By severity, worst first.
    pub severity: Vec<Facet>,
    /// By year of publication, newest first, at most 15.
    pub year: Vec<Facet>,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facet {
    /// What is shown.
    pub label: String,
    /// What is added to the query to keep only these, such as `vendor:acme`.
    pub query: String,
    /// Matching entries that have it.
    pub count: u64,
}

/// The head of an entry: what a list shows of it.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    /// Its number.
    pub id: EntryId,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Title, one line; never empty.
    pub title: String,
    /// Where a person reads it.
    pub link: Option<String>,
    /// Slug of the vendor or publisher, for `vendor:` and, where the vendor is recorded, its page.
    pub vendor: Option<String>,
    /// Name of the vendor or publisher.
    pub vendor_name: Option<String>,
    /// Slug of the source.
    pub source: String,
    /// Name of the source.
    pub source_name: String,
    /// On whose ground the source speaks.
    pub standing: Standing,
    /// When the source says it was published.
    pub published: Option<Timestamp>,
    /// When the source says it was last changed.
    pub updated: Option<Timestamp>,
    /// When it was first seen here.
    pub first_seen: Timestamp,
    /// When its newest revision was seen here.
    pub last_revised: Timestamp,
    /// Revisions recorded.
    pub revisions: u32,
    /// Whether it still holds.
    pub status: Status,
    /// How bad.
    pub severity: Option<Severity>,
    /// Its identifier and aliases.
    pub identifiers: Vec<String>,
    /// What is affected; the first few.
    pub affected: Vec<Affected>,
    /// How many products are affected in all.
    pub affected_count: u32,
    /// That one of its identifiers is known to be exploited, and since when; the longest where there are several.
    pub exploited: Option<Exploited>,
    /// The highest chance of exploitation among its identifiers.
    pub epss: Option<Epss>,
}

/// An entry with everything known of it.
#[derive(Clone, Debug, Serialize)]
pub struct EntryView {
    /// Its head.
    pub card: Card,
    /// Everything that the shown revision says, apart from the text.
    pub statement: Statement,
    /// The text of the shown revision.
    pub text: String,
    /// Identifiers found in the text, with their byte ranges.
    pub mentions: Vec<Mention>,
    /// Every revision, newest first.
    pub revisions: Vec<Revision>,
    /// Number of the shown revision.
    pub revision: u32,
    /// Other entries that share an identifier.
    pub others: Vec<Card>,
    /// The source's own identifier.
    pub native_id: String,
    /// The vendor is recorded and has a page.
    pub vendor_recorded: bool,
}

/// Two revisions of an entry side by side.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// Head of the entry.
    pub card: Card,
    /// The older revision.
    pub before: Revision,
    /// The newer revision.
    pub after: Revision,
    /// Title, word by word.
    pub title: Vec<Piece>,
    /// Text, word by word.
    pub text: Vec<Piece>,
    /// The structured parts that differ: what they are called, before, after.
    pub facts: Vec<(String, String, String)>,
}

/// The bytes that a revision was read from.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Media type as served; empty where unknown.
    pub media_type: String,
    /// The bytes as fetched.
    pub bytes: Vec<u8>,
}

/// A vendor with its channels.
#[derive(Clone, Debug, Serialize)]
pub struct VendorView {
    /// The vendor.
    pub vendor: Vendor,
    /// Its sources.
    pub sources: Vec<SourceView>,
    /// Entries of this vendor.
    pub entries: u64,
    /// Its newest entries.
    pub newest: Vec<Card>,
}

/// A vendor in a list.
#[derive(Clone, Debug, Serialize)]
pub struct VendorLine {
    /// The vendor.
    pub vendor: Vendor,
    /// Its sources.
    pub sources: u64,
    /// Entries of this vendor's sources.
    pub entries: u64,
}

/// A source and how it is doing.
#[derive(Clone, Debug, Serialize)]
pub struct SourceView {
    /// Its number.
    pub id: SourceId,
    /// What it is.
    pub source: Source,
    /// How it is doing.
    pub health: Health,
    /// The state in one word; as it was when the source was last tried, until [`SourceView::at`] says when to look.
    pub state: State,
    /// The newest rounds first, at most 30; only filled when one source is asked for.
    pub rounds: Vec<Round>,
}

impl SourceView {
    /// The same, with its state as it is at `now`.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.state = State::of(&self.source, &self.health, now);
        self
    }
}

/// How many sources are in which state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct States(pub BTreeMap<State, u64>);

impl States {
    /// Sources whose state is one of those that `which` means.
    #[must_use]
    pub fn count(&self, which: fn(State) -> bool) -> u64 {
        self.0.iter().filter(|(state, _)| which(**state)).map(|(_, count)| count).sum()
    }
}

/// Totals for the first page and for scripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Entries recorded.
    pub entries: u64,
    /// Revisions recorded.
    pub revisions: u64,
    /// Sources.
    pub sources: u64,
    /// Sources whose last round failed.
    pub unwell: u64,
    /// Entries recorded but not yet searchable.
    pub behind: u64,
    /// Since when the oldest of them waits.
    pub behind_since: Option<Timestamp>,
}
