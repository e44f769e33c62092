//! The `affected` part of a CVE record: products, and versions as intervals with a status each.
//!
//! Where versions are affected unless listed (`defaultStatus: affected`), the unaffected intervals are turned round into
//! affected ranges. Refuses commits (`versionType: git`) and words that say nothing.

use index::entry::{Affected, Range};
use serde::Deserialize;

use crate::formats::comparators;
use crate::formats::lenient::{List, Word, Words};
use crate::formats::phrase::name;
use crate::formats::spelling;

/// Products kept of one record; the largest real one names about 1,500.
const PRODUCTS: usize = 2_000;

/// Versions kept of one product.
const VERSIONS: usize = 500;

/// Package registries that people know by another name than their address.
const REGISTRIES: [(&str, &str); 12] = [
    ("pkg.go.dev", "Go"),
    ("registry.npmjs.org", "npm"),
    ("www.npmjs.com", "npm"),
    ("pypi.org", "PyPI"),
    ("pypi.python.org", "PyPI"),
    ("repo.maven.apache.org", "Maven"),
    ("repo1.maven.org", "Maven"),
    ("crates.io", "crates.io"),
    ("rubygems.org", "RubyGems"),
    ("packagist.org", "Packagist"),
    ("nuget.org", "NuGet"),
    ("www.nuget.org", "NuGet"),
];

/// One product of a record.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Product<'a> {
    #[serde(borrow)]
    vendor: Word<'a>,
    #[serde(borrow)]
    product: Word<'a>,
    #[serde(borrow)]
    package_name: Word<'a>,
    #[serde(borrow, rename = "collectionURL")]
    collection: Word<'a>,
    #[serde(borrow)]
    cpes: Words<'a>,
    #[serde(borrow)]
    repo: Word<'a>,
    #[serde(borrow)]
    default_status: Word<'a>,
    #[serde(borrow)]
    versions: List<Version<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Version<'a> {
    #[serde(borrow)]
    version: Word<'a>,
    #[serde(borrow)]
    status: Word<'a>,
    #[serde(borrow)]
    version_type: Word<'a>,
    #[serde(borrow)]
    less_than: Word<'a>,
    #[serde(borrow)]
    less_than_or_equal: Word<'a>,
    #[serde(borrow)]
    changes: List<Change<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Change<'a> {
    #[serde(borrow)]
    at: Word<'a>,
    #[serde(borrow)]
    status: Word<'a>,
}

/// Whether a field is filled in only because it must be.
pub(super) fn says_nothing(text: &str) -> bool {
    ["n/a", "na", "unspecified", "unknown", "-", "not applicable", "none", "publication", "various"]
        .iter()
        .any(|nothing| text.trim().eq_ignore_ascii_case(nothing))
}

/// What is affected, by product.
pub(super) fn affected(products: &[Product<'_>]) -> Vec<Affected> {
    let mut all: Vec<Affected> = Vec::new();
    for next in products.iter().take(PRODUCTS).filter_map(one) {
        match all.last_mut() {
            Some(last)
                if last.product == next.product
                    && last.vendor == next.vendor
                    && last.ecosystem == next.ecosystem =>
            {
                last.ranges.extend(next.ranges);
                last.versions.extend(next.versions);
                last.fixed.extend(next.fixed);
            }
            _ => all.push(next),
        }
    }
    all
}

fn one(product: &Product<'_>) -> Option<Affected> {
    let said = |word: &Word<'_>| word.said().filter(|text| !says_nothing(text)).map(name);
    let (called, package) = (said(&product.product), said(&product.package_name));
    let ecosystem = ecosystem(&product.collection);
    let distribution =
        product.collection.contains(".redhat.com") || product.collection.contains(".fedoraproject.org");
    let (named, ecosystem) = match (called, package) {
        (called, Some(package)) if ecosystem.is_some() || called.is_none() => (package, ecosystem),
        // A distribution's package: the product is the collection that the versions are to be read in.
        (Some(called), Some(package)) if distribution => (package, Some(called)),
        (Some(called), _) => (called, ecosystem),
        (None, _) => return None,
    };
    let mut affected =
        Affected { product: named, ecosystem, vendor: said(&product.vendor), ..Affected::default() };
    spelling::keep(&mut affected.also, product.cpes.iter().chain(product.repo.said()));
    let by_default = product.default_status.eq_ignore_ascii_case("affected");
    let mut listed = false;
    let versions = product.versions.iter().take(VERSIONS).filter(|version| !is_commit(version));
    for version in versions.clone() {
        if version.status.eq_ignore_ascii_case("affected") {
            listed = true;
            add_affected(&mut affected, version, by_default);
        } else if version.status.eq_ignore_ascii_case("unaffected") {
            affected.fixed.extend(said(&version.version).filter(|version| !is_beginning(version)));
        }
    }
    let ended = versions.filter(|version| ends(version) && version.status.eq_ignore_ascii_case("unaffected"));
    if by_default && (!listed || ended.clone().next().is_some()) {
        affected.ranges = turned_round(ended);
    }
    let only_fixed = product.default_status.eq_ignore_ascii_case("unaffected") && !listed;
    (!only_fixed || !affected.fixed.is_empty()).then_some(affected)
}

fn ecosystem(collection: &str) -> Option<String> {
    let host = collection.split("://").nth(1)?.split('/').next()?;
    REGISTRIES.iter().find(|(known, _)| *known == host).map(|(_, registry)| (*registry).to_owned())
}

fn is_commit(version: &Version<'_>) -> bool {
    version.version_type.eq_ignore_ascii_case("git")
}

fn is_beginning(version: &str) -> bool {
    matches!(version, "0" | "*" | "0.0.0")
}

fn ends(version: &Version<'_>) -> bool {
    version.less_than.said().is_some() || version.less_than_or_equal.said().is_some()
}

/// An upper bound; "*", "latest" and the like are none.
fn bound(word: &Word<'_>) -> Option<String> {
    let text = word.said()?.trim_start_matches(['<', '=', ' ']);
    let open =
        says_nothing(text) || text == "*" || text.eq_ignore_ascii_case("latest") || text.contains("://");
    (!open).then(|| name(text))
}

fn add_affected(affected: &mut Affected, version: &Version<'_>, by_default: bool) {
    let Some(text) = version.version.said() else { return };
    let from = (!says_nothing(text) && !is_beginning(text)).then(|| name(text));
    let mut changes =
        version.changes.iter().filter(|change| change.status.eq_ignore_ascii_case("unaffected"));
    if let Some(fixed) = changes.find_map(|change| change.at.said()) {
        affected.ranges.push(Range { introduced: from, fixed: Some(name(fixed)), last_affected: None });
    } else if ends(version) {
        let (fixed, last_affected) = (bound(&version.less_than), bound(&version.less_than_or_equal));
        affected.ranges.push(Range { introduced: from, fixed, last_affected });
    } else if let Some(spoken) = comparators::read(text) {
        affected.ranges.extend(spoken.ranges);
        affected.versions.extend(spoken.versions);
    } else if let Some(from) = from {
        if !by_default {
            affected.versions.push(from);
        }
    } else if text == "0" {
        affected.ranges.push(Range::default());
    }
}

/// What remains affected around unaffected intervals, which records list from the oldest to the newest.
fn turned_round<'a>(unaffected: impl Iterator<Item = &'a Version<'a>>) -> Vec<Range> {
    let mut ranges = Vec::new();
    let mut lower: Option<String> = None;
    for version in unaffected {
        let start = version.version.said().filter(|start| !is_beginning(start));
        if let Some(start) = start {
            ranges.push(Range { introduced: lower.take(), fixed: Some(name(start)), last_affected: None });
        }
        match bound(&version.less_than).or_else(|| bound(&version.less_than_or_equal)) {
            Some(end) => lower = Some(after_branch(&end)),
            None => return ranges,
        }
    }
    ranges.push(Range { introduced: lower, ..Range::default() });
    ranges
}

/// The first version after a branch: `6.2` after `6.1.*`; any other bound is its own.
fn after_branch(bound: &str) -> String {
    let Some(branch) = bound.strip_suffix(".*") else { return bound.to_owned() };
    let (head, last) = branch.rsplit_once('.').unwrap_or(("", branch));
    match last.parse::<u32>().ok().and_then(|number| number.checked_add(1)) {
        Some(next) if head.is_empty() => next.to_string(),
        Some(next) => format!("{head}.{next}"),
        None => bound.to_owned(),
    }
}
