//! The sentences of a text that matter before an upgrade: stops on the way, what breaks, ends of support, changes of keys.
//!
//! Sentences are quoted as they stand. What is looked for are phrases that vendors use; a sentence is taken at most once.

use std::cmp::Ordering;

use super::{Question, Section};
use crate::version::{Scheme, line};

/// Bytes of a text that are read, and sentences that are quoted of one entry.
const READ: usize = 200_000;
const QUOTED: usize = 6;

/// Characters of a quote.
const QUOTE: usize = 400;

/// Phrases by what they announce, lower-case; of a sentence the first that fits counts.
const PHRASES: [(Section, &[&str]); 3] = [
    (
        Section::Stop,
        &[
            "required stop",
            "upgrade stop",
            "must first upgrade",
            "must upgrade to",
            "first upgrade to",
            "upgrade first to",
            "direct upgrade",
            "upgrade directly from",
            "cannot upgrade from",
            "cannot be upgraded from",
            "upgrade path",
            "before upgrading to",
            "do not skip",
            "cannot skip",
        ],
    ),
    (
        Section::Breaking,
        &[
            "breaking",
            "no longer",
            "is removed",
            "was removed",
            "were removed",
            "are removed",
            "has been removed",
            "have been removed",
            "deprecated",
            "renamed",
            "incompatible",
            "must be changed",
            "must now",
            "now requires",
            "is now required",
            "requires a migration",
            "schema change",
            "exclusive lock",
            "by default",
            "former behaviour",
            "former behavior",
            "previous behavior",
            "previous behaviour",
            "dropped support",
            "drops support",
            "downtime",
            "manual step",
            "before the upgrade",
            "cannot be undone",
            "cannot be rolled back",
        ],
    ),
    (Section::Key, &["signing key", "signing certificate", "fingerprint", "new key", "new certificate"]),
];

const ENDS: [&str; 8] = [
    "end of life",
    "end-of-life",
    "end of support",
    "end-of-support",
    "reaches its end",
    "no longer supported",
    "no longer receives",
    "no longer maintained",
];

const CHANGES: [&str; 12] = [
    "changed",
    "changes",
    "rotated",
    "rotates",
    "replaced",
    "replaces",
    "new signing",
    "new key",
    "new certificate",
    "expires",
    "revoked",
    "from now on",
];

/// Sentences of release notes that matter, with what they are about.
pub(super) fn notable(body: &str) -> Vec<(Section, String)> {
    let mut notable = Vec::new();
    for sentence in sentences(body) {
        let lower = sentence.to_lowercase();
        let fits = |phrases: &[&str]| phrases.iter().any(|phrase| lower.contains(phrase));
        let about = PHRASES.iter().take(2).find(|(_, phrases)| fits(phrases));
        if let Some((section, _)) = about
            && notable.len() < QUOTED
        {
            notable.push((*section, quote(sentence)));
        }
    }
    notable
}

/// The sentence that says that a key or certificate changed.
pub(super) fn key_change(body: &str) -> Option<String> {
    let named = PHRASES.last().map(|(_, phrases)| *phrases).unwrap_or_default();
    sentences(body).find_map(|sentence| {
        let lower = sentence.to_lowercase();
        let fits = |phrases: &[&str]| phrases.iter().any(|phrase| lower.contains(phrase));
        (fits(named) && fits(&CHANGES)).then(|| quote(sentence))
    })
}

/// The sentence that says when the line of either version ends.
pub(super) fn end_of_support(question: &Question, body: &str) -> Option<String> {
    let lines = [line::of(question.from.text()), line::of(question.to.text())];
    sentences(body).find_map(|sentence| {
        let lower = sentence.to_lowercase();
        let ends = ENDS.iter().any(|phrase| lower.contains(phrase));
        let of_it = ends
            && versions(sentence).any(|version| {
                let of = line::of(version.trim_end_matches(".x"));
                lines.iter().any(|line| line.is_some() && begins(line.as_deref(), of.as_deref()))
            });
        of_it.then(|| quote(sentence))
    })
}

/// Whether the shorter of two lines is the beginning of the other.
fn begins(one: Option<&[String]>, other: Option<&[String]>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    one.iter().zip(other).all(|(one, other)| one == other)
}

/// The sentence that speaks of a version.
pub(super) fn sentence_with_version(text: &str, version: &str) -> Option<String> {
    sentences(text).find(|sentence| versions(sentence).any(|word| word == version)).map(quote)
}

/// The version that a title names.
pub(super) fn version_of(title: &str) -> Option<&str> {
    let dotted = versions(title).find(|word| word.contains('.'));
    dotted.or_else(|| versions(title).find(|word| word.len() < 9))
}

/// Whether a version lies above the one that runs and not above the one offered.
pub(super) fn between(question: &Question, version: &str) -> bool {
    let scheme = Scheme::Dotted;
    let below = question.from.compare(scheme, version) == Some(Ordering::Less);
    below && question.to.compare(scheme, version).is_some_and(Ordering::is_ge)
}

/// Words that begin like versions, without what surrounds them.
fn versions(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| {
        letter.is_whitespace() || matches!(letter, '(' | ')' | ',' | ';' | '"' | '`' | '/')
    })
    .filter_map(|word| {
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        let word = word.strip_prefix(['v', 'V']).unwrap_or(word);
        word.starts_with(|first: char| first.is_ascii_digit()).then_some(word)
    })
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let text = text.get(..text.floor_char_boundary(READ)).unwrap_or(text);
    text.split('\n')
        .flat_map(|line| line.split_inclusive(". "))
        .map(str::trim)
        .filter(|sentence| sentence.len() > 8)
}

fn quote(sentence: &str) -> String {
    let bare = sentence.trim_start_matches(['-', '*', '#', '>', ' ']);
    match bare.char_indices().nth(QUOTE) {
        Some((end, _)) => format!("{}…", bare.get(..end).unwrap_or(bare)),
        None => bare.to_owned(),
    }
}
