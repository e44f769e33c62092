//! One thing that was said: what a source's reader drafts, and what its statement holds.
//!
//! A [`Draft`] comes from the crawler. Its identity is ours: computed from the source and the source's own identifier,
//! so that a corrected title or a second reading never makes a second entry.

use std::fmt;

use inspect::key::Fingerprint;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::severity::Severity;
use crate::text::Text;

/// The number of an entry in this store; stable for as long as the store lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub i64);

/// What sort of thing was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A security advisory or vulnerability record.
    Advisory,
    /// Release notes of a version.
    Release,
    /// A discussion with posts.
    Thread,
    /// News, a blog post, a feed item that is none of the others.
    Notice,
    /// A vendor's numbered bulletin that is not an advisory.
    Bulletin,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Advisory, Self::Release, Self::Thread, Self::Notice, Self::Bulletin];

    /// The word shown and typed for this kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Advisory => "advisory",
            Self::Release => "release",
            Self::Thread => "thread",
            Self::Notice => "notice",
            Self::Bulletin => "bulletin",
        }
    }

    /// The kind that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What an entry's identity is computed from: 128 bits of SHA-256 over the source and the source's own identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity(pub [u8; 16]);

impl Identity {
    /// The identity of `native_id` within the source named `source`.
    #[must_use]
    pub fn of(source: &str, native_id: &str) -> Self {
        let digest = Sha256::new().chain_update(source).chain_update([0]).chain_update(native_id).finalize();
        let mut identity = [0; 16];
        for (to, from) in identity.iter_mut().zip(digest) {
            *to = from;
        }
        Self(identity)
    }
}

/// One entry as a source's reader found it, not yet recorded.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The source's own identifier of this entry, or its canonical link; unique within the source.
    pub native_id: String,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Where a person reads it.
    pub link: Option<String>,
    /// What it says.
    pub statement: Statement,
    /// The bytes as fetched: the evidence.
    pub evidence: Evidence,
}

/// The bytes that an entry was read from.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Media type, lower-case, without parameters; empty where unknown.
    pub media_type: String,
    /// The bytes as fetched, decompressed from any transfer coding.
    pub bytes: Vec<u8>,
}

/// Everything that an entry says at one time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Title, one line.
    pub title: Text,
    /// The whole text; for a thread its posts one after the other.
    #[serde(skip)]
    pub text: Text,
    /// Who speaks, by the document's own words (a CSAF publisher, a CVE numbering authority).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// When the source says it was first published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// When the source says it was last changed. Not part of a revision's digest: some feeds renew it every minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
    /// Whether it still holds.
    #[serde(default, skip_serializing_if = "Status::is_in_force")]
    pub status: Status,
    /// Its own advisory identifier and its aliases, canonical spelling; entries that share one form a group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<String>,
    /// Advisory identifiers it is about without being the same as them (several CVEs in one bulletin).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<String>,
    /// How bad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What is affected, and what fixes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affected: Vec<Affected>,
    /// What to do, where the source says so apart from the text.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub remedy: Text,
    /// Links that it gives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// The posts of a thread, as ranges of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub posts: Vec<Post>,
    /// Hashes and signatures that came with it, and what they were worth.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

/// Whether what was said still holds, as its source states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Said and not taken back.
    #[default]
    InForce,
    /// A draft or an interim state, by the source's word.
    Interim,
    /// Contested, by the source's word.
    Disputed,
    /// Taken back: withdrawn, rejected, retired.
    Withdrawn,
}

impl Status {
    /// Whether this is the ordinary state.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        *self == Self::InForce
    }

    /// The word shown for this status.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Interim => "interim",
            Self::Disputed => "disputed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A product or package, and which of its versions are affected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// Name of the product or package.
    pub product: String,
    /// Ecosystem as the source names it (OSV ecosystem, package manager), where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecosystem: Option<String>,
    /// Maker of the product as the source names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Other identifiers of it that the source gives: package URLs, CPEs, addresses of repositories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Affected ranges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<Range>,
    /// Affected versions that are listed one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
    /// Versions listed as fixed or not affected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<String>,
}

/// A range of affected versions: from `introduced` on, up to before `fixed` or up to and with `last_affected`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// First affected version; absent or `0` means from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduced: Option<String>,
    /// First version that is no longer affected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<String>,
    /// Last affected version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_affected: Option<String>,
}

/// The range as a phrase: "before 1.2", "1.0 to before 1.2", "up to 1.2".
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self.introduced.as_deref().filter(|version| !matches!(*version, "0" | "*" | ""));
        match (from, self.fixed.as_deref(), self.last_affected.as_deref()) {
            (None, Some(fixed), _) => write!(f, "before {fixed}"),
            (Some(from), Some(fixed), _) => write!(f, "{from} to before {fixed}"),
            (None, None, Some(last)) => write!(f, "up to {last}"),
            (Some(from), None, Some(last)) if from == last => f.write_str(from),
            (Some(from), None, Some(last)) => write!(f, "{from} to {last}"),
            (Some(from), None, None) => write!(f, "{from} and later"),
            (None, None, None) => f.write_str("all versions"),
        }
    }
}

/// A link that an entry gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The address as given; shown as text, followed only by a person.
    pub url: String,
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// One message of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// The platform's own identifier of the message.
    pub native_id: String,
    /// Name of the author on the platform.
    pub author: String,
    /// What the platform says the author is.
    pub role: Role,
    /// When it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// When it was last edited, where the platform says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Timestamp>,
    /// First byte of the message in the entry's text.
    pub start: u32,
    /// Byte after the last one of the message in the entry's text.
    pub end: u32,
}

/// An author's role as the platform itself states it, never as the author claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Marked as staff or administrator, or as a member of the organisation that owns the place.
    Staff,
    /// Marked as moderator.
    Moderator,
    /// Owner of the place, such as a repository.
    Owner,
    /// Invited by the owner to work there.
    Collaborator,
    /// Has contributed before, by the platform's count.
    Contributor,
    /// An ordinary account.
    Member,
    /// The platform does not say.
    #[default]
    Unknown,
}

impl Role {
    /// The word shown for this role.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
            Self::Collaborator => "collaborator",
            Self::Contributor => "contributor",
            Self::Member => "member",
            Self::Unknown => "role not stated",
        }
    }
}

/// A hash or signature that came with an entry, as a fact. A failure is kept and shown like a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was checked, such as "SHA-512" or "OpenPGP signature".
    pub subject: String,
    /// Whether it fits the bytes.
    pub outcome: Outcome,
    /// The signing key, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<Fingerprint>,
    /// One sentence for a person.
    pub sentence: String,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It fits the bytes.
    Fits,
    /// It does not fit the bytes, or its key may not be used.
    Fails,
    /// It could not be checked; this is never shown as fine.
    NotChecked,
}

impl Outcome {
    /// The words shown for this outcome.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Fails => "fails",
            Self::NotChecked => "not checked",
        }
    }
}
