//! Status pages and pages of keys speak like every other channel: read, found, revised, and quiet when nothing changed.

use web::world::base::Host;
use web::world::halvard::status::Update;
use web::world::signer::Signer;

use crate::town::Town;

const KEY_FILE: &str = "/keys/packages.asc";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incident_is_one_entry_whose_next_update_is_a_revision() {
    let mut town = Town::crawled().await;
    let typed = "source:halvard-status \"deliveries are late\"";
    let before = town.found(typed).await;
    let posts = &before.statement.posts;
    assert_eq!(posts.len(), 3, "{posts:?}");
    let page = town.page(&format!("/entries/{}", before.card.id.0)).await.seen();
    for words in
        ["Impact: major. Status: resolved. Concerns: Relay, Console.", "Identified: Intake workers", "staff"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    town.edit(|world| {
        let at = world.now;
        let incident = world.halvard.incidents.iter_mut().find(|one| one.id == "m3k9late").unwrap();
        let body = "Relay 5.1.3 is out.".to_owned();
        incident.updates.push(Update { status: "postmortem", body, at });
    });
    let round = town.round().await;
    assert_eq!((round.failed, round.recorded.new, round.recorded.revised), (0, 0, 1));
    let after = town.found(typed).await;
    assert_eq!((after.card.id, after.statement.posts.len()), (before.card.id, 4));
    assert_eq!(town.search("source:halvard-status mirror moves").await.entries, 1, "maintenance is read too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_found_by_its_fingerprint_with_its_facts_and_its_bytes() {
    let town = Town::crawled().await;
    let key = town.world.world().halvard.former_key.fingerprint();
    let entry = town.found(&format!("source:halvard-keys key:{key} \"OpenPGP key fingerprint\"")).await;
    let page = town.page(&format!("/entries/{}", entry.card.id.0)).await.seen();
    for words in ["Halvard Systems Packages <packages@", "Expires: never", "Ed25519"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let digest = entry.revisions.first().unwrap().snapshot.clone();
    let kept = town.page(&format!("/snapshots/{digest}")).await.body;
    assert_eq!(String::from_utf8(kept).unwrap(), town.world.world().halvard.former_key.public_key());
    let stated = town.search(&format!("source:halvard-keys key:{key}")).await;
    assert_eq!(stated.entries, 2, "the page that names it and the file that holds it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_keys_that_is_the_same_byte_by_byte_records_nothing_and_a_new_key_does() {
    let mut town = Town::crawled().await;
    let before = town.written().await;
    // The same bytes under a new date are sent again, and still say nothing new.
    town.edit(|world| {
        let same = world.halvard.former_key.public_key();
        world.replace(Host::Halvard, KEY_FILE, same);
    });
    let (round, turns) = town.turns().await;
    assert_eq!((round.failed, round.recorded.new, round.recorded.revised), (0, 0, 0), "{turns:?}");
    let seen = turns.iter().find(|turn| turn.source == "halvard-keys").unwrap().end.seen;
    assert_eq!((seen, town.written().await), (0, before), "{turns:?}");
    let second =
        Signer::generate("Halvard Systems Nightly <nightly@halvard.example>", town.world.world().now);
    let fingerprint = second.fingerprint();
    town.edit(|world| {
        let both = format!("{}\n{}", world.halvard.former_key.public_key(), second.public_key());
        world.replace(Host::Halvard, KEY_FILE, both);
    });
    let round = town.round().await;
    assert_eq!((round.failed, round.recorded.new, round.recorded.revised), (0, 0, 1));
    let entry = town.found(&format!("source:halvard-keys key:{fingerprint}")).await;
    let text = entry.text.as_str();
    assert!(
        text.contains("## Halvard Systems Packages") && text.contains("## Halvard Systems Nightly"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_file_that_is_gone_is_a_remark_and_a_page_without_keys_a_failure() {
    let mut town = Town::crawled().await;
    let before = town.written().await;
    town.edit(|world| world.fail(Host::Halvard, KEY_FILE, 404));
    let (round, _) = town.turns().await;
    assert_eq!(round.failed, 0);
    let told = town.health("halvard-keys").await.health.sentence.unwrap();
    assert!(told.contains("a linked file was not read") && told.contains("404"), "{told}");
    town.edit(|world| world.replace(Host::Halvard, "/security/keys", "<html><h1>Moved</h1></html>"));
    let (round, _) = town.turns().await;
    assert_eq!(round.failed, 1);
    let told = town.health("halvard-keys").await.health.sentence.unwrap();
    assert!(told.contains("has it moved?"), "{told}");
    assert_eq!(town.written().await, before, "nothing is lost");
}
