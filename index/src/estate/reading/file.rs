//! Estate files, in TOML or YAML. An unknown key is refused with the nearest one that is known.

use super::{Mistake, bounded};
use crate::estate::facts::Facts;

/// Reads a file in TOML.
pub(super) fn toml(text: &str) -> Result<Facts, Mistake> {
    let facts: Facts = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| {
            let before = text.as_bytes().iter().take(span.start);
            before.filter(|byte| **byte == b'\n').count() + 1
        });
        Mistake { line, sentence: said(error.message()) }
    })?;
    checked(facts)
}

/// Reads a file in YAML.
pub(super) fn yaml(text: &str) -> Result<Facts, Mistake> {
    let facts: Facts = serde_norway::from_str(text).map_err(|error| {
        let line = error.location().map(|place| place.line());
        let words = error.to_string();
        // The place is said in front.
        let words = words.split(" at line ").next().unwrap_or_default().to_owned();
        Mistake { line, sentence: said(&words) }
    })?;
    checked(facts)
}

/// What a parser says, as one line; an unknown key with the nearest that is known.
fn said(words: &str) -> String {
    if let Some((_, rest)) = words.split_once("unknown field ") {
        let mut quoted = rest.split('`').skip(1).step_by(2);
        let key = quoted.next().unwrap_or_default();
        let near = quoted.min_by_key(|known| strsim::damerau_levenshtein(key, known));
        let near = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
        return format!("there is no key \"{}\"{near}", super::shown(key));
    }
    super::shown(&words.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn checked(facts: Facts) -> Result<Facts, Mistake> {
    if facts == Facts::default() {
        return Err(Mistake::whole("it says nothing: no section of an estate is in it"));
    }
    let value = serde_json::to_value(&facts).map_err(|error| Mistake::whole(error.to_string()))?;
    if let Some(text) = disturbing(&value) {
        return Err(Mistake::whole(format!(
            "the text \"{}\" holds control characters or is endless",
            super::shown(text)
        )));
    }
    facts
        .products
        .map(|list| bounded(list, "products"))
        .transpose()
        .map(|products| Facts { products, ..facts })
}

/// The first text that would disturb a terminal, or is longer than any name. The value is our own, four levels deep.
fn disturbing(value: &serde_json::Value) -> Option<&str> {
    match value {
        serde_json::Value::String(text) => {
            let bad = text.chars().any(char::is_control) || text.chars().count() > super::LONGEST;
            bad.then_some(text.as_str())
        }
        serde_json::Value::Array(list) => list.iter().find_map(disturbing),
        serde_json::Value::Object(map) => map.values().find_map(disturbing),
        _ => None,
    }
}
