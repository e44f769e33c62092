//! Program code, taken apart into code, literal texts and comments.
//!
//! No grammar is followed further than that: it suffices to tell what is done from what is written about. A text that
//! does not end on its line, where the language wants it to, is taken for code, so that one odd character does not
//! turn the rest of the file inside out.

use crate::check::place::Language;

/// One literal text: the bytes between its quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::check) struct Literal {
    pub(in crate::check) start: usize,
    pub(in crate::check) end: usize,
}

/// What a file was taken apart into.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// The file, byte for byte, with spaces instead of comments and of what stands in literals.
    pub(super) mask: Vec<u8>,
    pub(super) literals: Vec<Literal>,
}

/// Literals that are kept; a bundle of a whole web application has some hundred thousand.
const MOST: usize = 400_000;

/// Takes a file apart.
pub(super) fn take_apart(text: &str, language: Language) -> Parts {
    let mut lexer = Lexer {
        bytes: text.as_bytes(),
        at: 0,
        language,
        parts: Parts::default(),
        last: b'\n',
        plain_to: 0,
        endless: 0,
    };
    lexer.parts.mask.reserve(text.len());
    while lexer.at < lexer.bytes.len() && lexer.parts.literals.len() < MOST {
        lexer.step();
    }
    lexer.blank(lexer.bytes.len());
    lexer.parts
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    language: Language,
    parts: Parts,
    /// The last byte of code that is no white space; a line's end at the start.
    last: u8,
    /// Up to here nothing begins a text or an expression, because one that began before did not end on its line.
    plain_to: usize,
    /// Texts on further lines that never ended; after some, none is looked for.
    endless: u32,
}

impl Lexer<'_> {
    fn is_at(&self, mark: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(mark))
    }

    fn find(&self, from: usize, mark: &[u8]) -> Option<usize> {
        let rest = self.bytes.get(from..)?;
        rest.windows(mark.len()).position(|window| window == mark).map(|at| from + at)
    }

    /// Where the line ends.
    fn line_end(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        rest.iter().position(|byte| *byte == b'\n').map_or(self.bytes.len(), |at| from + at)
    }

    fn at_line_start(&self) -> bool {
        self.at == 0 || self.bytes.get(self.at - 1) == Some(&b'\n')
    }

    /// Passes over bytes as code.
    fn keep(&mut self, to: usize) {
        for byte in self.bytes.get(self.at..to).unwrap_or_default() {
            self.parts.mask.push(*byte);
            if !byte.is_ascii_whitespace() {
                self.last = *byte;
            }
        }
        self.at = to.min(self.bytes.len());
    }

    /// Passes over bytes that are no code.
    fn blank(&mut self, to: usize) {
        let passed = self.bytes.get(self.at..to).unwrap_or_default();
        self.parts.mask.extend(passed.iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }));
        self.at = to.min(self.bytes.len());
    }

    /// Passes over a literal whose marks are so many bytes wide.
    fn literal(&mut self, width: usize, end: usize) {
        self.keep(self.at + width);
        self.parts.literals.push(Literal { start: self.at, end });
        self.blank(end);
        self.keep(end + width);
    }

    fn step(&mut self) {
        if let Some(end) = self.comment() {
            return self.blank(end);
        }
        let byte = self.bytes.get(self.at).copied().unwrap_or_default();
        if self.at < self.plain_to {
            return self.keep(self.at + 1);
        }
        match byte {
            b'"' | b'\'' if self.language == Language::Python => self.python(byte),
            b'"' | b'\'' => match self.same_line(byte) {
                Some(end) => self.literal(1, end),
                None => self.give_up(),
            },
            b'`' if self.language == Language::JavaScript => {
                let end = self.template();
                self.literal(1, end);
            }
            b'`' if matches!(self.language, Language::Perl | Language::Ruby | Language::Php) => {
                match self.same_line(byte) {
                    Some(end) => self.literal(1, end),
                    None => self.keep(self.at + 1),
                }
            }
            b'/' if self.language == Language::JavaScript => match self.expression() {
                Some(end) => self.blank(end),
                None => self.keep(self.at + 1),
            },
            b'<' if self.is_at(b"<<") => self.here_document(),
            _ => self.keep(self.at + 1),
        }
    }

    /// Takes the rest of the line for code: what began here does not end on it, and neither would what follows.
    fn give_up(&mut self) {
        self.plain_to = self.line_end(self.at);
        self.keep(self.at + 1);
    }

    /// Where a comment that begins here ends.
    fn comment(&self) -> Option<usize> {
        use Language::{JavaScript, Perl, Php, Python, Ruby};
        let byte = self.bytes.get(self.at)?;
        let hash = matches!(self.language, Python | Perl | Ruby | Php) && *byte == b'#';
        // `$#list` is a length in Perl, `#{x}` stands in texts of Ruby, `#[` begins an attribute in PHP.
        let before = self.at.checked_sub(1).and_then(|at| self.bytes.get(at));
        if hash && before != Some(&b'$') && !(self.language == Php && self.is_at(b"#[")) {
            return Some(self.line_end(self.at));
        }
        if matches!(self.language, JavaScript | Php) {
            if self.is_at(b"//") {
                return Some(self.line_end(self.at));
            }
            if self.is_at(b"/*") {
                return Some(self.find(self.at + 2, b"*/").map_or(self.bytes.len(), |at| at + 2));
            }
        }
        let is_manual = self.at_line_start()
            && (self.language == Perl
                && *byte == b'='
                && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_alphabetic)
                || self.language == Ruby && self.is_at(b"=begin"));
        if is_manual {
            let mark: &[u8] = if self.language == Perl { b"\n=cut" } else { b"\n=end" };
            return Some(self.find(self.at, mark).map_or(self.bytes.len(), |at| self.line_end(at + 1)));
        }
        // What stands behind the end of a Perl program is no program.
        let is_end = self.at_line_start()
            && self.language == Perl
            && (self.is_at(b"__END__") || self.is_at(b"__DATA__"));
        is_end.then_some(self.bytes.len())
    }

    /// Where a text ends that must end on its line; a backslash takes the next byte along.
    fn same_line(&self, mark: u8) -> Option<usize> {
        let mut at = self.at + 1;
        loop {
            match self.bytes.get(at)? {
                b'\\' => at += 2,
                b'\n' => return None,
                byte if *byte == mark => return Some(at),
                _ => at += 1,
            }
        }
    }

    /// A text of Python; three marks span lines, and a text that is a statement by itself is a comment.
    fn python(&mut self, mark: u8) {
        let three = [mark, mark, mark];
        if !self.is_at(&three) {
            return match self.same_line(mark) {
                Some(end) => self.literal(1, end),
                None => self.give_up(),
            };
        }
        let mut at = self.at + 3;
        let end = loop {
            match self.bytes.get(at) {
                None => break self.bytes.len(),
                Some(b'\\') => at += 2,
                Some(_) if self.bytes.get(at..).is_some_and(|rest| rest.starts_with(&three)) => break at,
                Some(_) => at += 1,
            }
        };
        if self.is_operand() {
            self.literal(3, end);
        } else {
            self.blank((end + 3).min(self.bytes.len()));
        }
    }

    /// Whether a text that begins here is used for something; one that begins a statement only documents.
    fn is_operand(&self) -> bool {
        let mut head = self.parts.mask.as_slice();
        while let Some((b'r' | b'b' | b'u' | b'f' | b'R' | b'B' | b'F', rest)) = head.split_last() {
            head = rest;
        }
        let on_line = head.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        let begins_line = on_line.is_none_or(|byte| *byte == b'\n');
        let last = head.iter().rev().find(|byte| !byte.is_ascii_whitespace());
        !begins_line || last.is_some_and(|byte| b"(=,[{+%".contains(byte))
    }

    /// Where a template of JavaScript ends; what it embeds is passed over by counting braces.
    fn template(&self) -> usize {
        let (mut at, mut depth) = (self.at + 1, 0_u32);
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'`' if depth == 0 => return at,
                b'$' if self.bytes.get(at + 1) == Some(&b'{') => {
                    depth += 1;
                    at += 1;
                }
                b'{' if depth > 0 => depth += 1,
                b'}' if depth > 0 => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        self.bytes.len()
    }

    /// Where a regular expression of JavaScript ends, if a slash begins one here.
    fn expression(&self) -> Option<usize> {
        let is_operator = b"(,=:[!&|?{};+-*%<>~^\n".contains(&self.last);
        let word: Vec<u8> = self
            .parts
            .mask
            .iter()
            .rev()
            .skip_while(|byte| byte.is_ascii_whitespace())
            .take(6)
            .copied()
            .collect();
        if !is_operator && word != *b"nruter" {
            return None;
        }
        let (mut at, mut in_class) = (self.at + 1, false);
        // None that people write is longer, and a line without an end must not be read over and over.
        while at < self.at + 2_000 {
            match self.bytes.get(at)? {
                b'\\' => at += 1,
                b'\n' => return None,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => return Some(at + 1),
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// A text that follows on the next lines up to a word: what it says is nearly always told to somebody.
    fn here_document(&mut self) {
        let rest = self.bytes.get(self.at + 2..).unwrap_or_default();
        let rest = rest.strip_prefix(b"<").unwrap_or(rest);
        let word: Vec<u8> = rest
            .iter()
            .skip_while(|byte| matches!(byte, b'~' | b'-' | b'"' | b'\''))
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .take(40)
            .copied()
            .collect();
        let speaks = matches!(self.language, Language::Perl | Language::Ruby | Language::Php);
        let is_word = word.first().is_some_and(u8::is_ascii_uppercase) && word.len() > 1;
        if !speaks || !is_word || self.endless > 20 {
            return self.keep(self.at + 2);
        }
        let mut line = self.line_end(self.at);
        self.keep(line);
        while line < self.bytes.len() {
            let next = self.line_end(line + 1);
            let text = self.bytes.get(line + 1..next).unwrap_or_default().trim_ascii();
            if text
                .strip_prefix(word.as_slice())
                .is_some_and(|rest| rest.is_empty() || !rest[0].is_ascii_alphanumeric())
            {
                return self.blank(next);
            }
            line = next;
        }
        // It never ends: then it was none.
        self.endless += 1;
    }
}
