//! Migrations: what a release has written is read by the next one, row for row.
//!
//! Each migration ships sample rows in `samples`, written as that release wrote them; they are never edited either.

use std::fs;
use std::path::Path;

use index::entry::EntryId;
use index::knowledge::Knowledge;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

/// Every migration with its sample rows, in order.
const RELEASES: &[(&str, &str)] = &[("0001_spine.sql", include_str!("samples/0001.sql"))];

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
    // An empty record is brought to this release; the rows of each release before are then written into it.
    Knowledge::open(folder.path()).await.unwrap().close().await;
    let options =
        SqliteConnectOptions::new().filename(folder.path().join("record.sqlite")).foreign_keys(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    for (_, rows) in RELEASES {
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

async fn read(knowledge: &Knowledge) {
    let totals = knowledge.totals().await.unwrap();
    assert_eq!((totals.entries, totals.revisions, totals.sources, totals.behind), (1, 2, 1, 0));
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
    let source = knowledge.source("sample-feed").await.unwrap().unwrap();
    assert_eq!((source.rounds.len(), source.health.failures), (1, 1));
    assert_eq!(knowledge.vendor("sample").await.unwrap().unwrap().entries, 1);
}
