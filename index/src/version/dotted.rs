//! Versions that follow no known rules: numbers and words in the order that people mean by them. Zeros at the end have no
//! weight (`1.0` is `1.0.0`), stages before a release come before it (`2.0-rc1`), any other word comes after
//! (`1.0.2a`, `2.4 SP1`), and `x` or `*` at the end stands for everything that could follow.

use super::key::{digits, epoch, number, run, word};

/// What stands for a stage before the release (from here on, one each), the end, a word, a number, anything.
const STAGES: [(u8, &[&str]); 5] = [
    (1, &["dev", "nightly", "canary"]),
    (2, &["alpha"]),
    (3, &["beta"]),
    (4, &["milestone", "preview", "pre", "prerelease", "snapshot", "eap", "ea"]),
    (5, &["rc", "cr"]),
];
const END: u8 = 8;
const WORD: u8 = 9;
const NUMBER: u8 = 10;
const ANYTHING: u8 = 11;

enum Part<'t> {
    Number(&'t str),
    Stage(u8),
    Word(String),
    Anything,
}

/// The key of a version; `None` for a text without a digit, or with more words before the first digit than a name has.
pub(super) fn key(text: &str) -> Option<Vec<u8>> {
    let (_, rest) = epoch(text);
    let start = rest.find(|letter: char| letter.is_ascii_digit())?;
    let (lead, rest) = rest.split_at(start);
    if lead.chars().count() > 16 || lead.contains(['<', '>', '=', ',']) {
        return None;
    }
    let parts = parts(rest);
    let mut key = Vec::with_capacity(rest.len() * 3);
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Number(digits) if is_zero(digits) && !number_follows(&parts, at) => {}
            Part::Number(digits) => {
                key.push(NUMBER);
                number(&mut key, digits);
            }
            Part::Stage(stage) => key.push(*stage),
            Part::Word(letters) => {
                key.push(WORD);
                word(&mut key, letters);
            }
            Part::Anything => {
                key.push(ANYTHING);
                return Some(key);
            }
        }
    }
    key.push(END);
    Some(key)
}

fn is_zero(digits: &str) -> bool {
    digits.bytes().all(|digit| digit == b'0')
}

/// Whether a number other than zero, or anything at all, comes behind zeros.
fn number_follows(parts: &[Part<'_>], at: usize) -> bool {
    let next = parts.iter().skip(at).find(|part| !matches!(part, Part::Number(digits) if is_zero(digits)));
    matches!(next, Some(Part::Number(_) | Part::Anything))
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            let (count, after) = digits(rest);
            parts.push(Part::Number(count));
            rest = after;
        } else if first.is_alphabetic() {
            let (letters, after) = run(rest, char::is_alphabetic);
            parts.push(named(letters, after));
            rest = after;
        } else {
            rest = rest.strip_prefix(first).unwrap_or_default();
            if first == '*' {
                parts.push(Part::Anything);
            }
        }
    }
    parts
}

fn named<'t>(letters: &str, after: &str) -> Part<'t> {
    let letters = letters.to_lowercase();
    let number_follows = after.starts_with(|next: char| next.is_ascii_digit());
    match (letters.as_str(), number_follows) {
        ("x", _) if after.is_empty() => Part::Anything,
        ("a", true) => Part::Stage(2),
        ("b", true) => Part::Stage(3),
        _ => match STAGES.iter().find(|(_, words)| words.contains(&letters.as_str())) {
            Some((stage, _)) => Part::Stage(*stage),
            None => Part::Word(letters),
        },
    }
}
