//! What people type into a search, as a tree of our own that a full-text engine compiles.
//!
//! Refuses to know how anything is found, and which vendors or sources exist. A typed line comes from a page,
//! a command or a subscription; the tree goes to the engine, and back to people in words.

use std::fmt;

use jiff::civil::Date;

use crate::enrichment::Chance;
use crate::severity::Level;

mod explain;
mod lex;
mod parse;
mod show;

/// What is sought.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// Everything: nothing was typed.
    All,
    /// One word, as typed.
    Word(String),
    /// Words in this order, as typed between quotes.
    Phrase(String),
    /// Words that begin so, at least two letters.
    Prefix(String),
    /// An advisory by its canonical identifier, wherever it is mentioned.
    Advisory(String),
    /// A key: 8, 16, 40 or 64 hexadecimal digits in upper case, or OpenSSH's `SHA256:…`.
    Key(String),
    /// Entries of this vendor, by its name or identifier as typed.
    Vendor(String),
    /// Entries on this product, as typed.
    Product(String),
    /// Entries that say that this version is affected.
    Version(String),
    /// Entries that say that this version, or an earlier one of its line, fixes.
    Fixed(String),
    /// The entry that its source calls so; an advisory's identifier in its canonical spelling.
    Id(String),
    /// Entries of a kind, one of [`KINDS`].
    KindIs(String),
    /// Entries from this source, as typed.
    Source(String),
    /// Entries whose severity compares so.
    Severity(Comparison, Level),
    /// Entries of which a list says that they are exploited, or of which one could say so and none does.
    Exploited(bool),
    /// Entries whose chance of exploitation compares so.
    Epss(Comparison, Chance),
    /// Entries of this day and later.
    After(Date),
    /// Entries of before this day.
    Before(Date),
    /// What all of these find; at least two.
    And(Vec<Query>),
    /// What any of these finds; at least two.
    Or(Vec<Query>),
    /// What this does not find.
    Not(Box<Query>),
    /// Words, prefixes and phrases side by side, at least two: most must be there, and more rank higher.
    Words(Vec<Query>),
}

/// The kinds of entry that `kind:` takes.
pub const KINDS: [&str; 5] = ["advisory", "release", "thread", "notice", "bulletin"];

/// The fields that can be typed before a colon.
pub const FIELDS: [&str; 13] = [
    "vendor",
    "product",
    "id",
    "key",
    "kind",
    "source",
    "severity",
    "after",
    "before",
    "version",
    "fixed",
    "exploited",
    "epss",
];

/// How a value is compared with the one typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`, or no sign.
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

impl Comparison {
    /// The sign as it is typed before a value; nothing for [`Comparison::Equal`].
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }
}

/// Why a line cannot be read, and what to type instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Mistake {
    /// Where the part in question begins, in bytes of the line.
    pub start: usize,
    /// Where it ends, in bytes of the line.
    pub end: usize,
    /// A plain sentence for the person who typed it.
    pub sentence: String,
}

/// Reads what a person typed.
///
/// # Errors
///
/// A [`Mistake`] if a quote or parenthesis has no partner, a field or its value is unknown, an operator has
/// nothing to join, or the line is longer or deeper than anyone types.
pub fn parse(typed: &str) -> Result<Query, Mistake> {
    parse::line(typed)
}

/// The query in one line of words, for the page that shows its results.
#[must_use]
pub fn explain(query: &Query) -> String {
    explain::sentence(query)
}

/// The query as it could be typed: [`parse()`] reads the same tree from it.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::typed(self, f)
    }
}

#[cfg(test)]
mod tests;
