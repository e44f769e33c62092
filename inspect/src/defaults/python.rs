//! Defaults in Python: parameters of functions, assignments in modules, classes and constructors, arguments of calls,
//! fallbacks.
//!
//! A logical line at a time, within the blocks that its indentation says it lies in. What annotations say is passed over.

use super::constant::{constant, written};
use super::relevant::{is_about, is_relevant};
use super::tokens::{Dialect, Kind, Token, tokens};
use super::{Setting, Sort};

/// Blocks that may lie one in the other.
const DEEPEST: usize = 50;

/// Tokens before and behind a name that are looked at.
const FARTHEST: usize = 400;

/// Reads one file.
pub(super) fn read(text: &str) -> Vec<Setting> {
    let tokens = tokens(text, Dialect::Python);
    let mut found = Vec::new();
    let mut blocks: Vec<(u32, String)> = Vec::new();
    for line in lines(&tokens) {
        let Some(first) = line.first() else { continue };
        let indent = first.first.unwrap_or_default();
        blocks.retain(|(at, _)| *at < indent);
        let owner = blocks.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(".");
        let start = usize::from(first.text == "async");
        match (line.get(start).map(|token| token.text), line.get(start + 1)) {
            (Some(word @ ("class" | "def")), Some(name)) if blocks.len() < DEEPEST => {
                let within =
                    if owner.is_empty() { name.text.to_owned() } else { format!("{owner}.{}", name.text) };
                if word == "def" {
                    parameters(line, &within, &mut found);
                }
                blocks.push((indent, name.text.to_owned()));
            }
            _ => statement(line, &owner, &mut found),
        }
    }
    found
}

/// The logical lines: a line end within brackets is none.
fn lines<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut lines = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    for (at, token) in tokens.iter().enumerate() {
        // A definition at the start of a line ends brackets that were never closed.
        let restarts = token.first.is_some() && matches!(token.text, "def" | "class") && depth > 0;
        if at > from && token.first.is_some() && (depth == 0 || restarts) {
            lines.push(tokens.get(from..at).unwrap_or_default());
            (from, depth) = (at, 0);
        }
        depth = deeper(depth, token);
    }
    lines.push(tokens.get(from..).unwrap_or_default());
    lines
}

fn deeper(depth: usize, token: &Token<'_>) -> usize {
    match (token.kind, token.text) {
        (Kind::Sign, "(" | "[" | "{") => depth + 1,
        (Kind::Sign, ")" | "]" | "}") => depth.saturating_sub(1),
        _ => depth,
    }
}

/// Parts of a run of tokens between commas that stand in no further bracket; ends where the run's own bracket closes.
fn parts<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_usize, 0);
    for (at, token) in tokens.iter().enumerate() {
        let closes = token.kind == Kind::Sign && matches!(token.text, ")" | "]" | "}");
        if depth == 0 && (closes || token.text == ",") {
            parts.push(tokens.get(from..at).unwrap_or_default());
            from = at + 1;
            if closes {
                return parts;
            }
        }
        depth = deeper(depth, token);
    }
    parts.push(tokens.get(from..).unwrap_or_default());
    parts
}

/// Where a sign stands outside of every bracket.
fn outside(tokens: &[Token<'_>], sign: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        if depth == 0 && token.kind == Kind::Sign && token.text == sign {
            return Some(at);
        }
        depth = deeper(depth, token);
    }
    None
}

fn parameters(line: &[Token<'_>], owner: &str, found: &mut Vec<Setting>) {
    let Some(open) = line.iter().position(|token| token.text == "(") else { return };
    // Helpers of a class about insisting take the same words with other meanings; its maker is what people call.
    let about = is_about(owner) && (owner.ends_with("__init__") || !owner.contains('.'));
    for part in parts(line.get(open + 1..).unwrap_or_default()) {
        let Some(name) = part.iter().find(|token| token.kind == Kind::Name) else { continue };
        if matches!(name.text, "self" | "cls")
            || !(about || is_relevant(name.text))
            || part.first().is_some_and(|first| first.text.starts_with('*'))
        {
            continue;
        }
        let value = outside(part, "=").and_then(|at| part.get(at + 1..)).map(written).unwrap_or_default();
        found.push(Setting::new(name.line, owner, name.text, Sort::Parameter, &value));
    }
}

fn statement(line: &[Token<'_>], owner: &str, found: &mut Vec<Setting>) {
    if let Some(at) = outside(line, "=") {
        let (target, value) = (line.get(..at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default());
        // `x: float = 3` is x; `self.x = 3` is x.
        let target = target.get(..outside(target, ":").unwrap_or(target.len())).unwrap_or_default();
        let name = target.last().filter(|token| token.kind == Kind::Name && target.len() <= 5);
        if let Some(name) = name.filter(|name| is_relevant(name.text))
            && let Some(value) = constant(value)
        {
            found.push(Setting::new(name.line, owner, name.text, Sort::Constant, &value));
            return;
        }
    }
    arguments(line, owner, found);
}

/// Arguments by name, entries of dictionaries, and fallbacks within a line.
fn arguments(line: &[Token<'_>], owner: &str, found: &mut Vec<Setting>) {
    for (at, token) in line.iter().enumerate() {
        let next = line.get(at + 1).map(|token| token.text);
        let before = at.checked_sub(1).and_then(|at| line.get(at)).map_or("", |token| token.text);
        let rest = line.get(at + 2..line.len().min(at + 2 + FARTHEST)).unwrap_or_default();
        let value = || parts(rest).first().and_then(|part| constant(part));
        let named = match (token.kind, next) {
            (Kind::Name, Some("=")) if matches!(before, "(" | ",") => (token.text, Sort::Argument),
            (Kind::Text, Some(":")) if matches!(before, "{" | ",") => (bare(token.text), Sort::Argument),
            (Kind::Text, Some(",")) if before == "(" => (bare(token.text), Sort::Fallback),
            (Kind::Name, Some("or")) => (token.text, Sort::Fallback),
            _ => continue,
        };
        let (name, sort) = named;
        if is_relevant(name)
            && let Some(value) = value()
        {
            let owner = match (sort, callee(line, at)) {
                (Sort::Argument, Some(callee)) if owner.is_empty() => callee.to_owned(),
                (Sort::Argument, Some(callee)) => format!("{owner}.{callee}"),
                _ => owner.to_owned(),
            };
            found.push(Setting::new(token.line, &owner, name, sort, &value));
        }
    }
}

/// The name in front of the bracket that the token at `at` lies in.
fn callee<'a>(line: &[Token<'a>], at: usize) -> Option<&'a str> {
    let mut depth = 0_usize;
    for before in (0..at).rev().take(FARTHEST) {
        let token = line.get(before)?;
        match (token.kind, token.text) {
            (Kind::Sign, ")" | "]" | "}") => depth += 1,
            (Kind::Sign, "(" | "[" | "{") if depth == 0 => {
                let named = line.get(before.checked_sub(1)?)?;
                return (named.kind == Kind::Name).then_some(named.text);
            }
            (Kind::Sign, "(" | "[" | "{") => depth -= 1,
            _ => {}
        }
    }
    None
}

fn bare(text: &str) -> &str {
    text.trim_matches(['"', '\''])
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
    fn parameters_are_read_without_their_annotations() {
        check(
            "class Relay(Base):\n    def __init__(\n        self,\n        host: str = 'x',\n        retry: Optional[Retry] = Retry(\n            backoff=Exp(base=1, cap=10), retries=3\n        ),\n        *, timeout: Dict[str, int] = None,\n    ) -> None:\n        pass\n",
            &[
                "Relay.__init__(retry) = Retry(backoff=Exp(base=1, cap=10), retries=3)",
                "Relay.__init__(timeout) = None",
            ],
        );
    }

    #[test]
    fn every_parameter_of_a_class_about_insisting_is_read() {
        check(
            "class Retry:\n    DEFAULT_BACKOFF_MAX = 120\n    def __init__(self, total=10, allowed=frozenset([1])):\n        self.total = total\n",
            &[
                "Retry.DEFAULT_BACKOFF_MAX = 120",
                "Retry.__init__(total) = 10",
                "Retry.__init__(allowed) = frozenset([1])",
            ],
        );
        check("class Wire:\n    def __init__(self, total=10): pass\n", &[]);
    }

    #[test]
    fn constants_arguments_and_fallbacks() {
        check("TIMEOUT = 60 * 5\nx = 3\n", &["TIMEOUT = 60 * 5"]);
        check("def go():\n    get(url, timeout=30, y=4)\n", &["go.get.timeout = 30"]);
        check("t = os.environ.get('RELAY_TIMEOUT', 30)\n", &["RELAY_TIMEOUT = 30"]);
        check("t = {'timeout': 5, 'x': 3}\n", &["timeout = 5"]);
        check("timeout = timeout or 30\nself.timeout = timeout\n", &["timeout = 30"]);
    }

    #[test]
    fn broken_sources_are_read_as_far_as_they_go() {
        check("x = (\n\ndef f(timeout=3):\n  pass\n", &["f(timeout) = 3"]);
        check("def f(timeout=", &["f(timeout) = "]);
        check(&"(".repeat(100_000), &[]);
    }
}
