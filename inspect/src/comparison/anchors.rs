//! Certificates that two versions bring along: which came, which went, by fingerprint and subject.

use std::collections::{BTreeMap, BTreeSet};

use super::side::Side;
use crate::finding::{CheckId, Finding};
use crate::kept::Root;

/// Certificates that are told one by one; a whole store that is replaced is a count.
const MOST_TOLD: usize = 40;

/// The bundles that differ.
pub(super) fn changes(now: &Side<'_>, before: &Side<'_>) -> Vec<Finding> {
    let (are, were) = (bundles(now), bundles(before));
    let (mut found, mut left_out) = (Vec::new(), 0);
    let all: BTreeSet<&String> = are.keys().chain(were.keys()).collect();
    for key in all {
        let (is, was) = (are.get(key), were.get(key));
        let known = |side: Option<&Vec<&Root>>, root: &Root| {
            side.is_some_and(|roots| roots.iter().any(|other| other.fingerprint == root.fingerprint))
        };
        let came: Vec<_> = is.into_iter().flatten().filter(|root| !known(was, root)).collect();
        let went: Vec<_> = was.into_iter().flatten().filter(|root| !known(is, root)).collect();
        if came.is_empty() && went.is_empty() {
            continue;
        }
        let path = came.first().or(went.first()).map(|root| root.path.clone()).unwrap_or_default();
        let count = |side: Option<&Vec<&Root>>| side.map_or(0, Vec::len);
        let detail = format!(
            "certificates: was {}, is {}: {} added, {} removed",
            count(was),
            count(is),
            came.len(),
            went.len()
        );
        found.push(Finding::new(CheckId::TrustAnchor, path, detail));
        for (roots, what) in [(came, "added"), (went, "removed")] {
            for root in roots {
                if found.len() >= MOST_TOLD {
                    left_out += 1;
                    continue;
                }
                let detail = format!("certificate {what}, SHA-256 {}", root.fingerprint);
                found.push(
                    Finding::new(CheckId::TrustAnchor, root.path.clone(), detail).quoting(&root.subject),
                );
            }
        }
    }
    if let Some(last) = found.last().filter(|_| left_out > 0) {
        let detail = format!("{left_out} certificates more were added or removed");
        found.push(Finding::new(CheckId::TrustAnchor, last.path.clone(), detail));
    }
    found
}

fn bundles<'a>(side: &Side<'a>) -> BTreeMap<String, Vec<&'a Root>> {
    let mut bundles: BTreeMap<String, Vec<&Root>> = BTreeMap::new();
    for root in &side.kept.roots {
        bundles.entry(side.without_version(&root.path)).or_default().push(root);
    }
    bundles
}
