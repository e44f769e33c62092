//! The sentences of a text that matter before an upgrade: stops on the way, what breaks, ends of support, changes of keys.
//!
//! Sentences are quoted as they stand. What is looked for are phrases that vendors use; a sentence is taken at most once.

use jiff::civil::Date;

use super::{Question, Section, date};

/// Bytes of a text that are read, sentences that are quoted of one entry, and how many of them only may matter.
const READ: usize = 200_000;
const QUOTED: usize = 60;
const MAYBE: usize = 6;

/// Bytes of a paragraph after which a line is a paragraph of its own.
const WIDEST: usize = 2_000;

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
            "semver-major",
            "no way back",
            "no longer",
            "is removed",
            "was removed",
            "were removed",
            "are removed",
            "has been removed",
            "have been removed",
            "renamed",
            "incompatible",
            "must be changed",
            "must now",
            "now requires",
            "is now required",
            "requires a migration",
            "schema change",
            "schema migration",
            "table lock",
            "exclusive lock",
            "former behaviour",
            "former behavior",
            "previous behavior",
            "previous behaviour",
            "dropped support",
            "drops support",
            "will throw",
            "downtime",
            "manual step",
            "before the upgrade",
            "cannot be undone",
            "cannot be rolled back",
        ],
    ),
    (
        Section::Key,
        &[
            "signing key",
            "signing certificate",
            "package key",
            "release key",
            "fingerprint",
            "new key",
            "new certificate",
        ],
    ),
];

/// Phrases that announce a change only beside one of the others.
const MAYBE_BREAKING: [(&str, &[&str]); 3] = [
    ("by default", &["now", "new ", "change", "enable", "disable", "instead"]),
    ("deprecated", &["is ", "are ", "been ", "now", "will"]),
    ("deprecate", &["this release", "now", "will"]),
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

/// A text, cut into sentences once: each as it stands, and in small letters.
pub(crate) struct Sentences(Vec<(String, String)>);

impl Sentences {
    /// The sentences of a text.
    pub(crate) fn of(text: &str) -> Self {
        let sentences = sentences(text).into_iter();
        Self(
            sentences
                .map(|sentence| {
                    let lower = sentence.to_lowercase();
                    (sentence, lower)
                })
                .collect(),
        )
    }
}

impl Sentences {
    /// The first sentence that fits, as it stands, cut to a quote.
    pub(crate) fn first(&self, fits: impl Fn(&str) -> bool) -> Option<String> {
        self.0.iter().find(|(sentence, _)| fits(sentence)).map(|(sentence, _)| quote(sentence))
    }
}

/// Whether a sentence names a version as a word of its own.
pub(crate) fn names_version(sentence: &str, version: &str) -> bool {
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    versions(sentence).any(|word| word == version)
}

/// Sentences of release notes that matter, with what they are about.
pub(crate) fn notable(body: &Sentences) -> Vec<(Section, String)> {
    let (mut notable, mut maybe) = (Vec::new(), 0);
    for (sentence, lower) in &body.0 {
        if is_unmarked_commit(lower) || is_short_heading(lower) {
            continue;
        }
        let fits = |phrases: &[&str]| phrases.iter().any(|phrase| lower.contains(phrase));
        let about = PHRASES.iter().take(2).find(|(_, phrases)| fits(phrases)).map(|(section, _)| *section);
        let may = |(phrase, beside): &(&str, &[&str])| lower.contains(phrase) && fits(beside);
        let about = about.or_else(|| {
            let may = maybe < MAYBE && MAYBE_BREAKING.iter().any(may);
            maybe += usize::from(may);
            may.then_some(Section::Breaking)
        });
        if let Some(section) = about
            && notable.len() < QUOTED
        {
            notable.push((section, quote(sentence)));
        }
    }
    notable
}

/// The sentence that says that a key or certificate changed.
pub(super) fn key_change(body: &Sentences) -> Option<String> {
    let named = PHRASES.last().map(|(_, phrases)| *phrases).unwrap_or_default();
    body.0.iter().find_map(|(sentence, lower)| {
        let fits = |phrases: &[&str]| phrases.iter().any(|phrase| lower.contains(phrase));
        (fits(named) && fits(&CHANGES)).then(|| quote(sentence))
    })
}

/// The sentences that say when the line of either version ends, each with the day; and whether anything is said of any
/// line's end at all.
pub(super) fn ends_of_support(question: &Question, body: &Sentences) -> (Vec<(String, Option<Date>)>, bool) {
    let (mut ends, mut told) = (Vec::new(), false);
    for (sentence, lower) in &body.0 {
        let Some(at) = ENDS.iter().filter_map(|phrase| lower.find(phrase)).min() else { continue };
        if !versions(sentence).any(|version| date::all(version).is_empty()) {
            continue;
        }
        told = true;
        let of = |asked: &str| versions(sentence).any(|line| is_line_of(line, asked));
        if ends.len() < MAYBE && (of(question.from.text()) || of(question.to.text())) {
            ends.push((quote(sentence), day_of_end(sentence, lower, at)));
        }
    }
    (ends, told)
}

/// The day of an end that is spoken of at `at`: the next one behind it, else the last one before it.
fn day_of_end(sentence: &str, lower: &str, at: usize) -> Option<Date> {
    let said = lower.get(at..)?.split(',').next()?;
    if ["not announced", "not stated", "reached"].iter().any(|word| said.contains(word)) {
        return None;
    }
    let days = date::all(sentence);
    let behind = days.iter().find(|(start, _)| *start > at).or_else(|| days.last());
    behind.map(|(_, day)| *day)
}

/// Whether a version that a sentence names is the line that another belongs to: `18`, `18.x`, `1.1.1` of `1.1.1k`.
fn is_line_of(line: &str, version: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let line = [".x", ".*", "-lts"].iter().find_map(|end| line.strip_suffix(end)).unwrap_or(&line);
    let version = version.to_ascii_lowercase();
    let version = version.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    version.strip_prefix(line).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
}

/// The sentence that speaks of a version.
pub(crate) fn sentence_with_version(text: &Sentences, version: &str) -> Option<String> {
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let found = text.0.iter().find(|(sentence, _)| versions(sentence).any(|word| word == version));
    found.map(|(sentence, _)| quote(sentence))
}

/// The version that a title names.
pub(crate) fn version_of(title: &str) -> Option<&str> {
    let dotted = versions(title).find(|word| word.contains('.'));
    dotted.or_else(|| versions(title).find(|word| word.len() < 9))
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

/// The sentences of a text; lines that only break where a paragraph is wide enough are one.
fn sentences(text: &str) -> Vec<String> {
    let text = text.get(..text.floor_char_boundary(READ)).unwrap_or(text);
    let mut paragraphs: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.split('\n').map(str::trim) {
        match paragraphs.last_mut() {
            Some(last) if goes_on && last.len() < WIDEST && !begins_anew(line) => {
                last.push(' ');
                last.push_str(line);
            }
            _ => paragraphs.push(line.to_owned()),
        }
        goes_on = !line.is_empty() && !line.starts_with('#') && !line.ends_with(['.', ':', ';', '!', '?']);
    }
    let parts = paragraphs.iter().flat_map(|paragraph| paragraph.split_inclusive(". "));
    parts.map(|part| part.trim().to_owned()).filter(|part| part.len() > 8).collect()
}

/// Whether a line is the beginning of something: a list's item, a heading, a quote, a sentence of its own.
fn begins_anew(line: &str) -> bool {
    line.is_empty()
        || line.starts_with(['-', '*', '#', '>', '|', '[', '`', '+', '\u{2022}'])
        || line.starts_with(|first: char| first.is_uppercase())
        || line
            .split_once(['.', ')'])
            .is_some_and(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a line is one of a list of commits: its hash, or a link to it, first. What matters of them stands above the list
/// in words, apart from those that are marked as breaking.
fn is_unmarked_commit(lower: &str) -> bool {
    let bare = lower.trim_start_matches(['-', '*', ' ', '[', '`']);
    let hash = bare.bytes().take_while(u8::is_ascii_hexdigit).count();
    (7..=40).contains(&hash) && !lower.contains("semver-major") && !lower.contains("breaking change")
}

/// Whether a line is a heading that says no more than what stands below it.
fn is_short_heading(lower: &str) -> bool {
    lower.starts_with('#') && lower.split_whitespace().count() <= 4
}

/// A sentence without the addresses of its links.
fn quote(sentence: &str) -> String {
    let mut bare = String::with_capacity(sentence.len());
    let mut rest = sentence.trim_start_matches(['-', '*', '#', '>', ' ']);
    while let Some((before, behind)) = rest.split_once(" <http") {
        bare.push_str(before);
        rest = behind.split_once('>').map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    match bare.char_indices().nth(QUOTE) {
        Some((end, _)) => format!("{}…", bare.get(..end).unwrap_or(&bare)),
        None => bare,
    }
}
