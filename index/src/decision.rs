//! What people here decided on a package, and what they observed after it was installed.
//!
//! Both are entries too, of the house's own source, and are found by the next search; what stands here joins them to a
//! package, a product and a version. Nothing is taken back: a later decision is a further one, and the last one counts.
//! Refuses to say who somebody is: a name is what was typed.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entry::EntryId;
use crate::text::Text;

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It may be installed.
    Accept,
    /// It waits for something.
    Hold,
    /// It is not to be installed.
    Refuse,
}

impl Outcome {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Accept, Self::Hold, Self::Refuse];

    /// The word typed and recorded for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Hold => "hold",
            Self::Refuse => "refuse",
        }
    }

    /// What was done, as it is shown.
    #[must_use]
    pub const fn past(self) -> &'static str {
        match self {
            Self::Accept => "Accepted",
            Self::Hold => "Held",
            Self::Refuse => "Refused",
        }
    }

    /// The outcome that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.trim();
        Self::ALL.into_iter().find(|outcome| outcome.as_str().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What was typed is not a decision or an observation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Mistake {
    /// Which field: `outcome`, `by`, `reason`, `product`, `version`, `text`.
    pub field: &'static str,
    /// What is wrong and what to type, a sentence without its full stop.
    pub sentence: String,
}

/// A decision as somebody makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deciding {
    /// What.
    pub outcome: Outcome,
    /// Who.
    pub by: Text,
    /// Why.
    pub reason: Text,
}

/// An observation as somebody makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observing {
    /// The product, as it is called here.
    pub product: Text,
    /// Its version.
    pub version: Text,
    /// What was seen.
    pub said: Text,
    /// Who saw it.
    pub by: Text,
}

/// What a decision is about: the file, and what it claims to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct About {
    /// SHA-256 of the file, lower-case digits.
    pub digest: String,
    /// What the file was called.
    pub name: String,
    /// What the package in it calls itself.
    pub product: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Whom it states as its maker.
    pub vendor: Option<String>,
}

/// A decision that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The entry that it is.
    pub entry: EntryId,
    /// What it is about.
    #[serde(flatten)]
    pub about: About,
    /// What was decided.
    pub outcome: Outcome,
    /// By whom, as typed.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// An observation that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Observation {
    /// The entry that it is.
    pub entry: EntryId,
    /// The product, as typed.
    pub product: String,
    /// Its version.
    pub version: String,
    /// What was seen.
    pub said: String,
    /// By whom, as typed.
    pub by: String,
    /// When it was written down.
    pub at: Timestamp,
}
