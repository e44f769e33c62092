//! Versions of Composer packages, as PHP's `version_compare` orders them; a leading `v` is left out, as Composer does.

use std::cmp::Ordering;

use super::alpine::by_value;
use super::key::is_number;

/// The parts of a version.
pub(super) fn read(text: &str) -> Vec<String> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let mut parts = vec![String::new()];
    let mut last: Option<char> = None;
    for letter in text.chars() {
        let dot = matches!(letter, '.' | '-' | '_' | '+');
        let meets = last.is_some_and(|last| last.is_ascii_digit() != letter.is_ascii_digit());
        if dot || meets {
            parts.push(String::new());
        }
        if !dot && let Some(part) = parts.last_mut() {
            part.push(letter);
        }
        last = (!dot).then_some(letter);
    }
    parts
}

/// Which of two is newer.
pub(super) fn compare(one: &[String], other: &[String]) -> Ordering {
    for (left, right) in one.iter().zip(other) {
        let ordering = match (is_number(left), is_number(right)) {
            (true, true) => by_value(left, right),
            (true, false) => place("#").cmp(&place(right)),
            (false, true) => place(left).cmp(&place("#")),
            (false, false) => place(left).cmp(&place(right)),
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
    let ended = |rest: &[String]| match rest.split_first() {
        Some((next, _)) if is_number(next) => Ordering::Greater,
        Some((next, rest)) => place(next).cmp(&place("#")).then_with(|| longer(rest)),
        None => Ordering::Equal,
    };
    let shared = one.len().min(other.len());
    match one.len().cmp(&other.len()) {
        Ordering::Greater => ended(one.get(shared..).unwrap_or_default()),
        Ordering::Less => ended(other.get(shared..).unwrap_or_default()).reverse(),
        Ordering::Equal => Ordering::Equal,
    }
}

/// What more parts are worth against nothing.
fn longer(rest: &[String]) -> Ordering {
    match rest.split_first() {
        Some((next, _)) if is_number(next) => Ordering::Greater,
        Some((next, rest)) => place(next).cmp(&place("#")).then_with(|| longer(rest)),
        None => Ordering::Equal,
    }
}

/// The place of a word, by how it begins; `#` is that of a number and of the end.
fn place(word: &str) -> usize {
    if word.starts_with("RC") {
        return 3;
    }
    ["dev", "a", "b", "rc", "#", "p"].iter().position(|known| word.starts_with(known)).unwrap_or(0)
}
