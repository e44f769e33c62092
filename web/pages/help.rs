//! How to ask: the query language on one page, each form with an example that can be tried.

use askama::Template;

use crate::failure::Page;
use crate::frame::{Frame, Here};
use crate::words::search_address;

/// The help on search.
#[derive(Template)]
#[template(path = "pages/help.html")]
pub(crate) struct Help {
    frame: Frame,
    groups: Vec<(&'static str, Vec<Example>)>,
}

struct Example {
    typed: &'static str,
    meaning: &'static str,
    address: String,
}

/// What can be typed, and what it finds.
const WORDS: [(&str, &str); 7] = [
    ("background migration", "entries with these words; where many are typed, most of them are enough"),
    ("\"exclusive lock\"", "these words in this order"),
    ("migrat*", "words that begin so"),
    ("relay -beta", "without the word behind the hyphen"),
    ("relay NOT beta", "the same in letters"),
    ("relay OR proxy", "either word"),
    ("(relay OR proxy) timeout", "parentheses hold alternatives together"),
];
const FIELDS: [(&str, &str); 14] = [
    ("vendor:red-hat", "what this vendor or publisher said"),
    ("product:openssl", "entries on this product or package"),
    ("product:openssl version:3.0.5", "entries that say that this version of the product is affected"),
    ("version:3.0.5", "the same for any product"),
    ("fixed:3.0.7", "entries that say that this version, or an earlier one of its line, fixes"),
    ("id:CVE-2024-3094", "the entry with this identifier, not those that only mention it"),
    ("key:\"7F38 BBB5 9D06 4DBC\"", "entries that mention this key, in whatever spelling"),
    ("kind:thread", "advisory, release, thread, notice or bulletin"),
    ("source:osv-pypi", "what came from one source"),
    ("severity:>=high", "at least this bad: none, low, medium, high, critical"),
    (
        "exploited:yes",
        "entries with an identifier that a list calls exploited; exploited:no those of which one could and none does",
    ),
    (
        "epss:>0.5",
        "entries with an identifier that is this likely to be exploited within 30 days, from 0 to 1",
    ),
    ("after:2026-01", "from this day, month or year on"),
    ("before:2026-07-01", "before this day"),
];
const IDENTIFIERS: [(&str, &str); 2] = [
    ("CVE-2024-3094", "every entry that mentions the identifier"),
    ("7F38 BBB5 9D06 4DBC B3D8 4D72 5612 B360 62AA 3334", "every entry that mentions the key"),
];

/// Shows it.
pub(crate) async fn show(frame: Frame) -> Page<Help> {
    let groups = vec![
        ("Words", examples(&WORDS)),
        ("Fields", examples(&FIELDS)),
        ("Identifiers, as they are", examples(&IDENTIFIERS)),
    ];
    Page(Help { frame: frame.at(Here::Search), groups })
}

fn examples(rows: &[(&'static str, &'static str)]) -> Vec<Example> {
    let example = |(typed, meaning): &(&'static str, &'static str)| Example {
        typed,
        meaning,
        address: search_address(typed),
    };
    rows.iter().map(example).collect()
}

#[cfg(test)]
mod tests {
    use super::{FIELDS, IDENTIFIERS, WORDS};

    #[test]
    fn every_example_can_be_typed_and_every_field_has_one() {
        for (typed, _) in WORDS.iter().chain(&FIELDS).chain(&IDENTIFIERS) {
            assert!(index::query::parse(typed).is_ok(), "{typed}");
        }
        for field in index::query::FIELDS {
            let prefix = format!("{field}:");
            assert!(FIELDS.iter().any(|(typed, _)| typed.starts_with(&prefix)), "{field}");
        }
    }
}
