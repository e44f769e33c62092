//! A provider on loopback, with a feed, hashes that fit and fail, and nothing signed.

use std::time::Duration;

use index::source::{Kind, Source, Standing};
use inspect::digest::Digest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::read;
use crate::fetch::{Door, Politeness};
use crate::sources::Errand;

const DOCUMENT: &str = r#"{"document":{"title":"Acme leaks","tracking":{"id":"ACME-2024-1"}}}"#;

/// What the provider answers at a path.
fn answer(path: &str) -> Option<String> {
    Some(match path {
        "/.well-known/csaf/provider-metadata.json" => {
            r#"{"distributions":[{"rolie":{"feeds":[{"url":"/feed.json"}]}},{"directory_url":"/gone"}]}"#.to_owned()
        }
        "/feed.json" => r#"{"feed":{"entry":[
            {"updated":"2024-01-01T00:00:00Z","content":{"src":"/a.json"},"link":[{"rel":"hash","href":"/a.json.sha512"}]},
            {"updated":"2024-01-02T00:00:00Z","content":{"src":"/b.json"},"link":[{"rel":"hash","href":"/bad.sha512"}]},
            {"updated":"2024-01-03T00:00:00Z","content":{"src":"/broken.json"}}]}}"#
            .to_owned(),
        "/a.json" | "/b.json" => DOCUMENT.to_owned(),
        "/broken.json" => r#"{"document":{}}"#.to_owned(),
        "/a.json.sha512" => format!("{}  a.json\n", Digest::sha512(DOCUMENT.as_bytes())),
        "/bad.sha512" => format!("{}  b.json\n", Digest::sha512(b"else")),
        _ => return None,
    })
}

async fn serve(listener: TcpListener) {
    while let Ok((mut stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut request = vec![0; 8192];
            let length = stream.read(&mut request).await.unwrap_or_default();
            let request = String::from_utf8_lossy(request.get(..length).unwrap_or_default()).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default();
            let (status, body) =
                answer(path).map_or(("404 Not Found", String::new()), |body| ("200 OK", body));
            let head =
                format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n");
            let reply = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
            let _ = stream.write_all(reply.as_bytes()).await;
        });
    }
}

#[tokio::test]
async fn a_provider_is_read_once_and_its_hashes_are_facts() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(serve(listener));
    let source = Source {
        slug: "acme".to_owned(),
        name: "Acme".to_owned(),
        vendor: None,
        kind: Kind::Csaf,
        address,
        standing: Standing::Vendor,
        every_minutes: 60,
        private_network: true,
        options: serde_json::Value::Null,
    };
    let politeness = Politeness { host_interval: Duration::ZERO, robots: false, ..Politeness::default() };
    let door = Door::new(politeness).unwrap();
    let (drafts, mut received) = tokio::sync::mpsc::channel(16);
    let now = "2024-06-01T00:00:00Z".parse().unwrap();
    let mut errand = Errand {
        source: &source,
        door: &door,
        now,
        memory: serde_json::Value::Null,
        drafts,
        seen: 0,
        remarks: vec![],
        symptom: None,
        facts: None,
        sights: Vec::new(),
    };
    read(&mut errand).await.unwrap();
    assert_eq!(errand.seen, 2);
    assert_eq!(errand.remarks.len(), 2, "{:?}", errand.remarks);
    read(&mut errand).await.unwrap();
    assert_eq!(errand.seen, 2);
    // A day later both are looked at again, although no date changed.
    errand.now = "2024-06-02T00:00:00Z".parse().unwrap();
    read(&mut errand).await.unwrap();
    assert_eq!(errand.seen, 4);
    read(&mut errand).await.unwrap();
    assert_eq!(errand.seen, 4);
    let mut outcomes = Vec::new();
    while let Ok(draft) = received.try_recv() {
        outcomes.extend(draft.statement.checks.iter().map(|check| check.outcome.as_str()));
    }
    let found = ["fits", "not checked", "fails", "not checked"];
    assert_eq!(outcomes, [found, found].concat());
    server.abort();
}
