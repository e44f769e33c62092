//! A text cut into statements, with the line on which each begins.
//!
//! Understands comments, quotes, dollar quotes of PostgreSQL, `DELIMITER` of MySQL's client, data behind `COPY … FROM
//! stdin`, commands of psql, and the lone `/` and `GO` of other clients. A statement is cut at 64 KiB, which is said.

use super::words::{dollar, quoted, until};

/// One statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Its text without the sign that ends it; cut at [`Statement::LONGEST`].
    pub text: &'a str,
    /// The line on which it begins, counted from 1.
    pub line: usize,
    /// Whether all of it is here.
    pub whole: bool,
}

impl Statement<'_> {
    /// Bytes of a statement that are read; what is longer inserts data.
    pub const LONGEST: usize = 64 << 10;
    /// Statements of one text that are read.
    pub const MOST: usize = 50_000;
}

/// Cuts a text.
#[must_use]
pub fn statements(text: &str) -> Vec<Statement<'_>> {
    let mut cutter =
        Cutter { text, at: 0, from: 0, line: 1, from_line: 1, end: b";".to_vec(), found: Vec::new() };
    while cutter.at < text.len() && cutter.found.len() < Statement::MOST {
        cutter.step();
    }
    cutter.cut(0);
    cutter.found
}

struct Cutter<'a> {
    text: &'a str,
    at: usize,
    /// Where the statement under way begins, and on which line.
    from: usize,
    line: usize,
    from_line: usize,
    end: Vec<u8>,
    found: Vec<Statement<'a>>,
}

impl<'a> Cutter<'a> {
    fn step(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let begins = self.text.get(self.from..self.at).is_none_or(|before| before.trim().is_empty());
        if begins {
            (self.from, self.from_line) = (self.at, self.line);
        }
        let at_line = self.at == 0 || self.text.as_bytes().get(self.at - 1) == Some(&b'\n');
        if at_line && self.command(rest, begins) {
            return;
        }
        if rest.starts_with(&self.end) {
            let is_copy = self.is_copy();
            self.cut(self.end.len());
            if is_copy {
                let data = self.text.as_bytes().get(self.at..).unwrap_or_default();
                self.skip((until(data, b"\n\\.") + 3).min(data.len()));
                self.from = self.at;
            }
            return;
        }
        let length = match rest {
            [b'-', b'-', ..] => until(rest, b"\n"),
            [b'#', ..] if begins => until(rest, b"\n"),
            [b'/', b'*', ..] => (until(rest.get(2..).unwrap_or_default(), b"*/") + 4).min(rest.len()),
            [quote @ (b'\'' | b'"' | b'`'), ..] => quoted(rest, *quote).min(rest.len()),
            [b'$', ..] => match dollar(rest) {
                Some(tag) => {
                    let inner = rest.get(tag.len()..).unwrap_or_default();
                    (until(inner, tag) + 2 * tag.len()).min(rest.len())
                }
                None => 1,
            },
            _ => 1,
        };
        let is_comment = begins && matches!(rest, [b'-', b'-', ..] | [b'#', ..] | [b'/', b'*', ..]);
        // What MySQL runs by its version stands in a comment and is code.
        let is_code = rest.starts_with(b"/*!");
        self.skip(length.max(1));
        if is_comment && !is_code {
            (self.from, self.from_line) = (self.at, self.line);
        }
    }

    /// Lines that are said to the client and not to the database.
    fn command(&mut self, rest: &[u8], begins: bool) -> bool {
        let length = until(rest, b"\n");
        let line = String::from_utf8_lossy(rest.get(..length.min(200)).unwrap_or_default()).trim().to_owned();
        let upper = line.to_ascii_uppercase();
        if let Some(sign) = upper.strip_prefix("DELIMITER ").filter(|_| begins) {
            self.end = sign.trim().as_bytes().iter().take(10).copied().collect();
            if self.end.is_empty() {
                self.end = b";".to_vec();
            }
        } else if line == "/" || upper == "GO" {
            self.cut(0);
        } else if !(begins && line.starts_with('\\')) {
            return false;
        }
        self.skip(length.max(1));
        self.from = self.at;
        true
    }

    fn is_copy(&self) -> bool {
        let text = self.text.get(self.from..self.at).unwrap_or_default();
        let head: String = text.chars().take(4).collect();
        head.eq_ignore_ascii_case("copy")
            && text.len() < 4096
            && text.to_ascii_lowercase().contains("from stdin")
    }

    /// Goes on over bytes, counting lines; ends where a character begins.
    fn skip(&mut self, length: usize) {
        let mut to = (self.at + length).min(self.text.len());
        while !self.text.is_char_boundary(to) {
            to += 1;
        }
        let passed = self.text.as_bytes().get(self.at..to).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.at = to;
    }

    fn cut(&mut self, sign: usize) {
        let text = self.text.get(self.from..self.at).unwrap_or_default().trim();
        if !text.is_empty() {
            let mut end = text.len().min(Statement::LONGEST);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let kept = text.get(..end).unwrap_or_default();
            self.found.push(Statement { text: kept, line: self.from_line, whole: end == text.len() });
        }
        self.skip(sign);
        (self.from, self.from_line) = (self.at, self.line);
    }
}
