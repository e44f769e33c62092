//! Migrations: what a release has written is read by the next one, row for row.
//!
//! Each migration ships sample rows in `samples`, written as that release wrote them; they are never edited either.

use std::fs;
use std::path::Path;

use index::entry::EntryId;
use index::health::{State, Symptom};
use index::keys::change::What;
use index::knowledge::Knowledge;
use index::package::Attention;
use index::subscription::{Standing, SubscriptionId};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

/// Every migration with its sample rows, in order.
const RELEASES: &[(&str, &str)] = &[
    ("0001_spine.sql", include_str!("samples/0001.sql")),
    ("0002_health.sql", include_str!("samples/0002.sql")),
    ("0003_enrichment.sql", include_str!("samples/0003.sql")),
    ("0004_watch.sql", include_str!("samples/0004.sql")),
    ("0005_product.sql", include_str!("samples/0005.sql")),
    ("0006_subscriptions.sql", include_str!("samples/0006.sql")),
    ("0008_package.sql", include_str!("samples/0008.sql")),
    ("0009_key.sql", include_str!("samples/0009.sql")),
    ("0011_estate.sql", include_str!("samples/0011.sql")),
    ("0012_decision.sql", include_str!("samples/0012.sql")),
];

#[test]
fn every_migration_ships_sample_rows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("index/migrations");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".sql"))
        .collect();
    names.sort();
    assert_eq!(names, RELEASES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sample_rows_survive_every_later_migration() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("record.sqlite"))
        .create_if_missing(true)
        .page_size(16_384)
        .foreign_keys(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    // The record grows release by release, and each writes its rows before the next one comes.
    for (number, (_, rows)) in (1..).zip(RELEASES) {
        upto(number).run(&pool).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(*rows)).execute(&pool).await.unwrap();
    }
    pool.close().await;
    for _ in 0..2 {
        let knowledge = Knowledge::open(folder.path()).await.unwrap();
        knowledge.follow().await.unwrap();
        read(&knowledge).await;
        knowledge.close().await;
    }
}

/// The migrations of the first so many releases.
fn upto(releases: usize) -> Migrator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("index/migrations");
    let migrations = RELEASES.iter().take(releases).map(|(file, _)| {
        let (version, name) = file.trim_end_matches(".sql").split_once('_').unwrap();
        let (version, name) = (version.parse().unwrap(), name.to_owned());
        let sql = AssertSqlSafe(fs::read_to_string(folder.join(file)).unwrap()).into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

async fn read(knowledge: &Knowledge) {
    let totals = knowledge.totals().await.unwrap();
    assert_eq!((totals.entries, totals.revisions, totals.sources, totals.behind), (1, 2, 3, 0));
    let entry = knowledge.entry(EntryId(1), None).await.unwrap().unwrap();
    assert_eq!((entry.card.title.as_str(), entry.revision), ("The sample jams twice", 2));
    assert_eq!(entry.text, "It jams twice. See CVE-2026-90001.");
    assert_eq!(entry.card.vendor_name.as_deref(), Some("Sample Works"));
    let first = knowledge.entry(EntryId(1), Some(1)).await.unwrap().unwrap();
    assert_eq!(first.text, "It jams.");
    let compared = knowledge.compare(EntryId(1), 1, 2).await.unwrap().unwrap();
    assert!(compared.facts.iter().any(|(name, ..)| name == "severity"), "{:?}", compared.facts);
    let digest = &entry.revisions.first().unwrap().snapshot;
    let snapshot = knowledge.snapshot(digest).await.unwrap().unwrap();
    assert_eq!(
        (snapshot.media_type.as_str(), snapshot.bytes.as_slice()),
        ("text/plain", b"the bytes".as_slice())
    );
    let query = index::query::parse("CVE-2026-90001").unwrap();
    assert_eq!(knowledge.search(&query, &index::answer::Window::default()).await.unwrap().entries, 1);
    let worst = index::query::parse("exploited:yes epss:>0.9").unwrap();
    let found = knowledge.search(&worst, &index::answer::Window::default()).await.unwrap();
    let card = &found.hits.first().unwrap().card;
    assert_eq!(card.exploited.as_ref().unwrap().source_name, "Sample list");
    assert_eq!(card.epss.as_ref().unwrap().chance.to_string(), "0.97042");
    let source = knowledge.source("sample-feed").await.unwrap().unwrap();
    assert_eq!((source.rounds.len(), source.health.failures), (1, 1));
    assert_eq!((source.health.symptom, source.health.quiet_after), (None, None));
    let empty = knowledge.source("sample-empty").await.unwrap().unwrap();
    let later = "2026-02-03T04:05:06Z".parse().unwrap();
    assert_eq!((empty.health.symptom, empty.at(later).state), (Some(Symptom::Missing), State::Gone));
    let names = knowledge.names_of("Press").await.unwrap();
    assert_eq!(names.last().map(|named| named.name.as_str()), Some("sample press"));
    let ticks = knowledge.ticks().await.unwrap();
    let jump = ticks.first().unwrap().jump.unwrap();
    assert_eq!((ticks.len(), jump.1.as_hours()), (1, 2));
    assert_eq!(knowledge.canary().await.unwrap(), None, "there is no source of this name in the samples");
    let package = knowledge.packages(10).await.unwrap().pop().unwrap();
    assert_eq!((package.name.as_str(), package.attention), ("sample.txt", Attention::Nothing));
    let view = knowledge.package(&package.digest).await.unwrap().unwrap();
    assert_eq!((view.inspection.layout, view.inspection.contents.listed.len()), (1, 1));
    let decision = knowledge.decisions(&package.digest).await.unwrap().pop().unwrap();
    assert_eq!((decision.outcome.as_str(), decision.by.as_str()), ("hold", "Sam"));
    assert_eq!(knowledge.undecided(10).await.unwrap().len(), 1, "what is held still waits");
    assert_eq!(knowledge.said_here("Sample Press").await.unwrap().1.len(), 1);
    assert_eq!(knowledge.vendor("sample").await.unwrap().unwrap().entries, 1);
    let key = knowledge.keys(Some("sample"), 10, later).await.unwrap().pop().unwrap();
    assert_eq!((key.key.facts.algorithm.as_str(), key.vendors.len()), ("NIST P-256", 1));
    assert_eq!(knowledge.key_changes(None, 10).await.unwrap().pop().unwrap().what, What::Appeared);
    assert!(knowledge.pins(None, Some("sample")).await.unwrap().pop().unwrap().counts());
    assert_eq!(knowledge.contact_tries("sample").await.unwrap().pop().unwrap().outcome, "nobody answered");
    let estate = knowledge.estate("production").await.unwrap().unwrap();
    assert_eq!(estate.os.unwrap().facts.id, "debian");
    assert_eq!((estate.units.unwrap().partial.is_some(), estate.accounts), (true, None));
    told(knowledge).await;
}

async fn told(knowledge: &Knowledge) {
    let (found, posted) = knowledge.subscription(SubscriptionId(1)).await.unwrap().unwrap();
    assert_eq!(found.wanted.rhythm.in_words(), "daily at 07:00 (Europe/Berlin), quiet from 22:00 to 06:00");
    assert_eq!(
        (posted[0].repeated, posted[0].headline.as_str()),
        (true, "1 new, worst high, 1 source changed its state, 1 of 2 healthy")
    );
    let digest = knowledge.digest("d1").await.unwrap().unwrap();
    assert_eq!(digest.lines().next().unwrap().title, "The sample jams twice");
    let (refused, _) = knowledge.subscription(SubscriptionId(2)).await.unwrap().unwrap();
    assert_eq!(refused.standing, Standing::Refused);
}
