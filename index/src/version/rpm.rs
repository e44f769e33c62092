//! Versions of RPM packages: `epoch:version-release`, each compared as `rpmvercmp` does (rpm-version(7)).

use super::key::{digits, epoch, number, run, word};

/// What stands for `~`, for the end, for `^`, for a word and for a number, in this order.
const TILDE: u8 = 1;
const END: u8 = 2;
const CARET: u8 = 3;
const WORD: u8 = 4;
const NUMBER: u8 = 5;

/// The key of a version.
pub(super) fn key(text: &str) -> Vec<u8> {
    let (epoch, rest) = epoch(text);
    let mut key = Vec::with_capacity(text.len() * 3);
    number(&mut key, epoch);
    let (version, release) = match rest.split_once('-') {
        Some((version, release)) => (version, Some(release)),
        None => (rest, None),
    };
    part(&mut key, (!version.is_empty()).then_some(version));
    part(&mut key, release);
    key
}

/// Letters and digits in runs; what stands between them only separates. A part that is not there is below every one.
fn part(key: &mut Vec<u8>, text: Option<&str>) {
    let Some(mut rest) = text else {
        key.push(0);
        return;
    };
    key.push(1);
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            let (run_of, after) = digits(rest);
            key.push(NUMBER);
            number(key, run_of);
            rest = after;
        } else if first.is_ascii_alphabetic() {
            let (run_of, after) = run(rest, |letter| letter.is_ascii_alphabetic());
            key.push(WORD);
            word(key, run_of);
            rest = after;
        } else {
            match first {
                '~' => key.push(TILDE),
                '^' => key.push(CARET),
                _ => {}
            }
            rest = rest.strip_prefix(first).unwrap_or_default();
        }
    }
    key.push(END);
}
