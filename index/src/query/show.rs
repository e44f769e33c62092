//! A query as it could be typed, in one spelling, so that it can be kept, linked to and read again.

use std::fmt;

use super::Query;

/// Writes `query` in canonical syntax.
pub(super) fn typed(query: &Query, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match query {
        Query::All => f.write_str("*"),
        Query::Word(word) | Query::Advisory(word) => f.write_str(word),
        Query::Phrase(words) => write!(f, "\"{words}\""),
        Query::Prefix(letters) => write!(f, "{letters}*"),
        Query::Key(hex) => write!(f, "key:{hex}"),
        Query::Vendor(name) => field(f, "vendor", name),
        Query::Product(name) => field(f, "product", name),
        Query::Version(version) => field(f, "version", version),
        Query::Fixed(version) => field(f, "fixed", version),
        Query::Id(id) => field(f, "id", id),
        Query::Source(name) => field(f, "source", name),
        Query::KindIs(kind) => write!(f, "kind:{kind}"),
        Query::Severity(comparison, level) => write!(f, "severity:{}{level}", comparison.sign()),
        Query::Exploited(exploited) => write!(f, "exploited:{}", if *exploited { "yes" } else { "no" }),
        Query::Epss(comparison, chance) => write!(f, "epss:{}{chance}", comparison.sign()),
        Query::After(date) => write!(f, "after:{date}"),
        Query::Before(date) => write!(f, "before:{date}"),
        Query::And(parts) => joined(f, parts, " AND "),
        Query::Or(parts) => joined(f, parts, " OR "),
        Query::Words(parts) => joined(f, parts, " "),
        Query::Not(inner) => match **inner {
            Query::And(_) | Query::Or(_) | Query::Words(_) => write!(f, "NOT ({inner})"),
            _ => write!(f, "NOT {inner}"),
        },
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[Query], between: &str) -> fmt::Result {
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            f.write_str(between)?;
        }
        match part {
            Query::And(_) | Query::Or(_) => write!(f, "({part})")?,
            part => write!(f, "{part}")?,
        }
    }
    Ok(())
}

/// Quotes around every value that the line would otherwise end or split.
fn field(f: &mut fmt::Formatter<'_>, name: &str, value: &str) -> fmt::Result {
    let plain = value.starts_with(char::is_alphanumeric)
        && value.chars().all(|letter| letter.is_alphanumeric() || "-._:/@+#~".contains(letter));
    if plain { write!(f, "{name}:{value}") } else { write!(f, "{name}:\"{value}\"") }
}
