//! Sources are added, changed and removed on pages: forms are filled in as a browser fills them in.

use index::knowledge::Knowledge;
use web::world::base::Host;

use crate::town::Town;
use crate::visitor::{Reply, ask, send};

/// The values of a form's fields of one name, as a browser would send them back.
fn values(page: &str, name: &str) -> Vec<String> {
    let mark = format!("name=\"{name}\" value=\"");
    let value = |part: &str| part.split('"').next().unwrap().to_owned();
    let plain = |text: String| {
        let text =
            text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">");
        text.replace("&#38;", "&").replace("&amp;", "&").replace("&quot;", "\"")
    };
    page.split(&mark).skip(1).map(value).map(plain).collect()
}

/// Sends a form of proposals back with this name and these ticks.
async fn choose(town: &Town, page: &Reply, name: &str, ticks: &[&str]) -> Reply {
    let html = page.text();
    let (site, vendor) = (values(&html, "site"), values(&html, "vendor"));
    let proposals = values(&html, "proposal");
    let mut fields =
        vec![("site", site.last().unwrap().as_str()), ("vendor", vendor[0].as_str()), ("name", name)];
    fields.extend(proposals.iter().map(|proposal| ("proposal", proposal.as_str())));
    fields.extend(ticks.iter().map(|tick| ("take", *tick)));
    send(town.address, "/sources", &fields).await
}

async fn sources(knowledge: &Knowledge) -> Vec<String> {
    let mut slugs: Vec<String> =
        knowledge.sources().await.unwrap().into_iter().map(|view| view.source.slug).collect();
    slugs.sort();
    slugs
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_ticked_is_added_with_its_vendor_and_brings_what_was_shown() {
    let mut town = Town::empty().await;
    let form = town.page("/sources").await.text();
    assert!(form.contains("action=\"/sources/new\"") && form.contains("name=\"site\""), "{form}");
    let page = send(town.address, "/sources/new", &[("site", &town.world.base(Host::Halvard))]).await;
    assert_eq!(page.status, 200);
    let seen = page.seen();
    let title = town.world.world().halvard.releases[0].title.clone();
    for words in [
        "Halvard Systems relay feed",
        "Proposed because:",
        title.as_str(),
        "security@halvard.example",
        "certain",
    ] {
        assert!(seen.contains(words), "{words}: {seen}");
    }
    assert!(page.text().contains("value=\"0\" checked"), "a feed that was read is ticked: {}", page.text());
    let mistaken = choose(&town, &page, "!!!", &["0"]).await;
    assert_eq!(mistaken.status, 400);
    let html = mistaken.text();
    assert!(
        html.contains("name=\"name\" type=\"text\" value=\"!!!\"") && html.contains("id=\"name-mistake\""),
        "{html}"
    );
    assert!(
        html.contains("value=\"0\" checked") && !html.contains("value=\"1\" checked"),
        "ticks stay: {html}"
    );
    assert!(mistaken.seen().contains(&title), "samples stay");
    let none = choose(&town, &page, "Halvard", &[]).await;
    assert!(none.status == 400 && none.seen().contains("Choose at least one channel"), "{}", none.seen());
    assert_eq!(sources(&town.knowledge).await, [""; 0]);
    let added = choose(&town, &page, "Halvard", &["0", "1"]).await;
    assert_eq!((added.status, added.header("location").as_str()), (303, "/sources?added=2"));
    assert!(town.page("/sources?added=2").await.seen().contains("2 sources were added"));
    assert_eq!(sources(&town.knowledge).await.len(), 2);
    let vendor = town.page("/vendors/halvard").await.seen();
    assert!(
        vendor.contains("security@halvard.example") && vendor.contains("/.well-known/security.txt"),
        "{vendor}"
    );
    let again = choose(&town, &page, "Halvard", &["0"]).await;
    assert!(again.status == 400 && again.seen().contains("not there already"), "{}", again.seen());
    assert_eq!(town.round().await.sources, 0, "the pages live later on the first day");
    let round = town.round().await;
    assert_eq!((round.sources, round.failed), (2, 0));
    assert!(town.search_page(&format!("\"{title}\"")).await.seen().contains(&title));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vendor_of_the_catalogue_is_chosen_by_name() {
    let town = Town::empty().await;
    let unknown = send(town.address, "/sources/new", &[("site", "Gitlub")]).await;
    assert_eq!(unknown.status, 400);
    assert!(
        unknown.seen().contains("The nearest name there is github") || unknown.seen().contains("gitlab"),
        "{}",
        unknown.seen()
    );
    assert!(unknown.text().contains("value=\"Gitlub\""), "what was typed stays");
    let page = send(town.address, "/sources/new", &[("site", "GitLab")]).await;
    let seen = page.seen();
    assert!(
        seen.contains("Channels of GitLab in the catalogue") && seen.contains("GitLab security releases"),
        "{seen}"
    );
    assert_eq!(choose(&town, &page, "GitLab", &["0"]).await.status, 303);
    assert_eq!(sources(&town.knowledge).await, ["gitlab-security-releases"]);
    assert!(seen.contains("Nothing was read yet. Look at gitlab.com"), "{seen}");
    let again = send(town.address, "/sources/new", &[("site", "gitlab")]).await;
    assert!(again.seen().contains("is a source already"), "{}", again.seen());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_back_forged_is_refused() {
    let town = Town::empty().await;
    let page = send(town.address, "/sources/new", &[("site", "GitLab")]).await.text();
    let (vendor, proposal) = (values(&page, "vendor"), values(&page, "proposal"));
    for (from, to, expected) in [
        ("\"kind\":\"feed\"", "\"kind\":\"folder\"", "files and secrets of this machine"),
        ("https://about.gitlab.com", "file:///etc", "has to begin with https://"),
        ("\"every_minutes\":60", "\"every_minutes\":0", "every 1 to 43200 minutes"),
        ("{\"source\"", "{\"sauce\"", "did not come back whole"),
    ] {
        let forged = proposal[0].replacen(from, to, 1);
        assert_ne!(forged, proposal[0], "{from}");
        let fields =
            [("vendor", vendor[0].as_str()), ("name", "GitLab"), ("proposal", &forged), ("take", "0")];
        let reply = send(town.address, "/sources", &fields).await;
        assert_eq!(reply.status, 400, "{to}");
        assert!(reply.seen().contains(expected), "{to}: {}", reply.seen());
    }
    assert_eq!(sources(&town.knowledge).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_is_asked_as_often_as_is_typed_and_removed_after_a_second_question() {
    let town = Town::crawled().await;
    let page = "/sources/halvard-releases";
    assert!(
        town.page(page)
            .await
            .text()
            .contains("name=\"minutes\" type=\"text\" inputmode=\"numeric\" value=\"5\"")
    );
    for typed in ["0", "soon", "-3", "1.5", "43201", ""] {
        let reply = send(town.address, &format!("{page}/interval"), &[("minutes", typed)]).await;
        assert_eq!(reply.status, 400, "{typed}");
        let html = reply.text();
        assert!(
            html.contains("whole number from 1 to 43,200") && html.contains(&format!("value=\"{typed}\"")),
            "{html}"
        );
    }
    let reply = send(town.address, &format!("{page}/interval"), &[("minutes", " 2 ")]).await;
    assert_eq!((reply.status, reply.header("location")), (303, format!("{page}?interval=changed")));
    let view = town.health("halvard-releases").await;
    assert_eq!((view.source.every_minutes, view.health.failures), (2, 0));
    assert!(
        town.page(&format!("{page}?interval=changed"))
            .await
            .seen()
            .contains("every 2 minutes while it answers from now on")
    );
    let question = town.page(&format!("{page}/remove")).await.seen();
    assert!(question.contains("Stop asking") && question.contains("stay and are found"), "{question}");
    assert_eq!(town.health("halvard-releases").await.source.every_minutes, 2, "a question removes nothing");
    let gone = send(town.address, &format!("{page}/remove"), &[]).await;
    assert_eq!((gone.status, gone.header("location").as_str()), (303, "/sources?removed=halvard-releases"));
    assert!(town.page("/sources?removed=halvard-releases").await.seen().contains("is not asked any more"));
    for path in ["remove", "interval"] {
        let reply = send(town.address, &format!("{page}/{path}"), &[("minutes", "9")]).await;
        assert_eq!(reply.status, 404, "{path}");
    }
    assert!(town.search("source:halvard-releases").await.entries > 0, "what it said stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_add_and_remove_sources() {
    let town = Town::empty().await;
    let source = serde_json::json!({
        "slug": "acme-news", "name": "Acme news", "vendor": "acme", "kind": "feed",
        "address": "https://acme.example/feed", "every_minutes": 30,
    });
    let send = |body: String| async move { ask(town.address, "POST /api/v1/sources", "", &body).await };
    let added = send(source.to_string()).await;
    assert_eq!((added.status, &added.json()["source"]["slug"]), (201, &"acme-news".into()));
    let token =
        serde_json::json!({ "api": "https://evil.example/", "token_variable": "FOREWARN_GITHUB_TOKEN" });
    let expected: [(&str, serde_json::Value, u16, &str); 6] = [
        ("options", token, 400, "files and secrets of this machine"),
        ("slug", "acme-news".into(), 409, "remove it first"),
        ("slug", "Acme News".into(), 400, "is no short name"),
        ("kind", "pigeon".into(), 400, "pigeon"),
        ("kind", "folder".into(), 400, "files and secrets of this machine"),
        ("options", serde_json::json!({"folow": true}), 400, "did you mean"),
    ];
    for (key, value, status, words) in expected {
        let mut other = source.clone();
        other["slug"] = "acme-other".into();
        other[key] = value;
        let reply = send(other.to_string()).await;
        assert_eq!(reply.status, status, "{key}");
        assert!(reply.json()["detail"].as_str().unwrap().contains(words), "{}", reply.text());
    }
    assert_eq!(town.page("/api/v1/vendors/acme").await.json()["vendor"]["name"], "acme");
    let remove = || async { ask(town.address, "DELETE /api/v1/sources/acme-news", "", "").await.status };
    assert_eq!((remove().await, remove().await), (204, 404));
}
