//! What a text is worth as evidence about a key: which stance it takes, who speaks, how it is graded, what is missing.
//!
//! Rules only, and each can be told in a sentence: a judgement says which words decided. Refuses to trust: a grade says how
//! far a text can be traced to the vendor, never that a key is good. Texts come from the record, entry by entry; continuity
//! (grade A+) is told by whoever verified it.

pub mod assessment;
mod cue;
mod domain;
pub mod freshness;
pub mod identifier;
pub mod judge;
pub mod near;
pub(crate) mod origin;
mod passage;
mod rule;
mod stance;
mod word;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entry::EntryId;

/// Whether a text of a vendor says that its keys change, without it naming any.
pub(crate) fn speaks_of_a_change(title: &str, text: &str) -> bool {
    stance::speaks_of_a_change(title) || stance::speaks_of_a_change(text)
}

/// How far evidence can be traced to the vendor, from nothing to what was verified by arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grade {
    /// Nothing, or only what was first seen after the package and traces back to it.
    E,
    /// Third parties only.
    D,
    /// The vendor's own channel without the full identifier, or a partner or host.
    C,
    /// The full identifier from an account that the platform marks as the vendor's staff.
    B,
    /// The full identifier on the vendor's own domain, introduced or extended.
    A,
    /// Cryptographic continuity that was verified here.
    #[serde(rename = "A+")]
    APlus,
}

impl Grade {
    /// Every grade, the weakest first.
    pub const ALL: [Self; 6] = [Self::E, Self::D, Self::C, Self::B, Self::A, Self::APlus];

    /// The grade as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::E => "E",
            Self::D => "D",
            Self::C => "C",
            Self::B => "B",
            Self::A => "A",
            Self::APlus => "A+",
        }
    }

    /// The grade that was written.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.as_str() == word)
    }
}

/// What a text says of an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stance {
    /// It is, or becomes, the vendor's key.
    Introduces,
    /// It stays the vendor's key for longer.
    Extends,
    /// It is no longer used.
    Retires,
    /// It is taken back.
    Revokes,
    /// It is not the vendor's.
    Disowns,
    /// It is not to be relied on: for tests, an example, suspicious.
    Warns,
    /// It is named, and nothing is said of it.
    Mentions,
}

impl Stance {
    /// The word shown for this stance.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Introduces => "introduces",
            Self::Extends => "extends",
            Self::Retires => "retires",
            Self::Revokes => "revokes",
            Self::Disowns => "says it is not theirs",
            Self::Warns => "warns",
            Self::Mentions => "mentions",
        }
    }

    /// Whether the key is said to be the vendor's and in use.
    #[must_use]
    pub const fn supports(self) -> bool {
        matches!(self, Self::Introduces | Self::Extends)
    }

    /// Whether the key is said not to be the vendor's, or to be taken back.
    #[must_use]
    pub const fn contradicts(self) -> bool {
        matches!(self, Self::Revokes | Self::Disowns)
    }
}

/// Who speaks, as far as the place and the platform state it; never as the author claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Somebody else, or an account without a mark in a place of the vendor.
    ThirdParty,
    /// A partner or host of the vendor, or an account with rights in the vendor's place that is not marked as staff.
    Partner,
    /// An account that the platform marks as the vendor's, or the vendor's own place on a platform.
    Staff,
    /// The vendor, on a domain that it owns.
    Vendor,
}

impl Role {
    /// The words shown for this role.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ThirdParty => "third party",
            Self::Partner => "partner or host",
            Self::Staff => "the vendor's staff, by the platform's mark",
            Self::Vendor => "the vendor, on its own domain",
        }
    }
}

/// How much of the identifier stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "bits")]
pub enum Match {
    /// Nothing of it.
    Absent,
    /// So many bits that agree: "compatible with".
    Compatible(u16),
    /// All of it, at least 160 bits.
    Exact,
}

/// One text about an identifier, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// The sentence that decided, as written; empty where the text does not name the identifier.
    pub quote: String,
    /// How much of the identifier it names.
    pub matched: Match,
    /// What it says of it.
    pub stance: Stance,
    /// Which words decided on the stance, in a few words.
    pub because: String,
    /// Who speaks.
    pub role: Role,
    /// What it is worth as support for the key.
    pub grade: Grade,
    /// What it would be worth if it introduced the key: the weight of a contradiction.
    pub weight: Grade,
    /// What is missing for the next grade; `None` where there is none.
    pub missing: Option<String>,
    /// What is odd about it, a sentence each.
    pub warnings: Vec<String>,
}

impl Judgement {
    /// Whether this alone makes the sources disagree: the vendor or its staff takes the key back or disowns it.
    #[must_use]
    pub fn is_credible_contradiction(&self) -> bool {
        let named = match self.matched {
            Match::Exact => true,
            Match::Compatible(bits) => bits >= 64,
            Match::Absent => false,
        };
        self.stance.contradicts() && named && self.role >= Role::Staff
    }
}

/// A judgement with the entry that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The entry.
    pub entry: EntryId,
    /// Its title.
    pub title: String,
    /// Where a person reads it.
    pub link: Option<String>,
    /// The source, by its short name.
    pub source: String,
    /// The source, as people write it.
    pub source_name: String,
    /// The source's vendor, by its short name.
    pub vendor: Option<String>,
    /// Who wrote the message, by the name on the platform.
    pub author: Option<String>,
    /// When it was said, by the source's word.
    pub said: Option<Timestamp>,
    /// When it was first seen here.
    pub first_seen: Timestamp,
    /// What it is worth.
    #[serde(flatten)]
    pub judgement: Judgement,
    /// Entries that say the same in the same words: quotes, re-posts, copies. They count as this one.
    pub copies: Vec<EntryId>,
}
