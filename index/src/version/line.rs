//! The line of a version: what is maintained together, such as all of 3.0, or all of 1.0.2 with its letters.

use super::key::{digits, epoch};

/// The numbers that name a version's line: the first two of three or more, the first of two; all three before a letter
/// (OpenSSL's 1.0.2k). `None` where there is no number.
#[must_use]
pub fn of(version: &str) -> Option<Vec<String>> {
    let (_, rest) = epoch(version.trim());
    let start = rest.find(|letter: char| letter.is_ascii_digit())?;
    let mut rest = rest.get(start..)?;
    let mut numbers = Vec::new();
    let lettered = loop {
        let (number, after) = digits(rest);
        if number.is_empty() {
            break false;
        }
        let trimmed = number.trim_start_matches('0');
        numbers.push(if trimmed.is_empty() { "0" } else { trimmed }.to_owned());
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => {
                break numbers.len() == 3
                    && after.len() <= 2
                    && after.starts_with(|c: char| c.is_ascii_lowercase());
            }
        }
    };
    let kept = match numbers.len() {
        3 if lettered => 3,
        0..=2 => 1,
        _ => 2,
    };
    numbers.truncate(kept);
    Some(numbers)
}

/// Whether two versions belong to one line.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (of(one), of(other)) else { return false };
    one.iter().zip(&other).all(|(one, other)| one == other)
}
