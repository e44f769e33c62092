//! What the world says arrives: every source, once, with the bytes it was read from.

use sha2::{Digest as _, Sha256};
use web::world::base::Host;

use crate::town::{Town, day};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_source_is_read_without_a_failure() {
    let mut town = Town::new().await;
    let (round, turns) = town.turns().await;
    assert_eq!((round.sources, round.failed), (7, 0), "{turns:?}");
    assert!(turns.iter().all(|turn| turn.remarks.is_empty() && turn.end.new > 0), "{turns:?}");
    let world = town.world.world();
    let said = world.halvard.releases.len()
        + world.halvard.advisories.len()
        + world.halvard.forum.threads.len()
        + world.halvard.incidents.len()
        // The page of keys and the key that it links to.
        + 2
        + world.orrin.notices.len()
        + world.orrin.advisories.len();
    // And what the house itself says of it: two keys appeared.
    let with_ours = (said + 2) as u64;
    assert_eq!(town.written().await, (with_ours, with_ours));
    assert_eq!(town.search("").await.entries, with_ours);
    let sources = town.page("/sources").await.seen();
    assert!(sources.contains("Halvard community forum") && !sources.contains("failing"), "{sources}");
    let home = town.page("/").await.text();
    assert!(!home.contains("class=\"notices\""), "nothing is wrong, and nothing is said to be");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_round_asks_conditionally_and_writes_nothing() {
    let mut town = Town::crawled().await;
    let (before, asked) = (town.written().await, town.world.requests().len());
    for source in town.knowledge.sources().await.unwrap() {
        assert!(town.knowledge.ask_soon(&source.source.slug, day(0)).await.unwrap());
    }
    let (round, turns) = town.turns().await;
    assert_eq!((round.sources, round.failed), (7, 0), "{turns:?}");
    assert_eq!((round.recorded.new, round.recorded.revised), (0, 0), "{turns:?}");
    assert_eq!(town.written().await, before);
    let again = town.world.requests().split_off(asked);
    for (host, path) in [
        (Host::Halvard, "/relay/releases.rss"),
        (Host::Halvard, "/security/advisories/hsa-0114/"),
        (Host::Orrin, "/notices.atom"),
    ] {
        let status = again.iter().find(|one| one.host == host && one.path == path).map(|one| one.status);
        assert_eq!(status, Some(304), "{path}: {again:?}");
    }
    let looked = again.iter().filter(|one| one.path.ends_with("owsa-0046.json")).count();
    assert_eq!(looked, 1, "a day later a document is looked at again although its provider names no change");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bytes_of_a_revision_come_back_as_they_were_fetched() {
    let town = Town::crawled().await;
    let entry = town.found("id:OWSA-0046 source:orrin-csaf").await;
    let digest = entry.revisions.first().unwrap().snapshot.clone();
    let page = town.page(&format!("/entries/{}", entry.card.id.0)).await.text();
    assert!(page.contains(&format!("href=\"/snapshots/{digest}\"")), "the entry leads to its bytes");
    let bytes = town.page(&format!("/snapshots/{digest}")).await;
    assert_eq!(hex::encode(Sha256::digest(&bytes.body)), digest);
    assert!(bytes.header("content-disposition").starts_with("attachment"));
    assert!(bytes.header("content-security-policy").contains("sandbox"));
    let served = fetched(&town, Host::Orrin, "/.well-known/csaf/white/2026/owsa-0046.json").await;
    assert_eq!(bytes.body, served);
    assert_eq!(town.get(&format!("/snapshots/{}", "0".repeat(64))).await.status, 404);
    assert_eq!(town.get("/snapshots/..%2F..%2Frecord.sqlite").await.status, 404);
}

async fn fetched(town: &Town, host: Host, path: &str) -> Vec<u8> {
    let base = town.world.base(host);
    let address = base.strip_prefix("http://").unwrap().parse().unwrap();
    crate::visitor::ask(address, &format!("GET {path}"), "", "").await.body
}
