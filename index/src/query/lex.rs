//! Cuts a typed line into words, phrases, fields and marks.
//!
//! Refuses to know the fields: whether a word with a colon is one is asked of `field`.

use crate::mention::{canonical_advisory, grouped_key};

use super::{FIELDS, Mistake};

/// A piece of the line, and the bytes that it takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) piece: Piece,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What a piece is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Open,
    Close,
    Not,
    And,
    Or,
    Word(String),
    Phrase(String),
    /// Digits of a key that was typed in groups.
    Key(String),
    /// A known field and its value; whether the value stood in quotes.
    Field(&'static str, String, bool),
}

/// The pieces of `line`, in order; nothing but letters, digits and known marks makes one.
pub(super) fn tokens(line: &str) -> Result<Vec<Token>, Mistake> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(letter) = rest(line, at).chars().next() {
        if letter.is_whitespace() || letter == ',' || letter == ';' {
            at += letter.len_utf8();
            continue;
        }
        let token = token(line, at, letter)?;
        at = token.end;
        let empty =
            matches!(&token.piece, Piece::Word(word) if !word.contains(char::is_alphanumeric) && word != "*");
        if !empty {
            found.push(token);
        }
    }
    Ok(found)
}

fn token(line: &str, at: usize, letter: char) -> Result<Token, Mistake> {
    let mark = |piece| Ok(Token { piece, start: at, end: at + letter.len_utf8() });
    match letter {
        '(' => mark(Piece::Open),
        ')' => mark(Piece::Close),
        '-' if negates(rest(line, at + 1)) => mark(Piece::Not),
        letter if is_quote(letter) => {
            let (words, end) = quoted(line, at, letter)?;
            let piece = whole(&words).unwrap_or(Piece::Phrase(words));
            Ok(Token { piece, start: at, end })
        }
        _ => word(line, at),
    }
}

/// "-beta" leaves out, "--force" is an option's name, "- " is a dash.
fn negates(behind: &str) -> bool {
    behind.starts_with(|c: char| !c.is_whitespace() && c != '-' && c != ')')
}

fn word(line: &str, start: usize) -> Result<Token, Mistake> {
    if let Some(token) = field(line, start)? {
        return Ok(token);
    }
    let bare = if rest(line, start).starts_with("0x") { start + 2 } else { start };
    if let Some((digits, end)) = grouped_key(line, bare).filter(|(_, end)| ends_word(line, *end)) {
        return Ok(Token { piece: Piece::Key(digits), start, end });
    }
    let end = end_of_word(line, start);
    let text = line.get(start..end).unwrap_or_default();
    let piece = match text {
        "AND" => Piece::And,
        "OR" => Piece::Or,
        "NOT" => Piece::Not,
        text => {
            if let Some((id, end)) = spaced_advisory(line, start, end) {
                return Ok(Token { piece: Piece::Word(id), start, end });
            }
            Piece::Word(text.to_owned())
        }
    };
    Ok(Token { piece, start, end })
}

/// "GLSA 202401-01": a family and its number, typed as two words.
fn spaced_advisory(line: &str, start: usize, end: usize) -> Option<(String, usize)> {
    let number = end + rest(line, end).strip_prefix(' ').map(|_| 1)?;
    let end = end_of_word(line, number);
    let words = line.get(start..end)?;
    let words = words.trim_end_matches(is_trailing);
    canonical_advisory(words).map(|id| (id, start + words.len()))
}

/// The field that begins at `start`, if what stands there is one.
fn field(line: &str, start: usize) -> Result<Option<Token>, Mistake> {
    let text = line.get(start..end_of_word(line, start)).unwrap_or_default();
    let Some((name, value)) = text.split_once(':') else { return Ok(None) };
    let after = start + name.len() + 1;
    let known = FIELDS.into_iter().find(|field| field.eq_ignore_ascii_case(name));
    let quote = rest(line, after).chars().next().filter(|letter| is_quote(*letter));
    let Some(known) = known else {
        return if unknown(name, value, quote.is_some(), text) {
            Err(mistake(start, after, stray(name)))
        } else {
            Ok(None)
        };
    };
    if let Some(quote) = quote {
        let (value, end) = quoted(line, after, quote)?;
        return Ok(Some(Token { piece: Piece::Field(known, value, true), start, end }));
    }
    if value.starts_with([':', '/']) {
        return Ok(None);
    }
    if !value.contains(char::is_alphanumeric) {
        let sentence = format!("type a value right after \u{201c}{known}:\u{201d}, without a space");
        return Err(mistake(start, after, sentence));
    }
    let grouped = grouped_key(line, after).filter(|(_, end)| known == "key" && ends_word(line, *end));
    let (value, end) = grouped.unwrap_or((value.to_owned(), start + text.len()));
    Ok(Some(Token { piece: Piece::Field(known, value, false), start, end }))
}

/// Whether a word with a colon was meant as a field although there is none of that name.
fn unknown(name: &str, value: &str, quoted: bool, text: &str) -> bool {
    let letters = name.len() > 1 && name.bytes().all(|b| b.is_ascii_lowercase());
    let capital = name.len() > 1 && near(name) && name.bytes().all(|b| b.is_ascii_alphabetic());
    // "error:" ends a word of prose, "std::vec" and "http://" go on, "localhost:8080" has a port.
    let plain = value.is_empty() && !quoted || value.starts_with([':', '/', '\\']);
    let port = value.starts_with(|c: char| c.is_ascii_digit()) && !near(name);
    let identifier = canonical_advisory(text.trim_end_matches(is_trailing)).is_some();
    (letters || capital) && !plain && !port && !identifier
}

fn stray(name: &str) -> String {
    let (nearest, _) = nearest(name);
    let all = FIELDS.map(|field| format!("{field}:")).join(", ");
    if near(name) {
        format!(
            "there is no field \u{201c}{name}:\u{201d}; did you mean \u{201c}{nearest}:\u{201d}? To find the text itself, put it in quotes"
        )
    } else {
        format!(
            "there is no field \u{201c}{name}:\u{201d}; the nearest is \u{201c}{nearest}:\u{201d}, and the fields are {all}. To find the text itself, put it in quotes"
        )
    }
}

/// Whether a name is a slip of the hand away from a field's: one letter, or two in a longer word.
fn near(name: &str) -> bool {
    let distance = nearest(name).1;
    distance <= 1 || distance == 2 && name.len() >= 5
}

/// The known field that takes the fewest changes of letters to reach.
fn nearest(name: &str) -> (&'static str, usize) {
    let name = name.to_ascii_lowercase();
    let measured = FIELDS.into_iter().map(|field| (field, distance(name.as_bytes(), field.as_bytes())));
    measured.min_by_key(|(_, distance)| *distance).unwrap_or(("vendor", usize::MAX))
}

/// Insertions, removals and replacements from one word to the other; names beyond 24 letters are far.
fn distance(left: &[u8], right: &[u8]) -> usize {
    if left.len() > 24 {
        return left.len();
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (number, letter) in left.iter().enumerate() {
        let mut corner = row[0];
        row[0] = number + 1;
        for column in 0..right.len() {
            let replaced = corner + usize::from(right[column] != *letter);
            corner = row[column + 1];
            row[column + 1] = replaced.min(corner + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

/// Where the word at `start` ends: at a blank, a quote, or a parenthesis that it did not open.
fn end_of_word(line: &str, start: usize) -> usize {
    let word = rest(line, start);
    let mut open = 0_usize;
    for (offset, letter) in word.char_indices() {
        match letter {
            '(' if open > 0 || closes(rest(word, offset)) => open += 1,
            '(' => return start + offset,
            ')' if open > 0 => open -= 1,
            ')' => return start + offset,
            letter if letter.is_whitespace() || is_quote(letter) => return start + offset,
            _ => {}
        }
    }
    line.len()
}

/// The text between the quote at `start` and the next one, and where it ends.
fn quoted(line: &str, start: usize, quote: char) -> Result<(String, usize), Mistake> {
    let first = start + quote.len_utf8();
    let Some((length, close)) = rest(line, first).char_indices().find(|(_, letter)| is_quote(*letter)) else {
        let sentence = "this quote is never closed: type a second \" behind the last word";
        return Err(mistake(start, line.len(), sentence.to_owned()));
    };
    let end = first + length + close.len_utf8();
    let words =
        rest(line, first).get(..length).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    if words.contains(char::is_alphanumeric) {
        return Ok((words, end));
    }
    Err(mistake(
        start,
        end,
        "there is nothing between these quotes: put words there, or remove them".to_owned(),
    ))
}

/// The identifier that fills the text between quotes.
fn whole(words: &str) -> Option<Piece> {
    let key = crate::mention::as_key(words).filter(|key| names_key(key.hex()));
    key.map(|key| Piece::Key(key.hex().to_owned())).or_else(|| canonical_advisory(words).map(Piece::Word))
}

/// Sixteen decimal digits are rather a number than a key.
pub(super) fn names_key(hex: &str) -> bool {
    hex.len() > 16 || hex.bytes().any(|b| b.is_ascii_alphabetic())
}

/// What a sentence leaves behind an identifier.
pub(super) fn is_trailing(letter: char) -> bool {
    matches!(letter, ',' | ';' | '.' | ':' | '!' | '?')
}

/// A mistake at these bytes.
pub(super) fn mistake(start: usize, end: usize, sentence: String) -> Mistake {
    Mistake { start, end, sentence }
}

fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}')
}

fn ends_word(line: &str, at: usize) -> bool {
    rest(line, at)
        .chars()
        .next()
        .is_none_or(|c| c.is_whitespace() || is_quote(c) || is_trailing(c) || c == ')')
}

/// Whether the parenthesis that `text` begins with is closed before the next blank.
fn closes(text: &str) -> bool {
    let mut open = 0_usize;
    for letter in text.chars().take_while(|letter| !letter.is_whitespace() && !is_quote(*letter)) {
        match letter {
            '(' => open += 1,
            ')' if open == 1 => return true,
            ')' => open -= 1,
            _ => {}
        }
    }
    false
}

fn rest(line: &str, at: usize) -> &str {
    line.get(at..).unwrap_or_default()
}
