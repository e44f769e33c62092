//! What is recorded is found, revised, grouped, and survives.

mod evidence;
mod standing;
mod subscribing;

use std::path::Path;

use jiff::Timestamp;

use super::Knowledge;
use crate::answer::{Order, Window};
use crate::enrichment::{Chance, Fact, Said};
use crate::entry::{Draft, EntryId, Evidence, Kind, Statement};
use crate::prepare::{Prepared, prepare};
use crate::query::parse;
use crate::revision::Change;
use crate::severity::{Level, Severity};
use crate::source::{self, Ended, RoundEnd, Source, Standing};
use crate::text::Text;

mod deciding;
mod link;
mod product;

struct House {
    knowledge: Knowledge,
    _folder: tempfile::TempDir,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn source(slug: &str) -> Source {
    Source {
        slug: slug.into(),
        name: slug.to_uppercase(),
        vendor: None,
        kind: source::Kind::Feed,
        address: format!("https://{slug}.example/feed"),
        standing: Standing::Vendor,
        every_minutes: 60,
        private_network: false,
        options: serde_json::Value::Null,
    }
}

fn said(id: &str, title: &str, text: &str, identifiers: &[&str]) -> Draft {
    Draft {
        native_id: id.into(),
        kind: Kind::Advisory,
        link: None,
        statement: Statement {
            title: Text::cleaned(title.into()),
            text: Text::cleaned(text.into()),
            publisher: Some("Acme Works".into()),
            published: Some(at(0)),
            identifiers: identifiers.iter().map(|one| (*one).to_owned()).collect(),
            ..Statement::default()
        },
        evidence: Evidence { media_type: "text/plain".into(), bytes: text.as_bytes().to_vec() },
    }
}

fn prepared(source: &str, drafts: &[Draft]) -> Vec<Prepared> {
    drafts.iter().cloned().map(|draft| prepare(draft, source).unwrap()).collect()
}

#[cfg(not(feature = "postgres"))]
async fn opened(folder: &Path) -> Knowledge {
    Knowledge::open(folder).await.unwrap()
}

/// Every folder has a schema of its own in the database that FOREWARN_DATABASE names.
#[cfg(feature = "postgres")]
async fn opened(folder: &Path) -> Knowledge {
    use sqlx::Connection as _;
    let address =
        std::env::var("FOREWARN_DATABASE").expect("FOREWARN_DATABASE names a PostgreSQL to test with");
    let schema: String = folder.to_string_lossy().chars().filter(char::is_ascii_alphanumeric).collect();
    let mut connection = sqlx::PgConnection::connect(&address).await.unwrap();
    let make = sqlx::AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\""));
    sqlx::raw_sql(make).execute(&mut connection).await.unwrap();
    let address = format!("{address}?options=-csearch_path%3D%22{schema}%22");
    Knowledge::open_at(folder, Some(&address)).await.unwrap()
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let knowledge = opened(folder.path()).await;
        for slug in ["one", "two", "three"] {
            knowledge.add_source(&source(slug), at(0)).await.unwrap();
        }
        Self { knowledge, _folder: folder }
    }

    async fn record(&self, source: &str, drafts: &[Draft], second: i64) -> (u32, u32, u32) {
        let recorded = self.knowledge.record(source, &prepared(source, drafts), at(second)).await.unwrap();
        self.knowledge.follow().await.unwrap();
        (recorded.new, recorded.revised, recorded.known)
    }

    async fn titles(&self, typed: &str) -> Vec<String> {
        let answer = self.knowledge.search(&parse(typed).unwrap(), &Window::default()).await.unwrap();
        answer.hits.into_iter().map(|hit| hit.card.title).collect()
    }
}

#[tokio::test]
async fn an_unchanged_entry_is_not_written_again() {
    let house = House::new().await;
    let drafts = [said("a", "First", "Some words", &[]), said("b", "Second", "Other words", &[])];
    assert_eq!(house.record("one", &drafts, 1).await, (2, 0, 0));
    assert_eq!(house.record("one", &drafts, 2).await, (0, 0, 2));
    assert_eq!(house.knowledge.totals().await.unwrap().revisions, 2);
}

#[tokio::test]
async fn the_same_identifier_at_another_source_is_another_entry() {
    let house = House::new().await;
    assert_eq!(house.record("one", &[said("a", "First", "x", &[])], 1).await, (1, 0, 0));
    assert_eq!(house.record("two", &[said("a", "First", "x", &[])], 1).await, (1, 0, 0));
}

#[tokio::test]
async fn an_edit_makes_a_revision_and_says_what_changed() {
    let house = House::new().await;
    let mut draft = said("a", "Pump advisory", "Fixed in 1.2 today", &[]);
    house.record("one", &[draft.clone()], 1).await;
    draft.statement.text = Text::cleaned("Fixed in 1.3 today".into());
    draft.statement.severity = Some(Severity { level: Level::High, score: Some(7.5), vector: None });
    assert_eq!(house.record("one", &[draft], 60).await, (0, 1, 0));

    let view = house.knowledge.entry(EntryId(1), None).await.unwrap().unwrap();
    assert_eq!((view.revision, view.revisions.len(), view.card.last_revised), (2, 2, at(60)));
    assert_eq!(view.revisions.first().unwrap().changes, [Change::Severity, Change::Text]);
    assert!(view.revisions.first().unwrap().is_material());
    let before = house.knowledge.entry(EntryId(1), Some(1)).await.unwrap().unwrap();
    assert_eq!(before.text, "Fixed in 1.2 today");
    let compared = house.knowledge.compare(EntryId(1), 1, 2).await.unwrap().unwrap();
    assert_eq!(compared.facts, [("severity".into(), "not stated".into(), "high (7.5)".into())]);
    assert_eq!(house.titles("severity:>=high").await, ["Pump advisory"]);
}

#[tokio::test]
async fn the_bytes_are_kept_as_fetched() {
    let house = House::new().await;
    house.record("one", &[said("a", "First", "evidence of it", &[])], 1).await;
    let view = house.knowledge.entry(EntryId(1), None).await.unwrap().unwrap();
    let digest = &view.revisions.first().unwrap().snapshot;
    assert_eq!(house.knowledge.snapshot(digest).await.unwrap().unwrap().bytes, b"evidence of it");
    assert!(house.knowledge.snapshot("no hex").await.unwrap().is_none());
}

#[tokio::test]
async fn entries_that_share_an_identifier_become_one_group_also_later_and_through_a_third() {
    let house = House::new().await;
    house.record("one", &[said("a", "Alpha leak", "leak", &["CVE-2026-90001"])], 1).await;
    house.record("two", &[said("b", "Beta leak", "leak", &["GHSA-aaaa-bbbb-cccc"])], 2).await;
    let query = parse("leak").unwrap();
    let apart = house.knowledge.search(&query, &Window::default()).await.unwrap();
    assert_eq!((apart.entries, apart.groups, apart.hits.len()), (2, 2, 2));

    let joining = said("c", "Gamma leak", "leak", &["CVE-2026-90001", "GHSA-aaaa-bbbb-cccc"]);
    house.record("three", &[joining], 3).await;
    let joined = house.knowledge.search(&query, &Window::default()).await.unwrap();
    assert_eq!((joined.entries, joined.groups, joined.hits.len()), (3, 1, 1));
    let hit = joined.hits.first().unwrap();
    assert_eq!((hit.sources, hit.others.len()), (3, 2));
    let single = Window { grouped: false, ..Window::default() };
    assert_eq!(house.knowledge.search(&query, &single).await.unwrap().hits.len(), 3);
}

#[tokio::test]
async fn identifiers_and_fingerprints_are_found_wherever_they_stand() {
    let house = House::new().await;
    let print = "7F38 BBB5 1212 A0DE 11C0  88C1 D25B 59AA C0FF EE01";
    let thread = format!("Our signing certificate has changed. The fingerprint of the new key is {print}.");
    house
        .record("one", &[said("a", "New certificate", &thread, &[]), said("b", "Other", "nothing", &[])], 1)
        .await;
    let bare = print.replace(' ', "").to_lowercase();
    for typed in [
        bare.as_str(),
        print,
        "key:D25B59AAC0FFEE01",
        "\"signing certificate\"",
        "signing certificate changed",
    ] {
        assert_eq!(house.titles(typed).await, ["New certificate"], "{typed}");
    }
    house.record("two", &[said("c", "About it", "see CVE-2026-90007 there", &[])], 2).await;
    assert_eq!(house.titles("cve-2026-90007").await, ["About it"]);
    assert!(house.titles("id:CVE-2026-90007").await.is_empty());
}

#[tokio::test]
async fn fields_narrow_and_minus_excludes() {
    let house = House::new().await;
    house.record("one", &[said("a", "Pump alpha", "pump", &[])], 1).await;
    house.record("two", &[said("b", "Pump beta", "pump", &[])], 1).await;
    for (typed, expected) in [
        ("pump -beta", vec!["Pump alpha"]),
        ("pump source:two", vec!["Pump beta"]),
        ("vendor:acme-works alpha", vec!["Pump alpha"]),
        ("vendor:\"Acme Works\" alpha", vec!["Pump alpha"]),
        ("pump kind:thread", vec![]),
        ("pump after:2030", vec![]),
        ("pump AND (alpha OR gamma)", vec!["Pump alpha"]),
        ("pum* -alpha", vec!["Pump beta"]),
    ] {
        assert_eq!(house.titles(typed).await, expected, "{typed}");
    }
}

#[tokio::test]
async fn facets_count_what_matches_and_date_order_holds() {
    let house = House::new().await;
    let mut drafts = [said("a", "Old", "pump", &[]), said("b", "New", "pump", &[])];
    drafts[1].statement.published = Some(at(400 * 86_400));
    house.record("one", &drafts, 1).await;
    let window = Window { order: Order::Newest, ..Window::default() };
    let answer = house.knowledge.search(&parse("pump").unwrap(), &window).await.unwrap();
    let titles: Vec<_> = answer.hits.iter().map(|hit| hit.card.title.as_str()).collect();
    assert_eq!(titles, ["New", "Old"]);
    assert_eq!(answer.facets.kind.first().map(|facet| facet.count), Some(2));
    assert_eq!(answer.facets.vendor.first().map(|facet| facet.query.as_str()), Some("vendor:acme-works"));
    assert_eq!(answer.facets.year.len(), 2);
}

/// What a list of scores says, as identifiers with their chances.
fn scores(rows: &[(&str, &str)]) -> Vec<Fact> {
    let score = |(identifier, chance): &(&str, &str)| Fact {
        identifier: (*identifier).to_owned(),
        said: Said::Epss { chance: Chance::read(chance).unwrap(), percentile: None, of: Some(at(0)) },
    };
    rows.iter().map(score).collect()
}

#[tokio::test]
async fn what_lists_state_is_found_and_only_what_matters_is_written_again() {
    let house = House::new().await;
    let drafts = [
        said("a", "Alpha leak", "leak", &["CVE-2026-90001"]),
        said("b", "Beta leak", "leak", &["CVE-2026-90002"]),
        said("c", "Gamma talk", "leak", &[]),
    ];
    house.record("one", &drafts, 1).await;
    let since = Said::Exploited { since: Some(at(0)), ransomware: true };
    let listed = vec![Fact { identifier: "CVE-2026-90001".to_owned(), said: since }];
    let enriched = house.knowledge.enrich("two", listed.clone(), at(2)).await.unwrap();
    assert_eq!((enriched.new, enriched.entries), (1, 1));
    house
        .knowledge
        .enrich("three", scores(&[("CVE-2026-90001", "0.9704"), ("CVE-2026-90002", "0.2")]), at(2))
        .await
        .unwrap();
    assert_eq!(house.knowledge.follow().await.unwrap(), 2);
    for (typed, expected) in [
        ("exploited:yes", vec!["Alpha leak"]),
        ("exploited:no", vec!["Beta leak"]),
        ("leak -exploited:yes -exploited:no", vec!["Gamma talk"]),
        ("epss:>0.5", vec!["Alpha leak"]),
        ("leak epss:<=0.2", vec!["Beta leak"]),
        ("epss:>0.99", vec![]),
    ] {
        assert_eq!(house.titles(typed).await, expected, "{typed}");
    }
    let card = house.knowledge.entry(EntryId(1), None).await.unwrap().unwrap().card;
    let (exploited, epss) = (card.exploited.unwrap(), card.epss.unwrap());
    assert_eq!(
        (exploited.source.as_str(), exploited.since, exploited.ransomware),
        ("two", Some(at(0)), true)
    );
    assert_eq!((epss.source_name.as_str(), epss.chance.shown().as_str()), ("THREE", "0.97"));

    let moved =
        scores(&[("CVE-2026-90001", "0.9699"), ("CVE-2026-90002", "0.31"), ("CVE-2026-90002", "0.9")]);
    let enriched = house.knowledge.enrich("three", moved, at(3)).await.unwrap();
    assert_eq!((enriched.known, enriched.changed, enriched.entries), (1, 1, 1));
    assert_eq!(house.knowledge.follow().await.unwrap(), 1);
    assert_eq!(house.titles("epss:>0.3 epss:<0.5").await, ["Beta leak"]);

    let enriched = house.knowledge.enrich("two", Vec::new(), at(4)).await.unwrap();
    assert_eq!((enriched.withdrawn, enriched.entries), (1, 1));
    house.knowledge.follow().await.unwrap();
    assert!(house.titles("exploited:yes").await.is_empty());
    house.record("one", &[said("d", "Delta leak", "leak", &["CVE-2026-90002"])], 5).await;
    assert_eq!(house.titles("Delta epss:>0.3").await, ["Delta leak"], "an entry that comes later has it too");
}

#[tokio::test]
async fn a_list_that_lost_most_of_what_it_named_is_not_believed() {
    let house = House::new().await;
    let names: Vec<String> = (0..100).map(|number| format!("CVE-2026-{number:05}")).collect();
    let rows: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "0.5")).collect();
    house.knowledge.enrich("one", scores(&rows), at(1)).await.unwrap();
    let enriched = house.knowledge.enrich("one", scores(&rows[..50]), at(2)).await.unwrap();
    assert_eq!((enriched.known, enriched.withdrawn, enriched.missing), (50, 0, 50));
    let enriched = house.knowledge.enrich("one", scores(&rows[..95]), at(3)).await.unwrap();
    assert_eq!((enriched.known, enriched.withdrawn, enriched.missing), (95, 5, 0));
}

#[tokio::test]
async fn a_rebuilt_index_finds_the_same() {
    let house = House::new().await;
    house.record("one", &[said("a", "First", "needle", &[]), said("b", "Second", "hay", &[])], 1).await;
    assert_eq!(house.knowledge.reindex(&|_, _| {}).await.unwrap(), 2);
    assert_eq!(house.titles("needle").await, ["First"]);
    house.record("one", &[said("c", "Third", "needle", &[])], 2).await;
    assert_eq!(house.titles("needle").await.len(), 2);
}

#[tokio::test]
async fn the_index_catches_up_with_what_was_recorded_before_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let knowledge = opened(folder.path()).await;
    knowledge.add_source(&source("one"), at(0)).await.unwrap();
    knowledge.record("one", &prepared("one", &[said("a", "First", "needle", &[])]), at(1)).await.unwrap();
    assert_eq!(knowledge.totals().await.unwrap().behind, 1);
    knowledge.close().await;
    let again = opened(folder.path()).await;
    assert_eq!(again.follow().await.unwrap(), 1);
    let answer = again.search(&parse("needle").unwrap(), &Window::default()).await.unwrap();
    assert_eq!(answer.entries, 1);
}

#[tokio::test]
async fn a_lost_index_is_built_again() {
    let folder = tempfile::tempdir().unwrap();
    let knowledge = opened(folder.path()).await;
    knowledge.add_source(&source("one"), at(0)).await.unwrap();
    knowledge.record("one", &prepared("one", &[said("a", "First", "needle", &[])]), at(1)).await.unwrap();
    knowledge.follow().await.unwrap();
    knowledge.close().await;
    drop(knowledge);
    std::fs::remove_dir_all(folder.path().join("search")).unwrap();
    let again = opened(folder.path()).await;
    assert_eq!(again.follow().await.unwrap(), 1);
}

#[tokio::test]
async fn a_source_is_leased_once_and_due_again_when_its_round_says_so() {
    let house = House::new().await;
    let taken = house.knowledge.lease_due("a", at(1), 10).await.unwrap();
    assert_eq!(taken.len(), 3);
    assert!(house.knowledge.lease_due("b", at(2), 10).await.unwrap().is_empty());
    let failed = RoundEnd {
        failure: Some("failed to find the host one.example".into()),
        remark: None,
        symptom: None,
        seen: 0,
        new: 0,
        revised: 0,
        next_try: Some(at(500)),
    };
    let memory = serde_json::json!({"etag": "x"});
    let ended =
        Ended { source: taken[0].id, started: at(1), now: at(3), end: failed, memory: memory.clone() };
    house.knowledge.end_rounds(&[ended]).await.unwrap();
    assert!(house.knowledge.lease_due("b", at(400), 10).await.unwrap().is_empty());
    let again = house.knowledge.lease_due("b", at(500), 10).await.unwrap();
    assert_eq!(again.first().map(|leased| (&leased.memory, leased.health.failures)), Some((&memory, 1)));
    assert_eq!(house.knowledge.totals().await.unwrap().unwell, 1);
}
