//! Sections are replaced or joined, never mixed up, and two environments are told apart.

use jiff::Timestamp;

use super::compare::{FACTOR, compare};
use super::facts::{Database, Facts, Product, Table, Unit};
use super::{Estate, Origin, environment};

fn now() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

fn origin(from: &str) -> Origin {
    Origin { from: from.into(), format: "dpkg -l".into(), at: now() }
}

fn products(names: &[(&str, &str)]) -> Facts {
    let product = |(name, version): &(&str, &str)| Product {
        name: (*name).into(),
        version: Some((*version).into()),
        ecosystem: None,
    };
    Facts { products: Some(names.iter().map(product).collect()), ..Facts::default() }
}

fn units(names: &[&str], partial: Option<&str>) -> Facts {
    let units =
        names.iter().map(|name| Unit { name: (*name).into(), state: Some("enabled".into()) }).collect();
    let mut facts = Facts { units: Some(units), ..Facts::default() };
    facts.partial.units = partial.map(str::to_owned);
    facts
}

#[test]
fn an_import_replaces_its_sections_and_leaves_the_others() {
    let mut estate = Estate::new("production", now());
    estate.take(vec![
        (products(&[("relay", "1.0")]), origin("a")),
        (units(&["relay.service"], None), origin("b")),
    ]);
    let taken = estate.take(vec![(products(&[("pump", "2.0")]), origin("c"))]);
    assert_eq!(taken, ["products"]);
    let section = estate.products.unwrap();
    assert_eq!(
        (section.facts.len(), section.facts[0].name.as_str(), section.origin.from.as_str()),
        (1, "pump", "c")
    );
    assert_eq!(estate.units.unwrap().facts.len(), 1);
    assert_eq!(estate.accounts, None, "nothing was said of accounts");
}

#[test]
fn lists_of_one_import_are_joined() {
    let mut estate = Estate::new("production", now());
    estate.take(vec![
        (products(&[("relay", "1.0")]), origin("a")),
        (products(&[("pump", "2.0")]), origin("b")),
    ]);
    let section = estate.products.clone().unwrap();
    assert_eq!((section.facts.len(), section.origin.from.as_str()), (2, "a, b"));
    // What one list leaves out the whole one has.
    estate.take(vec![
        (units(&["a.service"], Some("only loaded")), origin("a")),
        (units(&["b.service"], None), origin("b")),
    ]);
    assert_eq!(estate.units.unwrap().partial, None);
}

#[test]
fn what_is_known_is_written_and_read_again() {
    let mut estate = Estate::new("production", now());
    estate.take(vec![
        (products(&[("relay", "1.0")]), origin("a")),
        (units(&["a.service"], Some("some")), origin("b")),
    ]);
    let text = toml::to_string(&estate.facts()).unwrap();
    let (facts, format) = super::reading::read(text.as_bytes(), None).unwrap();
    assert_eq!((facts, format), (estate.facts(), super::reading::Format::Toml), "{text}");
}

#[test]
fn an_environment_has_a_name_that_stands_in_an_address() {
    assert_eq!(environment(" production ").unwrap(), "production");
    for wrong in ["", "a b", "a/b", "..", "-x", "<b>", &"a".repeat(65)] {
        assert!(environment(wrong).is_err(), "{wrong}");
    }
}

fn database(rows: u64) -> Facts {
    let table = Table { name: "meters".into(), rows: Some(rows), ..Table::default() };
    let database = Database { name: "plant".into(), tables: Some(vec![table]), ..Database::default() };
    Facts { databases: Some(vec![database]), ..Facts::default() }
}

/// What differs, as `section: what, one | other`.
fn check(one: &[Facts], other: &[Facts], expected: &[&str], not_compared: usize) {
    let estate = |name: &str, facts: &[Facts]| {
        let mut estate = Estate::new(name, now());
        estate.take(facts.iter().map(|facts| (facts.clone(), origin("a"))).collect());
        estate
    };
    let found = compare(&estate("production", one), &estate("staging", other), FACTOR);
    let word = |side: &Option<String>| side.clone().unwrap_or_else(|| "-".into());
    let said: Vec<String> = found
        .parts
        .iter()
        .flat_map(|part| {
            part.differences.iter().map(|one| {
                format!("{}: {}, {} | {}", part.section, one.what, word(&one.one), word(&one.other))
            })
        })
        .collect();
    assert_eq!(said, expected);
    assert_eq!(found.not_compared.len(), not_compared, "{:?}", found.not_compared);
}

#[test]
fn two_environments_are_compared_where_both_are_known() {
    check(&[products(&[("relay", "1.0")])], &[products(&[("relay", "1.0")])], &[], 9);
    check(
        &[products(&[("relay", "1.0"), ("pump", "2.0")])],
        &[products(&[("relay", "1.1")])],
        &["products: pump, 2.0 | -", "products: relay, 1.0 | 1.1"],
        9,
    );
    check(&[units(&["a.service"], None)], &[], &[], 10);
    check(
        &[units(&["a.service"], Some("only some"))],
        &[units(&[], None)],
        &["units: a.service, enabled | -"],
        10,
    );
}

#[test]
fn sizes_differ_beyond_the_factor_alone() {
    check(&[database(1_000)], &[database(100)], &[], 9);
    check(&[database(1_001)], &[database(100)], &["tables: plant.meters, 1001 rows | 100 rows"], 9);
    check(&[database(20)], &[database(0)], &["tables: plant.meters, 20 rows | 0 rows"], 9);
}
