//! One side of a comparison: a report, what was kept, and its paths and texts without the version in them.

use std::collections::{BTreeMap, BTreeSet};

use crate::inspection::Inspection;
use crate::kept::Kept;
use crate::package::Claims;

/// One of the two versions.
pub(super) struct Side<'a> {
    pub(super) inspection: &'a Inspection,
    pub(super) kept: &'a Kept,
    versions: Vec<String>,
}

/// Versions that are taken out of paths; an archive of many packages has more.
const MOST_VERSIONS: usize = 40;

impl<'a> Side<'a> {
    pub(super) fn new(inspection: &'a Inspection, kept: &'a Kept) -> Side<'a> {
        let stated = inspection.claims.iter().filter_map(|claims| claims.version.as_deref());
        let mut versions = BTreeSet::new();
        for version in stated.take(MOST_VERSIONS) {
            let bare = version.split_once(':').map_or(version, |(_, rest)| rest);
            let upstream = bare.rsplit_once('-').map_or(bare, |(upstream, _)| upstream);
            for one in [version, bare, upstream, upstream.split(['+', '~']).next().unwrap_or_default()] {
                // A single number stands in too many names that have nothing to do with the version.
                if one.contains('.') && one.len() >= 3 {
                    versions.insert(one.to_owned());
                }
            }
        }
        let mut versions: Vec<String> = versions.into_iter().collect();
        versions.sort_by_key(|version| std::cmp::Reverse(version.len()));
        Side { inspection, kept, versions }
    }

    /// A path or text with `*` where the version stood, and without what says how an inner archive was compressed.
    pub(super) fn without_version(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for version in &self.versions {
            if text.contains(version.as_str()) {
                text = replaced(&text, version);
            }
        }
        for part in ["data.tar", "control.tar"] {
            for end in [".xz!/", ".zst!/", ".gz!/", ".bz2!/"] {
                let whole = format!("{part}{end}");
                if text.contains(&whole) {
                    text = text.replace(&whole, &format!("{part}!/"));
                }
            }
        }
        text
    }
}

/// `version` as `*` wherever it is no part of a longer number.
fn replaced(text: &str, version: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(version) {
        let touches = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let longer = after.strip_prefix('.').is_some_and(|more| touches(more.chars().next()));
        out.push_str(before);
        let is_part = touches(before.chars().next_back()) || touches(after.chars().next()) || longer;
        out.push_str(if is_part { version } else { "*" });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Packages of both sides that are the same but for their version, the new one first.
pub(super) fn pairs<'a>(now: &Side<'a>, before: &Side<'a>) -> Vec<(&'a Claims, &'a Claims)> {
    let key = |side: &Side<'_>, claims: &Claims| {
        let name = claims.name.as_deref().map(product).unwrap_or_default();
        // What is called the same is the same, wherever it lies; what has no name, by its place.
        if name.is_empty() { side.without_version(&claims.path) } else { name }
    };
    let were: BTreeMap<String, &Claims> =
        before.inspection.claims.iter().rev().map(|claims| (key(before, claims), claims)).collect();
    let pair = |claims: &'a Claims| were.get(&key(now, claims)).map(|was| (claims, *was));
    now.inspection.claims.iter().filter_map(pair).collect()
}

/// A product's name as it is compared: case, and the difference of `-`, `_` and `.`, mean nothing (PEP 503).
pub(super) fn product(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn a_version_is_no_part_of_a_longer_number() {
        assert_eq!(replaced("relay-1.2.dist-info/x-1.2", "1.2"), "relay-*.dist-info/x-*");
        assert_eq!(replaced("a-11.2/b-1.2.3/c1.2", "1.2"), "a-11.2/b-1.2.3/c*");
    }
}
