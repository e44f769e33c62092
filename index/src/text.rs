//! Text that was a stranger's and has been made ours.
//!
//! A [`Text`] is plain text with light structure (paragraphs parted by an empty line, `- ` list items, fenced blocks,
//! `## ` headings). It holds no markup that a page could obey. The crawler's `clean` module is its only maker; a test
//! of the house holds that line. Everything that shows text takes it from here.

use serde::{Deserialize, Serialize};

/// Cleaned text: no control characters but line feeds and tabs, no bidirectional overrides, line ends as `\n`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// Takes text that the crawler's `clean` module has cleaned; nothing else may call this.
    #[must_use]
    pub fn cleaned(text: String) -> Self {
        Self(text)
    }

    /// Takes text back from the record, where only cleaned text is written.
    #[must_use]
    pub(crate) fn recorded(text: String) -> Self {
        Self(text)
    }

    /// The text itself, still to be escaped by whatever shows it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text itself, when the wrapper is no longer needed.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}
