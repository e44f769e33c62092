//! Sources of Python, JavaScript and TypeScript as syntax trees, and a walk over one that knows what it is within.
//!
//! The grammars take broken sources: what is no statement becomes an error node, and what stands around it is still read.
//! Bounded by the size of a source, by the parser's steps (a count rather than a clock, so that a source is read the same
//! way everywhere), by the nodes looked at and by their depth; nothing here recurses.

use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use crate::tokens::{Kind, Token};

/// Which grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grammar {
    Python,
    JavaScript,
    TypeScript,
}

/// Bytes of a source; larger ones are bundles. A tree takes some twenty times as much memory. The parser itself recurses
/// where it frees its stack after an error, at most once a byte with 96 bytes each: the process that reads packages has a
/// stack for that.
const LONGEST: usize = 1 << 20;
/// Nodes that are looked at; the densest sources have one for two bytes.
const MOST_NODES: usize = LONGEST;
/// Levels below which nothing is looked at; an expression of written code has some dozens.
const DEEPEST: usize = 1_000;
/// Hundreds of steps that a parser may take whatever the size, and bytes for each further hundred. Sources that people
/// wrote take one for some two hundred bytes, broken ones up to ten times as many.
const LEAST_STEPS: usize = 5_000;
const BYTES_A_STEP: usize = 8;

/// Parses a source; `None` if it is too large or takes too long.
pub(super) fn parse(text: &str, grammar: Grammar) -> Option<Tree> {
    if text.len() > LONGEST {
        return None;
    }
    let language = match grammar {
        Grammar::Python => tree_sitter_python::LANGUAGE,
        Grammar::JavaScript => tree_sitter_javascript::LANGUAGE,
        Grammar::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
    };
    let mut parser = Parser::new();
    parser.set_language(&language.into()).ok()?;
    let mut left = LEAST_STEPS + text.len() / BYTES_A_STEP;
    let mut go_on = |_: &ParseState| {
        left = left.saturating_sub(1);
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut go_on);
    let mut rest = |at: usize, _| text.as_bytes().get(at..).unwrap_or_default();
    parser.parse_with_options(&mut rest, None, Some(options))
}

/// What a node lies within.
#[derive(Debug, Default)]
pub(super) struct Way<'t> {
    above: Vec<Node<'t>>,
    /// Names of what encloses a node, each with the depth of what bears it.
    owners: Vec<(usize, String)>,
    /// Whether nothing below the node is looked at.
    passes_over: bool,
}

impl<'t> Way<'t> {
    /// The node so many levels above; 1 is the parent.
    pub(super) fn above(&self, levels: usize) -> Option<Node<'t>> {
        self.above.len().checked_sub(levels).and_then(|at| self.above.get(at)).copied()
    }

    /// Names the node that is looked at as the owner of all below it.
    pub(super) fn enter(&mut self, name: &str) {
        if !name.is_empty() {
            self.owners.push((self.above.len(), name.to_owned()));
        }
    }

    /// Looks at nothing below the node.
    pub(super) fn pass_over(&mut self) {
        self.passes_over = true;
    }

    /// The names of what encloses the node, joined by dots.
    pub(super) fn owner(&self) -> String {
        self.owners.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(".")
    }
}

/// Looks at every named node, the outer ones first.
pub(super) fn walk<'t>(tree: &'t Tree, look: &mut dyn FnMut(&mut Way<'t>, Node<'t>)) {
    let (mut cursor, mut way) = (tree.walk(), Way::default());
    for _ in 0..MOST_NODES {
        let node = cursor.node();
        let depth = way.above.len();
        while way.owners.last().is_some_and(|(of, _)| *of >= depth) {
            way.owners.pop();
        }
        if node.is_named() {
            look(&mut way, node);
        }
        let passes_over = std::mem::take(&mut way.passes_over);
        if depth < DEEPEST && !passes_over && cursor.goto_first_child() {
            way.above.push(node);
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
            way.above.pop();
        }
    }
}

/// The text of a node.
pub(super) fn text<'a>(node: Node<'_>, source: &'a str) -> &'a str {
    source.get(node.byte_range()).unwrap_or_default()
}

/// The line on which a node begins, counted from 1.
pub(super) fn line(node: Node<'_>) -> u32 {
    u32::try_from(node.start_position().row + 1).unwrap_or(u32::MAX)
}

/// The first `most` tokens of a node, without comments; a text is one token.
pub(super) fn tokens<'a>(node: Node<'_>, source: &'a str, most: usize) -> Vec<Token<'a>> {
    let (mut cursor, mut tokens, mut depth) = (node.walk(), Vec::new(), 0_usize);
    while tokens.len() < most {
        let node = cursor.node();
        let is_text = matches!(node.kind(), "string" | "template_string" | "regex");
        if !is_text && depth < DEEPEST && cursor.goto_first_child() {
            depth += 1;
            continue;
        }
        let token = text(node, source);
        if node.kind() != "comment" && !token.is_empty() {
            tokens.push(Token { kind: kind(token, is_text), text: token, line: line(node), first: None });
        }
        while !cursor.goto_next_sibling() {
            depth = depth.saturating_sub(1);
            if !cursor.goto_parent() {
                return tokens;
            }
        }
    }
    tokens
}

fn kind(token: &str, is_text: bool) -> Kind {
    match token.chars().next() {
        _ if is_text => Kind::Text,
        Some('0'..='9') => Kind::Number,
        Some('.') if token.len() > 1 && token != "..." => Kind::Number,
        Some(first) if first.is_alphabetic() || matches!(first, '_' | '$') => Kind::Name,
        _ => Kind::Sign,
    }
}

#[cfg(test)]
mod tests {
    use super::{Grammar, LONGEST, parse, tokens, walk};

    #[test]
    fn nesting_without_end_and_sources_without_measure_are_bounded() {
        for grammar in [Grammar::Python, Grammar::JavaScript, Grammar::TypeScript] {
            for (open, close) in [("(", ")"), ("[", "]"), ("{a:", "}"), ("f(`${", "}`)"), ("if x:\n ", "")] {
                let deep = format!("{}1{}", open.repeat(4_000), close.repeat(4_000));
                for text in [deep.clone(), open.repeat(4_000), close.repeat(4_000)] {
                    let Some(tree) = parse(&text, grammar) else { continue };
                    let mut seen = 0;
                    walk(&tree, &mut |_, _| seen += 1);
                    assert!(seen <= LONGEST);
                    assert!(tokens(tree.root_node(), &text, 10).len() <= 10);
                }
            }
            assert!(parse(&"x".repeat(LONGEST + 1), grammar).is_none());
        }
    }

    #[test]
    fn an_owner_ends_with_what_bears_it() {
        let tree = parse("class A:\n  x = 1\ny = 2\n", Grammar::Python).unwrap();
        let mut said = Vec::new();
        walk(&tree, &mut |way, node| match node.kind() {
            "class_definition" => way.enter("A"),
            "assignment" => said.push(way.owner()),
            _ => {}
        });
        assert_eq!(said, ["A", ""]);
    }
}
