//! How deep a script is nested, told before it is parsed.
//!
//! The parser recurses for everything that nests, overflows its stack at some 3,000 braces, and tries some nestings
//! twice a level (an unfinished `case`, an open parenthesis). So what is handed to it has few levels: first the text is
//! looked through for expansions, over which the tokenizer recurses, then the tokens for what the parser nests.

use brush_parser::Token;

/// Expansions in one another: `$(… ${…} …)`.
const EXPANSIONS: usize = 60;
/// Compound commands in one another; real scripts have up to ten.
const COMPOUNDS: usize = 60;
/// Those among them of which the parser tries every level twice.
const TRIED_TWICE: usize = 10;

/// Whether expansions nest so little that the text may be cut into tokens.
pub(super) fn may_be_cut(text: &str) -> bool {
    let mut open: Vec<char> = Vec::new();
    let (mut quote, mut before) = (None, '\n');
    let mut characters = text.chars().peekable();
    while let Some(next) = characters.next() {
        match next {
            '\\' => {
                characters.next();
            }
            '\'' if quote.is_none() => quote = Some(next),
            '\'' if quote == Some('\'') => quote = None,
            _ if quote == Some('\'') => {}
            '#' if open.is_empty() && before.is_whitespace() => {
                while characters.peek().is_some_and(|c| *c != '\n') {
                    characters.next();
                }
            }
            '$' => match characters.peek() {
                Some('(') => open.push(')'),
                Some('{') => open.push('}'),
                Some('[') => open.push(']'),
                _ => {}
            },
            _ if open.last() == Some(&next) => {
                open.pop();
            }
            _ => {}
        }
        // A quote that is never closed must not hide the rest.
        if next == '\n' && open.is_empty() {
            quote = None;
        }
        before = next;
        if open.len() > EXPANSIONS {
            return false;
        }
    }
    true
}

/// Whether compound commands nest so little that the tokens may be parsed. A word counts as an opening one wherever it
/// stands, and as a closing one only where it closes what was opened last, so that the answer errs to the safe side.
pub(super) fn may_be_parsed(tokens: &[Token]) -> bool {
    let mut nest = Nest::default();
    tokens.iter().enumerate().all(|(at, token)| {
        let before_pattern = matches!(tokens.get(at + 1), Some(Token::Operator(next, _)) if next == ")");
        nest.take(token, before_pattern)
    })
}

#[derive(Default)]
struct Nest {
    /// What would close each that is open.
    open: Vec<&'static str>,
    twice: usize,
    /// Prefixes in a row, and operators in one test, each of which is a level of its own.
    prefixes: usize,
    may_close: bool,
}

impl Nest {
    fn take(&mut self, token: &Token, before_pattern: bool) -> bool {
        let text = token.to_str();
        let is_word = matches!(token, Token::Word(..));
        let in_test = self.open.last() == Some(&"]]");
        let closes = if is_word { text == "]]" || self.may_close && !before_pattern } else { text == ")" };
        let is_prefix = is_word && matches!(text, "!" | "coproc") || in_test && matches!(text, "&&" | "||");
        self.prefixes = if is_prefix {
            self.prefixes + 1
        } else if in_test {
            self.prefixes
        } else {
            0
        };
        if self.open.last() == Some(&text) && closes
            || is_word && text == "do" && self.open.last() == Some(&"do")
        {
            self.twice -= usize::from(matches!(self.open.pop(), Some(")" | "esac")));
        }
        if let Some(closing) = closing(text, is_word) {
            self.twice += usize::from(matches!(closing, ")" | "esac"));
            self.open.push(closing);
        }
        self.may_close = match token {
            Token::Operator(..) => !text.starts_with(['<', '>']),
            Token::Word(..) => matches!(text, "fi" | "done" | "esac" | "}" | "then" | "do" | "else" | "{"),
        };
        self.open.len() <= COMPOUNDS && self.twice <= TRIED_TWICE && self.prefixes <= COMPOUNDS
    }
}

/// What closes what this token opens.
fn closing(text: &str, is_word: bool) -> Option<&'static str> {
    match (is_word, text) {
        (false, "(") => Some(")"),
        (true, "if") => Some("fi"),
        (true, "case") => Some("esac"),
        (true, "while" | "until") => Some("do"),
        (true, "do") => Some("done"),
        (true, "{") => Some("}"),
        (true, "[[") => Some("]]"),
        _ => None,
    }
}
