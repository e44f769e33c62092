//! What an entry said at a time, and what differs between two times.
//!
//! A revision is made when the digest of what a source says differs from the newest one recorded; the moment at which
//! a source claims to have been updated is left out, because some feeds renew it at every reading.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use similar::{Algorithm, ChangeTag, TextDiff};

use crate::entry::Statement;

/// Words compared one by one at most; longer texts are compared line by line to stay quick on hostile input.
const WORD_LIMIT: usize = 40_000;

/// One revision of an entry, as listed on its page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// Counted from 1 within the entry.
    pub number: u32,
    /// When it was first seen here.
    pub seen: Timestamp,
    /// What differs from the revision before; empty for the first.
    pub changes: Vec<Change>,
    /// SHA-256 of the bytes that it was read from, in lower-case hex.
    pub snapshot: String,
}

impl Revision {
    /// Whether something changed that a reader must act on.
    #[must_use]
    pub fn is_material(&self) -> bool {
        self.changes.iter().any(|change| change.is_material())
    }
}

/// A part of a statement that differs between two revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Severity level, score or vector.
    Severity,
    /// Affected or fixed versions.
    Affected,
    /// Identifiers or aliases.
    Identifiers,
    /// In force, disputed, withdrawn.
    Status,
    /// What to do about it.
    Remedy,
    /// Title.
    Title,
    /// Wording.
    Text,
    /// Posts of a thread: new ones, edits, roles.
    Posts,
    /// Links.
    References,
    /// Hashes and signatures.
    Checks,
    /// Anything else: dates, publisher.
    Other,
}

impl Change {
    /// Whether a reader must act on it: severity, versions, identifiers, status or remedy.
    #[must_use]
    pub const fn is_material(self) -> bool {
        matches!(self, Self::Severity | Self::Affected | Self::Identifiers | Self::Status | Self::Remedy)
    }

    /// The words shown for this change.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Affected => "affected or fixed versions",
            Self::Identifiers => "identifiers",
            Self::Status => "status",
            Self::Remedy => "remedy",
            Self::Title => "title",
            Self::Text => "wording",
            Self::Posts => "posts",
            Self::References => "references",
            Self::Checks => "hash or signature",
            Self::Other => "dates or publisher",
        }
    }
}

/// The digest that tells whether a statement differs from the newest recorded one. `rest` is the statement's JSON as
/// [`encode`] gives it.
#[must_use]
pub fn digest(text: &str, rest: &str) -> [u8; 32] {
    Sha256::new().chain_update(rest).chain_update([0]).chain_update(text).finalize().into()
}

/// The statement without its text and without its moment of update, as the JSON that the digest covers.
///
/// # Errors
/// When a number in the statement cannot be written as JSON.
pub fn encode(statement: &mut Statement) -> serde_json::Result<String> {
    let updated = statement.updated.take();
    let encoded = serde_json::to_string(statement);
    statement.updated = updated;
    encoded
}

/// What differs between two statements of one entry, material changes first.
#[must_use]
pub fn changes(before: &Statement, after: &Statement) -> Vec<Change> {
    let tests = [
        (Change::Severity, before.severity != after.severity),
        (Change::Affected, before.affected != after.affected),
        (Change::Identifiers, before.identifiers != after.identifiers || before.related != after.related),
        (Change::Status, before.status != after.status),
        (Change::Remedy, before.remedy != after.remedy),
        (Change::Title, before.title != after.title),
        (Change::Text, before.text != after.text),
        (Change::Posts, before.posts != after.posts),
        (Change::References, before.references != after.references),
        (Change::Checks, before.checks != after.checks),
    ];
    let mut changes: Vec<Change> =
        tests.into_iter().filter_map(|(change, differs)| differs.then_some(change)).collect();
    if changes.is_empty() {
        changes.push(Change::Other);
    }
    changes
}

/// A stretch of text in a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Where it stands.
    pub fate: Fate,
    /// The words, with the spaces around them.
    pub text: String,
}

/// What became of a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// In both.
    Kept,
    /// Only in the older one.
    Removed,
    /// Only in the newer one.
    Added,
}

/// Compares two texts word by word (line by line when they are very long).
#[must_use]
pub fn compare(before: &str, after: &str) -> Vec<Piece> {
    let long = before.split_whitespace().count() + after.split_whitespace().count() > WORD_LIMIT;
    let mut configuration = TextDiff::configure();
    configuration.algorithm(Algorithm::Patience).timeout(std::time::Duration::from_secs(2));
    let difference =
        if long { configuration.diff_lines(before, after) } else { configuration.diff_words(before, after) };
    let mut pieces: Vec<Piece> = Vec::new();
    for change in difference.iter_all_changes() {
        let fate = match change.tag() {
            ChangeTag::Equal => Fate::Kept,
            ChangeTag::Delete => Fate::Removed,
            ChangeTag::Insert => Fate::Added,
        };
        match pieces.last_mut() {
            Some(last) if last.fate == fate => last.text.push_str(change.value()),
            _ => pieces.push(Piece { fate, text: change.value().to_owned() }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{Change, Fate, Piece, changes, compare, digest, encode};
    use crate::entry::{Affected, Statement};
    use crate::severity::{Level, Severity};
    use crate::text::Text;

    fn said(text: &str) -> Statement {
        Statement { text: Text::cleaned(text.into()), ..Statement::default() }
    }

    #[test]
    fn a_new_moment_of_update_alone_is_not_a_new_revision() {
        let mut before = said("same");
        let mut after = said("same");
        after.updated = Some(jiff::Timestamp::UNIX_EPOCH);
        let (one, two) = (encode(&mut before).unwrap(), encode(&mut after).unwrap());
        assert_eq!(digest("same", &one), digest("same", &two));
        assert!(after.updated.is_some());
    }

    #[test]
    fn raised_severity_and_a_new_fixed_version_are_material() {
        let before = said("x");
        let after = Statement {
            severity: Some(Severity { level: Level::High, score: None, vector: None }),
            affected: vec![Affected { product: "acme".into(), ..Affected::default() }],
            ..before.clone()
        };
        assert_eq!(changes(&before, &after), [Change::Severity, Change::Affected]);
        assert!(changes(&before, &after).iter().all(|change| change.is_material()));
    }

    #[test]
    fn new_wording_is_not_material() {
        assert_eq!(changes(&said("a"), &said("b")), [Change::Text]);
        assert!(!Change::Text.is_material());
    }

    #[test]
    fn words_are_compared_and_neighbours_joined() {
        let piece = |fate, text: &str| Piece { fate, text: text.into() };
        assert_eq!(
            compare("fixed in 1.2 today", "fixed in 1.3 today"),
            [
                piece(Fate::Kept, "fixed in "),
                piece(Fate::Removed, "1.2"),
                piece(Fate::Added, "1.3"),
                piece(Fate::Kept, " today")
            ]
        );
    }
}
