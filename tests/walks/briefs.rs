//! A package is held against what is so here, against the version accepted before, and against what was said; somebody
//! decides, and the next brief knows it.

use std::fs;
use std::path::Path;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use index::estate::Origin;
use index::estate::reading::read;
use index::knowledge::Knowledge;
use serde_json::{Value, json};
use web::guard::access::{Access, TokenDigest};
use web::world::World;
use web::world::halvard::packages::ESTATE;

use crate::process::{check, run};
use crate::town::{Town, day, pages, pages_taking};
use crate::visitor;

async fn estate(knowledge: &Knowledge) {
    let (facts, format) = read(ESTATE.as_bytes(), None).unwrap();
    let origin = Origin { from: "estate.toml".into(), format: format.called().into(), at: day(0) };
    knowledge.import_estate("production", vec![(facts, origin)], day(0)).await.unwrap();
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> String {
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
    let halvard = World::new(day(0)).halvard;
    let old = write(folder.path(), "gateway-5.2.1.tgz", halvard.running(day(0)).bytes);
    let upgrade = halvard.upgrade(day(0));
    let new = write(folder.path(), &upgrade.name, upgrade.bytes);
    let signature = write(folder.path(), &upgrade.signature_name, upgrade.signature);
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
        &["brief", &new, "--signature", &signature],
        1,
        &[
            "the signature of CN=Halvard Systems Releases fits the bytes; its chain leads to no authority that is known here",
            "What production contradicts",
            "package/upgrade.sh:3",
            "package/etc/cron.d/gateway:2",
            "package/migrations/6.0.0.sql:2",
            "New since @halvard/gateway 5.2.1",
            "accepted by Ada",
            "package/lib/client.js:2",
        ],
    );
    println!("the brief took {} ms", began.elapsed().as_millis());
    for fact in
        ["drop.halvard.example", "halvard-spool.service", "sudo", "80000000 rows", "0 3 * * *", "retries"]
    {
        assert!(said.contains(fact), "{fact}: {said}");
    }
    // The same bytes without the signature: what was said of it holds on.
    let markdown = check(
        folder.path(),
        &["brief", &new, "--markdown"],
        1,
        &["## Rehearsal", "- [ ] ", "leads to no authority that is known here"],
    );
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
    let package = String::from_utf8(World::new(day(0)).halvard.upgrade(day(0)).bytes).unwrap();
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

/// Posts an attachment as a ticket system does.
async fn post(address: std::net::SocketAddr, query: &str, headers: &str, body: &str) -> visitor::Reply {
    visitor::ask(address, &format!("POST /api/v1/briefs{query}"), headers, body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_systems_attachment_is_taken_in_each_of_its_shapes_and_refused_in_one_sentence() {
    let town = Town::empty().await;
    estate(&town.knowledge).await;
    let package = String::from_utf8(World::new(day(0)).halvard.upgrade(day(0)).bytes).unwrap();
    let json = "Content-Type: application/json\r\n";
    let enclosed = |content: &str| json!({ "name": "gateway-6.0.0.tgz", "content": content, "ticket": 7 });
    let body = enclosed(&STANDARD.encode(&package)).to_string();
    let form = "Content-Type: multipart/form-data; boundary=frontier\r\n";
    let field = format!(
        "--frontier\r\nContent-Disposition: form-data; name=\"attachment\"; filename=\"gateway-6.0.0.tgz\"\r\n\r\n{package}\r\n\
         --frontier--\r\n"
    );
    let raw = "Content-Type: application/octet-stream\r\n\
               Content-Disposition: attachment; filename=\"gateway-6.0.0.tgz\"\r\n";
    for (headers, body) in [(json, &body), (form, &field), (raw, &package)] {
        let sent = post(town.address, "", headers, body).await;
        assert_eq!(sent.status, 201, "{headers}: {}", sent.text());
        let text = sent.text();
        assert!(
            text.contains("# gateway-6.0.0.tgz") && text.contains("What production contradicts"),
            "{text}"
        );
    }
    assert_eq!(town.knowledge.packages(9).await.unwrap().len(), 1, "it is one file");
    let sent = post(town.address, "", &format!("{json}Accept: application/json\r\n"), &body).await;
    assert_eq!((sent.status, &sent.json()["package"]["name"]), (201, &json!("gateway-6.0.0.tgz")));
    // A file that is JSON itself.
    assert_eq!(post(town.address, "?name=sbom.json", json, "{\"name\": \"x\"}").await.status, 201);
    for (query, headers, body, sentence) in [
        ("", json, "{\"ticket\": 7}".to_owned(), "missing field `name`"),
        ("", json, "{".to_owned(), "cannot be read"),
        ("", json, enclosed("!!").to_string(), "no Base64"),
        ("", json, enclosed("").to_string(), "the body is empty"),
        ("", form, "--frontier--\r\n".to_owned(), "there is no file"),
        ("?environment=moon", raw, package.clone(), "no environment"),
    ] {
        let refused = post(town.address, query, headers, &body).await;
        assert_eq!(refused.status, 400, "{body}: {}", refused.text());
        let said = refused.json()["detail"].as_str().unwrap_or_default().to_owned();
        assert!(said.contains(sentence), "{sentence}: {said}");
    }
    let small = pages_taking(&town.knowledge, Access::Loopback, 1000).await;
    for (headers, body) in [(json, &body), (form, &field), (raw, &package)] {
        let refused = post(small, "", headers, body).await;
        assert_eq!(refused.status, 413, "{headers}: {}", refused.text());
    }
    let guarded = pages(&town.knowledge, Access::Token(TokenDigest::of("right"))).await;
    for (token, status) in
        [("", 401), ("Authorization: Bearer wrong\r\n", 401), ("Authorization: Bearer right\r\n", 201)]
    {
        assert_eq!(post(guarded, "", &format!("{raw}{token}"), &package).await.status, status, "{token}");
    }
}
