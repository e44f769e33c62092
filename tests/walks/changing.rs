//! Vendors change what they said: each edit is a revision, compared word by word, and nothing is overwritten.

use index::entry::Outcome;
use index::revision::Change;
use web::world::grade::Grade;
use web::world::halvard::forum::Author;

use crate::town::Town;

const ADVISORY: &str = "id:OWSA-0046 source:orrin-csaf";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_advisory_is_a_material_revision_that_can_be_compared() {
    let mut town = Town::crawled().await;
    let before = town.found(ADVISORY).await;
    town.edit(|world| {
        assert!(world.set_grade("OWSA-0046", Grade::Critical));
        assert!(world.set_fixed("OWSA-0046", "3.2.5"));
        let advisory = world.orrin.advisories.iter_mut().find(|one| one.id == "OWSA-0046").unwrap();
        advisory.text = advisory.text.replace("stop the intake", "take over the intake");
    });
    let round = town.round().await;
    assert_eq!((round.failed, round.recorded.new, round.recorded.revised), (0, 0, 1));
    let after = town.found(ADVISORY).await;
    assert_eq!((after.card.id, after.revision, after.revisions.len()), (before.card.id, 2, 2));
    let changes = &after.revisions.first().unwrap().changes;
    for change in [Change::Severity, Change::Affected, Change::Text] {
        assert!(changes.contains(&change), "{changes:?}");
    }
    let id = after.card.id.0;
    let page = town.page(&format!("/entries/{id}")).await;
    let seen = page.seen();
    assert!(seen.contains("critical 9.8") && seen.contains("3.2.5"), "{seen}");
    assert!(seen.contains("Revision 2 shown") && seen.contains("material: "), "{seen}");
    assert!(page.text().contains(&format!("/entries/{id}/compare?before=1&#38;after=2")), "{}", page.text());
    let compared = town.page(&format!("/entries/{id}/compare?before=1&after=2")).await.seen();
    for words in ["severity high (7.5) critical (9.8)", "[removed: stop ]", "[added: take over ]"] {
        assert!(compared.contains(words), "{words}: {compared}");
    }
    let old = town.page(&format!("/entries/{id}?revision=1")).await.seen();
    assert!(old.contains("This is revision 1 of 2, kept as it was") && old.contains("high 7.5"), "{old}");
    assert_eq!(town.search("\"take over the intake\"").await.entries, 1);
    assert_eq!(
        town.search("\"stop the intake\" source:orrin-csaf").await.entries,
        0,
        "only the newest is searched"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hashes_and_signatures_that_fit_are_shown_with_their_key() {
    let town = Town::crawled().await;
    let entry = town.found(ADVISORY).await;
    assert!(entry.statement.checks.len() >= 2, "{:?}", entry.statement.checks);
    assert!(entry.statement.checks.iter().all(|check| check.outcome == Outcome::Fits));
    let page = town.page(&format!("/entries/{}", entry.card.id.0)).await.seen();
    let key = town.world.world().orrin.key.fingerprint().grouped();
    for words in ["SHA-512", "OpenPGP signature", "fits", key.as_str()] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hash_and_a_signature_that_do_not_fit_are_shown_and_the_advisory_is_kept() {
    let mut town = Town::crawled().await;
    town.edit(|world| {
        assert!(world.set_grade("OWSA-0046", Grade::Critical) && world.set_grade("OWSA-0045", Grade::High));
        world.orrin.break_hash("OWSA-0046");
        world.orrin.break_signature("OWSA-0045");
    });
    let round = town.round().await;
    assert_eq!((round.failed, round.recorded.revised), (0, 2));
    for (typed, subject, severity) in
        [(ADVISORY, "SHA-512", "critical"), ("id:OWSA-0045", "OpenPGP signature", "high")]
    {
        let entry = town.found(typed).await;
        let failed = |subject: &str| {
            let of = entry.statement.checks.iter().find(|check| check.subject == subject).unwrap();
            of.outcome == Outcome::Fails
        };
        assert!(failed(subject), "{:?}", entry.statement.checks);
        assert_ne!(failed("SHA-512"), failed("OpenPGP signature"), "one is broken, the other is not");
        let page = town.page(&format!("/entries/{}", entry.card.id.0)).await;
        assert!(page.text().contains("<p class=\"notice stop\">"), "a failure stands at the top");
        let seen = page.seen();
        assert!(
            seen.contains(&format!("■ {subject} fails"))
                || seen.contains(&format!("■ {subject} does not fit")),
            "{seen}"
        );
        assert!(seen.contains(severity), "the new words are shown all the same");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_post_and_a_new_one_are_revisions_of_their_threads() {
    let mut town = Town::crawled().await;
    town.edit(|world| {
        assert!(world.edit_post(118, 1, "<p>The new key is withdrawn until Monday.</p>"));
        assert!(world.add_post(83, Author::member("depot-admin"), "<p>We saw the very same bundlejam.</p>"));
    });
    let round = town.round().await;
    assert_eq!((round.failed, round.recorded.new, round.recorded.revised), (0, 0, 2));
    let thread = town.found("\"withdrawn until Monday\"").await;
    assert!(thread.revisions.first().unwrap().changes.contains(&Change::Posts), "{:?}", thread.revisions);
    let id = thread.card.id.0;
    let compared = town.page(&format!("/entries/{id}/compare?before=1&after=2")).await.seen();
    assert!(compared.contains("[added: withdrawn ]") && compared.contains("[added: Monday. ]"), "{compared}");
    let page = town.page(&format!("/entries/{id}")).await.seen();
    assert!(page.contains("edited 2026-11-24"), "{page}");
    assert_eq!(town.found("bundlejam").await.statement.posts.last().unwrap().author, "depot-admin");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_page_is_a_revision_also_when_its_list_stays_as_it_was() {
    let mut town = Town::crawled().await;
    town.edit(|world| assert!(world.set_fixed("HSA-0113", "5.1.1")));
    let round = town.round().await;
    assert_eq!((round.failed, round.recorded.new, round.recorded.revised), (0, 0, 1));
    let entry = town.found("HSA-0113 source:halvard-advisories").await;
    assert!(entry.text.contains("5.1.1"), "{}", entry.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_later_is_found_after_the_next_round() {
    let mut town = Town::crawled().await;
    town.edit(|world| {
        world.add_release(
            "5.1.4",
            "Halvard Relay 5.1.4",
            "The quibbleflange.",
            "<p>Mends the quibbleflange.</p>",
        );
        world.add_notice("quiet", "Nothing happened", "<p>Really, the snorkelweed is fine.</p>");
    });
    let round = town.round().await;
    assert_eq!((round.failed, round.recorded.new, round.recorded.revised), (0, 2, 0));
    let release = town.found("5.1.4 source:halvard-releases").await;
    assert!(release.text.contains("quibbleflange"), "{}", release.text);
    assert_eq!(town.found("snorkelweed").await.card.source, "orrin-notices");
}
