//! The program is killed while it imports: nothing that it acknowledged is lost, nothing is there twice or by half.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Child;

use index::answer::Window;
use index::knowledge::Knowledge;
use index::query;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use crate::process::{check, forewarn};

/// Documents in the folder.
const DOCUMENTS: usize = 4_000;

/// How often the program is killed before its end.
const DEATHS: usize = 24;

fn document(number: usize) -> String {
    format!(
        "{{\"schema_version\":\"1.6.0\",\"id\":\"WALK-2026-{number:05}\",\"modified\":\"2026-01-02T03:04:05Z\",\
         \"summary\":\"Trouble number {number}\",\"details\":\"The frobnicator {number} of package p{number} may jam when it \
         is asked twice. Upgrade it, or ask once.\",\"aliases\":[\"CVE-2026-{}\"],\"affected\":[{{\"package\":{{\"ecosystem\":\
         \"crates.io\",\"name\":\"p{number}\"}},\"ranges\":[{{\"type\":\"SEMVER\",\"events\":[{{\"introduced\":\"0\"}},\
         {{\"fixed\":\"1.0.{number}\"}}]}}]}}]}}",
        100_000 + number
    )
}

/// Runs an import and kills it: at its `turn`-th sign of progress, which is a line of it or a growth of its files.
/// Answers how many entries it had acknowledged, and whether it was killed before its end.
fn killed(data: &Path, folder: &str, turn: usize) -> (u64, bool) {
    let mut child = forewarn(data, &["import", folder, "--progress-every", "1"]).spawn().unwrap();
    let acknowledged = if turn.is_multiple_of(2) {
        after_lines(&mut child, 1 + turn / 2 % 6)
    } else {
        after_growth(&mut child, data, 20_000 + 1_700_003 * turn as u64 % 6_000_000)
    };
    child.kill().unwrap();
    let rest: Vec<String> =
        BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap).collect();
    let rest = rest.iter().filter_map(|line| count(line)).max().unwrap_or(0);
    (acknowledged.max(rest), !child.wait().unwrap().success())
}

/// Reads so many lines of progress, byte by byte, so that none is lost in a buffer.
fn after_lines(child: &mut Child, lines: usize) -> u64 {
    let mut reader = BufReader::with_capacity(1, child.stderr.as_mut().unwrap());
    let mut acknowledged = 0;
    for _ in 0..lines {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap() == 0 {
            break;
        }
        acknowledged = count(&line).unwrap_or(acknowledged);
    }
    acknowledged
}

/// Watches the record's log of changes until it has grown by so many bytes, or the program has ended.
fn after_growth(child: &mut Child, data: &Path, bytes: u64) -> u64 {
    let size = || fs::metadata(data.join("record.sqlite-wal")).map_or(0, |file| file.len());
    let (mut last, mut grown) = (size(), 0);
    while grown < bytes && child.try_wait().unwrap().is_none() {
        let now = size();
        grown += now.saturating_sub(last);
        last = now;
        std::thread::yield_now();
    }
    0
}

fn count(line: &str) -> Option<u64> {
    line.strip_suffix(" entries recorded\n").or(line.strip_suffix(" entries recorded"))?.parse().ok()
}

/// Looks through the record as it was left: every entry once, whole, and searchable. Answers their names.
async fn intact(data: &Path) -> BTreeSet<String> {
    let knowledge = Knowledge::open(data).await.unwrap();
    knowledge.follow().await.unwrap();
    let totals = knowledge.totals().await.unwrap();
    assert_eq!(totals.behind, 0);
    assert_eq!(totals.entries, totals.revisions);
    let everything = query::parse("").unwrap();
    let found = knowledge
        .search(&everything, &Window { grouped: false, size: 1, ..Window::default() })
        .await
        .unwrap();
    assert_eq!(found.entries, totals.entries, "all that is recorded is found, once");
    knowledge.close().await;
    let options = SqliteConnectOptions::new().filename(data.join("record.sqlite"));
    let pool = SqlitePool::connect_with(options).await.unwrap();
    let sound: String = sqlx::query_scalar("PRAGMA quick_check").fetch_one(&pool).await.unwrap();
    assert_eq!(sound, "ok");
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT entry.native_id FROM entry JOIN revision ON revision.id = entry.revision_id AND revision.entry_id = entry.id \
         JOIN snapshot ON snapshot.digest = revision.snapshot WHERE snapshot.length > 0 AND revision.body <> ''",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    pool.close().await;
    assert_eq!(names.len() as u64, totals.entries, "none is there by half");
    let once: BTreeSet<String> = names.iter().cloned().collect();
    assert_eq!(once.len(), names.len(), "none is there twice");
    once
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whenever_it_is_killed_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let documents = folder.path().join("walk-advisories");
    fs::create_dir(&documents).unwrap();
    for number in 0..DOCUMENTS {
        fs::write(documents.join(format!("{number:05}.json")), document(number)).unwrap();
    }
    let documents = documents.to_str().unwrap();
    let (mut turn, mut died, mut partial) = (0, 0, 0);
    let mut data = tempfile::tempdir().unwrap();
    let mut before = BTreeSet::new();
    while died < DEATHS || partial < DEATHS / 3 {
        // Every few turns the record begins anew, so that first imports are killed as well as repeated ones.
        if before.len() == DOCUMENTS || turn % 3 == 0 {
            data = tempfile::tempdir().unwrap();
            before.clear();
        }
        let (acknowledged, killed) = killed(data.path(), documents, turn);
        let now = intact(data.path()).await;
        println!("turn {turn}: {acknowledged} acknowledged, {} recorded, killed: {killed}", now.len());
        assert!(now.len() as u64 >= acknowledged, "turn {turn}: {} of {acknowledged}", now.len());
        assert!(now.is_superset(&before), "turn {turn}: what was there stays");
        died += usize::from(killed);
        partial += usize::from(killed && !now.is_empty() && now.len() < DOCUMENTS);
        before = now;
        turn += 1;
        assert!(
            turn < 3 * DEATHS,
            "only {died} were killed in time, {partial} with some recorded and not all"
        );
    }
    let rest = DOCUMENTS - before.len();
    let said = check(data.path(), &["import", documents, "--json"], 0, &[]);
    let said: serde_json::Value = serde_json::from_str(said.get(said.find('{').unwrap()..).unwrap()).unwrap();
    assert_eq!((&said["new"], &said["revised"]), (&rest.into(), &0.into()), "{said}");
    assert_eq!(intact(data.path()).await.len(), DOCUMENTS);
    let said = check(data.path(), &["import", documents], 0, &["In all: 0 new, 0 revised, 4,000 known"]);
    assert!(!said.contains("Could not be read"), "{said}");
}
