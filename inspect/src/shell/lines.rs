//! The fallback: commands told from the shape of lines, for a script that cannot be parsed.
//!
//! It knows quotes, comments, separators, here-documents and output to files; it knows no conditions and no functions.

use super::reading::Place;
use super::redirect::{Redirects, scanned};
use super::variables::Variables;
use super::{Word, words};

/// Words that stand before a command.
const BEFORE: [&str; 10] = ["if", "then", "else", "elif", "while", "until", "do", "{", "!", "time"];

/// The commands, each with its line in the script.
pub(super) fn commands(
    text: &str,
    place: &Place,
    variables: &mut Variables,
) -> Vec<(usize, Vec<Word>, Redirects)> {
    let mut found = Vec::new();
    let mut document: Option<String> = None;
    for (at, line) in text.lines().enumerate() {
        if let Some(end) = &document {
            if line.trim() == end {
                document = None;
            }
            continue;
        }
        let number = place.line + at;
        for pieces in cut(line) {
            document = document.or_else(|| here_document(&pieces));
            found.extend(
                command(&pieces, number, variables).map(|(words, redirects)| (number, words, redirects)),
            );
        }
    }
    found
}

/// The tag of a here-document that begins in these pieces.
fn here_document(pieces: &[String]) -> Option<String> {
    let at = pieces.iter().position(|piece| piece.starts_with("<<") && !piece.starts_with("<<<"))?;
    let own = pieces.get(at)?.trim_start_matches(['<', '-']);
    let tag = if own.is_empty() { pieces.get(at + 1)?.as_str() } else { own };
    Some(tag.trim_matches(['\'', '"', '\\']).to_owned()).filter(|tag| !tag.is_empty())
}

fn command(pieces: &[String], line: usize, variables: &mut Variables) -> Option<(Vec<Word>, Redirects)> {
    let mut pieces = pieces.iter().map(String::as_str).skip_while(|piece| BEFORE.contains(piece)).peekable();
    let mut redirects = Redirects::default();
    let mut found = Vec::new();
    while let Some(piece) = pieces.next() {
        if let Some((name, value)) =
            piece.split_once('=').filter(|(name, _)| found.is_empty() && is_name(name))
        {
            let value = words::read(value, line, variables).word;
            variables.assign(name, line, value);
            continue;
        }
        let output = piece.strip_prefix("1>").or_else(|| piece.strip_prefix('>'));
        match output {
            Some(rest) => {
                let append = rest.starts_with('>');
                let own = rest.trim_start_matches(['>', '|']);
                let path = if own.is_empty() { pieces.next().unwrap_or_default() } else { own };
                if !path.starts_with('&') {
                    redirects = scanned(&words::read(path, line, variables).word.text, append);
                }
            }
            None if piece.starts_with('<') || piece.starts_with("2>") => {}
            None => found.push(words::read(piece, line, variables).word),
        }
    }
    (!found.is_empty()).then_some((found, redirects))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Cuts a line into commands, and those into words as written.
fn cut(line: &str) -> Vec<Vec<String>> {
    let (mut commands, mut words, mut word) = (Vec::new(), Vec::new(), String::new());
    let mut quote = None;
    let mut characters = line.chars().peekable();
    while let Some(next) = characters.next() {
        match (quote, next) {
            (Some(open), _) if next == open => quote = None,
            (None, '\'' | '"') => quote = Some(next),
            (None, '#') if word.is_empty() => break,
            (None, ';' | '|' | '&') if !word.ends_with('>') => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                commands.push(std::mem::take(&mut words));
                continue;
            }
            (None, '(' | ')') if word.is_empty() => continue,
            (None, _) if next.is_whitespace() => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                continue;
            }
            _ => {}
        }
        word.push(next);
        if next == '\\' && quote != Some('\'') {
            word.extend(characters.next());
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    commands.push(words);
    commands.retain(|words| !words.is_empty());
    commands
}
