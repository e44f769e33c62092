//! Sources fail: each keeps what it said, says why in one sentence, and is tried again; the others go on.

use index::health::State;
use index::source::Kind;
use web::world::base::Host;

use crate::stranger::{Says, stranger};
use crate::town::{Town, source};
use crate::visitor::ask;

/// Breaks the notices of Orrin and looks at what the program makes of it.
async fn check(breaking: impl FnOnce(&Town), sentence: &str, state: State) {
    let mut town = Town::crawled().await;
    let before = (town.written().await, town.health("orrin-notices").await.health.entries);
    breaking(&town);
    town.edit(|world| world.add_release("5.1.4", "Halvard Relay 5.1.4", "A correction.", "<p>One.</p>"));
    let (round, turns) = town.turns().await;
    assert_eq!((round.sources, round.failed, round.recorded.new), (7, 1, 1), "the others go on: {turns:?}");
    let view = town.health("orrin-notices").await;
    let said = view.health.sentence.clone().unwrap_or_default();
    assert!(said.contains(sentence), "{said}");
    assert_eq!((view.state, view.health.failures), (state, 1), "{said}");
    assert_eq!(view.health.entries, before.1, "it keeps its entries");
    assert_eq!(town.written().await, (before.0.0 + 1, before.0.1 + 1));
    let page = town.page("/sources").await.seen();
    assert!(page.contains(sentence.trim_end_matches('.')), "{page}");
    assert!(page.contains("1 of 7 sources is not answering: silence there proves nothing."), "{page}");
    match state {
        State::Suspended | State::Gone => assert!(page.contains("not before a person acts"), "{page}"),
        _ => assert!(view.health.next_try > view.health.last_tried, "{view:?}"),
    }
    assert_eq!(town.found("\"relay decoder inside Orrin Ledger\"").await.card.source, "orrin-notices");
}

fn path() -> &'static str {
    "/notices.atom"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_a_fault_is_tried_again() {
    let breaking = |town: &Town| town.edit(|world| world.fail(Host::Orrin, path(), 500));
    check(breaking, "the server has a fault of its own (500)", State::Failing).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_page_instead_of_a_feed_is_no_feed() {
    let html =
        "<!doctype html><html><head><title>Maintenance</title></head><body><h1>Back soon</h1></body></html>";
    let breaking = |town: &Town| town.edit(|world| world.replace(Host::Orrin, path(), html));
    check(breaking, "failed to read ", State::Failing).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_is_not_there_is_tried_again() {
    let breaking = |town: &Town| town.edit(|world| world.fail(Host::Orrin, path(), 404));
    check(breaking, "there is nothing at this address (404)", State::Failing).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_is_gone_for_good_waits_for_a_person() {
    let breaking = |town: &Town| town.edit(|world| world.fail(Host::Orrin, path(), 410));
    check(breaking, "it was removed for good (410)", State::Gone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_address_is_not_asked_without_leave() {
    let mut town = Town::crawled().await;
    let asked = town.world.requests().len();
    let mut described = town.health("orrin-notices").await.source;
    described.private_network = false;
    town.add(&described).await;
    for slug in [
        "halvard-releases",
        "halvard-advisories",
        "halvard-community",
        "halvard-status",
        "halvard-keys",
        "orrin-csaf",
    ] {
        assert!(town.knowledge.remove_source(slug).await.unwrap());
    }
    let (round, turns) = town.turns().await;
    assert_eq!((round.sources, round.failed), (1, 1), "{turns:?}");
    let failure = turns.first().unwrap().end.failure.clone().unwrap();
    assert!(failure.contains("is a loopback address, which this source may not ask"), "{failure}");
    assert_eq!(town.health("orrin-notices").await.state, State::Suspended);
    assert_eq!(town.world.requests().len(), asked, "no connection was made");
    assert!(town.search("").await.entries > 20, "what was said stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_into_a_private_network_is_not_followed() {
    let address = stranger([
        ("/meta", Says::Status("302 Found", "Location: http://169.254.169.254/latest/\r\n".to_owned())),
        ("/file", Says::Status("302 Found", "Location: file:///etc/passwd\r\n".to_owned())),
        ("/circle", Says::Status("302 Found", "Location: /circle\r\n".to_owned())),
    ])
    .await;
    let mut town = Town::empty().await;
    for name in ["meta", "file", "circle"] {
        town.add(&source(name, Kind::Feed, &format!("http://{address}/{name}"))).await;
    }
    assert_eq!(town.round().await.failed, 3);
    for (name, sentence) in [
        ("meta", "failed to follow the redirect of"),
        ("meta", "169.254.169.254 is a cloud metadata address"),
        ("file", "only http and https are spoken, not file"),
        ("circle", "its redirects go round in a circle"),
    ] {
        let view = town.health(name).await;
        let said = view.health.sentence.unwrap_or_default();
        assert!(said.contains(sentence), "{name}: {said}");
        assert_eq!(view.state, State::Failing, "what lies behind a redirect can be mended there");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_asks_to_be_left_alone_is_left_alone() {
    let rules = b"User-agent: *\nDisallow: /private/\n".to_vec();
    let feed = b"<rss version='2.0'><channel><title>a</title><item><title>b</title><guid>c</guid></item></channel></rss>";
    let address = stranger([
        ("/robots.txt", Says::Body("Content-Type: text/plain\r\n", rules)),
        ("/private/feed", Says::Body("Content-Type: application/rss+xml\r\n", feed.to_vec())),
        ("/feed", Says::Body("Content-Type: application/rss+xml\r\n", feed.to_vec())),
    ])
    .await;
    let mut town = Town::empty().await;
    town.add(&source("unwanted", Kind::Feed, &format!("http://{address}/private/feed"))).await;
    town.add(&source("wanted", Kind::Feed, &format!("http://{address}/feed"))).await;
    let round = town.round().await;
    assert_eq!((round.failed, round.recorded.new), (1, 1));
    let said = town.health("unwanted").await.health.sentence.unwrap_or_default();
    assert!(said.contains("the host's robots.txt asks us not to"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_button_makes_a_failed_source_due_and_a_mended_one_is_well_again() {
    let mut town = Town::crawled().await;
    town.edit(|world| world.fail(Host::Orrin, path(), 410));
    assert_eq!(town.round().await.failed, 1);
    assert_eq!(town.health("orrin-notices").await.health.next_try, None);
    let page = town.page("/sources").await.text();
    assert!(page.contains("action=\"/sources/orrin-notices/retry\""), "{page}");
    let origin =
        format!("Origin: http://{}\r\nContent-Type: application/x-www-form-urlencoded\r\n", town.address);
    let pressed = ask(town.address, "POST /sources/orrin-notices/retry", &origin, "a=b").await;
    assert_eq!(
        (pressed.status, pressed.header("location").as_str()),
        (303, "/sources/orrin-notices?asked=now")
    );
    assert!(town.page("/sources/orrin-notices?asked=now").await.seen().contains("It is due now"));
    assert!(town.health("orrin-notices").await.health.next_try.is_some());
    town.edit(|world| world.mend(Host::Orrin, path()));
    let round = town.round().await;
    assert_eq!((round.sources, round.failed, round.recorded.new), (7, 0, 0));
    let view = town.health("orrin-notices").await;
    assert_eq!((view.state, view.health.failures, view.health.sentence), (State::Healthy, 0, None));
    assert!(!town.page("/").await.seen().contains("not answering"));
    let history = town.page("/sources/orrin-notices").await.seen();
    assert!(history.contains("Of the last 3 rounds, 1 failed"), "{history}");
}
