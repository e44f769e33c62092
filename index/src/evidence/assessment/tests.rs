//! What many texts come to: ten rumours stay rumours, one word of the vendor against a key is heard.

use jiff::{SignedDuration, Timestamp};

use super::{Assessment, Trace};
use crate::entry::EntryId;
use crate::evidence::{Evidence, Grade, Judgement, Match, Role, Stance};

fn day(number: i64) -> Timestamp {
    "2026-11-01T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * number)
}

fn one(entry: i64, role: Role, grade: Grade, stance: Stance) -> Evidence {
    Evidence {
        entry: EntryId(entry),
        title: String::new(),
        link: Some(format!("https://place{entry}.example/")),
        source: "source".to_owned(),
        source_name: "Source".to_owned(),
        vendor: None,
        author: None,
        said: Some(day(entry)),
        first_seen: day(entry),
        judgement: Judgement {
            quote: String::new(),
            matched: Match::Exact,
            stance,
            because: String::new(),
            role,
            grade,
            weight: Grade::A,
            missing: None,
            warnings: Vec::new(),
        },
        copies: Vec::new(),
    }
}

fn assessed(found: &[(Evidence, &str)]) -> Assessment {
    let traced = found.iter().map(|(one, text)| (one.clone(), Trace::of(text, text)));
    Assessment::of(traced.collect(), false)
}

const SAID: &str = "the new key of the relay project is this one and it signs all packages from June";

#[test]
fn ten_rumours_stay_rumours() {
    let texts: Vec<String> = (0..10).map(|at| format!("rumour {at} ").repeat(20 + at)).collect();
    let found: Vec<_> = texts
        .iter()
        .zip(1..)
        .map(|(text, at)| (one(at, Role::ThirdParty, Grade::D, Stance::Introduces), text.as_str()))
        .collect();
    assert_eq!(assessed(&found).best, Grade::D);
    assert_eq!(assessed(&[]).best, Grade::E);
}

#[test]
fn copies_stand_with_their_origin() {
    let found = assessed(&[
        (one(1, Role::ThirdParty, Grade::D, Stance::Introduces), SAID),
        (one(2, Role::Staff, Grade::B, Stance::Introduces), SAID),
        (one(3, Role::ThirdParty, Grade::D, Stance::Introduces), "something else"),
    ]);
    let order: Vec<i64> = found.evidence.iter().map(|one| one.entry.0).collect();
    assert_eq!(order, [2, 3]);
    assert_eq!(found.evidence[0].copies, [EntryId(1)]);
    assert_eq!((found.best, found.conflicting), (Grade::B, false));
}

#[test]
fn one_word_of_the_vendor_against_it_makes_the_sources_disagree() {
    let against = |role| {
        assessed(&[
            (one(1, Role::Vendor, Grade::A, Stance::Introduces), SAID),
            (one(2, role, Grade::C, Stance::Revokes), SAID),
        ])
    };
    let found = against(Role::Staff);
    assert!(found.conflicting);
    assert_eq!((found.contradictions().count(), found.evidence.len()), (1, 2));
    assert!(!against(Role::ThirdParty).conflicting);
}

#[test]
fn contradictions_and_warnings_support_nothing() {
    for stance in [Stance::Revokes, Stance::Disowns, Stance::Warns] {
        assert_eq!(assessed(&[(one(1, Role::Vendor, Grade::C, stance), SAID)]).best, Grade::E);
    }
}

#[test]
fn a_key_is_retired_until_it_is_introduced_again() {
    let retires = |entry| (one(entry, Role::Vendor, Grade::C, Stance::Retires), "old");
    let introduces = |entry| (one(entry, Role::Vendor, Grade::A, Stance::Introduces), "new");
    assert_eq!(assessed(&[introduces(1), retires(2)]).retired, Some(day(2)));
    assert_eq!(assessed(&[retires(1), introduces(2)]).retired, None);
    assert_eq!(assessed(&[introduces(1)]).retired, None);
}

#[test]
fn planes_are_places_under_different_control() {
    let mut found = [
        (one(1, Role::Vendor, Grade::A, Stance::Introduces), "one"),
        (one(2, Role::Staff, Grade::B, Stance::Introduces), "two"),
        (one(3, Role::ThirdParty, Grade::D, Stance::Introduces), "three"),
    ];
    assert_eq!(assessed(&found).planes, ["place1.example", "place2.example"]);
    found[1].0.link = Some("https://forum.place1.example/t/1".to_owned());
    assert_eq!(assessed(&found).planes, ["place1.example"]);
}

#[test]
fn a_flood_is_an_alarm() {
    let texts: Vec<String> = (0..25).map(|at| format!("page {at} ").repeat(30 + at)).collect();
    let flood = |hours: i64| {
        let found: Vec<_> = texts
            .iter()
            .zip(1..)
            .map(|(text, at)| {
                let mut page = one(at, Role::ThirdParty, Grade::D, Stance::Introduces);
                page.first_seen = day(0) + SignedDuration::from_hours(at * hours);
                (page, text.as_str())
            })
            .collect();
        assessed(&found).alarms.len()
    };
    assert_eq!((flood(1), flood(12)), (1, 0));
}
