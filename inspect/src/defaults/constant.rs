//! Whether a run of tokens is a value that stands fixed in the source, and how it is written.

use crate::tokens::{Kind, Token, written};

/// Tokens of a value that are looked at.
pub(super) const MOST: usize = 40;

/// The value's text, if nothing in it is computed at run time: numbers and their arithmetic, constants, texts that are
/// lengths of time, and calls of names with such arguments.
pub(super) fn constant(tokens: &[Token<'_>]) -> Option<String> {
    if tokens.is_empty() || tokens.len() > MOST {
        return None;
    }
    let mut says_something = false;
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map(|token| token.text);
        let fixed = match token.kind {
            Kind::Number => true,
            Kind::Text => is_length(token.text) || tokens.len() > 1 && is_short(token.text),
            // A dotted name is fixed by its last part: `socket.TIMEOUT`, `datetime.timedelta(…)`.
            Kind::Name if next == Some("(") => makes_value(token.text),
            Kind::Name => is_word(token.text) || is_upper(token.text) || matches!(next, Some("=" | ".")),
            Kind::Sign => {
                matches!(token.text, "+" | "-" | "*" | "/" | "**" | "(" | ")" | "[" | "]" | "," | "." | "=")
            }
        };
        if !fixed {
            return None;
        }
        let is_value = matches!(token.kind, Kind::Number | Kind::Text) || is_word(token.text);
        says_something |= is_value || is_upper(token.text) || next == Some("(");
    }
    says_something.then(|| written(tokens))
}

/// Whether a call of this name makes a value: a class, or one of the few functions that do. What methods answer is not
/// known here.
fn makes_value(name: &str) -> bool {
    name.contains(|c: char| c.is_ascii_uppercase())
        || matches!(
            name,
            "timedelta" | "float" | "int" | "frozenset" | "set" | "tuple" | "seconds" | "minutes" | "range"
        )
}

/// Words that are values of the languages.
fn is_word(text: &str) -> bool {
    matches!(text, "None" | "True" | "False" | "null" | "undefined" | "true" | "false" | "Infinity" | "new")
}

/// A constant by its spelling.
fn is_upper(text: &str) -> bool {
    text.len() > 1
        && text.contains(|c: char| c.is_ascii_uppercase())
        && !text.contains(|c: char| c.is_lowercase())
}

/// A text that is a number or a length of time: `30s`, `5 minutes`, `PT5M`.
pub(super) fn is_length(text: &str) -> bool {
    let bare = text.trim_matches(['"', '\'', '`']).trim();
    let bare = bare.strip_prefix("PT").unwrap_or(bare);
    let digits = bare.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).count();
    let unit: String = bare.chars().skip(digits).collect::<String>().trim().to_ascii_lowercase();
    const UNITS: [&str; 22] = [
        "", "s", "ms", "m", "h", "d", "us", "ns", "sec", "secs", "second", "seconds", "min", "mins",
        "minute", "minutes", "hour", "hours", "day", "days", "k", "%",
    ];
    digits > 0 && digits < 20 && UNITS.contains(&unit.as_str())
}

fn is_short(text: &str) -> bool {
    text.len() <= 20 && !text.contains('\n')
}
