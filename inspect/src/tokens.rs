//! Sources cut into tokens where no syntax tree is at hand: names, numbers, texts, signs, and where each stands.
//!
//! Never fails: what is not closed ends with the file. Bounded by the text alone; nothing is nested here.

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) line: u32,
    /// For the first token of a line, how far it is indented.
    pub(crate) first: Option<u32>,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Name,
    Number,
    Text,
    Sign,
}

/// How a language writes comments and texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Python,
    JavaScript,
}

/// Tokens that are read of one file; the largest sources tried have some hundred thousand.
const MOST: usize = 2_000_000;

const SIGNS: &[&str] = &[
    "===", "!==", "**=", "...", "||=", "&&=", "??=", "//=", ">>=", "<<=", "=>", "==", "!=", "<=", ">=", "||",
    "&&", "??", "?.", "->", ":=", "+=", "-=", "*=", "/=", "**", "++", "--",
];

/// Words of JavaScript after which a slash begins a regular expression.
const BEFORE_REGEX: &[&str] =
    &["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do"];

/// Cuts a source.
pub(crate) fn tokens(text: &str, dialect: Dialect) -> Vec<Token<'_>> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, line: 1, start: 0, dialect, fresh: true };
    let mut tokens: Vec<Token<'_>> = Vec::new();
    while tokens.len() < MOST {
        let Some(token) = reader.next(tokens.last()) else { break };
        tokens.push(token);
    }
    tokens
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: u32,
    /// Where the line began.
    start: usize,
    dialect: Dialect,
    /// Whether nothing of the line was read yet.
    fresh: bool,
}

impl<'a> Reader<'a> {
    fn next(&mut self, before: Option<&Token<'a>>) -> Option<Token<'a>> {
        self.pass_over();
        let byte = *self.bytes.get(self.at)?;
        let (from, line) = (self.at, self.line);
        let first = self.fresh.then(|| u32::try_from(self.at - self.start).unwrap_or(u32::MAX));
        self.fresh = false;
        let kind = match byte {
            b'0'..=b'9' => self.number(),
            b'.' if self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit) => self.number(),
            b'"' | b'\'' => self.quoted(byte),
            b'`' if self.dialect == Dialect::JavaScript => self.quoted(byte),
            b'/' if self.dialect == Dialect::JavaScript && begins_regex(before) => self.regex(),
            _ if is_name(byte) => self.name(),
            _ => self.sign(),
        };
        Some(Token { kind, text: self.text.get(from..self.at).unwrap_or_default(), line, first })
    }

    /// Spaces, line ends and comments.
    fn pass_over(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            let next = self.bytes.get(self.at + 1);
            match (byte, next, self.dialect) {
                (b'\n', ..) => self.step(),
                (b'#', _, Dialect::Python) | (b'/', Some(b'/'), Dialect::JavaScript) => {
                    self.until(|bytes| bytes.starts_with(b"\n"))
                }
                (b'/', Some(b'*'), Dialect::JavaScript) => {
                    self.until(|bytes| bytes.starts_with(b"*/"));
                    self.at = (self.at + 2).min(self.bytes.len());
                }
                (b'\\', Some(b'\n'), Dialect::Python) => {
                    self.at += 2;
                    self.line += 1;
                }
                _ if byte.is_ascii_whitespace() => self.at += 1,
                _ => return,
            }
        }
    }

    fn until(&mut self, ended: impl Fn(&[u8]) -> bool) {
        while self.bytes.get(self.at..).is_some_and(|rest| !rest.is_empty() && !ended(rest)) {
            self.step();
        }
    }

    /// One byte on, counting lines.
    fn step(&mut self) {
        if self.bytes.get(self.at) == Some(&b'\n') {
            self.line += 1;
            self.start = self.at + 1;
            self.fresh = true;
        }
        self.at += 1;
    }

    fn number(&mut self) -> Kind {
        let mut before = 0;
        while let Some(byte) = self.bytes.get(self.at) {
            let signed = matches!(byte, b'+' | b'-') && matches!(before, b'e' | b'E');
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || signed) {
                break;
            }
            before = *byte;
            self.at += 1;
        }
        Kind::Number
    }

    fn name(&mut self) -> Kind {
        let from = self.at;
        while self.bytes.get(self.at).is_some_and(|byte| is_name(*byte) || byte.is_ascii_digit()) {
            self.at += 1;
        }
        let prefix = self.bytes.get(from..self.at).unwrap_or_default();
        let quote = self.bytes.get(self.at).copied().filter(|byte| matches!(byte, b'"' | b'\''));
        match quote {
            // r"…", f'…', rb"""…"""
            Some(quote) if self.dialect == Dialect::Python && prefix.len() <= 2 => self.quoted(quote),
            _ => Kind::Name,
        }
    }

    fn quoted(&mut self, quote: u8) -> Kind {
        let three = [quote; 3];
        let fresh = self.fresh;
        let is_long = self.dialect == Dialect::Python
            && self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(&three));
        self.at += if is_long { 3 } else { 1 };
        while let Some(byte) = self.bytes.get(self.at).copied() {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            if byte == b'\\' {
                self.step();
                self.step();
                continue;
            }
            if is_long && rest.starts_with(&three) {
                self.at += 3;
                break;
            }
            // A text that is not closed ends with its line, so that what follows is still read.
            if !is_long && (byte == quote || byte == b'\n' && quote != b'`') {
                self.at += usize::from(byte == quote);
                break;
            }
            self.step();
        }
        self.at = self.at.min(self.bytes.len());
        self.fresh = fresh;
        Kind::Text
    }

    fn regex(&mut self) -> Kind {
        self.at += 1;
        let mut in_class = false;
        while let Some(byte) = self.bytes.get(self.at).copied() {
            match byte {
                b'\n' => return Kind::Text,
                b'\\' => self.at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    self.at += 1;
                    break;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.at.min(self.bytes.len());
        Kind::Text
    }

    fn sign(&mut self) -> Kind {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let known = SIGNS.iter().find(|sign| rest.starts_with(sign.as_bytes()));
        self.at += known.map_or(1, |sign| sign.len());
        Kind::Sign
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

/// Whether a slash after this token begins a regular expression rather than divides.
fn begins_regex(before: Option<&Token<'_>>) -> bool {
    match before {
        None => true,
        Some(token) => match token.kind {
            Kind::Sign => !matches!(token.text, ")" | "]" | "}" | "++" | "--"),
            Kind::Name => BEFORE_REGEX.contains(&token.text),
            Kind::Number | Kind::Text => false,
        },
    }
}

/// Tokens as people write them, with single spaces only where they are needed.
pub(crate) fn written(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let glued = |token: &Token<'_>| token.kind != Kind::Sign;
        let spaced = before.is_some_and(|before| {
            before.text == ","
                || glued(before) && glued(token)
                || is_operator(before.text)
                || is_operator(token.text)
        });
        if spaced {
            text.push(' ');
        }
        text.push_str(token.text);
    }
    text
}

fn is_operator(text: &str) -> bool {
    matches!(text, "*" | "/" | "+" | "or" | "||" | "??" | "|")
}

#[cfg(test)]
mod tests {
    use super::{Dialect, tokens};

    fn check(text: &str, dialect: Dialect, expected: &[&str]) {
        let read: Vec<&str> = tokens(text, dialect).iter().map(|token| token.text).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn comments_and_texts_are_no_code() {
        check(
            "a = 'x # y' # z\n\"\"\"b\n\"c\"\"\"",
            Dialect::Python,
            &["a", "=", "'x # y'", "\"\"\"b\n\"c\"\"\""],
        );
        check(
            "a = /* b */ // c\n/[/]d/.e `f ${g}`",
            Dialect::JavaScript,
            &["a", "=", "/[/]d/", ".", "e", "`f ${g}`"],
        );
        check("x = 4 / 2", Dialect::JavaScript, &["x", "=", "4", "/", "2"]);
    }

    #[test]
    fn what_is_not_closed_ends_with_the_file_or_the_line() {
        check("'abc\ndef", Dialect::JavaScript, &["'abc", "def"]);
        check("\"\"\"abc", Dialect::Python, &["\"\"\"abc"]);
        check("x = '\\", Dialect::Python, &["x", "=", "'\\"]);
        check("ü=1e-3", Dialect::Python, &["ü", "=", "1e-3"]);
    }

    #[test]
    fn lines_and_indents_are_counted() {
        let read = tokens("a\n  b \"\"\"\n\n\"\"\" c\n", Dialect::Python);
        let places: Vec<_> = read.iter().map(|token| (token.text, token.line, token.first)).collect();
        assert_eq!(places[1], ("b", 2, Some(2)));
        assert_eq!((places[3].0, places[3].1), ("c", 4));
    }
}
