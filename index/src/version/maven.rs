//! Versions of Maven artifacts (Maven POM reference, "Version Order Specification"): tokens with the sign before each, those
//! that say nothing trimmed, the shorter list padded with what its neighbour's sign asks for.

use std::cmp::Ordering;

use super::alpine::by_value;
use super::key::is_number;

/// Qualifiers in their order; all others come behind them.
const QUALIFIERS: [&str; 7] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];

/// A part of a version and the sign before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    dash: bool,
    value: String,
    padding: bool,
}

/// The tokens of a version, without those at the end of each stretch that say nothing.
pub(super) fn read(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut dash = false;
    let mut rest = text;
    loop {
        let end = rest.find(['-', '.']);
        let part = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
        split(&mut tokens, part, dash);
        let Some(end) = end else { break };
        dash = rest.as_bytes().get(end) == Some(&b'-');
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    trim(&mut tokens);
    tokens
}

/// Cuts a part where digits and other characters meet.
fn split(tokens: &mut Vec<Token>, part: &str, mut dash: bool) {
    let mut current = String::new();
    for letter in part.chars() {
        if current.chars().last().is_some_and(|last| last.is_ascii_digit() != letter.is_ascii_digit()) {
            tokens.push(token(&current, dash, true));
            (current, dash) = (String::new(), true);
        }
        current.push(letter);
    }
    tokens.push(token(&current, dash, false));
}

fn token(text: &str, dash: bool, number_follows: bool) -> Token {
    let lowered = text.to_lowercase();
    let value = match (lowered.as_str(), number_follows) {
        ("", _) => "0".to_owned(),
        ("cr", _) => "rc".to_owned(),
        ("ga" | "final" | "release", _) => String::new(),
        ("a", true) => "alpha".to_owned(),
        ("b", true) => "beta".to_owned(),
        ("m", true) => "milestone".to_owned(),
        (digits, _) if is_number(digits) => {
            let digits = digits.trim_start_matches('0');
            if digits.is_empty() { "0".to_owned() } else { digits.to_owned() }
        }
        _ => lowered,
    };
    Token { dash, value, padding: false }
}

/// From the end, and again before each dash, tokens that say nothing go.
fn trim(tokens: &mut Vec<Token>) {
    let mut at = tokens.len().saturating_sub(1);
    while at > 0 {
        if tokens.get(at).is_some_and(|token| matches!(token.value.as_str(), "0" | "")) {
            tokens.remove(at);
            at -= 1;
            continue;
        }
        while at > 0 && tokens.get(at).is_some_and(|token| !token.dash) {
            at -= 1;
        }
        at = at.saturating_sub(1);
    }
}

/// Which of two is newer.
pub(super) fn compare(one: &[Token], other: &[Token]) -> Ordering {
    for at in 0..one.len().max(other.len()) {
        let (left, right) = match (one.get(at), other.get(at)) {
            (Some(left), Some(right)) => (left.clone(), right.clone()),
            (Some(left), None) => (left.clone(), padding(left)),
            (None, Some(right)) => (padding(right), right.clone()),
            (None, None) => break,
        };
        if left.dash == right.dash && left.value == right.value {
            continue;
        }
        let ordering = by_worth(&left, &right);
        if ordering.is_ne() {
            return ordering;
        }
    }
    Ordering::Equal
}

/// What a version that has ended says against this token.
fn padding(token: &Token) -> Token {
    let value = if token.dash || token.value == "sp" { "" } else { "0" };
    Token { dash: token.dash, value: value.to_owned(), padding: true }
}

fn by_worth(one: &Token, other: &Token) -> Ordering {
    let (first, second) = (is_number(&one.value), is_number(&other.value));
    if one.dash != other.dash {
        // ".word" < "-word" < "-number" < ".number"
        let place = |token: &Token, number: bool| match (number, token.dash) {
            (false, false) => 0,
            (false, true) => 1,
            (true, true) => 2,
            (true, false) => 3,
        };
        return place(one, first).cmp(&place(other, second));
    }
    match (first, second) {
        (true, true) => by_value(&one.value, &other.value),
        (true, false) if !one.padding => Ordering::Greater,
        (false, true) if !other.padding => Ordering::Less,
        _ => {
            let place =
                |value: &str| QUALIFIERS.iter().position(|known| *known == value).unwrap_or(QUALIFIERS.len());
            let unknown = |value: &str| place(value) == QUALIFIERS.len();
            let by_place = place(&one.value).cmp(&place(&other.value));
            if unknown(&one.value) && unknown(&other.value) { one.value.cmp(&other.value) } else { by_place }
        }
    }
}
