//! Versions of Alpine packages (apk-package(5)): numbers, a letter, `_suffixes`, `-r` and a build. Two that are malformed
//! compare as texts, as apk-tools does; beside well-formed ones they have no consistent place.

use std::cmp::Ordering;

use super::key::{digits, run};

/// Suffixes in their order; the place of none is [`NO_SUFFIX`].
const SUFFIXES: [&str; 10] = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"];
const NO_SUFFIX: usize = 4;

/// A version of an Alpine package.
#[derive(Clone, Debug)]
pub(super) struct Alpine {
    original: String,
    malformed: bool,
    numbers: Vec<String>,
    letter: Option<char>,
    suffixes: Vec<(usize, String)>,
    build: String,
    remainder: bool,
}

/// Reads a version; what does not fit is remembered as such.
pub(super) fn read(text: &str) -> Alpine {
    let (numbers, rest) = numbers(text);
    let letter = rest.chars().next().filter(char::is_ascii_lowercase);
    let rest = letter.and_then(|letter| rest.strip_prefix(letter)).unwrap_or(rest);
    let (suffixes, rest) = suffixes(rest);
    let hash = rest.strip_prefix('~').map(|rest| run(rest, |letter| matches!(letter, '0'..='9' | 'a'..='f')));
    let rest = hash.filter(|(hash, _)| !hash.is_empty()).map_or(rest, |(_, rest)| rest);
    let build = rest.strip_prefix("-r").map(digits);
    Alpine {
        original: text.to_owned(),
        malformed: build.is_none() && !rest.is_empty(),
        numbers,
        letter,
        suffixes,
        build: build.map(|(build, _)| build.to_owned()).unwrap_or_default(),
        remainder: !build.map_or(rest, |(_, rest)| rest).is_empty(),
    }
}

fn numbers(text: &str) -> (Vec<String>, &str) {
    let (mut numbers, mut rest) = (Vec::new(), text);
    loop {
        let (number, after) = digits(rest);
        if number.is_empty() {
            return (numbers, rest);
        }
        numbers.push(number.to_owned());
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => return (numbers, after),
        }
    }
}

/// The suffixes wherever they stand; those at the beginning are taken off.
fn suffixes(text: &str) -> (Vec<(usize, String)>, &str) {
    let (mut suffixes, mut left, mut at_start) = (Vec::new(), text, true);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('_') {
        rest = after;
        let known = |(_, suffix): &(usize, &&str)| !suffix.is_empty() && after.starts_with(**suffix);
        let Some((place, suffix)) = SUFFIXES.iter().enumerate().find(known) else {
            at_start = false;
            continue;
        };
        let (number, after) = digits(after.strip_prefix(suffix).unwrap_or_default());
        suffixes.push((place, number.to_owned()));
        at_start &= before.is_empty();
        rest = after;
        if at_start {
            left = after;
        }
    }
    (suffixes, left)
}

/// Which of two is newer.
pub(super) fn compare(one: &Alpine, other: &Alpine) -> Ordering {
    if one.malformed && other.malformed {
        return one.original.cmp(&other.original);
    }
    let numbers = (0..one.numbers.len().max(other.numbers.len()))
        .map(|at| numbered(at, one.numbers.get(at), other.numbers.get(at)));
    let suffix =
        |version: &Alpine, at: usize| version.suffixes.get(at).cloned().unwrap_or((NO_SUFFIX, String::new()));
    let suffixes = (0..one.suffixes.len().max(other.suffixes.len())).map(|at| {
        let ((place, number), (other_place, other_number)) = (suffix(one, at), suffix(other, at));
        place.cmp(&other_place).then_with(|| by_value(&number, &other_number))
    });
    first_difference(numbers)
        .then_with(|| one.letter.cmp(&other.letter))
        .then_with(|| first_difference(suffixes))
        .then_with(|| by_value(&one.build, &other.build))
        .then_with(|| other.remainder.cmp(&one.remainder))
}

/// Numbers behind the first that begin with a zero are fractions, and compare as texts.
fn numbered(at: usize, one: Option<&String>, other: Option<&String>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) if at > 0 && (one.starts_with('0') || other.starts_with('0')) => {
            one.cmp(other)
        }
        (Some(one), Some(other)) => by_value(one, other),
        // 1.0 is newer than 1.
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

/// Which of two numbers of any length is greater.
pub(super) fn by_value(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

fn first_difference(mut all: impl Iterator<Item = Ordering>) -> Ordering {
    all.find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
}
