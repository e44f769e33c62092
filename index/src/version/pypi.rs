//! Versions of Python packages (PEP 440), and those from before it, which are below all that follow it.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::key::{is_number, number, word};

/// PEP 440, appendix B, in lower case.
static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]+)?)?(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]+)?)?([-_.]?dev[-_.]?([0-9]+)?)?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$",
    )
    .expect("the pattern is a constant that a test uses")
});

/// The key of a version.
pub(super) fn key(text: &str) -> Vec<u8> {
    let lowered = text.to_lowercase();
    let mut key = Vec::with_capacity(text.len() * 3);
    match VERSION.captures(&lowered) {
        Some(found) => {
            key.push(1);
            modern(&mut key, &found);
        }
        None => {
            key.push(0);
            word(&mut key, &legacy(&lowered));
        }
    }
    key
}

fn modern(key: &mut Vec<u8>, found: &Captures<'_>) {
    let group = |at: usize| found.get(at).map(|found| found.as_str());
    number(key, group(1).unwrap_or_default());
    let mut release: Vec<&str> = group(2).unwrap_or_default().split('.').collect();
    while release.last().is_some_and(|last| last.bytes().all(|digit| digit == b'0')) {
        release.pop();
    }
    for one in release {
        key.push(1);
        number(key, one);
    }
    key.push(0);
    let post = group(5).or_else(|| group(6).map(|_| group(7).unwrap_or_default()));
    let dev = group(8).map(|_| group(9).unwrap_or_default());
    match group(3).and_then(|stage| stage.bytes().next()) {
        // "c", "pre" and "preview" are spellings of "rc".
        Some(letter) => {
            key.push(if matches!(letter, b'c' | b'p') { b'r' } else { letter });
            number(key, group(4).unwrap_or_default());
        }
        None if post.is_none() && dev.is_some() => key.push(0),
        None => key.push(u8::MAX),
    }
    optional(key, post, 0);
    optional(key, dev, u8::MAX);
    for part in group(10).into_iter().flat_map(|local| local.split(['.', '_', '-'])) {
        if is_number(part) {
            key.push(2);
            number(key, part);
        } else {
            key.push(1);
            word(key, part);
        }
    }
    key.push(0);
}

/// A number that may be missing, and where it then stands.
fn optional(key: &mut Vec<u8>, digits: Option<&str>, missing: u8) {
    match digits {
        Some(digits) => {
            key.push(1);
            number(key, digits);
        }
        None => key.push(missing),
    }
}

/// The order that setuptools had before PEP 440: parts, padded, as one text.
fn legacy(text: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in tokens(text).iter().map(String::as_str).chain(["final"]) {
        let part = match part {
            "pre" | "preview" | "rc" => "*c".to_owned(),
            "-" => "*final-".to_owned(),
            "dev" => "*@".to_owned(),
            digits if is_number(digits) => format!("{digits:0>8}"),
            other => format!("*{other}"),
        };
        if part.starts_with('*') {
            if part.as_str() < "*final" {
                while parts.last().is_some_and(|last| last == "*final-") {
                    parts.pop();
                }
            }
            while parts.last().is_some_and(|last| last == "00000000") {
                parts.pop();
            }
        }
        parts.push(part);
    }
    parts.concat()
}

/// Runs of digits, runs of letters, and dashes.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut last = ' ';
    for letter in text.chars() {
        let sort = match letter {
            '0'..='9' => '0',
            'a'..='z' => 'a',
            '-' => '-',
            _ => ' ',
        };
        if sort != ' ' {
            match tokens.last_mut() {
                Some(token) if sort == last && sort != '-' => token.push(letter),
                _ => tokens.push(letter.to_string()),
            }
        }
        last = sort;
    }
    tokens
}
