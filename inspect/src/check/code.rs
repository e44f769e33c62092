//! Program code in languages other than the shell's, read once and shown to the families that look into code.

mod gathered;
mod lexer;

use std::sync::LazyLock;

use regex::Regex;

use super::place::Language;
use super::{Check, Findings, Subject, listen, privilege, remote, trust, words};
use crate::finding::Activation;
pub(super) use lexer::Literal;

/// The family of families.
#[derive(Debug, Default)]
pub(super) struct Code {
    gathered: gathered::Gathered,
    remote: remote::Places,
}

/// Bytes of code that are read of one file; a longer one is a bundle, whose beginning is read.
const LONGEST: usize = 8 << 20;

impl Check for Code {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        if let (Some(text), Some(language)) = (subject.text.as_deref(), subject.language.filter(is_read)) {
            let end =
                (0..=LONGEST.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
            let source = Source::read(text.get(..end).unwrap_or_default(), language);
            let mut findings = Vec::new();
            listen::in_code(subject, &source, &mut findings);
            privilege::in_code(subject, &source, &mut findings);
            trust::in_code(subject, &source, &mut findings);
            self.gathered.take(subject, findings);
            self.remote.in_code(subject, &source);
        } else {
            self.remote.in_configuration(subject, found);
        }
    }

    fn end(&mut self, found: &mut Findings) {
        self.gathered.tell(found);
        self.remote.tell(found);
    }
}

fn is_read(language: &Language) -> bool {
    use Language::{JavaScript, Perl, Php, Python, Ruby};
    matches!(language, Python | Perl | Ruby | JavaScript | Php)
}

/// A file of code, taken apart.
#[derive(Debug)]
pub(super) struct Source<'a> {
    text: &'a str,
    /// As long as the text, with spaces instead of comments and of what stands in literals.
    pub(super) mask: String,
    /// The literal texts.
    pub(super) literals: Vec<Literal>,
    /// Where each line begins.
    lines: Vec<usize>,
    /// In what it is written.
    pub(super) language: Language,
}

impl<'a> Source<'a> {
    /// Bytes before a place in which its context is looked for.
    const CONTEXT: usize = 400;

    pub(super) fn read(text: &'a str, language: Language) -> Source<'a> {
        let parts = lexer::take_apart(text, language);
        // Whole characters were replaced or kept, so this is text again; if not, nothing is found in it.
        let mask = String::from_utf8(parts.mask).unwrap_or_default();
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        Source { text, mask, literals: parts.literals, lines, language }
    }

    /// What a literal says.
    pub(super) fn said(&self, literal: Literal) -> &'a str {
        self.text.get(literal.start..literal.end).unwrap_or_default()
    }

    /// The number of the line at a place, and the line.
    pub(super) fn line(&self, at: usize) -> (usize, &'a str) {
        let number = self.lines.partition_point(|start| *start <= at);
        let start = number.checked_sub(1).and_then(|at| self.lines.get(at)).copied().unwrap_or_default();
        let end = self.lines.get(number).map_or(self.text.len(), |next| next - 1);
        (number, self.text.get(start..end).unwrap_or_default())
    }

    /// The line at a place as it may be quoted: of a long one, what stands around the place.
    pub(super) fn quote(&self, at: usize) -> (usize, &'a str) {
        let (number, line) = self.line(at);
        if line.len() < 300 {
            return (number, line);
        }
        let boundary = |from: usize| (from..self.text.len()).find(|at| self.text.is_char_boundary(*at));
        let start = boundary(at.saturating_sub(60)).unwrap_or(at);
        let end = boundary((at + 120).min(self.text.len())).unwrap_or(self.text.len());
        (number, self.text.get(start..end).unwrap_or_default())
    }

    /// Whether the line at a place is one that a tool wrote for machines.
    pub(super) fn is_minified(&self, at: usize) -> bool {
        self.line(at).1.len() > 1_000
    }

    /// The code before a place, as far as its context goes.
    pub(super) fn before(&self, at: usize) -> &str {
        let start = (at.saturating_sub(Self::CONTEXT)..=at).find(|start| self.mask.is_char_boundary(*start));
        start.and_then(|start| self.mask.get(start..at)).unwrap_or_default()
    }

    /// The code behind a place, as far as its context goes.
    pub(super) fn after(&self, at: usize) -> &str {
        let last = (at + Self::CONTEXT).min(self.mask.len());
        let end = (at..=last).rev().find(|end| self.mask.is_char_boundary(*end));
        end.and_then(|end| self.mask.get(at..end)).unwrap_or_default()
    }

    /// What is called with the place among its arguments: `requests.get`, `print`, `$http->post`.
    pub(super) fn callee(&self, at: usize) -> Option<&str> {
        let before = self.before(at);
        let mut depth = 0_i32;
        for (at, byte) in before.bytes().enumerate().rev() {
            match byte {
                b')' | b']' | b'}' => depth += 1,
                b'(' if depth == 0 => {
                    let name = path_at_end(before.get(..at)?);
                    return (!name.is_empty()).then_some(name);
                }
                b'(' => depth -= 1,
                b'[' | b'{' if depth > 0 => depth -= 1,
                b';' if depth == 0 => break,
                _ => {}
            }
        }
        // `print "…"`, `system "…"`, `raise "…"`: a word at the start of the statement.
        let statement = before.rsplit([';', '\n', '{', '}']).next()?.trim();
        let word = statement.split([' ', '"', '\'', '`']).next()?;
        let is_word =
            !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
        let free = !statement.contains('=') && !matches!(self.language, Language::JavaScript);
        (is_word && free).then_some(word)
    }

    /// The name that a literal is given: of a variable, a parameter, a key.
    pub(super) fn target(&self, literal: Literal) -> Option<&str> {
        static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(r#"([A-Za-z_][\w.\-]*)["'\]\)}]*\s*(?:=>|=|:|\|\||\?\?|or)\s*[\(\[]?\s*[frbu]?["'`]$"#)
                .ok()
        });
        let before = self.before(literal.start);
        if let Some(found) = NAMED.as_ref()?.captures(before).and_then(|found| found.get(1)) {
            return Some(found.as_str());
        }
        // A key that is a literal itself was blanked: `"url": "…"`.
        let start = before.trim_end_matches(['"', '\'', '`']).trim_end();
        let start = start.strip_suffix("=>").or_else(|| start.strip_suffix(':'))?.trim_end();
        let end = literal.start.checked_sub(before.len())? + start.len();
        let index = self.literals.partition_point(|other| other.end < end.saturating_sub(1));
        let key = self.literals.get(index).filter(|key| key.end + 1 == end)?;
        Some(self.said(*key))
    }

    /// The variable that gets the expression in which a place stands: `url` of `url = given or\n "…"`.
    pub(super) fn assigned(&self, at: usize) -> Option<&str> {
        static ASSIGNS: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"(?m)(?:^|[;{(\s])[$@]?([A-Za-z_][\w.]*)\s*=\s*").ok());
        let before = self.before(at);
        let last = ASSIGNS.as_ref()?.captures_iter(before).last()?;
        let (whole, name) = (last.get(0)?, last.get(1)?);
        // The expression goes over a line's end only where something asks for more.
        let mut lines = before.get(whole.end()..)?.split('\n');
        let open = lines.next_back().is_some() && {
            let asks = |line: &str| {
                ["\\", "(", ",", "||", "??", " or", "+", "?", ":", "=", "["]
                    .iter()
                    .any(|end| line.ends_with(end))
            };
            lines.all(|line| asks(line.trim_end()))
        };
        open.then_some(name.as_str())
    }

    /// Whether what stands at a place is told to somebody, not done.
    pub(super) fn is_printed(&self, at: usize) -> bool {
        const TELLS: &str = "print println printf puts echo warn warning die log info error debug raise croak carp confess \
            fail critical exception write exit usage help message notice sprintf abort throw say abend";
        let told = self.callee(at).is_some_and(|callee| {
            let last = callee.rsplit(['.', ':', '>']).next().unwrap_or(callee).to_ascii_lowercase();
            words::has(TELLS, last.as_str())
                || ["error", "exception", "warning", "_msg", "print"].iter().any(|end| last.ends_with(end))
        });
        told || self
            .before(at)
            .rsplit([';', '\n'])
            .next()
            .is_some_and(|line| line.trim_start().starts_with("throw "))
    }

    /// What a place in the code makes of a finding: told to somebody, else what the file's place says.
    pub(super) fn state(&self, subject: &Subject<'_>, at: usize) -> Activation {
        let is_active = subject.setting == Activation::Active;
        if is_active && self.is_printed(at) { Activation::PrintedOnly } else { subject.setting }
    }
}

/// A dotted or arrowed name at the end of some code.
fn path_at_end(code: &str) -> &str {
    let code = code.trim_end();
    let fits =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$' | ':' | '>' | '-' | '?' | '!');
    // What does not fit ends before the name begins, however many bytes it has.
    let name: usize = code.chars().rev().take_while(|c| fits(*c)).map(char::len_utf8).sum();
    let start = code.len() - name;
    code.get(start..).unwrap_or_default().trim_start_matches(['-', '>', '.', ':', '!', '?'])
}

#[cfg(test)]
mod tests;
