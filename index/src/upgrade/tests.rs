//! What one entry says between two versions.

use super::{Question, Section, lines, words};
use crate::answer::Card;
use crate::entry::{Affected, EntryId, Kind, Range, Statement, Status};
use crate::source::Standing;
use crate::version::range::Asked;
use jiff::Timestamp;

fn card(kind: Kind, title: &str) -> Card {
    Card {
        id: EntryId(1),
        kind,
        title: title.to_owned(),
        link: None,
        vendor: None,
        vendor_name: None,
        source: "s".to_owned(),
        source_name: "S".to_owned(),
        standing: Standing::default(),
        published: None,
        updated: None,
        first_seen: Timestamp::UNIX_EPOCH,
        last_revised: Timestamp::UNIX_EPOCH,
        revisions: 1,
        status: Status::default(),
        severity: None,
        identifiers: Vec::new(),
        affected: Vec::new(),
        affected_count: 0,
        exploited: None,
        epss: None,
    }
}

/// Asks about Halvard Relay from 4.2.0 to 5.1.3.
fn check(kind: Kind, title: &str, statement: &Statement, body: &str, expected: &[(Section, &str)]) {
    let question = Question {
        product: words("halvard relay"),
        from: Asked::read("4.2.0").unwrap(),
        to: Asked::read("5.1.3").unwrap(),
        to_text: "5.1.3".to_owned(),
    };
    let said = lines(&question, &card(kind, title), statement, body);
    let said: Vec<(Section, &str)> = said.iter().map(|line| (line.section, line.quote.as_str())).collect();
    assert_eq!(said, expected, "{title}");
}

fn affected(product: &str, fixed: &str) -> Statement {
    let range = Range { fixed: Some(fixed.to_owned()), ..Range::default() };
    let affected = Affected { product: product.to_owned(), ranges: vec![range], ..Affected::default() };
    Statement { affected: vec![affected], ..Statement::default() }
}

#[test]
fn an_advisory_says_what_is_mended_or_still_wrong() {
    let quote = "Halvard Relay: before 5.1.0";
    check(Kind::Advisory, "A", &affected("Halvard Relay", "5.1.0"), "", &[(Section::Fixed, quote)]);
    let quote = "Halvard Relay: before 5.2.0";
    check(Kind::Advisory, "A", &affected("Halvard Relay", "5.2.0"), "", &[(Section::Wrong, quote)]);
    check(Kind::Advisory, "A", &affected("Halvard Relay", "4.1.0"), "", &[]);
    check(Kind::Advisory, "A", &affected("Halvard Console", "5.2.0"), "", &[]);
    let withdrawn = Statement { status: Status::Withdrawn, ..affected("Halvard Relay", "5.2.0") };
    check(Kind::Advisory, "A", &withdrawn, "", &[]);
    let body = "Halvard Relay before 5.0.1 stops.";
    check(
        Kind::Advisory,
        "A",
        &Statement::default(),
        body,
        &[(Section::Fixed, "Halvard Relay: before 5.0.1")],
    );
}

#[test]
fn release_notes_of_versions_on_the_way_are_read_for_what_hurts() {
    let none = Statement::default();
    let notes = "Faster. The option pause is removed. You must first upgrade to 4.9.";
    let expected = [
        (Section::Breaking, "The option pause is removed."),
        (Section::Stop, "You must first upgrade to 4.9."),
    ];
    check(Kind::Release, "Halvard Relay 5.0.0", &none, notes, &expected);
    check(Kind::Release, "Halvard Relay 5.2.0", &none, notes, &[]);
    check(Kind::Release, "Halvard Relay 4.2.0", &none, notes, &[]);
    check(Kind::Release, "Orrin Vault 5.0.0", &none, notes, &[]);
}

#[test]
fn threads_keys_and_ends_are_quoted() {
    let none = Statement::default();
    let body = "Halvard Relay hangs. After 5.1.3 it no longer starts.";
    check(Kind::Thread, "Help", &none, body, &[(Section::Thread, "After 5.1.3 it no longer starts.")]);
    check(Kind::Thread, "Help", &none, "Halvard Relay 5.1.33 works.", &[]);
    let body = "The signing certificate of Halvard Relay was replaced.";
    check(Kind::Notice, "News", &none, body, &[(Section::Key, body)]);
    let body = "Halvard Relay 4.2 reaches its end of life in March.";
    check(Kind::Notice, "News", &none, body, &[(Section::End, body)]);
}
