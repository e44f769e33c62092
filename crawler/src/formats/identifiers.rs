//! Advisory identifiers in a title or a file name, and which of them are the entry's own.
//!
//! Looks only where an identifier names the entry itself; what a text mentions is found elsewhere. Every spelling is
//! brought to its canonical form where mentions are found.

use index::entry::Statement;
use index::mention::{self, Kind};

/// The identifiers in a short text, canonical, each once, in order.
pub(crate) fn advisory_ids(text: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for mention in mention::find(text).into_iter().filter(|mention| mention.kind == Kind::Advisory) {
        if !ids.contains(&mention.value) {
            ids.push(mention.value);
        }
    }
    ids
}

/// The canonical spelling of an identifier that its source gives as such, of whatever family.
pub(crate) fn canonical(id: &str) -> String {
    mention::canonical_advisory(id).unwrap_or_else(|| id.trim().to_owned())
}

/// Writes identifiers into a statement: several of one kind are what it is about, and so is another project's bulletin
/// that this one passes on; all others are its own names.
pub(crate) fn assign(ids: Vec<String>, statement: &mut Statement) {
    let count = |prefix: &str| ids.iter().filter(|id| id.starts_with(prefix)).count();
    let passed_on = count("XSA-") > 1 || (count("XSA-") == 1 && count("QSB-") + count("DSA-") > 0);
    let several = count("CVE-") > 1;
    for id in ids {
        let about = (several && id.starts_with("CVE-")) || (passed_on && id.starts_with("XSA-"));
        let list = if about { &mut statement.related } else { &mut statement.identifiers };
        if !list.contains(&id) {
            list.push(id);
        }
    }
}

/// The last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::{advisory_ids, assign};
    use index::entry::Statement;

    #[test]
    fn identifiers_are_found_in_any_case() {
        assert_eq!(
            advisory_ids("cve-2024-12345, GHSA-MWQM-4fw3-cjvr and dsa-5380-1"),
            ["CVE-2024-12345", "GHSA-mwqm-4fw3-cjvr", "DSA-5380-1"]
        );
    }

    #[test]
    fn several_cves_are_related_and_one_is_its_own() {
        let mut statement = Statement::default();
        assign(advisory_ids("DSA-5380-1 CVE-2024-0001 CVE-2024-0002"), &mut statement);
        assert_eq!(statement.identifiers, ["DSA-5380-1"]);
        assert_eq!(statement.related.len(), 2);
    }
}
