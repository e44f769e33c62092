//! Before an upgrade: what lies between two versions, and which entries speak of one.

use index::source::{Kind, Source, Standing};
use web::world::base::Host;

use crate::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_between_two_versions_is_told_with_its_sources() {
    let town = Town::crawled().await;
    let page = town.page("/upgrade?product=halvard+relay&from=4.2.0&to=5.1.0").await.seen();
    let wrong = page
        .rfind("Known to be wrong with the version offered")
        .expect("5.1.0 has a hole in its frame decoder");
    let breaking = page.rfind("What changes and may break").expect("5.1.0 retries otherwise");
    assert!(wrong < breaking, "{page}");
    assert!(page.contains("delivery.retry"), "{page}");
    let json = town.page("/api/v1/upgrade?product=halvard+relay&from=4.2.0&to=5.1.0").await.json();
    let lines = json["lines"].as_array().unwrap();
    assert!(lines.iter().all(|line| line["card"]["source_name"].is_string() && line["dated"].is_string()));
    let markdown = town.page("/upgrade.md?product=halvard+relay&from=4.2.0&to=5.1.0").await.text();
    assert!(markdown.starts_with("# halvard relay 4.2.0 to 5.1.0\n"), "{markdown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_cannot_be_answered_is_said_in_a_sentence() {
    let town = Town::crawled().await;
    let asked = |query: &str| format!("/upgrade?{query}");
    let reply = town.get(&asked("product=halvard+relay&from=5.1.0&to=4.2.0")).await;
    assert_eq!(reply.status, 400);
    assert!(reply.seen().contains("4.2.0 is older than 5.1.0"), "{}", reply.seen());
    let reply = town.get(&asked("product=grumblewort&from=1.0&to=2.0")).await;
    assert_eq!(reply.status, 400);
    assert!(reply.seen().contains("nothing recorded here speaks of"), "{}", reply.seen());
    assert_eq!(town.page("/upgrade").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_found_by_the_version_they_affect() {
    let town = Town::crawled().await;
    let titles = |typed: &'static str| {
        let town = &town;
        async move {
            let answer = town.search(typed).await;
            answer.hits.iter().map(|hit| hit.card.title.clone()).collect::<Vec<_>>()
        }
    };
    let inside = titles("CVE-2026-90412 version:5.1.2").await;
    assert!(!inside.is_empty());
    assert_eq!(titles("CVE-2026-90412 version:5.1.3").await.len(), 0);
    assert_eq!(titles("CVE-2026-90412 version:3.9.0").await.len(), 0);
    assert!(!titles("CVE-2026-90412 fixed:5.1.3").await.is_empty());
    assert!(!titles("CVE-2026-90412 (version:5.1.2 OR fixed:9.9)").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_of_support_is_asked_for_once_and_told_with_its_day() {
    let mut town = Town::crawled().await;
    let asked = "/upgrade?product=halvard+relay&from=4.2.0&to=5.1.0";
    let before = town.page(asked).await.seen();
    assert!(before.contains("Not checked") && before.contains("nothing recorded tells ends"), "{before}");
    let releases = town.knowledge.source("halvard-releases").await.unwrap().unwrap().source;
    town.add(&Source {
        slug: "ends".to_owned(),
        name: "Ends of support".to_owned(),
        vendor: None,
        kind: Kind::Lifecycle,
        address: releases.address.replace("/relay/releases.rss", "/lifecycle.json"),
        standing: Standing::ThirdParty,
        options: serde_json::Value::Null,
        ..releases
    })
    .await;
    let stated = r#"{"result":[{"name":"relay","label":"Halvard Relay","releases":[
        {"name":"5.1","isEol":false,"eolFrom":null},{"name":"4.2","isEol":true,"eolFrom":"2026-03-31"}]},
        {"name":"console","label":"Halvard Console","releases":[{"name":"4.2","eolFrom":"2026-01-01"}]}]}"#;
    town.edit(|world| world.replace(Host::Halvard, "/lifecycle.json", stated));
    let (round, turns) = town.turns().await;
    assert_eq!((round.failed, round.recorded.new), (0, 2), "{turns:?}");
    town.knowledge.follow().await.unwrap();
    let page = town.page(asked).await.seen();
    assert!(page.contains("2026-03-31") && page.contains("end of life not announced"), "{page}");
    assert!(!page.contains("2026-01-01") && !page.contains("nothing recorded tells ends"), "{page}");
    let (round, _) = town.turns().await;
    assert_eq!((round.failed, round.recorded.new, round.recorded.revised), (0, 0, 0));
    town.edit(|world| world.replace(Host::Halvard, "/lifecycle.json", "{\"result\":[]}"));
    let (round, _) = town.turns().await;
    assert_eq!(round.failed, 1);
    let told = town.health("ends").await.health.sentence.unwrap();
    assert!(told.contains("incomplete list of releases: it tells of no product"), "{told}");
    assert!(town.page(asked).await.seen().contains("2026-03-31"), "nothing is lost");
}
