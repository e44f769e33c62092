//! Defaults in JavaScript and TypeScript: assignments, members of objects and classes, parameters with defaults,
//! destructuring with defaults, fallbacks (`x || 30`, `x ?? 30`, `x === undefined ? 30 : x`), and texts handed over with a
//! value (`validate('timeout', given.timeout, 30)`).
//!
//! Read from the syntax tree, within the classes, functions and named objects around each node.

use tree_sitter::{Node, Tree};

use super::constant::{self, constant, is_length};
use super::relevant::is_relevant;
use super::syntax::{Way, line, text, tokens, walk};
use super::{Setting, Sort};

/// Reads one file.
pub(super) fn read(tree: &Tree, source: &str) -> Vec<Setting> {
    let mut reader = Reader { source, found: Vec::new() };
    walk(tree, &mut |way, node| reader.look(way, node));
    reader.found
}

struct Reader<'a> {
    source: &'a str,
    found: Vec<Setting>,
}

impl<'a> Reader<'a> {
    fn look(&mut self, way: &mut Way<'_>, node: Node<'_>) {
        let field = |name: &str| node.child_by_field_name(name);
        let sign = || field("operator").map(|sign| sign.kind()).unwrap_or_default();
        match node.kind() {
            "class"
            | "class_declaration"
            | "abstract_class_declaration"
            | "class_expression"
            | "function_declaration"
            | "generator_function_declaration"
            | "method_definition"
            | "function_expression"
            | "generator_function"
            | "arrow_function"
            | "object" => {
                let own = field("name").map(|name| self.name(name)).filter(|own| !own.is_empty());
                way.enter(own.unwrap_or_else(|| self.called(way)));
            }
            "variable_declarator" => self.keep(way, field("name"), Sort::Constant, field("value")),
            "field_definition" | "public_field_definition" => {
                let name = field("property").or_else(|| field("name"));
                self.keep(way, name, Sort::Constant, field("value"));
            }
            "assignment_expression" => self.keep(way, field("left"), Sort::Constant, field("right")),
            "augmented_assignment_expression" if matches!(sign(), "||=" | "??=") => {
                self.keep(way, field("left"), Sort::Fallback, field("right"));
            }
            "pair" => self.keep(way, field("key"), Sort::Argument, field("value")),
            "binary_expression" if matches!(sign(), "||" | "??") => {
                self.keep(way, field("left"), Sort::Fallback, field("right"));
            }
            "ternary_expression" => self.either(way, node),
            "assignment_pattern" | "object_assignment_pattern" => {
                self.taken(way, field("left"), field("right"))
            }
            "required_parameter" | "optional_parameter" => self.taken(way, field("pattern"), field("value")),
            "call_expression" | "new_expression" => self.handed(way, node),
            _ => {}
        }
    }

    /// What a function, class or object without a name of its own is called by what it is given to.
    fn called(&self, way: &Way<'_>) -> &'a str {
        let Some(parent) = way.above(1) else { return "" };
        let field = |name: &str| parent.child_by_field_name(name).map(|node| self.name(node));
        let named = match parent.kind() {
            "variable_declarator" | "public_field_definition" => field("name"),
            "field_definition" => field("property"),
            "assignment_expression" | "augmented_assignment_expression" => field("left"),
            "pair" => field("key"),
            _ => None,
        };
        named.unwrap_or_default()
    }

    /// A value that a parameter, or a name that is taken out of an object, has where none is given.
    fn taken(&mut self, way: &Way<'_>, name: Option<Node<'_>>, value: Option<Node<'_>>) {
        let above = (1..8).map_while(|levels| way.above(levels));
        let is_parameter = above
            .take_while(|node| node.kind() != "statement_block")
            .any(|node| node.kind() == "formal_parameters");
        self.keep(way, name, if is_parameter { Sort::Parameter } else { Sort::Fallback }, value);
    }

    /// `given.timeout === undefined ? 30 : given.timeout`, either way round.
    fn either(&mut self, way: &Way<'_>, node: Node<'_>) {
        let (one, other) = (node.child_by_field_name("consequence"), node.child_by_field_name("alternative"));
        let condition = node.child_by_field_name("condition").map(|of| text(of, self.source));
        for (given, otherwise) in [(one, other), (other, one)] {
            let Some(name) = given.map(|given| self.name(given)).filter(|name| !name.is_empty()) else {
                continue;
            };
            if condition.is_some_and(|condition| condition.contains(name)) {
                self.keep(way, given, Sort::Fallback, otherwise);
            }
        }
    }

    /// A name in a text that is handed over with a value for it, which is the last argument.
    fn handed(&mut self, way: &Way<'_>, node: Node<'_>) {
        let Some(given) = node.child_by_field_name("arguments") else { return };
        let count = given.named_child_count();
        let last = count.checked_sub(1).and_then(|at| given.named_child(at as _));
        let mut cursor = given.walk();
        for argument in given.named_children(&mut cursor).take(count.saturating_sub(1)) {
            if argument.kind() == "string" {
                self.keep(way, Some(argument), Sort::Fallback, last);
            }
        }
    }

    /// The last name of what is assigned to or asked for: of `this.timeout` and `x["timeout"]` it is `timeout`.
    fn name(&self, node: Node<'_>) -> &'a str {
        match node.kind() {
            "member_expression" => self.field(node, "property"),
            "subscript_expression" => {
                let index = node.child_by_field_name("index").filter(|index| index.kind() == "string");
                index.map(|index| self.name(index)).unwrap_or_default()
            }
            "string" => text(node, self.source).trim_matches(['"', '\'']),
            "computed_property_name" => {
                node.named_child(0).filter(|key| key.kind() == "string").map_or("", |key| self.name(key))
            }
            "identifier"
            | "property_identifier"
            | "private_property_identifier"
            | "type_identifier"
            | "shorthand_property_identifier_pattern" => text(node, self.source).trim_start_matches('#'),
            _ => "",
        }
    }

    fn field(&self, node: Node<'_>, name: &str) -> &'a str {
        node.child_by_field_name(name).map(|found| self.name(found)).unwrap_or_default()
    }

    /// Keeps a value of interest that is fixed.
    fn keep(&mut self, way: &Way<'_>, at: Option<Node<'_>>, sort: Sort, value: Option<Node<'_>>) {
        let (Some(at), Some(value)) = (at, value) else { return };
        let name = self.name(at);
        if name.len() > 80 || name.contains(char::is_whitespace) || !is_relevant(name) {
            return;
        }
        // `3 as number` is 3.
        let value = if matches!(value.kind(), "as_expression" | "satisfies_expression") {
            value.named_child(0).unwrap_or(value)
        } else {
            value
        };
        let is_wanted =
            |text: &String| text.contains(|c: char| c.is_ascii_digit()) || is_length(text) || is_plain(text);
        let value = constant(&tokens(value, self.source, constant::MOST + 1)).filter(is_wanted);
        if let Some(value) = value {
            self.found.push(Setting::new(line(at), &way.owner(), name, sort, &value));
        }
    }
}

fn is_plain(text: &str) -> bool {
    matches!(text, "null" | "true" | "false" | "undefined" | "Infinity")
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::defaults::syntax::{Grammar, parse};

    fn check(text: &str, expected: &[&str]) {
        // What JavaScript means is meant by TypeScript too.
        for grammar in [Grammar::JavaScript, Grammar::TypeScript] {
            check_in(grammar, text, expected);
        }
    }

    fn check_in(grammar: Grammar, text: &str, expected: &[&str]) {
        let read = read(&parse(text, grammar).unwrap(), text);
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
            &["Relay.constructor(timeout) = 5000", "Relay.constructor.retries = 1", "Relay.send(ttl) = 3"],
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
        check(&"{".repeat(5_000), &[]);
    }

    #[test]
    fn destructuring_and_conditions() {
        check("const { timeout = 5000, x = 3 } = given;", &["timeout = 5000"]);
        check("class Relay { retries = 3; #ttl = 4 }", &["Relay.retries = 3", "Relay.ttl = 4"]);
        check("const go = ({ timeout: t = 1, retries = 2 } = {}) => 3;", &["go(retries) = 2"]);
        check("x = o.timeout === undefined ? 30 : o.timeout;", &["timeout = 30"]);
        check("o.timeout ??= 30; o['ttl'] = 4;", &["timeout = 30", "ttl = 4"]);
        check("export default { send: { timeout: 3 } }", &["send.timeout = 3"]);
    }

    #[test]
    fn types_are_passed_over() {
        let text = "class Relay { private readonly timeout: number = 30; send(retries: number = 2, ttl?: number): Promise<void> { this.poolSize = 4 as number; } }";
        check_in(
            Grammar::TypeScript,
            text,
            &["Relay.timeout = 30", "Relay.send(retries) = 2", "Relay.send.poolSize = 4"],
        );
    }

    #[test]
    fn broken_sources_are_read_as_far_as_they_go() {
        check(
            "const x = (;\nclass Relay { constructor(timeout = 5) {} }\n",
            &["Relay.constructor(timeout) = 5"],
        );
        check("const timeout = 5;\nfunction f( {", &["timeout = 5"]);
    }
}
