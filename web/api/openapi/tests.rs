//! Holds the description against what is really written.

use crawler::discover::{Found, Glimpse, Proposal, Sample, Sureness};
use index::answer::{Answer, Card, Facet, Facets, Hit, Marked, SourceView, States, Totals, VendorLine};
use index::enrichment::{Chance, Epss, Exploited};
use index::entry::{
    Affected, Check, EntryId, Kind, Outcome, Post, Range, Reference, Role, Statement, Status,
};
use index::health::State;
use index::mention::Mention;
use index::notice::{About, Notice, Weight};
use index::package::{Package, PackageView, Way};
use index::revision::{Change, Fate, Piece, Revision};
use index::severity::{Level, Severity};
use index::source::{self, Health, Round, RoundEnd, Source, SourceId, Standing};
use index::text::Text;
use index::vendor::{Contact, Vendor};
use inspect::finding::{CheckId, Finding, Trigger};
use inspect::inspection::{Bound, Inspection, More, Unread};
use inspect::limits::Limits;
use inspect::package::{Claims, Format, Platform};
use inspect::reading::{Question, inspect_bytes};
use inspect::signature::reading::Beside;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::description;

mod briefs;
mod estate;
mod subscriptions;

/// Whether `value` is as `schema` says, with every member that stands in one of them known to the other.
fn fits(schemas: &Value, schema: &Value, value: &Value, place: &str) {
    if schema.as_object().is_some_and(serde_json::Map::is_empty) {
        return;
    }
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        assert!(!schemas[name].is_null(), "{place}: there is no schema {name}");
        return fits(schemas, &schemas[name], value, &format!("{place}/{name}"));
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let chosen = if value.is_null() { choices.last() } else { choices.first() };
        return fits(schemas, chosen.unwrap(), value, place);
    }
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{place}: {value}");
    }
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    match &schema["type"] {
        Value::Null => {}
        Value::Array(types) => assert!(types.iter().any(|kind| kind == found), "{place}: {value}"),
        kind => assert!(kind == found || kind == "number" && found == "integer", "{place}: {value}"),
    }
    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
        fits(schemas, &schema["items"], item, &format!("{place}/{number}"));
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        let known = &schema["properties"][name];
        assert!(known.is_object(), "{place}: {name} is not described");
        fits(schemas, known, member, &format!("{place}/{name}"));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{place}: {name} is not written");
    }
}

fn check(name: &str, answer: impl Serialize) {
    let schemas = &description()["components"]["schemas"];
    fits(schemas, &schemas[name], &serde_json::to_value(answer).unwrap(), name);
}

fn card() -> Card {
    Card {
        id: EntryId(1),
        kind: Kind::Advisory,
        title: "t".into(),
        link: None,
        vendor: Some("acme".into()),
        vendor_name: None,
        source: "s".into(),
        source_name: "S".into(),
        standing: Standing::ThirdParty,
        published: Some(Timestamp::UNIX_EPOCH),
        updated: None,
        first_seen: Timestamp::UNIX_EPOCH,
        last_revised: Timestamp::UNIX_EPOCH,
        revisions: 1,
        status: Status::InForce,
        severity: Some(severity()),
        identifiers: vec!["CVE-2026-1".into()],
        affected: vec![affected()],
        affected_count: 1,
        exploited: Some(Exploited {
            identifier: "CVE-2026-1".into(),
            since: Some(Timestamp::UNIX_EPOCH),
            ransomware: true,
            source: "s".into(),
            source_name: "S".into(),
        }),
        epss: Some(Epss {
            identifier: "CVE-2026-1".into(),
            chance: Chance::of(0.5).unwrap(),
            percentile: Chance::of(0.9),
            of: Some(Timestamp::UNIX_EPOCH),
            source: "s".into(),
            source_name: "S".into(),
        }),
    }
}

fn severity() -> Severity {
    Severity { level: Level::High, score: Some(7.5), vector: Some("CVSS:3.1/AV:N".into()) }
}

fn affected() -> Affected {
    let some = || Some("1".to_owned());
    Affected {
        product: "p".into(),
        ecosystem: some(),
        vendor: some(),
        also: vec!["pkg:generic/p".into()],
        ranges: vec![Range { introduced: some(), fixed: some(), last_affected: some() }],
        versions: vec!["1".into()],
        fixed: vec!["2".into()],
    }
}

#[test]
fn every_resource_is_described_and_every_reference_leads_somewhere() {
    let whole = description();
    let paths = whole["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 28, "{:?}", paths.keys());
    let written = whole.to_string();
    for reference in written.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(whole.pointer(pointer).is_some(), "{pointer}");
    }
}

#[test]
fn a_search_is_answered_as_described() {
    let facet = Facet { label: "Acme".into(), query: "vendor:acme".into(), count: 1 };
    check(
        "Answer",
        Answer {
            entries: 1,
            groups: 1,
            hits: vec![Hit {
                card: card(),
                snippet: vec![Marked { marked: true, text: "x".into() }],
                others: vec![Card { severity: None, ..card() }],
                sources: 1,
                why: vec!["x".into()],
                score: Some(1.5),
            }],
            facets: Facets { vendor: vec![facet], ..Facets::default() },
            understood: "x".into(),
            relaxed: false,
        },
    );
    check("Totals", Totals::default());
    for (about, weight) in [
        (About::Disk, Weight::Stop),
        (About::Clock, Weight::Note),
        (About::Sources, Weight::Attention),
        (About::Index, Weight::Note),
        (About::Canary, Weight::Attention),
    ] {
        check("Notices", vec![Notice { about, weight, sentence: "x".into() }]);
    }
    check("States", States(State::ALL.into_iter().map(|state| (state, 1)).collect()));
}

#[test]
fn what_an_entry_says_is_as_described() {
    let at = Some(Timestamp::UNIX_EPOCH);
    let text = |text: &str| Text::cleaned(text.into());
    check("Statement", Statement::default());
    check(
        "Statement",
        Statement {
            title: text("t"),
            text: text("x"),
            publisher: Some("p".into()),
            published: at,
            updated: at,
            status: Status::Withdrawn,
            identifiers: vec!["a".into()],
            related: vec!["b".into()],
            severity: Some(severity()),
            affected: vec![affected()],
            remedy: text("r"),
            references: vec![Reference { url: "u".into(), label: Some("l".into()) }],
            posts: vec![Post {
                native_id: "1".into(),
                author: "a".into(),
                role: Role::Staff,
                at,
                edited: at,
                start: 0,
                end: 1,
            }],
            checks: vec![Check {
                subject: "SHA-512".into(),
                outcome: Outcome::NotChecked,
                signer: None,
                sentence: "s".into(),
            }],
        },
    );
}

#[test]
fn mentions_revisions_and_pieces_are_as_described() {
    use index::mention::Kind as Mentioned;
    for kind in [Mentioned::Advisory, Mentioned::KeyId, Mentioned::FileHash, Mentioned::Unit] {
        check("Mention", Mention { kind, value: "v".into(), start: 0, end: 1 });
    }
    let changes = vec![Change::Severity, Change::Affected, Change::Other];
    check("Revision", Revision { number: 1, seen: Timestamp::UNIX_EPOCH, changes, snapshot: "00".into() });
    check("Piece", Piece { fate: Fate::Removed, text: "x".into() });
}

#[test]
fn vendors_and_sources_are_as_described() {
    let contact = Contact { purpose: "p".into(), address: "a".into(), learnt_from: "l".into() };
    let vendor = Vendor {
        slug: "a".into(),
        name: "A".into(),
        domains: vec!["a.example".into()],
        contacts: vec![contact],
    };
    check("VendorLines", vec![VendorLine { vendor: vendor.clone(), sources: 1, entries: 2 }]);
    let end = RoundEnd {
        failure: None,
        remark: Some("r".into()),
        symptom: None,
        seen: 1,
        new: 0,
        revised: 0,
        next_try: None,
    };
    let round = Round { started: Timestamp::UNIX_EPOCH, ended: Timestamp::UNIX_EPOCH, end };
    let source = Source {
        slug: "s".into(),
        name: "S".into(),
        vendor: Some("a".into()),
        kind: source::Kind::Feed,
        address: "https://a.example".into(),
        standing: Standing::Vendor,
        every_minutes: 60,
        private_network: true,
        options: serde_json::json!({ "follow": true }),
    };
    let (label, why) = ("l".to_owned(), "w".to_owned());
    let entries = vec![Glimpse { title: "t".into(), dated: Some(Timestamp::UNIX_EPOCH) }];
    let sample = Sample { entries, sentence: Some("s".into()) };
    let (sureness, known) = (Sureness::Doubtful, Some("s".to_owned()));
    let proposals =
        vec![Proposal { source: source.clone(), label, why, sureness, sample, known, catalogue: true }];
    let words = vec!["w".to_owned()];
    check("Found", Found { site: "x".into(), vendor, proposals, named: words.clone(), missed: words });
    let health = Health::default();
    check(
        "SourceViews",
        vec![SourceView { id: SourceId(1), source, health, state: State::Waiting, rounds: vec![round] }],
    );
}

#[test]
fn a_package_and_its_report_are_as_described() {
    let signature = Some(Beside { name: "x.asc".into(), bytes: b"none".to_vec() });
    let question = Question { name: "x".into(), signature, ..Question::default() };
    let mut claims = Claims::new("", Format::Deb);
    claims.relate("Depends", "libc6");
    claims.least(Platform::Glibc, "2.36", "Depends");
    let found = Finding::new(CheckId::InstallScript, "p", "d").at(1, "q").acting(Some(Trigger::InstallTime));
    let inspection = Inspection {
        claims: vec![claims],
        findings: vec![found],
        more_findings: vec![More { check: CheckId::RemoteUrl, count: 2 }],
        limits: vec!["l".into()],
        unread: vec![Unread { path: "p".into(), why: "w".into() }],
        confinement: vec![Bound { name: "seccomp".into(), held: true, detail: "d".into() }],
        ..inspect_bytes(b"text", &question, &Limits::for_package())
    };
    assert_eq!((inspection.contents.listed.len(), inspection.signatures.len()), (1, 1));
    let package = Package::of(&inspection, Way::Api, Timestamp::UNIX_EPOCH);
    check("Packages", vec![package.clone()]);
    check("PackageView", PackageView { package, inspection });
}
