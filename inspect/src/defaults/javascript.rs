//! Defaults in JavaScript and TypeScript: assignments, members of objects, parameters with defaults, fallbacks
//! (`x || 30`, `x ?? 30`), and texts handed over with a value (`validate('timeout', given.timeout, 30)`).
//!
//! Tokens within the braces around them; what a brace belongs to is told by what stands in front of it.

use super::constant::{constant, is_length};
use super::relevant::is_relevant;
use super::tokens::{Dialect, Kind, Token, tokens};
use super::{Setting, Sort};

/// Brackets that may lie one in the other; deeper ones keep the owner of the deepest that is known.
const DEEPEST: usize = 200;
/// Tokens of a value.
const LONGEST: usize = 24;

/// Reads one file.
pub(super) fn read(text: &str) -> Vec<Setting> {
    let tokens = tokens(text, Dialect::JavaScript);
    let mut reader = Reader { tokens: &tokens, open: Vec::new(), closed: None, found: Vec::new() };
    for at in 0..tokens.len() {
        reader.look(at);
    }
    reader.found
}

struct Reader<'t, 'a> {
    tokens: &'t [Token<'a>],
    /// Brackets that are open: the sign, where it stands, what it belongs to.
    open: Vec<(&'a str, usize, &'a str)>,
    /// The bracket that was closed last.
    closed: Option<usize>,
    found: Vec<Setting>,
}

impl<'a> Reader<'_, 'a> {
    fn text(&self, at: Option<usize>) -> &'a str {
        at.and_then(|at| self.tokens.get(at)).map_or("", |token| token.text)
    }

    fn look(&mut self, at: usize) {
        let Some(token) = self.tokens.get(at).copied() else { return };
        match (token.kind, token.text) {
            (Kind::Sign, "(" | "[" | "{") if self.open.len() < DEEPEST => {
                let of = self.belongs(at, token.text);
                self.open.push((token.text, at, of));
            }
            (Kind::Sign, ")" | "]" | "}") => self.closed = self.open.pop().map(|(_, at, _)| at),
            (Kind::Name, _) => self.name(at, token.text),
            (Kind::Text, _) => self.quoted(at, token.text),
            _ => {}
        }
    }

    /// What a bracket belongs to: a class, a function, the name of an object; nothing for blocks.
    fn belongs(&self, at: usize, sign: &str) -> &'a str {
        let back = |steps: usize| at.checked_sub(steps);
        let name = |at: Option<usize>| {
            let token = at.and_then(|at| self.tokens.get(at));
            token
                .filter(|token| token.kind == Kind::Name && !is_keyword(token.text))
                .map_or("", |token| token.text)
        };
        match (sign, self.text(back(1))) {
            ("(", _) => name(back(1)),
            // A function's or method's body: the name stands in front of the parameters that were closed last.
            ("{", ")") => self.closed.map_or("", |open| self.called(open)),
            ("{", "=>") => match self.text(back(2)) {
                ")" => self.closed.map_or("", |open| self.called(open)),
                _ => "",
            },
            ("{", "=" | ":") => name(back(2)),
            ("{", _) if self.text(back(2)) == "class" => name(back(1)),
            ("{", _) if self.text(back(2)) == "extends" => name(back(3)),
            _ => "",
        }
    }

    /// The name of the function whose parameters begin at `open`.
    fn called(&self, open: usize) -> &'a str {
        let back = |steps: usize| open.checked_sub(steps);
        let before = self.text(back(1));
        match before {
            // `name = function (`, `name: async (`, `name = (`
            "function" | "async" => self.text(back(3)),
            "=" | ":" => self.text(back(2)),
            _ if is_keyword(before) => "",
            _ => self
                .tokens
                .get(open.wrapping_sub(1))
                .filter(|token| token.kind == Kind::Name)
                .map_or("", |one| one.text),
        }
    }

    fn owner(&self) -> String {
        let named =
            self.open.iter().filter(|(sign, _, of)| *sign == "{" && !of.is_empty()).map(|(.., of)| *of);
        named.collect::<Vec<_>>().join(".")
    }

    fn name(&mut self, at: usize, name: &str) {
        if !is_relevant(name) {
            return;
        }
        let next = self.text(Some(at + 1));
        let inside = self.open.last().copied();
        let sort = match (next, inside) {
            ("=", Some(("(", _, of))) if !of.is_empty() || self.is_parameter(at) => Sort::Parameter,
            ("=", _) => Sort::Constant,
            (":", Some(("{", ..))) => Sort::Argument,
            ("||" | "??" | "||=" | "??=", _) => Sort::Fallback,
            _ => return,
        };
        self.keep(at, name, sort, at + 2);
    }

    /// Whether a name in brackets stands where parameters do.
    fn is_parameter(&self, at: usize) -> bool {
        matches!(self.text(at.checked_sub(1)), "(" | "," | "{")
    }

    /// `'timeout': 30`, and a text that is handed over with a value for it.
    fn quoted(&mut self, at: usize, text: &str) {
        let name = text.trim_matches(['"', '\'', '`']);
        if name.len() > 80 || !is_relevant(name) || name.contains(char::is_whitespace) {
            return;
        }
        match self.text(Some(at + 1)) {
            ":" => self.keep(at, name, Sort::Argument, at + 2),
            "," => {
                // The value is the last argument of the call, if that is fixed.
                let rest = self.tokens.get(at + 2..).unwrap_or_default();
                let end = end(rest.get(..rest.len().min(LONGEST)).unwrap_or_default(), true);
                let Some(end) = end else { return };
                self.keep(at, name, Sort::Fallback, at + 2 + last(rest.get(..end).unwrap_or_default()));
            }
            _ => {}
        }
    }

    /// Keeps the value that begins at `from`, if it is fixed.
    fn keep(&mut self, at: usize, name: &str, sort: Sort, from: usize) {
        let rest = self.tokens.get(from..self.tokens.len().min(from + LONGEST)).unwrap_or_default();
        let value = rest.get(..end(rest, false).unwrap_or(rest.len())).unwrap_or_default();
        let is_wanted =
            |text: &String| text.contains(|c: char| c.is_ascii_digit()) || is_length(text) || is_plain(text);
        let Some(value) = constant(value).filter(is_wanted) else { return };
        let mut owner = self.owner();
        if let Some(("(", _, of)) = self.open.last()
            && sort == Sort::Parameter
            && !of.is_empty()
        {
            owner = if owner.is_empty() { (*of).to_owned() } else { format!("{owner}.{of}") };
        }
        let line = self.tokens.get(at).map_or(0, |token| token.line);
        self.found.push(Setting::new(line, &owner, name, sort, &value));
    }
}

/// Where a value ends: at a comma, semicolon or closing bracket outside of its own brackets, or with its line. Of a whole
/// list of arguments only the closing bracket ends it; `None` if it does not end.
fn end(tokens: &[Token<'_>], whole: bool) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let continues = before
            .is_none_or(|before| before.kind == Kind::Sign && !matches!(before.text, ")" | "]" | "}"))
            || token.kind == Kind::Sign
                && !matches!(token.text, ")" | "]" | "}" | "{" | "[" | "(" | "++" | "--");
        match (token.kind, token.text) {
            (Kind::Sign, ")" | "]" | "}") if depth == 0 => return Some(at),
            (Kind::Sign, "," | ";") if depth == 0 && !whole => return Some(at),
            _ if depth == 0 && !whole && token.first.is_some() && !continues => return Some(at),
            (Kind::Sign, "(" | "[" | "{") => depth += 1,
            (Kind::Sign, ")" | "]" | "}") => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Where the last argument begins.
fn last(tokens: &[Token<'_>]) -> usize {
    let (mut depth, mut from) = (0_usize, 0);
    for (at, token) in tokens.iter().enumerate() {
        match (token.kind, token.text) {
            (Kind::Sign, "(" | "[" | "{") => depth += 1,
            (Kind::Sign, ")" | "]" | "}") => depth = depth.saturating_sub(1),
            (Kind::Sign, ",") if depth == 0 => from = at + 1,
            _ => {}
        }
    }
    from
}

fn is_plain(text: &str) -> bool {
    matches!(text, "null" | "true" | "false" | "undefined" | "Infinity")
}

fn is_keyword(text: &str) -> bool {
    matches!(
        text,
        "if" | "for"
            | "while"
            | "switch"
            | "catch"
            | "return"
            | "function"
            | "async"
            | "await"
            | "typeof"
            | "in"
            | "of"
            | "new"
            | "else"
            | "do"
            | "try"
            | "finally"
            | "case"
            | "const"
            | "let"
            | "var"
            | "export"
            | "default"
            | "yield"
            | "with"
    )
}

#[cfg(test)]
mod tests {
    use super::read;

    fn check(text: &str, expected: &[&str]) {
        let read = read(text);
        let said: Vec<String> = read.iter().map(|one| format!("{} = {}", one.symbol(), one.value)).collect();
        assert_eq!(said, expected, "{text}");
    }

    #[test]
    fn constants_members_and_parameters() {
        check("const DEFAULT_TIMEOUT = 80 * 1000;\n", &["DEFAULT_TIMEOUT = 80 * 1000"]);
        check("const retry = 3\nfoo()\n", &["retry = 3"]);
        check(
            "Wire.defaults = { timeout: 0, x: 4, 'retries': 2 }",
            &["defaults.timeout = 0", "defaults.retries = 2"],
        );
        check(
            "class Relay extends Wire {\n constructor(host, timeout = 5000) { this.retries = 1; }\n send({ ttl = 3 }) {}\n}",
            &["Relay.constructor(timeout) = 5000", "Relay.constructor.retries = 1", "Relay.ttl = 3"],
        );
    }

    #[test]
    fn fallbacks() {
        check("this.timeout = given.timeout || 30000;", &["timeout = 30000"]);
        check("const t = a.maxRetries ?? 2", &["maxRetries = 2"]);
        check(
            "function f() { set('maxNetworkRetries', check('maxNetworkRetries', props.maxNetworkRetries, 0)); }",
            &["f.maxNetworkRetries = 0"],
        );
    }

    #[test]
    fn what_is_computed_and_what_is_a_text_is_left_out() {
        check("const timeout = setTimeout(f, 100); x.timeout = y; const retryHint = 'try again'", &[]);
        check("if (timeout == 3) {}", &[]);
        check(&"{".repeat(50_000), &[]);
    }
}
