//! Sources that answer with status 200 and are nevertheless not well.

use std::net::SocketAddr;
use std::sync::Arc;

use index::health::{State, Symptom};
use index::source::Kind;
use web::world::base::Host;
use web::world::signer::Signer;

use crate::stranger::{Says, stranger};
use crate::town::{Town, day, source};

const HTML: &str = "Content-Type: text/html\r\n";

/// A feed of one item for each day of a November.
fn feed(year: u16, days: impl IntoIterator<Item = u8>) -> String {
    let item = |day| {
        format!(
            "<item><title>Notice of day {day}</title><guid>{day}</guid><pubDate>{day:02} Nov {year} 08:00:00 GMT</pubDate></item>"
        )
    };
    let items: String = days.into_iter().map(item).collect();
    format!("<rss version='2.0'><channel><title>Notices</title>{items}</channel></rss>")
}

fn page(title: &str, body: &str) -> Says {
    let html = format!("<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>");
    Says::Body(HTML, html.into_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_in_place_of_what_was_expected_is_told_apart() {
    let address = stranger([
        ("/titled/feed", page("Page not found", "<p>Sorry.</p>")),
        ("/same/feed", page("Orrin Works", "<p>Welcome, /same/feed is new to us.</p>")),
        (
            "/same/forewarn-asks-for-a-page-that-is-not-there",
            page(
                "Orrin Works",
                "<p>Welcome, /same/forewarn-asks-for-a-page-that-is-not-there is new to us.</p>",
            ),
        ),
        ("/maintenance/feed", page("Orrin Works", "<p>Back soon.</p>")),
        ("/list", page("Orrin Works", "<ul><li>No class here</li></ul>")),
        ("/single", page("404 - Halvard Systems", "<p>Lost?</p>")),
    ])
    .await;
    let mut town = Town::empty().await;
    let kinds = [
        ("titled", Kind::Feed, "/titled/feed"),
        ("same", Kind::Feed, "/same/feed"),
        ("maintenance", Kind::Feed, "/maintenance/feed"),
        ("list", Kind::Page, "/list"),
        ("single", Kind::Page, "/single"),
    ];
    for (name, kind, path) in kinds {
        let mut added = source(name, kind, &format!("http://{address}{path}"));
        if name == "list" {
            added.options = serde_json::json!({ "item": "li.advisory" });
        }
        town.add(&added).await;
    }
    assert_eq!(town.round().await.failed, 5);
    for (name, symptom, words) in [
        ("titled", Symptom::Missing, "a page that stands for \"not found\""),
        ("same", Symptom::Missing, "a page that stands for \"not found\""),
        ("maintenance", Symptom::NotAFeed, "a web page, not a feed"),
        ("list", Symptom::Unmatched, "has its layout changed?"),
        ("single", Symptom::Missing, "a page that stands for \"not found\""),
    ] {
        let view = town.health(name).await;
        let said = view.health.sentence.unwrap_or_default();
        assert!(said.contains(words), "{name}: {said}");
        assert_eq!((view.health.symptom, view.health.entries), (Some(symptom), 0), "{name}");
        assert!(view.health.failing_since.is_some(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_lost_its_entries_is_doubted_until_they_are_back() {
    let mut town = Town::new().await;
    let steps = [
        (13..=20, State::Healthy, 0),
        (19..=20, State::Doubtful, 1),
        (19..=20, State::Doubtful, 1),
        (13..=21, State::Healthy, 0),
    ];
    for (days, state, told) in steps {
        town.edit(|world| world.replace(Host::Orrin, "/notices.atom", feed(2026, days).into_bytes()));
        assert_eq!(town.round().await.failed, 0);
        let view = town.health("orrin-notices").await;
        assert_eq!(view.state, state, "{view:?}");
        assert!(view.health.entries >= 8, "nothing that was said is lost");
        let page = town.page("/").await.seen();
        assert_eq!(page.matches("1 source answers, but not as before").count(), told, "{page}");
    }
    let page = town.page("/sources/orrin-notices").await.seen();
    assert!(page.contains("the feed has lost 6 of the 8 entries that it held"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_fell_silent_is_told_in_every_header() {
    let body = |text: String| Says::Body("Content-Type: application/rss+xml\r\n", text.into_bytes());
    let address = stranger([("/old", body(feed(2025, 1..=9))), ("/few", body(feed(2025, 1..=3)))]).await;
    let mut town = Town::empty().await;
    for name in ["old", "few"] {
        town.add(&source(name, Kind::Feed, &format!("http://{address}/{name}"))).await;
    }
    assert_eq!(town.round().await.failed, 0);
    assert_eq!(town.health("old").await.state, State::Quiet);
    assert_eq!(town.health("few").await.state, State::Healthy, "nothing is known of what is usual");
    for path in ["/", "/sources", "/vendors", "/help/search"] {
        let page = town.page(path).await.seen();
        assert!(page.contains("1 source has said nothing new for unusually long."), "{path}: {page}");
    }
    let page = town.page("/sources/old").await.seen();
    assert!(page.contains("unusually quiet") && page.contains("to be expected by"), "{page}");
    let states = town.page("/api/v1/states").await.json();
    assert_eq!(states, serde_json::json!({ "healthy": 1, "quiet": 1 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_whose_key_has_expired_is_doubted() {
    let mut town = Town::crawled().await;
    assert_eq!(town.health("orrin-csaf").await.state, State::Healthy);
    let an_hour = std::time::Duration::from_hours(1);
    town.edit(|world| world.orrin.key = Signer::lasting("Orrin <csaf@orrin.example>", day(0), Some(an_hour)));
    assert_eq!(town.round().await.failed, 0);
    let view = town.health("orrin-csaf").await;
    assert_eq!((view.state, view.health.symptom), (State::Doubtful, Some(Symptom::ProviderKey)), "{view:?}");
    let page = town.page("/sources/orrin-csaf").await.seen();
    assert!(page.contains("the key that the provider signs with expired on 2026-11-23"), "{page}");
    town.edit(|world| world.orrin.key = Signer::generate("Orrin <csaf@orrin.example>", day(1)));
    town.round().await;
    assert_eq!(town.health("orrin-csaf").await.state, State::Healthy);
}

/// A server whose certificate has been out of date since 2001.
async fn out_of_date() -> SocketAddr {
    let mut wanted = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    wanted.not_before = rcgen::date_time_ymd(2000, 1, 1);
    wanted.not_after = rcgen::date_time_ymd(2001, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = wanted.self_signed(&key).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let server =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(server));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Nobody who looks at the certificate gets further.
            drop(acceptor.accept(stream).await);
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_certificate_is_named_as_such() {
    let address = out_of_date().await;
    let mut town = Town::empty().await;
    town.add(&source("stale", Kind::Feed, &format!("https://{address}/feed"))).await;
    assert_eq!(town.round().await.failed, 1);
    let view = town.health("stale").await;
    assert_eq!((view.state, view.health.symptom), (State::Failing, Some(Symptom::Certificate)), "{view:?}");
    assert!(view.health.next_try > view.health.last_tried, "certificates are renewed: it is tried again");
    let page = town.page("/sources/stale").await.seen();
    assert!(page.contains("its certificate has expired"), "{page}");
}
