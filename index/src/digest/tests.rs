//! What a digest says of what is pending: its order, its groups, its headline.

use jiff::{SignedDuration, Timestamp};

use super::sources::{Sources, Unwell};
use super::{Concern, Digest, Known, LINES, Pending, sections};
use crate::answer::Card;
use crate::entry::{EntryId, Kind, Status};
use crate::revision::Change;
use crate::severity::{Level, Severity};
use crate::source::Standing;

fn day(number: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * (20_000 + number))
}

fn card(id: i64, vendor: &str, level: Option<Level>) -> Card {
    Card {
        exploited: None,
        epss: None,
        id: EntryId(id),
        kind: Kind::Advisory,
        title: format!("entry {id}"),
        link: None,
        vendor: Some(vendor.to_lowercase()),
        vendor_name: Some(vendor.to_owned()),
        source: format!("source-{id}"),
        source_name: format!("Source {id}"),
        standing: Standing::ThirdParty,
        published: Some(day(id)),
        updated: None,
        first_seen: day(id),
        last_revised: day(id),
        revisions: 1,
        status: Status::InForce,
        severity: level.map(|level| Severity { level, score: None, vector: None }),
        identifiers: Vec::new(),
        affected: Vec::new(),
        affected_count: 0,
    }
}

fn pending(entry: i64) -> Pending {
    Pending { entry: EntryId(entry), revision: 1, changes: Vec::new(), unfiltered: None }
}

fn digest(pending: &[Pending], known: Known) -> Digest {
    let (sections, more) = sections(pending, &known);
    Digest {
        name: "relay".into(),
        watched: "all entries".into(),
        made: day(0),
        zone: "UTC".into(),
        sections,
        more,
        typed: String::new(),
        unfiltered: None,
        packages: Vec::new(),
        sources: known.sources,
    }
}

/// Sections as `concern: vendor(entries)`.
fn drawn(digest: &Digest) -> String {
    let lines = |lines: &[super::Line]| {
        lines.iter().map(|line| line.entry.0.to_string()).collect::<Vec<_>>().join(" ")
    };
    let sections = digest.sections.iter().map(|section| {
        let vendors =
            section.vendors.iter().map(|vendor| format!("{}({})", vendor.name, lines(&vendor.lines)));
        format!("{:?}: {}", section.concern, vendors.collect::<Vec<_>>().join(", "))
    });
    sections.collect::<Vec<_>>().join("; ")
}

#[test]
fn entries_stand_by_what_to_do_then_by_vendor_the_worst_first() {
    let keys = Card { source: "keys".into(), ..card(5, "Orrin", None) };
    let exploited = Card {
        link: Some(
            "https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2026-1".into(),
        ),
        ..card(6, "CISA", None)
    };
    let cards = vec![
        (card(1, "Acme", Some(Level::Low)), 1),
        (card(2, "Acme", Some(Level::Critical)), 2),
        (card(3, "Halvard", Some(Level::High)), 3),
        (keys, 5),
        (card(7, "Halvard", Some(Level::Medium)), 6),
        (exploited, 6),
    ];
    let known = Known { cards, of_keys: ["keys".to_owned()].into(), ..Known::default() };
    let digest = digest(&[1, 2, 3, 5, 7].map(pending), known);
    assert_eq!(drawn(&digest), "Keys: Orrin(5); Exploited: Halvard(7); Other: Acme(2 1), Halvard(3)");
    assert_eq!(digest.headline(), "5 new, 1 of keys, 1 exploited, worst critical");
}

#[test]
fn a_group_is_one_line_with_its_worst_severity_and_all_its_sources() {
    let own = Card { standing: Standing::Vendor, ..card(1, "Acme", Some(Level::Medium)) };
    let cards = vec![(own, 9), (card(2, "NVD", Some(Level::High)), 9), (card(3, "Blog", None), 9)];
    let revised = Pending { revision: 3, changes: vec![Change::Severity, Change::Text], ..pending(2) };
    let again = Pending { revision: 4, changes: vec![Change::Text, Change::Status], ..pending(2) };
    let known = Known { cards, told: [9].into(), ..Known::default() };
    let digest = digest(&[pending(1), revised, again], known);
    let line = digest.lines().next().unwrap();
    assert_eq!((digest.count(), line.entry, line.new), (1, EntryId(1), false));
    assert_eq!(line.severity.as_ref().unwrap().level, Level::High);
    assert_eq!(line.sources, ["Source 1", "Source 2", "Source 3"]);
    assert_eq!(line.changes, [Change::Severity, Change::Text, Change::Status]);
}

#[test]
fn a_flood_is_cut_and_counted() {
    let many: Vec<i64> = (1..=250).collect();
    let cards = many.iter().map(|id| (card(*id, "Acme", None), *id)).collect();
    let pending: Vec<Pending> = many.iter().map(|id| pending(*id)).collect();
    let digest = digest(&pending, Known { cards, ..Known::default() });
    assert_eq!((digest.lines().count(), digest.more, digest.count()), (LINES, 150, 250));
    assert_eq!(digest.headline(), "250 new");
}

#[test]
fn nothing_new_says_how_the_sources_are() {
    let silent = |new| Unwell {
        slug: "docs".into(),
        name: "docs.example".into(),
        state: "unusually quiet".into(),
        since: None,
        sentence: String::new(),
        new,
    };
    let sources = Sources { asked: 42, well: 41, unwell: vec![silent(true)], ..Sources::default() };
    let quiet = digest(&[], Known { sources: sources.clone(), ..Known::default() });
    assert_eq!(quiet.headline(), "nothing new, 41 of 42 sources healthy");
    assert!(!quiet.has_news());
    let watched = Sources { watched: true, recovered: vec!["other".into()], ..sources };
    let watching = digest(&[], Known { sources: watched, ..Known::default() });
    assert_eq!(watching.headline(), "2 sources changed their state, 41 of 42 healthy");
    assert!(watching.has_news());
}

#[test]
fn what_is_not_known_any_more_is_left_out() {
    let digest = digest(&[pending(1)], Known::default());
    assert!(digest.sections.is_empty());
    assert_eq!(Concern::ALL.len(), 4);
}
