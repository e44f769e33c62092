//! One word of a script, as written, read into its text: quotes removed, variables replaced, substitutions set aside.
//!
//! After the Shell Command Language of POSIX (2.2 Quoting, 2.6 Word Expansions). Patterns and braces stay as written.

use super::variables::Variables;
use super::{Known, Word};

/// Characters of a word that are read.
const LONGEST: usize = 64 << 10;
/// How deep values stand in one another: `${A:-${B:-c}}`.
const DEEPEST: usize = 6;

/// A word, read.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) word: Word,
    /// Commands in `$(…)` and backquotes, each with the lines of the word before it.
    pub(super) substitutions: Vec<(usize, String)>,
    /// Whether it is nothing but an unquoted variable, whose value is then split at spaces.
    pub(super) splits: bool,
}

/// Reads a word that stands on that line.
pub(super) fn read(raw: &str, line: usize, variables: &Variables) -> Read {
    let mut reader = Reader::new(raw, line, variables, 0);
    reader.word();
    reader.read
}

/// Reads the text of a here-document, in which quotes are characters like any other.
pub(super) fn document(raw: &str, line: usize, variables: &Variables) -> Read {
    let mut reader = Reader::new(raw, line, variables, 0);
    while let Some(next) = reader.take() {
        match next {
            '$' | '`' => reader.expansion(next),
            '\\' if matches!(reader.peek(), Some('$' | '`' | '\\')) => reader.push_next(),
            other => reader.read.word.text.push(other),
        }
    }
    reader.read
}

struct Reader<'a> {
    characters: Vec<char>,
    at: usize,
    line: usize,
    depth: usize,
    /// Whether the place at hand is within double quotes.
    quoted: bool,
    variables: &'a Variables,
    read: Read,
}

impl<'a> Reader<'a> {
    fn new(raw: &str, line: usize, variables: &'a Variables, depth: usize) -> Reader<'a> {
        let characters = raw.chars().take(LONGEST).collect();
        Reader { characters, at: 0, line, depth, quoted: false, variables, read: Read::default() }
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn take(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn push_next(&mut self) {
        if let Some(next) = self.take() {
            self.read.word.text.push(next);
        }
    }

    fn word(&mut self) {
        let starts_with_variable = self.peek() == Some('$');
        let mut pieces = 0;
        while let Some(next) = self.take() {
            match next {
                '\'' => {
                    pieces += 2;
                    while let Some(inner) = self.take().filter(|inner| *inner != '\'') {
                        self.read.word.text.push(inner);
                    }
                }
                '"' => {
                    pieces += 2;
                    self.quoted = true;
                    self.double_quoted();
                    self.quoted = false;
                }
                '\\' => {
                    pieces += 2;
                    if self.peek() == Some('\n') {
                        self.at += 1;
                    } else {
                        self.push_next();
                    }
                }
                '$' | '`' => {
                    pieces += 1;
                    self.expansion(next);
                }
                other => {
                    pieces += 2;
                    self.read.word.text.push(other);
                }
            }
        }
        self.read.splits = starts_with_variable && pieces == 1;
    }

    fn double_quoted(&mut self) {
        while let Some(next) = self.take() {
            match next {
                '"' => return,
                '\\' => match self.peek() {
                    Some('\n') => self.at += 1,
                    Some('$' | '`' | '"' | '\\') => self.push_next(),
                    _ => self.read.word.text.push('\\'),
                },
                '$' | '`' => self.expansion(next),
                other => self.read.word.text.push(other),
            }
        }
    }

    /// What stands behind a dollar or a backquote.
    fn expansion(&mut self, opening: char) {
        if opening == '`' {
            return self.backquoted();
        }
        match self.peek() {
            Some('(') => {
                let start = self.at + 1;
                let inner = self.until(')');
                let arithmetic = inner.starts_with('(');
                self.answered(&inner, &format!("$({inner})"));
                if !arithmetic {
                    self.substitution(start, inner);
                }
            }
            Some('{') => {
                let inner = self.until('}');
                self.parameter(&inner);
            }
            Some('\'') => {
                self.at += 1;
                while let Some(inner) = self.take().filter(|inner| *inner != '\'') {
                    match (inner, self.peek()) {
                        ('\\', Some('n')) => {
                            self.at += 1;
                            self.read.word.text.push('\n');
                        }
                        ('\\', Some(_)) => self.push_next(),
                        _ => self.read.word.text.push(inner),
                    }
                }
            }
            Some(first) if first.is_ascii_alphabetic() || first == '_' => {
                let mut name = String::new();
                while let Some(next) = self.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
                    name.push(next);
                    self.at += 1;
                }
                self.variable(&name, None, &format!("${name}"));
            }
            Some(special) if special.is_ascii_digit() || "@*#?$!-".contains(special) => {
                self.at += 1;
                self.unresolved(&format!("${special}"));
            }
            _ => self.read.word.text.push('$'),
        }
    }

    fn backquoted(&mut self) {
        let (start, mut inner) = (self.at, String::new());
        while let Some(next) = self.take().filter(|next| *next != '`') {
            match (next, self.peek()) {
                ('\\', Some('`' | '$' | '\\')) => inner.extend(self.take()),
                ('\\', Some('"')) if self.quoted => inner.extend(self.take()),
                _ => inner.push(next),
            }
        }
        self.answered(&inner, &format!("`{inner}`"));
        self.substitution(start, inner);
    }

    /// A substituted command that answers its argument in most cases: the place of a file, a text.
    fn answered(&mut self, inner: &str, written: &str) {
        let words: Vec<&str> = inner.split_whitespace().collect();
        let plain = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+:@%,".contains(c));
        match words.as_slice() {
            ["dpkg-divert", "--truename", path]
            | ["readlink", "-f" | "-e", path]
            | ["realpath", path]
            | ["command", "-v", path]
            | ["which" | "echo", path]
                if plain(path) =>
            {
                self.read.word.text.push_str(path);
                self.read.word.known = self.read.word.known.max(Known::Assigned);
            }
            _ => self.unresolved(written),
        }
    }

    fn substitution(&mut self, start: usize, inner: String) {
        let before = self.characters.get(..start).unwrap_or_default();
        let lines = before.iter().filter(|c| **c == '\n').count();
        self.read.substitutions.push((lines, inner));
    }

    /// What stands up to the closing bracket that fits the one at hand, which both are taken.
    fn until(&mut self, closing: char) -> String {
        let opening = self.take();
        let (mut depth, mut quote, mut inner) = (1, None, String::new());
        while let Some(next) = self.take() {
            match (quote, next) {
                (_, '\\') => {
                    inner.push(next);
                    inner.extend(self.take());
                    continue;
                }
                (Some(open), _) if next == open => quote = None,
                (Some('\''), _) => {}
                (None, '\'' | '"') => quote = Some(next),
                (None, _) if Some(next) == opening => depth += 1,
                (None, _) if next == closing => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            inner.push(next);
        }
        inner
    }

    /// `${…}`: a name, and what to use where it has no value.
    fn parameter(&mut self, inner: &str) {
        let name: String = inner.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let rest = inner.get(name.len()..).unwrap_or_default();
        let written = format!("${{{inner}}}");
        if name.is_empty() || !(rest.is_empty() || rest.starts_with([':', '-', '=', '+', '?', '[', '%', '#']))
        {
            return self.unresolved(&written);
        }
        let operator = rest.strip_prefix(':').unwrap_or(rest);
        if let Some(instead) = operator.strip_prefix('+') {
            return self.instead(&name, instead);
        }
        let fallback = operator.strip_prefix(['-', '=']);
        match fallback {
            Some(fallback) if self.depth < DEEPEST => {
                let mut nested = Reader::new(fallback, self.line, self.variables, self.depth + 1);
                nested.word();
                self.read.substitutions.extend(std::mem::take(&mut nested.read.substitutions));
                self.variable(&name, Some(nested.read.word), &written);
            }
            None if rest.is_empty() || rest.starts_with('[') => self.variable(&name, None, &written),
            _ => self.unresolved(&written),
        }
    }

    /// `${NAME:+text}`: the text where the script gives the variable a value, else nothing, which is what it is there for.
    fn instead(&mut self, name: &str, text: &str) {
        self.read.word.known = self.read.word.known.max(Known::Assigned);
        let is_set = self.variables.value(name, self.line).is_some_and(|value| !value.text.is_empty());
        if is_set && self.depth < DEEPEST {
            let mut nested = Reader::new(text, self.line, self.variables, self.depth + 1);
            nested.word();
            self.read.substitutions.append(&mut nested.read.substitutions);
            self.read.word.text.push_str(&nested.read.word.text);
            self.read.word.known = self.read.word.known.max(nested.read.word.known);
        }
    }

    fn variable(&mut self, name: &str, fallback: Option<Word>, written: &str) {
        let value = self.variables.value(name, self.line);
        match value.or(fallback.as_ref()) {
            Some(value) if self.read.word.text.len() + value.text.len() <= LONGEST => {
                self.read.word.text.push_str(&value.text);
                self.read.word.known = self.read.word.known.max(value.known).max(Known::Assigned);
            }
            _ => self.unresolved(written),
        }
    }

    fn unresolved(&mut self, written: &str) {
        if self.read.word.text.len() + written.len() <= LONGEST {
            self.read.word.text.push_str(written);
        }
        self.read.word.known = Known::Unresolved;
    }
}
