//! Bytes that compare as versions do: what every encoding of a version is written with.

/// Writes a number of any length so that a smaller one compares below: the count of its digits, then the digits.
pub(super) fn number(key: &mut Vec<u8>, digits: &str) {
    let digits = digits.trim_start_matches('0');
    // No version has more than 512 bytes.
    key.extend_from_slice(&(digits.len() as u16).to_be_bytes());
    key.extend_from_slice(digits.as_bytes());
}

/// Writes a word so that it compares byte by byte and a beginning of it compares below. It has no control characters.
pub(super) fn word(key: &mut Vec<u8>, word: &str) {
    key.extend_from_slice(word.as_bytes());
    key.push(0);
}

/// Whether a part of a version is a number.
pub(super) fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits that a text begins with, and the rest.
pub(super) fn digits(text: &str) -> (&str, &str) {
    run(text, |letter| letter.is_ascii_digit())
}

/// The longest beginning of a text whose characters fit, and the rest.
pub(super) fn run(text: &str, fits: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|letter| !fits(letter)).unwrap_or(text.len());
    text.split_at(end)
}

/// An epoch before a colon, and what follows; without one the epoch is empty.
pub(super) fn epoch(text: &str) -> (&str, &str) {
    match text.split_once(':') {
        Some((epoch, rest)) if is_number(epoch) => (epoch, rest),
        _ => ("", text),
    }
}
