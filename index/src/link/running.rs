//! What runs here, laid out so that what an entry states as affected finds it by name.
//!
//! An environment may hold thousands of products; only those whose name an entry says are judged, by the rule that judges
//! packages (`affected`). Refuses to know where names of one product come from.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::claimed::Claimed;
use crate::entry::Affected;
use crate::estate::Estate;
use crate::estate::facts::Os;
use crate::product::{name, words};

/// A product that runs in an environment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Runs {
    /// The environment's name.
    pub environment: String,
    /// The product, as the environment calls it.
    pub product: String,
    /// Its version there.
    pub version: String,
}

/// Every product of some environments that has a version.
#[derive(Debug, Default)]
pub(crate) struct Running {
    products: Vec<(String, Claimed)>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Running {
    /// What runs in these environments.
    pub(crate) fn of(estates: &[Estate]) -> Self {
        let mut running = Self::default();
        for estate in estates {
            for product in estate.products.iter().flat_map(|section| &section.facts) {
                let Some(version) = &product.version else { continue };
                let system = estate.os.as_ref().map(|section| &section.facts);
                let ecosystem = product.ecosystem.as_deref().map(|kind| ecosystem(kind, system));
                let claimed = Claimed::new(&product.name, version, ecosystem.as_deref());
                let place = running.products.len();
                for called in called(&product.name) {
                    running.by_name.entry(called).or_default().push(place);
                }
                running.products.push((estate.environment.clone(), claimed));
            }
        }
        running
    }

    /// Whether nothing runs that anything could be held against.
    pub(crate) fn is_empty(&self) -> bool {
        self.products.is_empty()
    }

    /// The places of the products that go by one of these names.
    pub(crate) fn called<'n>(&self, names: impl Iterator<Item = &'n String>) -> BTreeSet<usize> {
        names.filter_map(|name| self.by_name.get(name)).flatten().copied().collect()
    }

    /// The product at a place, as packages are judged.
    pub(crate) fn claimed(&self, place: usize) -> Option<&Claimed> {
        self.products.get(place).map(|(_, claimed)| claimed)
    }

    /// The product at a place, as it is told.
    pub(crate) fn runs(&self, place: usize) -> Option<Runs> {
        let (environment, claimed) = self.products.get(place)?;
        Some(Runs {
            environment: environment.clone(),
            product: claimed.name.clone(),
            version: claimed.version.clone(),
        })
    }
}

/// Whose packages those of a kind are on a system, as OSV names it, so that another distribution's word does not count for
/// them; the kind itself where that is not known.
fn ecosystem(kind: &str, system: Option<&Os>) -> String {
    let Some(system) = system else { return kind.to_owned() };
    let called = match (kind.to_ascii_lowercase().as_str(), system.id.as_str()) {
        ("deb", "debian") => "Debian",
        ("deb", "ubuntu") => "Ubuntu",
        ("apk", "alpine") => "Alpine",
        ("rpm", "almalinux") => "AlmaLinux",
        ("rpm", "rocky") => "Rocky Linux",
        ("rpm", "fedora") => "Fedora",
        _ => return kind.to_owned(),
    };
    match &system.version {
        Some(version) => format!("{called}:{version}"),
        None => called.to_owned(),
    }
}

/// The names by which what an entry states as affected may be known here.
pub(crate) fn names(affected: &Affected) -> Vec<String> {
    let vendor = affected.vendor.as_deref().map(words).unwrap_or_default().join(" ");
    let mut names: Vec<String> = called(&affected.product);
    let bare = names.first().and_then(|whole| whole.strip_prefix(&vendor)).map(|rest| rest.trim().to_owned());
    names.extend(bare);
    names.extend(affected.also.iter().map(|also| name(also)));
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    names
}

/// What a product is sought by: its whole name, and the artifact's alone where a group stands before it.
fn called(product: &str) -> Vec<String> {
    let artifact = product.rsplit_once(':').map(|(_, artifact)| name(artifact));
    [Some(name(product)), artifact].into_iter().flatten().filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Running, ecosystem, names};
    use crate::entry::Affected;
    use crate::estate::facts::{Facts, Os, Product};
    use crate::estate::{Estate, Origin};

    /// The products that an entry's word finds, of those called so.
    fn check(products: &[&str], vendor: &str, product: &str, also: &str, expected: &[&str]) {
        let product_of = |name: &&str| Product {
            name: (*name).to_owned(),
            version: Some("1.0".to_owned()),
            ecosystem: None,
        };
        let facts = Facts { products: Some(products.iter().map(product_of).collect()), ..Facts::default() };
        let at = Timestamp::UNIX_EPOCH;
        let mut estate = Estate::new("production", at);
        estate.take(vec![(facts, Origin { from: "x".into(), format: "x".into(), at })]);
        let running = Running::of(&[estate]);
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let affected = Affected {
            vendor: some(vendor),
            product: product.to_owned(),
            also: some(also).into_iter().collect(),
            ..Affected::default()
        };
        let places = running.called(names(&affected).iter());
        let found: Vec<String> = places.iter().map(|place| running.runs(*place).unwrap().product).collect();
        assert_eq!(found, expected, "{vendor} {product} {also}");
    }

    #[test]
    fn packages_are_those_of_the_system() {
        let system = |id: &str, version: &str| Os {
            id: id.to_owned(),
            version: Some(version.to_owned()).filter(|version| !version.is_empty()),
            name: None,
        };
        assert_eq!(ecosystem("deb", Some(&system("debian", "12"))), "Debian:12");
        assert_eq!(ecosystem("deb", Some(&system("debian", ""))), "Debian");
        assert_eq!(ecosystem("rpm", Some(&system("rocky", "9.4"))), "Rocky Linux:9.4");
        assert_eq!(ecosystem("npm", Some(&system("debian", "12"))), "npm");
        assert_eq!(ecosystem("deb", None), "deb");
    }

    #[test]
    fn a_product_is_found_by_each_of_its_spellings_and_by_no_part_of_its_name() {
        let here = ["press-kit", "example.press:core", "@acme/relay", "relay"];
        check(&here, "", "Press.Kit", "", &["press-kit"]);
        check(&here, "", "press", "", &[]);
        check(&here, "Acme", "Acme Press Kit", "", &["press-kit"]);
        check(&here, "", "core", "", &["example.press:core"]);
        check(&here, "", "example.other:core", "", &["example.press:core"]);
        check(&here, "", "something", "pkg:npm/%40acme/relay", &["@acme/relay"]);
        check(&here, "", "Relay", "", &["relay"]);
    }
}
