//! Packages arrive: through the page, the interface for programs, the drop folder and the command; each is read by a
//! process of its own.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crawler::inbox::Inbox;
use index::knowledge::Knowledge;
use index::package::{Attention, Way};
use serde_json::Value;
use web::arrival::Packages;
use web::guard::access::Access;

use crate::process::{check, run};
use crate::town::{Town, day, pages_taking};
use crate::visitor::{self, Reply};

/// An npm package as text: a tar holds nothing but its members' bytes, names and zeros.
fn relay() -> String {
    let json = r#"{"name": "@orrin/relay", "version": "2.1.0", "license": "MIT",
 "scripts": {"postinstall": "node fetch.js"}, "engines": {"node": ">=18"}}"#;
    archive(&[("package/package.json", json), ("package/fetch.js", "run()\n")])
}

pub(crate) fn archive(members: &[(&str, &str)]) -> String {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        // Written past the check of the maker of archives, as a stranger would.
        let field = &mut header.as_old_mut().name;
        field.iter_mut().zip(name.bytes()).for_each(|(slot, byte)| *slot = byte);
        header.set_cksum();
        builder.append(&header, content.as_bytes()).unwrap();
    }
    String::from_utf8(builder.into_inner().unwrap()).unwrap()
}

/// Sends a form with one file, as a browser does.
async fn send(town: &Town, path: &str, field: &str, name: &str, content: &str) -> Reply {
    let part = format!("Content-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"");
    let body = format!("--edge\r\n{part}\r\n\r\n{content}\r\n--edge--\r\n");
    let headers = "Content-Type: multipart/form-data; boundary=edge\r\n";
    visitor::ask(town.address, &format!("POST {path}"), headers, &body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_uploaded_package_has_a_page_that_says_what_it_is_and_what_installing_runs() {
    let town = Town::empty().await;
    assert!(town.page("/packages").await.seen().contains("No package has arrived yet"));
    let sent = send(&town, "/packages", "file", "relay-2.1.0.tgz", &relay()).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let page = town.page(&sent.header("location")).await.seen();
    for words in [
        "relay-2.1.0.tgz",
        "@orrin/relay 2.1.0, an npm package",
        "postinstall: node fetch.js",
        "node fetch.js",
        "package/package.json:2",
        "Node.js >=18 (by engines.node)",
        "None was found in it or came beside it",
        "Not checked: no environment was chosen, or no estate was imported",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let list = town.page("/packages").await.seen();
    assert!(list.contains("relay-2.1.0.tgz") && list.contains("nothing asks for attention"), "{list}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_send_packages_and_read_reports() {
    let town = Town::empty().await;
    let hostile = archive(&[("../../etc/cron.d/relay", "* * * * * root relay\n"), ("a.txt", "fine\n")]);
    let sent = send(&town, "/api/v1/packages", "file", "C:\\\\up\\\\relay.tar", &hostile).await;
    assert_eq!(sent.status, 201, "{}", sent.text());
    let view = sent.json();
    assert_eq!(view["package"]["name"], "relay.tar");
    assert_eq!(view["package"]["attention"], "something");
    let detail = view["inspection"]["findings"][0]["detail"].as_str().unwrap();
    assert_eq!(detail, "its name leads outside the archive");
    let bounds = view["inspection"]["confinement"].as_array().unwrap();
    let named: Vec<&str> = bounds.iter().map(|bound| bound["name"].as_str().unwrap()).collect();
    for name in ["address space", "computing time", "landlock", "seccomp"] {
        assert!(named.contains(&name), "{named:?}");
    }
    let read = town.page(&sent.header("location")).await.json();
    assert_eq!(read["inspection"]["sha256"], view["package"]["digest"]);
    let listed = town.page("/api/v1/packages?most=5").await.json();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["way"]), (1, &Value::from("api")));
}

/// Relay as a tar, of a version and a licence, that waits so long.
fn versioned(version: &str, licence: &str, timeout: u32) -> String {
    let json = format!(r#"{{"name": "@orrin/relay", "version": "{version}", "license": "{licence}"}}"#);
    let code = format!("const DEFAULT_TIMEOUT = {timeout};\n");
    archive(&[("package/package.json", &json), ("package/wire.js", &code), ("package/same.txt", "x")])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_package_that_comes_with_the_one_before_says_first_what_differs() {
    let town = Town::empty().await;
    let part = |field: &str, name: &str, content: &str| {
        let part = format!("Content-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"");
        format!("--edge\r\n{part}\r\n\r\n{content}\r\n")
    };
    let (new, old) = (versioned("3.0.0", "AGPL-3.0", 5), versioned("2.1.0", "MIT", 30));
    let body = part("file", "relay-3.tgz", &new) + &part("previous", "relay-2.tgz", &old) + "--edge--\r\n";
    let headers = "Content-Type: multipart/form-data; boundary=edge\r\n";
    let sent = visitor::ask(town.address, "POST /api/v1/packages", headers, &body).await;
    assert_eq!(sent.status, 201, "{}", sent.text());
    let comparison = &sent.json()["inspection"]["comparison"];
    assert_eq!(comparison["previous"]["claimed"], "@orrin/relay 2.1.0");
    assert_eq!(comparison["outcome"]["delta"]["files"]["changed"], 2);
    let digest = sent.json()["package"]["digest"].as_str().unwrap().to_owned();
    let page = town.page(&format!("/packages/{digest}")).await.seen();
    let told =
        ["New since @orrin/relay 2.1.0", "licence: was MIT, is AGPL-3.0", "DEFAULT_TIMEOUT: was 30, is 5"];
    let places: Vec<_> = told.iter().map(|words| page.find(words)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} {page}");
    assert!(page.find("Findings") > places[2], "what differs comes first: {page}");
    let again = send(&town, "/api/v1/packages", "file", "relay-3.tgz", &new).await;
    assert!(again.json()["inspection"]["comparison"].is_null(), "without a previous one nothing is compared");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_without_a_file_keeps_nothing_and_says_what_to_send() {
    let town = Town::empty().await;
    let sent = send(&town, "/api/v1/packages", "other", "x", "y").await;
    assert_eq!((sent.status, sent.header("content-type")), (400, "application/problem+json".into()));
    assert!(sent.text().contains("send one in the field file"), "{}", sent.text());
    let sent = send(&town, "/packages", "file", "empty.deb", "").await;
    assert_eq!(sent.status, 400);
    assert!(sent.seen().contains("It was not taken: the file is empty; choose one."), "{}", sent.seen());
    assert_eq!(town.get("/packages/00ff").await.status, 404);
    assert_eq!(town.get("/api/v1/packages/00ff").await.status, 404);
    assert!(town.knowledge.packages(10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_package_beyond_the_setting_is_not_taken() {
    let mut town = Town::empty().await;
    town.address = pages_taking(&town.knowledge, Access::Loopback, 4_000).await;
    for (path, status) in [("/api/v1/packages", 413), ("/packages", 413)] {
        let sent = send(&town, path, "file", "large.deb", &"x".repeat(5_000)).await;
        assert_eq!(sent.status, status, "{}", sent.text());
        assert!(sent.text().contains("packages.largest_upload_mib"), "{}", sent.text());
    }
    assert!(town.knowledge.packages(10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_in_the_drop_folder_is_read_and_filed_under_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let knowledge = Knowledge::open(&folder.path().join("data")).await.unwrap();
    let drop = folder.path().join("drop");
    let mut inbox = Inbox::open(&drop).unwrap();
    let mut packages = Packages::default();
    packages.inspector.program = env!("CARGO_BIN_EXE_forewarn").into();
    packages.inspector.patience = Duration::from_secs(60);
    fs::write(drop.join("relay.tgz"), relay()).unwrap();
    packages.empty(&mut inbox, &knowledge, day(0)).await.unwrap();
    assert!(knowledge.packages(10).await.unwrap().is_empty(), "it was taken at the first look");
    packages.empty(&mut inbox, &knowledge, day(0)).await.unwrap();
    let package = knowledge.packages(10).await.unwrap().pop().unwrap();
    assert_eq!((package.way, package.attention), (Way::Inbox, Attention::Nothing));
    assert!(drop.join("filed").join(&package.digest).join("relay.tgz").exists());
    assert!(!drop.join("relay.tgz").exists());
}

fn written(folder: &Path, name: &str, content: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_command_ends_with_a_status_that_a_pipeline_can_use() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let quiet = written(folder, "relay.tgz", relay().as_bytes());
    check(
        folder,
        &["check", &quiet],
        0,
        &["nothing that was looked for asks for attention", "an npm package"],
    );
    let odd = written(folder, "odd.tar", archive(&[("../x", "1"), ("y", "2")]).as_bytes());
    check(
        folder,
        &["check", &odd],
        1,
        &["something asks for attention", "its name leads outside the archive"],
    );
    let old = written(folder, "old.tgz", versioned("2.0.0", "MIT", 30).as_bytes());
    let new = written(folder, "new.tgz", versioned("3.0.0", "MIT", 5).as_bytes());
    check(
        folder,
        &["check", &new, "--previous", &old],
        1,
        &[
            "Since @orrin/relay 2.0.0 (old.tgz)",
            "default.retry package/wire.js:1: DEFAULT_TIMEOUT: was 30, is 5",
        ],
    );
    check(
        folder,
        &["check", &new, "--previous", &odd],
        0,
        &["does not say which product it is, and this one is @orrin/relay: nothing was compared"],
    );
    let broken = written(folder, "broken.deb", b"!<arch>\ndebian-binary");
    check(folder, &["check", &broken], 2, &["must not be installed", "it is cut off"]);
    check(folder, &["check", "/nowhere/at.all"], 64, &["read /nowhere/at.all"]);
    check(folder, &["check", folder.to_str().unwrap()], 64, &["it is no file; name one file at a time"]);
    assert!(!folder.join("record.sqlite").exists(), "checking records nothing");
}

#[test]
fn a_bomb_is_bounded_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        std::io::Write::write_all(&mut encoder, &[0; 1 << 20]).unwrap();
    }
    let bomb = written(folder.path(), "zeros.gz", &encoder.finish().unwrap());
    let (status, said, _) = run(folder.path(), &["check", &bomb, "--json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((status, &report["attention"]), (2, &Value::from("stop")));
    let limit = report["inspection"]["limits"][0].as_str().unwrap();
    assert_eq!(limit, "it unpacks to more than 500 times its size, as a decompression bomb does");
}
