//! Semantic versions (semver.org 2.0, section 11), read leniently: a leading `v`, any count of numbers, and whatever
//! follows them as the pre-release.

use super::key::{digits, is_number, number, word};

/// The key of a version: its numbers, then its pre-release, then (where it counts) its build.
pub(super) fn key(text: &str, any_case: bool, build_counts: bool) -> Vec<u8> {
    let lowered = if any_case { text.to_lowercase() } else { text.to_owned() };
    let mut rest = lowered.strip_prefix(['v', 'V']).unwrap_or(&lowered);
    let mut numbers = Vec::new();
    loop {
        let (some, after) = digits(rest);
        if !some.is_empty() {
            numbers.push(some);
        }
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => {
                rest = after;
                break;
            }
        }
    }
    while numbers.last().is_some_and(|last| last.bytes().all(|digit| digit == b'0')) {
        numbers.pop();
    }
    let mut key = Vec::with_capacity(lowered.len() * 2);
    for one in numbers {
        key.push(1);
        number(&mut key, one);
    }
    key.push(0);
    let (stage, build) = rest.split_once('+').unwrap_or((rest, ""));
    pre_release(&mut key, stage.strip_prefix('-').unwrap_or(stage));
    if build_counts {
        word(&mut key, build);
    }
    key
}

/// No pre-release is above every one; numbers are below words; more parts are above fewer.
fn pre_release(key: &mut Vec<u8>, stage: &str) {
    if stage.is_empty() {
        key.push(u8::MAX);
        return;
    }
    for part in stage.split('.') {
        if is_number(part) {
            key.push(1);
            number(key, part);
        } else {
            key.push(2);
            word(key, part);
        }
    }
    key.push(0);
}
