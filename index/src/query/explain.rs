//! A query in words, so that a person sees how it was understood.

use super::{Comparison, Query};

/// "entries that …", on one line.
pub(super) fn sentence(query: &Query) -> String {
    match query {
        Query::All => "all entries".to_owned(),
        query => format!("entries that {}", clause(query)),
    }
}

fn clause(query: &Query) -> String {
    match query {
        Query::All => "exist".to_owned(),
        Query::Word(word) => format!("say \u{201c}{word}\u{201d}"),
        Query::Phrase(words) => format!("say \u{201c}{words}\u{201d} word for word"),
        Query::Prefix(letters) => format!("have a word beginning with \u{201c}{letters}\u{201d}"),
        Query::Advisory(id) => format!("mention {id}"),
        Query::Key(hex) => format!("mention the key {hex}"),
        Query::Vendor(name) => format!("come from the vendor {name}"),
        Query::Product(name) => format!("are about the product {name}"),
        Query::Version(version) => format!("say that version {version} is affected"),
        Query::Fixed(version) => format!("say that version {version}, or an earlier one of its line, fixes"),
        Query::Id(id) => format!("have the identifier {id}"),
        Query::KindIs(kind) => format!("are of the kind {kind}"),
        Query::Source(name) => format!("come from the source {name}"),
        Query::Severity(comparison, level) => {
            format!("have a severity {}", compared(*comparison, level.as_str()))
        }
        Query::Exploited(true) => "bear an identifier that is known to be exploited".to_owned(),
        Query::Exploited(false) => {
            "bear a CVE number and none that a list held here calls exploited".to_owned()
        }
        Query::Epss(comparison, chance) => {
            format!("have an EPSS score {}", compared(*comparison, &chance.to_string()))
        }
        Query::After(date) => format!("are dated {date} or later"),
        Query::Before(date) => format!("are dated before {date}"),
        Query::And(parts) => joined(parts, " and "),
        Query::Or(parts) => joined(parts, " or "),
        Query::Not(inner) => format!("do not match: {}", grouped(inner)),
        Query::Words(parts) => {
            format!("say most of: {}", parts.iter().map(named).collect::<Vec<_>>().join(", "))
        }
    }
}

fn compared(comparison: Comparison, level: &str) -> String {
    match comparison {
        Comparison::Less => format!("below {level}"),
        Comparison::AtMost => format!("of {level} or below"),
        Comparison::Equal => format!("of {level}"),
        Comparison::AtLeast => format!("of {level} or above"),
        Comparison::More => format!("above {level}"),
    }
}

fn joined(parts: &[Query], word: &str) -> String {
    parts.iter().map(grouped).collect::<Vec<_>>().join(word)
}

fn grouped(query: &Query) -> String {
    match query {
        Query::And(_) | Query::Or(_) => format!("({})", clause(query)),
        query => clause(query),
    }
}

fn named(query: &Query) -> String {
    match query {
        Query::Word(word) | Query::Phrase(word) => format!("\u{201c}{word}\u{201d}"),
        Query::Prefix(letters) => format!("\u{201c}{letters}\u{2026}\u{201d}"),
        query => clause(query),
    }
}
