//! The sketch of an entry: what ranking asks of the best entries beyond how often words occur in them, in one column.
//!
//! Which source it is from, which vulnerability it is about, which words its title and its products' names have, and which
//! stretches of words its text consists of (by which the same text at three sites is recognised). Words are kept as 32-bit
//! hashes: a clash costs a rank, nothing more. Refuses to hold anything that is shown.

use std::collections::BTreeSet;

use tantivy::columnar::BytesColumn;
use tantivy::{DocId, SegmentReader};

use super::token::Terms;
use crate::entry::Statement;
use crate::mention::{self, Mention};

/// Name of the column.
pub(super) const COLUMN: &str = "sketch";

/// Identifiers, words of a title, products, and words of a product's name that are kept.
const IDENTIFIERS: usize = 48;
const TITLE: usize = 40;
const PRODUCTS: usize = 32;
const NAME: usize = 12;

/// Words that say nothing about what a title or a product's name is about, as the tokens that they become.
const EMPTY: [&str; 42] = [
    "a", "advisori", "all", "an", "and", "any", "are", "as", "at", "be", "bug", "by", "can", "could",
    "critic", "enhanc", "fix", "for", "from", "has", "have", "import", "in", "into", "is", "it", "low",
    "may", "moder", "not", "of", "on", "or", "secur", "that", "the", "this", "to", "updat", "vulner",
    "which", "with",
];

/// Parts that a text's stretches of words are dealt into; of each part the smallest hash is kept (one-permutation MinHash,
/// Li, Owen and Zhang 2012).
const PARTS: usize = 16;

/// Words in one stretch.
const STRETCH: usize = 4;

/// Equal parts from which on two texts are the same but for a few words, and stretches below which nothing is said.
const ALIKE: usize = 14;
const FEWEST: usize = 24;

/// What ranking asks of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sketch {
    /// The source, by hash.
    pub(super) source: u32,
    /// The vulnerabilities that it is about or names, by hash.
    pub(super) identifiers: Vec<u32>,
    /// The words of its title.
    pub(super) title: Vec<u32>,
    /// The words of each product's name.
    pub(super) products: Vec<Vec<u32>>,
    /// The smallest hash of each part of its text; empty for a text that is too short to tell.
    text: Vec<u32>,
}

impl Sketch {
    /// The sketch of an entry.
    pub(super) fn of(
        source: &str,
        title: &str,
        statement: &Statement,
        mentions: &[Mention],
        text: &str,
    ) -> Self {
        let mut products: Vec<Vec<u32>> = Vec::new();
        for name in
            statement.affected.iter().flat_map(|one| [Some(&one.product), one.vendor.as_ref()]).flatten()
        {
            let words = words(name, NAME);
            if !words.is_empty() && !products.contains(&words) {
                products.push(words);
            }
            if products.len() == PRODUCTS {
                break;
            }
        }
        Self {
            source: hash(source.as_bytes()),
            identifiers: identifiers(statement, mentions),
            title: words(title, TITLE),
            products,
            text: stretches(text),
        }
    }

    /// A sketch that knows a text alone.
    pub(crate) fn of_text(text: &str) -> Self {
        Self { text: stretches(text), ..Self::default() }
    }

    /// Whether two texts are the same but for a few words.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let same = self.text.iter().zip(&other.text).filter(|(one, other)| one == other).count();
        same >= ALIKE
    }

    /// As the column keeps it: each list with its length before it, little-endian.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = self.source.to_le_bytes().to_vec();
        let mut list = |numbers: &[u32]| {
            bytes.push(u8::try_from(numbers.len()).unwrap_or(u8::MAX));
            numbers.iter().take(usize::from(u8::MAX)).for_each(|number| bytes.extend(number.to_le_bytes()));
        };
        list(&self.text);
        list(&self.identifiers);
        list(&self.title);
        self.products.iter().for_each(|name| list(name));
        bytes
    }

    /// Reads back what [`Sketch::encode`] wrote.
    fn decode(bytes: &[u8]) -> Option<Self> {
        let (source, mut rest) = bytes.split_first_chunk::<4>()?;
        let mut list = || -> Option<Vec<u32>> {
            let (length, bytes) = rest.split_first()?;
            let (numbers, others) = bytes.split_at_checked(usize::from(*length) * 4)?;
            rest = others;
            Some(
                numbers
                    .chunks_exact(4)
                    .filter_map(|four| four.try_into().ok().map(u32::from_le_bytes))
                    .collect(),
            )
        };
        let (text, identifiers, title) = (list()?, list()?, list()?);
        let products = std::iter::from_fn(list).collect();
        Some(Self { source: u32::from_le_bytes(*source), identifiers, title, products, text })
    }
}

/// The sketches of one segment.
pub(super) struct Sketches(Option<BytesColumn>);

impl Sketches {
    pub(super) fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        Ok(Self(segment.fast_fields().bytes(COLUMN)?))
    }

    /// The sketch of an entry; an empty one where there is none.
    pub(super) fn read(&self, doc: DocId) -> Sketch {
        let mut bytes = Vec::new();
        let found = self.0.as_ref().and_then(|column| {
            let at = column.ords().first(doc)?;
            column.ord_to_bytes(at, &mut bytes).ok().filter(|found| *found)
        });
        found.and_then(|_| Sketch::decode(&bytes)).unwrap_or_default()
    }
}

/// The words of a title or name that say something, each once.
pub(super) fn words(text: &str, most: usize) -> Vec<u32> {
    let terms = Terms::of(text);
    let said = terms.iter().filter(|(term, place)| !place.whole && EMPTY.binary_search(term).is_err());
    let mut words: Vec<u32> = Vec::new();
    for (term, _) in said {
        let word = hash(term.as_bytes());
        if words.len() < most && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// CVE identifiers where there are any, because every database names them, else the others.
fn identifiers(statement: &Statement, mentions: &[Mention]) -> Vec<u32> {
    let mentioned = mentions.iter().filter(|mention| mention.kind == mention::Kind::Advisory);
    let stated = statement.identifiers.iter().chain(&statement.related);
    let all: BTreeSet<&str> =
        stated.map(String::as_str).chain(mentioned.map(|one| one.value.as_str())).collect();
    let cves: Vec<&&str> = all.iter().filter(|one| one.starts_with("CVE-")).take(IDENTIFIERS).collect();
    let chosen = if cves.is_empty() { all.iter().take(IDENTIFIERS).collect() } else { cves };
    chosen.into_iter().map(|one| hash(one.as_bytes())).collect()
}

/// The smallest hash of each part of a text's stretches of words.
fn stretches(text: &str) -> Vec<u32> {
    let mut smallest = [u32::MAX; PARTS];
    let mut window = [0_u32; STRETCH];
    let mut seen = 0_usize;
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        window.rotate_left(1);
        window[STRETCH - 1] = hash(word.as_bytes());
        seen += 1;
        if seen >= STRETCH {
            let whole =
                window.iter().fold(0_u32, |whole, one| whole.rotate_left(7).wrapping_mul(0x9E37_79B1) ^ one);
            let mixed = whole.wrapping_mul(0x85EB_CA6B);
            if let Some(kept) = smallest.get_mut((mixed >> 28) as usize) {
                *kept = (*kept).min(mixed << 4);
            }
        }
    }
    if seen < FEWEST { Vec::new() } else { smallest.to_vec() }
}

/// FNV-1a, which stays the same over releases.
pub(super) fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::{EMPTY, Sketch, stretches, words};

    #[test]
    fn empty_words_are_tokens_in_order() {
        assert!(EMPTY.is_sorted());
        assert!(words("The Security Advisory: vulnerabilities in all", 9).is_empty());
        assert_eq!(words("Important: kernel security update", 9).len(), 1);
    }

    #[test]
    fn a_sketch_is_read_back_as_it_was_written() {
        let sketch = Sketch {
            source: 7,
            identifiers: vec![1, u32::MAX],
            title: vec![],
            products: vec![vec![3], vec![4, 5]],
            text: stretches(&"some words of a text ".repeat(9)),
        };
        assert_eq!(Sketch::decode(&sketch.encode()), Some(sketch));
        assert_eq!(Sketch::decode(&[]), None);
        assert_eq!(Sketch::decode(&[1, 2, 3, 4, 200, 0]), None);
    }

    #[test]
    fn the_same_text_is_recognised_and_another_one_is_not() {
        let text = |product: &str, number: u32| -> String {
            (0..60).map(|at| format!("sentence {at} of {} on {product} ", at * number)).collect()
        };
        let sketch = |text: &str| Sketch { text: stretches(text), ..Sketch::default() };
        let (one, same) = (text("relay", 3), text("relay", 3).replacen("sentence 7", "sentence seven", 1));
        assert!(sketch(&one).is_like(&sketch(&same)));
        assert!(!sketch(&one).is_like(&sketch(&text("ledger", 3))));
        assert!(!sketch("too short").is_like(&sketch("too short")), "nothing can be said of these");
    }
}
