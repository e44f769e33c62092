//! Versions of gems, as `Gem::Version` orders them: numbers and letters in segments, a word below every number, zeros at
//! the end and before a word without weight.

use super::key::{is_number, number, word};

/// What stands for a word, for a zero that a word follows, for the end, and for a number, in this order.
const WORD: u8 = 1;
const ZERO_BEFORE_WORD: u8 = 2;
const END: u8 = 3;
const NUMBER: u8 = 4;

/// The key of a version.
pub(super) fn key(text: &str) -> Vec<u8> {
    let segments = segments(text);
    let first_word = segments.iter().position(|segment| !is_number(segment)).unwrap_or(segments.len());
    let (numbers, build) = segments.split_at(first_word);
    let kept: Vec<&String> = without_zeros(numbers).iter().chain(without_zeros(build)).collect();
    let mut key = Vec::with_capacity(text.len() * 3);
    for (at, segment) in kept.iter().enumerate() {
        let mut following = kept.iter().skip(at).skip_while(|other| is_zero(other));
        if !is_number(segment) {
            key.push(WORD);
            word(&mut key, segment);
        } else if is_zero(segment) && following.next().is_some_and(|next| !is_number(next)) {
            key.push(ZERO_BEFORE_WORD);
        } else {
            key.push(NUMBER);
            number(&mut key, segment);
        }
    }
    key.push(END);
    key
}

/// The parts between dots, cut again where digits and other characters meet.
fn segments(text: &str) -> Vec<String> {
    let mut segments = Vec::new();
    for part in text.split('.') {
        let mut current = String::new();
        for letter in part.chars() {
            let meets =
                current.chars().last().is_some_and(|last| last.is_ascii_digit() != letter.is_ascii_digit());
            if meets {
                segments.push(std::mem::take(&mut current));
            }
            current.push(letter);
        }
        segments.push(current);
    }
    segments
}

fn is_zero(segment: &str) -> bool {
    is_number(segment) && segment.bytes().all(|digit| digit == b'0')
}

fn without_zeros(segments: &[String]) -> &[String] {
    let end = segments.iter().rposition(|segment| !is_zero(segment)).map_or(0, |last| last + 1);
    segments.get(..end).unwrap_or_default()
}
