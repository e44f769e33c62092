//! Keys around a package: those that it brings along, those that people decide on afterwards, and whom to call about them.

use std::fs;
use std::io::{Seek as _, Write as _};

use index::knowledge::Knowledge;
use index::package::Way;
use index::vendor::{Contact, Try, Vendor};
use inspect::reading::Question;
use inspect::signature::reading::Beside;
use web::arrival::Packages;
use web::world::World;
use web::world::halvard::Halvard;
use web::world::halvard::packages::Sent;
use web::world::signer::Signer;

use crate::packages::archive;
use crate::process::check;
use crate::town::{Town, day};
use crate::visitor;

fn halvard() -> Halvard {
    World::new(day(0)).halvard
}

/// The vendor, with somebody to call.
async fn known_vendor(knowledge: &Knowledge) {
    let contact = Contact {
        purpose: "security".to_owned(),
        address: "+1 555 0100".to_owned(),
        learnt_from: "the contract".to_owned(),
    };
    let vendor = Vendor {
        slug: "halvard-systems".to_owned(),
        name: "Halvard Systems".to_owned(),
        domains: vec!["halvard.example".to_owned()],
        contacts: vec![contact],
    };
    knowledge.add_vendor(&vendor).await.unwrap();
}

/// The package arrives with its signature; answers its digest.
async fn arrive(knowledge: &Knowledge, sent: Sent) -> String {
    let mut packages = Packages::default();
    packages.inspector.program = env!("CARGO_BIN_EXE_forewarn").into();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&sent.bytes).and_then(|()| file.rewind()).unwrap();
    let signature = Some(Beside { name: sent.signature_name, bytes: sent.signature.into_bytes() });
    let at = day(0).as_second();
    let question = Question { name: sent.name, signature, at, ..Question::default() };
    packages.inspect(knowledge, file, question, None, Way::Command, day(0)).await.unwrap().digest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_a_package_brings_along_is_shown_as_that_and_counts_for_nothing() {
    let town = Town::empty().await;
    let key = Signer::generate("Orrin Releases <releases@orrin.example>", day(-10));
    let json = r#"{"name": "@orrin/relay", "version": "2.1.0"}"#;
    let package = archive(&[("package/package.json", json), ("package/keys/release.asc", &key.public_key())]);
    let headers = "Content-Type: multipart/form-data; boundary=edge\r\n";
    let part = "Content-Disposition: form-data; name=\"file\"; filename=\"relay.tgz\"";
    let body = format!("--edge\r\n{part}\r\n\r\n{package}\r\n--edge--\r\n");
    let sent = visitor::ask(town.address, "POST /packages", headers, &body).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let page = town.page(&sent.header("location")).await.seen();
    let digits = key.fingerprint().grouped();
    for words in ["Keys that it brings along", &digits, "package/keys/release.asc"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let own = town.page(&format!("/keys/{}", key.fingerprint())).await;
    assert!(own.text().contains(&sent.header("location")), "the key's page leads to the package");
    for words in
        ["brought along by the package", "seen nowhere but within packages", "not known: it was not seen"]
    {
        assert!(own.seen().contains(words), "{words}: {}", own.seen());
    }
    assert!(town.page("/keys").await.seen().contains("Nothing is foreseen"), "it is no key in use");
    assert!(town.knowledge.known_keys().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_has_what_arrived_judged_again_and_those_who_watch_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let knowledge = Knowledge::open(folder.path()).await.unwrap();
    known_vendor(&knowledge).await;
    let halvard = halvard();
    let digest = arrive(&knowledge, halvard.upgrade(day(0))).await;
    let then = knowledge.verdicts(&digest, day(0)).await.unwrap().pop().unwrap();
    assert_eq!(then.first.key.shown(), "first contact");
    knowledge.close().await;
    let own = folder.path();
    let key = halvard.current_key.fingerprint();
    fs::write(own.join("release.asc"), halvard.current_key.public_key()).unwrap();
    let became = "1 verdict on a package became another one";
    let vendor = ["--vendor", "halvard-systems"];
    let import = [&["key", "import", "release.asc"], &vendor[..]].concat();
    check(own, &import, 0, &["1 key in 1 file", became]);
    let (digits, who) = (key.to_string(), ["--by", "Ada", "--reason", "they read it to us"]);
    let pin = [&["key", "pin", &digits, "--channel", "telephone"], &vendor[..], &who[..]].concat();
    check(own, &pin, 0, &["Pin 1", became]);
    check(own, &["search", "source:ledger"], 0, &["gateway-6.0.0.tgz: the key that signed it is now pinned"]);
    let unpin = [&["key", "unpin", "1"], &who[..]].concat();
    check(own, &unpin, 0, &["Pin 1 is undone", became]);
    let knowledge = Knowledge::open(own).await.unwrap();
    let now = knowledge.verdicts(&digest, day(1)).await.unwrap().pop().unwrap();
    assert_eq!((now.first, now.first_at), (then.first, then.first_at), "the first verdict stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_to_call_about_a_package_is_written_out_before_anybody_dials() {
    let town = Town::empty().await;
    known_vendor(&town.knowledge).await;
    let halvard = halvard();
    let digest = arrive(&town.knowledge, halvard.upgrade(day(0))).await;
    let key = halvard.current_key.fingerprint().grouped();
    let tried = Try {
        address: "+1 555 0100".to_owned(),
        at: day(-3),
        who: "Ada".to_owned(),
        outcome: "nobody answered".to_owned(),
    };
    town.knowledge.tried_contact("halvard-systems", &tried).await.unwrap();
    let vendor = town.page("/vendors/halvard-systems").await.seen();
    assert!(vendor.contains("Last tried") && vendor.contains("Ada: nobody answered"), "{vendor}");
    let page = town.page(&format!("/packages/{digest}")).await.seen();
    let text = town.page(&format!("/packages/{digest}/call.md")).await.text();
    let ours = format!("ours {key}");
    for words in [
        "Vendor: Halvard Systems",
        "File: gateway-6.0.0.tgz",
        &digest,
        &ours,
        "+1 555 0100 (learnt from the contract; last tried 2026-11-20 by Ada: nobody answered)",
        "## 6. Known dead ends - +1 555 0100",
    ] {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{words}: {text}");
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(town.get("/packages/00ff/call.md").await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_script_is_printed_for_a_package_and_for_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let knowledge = Knowledge::open(folder.path()).await.unwrap();
    known_vendor(&knowledge).await;
    let halvard = halvard();
    let digest = arrive(&knowledge, halvard.upgrade(day(0))).await;
    knowledge.close().await;
    let (own, key) = (folder.path(), halvard.current_key.fingerprint().grouped());
    let beginning: String = digest.chars().take(12).collect();
    let said = ["File: gateway-6.0.0.tgz", &key, "+1 555 0100", "## 7. Afterwards"];
    check(own, &["escalate", &beginning], 0, &said);
    check(own, &["escalate", &key], 0, &["Call about a signing key", "File: gateway-6.0.0.tgz", &key]);
    fs::write(own.join("plain.txt"), "no package").unwrap();
    check(own, &["escalate", "plain.txt"], 0, &["Call about a package", "none: nothing is signed"]);
    check(own, &["escalate", "nothing here"], 64, &["no name of a key"]);
}
