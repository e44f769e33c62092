//! What one entry says between two versions.

use super::flaw::{Said, Verdict, judge, merged};
use super::release::{gaps, releases};
use super::{Coverage, Line, Question, Section, in_order, line, lines};
use crate::answer::Card;
use crate::entry::{Affected, EntryId, Kind, Range, Status};
use crate::product::{Because, Named, Sought};
use crate::severity::{Level, Severity};
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

fn question(from: &str, to: &str) -> Question {
    let named = Named { name: "halvard relay".to_owned(), because: Because::Asked };
    let read = |version| Asked::read(version).unwrap();
    Question { product: Sought::of(vec![named]), from: read(from), to: read(to) }
}

/// What an entry says to whoever goes from 4.2.0 to 5.1.3.
fn check(kind: Kind, title: &str, body: &str, expected: &[(Section, &str)]) {
    let mut coverage = Coverage::default();
    let said = lines(&question("4.2.0", "5.1.3"), &card(kind, title), body, &mut coverage);
    let said: Vec<(Section, &str)> = said.iter().map(|line| (line.section, line.quote.as_str())).collect();
    assert_eq!(said, expected, "{title}");
}

fn affected(product: &str, fixed: &str) -> Affected {
    let range = Range { fixed: Some(fixed.to_owned()), ..Range::default() };
    Affected { product: product.to_owned(), ranges: vec![range], ..Affected::default() }
}

fn judged(card: &Card, affected: Affected, read: bool) -> String {
    match judge(&question("4.2.0", "5.1.0"), card, &[affected], read) {
        Verdict::Wrong(line) => format!("wrong {}", line.line.quote),
        Verdict::Fixed(line) => format!("fixed {}", line.line.quote),
        Verdict::PassedOver => "passed over".to_owned(),
        Verdict::Nothing => String::new(),
    }
}

#[test]
fn an_advisory_says_what_is_mended_or_still_wrong() {
    let advisory = card(Kind::Advisory, "A");
    let said = |affected| judged(&advisory, affected, false);
    assert_eq!(said(affected("Halvard Relay", "5.1.0")), "fixed Halvard Relay: before 5.1.0");
    assert_eq!(said(affected("Halvard Relay", "5.2.0")), "wrong Halvard Relay: before 5.2.0");
    assert_eq!(said(affected("Halvard Relay", "4.1.0")), "");
    assert_eq!(said(affected("Halvard Relay Console", "5.2.0")), "");
    let of_words = affected("the Halvard Relay packages", "5.2.0");
    assert_eq!(said(of_words.clone()), "");
    assert_eq!(judged(&advisory, of_words, true), "wrong the Halvard Relay packages: before 5.2.0");
    let withdrawn = Card { status: Status::Withdrawn, ..advisory.clone() };
    assert_eq!(judged(&withdrawn, affected("Halvard Relay", "5.2.0"), false), "");
    let several = Affected {
        ranges: ["4.0", "4.1", "4.2"]
            .map(|last| Range { last_affected: Some(format!("{last}.9")), ..Range::default() })
            .to_vec(),
        ..affected("Halvard Relay", "")
    };
    assert_eq!(said(several), "fixed Halvard Relay: up to 4.2.9");
}

#[test]
fn packages_of_a_distribution_are_not_held_against_releases() {
    let advisory = card(Kind::Advisory, "A");
    let packaged =
        Affected { ecosystem: Some("Debian:12".to_owned()), ..affected("Halvard Relay", "5.2.0-1") };
    assert_eq!(judged(&advisory, packaged, false), "passed over");
}

#[test]
fn one_vulnerability_is_one_line_with_the_worst_first() {
    let voice = |id, source: &str, level: Option<Level>| {
        let severity = level.map(|level| Severity { level, score: None, vector: None });
        Card {
            id: EntryId(id),
            identifiers: vec![format!("CVE-{}", (id + 1) / 2)],
            source: source.to_owned(),
            source_name: source.to_owned(),
            severity,
            ..card(Kind::Advisory, "A")
        }
    };
    let said = |section, card: &Card| {
        let related = if card.id.0 < 6 { Vec::new() } else { vec![format!("CVE-{}", card.id.0 - 4)] };
        Box::new(Said { line: line(section, card, "q".to_owned()), place: 0, related })
    };
    let wrong = |card: &Card| Verdict::Wrong(said(Section::Wrong, card));
    let fixed = |card: &Card| Verdict::Fixed(said(Section::Fixed, card));
    let verdicts = vec![
        (1, fixed(&voice(1, "a", None))),
        (2, wrong(&voice(2, "a", Some(Level::Low)))),
        (1, fixed(&voice(3, "b", Some(Level::High)))),
        (2, fixed(&voice(4, "b", None))),
        (3, fixed(&voice(5, "a", Some(Level::Low)))),
        (6, fixed(&voice(6, "c", None))),
        (7, fixed(&voice(7, "c", None))),
    ];
    let lines = in_order(merged(verdicts, &[3].into()));
    let said: Vec<String> = lines
        .iter()
        .map(|line| {
            let Line { section, sources, exploited, against, others, .. } = line;
            format!("{section:?} {} {sources} {exploited} {} {}", line.card.id.0, others.len(), against.len())
        })
        .collect();
    assert_eq!(said, ["Wrong 2 1 false 0 1", "Fixed 5 2 true 1 0", "Fixed 3 3 false 2 0"]);
}

#[test]
fn release_notes_of_versions_on_the_way_are_read_for_what_hurts() {
    let notes = "Faster. The option pause is removed. You must first upgrade to 4.9.";
    let expected = [
        (Section::Breaking, "The option pause is removed."),
        (Section::Stop, "You must first upgrade to 4.9."),
    ];
    check(Kind::Release, "Halvard Relay 5.0.0", notes, &expected);
    check(Kind::Release, "Halvard Relay 5.2.0", notes, &[]);
    check(Kind::Release, "Halvard Relay 4.2.0", notes, &[]);
    check(Kind::Release, "Orrin Vault 5.0.0", notes, &[]);
    let notes = "- [1ddc438444 <https://halvard.example/c/1>] - build: no longer needs make\n\
        - [2ddc438444 <https://halvard.example/c/2>] - (SEMVER-MAJOR) the option\n  pause goes";
    let quote = "[2ddc438444] - (SEMVER-MAJOR) the option pause goes";
    check(Kind::Release, "Halvard Relay 5.0.0", notes, &[(Section::Breaking, quote)]);
    let notes = "By default nothing happens. Retries are now on by default.";
    check(
        Kind::Release,
        "Halvard Relay 5.0.0",
        notes,
        &[(Section::Breaking, "Retries are now on by default.")],
    );
}

#[test]
fn every_release_on_the_way_is_listed_and_what_is_missing_is_named() {
    let all = |from: &str, to: &str, titles: &[&str]| {
        let question = question(from, to);
        let notes: Vec<Card> = titles.iter().map(|title| card(Kind::Release, title)).collect();
        let releases = releases(&question, &notes, &[]);
        let gaps = gaps(&question, &releases);
        let versions: Vec<String> = releases.into_iter().map(|release| release.version).collect();
        format!("{} / {}", versions.join(" "), gaps.join(", "))
    };
    let titles =
        ["Halvard Relay 5.1.3", "Halvard Relay v5.1.3", "Halvard Relay 4.3.0", "Halvard Relay 4.2.0"];
    assert_eq!(all("4.2.0", "5.1.3", &titles), "4.3.0 5.1.3 / ");
    assert_eq!(all("4.2.0", "8.0.0", &titles), "4.3.0 5.1.3 / 6 to 8, 8.0.0");
    assert_eq!(all("4.2.0", "4.9.1", &titles), "4.3.0 / 4.4 to 4.9, 4.9.1");
    assert_eq!(all("4.2.0", "4.2.1", &[]), " / 4.2.1");
    assert_eq!(all("1.0", "999999999999.0", &[]), " / 999999999999.0");
}

#[test]
fn threads_keys_and_ends_are_quoted() {
    let body = "Halvard Relay hangs. After 5.1.3 it no longer starts.";
    check(Kind::Thread, "Help", body, &[(Section::Thread, "After 5.1.3 it no longer starts.")]);
    check(Kind::Thread, "Help", "Halvard Relay 5.1.33 works.", &[]);
    let body = "The signing certificate of Halvard Relay was replaced.";
    check(Kind::Notice, "News", body, &[(Section::Key, body)]);
    let body = "Halvard Relay 4.2 reaches its end of life in March.";
    check(Kind::Notice, "News", body, &[(Section::End, body)]);
    check(Kind::Notice, "News", "Halvard Relay 4.1 reaches its end of life in March.", &[]);
}

#[test]
fn an_end_of_support_has_its_day() {
    let day = |body: &str| {
        let mut coverage = Coverage::default();
        let said =
            lines(&question("4.2.0", "5.1.3"), &card(Kind::Bulletin, "Halvard Relay"), body, &mut coverage);
        assert_eq!(coverage.ends, 1, "{body}");
        said.iter()
            .map(|line| line.day.map_or("-".to_owned(), |day| day.to_string()))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        day(
            "Halvard Relay 4.2: released on 2024-01-01, end of life on 2026-03-31, latest 4.2.9 of 2026-01-01"
        ),
        "2026-03-31"
    );
    assert_eq!(day("Halvard Relay 5: end of life not announced, latest 5.1.3 of 2026-01-01"), "-");
    assert_eq!(day("On 31 March 2026 version 4.2 reaches its end of life."), "2026-03-31");
    assert_eq!(day("Halvard Relay 3: end of life on 2020-01-01"), "");
}
