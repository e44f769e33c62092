//! The product tree of a CSAF document (section 3.2.2), joined with the states that vulnerabilities give its products.
//!
//! Refuses to read names of products apart: a version is what a branch calls one, or a package URL.

use std::collections::{HashMap, HashSet};

use index::entry::{Affected, Range};
use serde::Deserialize;

use crate::formats::comparators;
use crate::formats::csaf::vulnerability::{States, Vulnerability};
use crate::formats::lenient::{List, Loose, Word};
use crate::formats::phrase::{add, name};
use crate::formats::spelling;

/// Products kept of one document.
const PRODUCTS: usize = 2_000;

/// Versions kept of one product.
const VERSIONS: usize = 200;

/// Branches within branches that are walked; real trees have five.
const DEPTH: usize = 30;

/// A product tree, as far as it is read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tree<'a> {
    #[serde(borrow)]
    branches: List<Branch<'a>>,
    #[serde(borrow)]
    full_product_names: List<Product<'a>>,
    #[serde(borrow)]
    relationships: List<Relationship<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Branch<'a> {
    #[serde(borrow)]
    category: Word<'a>,
    #[serde(borrow)]
    name: Word<'a>,
    #[serde(borrow)]
    product: Loose<Product<'a>>,
    #[serde(borrow)]
    branches: List<Branch<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Product<'a> {
    #[serde(borrow)]
    product_id: Word<'a>,
    #[serde(borrow)]
    name: Word<'a>,
    #[serde(borrow)]
    product_identification_helper: Loose<Identification<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Identification<'a> {
    #[serde(borrow)]
    purl: Word<'a>,
    #[serde(borrow)]
    cpe: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Relationship<'a> {
    #[serde(borrow)]
    product_reference: Word<'a>,
    #[serde(borrow)]
    relates_to_product_reference: Word<'a>,
    #[serde(borrow)]
    full_product_name: Loose<Product<'a>>,
}

/// A product of the tree, named as an entry names it.
#[derive(Clone, Debug, Default)]
struct Known<'t> {
    vendor: Option<&'t str>,
    product: &'t str,
    /// The platform it is installed on.
    platform: Option<&'t str>,
    version: Version<'t>,
    identification: Option<&'t Identification<'t>>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Version<'t> {
    #[default]
    Unsaid,
    One(&'t str),
    Range(&'t str),
}

/// What a state says of a version.
#[derive(Clone, Copy)]
enum State {
    Affected,
    First,
    Last,
    Fixed,
}

/// What is affected, by product; versions that are affected by any vulnerability do not count as fixed.
pub(super) fn affected(tree: Option<&Tree<'_>>, vulnerabilities: &[Vulnerability<'_>]) -> Vec<Affected> {
    let Some(tree) = tree else { return Vec::new() };
    let known = known(tree);
    let mut all: Vec<Affected> = Vec::new();
    let mut places: HashMap<(Option<&str>, &str, Option<&str>), usize> = HashMap::new();
    let mut told: HashSet<(&str, u8)> = HashSet::new();
    for states in vulnerabilities.iter().filter_map(|vulnerability| vulnerability.product_status.get()) {
        for (state, id) in listed(states) {
            if !told.insert((id, state as u8)) {
                continue;
            }
            let Some(product) = known.get(id) else { continue };
            let place = (product.vendor, product.product, product.platform);
            let at = match places.get(&place) {
                Some(at) => *at,
                None if all.len() >= PRODUCTS => continue,
                None => {
                    all.push(named(product));
                    places.insert(place, all.len() - 1);
                    all.len() - 1
                }
            };
            if let Some(affected) = all.get_mut(at) {
                let stated =
                    product.identification.into_iter().flat_map(|it| [it.purl.said(), it.cpe.said()]);
                spelling::keep(&mut affected.also, stated.flatten());
                add_version(affected, product.version, state);
            }
        }
    }
    for affected in &mut all {
        let versions = std::mem::take(&mut affected.versions);
        affected.fixed.retain(|fixed| !versions.contains(fixed));
        affected.versions = versions;
    }
    all
}

fn named(product: &Known<'_>) -> Affected {
    Affected {
        product: name(product.product),
        vendor: product.vendor.map(name),
        ecosystem: product.platform.map(name),
        ..Affected::default()
    }
}

fn listed<'s>(states: &'s States<'_>) -> impl Iterator<Item = (State, &'s str)> {
    let affected = states.known_affected.iter().map(|id| (State::Affected, id));
    let first = states.first_affected.iter().map(|id| (State::First, id));
    let last = states.last_affected.iter().map(|id| (State::Last, id));
    let fixed = [&states.fixed, &states.first_fixed, &states.recommended, &states.known_not_affected];
    let fixed = fixed.into_iter().flat_map(|ids| ids.iter().map(|id| (State::Fixed, id)));
    affected.chain(first).chain(last).chain(fixed)
}

fn add_version(affected: &mut Affected, version: Version<'_>, state: State) {
    let (text, is_range) = match version {
        Version::Unsaid => return,
        Version::One(text) => (text, false),
        Version::Range(text) => (text, true),
    };
    if affected.versions.len() + affected.ranges.len() + affected.fixed.len() >= VERSIONS {
        return;
    }
    let spoken = (is_range || comparators::is_everything(text) || text.starts_with("vers:"))
        .then(|| comparators::read(text))
        .flatten();
    match (state, spoken) {
        (State::Fixed, _) => add(&mut affected.fixed, name(text)),
        (_, Some(spoken)) => {
            spoken.ranges.into_iter().for_each(|range| add(&mut affected.ranges, range));
            spoken.versions.into_iter().for_each(|version| add(&mut affected.versions, version));
        }
        (State::First, None) => {
            add(&mut affected.ranges, Range { introduced: Some(name(text)), ..Range::default() });
        }
        (State::Last, None) => match affected.ranges.iter_mut().rfind(|range| is_open(range)) {
            Some(open) => open.last_affected = Some(name(text)),
            None => add(&mut affected.ranges, Range { last_affected: Some(name(text)), ..Range::default() }),
        },
        (State::Affected, None) => add(&mut affected.versions, name(text)),
    }
}

fn is_open(range: &Range) -> bool {
    range.introduced.is_some() && range.fixed.is_none() && range.last_affected.is_none()
}

/// Every product of the tree by its identifier.
fn known<'t>(tree: &'t Tree<'_>) -> HashMap<&'t str, Known<'t>> {
    let mut known = HashMap::new();
    for product in tree.full_product_names.iter() {
        keep(&mut known, product, Known::default());
    }
    for branch in tree.branches.iter() {
        walk(&mut known, branch, &Known::default(), DEPTH);
    }
    for relationship in tree.relationships.iter() {
        let Some(combined) = relationship.full_product_name.get() else { continue };
        let component = known.get(&*relationship.product_reference).cloned().unwrap_or_default();
        let platform = known.get(&*relationship.relates_to_product_reference);
        let vendor = component.vendor.or(platform.and_then(|platform| platform.vendor));
        let platform = platform.map(|platform| platform.product);
        keep(&mut known, combined, Known { vendor, platform, ..component });
    }
    known
}

fn walk<'t>(
    known: &mut HashMap<&'t str, Known<'t>>,
    branch: &'t Branch<'_>,
    above: &Known<'t>,
    depth: usize,
) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let mut here = above.clone();
    if let Some(called) = branch.name.said() {
        match &*branch.category {
            "vendor" => here.vendor = Some(called),
            "product_name" => here.product = called,
            "product_version" => here.version = Version::One(called),
            "product_version_range" => here.version = Version::Range(called),
            _ => {}
        }
    }
    for inner in branch.branches.iter() {
        walk(known, inner, &here, depth);
    }
    if let Some(product) = branch.product.get() {
        keep(known, product, here);
    }
}

/// Keeps a product under its identifier; one without a name of its own is called as its package URL or in full.
fn keep<'t>(known: &mut HashMap<&'t str, Known<'t>>, product: &'t Product<'_>, mut here: Known<'t>) {
    let Some(id) = product.product_id.said() else { return };
    here.identification = product.product_identification_helper.get().or(here.identification);
    if here.product.is_empty() {
        let purl = product.product_identification_helper.get().and_then(|it| it.purl.said());
        match purl.and_then(package) {
            Some((called, version)) => {
                here.product = called;
                here.version = version.map_or(Version::Unsaid, Version::One);
            }
            None => match product.name.said() {
                Some(called) => (here.product, here.version) = (called, Version::Unsaid),
                None => return,
            },
        }
    }
    known.insert(id, here);
}

/// Name and version in a package URL (package-url specification); qualifiers are left out.
fn package(purl: &str) -> Option<(&str, Option<&str>)> {
    let path = purl.strip_prefix("pkg:")?.split(['?', '#']).next()?;
    let last = path.rsplit('/').next()?;
    let (called, version) =
        last.split_once('@').map_or((last, None), |(called, version)| (called, Some(version)));
    (!called.is_empty()).then_some((called, version))
}
