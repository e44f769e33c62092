//! How the sources are doing, as a digest says it, so that silence is never mistaken for peace.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How the sources are doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sources {
    /// Sources that are asked.
    pub asked: u64,
    /// Those of them that are well.
    pub well: u64,
    /// Those that are not.
    pub unwell: Vec<Unwell>,
    /// Whether what changed among them is news of its own to this subscription.
    #[serde(default)]
    pub watched: bool,
    /// Names of those that have become well again since it was last told.
    #[serde(default)]
    pub recovered: Vec<String>,
}

/// A source that is not well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unwell {
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its state in words.
    pub state: String,
    /// Since when it has said nothing, or has failed.
    pub since: Option<Timestamp>,
    /// Why, in its own sentence.
    pub sentence: String,
    /// Whether this is new since the subscription was last told.
    pub new: bool,
}

impl Sources {
    /// Changes that are news of their own.
    #[must_use]
    pub fn news(&self) -> usize {
        let fallen = self.unwell.iter().filter(|source| source.new).count();
        if self.watched { fallen + self.recovered.len() } else { 0 }
    }
}
