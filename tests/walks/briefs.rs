//! A package is held against what is so here, against the version accepted before, and against what was said; somebody
//! decides, and the next brief knows it.

use std::fs;
use std::path::Path;
use std::time::Instant;

use index::estate::Origin;
use index::estate::facts::{Database, Facts, Retired, Rule, Table, Unit};
use index::knowledge::Knowledge;
use serde_json::Value;

use crate::packages::archive;
use crate::process::{check, run};
use crate::town::{Town, day};
use crate::visitor;

const CLIENT: &str =
    "class Client {\n  constructor({ retries = RETRIES } = {}) {\n    this.retries = retries;\n  }\n}\n";

fn gateway(version: &str, retries: &str, more: &[(&str, &str)]) -> String {
    let json = format!(
        "{{\n\"name\": \"@halvard/gateway\",\n\"version\": \"{version}\",\n\"author\": \"Halvard Works\",\n\
         \"scripts\": {{\"postinstall\": \"sh upgrade.sh\"}}\n}}\n"
    );
    let client = CLIENT.replace("RETRIES", retries);
    let mut members =
        vec![("package/package.json", json.as_str()), ("package/lib/client.js", client.as_str())];
    members.extend_from_slice(more);
    archive(&members)
}

/// The upgrade of the story: a job at night to a retired host, sudo, a unit that is not there, a lock on a large table, and
/// another retry policy.
fn upgrade() -> String {
    gateway(
        "6.0.0",
        "3",
        &[
            ("package/upgrade.sh", "#!/bin/sh\nset -e\nsudo systemctl restart halvard-spool.service\n"),
            (
                "package/etc/cron.d/gateway",
                "# nightly\n0 3 * * * root sftp -b /etc/gateway/batch batch@drop.halvard.example:/out\n",
            ),
            (
                "package/migrations/6.0.0.sql",
                "-- orders get a region\nALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);\n",
            ),
        ],
    )
}

async fn estate(knowledge: &Knowledge) {
    let table = Table { name: "orders".into(), rows: Some(80_000_000), ..Table::default() };
    let database = Database {
        name: "shop".into(),
        engine: Some("postgresql".into()),
        tables: Some(vec![table]),
        ..Database::default()
    };
    let facts = Facts {
        units: Some(vec![Unit { name: "nginx.service".into(), state: None }]),
        sudo: Some(vec![Rule { who: "deploy".into(), command: "/usr/bin/rsync".into(), ..Rule::default() }]),
        retired: Some(vec![Retired { name: "drop.halvard.example".into(), ..Retired::default() }]),
        databases: Some(vec![database]),
        ..Facts::default()
    };
    let origin = Origin { from: "estate.toml".into(), format: "estate file".into(), at: day(0) };
    knowledge.import_estate("production", vec![(facts, origin)], day(0)).await.unwrap();
}

fn write(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_string_lossy().into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_upgrade_of_a_friday_is_known_before_it_is_installed() {
    let folder = tempfile::tempdir().unwrap();
    let knowledge = Knowledge::open(folder.path()).await.unwrap();
    estate(&knowledge).await;
    knowledge.close().await;
    let old = gateway("5.2.1", "0", &[("package/upgrade.sh", "#!/bin/sh\nset -e\n")]);
    let old = write(folder.path(), "gateway-5.2.1.tgz", &old);
    let new = write(folder.path(), "gateway-6.0.0.tgz", &upgrade());
    let reason = ["--by", "Ada", "--reason", "it runs since spring"];
    check(
        folder.path(),
        &[&["decide", old.as_str(), "accept"], &reason[..]].concat(),
        0,
        &["Accepted by Ada"],
    );
    let began = Instant::now();
    let said = check(
        folder.path(),
        &["brief", &new],
        1,
        &[
            "What production contradicts",
            "package/upgrade.sh:3",
            "package/etc/cron.d/gateway:2",
            "package/migrations/6.0.0.sql:2",
            "New since @halvard/gateway 5.2.1",
            "accepted by Ada",
            "package/lib/client.js:2",
            "Signature",
        ],
    );
    println!("the brief took {} ms", began.elapsed().as_millis());
    for fact in
        ["drop.halvard.example", "halvard-spool.service", "sudo", "80000000 rows", "0 3 * * *", "retries"]
    {
        assert!(said.contains(fact), "{fact}: {said}");
    }
    let markdown = check(folder.path(), &["brief", &new, "--markdown"], 1, &["## Rehearsal", "- [ ] "]);
    assert!(markdown.contains("way back to @halvard/gateway 5.2.1"), "{markdown}");
}

#[test]
fn what_cannot_be_decided_is_said_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let (own, file) = (folder.path(), write(folder.path(), "a.txt", "a text"));
    check(own, &["decide", &file, "maybe", "--by", "Ada", "--reason", "x"], 64, &["is no decision"]);
    check(own, &["decide", &file, "accept", "--reason", "x"], 64, &["(--by NAME)"]);
    check(
        own,
        &["decide", "00ff00", "accept", "--by", "Ada", "--reason", "x"],
        64,
        &["it is no file, and no"],
    );
    check(own, &["observe", "gateway", "newest", "x", "--by", "Ada"], 64, &["is no version"]);
    check(own, &["brief", &file, "--environment", "moon"], 64, &["no environment \u{201c}moon\u{201d}"]);
    let (_, json, _) = run(own, &["brief", &file, "--json"]);
    let brief: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(brief["assessment"]["not_checked"].as_array().unwrap().len(), 8);
    check(own, &["brief", &file], 0, &["the file does not state a name and a version"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attachment_is_answered_with_its_brief_and_a_decision_is_found_by_the_next_search() {
    let town = Town::empty().await;
    let package = upgrade();
    let headers = "Content-Type: application/octet-stream\r\n";
    let path = "POST /api/v1/briefs?name=gateway-6.0.0.tgz";
    let sent = visitor::ask(town.address, path, headers, &package).await;
    assert_eq!((sent.status, sent.header("content-type").as_str()), (201, "text/markdown; charset=utf-8"));
    assert!(
        sent.text().contains("# gateway-6.0.0.tgz") && sent.text().contains("## Verdict"),
        "{}",
        sent.text()
    );
    let digest = town.knowledge.packages(1).await.unwrap().pop().unwrap().digest;
    let page = format!("/packages/{digest}");
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let decisions = format!("POST {page}/decisions");
    let refused = visitor::ask(town.address, &decisions, form, "outcome=hold&by=&reason=waits").await;
    assert_eq!(refused.status, 400);
    assert!(refused.seen().contains("Nothing was recorded: who says so?"), "{}", refused.seen());
    let body = "outcome=hold&by=Ada&reason=waits+for+the+vendor";
    assert_eq!(visitor::ask(town.address, &decisions, form, body).await.status, 303);
    let seen = format!("POST {page}/observations");
    let body = "by=Ada&text=p99+of+checkout+up+40+ms";
    assert_eq!(visitor::ask(town.address, &seen, form, body).await.status, 303);
    let shown = town.page(&page).await.seen();
    for words in ["Held this file: waits for the vendor", "p99 of checkout up 40 ms", "Not checked"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let found = town.page("/api/v1/search?q=checkout+source:house").await.json();
    assert_eq!(found["entries"], 1);
    let brief = town.page(&format!("/api/v1{page}/brief")).await.json();
    assert_eq!(brief["decisions"][0]["by"], "Ada");
    assert_eq!(town.get(&format!("/api/v1{page}/brief?environment=moon")).await.status, 400);
    assert_eq!(town.get("/api/v1/packages/00ff/brief.md").await.status, 404);
}
