//! What was said is found: by words, by the bare fingerprint, by a number that several sources share.

use crate::process::check;
use crate::town::Town;

const ANNOUNCED: &str = "New signing certificate for packages from";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_key_is_found_by_words_and_by_its_bare_fingerprint() {
    let town = Town::crawled().await;
    let key = town.world.world().halvard.current_key.fingerprint().grouped();
    let bare = key.replace(' ', "").to_lowercase();
    for typed in ["signing certificate changed", &bare, &key] {
        let answer = town.search_json(typed).await;
        let hits = answer["hits"].as_array().unwrap();
        let titles: Vec<&str> = hits.iter().filter_map(|hit| hit.pointer("/card/title")?.as_str()).collect();
        assert!(titles.first().is_some_and(|title| title.starts_with(ANNOUNCED)), "{typed}: {titles:?}");
        let page = town.search_page(typed).await.seen();
        assert!(page.contains(ANNOUNCED), "{typed}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_announcement_shows_who_spoke_and_marks_the_key() {
    let town = Town::crawled().await;
    let key = town.world.world().halvard.current_key.fingerprint();
    let bare = key.to_string().replace(' ', "").to_lowercase();
    let entry = town.found(&bare).await;
    let page = town.page(&format!("/entries/{}", entry.card.id.0)).await;
    let html = page.text();
    let opening =
        html.split("id=\"post-1\"").nth(1).and_then(|rest| rest.split("</article>").next()).unwrap();
    assert!(
        opening.contains("halvard-releases") && opening.contains("<span class=\"role\">staff</span>"),
        "{opening}"
    );
    let marked = format!("title=\"Search for this key\">{}</a>", key.grouped());
    assert!(opening.contains(&marked), "{opening}");
    assert!(html.contains("<span class=\"role\">member</span>"), "who is no staff is not shown as staff");
    assert!(page.seen().contains("the vendor, on somebody else’s site"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_names_one_cve_is_one_result_from_several_sources() {
    let town = Town::crawled().await;
    let answer = town.search_json("CVE-2026-90412").await;
    let hits = answer["hits"].as_array().unwrap();
    let shared = hits.iter().find(|hit| hit["sources"].as_u64() > Some(1)).unwrap();
    let mut sources: Vec<&str> = shared["others"]
        .as_array()
        .unwrap()
        .iter()
        .map(|other| &other["source"])
        .chain([&shared["card"]["source"]])
        .map(|slug| slug.as_str().unwrap())
        .collect();
    sources.sort_unstable();
    sources.dedup();
    assert!(sources.contains(&"orrin-notices") && sources.contains(&"orrin-csaf"), "{sources:?}");
    assert_eq!(shared["sources"].as_u64(), Some(sources.len() as u64));
    let first = hits.iter().map(|hit| hit["card"]["source"].as_str().unwrap()).collect::<Vec<_>>();
    assert!(
        first.contains(&"halvard-advisories"),
        "who only names it in the text is found beside them: {first:?}"
    );
    assert!(answer["groups"].as_u64() < answer["entries"].as_u64(), "{answer}");
    let page = town.search_page("CVE-2026-90412").await.seen();
    assert!(page.contains(&format!("{} sources", sources.len())), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_index_is_built_again_the_same_is_found() {
    let town = Town::crawled().await;
    let queries = ["relay", "CVE-2026-90412", "signing certificate changed", "vendor:orrin severity:>=high"];
    let mut before = Vec::new();
    for typed in queries {
        before.push(plain(&town, typed).await);
    }
    let knowledge = town.knowledge.clone();
    let building = tokio::spawn(async move {
        let folder = knowledge.folder().to_owned();
        for _ in 0..2 {
            knowledge.reindex(&|_, _| {}).await.unwrap();
        }
        // Another process does the same to the same record, as `forewarn reindex` beside a serving program does.
        let beside = move || check(&folder, &["reindex"], 0, &["was built again from"]);
        tokio::task::spawn_blocking(beside).await.unwrap();
    });
    let mut rounds = 0;
    while rounds < 2 || !building.is_finished() {
        for (typed, before) in queries.into_iter().zip(&before) {
            assert_eq!(&plain(&town, typed).await, before, "{typed}");
        }
        rounds += 1;
    }
    building.await.unwrap();
    for (typed, before) in queries.into_iter().zip(&before) {
        assert_eq!(&plain(&town, typed).await, before, "{typed}");
    }
    assert_eq!(town.knowledge.totals().await.unwrap().behind, 0);
}

/// What is found, without the scores, which depend on how the index is cut.
async fn plain(town: &Town, typed: &str) -> (u64, u64, Vec<i64>) {
    let answer = town.search_json(typed).await;
    let hits = answer["hits"].as_array().unwrap();
    let mut ids: Vec<i64> = hits.iter().map(|hit| hit["card"]["id"].as_i64().unwrap()).collect();
    ids.sort_unstable();
    (answer["entries"].as_u64().unwrap(), answer["groups"].as_u64().unwrap(), ids)
}
