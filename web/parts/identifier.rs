//! The identifiers that a text mentions, once each and by kind, for the margin of an entry.

use index::mention::{Kind, Mention};

use crate::words::{count, fours, search_address, search_for};

/// Identifiers of one kind shown at most; the rest stands in the text.
const SHOWN: usize = 25;

/// The same for hashes of files, which fill two lines each.
const HASHES: usize = 8;

/// Identifiers of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// What they are, in the plural.
    pub(crate) heading: &'static str,
    /// Each of them.
    pub(crate) identifiers: Vec<Identifier>,
    /// How many more there are; empty for none.
    pub(crate) more: String,
}

/// One identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identifier {
    /// As a person reads it; keys stand in groups of four.
    pub(crate) shown: String,
    /// As it is copied where copying makes sense; empty otherwise.
    pub(crate) copied: String,
    /// The search that it leads to.
    pub(crate) address: String,
}

/// What one identifier of a kind is called.
pub(crate) const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Advisory => "advisory",
        Kind::Version => "version",
        Kind::Fingerprint => "key",
        Kind::KeyId => "short key id",
        Kind::FileHash => "file hash",
        Kind::Host => "host",
        Kind::Unit => "unit",
    }
}

/// The identifiers of a text by kind, those that decide most first; each value once, in the order of the text.
/// Those in `told` stand elsewhere on the page and are left out.
pub(crate) fn groups(mentions: &[Mention], told: &[&str]) -> Vec<Group> {
    const ORDER: [(Kind, &str); 7] = [
        (Kind::Advisory, "Advisories"),
        (Kind::Fingerprint, "Keys"),
        (Kind::KeyId, "Short key ids"),
        (Kind::FileHash, "File hashes"),
        (Kind::Unit, "Units"),
        (Kind::Host, "Hosts"),
        (Kind::Version, "Versions"),
    ];
    let group = |(kind, heading)| {
        let mut values: Vec<&str> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for mention in mentions.iter().filter(|mention| mention.kind == kind) {
            if seen.insert(mention.value.as_str()) && !told.contains(&mention.value.as_str()) {
                values.push(&mention.value);
            }
        }
        let shown = if kind == Kind::FileHash { HASHES } else { SHOWN };
        let more = values.len().saturating_sub(shown) as u64;
        Group {
            heading,
            identifiers: values.into_iter().take(shown).map(|value| identifier(kind, value)).collect(),
            more: if more == 0 { String::new() } else { format!("and {} more in the text", count(more)) },
        }
    };
    ORDER.into_iter().map(group).filter(|group| !group.identifiers.is_empty()).collect()
}

fn identifier(kind: Kind, value: &str) -> Identifier {
    let long = matches!(kind, Kind::Fingerprint | Kind::KeyId | Kind::FileHash);
    Identifier {
        shown: if matches!(kind, Kind::Fingerprint | Kind::KeyId) { fours(value) } else { value.to_owned() },
        copied: if long { value.to_owned() } else { String::new() },
        address: search_address(&search_for(kind, value)),
    }
}

#[cfg(test)]
mod tests {
    use index::mention::{Kind, Mention};

    use super::groups;

    #[test]
    fn each_identifier_stands_once_and_keys_in_fours() {
        let mention = |kind, value: &str| Mention { kind, value: value.into(), start: 0, end: 1 };
        let found = groups(
            &[
                mention(Kind::Host, "acme.example"),
                mention(Kind::KeyId, "0123456789ABCDEF"),
                mention(Kind::Host, "acme.example"),
                mention(Kind::Advisory, "CVE-2026-1"),
            ],
            &["CVE-2026-1"],
        );
        let drawn: Vec<(&str, &str)> =
            found.iter().map(|group| (group.heading, group.identifiers[0].shown.as_str())).collect();
        assert_eq!(drawn, [("Short key ids", "0123 4567 89AB CDEF"), ("Hosts", "acme.example")]);
        assert_eq!(found[1].identifiers.len(), 1);
    }
}
