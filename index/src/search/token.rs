//! Tokens: how a text becomes the terms that are indexed and sought.
//!
//! Identifier-aware: `amdgpu_cs_wait`, `1.2.3-4ubuntu5`, `/etc/cron.d/acme`, `kebab-case-names` and `docs.acme.example`
//! are kept whole and in parts, so that both find them. Words of letters are lower-cased and reduced to their English
//! stem (Snowball). One function serves the index, the query and the snippet, so that they agree on every position.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::stems::Stems;

/// A run of letters longer than this many bytes is not indexed: it is no word that anyone types.
const LONGEST: usize = 96;

/// Parts of one word that are indexed; a longer path is kept in its first parts.
const PARTS: usize = 24;

/// One term at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// First byte of the term's text in the arena of its [`Terms`].
    start: u32,
    end: u32,
    /// First byte in the text that it was taken from.
    pub(super) from: u32,
    /// Byte after the last one in that text.
    pub(super) to: u32,
    /// Counted in parts; a whole word stands at the position of its first part.
    pub(super) position: u32,
    /// Whether it is a word that was kept whole beside its parts.
    pub(super) whole: bool,
}

/// The terms of a text, in order of position.
#[derive(Clone, Default)]
pub(super) struct Terms {
    arena: String,
    places: Vec<Place>,
    position: u32,
    stems: Stems,
}

impl Terms {
    /// The terms of `text`.
    pub(super) fn of(text: &str) -> Self {
        let mut terms = Self::default();
        terms.read(text);
        terms
    }

    /// Every term with its place.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Place)> {
        self.places.iter().map(|place| (self.text(place), *place))
    }

    fn text(&self, place: &Place) -> &str {
        self.arena.get(place.start as usize..place.end as usize).unwrap_or_default()
    }

    fn read(&mut self, text: &str) {
        self.arena.clear();
        self.places.clear();
        self.position = 0;
        let mut rest = 0;
        while let Some((from, to)) = next_word(text, rest) {
            self.word(text, from, to);
            rest = to;
        }
    }

    /// One word: whole if it has parts, then its parts. A web address is not kept whole: hardly two entries share one, so
    /// that such terms would be half of the dictionary, and its parts side by side find it as well.
    fn word(&mut self, text: &str, from: usize, to: usize) {
        let Some(word) = text.get(from..to) else { return };
        // Most words are one part.
        if !word.bytes().skip(1).any(|byte| joins(byte) || byte.is_ascii_uppercase()) {
            return self.part(word, from, (0, word.len()));
        }
        let mut parts = parts(word).peekable();
        let Some(first) = parts.next() else { return };
        if parts.peek().is_none() {
            self.part(word, from, first);
            return;
        }
        if word.len() <= LONGEST && !word.contains("://") {
            self.push(from, to, true, |arena, _| lower(arena, word));
        }
        for part in std::iter::once(first).chain(parts).take(PARTS) {
            self.part(word, from, part);
        }
    }

    fn part(&mut self, word: &str, base: usize, (from, to): (usize, usize)) {
        let Some(part) = word.get(from..to).filter(|part| part.len() <= LONGEST) else { return };
        self.push(base + from, base + to, false, |arena, stems| {
            let start = arena.len();
            lower(arena, part);
            let lowered = arena.get(start..).unwrap_or_default();
            if lowered.len() > 3 && lowered.bytes().all(|byte| byte.is_ascii_lowercase()) {
                stems.reduce(arena, start);
            }
        });
        self.position += 1;
    }

    fn push(&mut self, from: usize, to: usize, whole: bool, write: impl FnOnce(&mut String, &mut Stems)) {
        let start = self.arena.len();
        write(&mut self.arena, &mut self.stems);
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let (start, end) = (number(start), number(self.arena.len()));
        self.places.push(Place {
            start,
            end,
            from: number(from),
            to: number(to),
            position: self.position,
            whole,
        });
    }
}

fn lower(arena: &mut String, word: &str) {
    let start = arena.len();
    if word.is_ascii() {
        arena.push_str(word);
        if let Some(written) = arena.get_mut(start..) {
            written.make_ascii_lowercase();
        }
    } else {
        arena.extend(word.chars().flat_map(char::to_lowercase));
    }
}

/// What stands within an identifier and joins its parts.
const fn joins(byte: u8) -> bool {
    matches!(byte, b'-' | b'_' | b'.' | b'/' | b':' | b'+' | b'~' | b'@')
}

/// What a byte of a text is to its words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Within,
    Joint,
    Outside,
}

/// The classes of the characters of one byte.
static ASCII: [Class; 128] = ascii();

const fn ascii() -> [Class; 128] {
    let mut classes = [Class::Outside; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            classes[byte as usize] = Class::Within;
        } else if joins(byte) {
            classes[byte as usize] = Class::Joint;
        }
        byte += 1;
    }
    classes
}

/// The class of the character at byte `at`, and its length in bytes.
fn class(text: &str, at: usize) -> Option<(Class, usize)> {
    let byte = *text.as_bytes().get(at)?;
    Some(match ASCII.get(usize::from(byte)) {
        Some(class) => (*class, 1),
        None => match text.get(at..)?.chars().next()? {
            letter if letter.is_alphanumeric() => (Class::Within, letter.len_utf8()),
            other => (Class::Outside, other.len_utf8()),
        },
    })
}

/// The next word from byte `rest` on: letters, digits and what joins them, without joints at its ends.
fn next_word(text: &str, rest: usize) -> Option<(usize, usize)> {
    let mut from = rest;
    let mut to = loop {
        let (class, length) = class(text, from)?;
        if class == Class::Within {
            break from + length;
        }
        from += length;
    };
    loop {
        match class(text, to) {
            Some((Class::Within, length)) => to += length,
            Some((Class::Joint, _)) => match (1..=3).find_map(|run| beyond_joints(text, to, run)) {
                Some(beyond) => to = beyond,
                None => return Some((from, to)),
            },
            _ => return Some((from, to)),
        }
    }
}

/// Where the word goes on when exactly `run` joints stand at `at` and a letter or digit follows.
fn beyond_joints(text: &str, at: usize, run: usize) -> Option<usize> {
    let joined = text.as_bytes().get(at..at + run)?.iter().copied().all(joins);
    (joined && class(text, at + run)?.0 == Class::Within).then_some(at + run)
}

/// The parts of a word as byte ranges: split where something joins, and where `camelCase` turns; a number with dots
/// stays one part.
fn parts(word: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let bytes = word.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while bytes.get(at).copied().is_some_and(joins) {
            at += 1;
        }
        let from = at;
        while at < bytes.len() {
            let byte = *bytes.get(at)?;
            if joins(byte) && !(byte == b'.' && between_digits(bytes, at)) {
                break;
            }
            at += 1;
            if at > from && turns(bytes, at) {
                break;
            }
        }
        (at > from).then_some((from, at))
    })
}

fn between_digits(bytes: &[u8], at: usize) -> bool {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    at > 0 && digit(at - 1) && digit(at + 1)
}

/// Whether a new part begins at `at` because a capital follows a small letter.
fn turns(bytes: &[u8], at: usize) -> bool {
    let at_least_two = at >= 2;
    at_least_two
        && bytes.get(at).is_some_and(u8::is_ascii_uppercase)
        && bytes.get(at - 1).is_some_and(u8::is_ascii_lowercase)
        && bytes.get(at - 2).is_some_and(u8::is_ascii_alphabetic)
}

/// The tokenizer as the full-text engine takes it.
#[derive(Clone, Default)]
pub(super) struct Words {
    terms: Terms,
    token: Token,
}

/// The terms of one text, one after the other.
pub(super) struct Stream<'a> {
    words: &'a mut Words,
    next: usize,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.terms.stems.remember();
        self.terms.read(text);
        Stream { words: self, next: 0 }
    }
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let Words { terms, token } = &mut *self.words;
        let Some(place) = terms.places.get(self.next) else { return false };
        self.next += 1;
        token.text.clear();
        token.text.push_str(terms.text(place));
        token.offset_from = place.from as usize;
        token.offset_to = place.to as usize;
        token.position = place.position as usize;
        token.position_length = 1;
        true
    }

    fn token(&self) -> &Token {
        &self.words.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.words.token
    }
}

#[cfg(test)]
mod tests {
    use super::Terms;

    fn check(text: &str, expected: &str) {
        let terms = Terms::of(text);
        let shown: Vec<String> = terms
            .iter()
            .map(|(term, place)| format!("{term}@{}{}", place.position, if place.whole { "*" } else { "" }))
            .collect();
        assert_eq!(shown.join(" "), expected, "{text}");
        for (_, place) in terms.iter() {
            assert!(text.get(place.from as usize..place.to as usize).is_some(), "{text}");
        }
    }

    #[test]
    fn words_are_lower_cased_and_stemmed() {
        check("Signing certificates CHANGED.", "sign@0 certif@1 chang@2");
    }

    #[test]
    fn an_identifier_is_kept_whole_and_in_parts() {
        check("CVE-2024-3094", "cve-2024-3094@0* cve@0 2024@1 3094@2");
        check("kebab-case-name", "kebab-case-name@0* kebab@0 case@1 name@2");
        check("amdgpu_cs_wait", "amdgpu_cs_wait@0* amdgpu@0 cs@1 wait@2");
    }

    #[test]
    fn a_version_is_one_part() {
        check("6.4.12", "6.4.12@0");
        check("1.2.3-4ubuntu5", "1.2.3-4ubuntu5@0* 1.2.3@0 4ubuntu5@1");
    }

    #[test]
    fn a_path_and_a_host_are_split_at_their_joints() {
        check("/etc/cron.d/acme:", "etc/cron.d/acme@0* etc@0 cron@1 d@2 acm@3");
        check("docs.acme.example", "docs.acme.example@0* doc@0 acm@1 exampl@2");
    }

    #[test]
    fn a_web_address_is_kept_in_parts_alone() {
        check("https://acme.example/a/b", "https@0 acm@1 exampl@2 a@3 b@4");
    }

    #[test]
    fn camel_case_turns_into_parts() {
        check("HttpAuthMiddleware", "httpauthmiddleware@0* http@0 auth@1 middlewar@2");
    }

    #[test]
    fn sentence_marks_and_quotes_end_a_word() {
        check("end. “Next”—one… x.", "end@0 next@1 one@2 x@3");
        check("a -- b ... c", "a@0 b@1 c@2");
    }

    #[test]
    fn letters_beyond_ascii_are_words() {
        check("Ünïcode Straße", "ünïcode@0 straße@1");
    }

    #[test]
    fn hostile_runs_end() {
        assert_eq!(Terms::of(&"-".repeat(100_000)).iter().count(), 0);
        assert!(Terms::of(&"a-".repeat(100_000)).iter().count() <= 25);
        assert_eq!(Terms::of(&"x".repeat(100_000)).iter().count(), 0);
    }
}
