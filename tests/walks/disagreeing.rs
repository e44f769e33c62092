//! A vendor's web list and its feed, which say the same until one of them does not.

use std::fmt::Write as _;

use crawler::round::round;
use index::health::{State, Symptom};
use index::source::{Kind, Source};
use jiff::Timestamp;
use web::world::base::Host;

use crate::town::{Town, day, source};

/// When a notice was published: every other week one, the tenth on the first morning.
fn published(number: u8) -> Timestamp {
    day(14 * (i64::from((number - 1) % 10) - 9))
}

fn feed(numbers: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let item = |number| {
        let at = published(number);
        format!(
            "<entry><title>Notice number {number}</title><id>feed-{number}</id><published>{at}</published>\
             <updated>{at}</updated></entry>"
        )
    };
    let items: String = numbers.into_iter().map(item).collect();
    format!("<feed xmlns='http://www.w3.org/2005/Atom'><title>Notices</title>{items}</feed>").into_bytes()
}

fn list(numbers: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let mut page = "<!doctype html><html><head><title>Notices</title></head><body><ul>".to_owned();
    for number in numbers {
        let at = published(number);
        let _ = write!(
            page,
            "<li class=\"notice\"><a href=\"/n/{number}\">Notice number {number}</a> <time datetime=\"{at}\"></time></li>"
        );
    }
    page.push_str("</ul></body></html>");
    page.into_bytes()
}

/// A town with both channels of Acme.
async fn town() -> Town {
    let town = Town::empty().await;
    let base = town.world.base(Host::Orrin).to_owned();
    let of_acme = |slug: &str, kind, path: &str, options| Source {
        vendor: Some("acme".to_owned()),
        options,
        ..source(slug, kind, &format!("{base}{path}"))
    };
    let selectors = serde_json::json!({ "item": "li.notice", "link": "a", "title": "a", "date": "time", "detail": false });
    town.add(&of_acme("acme-list", Kind::Page, "/list", selectors)).await;
    town.add(&of_acme("acme-feed", Kind::Feed, "/feed", serde_json::Value::Null)).await;
    town
}

/// Both channels say this, and are read on this day.
async fn on(town: &mut Town, clock: fn() -> Timestamp, list_says: Vec<u8>, feed_says: Vec<u8>) {
    town.world.edit(|world| {
        world.now = clock();
        world.replace(Host::Orrin, "/list", list_says);
        world.replace(Host::Orrin, "/feed", feed_says);
    });
    town.crawl.clock = clock;
    assert_eq!(round(&town.crawl, &|_| {}).await.unwrap().failed, 0);
}

async fn states(town: &Town) -> (State, State) {
    (town.health("acme-list").await.state, town.health("acme-feed").await.state)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_lacks_what_the_list_says_is_doubted_until_it_catches_up() {
    use State::{Doubtful, Healthy};
    let mut town = town().await;
    on(&mut town, || day(0), list(1..=9), feed(1..=9)).await;
    on(&mut town, || day(1), list(1..=10), feed(1..=9)).await;
    on(&mut town, || day(7), list(1..=10), feed(1..=9)).await;
    assert_eq!(states(&town).await, (Healthy, Healthy), "a week is waited");
    on(&mut town, || day(9), list(1..=10), feed(1..=9)).await;
    assert_eq!(states(&town).await, (Healthy, Doubtful));
    let said = "“Source acme-list” has said 1 thing that does not stand in “Source acme-feed”: “Notice number 10”, \
                first seen there on 2026-11-24";
    let view = town.health("acme-feed").await;
    assert_eq!(
        (view.health.symptom, view.health.sentence.as_deref()),
        (Some(Symptom::Disagreement), Some(said))
    );
    for path in ["/sources", "/sources/acme-feed", "/"] {
        let page = town.page(path).await.seen();
        assert!(page.contains(said), "{path}: {page}");
        assert!(page.contains("1 source answers, but not as before"), "{path}: {page}");
    }
    on(&mut town, || day(10), list(1..=10), feed(2..=10)).await;
    assert_eq!(states(&town).await, (Healthy, Healthy), "it caught up");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_lacks_what_the_feed_says_is_doubted() {
    let mut town = town().await;
    on(&mut town, || day(0), list(1..=9), feed(1..=9)).await;
    on(&mut town, || day(1), list(1..=9), feed(1..=10)).await;
    on(&mut town, || day(9), list(1..=9), feed(1..=10)).await;
    assert_eq!(states(&town).await, (State::Doubtful, State::Healthy));
    assert!(town.knowledge.remove_source("acme-feed").await.unwrap());
    on(&mut town, || day(10), list(1..=9), feed(1..=10)).await;
    assert_eq!(town.health("acme-list").await.state, State::Healthy, "nothing is left to disagree with");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn channels_that_never_said_the_same_are_left_alone() {
    let mut town = town().await;
    on(&mut town, || day(0), list(1..=9), feed(11..=19)).await;
    on(&mut town, || day(1), list(1..=10), feed(11..=20)).await;
    on(&mut town, || day(20), list(1..=10), feed(11..=20)).await;
    assert_eq!(states(&town).await, (State::Healthy, State::Healthy));
}
