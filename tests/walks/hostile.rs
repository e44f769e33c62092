//! A far side that means no good gets one sentence, and changes nothing else.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use index::source::Kind;

use crate::stranger::{Says, stranger};
use crate::town::{Town, day, source};

const RSS: &str = "Content-Type: application/rss+xml\r\n";
const ZIPPED: &str = "Content-Type: application/rss+xml\r\nContent-Encoding: gzip\r\n";

fn bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let much = vec![b' '; 1 << 20];
    for _ in 0..64 {
        encoder.write_all(&much).unwrap();
    }
    encoder.finish().unwrap()
}

/// Ten entities, each ten times the one before: a billion letters when believed.
fn laughs() -> Vec<u8> {
    let mut text = "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a0 \"ha\">".to_owned();
    for number in 1..10 {
        let before = format!("&a{};", number - 1).repeat(10);
        text.push_str(&format!("<!ENTITY a{number} \"{before}\">"));
    }
    text.push_str(
        "]><rss version=\"2.0\"><channel><title>&a9;</title><item><title>&a9;</title></item></channel></rss>",
    );
    text.into_bytes()
}

fn deep() -> Vec<u8> {
    let mut text = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":".to_owned();
    text.push_str(&"[".repeat(200_000));
    text.into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_hostile_answer_is_one_sentence_and_nothing_else_changes() {
    let address = stranger([
        ("/endless", Says::Endless),
        ("/bomb", Says::Body(ZIPPED, bomb())),
        ("/torn", Says::Body(ZIPPED, b"\x1f\x8b\x08\0 this is no gzip".to_vec())),
        ("/deep", Says::Body("Content-Type: application/json\r\n", deep())),
        ("/forum/latest.json", Says::Body("Content-Type: application/json\r\n", deep())),
        ("/csaf", Says::Body("Content-Type: application/json\r\n", deep())),
        ("/nothing", Says::Body(RSS, Vec::new())),
        ("/noise", Says::Body(RSS, (0..=255).cycle().take(100_000).collect())),
        ("/silent", Says::Status("299 Odd", "X: y\r\n".to_owned())),
    ])
    .await;
    let mut town = Town::crawled().await;
    let before = town.written().await;
    for (slug, kind, path) in [
        ("endless", Kind::Feed, "/endless"),
        ("bomb", Kind::Feed, "/bomb"),
        ("torn", Kind::Feed, "/torn"),
        ("deep", Kind::Feed, "/deep"),
        ("deep-forum", Kind::Discourse, "/forum"),
        ("deep-csaf", Kind::Csaf, "/csaf"),
        ("nothing", Kind::Feed, "/nothing"),
        ("noise", Kind::Feed, "/noise"),
        ("silent", Kind::Feed, "/silent"),
    ] {
        town.add(&source(slug, kind, &format!("http://{address}{path}"))).await;
    }
    let (round, turns) = town.turns().await;
    let well: Vec<_> =
        turns.iter().filter(|turn| turn.end.failure.is_none()).map(|turn| &turn.source).collect();
    assert_eq!((round.sources, round.failed), (16, 9), "these went well: {well:?}");
    assert_eq!(town.written().await, before);
    for (slug, sentence) in [
        ("endless", "the answer is larger than 4194304 bytes"),
        ("bomb", "the answer is larger than 4194304 bytes"),
        ("torn", "the answer could not be decompressed"),
        ("deep", "failed to read "),
        ("deep-forum", "failed to "),
        ("deep-csaf", "failed to "),
        ("nothing", "failed to read "),
        ("noise", "failed to read "),
        ("silent", "failed to "),
    ] {
        let said = town.health(slug).await.health.sentence.unwrap_or_default();
        assert!(said.contains(sentence), "{slug}: {said}");
        assert!(said.lines().count() == 1 && said.len() < 600, "{slug} says too much: {said}");
        let page = town.page(&format!("/sources/{slug}")).await.seen();
        assert!(page.contains("failing"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_billion_laughs_are_read_as_they_are_written() {
    let address = stranger([("/feed", Says::Body(RSS, laughs()))]).await;
    let mut town = Town::empty().await;
    town.add(&source("laughs", Kind::Feed, &format!("http://{address}/feed"))).await;
    let round = town.round().await;
    assert_eq!((round.failed, round.recorded.new), (0, 1));
    let entry = town.found("source:laughs").await;
    assert!(entry.card.title.len() < 100 && entry.text.len() < 100, "{entry:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_character_set_costs_letters_and_not_the_entry() {
    let body = b"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>t</title><item><title>Caf\xe9 \
        grumblewort</title><guid>1</guid><description>na\xefve\xff</description></item></channel></rss>";
    let address =
        stranger([("/feed", Says::Body("Content-Type: text/xml; charset=utf-16\r\n", body.to_vec()))]).await;
    let mut town = Town::empty().await;
    town.add(&source("wrong", Kind::Feed, &format!("http://{address}/feed"))).await;
    let (round, turns) = town.turns().await;
    assert_eq!(round.sources, 1);
    let view = town.health("wrong").await;
    if round.failed == 0 {
        assert_eq!(town.search("grumblewort").await.entries, 1, "{turns:?}");
    } else {
        assert_eq!(town.written().await, (0, 0));
        assert!(view.health.sentence.is_some());
    }
    town.page("/sources/wrong").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_claims_to_come_from_the_future_is_recorded_when_it_was_seen() {
    let body = "<rss version='2.0'><channel><title>t</title>\
        <item><title>Tomorrow's grumblewort</title><guid>1</guid><pubDate>Fri, 01 Jan 2100 00:00:00 GMT</pubDate></item>\
        <item><title>Yesterday's grumblewort</title><guid>2</guid><pubDate>Mon, 01 Jan 0001 00:00:00 GMT</pubDate></item>\
        <item><title>Never's grumblewort</title><guid>3</guid><pubDate>soon</pubDate></item></channel></rss>";
    let address = stranger([("/feed", Says::Body(RSS, body.as_bytes().to_vec()))]).await;
    let mut town = Town::empty().await;
    town.add(&source("future", Kind::Feed, &format!("http://{address}/feed"))).await;
    let round = town.round().await;
    assert_eq!((round.failed, round.recorded.new), (0, 3));
    let found = town.search("grumblewort").await;
    assert_eq!(found.entries, 3);
    for hit in &found.hits {
        assert_eq!(hit.card.first_seen, day(0));
        town.page(&format!("/entries/{}", hit.card.id.0)).await;
    }
    town.search_page("grumblewort").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_in_what_was_said_is_inert_on_every_page() {
    let body = "<rss version='2.0'><channel><title>t</title><item><title>&lt;script&gt;alert(1)&lt;/script&gt; grumblewort</title>\
        <guid>1</guid><link>javascript:alert(2)</link><description>&lt;img src=x onerror=alert(3)&gt;&lt;script&gt;alert(4)\
        &lt;/script&gt; grumblewort &amp;lt;script&amp;gt;alert(5)</description></item></channel></rss>";
    let address = stranger([("/feed", Says::Body(RSS, body.as_bytes().to_vec()))]).await;
    let mut town = Town::empty().await;
    town.add(&source("script", Kind::Feed, &format!("http://{address}/feed"))).await;
    assert_eq!(town.round().await.recorded.new, 1);
    let id = town.found("grumblewort").await.card.id.0;
    for path in [
        "/".to_owned(),
        format!("/entries/{id}"),
        "/search?q=grumblewort".to_owned(),
        "/search?q=%3Cscript%3Ealert(6)".to_owned(),
    ] {
        let page = town.page(&path).await.text();
        assert_eq!(page.matches("<script").count(), 1, "only ours: {path}: {page}");
        assert!(!page.contains("<img") && !page.contains("href=\"javascript:"), "{path}: {page}");
    }
}
