//! Defaults in Python: parameters of functions, assignments in modules, classes and constructors, arguments of calls,
//! entries of dictionaries, fallbacks.
//!
//! Read from the syntax tree, within the classes and functions around each node. What annotations say is passed over.

use tree_sitter::{Node, Tree};

use super::constant::{self, constant};
use super::relevant::{is_about, is_relevant};
use super::syntax::{Way, line, text, tokens, walk};
use super::{Setting, Sort};
use crate::tokens::written;

/// Tokens of a parameter's default that are written out.
const LONGEST: usize = 200;

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
        match node.kind() {
            "class_definition" | "function_definition" => way.enter(self.field(node, "name")),
            "parameters" | "lambda_parameters" => self.parameters(way, node),
            "assignment" => {
                if let (Some(left), Some(right)) = (field("left"), field("right")) {
                    self.assigned(way, left, right);
                }
            }
            "keyword_argument" => self.argument(way, node),
            "pair" => self.entry(way, node),
            "call" => self.handed(way, node),
            "boolean_operator" if field("operator").is_some_and(|sign| sign.kind() == "or") => {
                self.fallback(way, field("left"), field("right"));
            }
            // `given if given is not None else 30`
            "conditional_expression" => self.fallback(way, node.named_child(0), node.named_child(2)),
            _ => {}
        }
    }

    fn field(&self, node: Node<'_>, name: &str) -> &'a str {
        node.child_by_field_name(name).map(|found| text(found, self.source)).unwrap_or_default()
    }

    fn parameters(&mut self, way: &mut Way<'_>, node: Node<'_>) {
        // In a broken source a function may be no node of its own: its name stands in front of the parameters.
        if way.above(1).is_some_and(|parent| parent.is_error())
            && let Some(name) = node.prev_named_sibling().filter(|before| before.kind() == "identifier")
        {
            way.enter(text(name, self.source));
        }
        let owner = way.owner();
        // Helpers of a class about insisting take the same words with other meanings; its maker is what people call.
        let about = is_about(&owner) && (owner.ends_with("__init__") || !owner.contains('.'));
        let mut cursor = node.walk();
        for parameter in node.named_children(&mut cursor) {
            let name = match parameter.kind() {
                "identifier" => Some(parameter),
                "default_parameter" | "typed_default_parameter" => parameter.child_by_field_name("name"),
                "typed_parameter" => parameter.named_child(0).filter(|name| name.kind() == "identifier"),
                _ => None,
            };
            let Some(name) = name else { continue };
            let called = text(name, self.source);
            if matches!(called, "self" | "cls") || !(about || is_relevant(called)) {
                continue;
            }
            let value = parameter.child_by_field_name("value");
            let value = value.map(|value| written(&tokens(value, self.source, LONGEST))).unwrap_or_default();
            self.found.push(Setting::new(line(name), &owner, called, Sort::Parameter, &value));
        }
        // A default is told as a whole.
        way.pass_over();
    }

    /// `timeout = 3`, `self.timeout = 3`, `x['timeout'] = 3`, `timeout, retries = 3, 4`.
    fn assigned(&mut self, way: &mut Way<'_>, left: Node<'_>, right: Node<'_>) {
        let is_list = |node: Node<'_>| {
            matches!(node.kind(), "pattern_list" | "tuple_pattern" | "expression_list" | "tuple")
        };
        if is_list(left) && is_list(right) && left.named_child_count() == right.named_child_count() {
            let (mut lefts, mut rights) = (left.walk(), right.walk());
            for (left, right) in left.named_children(&mut lefts).zip(right.named_children(&mut rights)) {
                self.keep(left, self.name(left), Sort::Constant, Some(right), &way.owner());
            }
            return;
        }
        if self.keep(left, self.name(left), Sort::Constant, Some(right), &way.owner()) {
            way.pass_over();
        }
    }

    /// An argument by name, of the call that it is given to.
    fn argument(&mut self, way: &Way<'_>, node: Node<'_>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let call = way.above(2).filter(|call| call.kind() == "call");
        let callee = call.and_then(|call| call.child_by_field_name("function")).map(|of| self.name(of));
        let owner = joined(&way.owner(), callee.unwrap_or_default());
        let value = node.child_by_field_name("value");
        self.keep(name, text(name, self.source), Sort::Argument, value, &owner);
    }

    /// An entry of a dictionary, which belongs to what the dictionary is called.
    fn entry(&mut self, way: &mut Way<'_>, node: Node<'_>) {
        let (Some(key), Some(value)) = (node.child_by_field_name("key"), node.child_by_field_name("value"))
        else {
            return;
        };
        let name = self.name(key);
        let of = way.above(2).filter(|of| of.kind() == "assignment");
        let of = of.and_then(|of| of.child_by_field_name("left")).map(|of| self.name(of));
        let owner = joined(&way.owner(), of.unwrap_or_default());
        if value.kind() == "dictionary" && key.kind() == "string" {
            way.enter(joined(of.unwrap_or_default(), name).as_str());
        } else {
            self.keep(key, name, Sort::Argument, Some(value), &owner);
        }
    }

    /// A name in a text that is handed over with a value for it: `get("timeout", 30)`.
    fn handed(&mut self, way: &Way<'_>, node: Node<'_>) {
        let Some(given) = node.child_by_field_name("arguments") else { return };
        let Some(first) = given.named_child(0).filter(|first| first.kind() == "string") else { return };
        self.keep(first, self.name(first), Sort::Fallback, given.named_child(1), &way.owner());
    }

    fn fallback(&mut self, way: &Way<'_>, given: Option<Node<'_>>, otherwise: Option<Node<'_>>) {
        let Some(given) = given else { return };
        self.keep(given, self.name(given), Sort::Fallback, otherwise, &way.owner());
    }

    /// The last name of what is assigned to, called or asked for: of `self.timeout` and `x["timeout"]` it is `timeout`.
    fn name(&self, node: Node<'_>) -> &'a str {
        match node.kind() {
            "identifier" => text(node, self.source),
            "attribute" => self.field(node, "attribute"),
            "string" => bare(text(node, self.source)),
            "subscript" => {
                let key = node.child_by_field_name("subscript").filter(|key| key.kind() == "string");
                key.map(|key| bare(text(key, self.source))).unwrap_or_default()
            }
            _ => "",
        }
    }

    /// Keeps a value of interest that is fixed, and answers whether it did.
    fn keep(&mut self, at: Node<'_>, name: &str, sort: Sort, value: Option<Node<'_>>, owner: &str) -> bool {
        let Some(value) = value.filter(|_| is_relevant(name)) else { return false };
        let Some(value) = constant(&tokens(value, self.source, constant::MOST + 1)) else { return false };
        self.found.push(Setting::new(line(at), owner, name, sort, &value));
        true
    }
}

fn joined(owner: &str, more: &str) -> String {
    match (owner.is_empty(), more.is_empty()) {
        (_, true) => owner.to_owned(),
        (true, false) => more.to_owned(),
        (false, false) => format!("{owner}.{more}"),
    }
}

/// A text without its quotes and what stands in front of them.
fn bare(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::defaults::syntax::{Grammar, parse};

    fn check(text: &str, expected: &[&str]) {
        let read = read(&parse(text, Grammar::Python).unwrap(), text);
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
        check("t = {'timeout': 5, 'x': 3}\n", &["t.timeout = 5"]);
        check(
            "CACHES = {'near': {'TIMEOUT': 5}, 'ttl': 3}\n",
            &["CACHES.near.TIMEOUT = 5", "CACHES.ttl = 3"],
        );
        check("timeout, retries = 30, 3\n", &["timeout = 30", "retries = 3"]);
        check("t = timeout if timeout is not None else 30\n", &["timeout = 30"]);
        check("wait = lambda timeout=3: timeout\n", &["(timeout) = 3"]);
        check("# timeout = 3\nx = 'timeout = 5'\n", &[]);
        check("timeout = timeout or 30\nself.timeout = timeout\n", &["timeout = 30"]);
    }

    #[test]
    fn broken_sources_are_read_as_far_as_they_go() {
        check("x = = 3\n\ndef f(timeout=3):\n  pass\n", &["f(timeout) = 3"]);
        check("TIMEOUT = 4\ndef f(timeout=", &["TIMEOUT = 4"]);
        check(&"(".repeat(10_000), &[]);
    }
}
