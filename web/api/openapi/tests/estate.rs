//! An estate, and what is held against it, against their descriptions.

use index::collision;
use index::estate::compare::{FACTOR, compare};
use index::estate::reading::read;
use index::estate::{Estate, Origin};
use inspect::finding::object::Object;
use inspect::finding::{CheckId, Finding};
use inspect::limits::Limits;
use inspect::reading::{Question, inspect_bytes};
use jiff::Timestamp;

use super::check;

#[test]
fn an_estate_and_what_is_held_against_it_are_as_described() {
    let file = include_str!("../estate.toml");
    let at = Timestamp::UNIX_EPOCH;
    let (facts, format) = read(file.as_bytes(), None).unwrap();
    let origin = Origin { from: "estate.toml".into(), format: format.called().into(), at };
    let mut estate = Estate::new("production", at);
    estate.take(vec![(facts, origin)]);
    let empty = Estate::new("staging", at);
    let question = Question { name: "x".into(), ..Question::default() };
    let mut inspection = inspect_bytes(b"text", &question, &Limits::for_package());
    let object = Object::Host { name: "old.plant.example".into() };
    inspection.findings.push(Finding::new(CheckId::RemoteHost, "p", "d").at(1, "q").about(object));
    let found = collision::of(&inspection, Some(&estate));
    assert_eq!(found.collisions.len(), 1);
    check("Assessment", found);
    check("Assessment", collision::of(&inspection, None));
    check("EstateComparison", compare(&estate, &empty, FACTOR));
    check("Estate", empty);
    check("Estate", estate);
}
