//! Formats in which vendors say things: bytes in, drafts of entries out. One file a format.
//!
//! Refuses to fetch anything or to read a clock. Where the bytes come from is the business of `sources`; a format is
//! given an [`Origin`] and answers with drafts or with one clear sentence.

use index::entry::Draft;
use url::Url;

// Which of all formats some bytes are in.
pub mod recognise;

// Structured records.
pub mod advisory_yaml;
pub mod csaf;
pub mod cve;
pub mod epss;
pub mod known_exploited;
pub mod lifecycle;
pub mod osv;

// What is written for people: feeds, pages, forums, mails, documents.
pub mod article;
pub mod discourse;
pub mod feed;
pub mod forum;
pub mod github;
pub mod keys;
pub mod mail;
pub mod markdown;
pub mod page;
pub mod security_txt;
pub mod status;

// What those have in common: dates, identifiers, lenient shapes, short texts, severities, ranges in words, other spellings.
mod comparators;
mod date;
mod identifiers;
mod json;
pub(crate) mod lenient;
pub(crate) mod phrase;
mod score;
pub(crate) mod spelling;

/// Where a document came from, as far as its format needs to know.
#[derive(Clone, Debug, Default)]
pub struct Origin<'a> {
    /// Path within a folder or archive (`dir/a.json`); used as the source's own identifier of a document that was
    /// imported, empty for a document that was fetched.
    pub path: &'a str,
    /// Address it was fetched from, against which relative links are resolved.
    pub url: Option<Url>,
    /// Media type as served, lower-case, without parameters; empty where unknown.
    pub media_type: &'a str,
    /// Character set as served.
    pub charset: Option<&'a str>,
}

/// Why bytes could not be read as a format: a fragment that reads after the document's name and a colon.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Unreadable {
    /// What kind of trouble, a short stable phrase to count by, such as "malformed JSON".
    pub kind: &'static str,
    /// What was wrong and where, for a person.
    pub sentence: String,
}

impl Unreadable {
    /// Trouble of a `kind` with what was seen in `detail`.
    #[must_use]
    pub fn new(kind: &'static str, detail: impl std::fmt::Display) -> Self {
        Self { kind, sentence: format!("{kind}: {detail}") }
    }
}

/// The drafts that a document holds: one for an advisory, many for a feed.
pub type Read = Result<Vec<Draft>, Unreadable>;
