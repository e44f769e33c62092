//! The house watches itself: its canary, its clock, its index, and what is said about them everywhere.

use crawler::round::{Crawl, round};
use index::canary::{SLUG, Step};
use index::health::State;
use index::notice::Tick;
use index::source::Kind;
use jiff::SignedDuration;
use web::canary::{Perch, perch};
use web::guard::access::{Access, TokenDigest};

use crate::process::check;
use crate::stranger::stranger;
use crate::town::{Town, day, pages, source};
use crate::visitor::ask;

/// A town whose canary sits on a perch of its own.
async fn with_canary() -> (Town, Perch) {
    let mut town = Town::empty().await;
    let perch = perch(|| day(0)).await.unwrap();
    town.knowledge.keep_canary(&perch.address, day(0)).await.unwrap();
    town.crawl.canary = Some(perch.address.clone());
    (town, perch)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_canary_comes_through_every_step_and_says_where_its_way_ends() {
    let (mut town, _perch) = with_canary().await;
    let ended = town.round().await;
    assert_eq!((ended.sources, ended.failed, ended.recorded.new), (1, 0, 1));
    town.knowledge.match_new(day(0)).await.unwrap();
    let canary = town.knowledge.canary().await.unwrap().unwrap();
    for one in &canary.steps {
        assert_eq!(one.reached.is_some(), one.step != Step::Outbox, "{one:?}");
    }
    assert_eq!((canary.proved, canary.stuck_before()), (Some(day(0)), None));
    for path in ["/sources", "/sources/canary"] {
        let page = town.page(path).await.seen();
        for words in ["fetched over HTTP", "found by a search", "came through , last on 2026-11-23"] {
            assert!(page.contains(words), "{path} does not say {words}: {page}");
        }
        assert_eq!(page.matches("nobody is told of it").count(), 1, "{path}: {page}");
    }
    let totals = town.knowledge.totals().await.unwrap();
    assert_eq!(totals.sources, 0, "it is no vendor's source");
    assert!(town.knowledge.newest(9).await.unwrap().is_empty(), "and its song is no news");
    assert!(town.knowledge.sources().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_canary_that_does_not_come_through_is_told_after_a_day_and_an_hour() {
    let (mut town, perch) = with_canary().await;
    town.round().await;
    town.knowledge.match_new(day(0)).await.unwrap();
    let said = async |hours| {
        let now = day(0) + SignedDuration::from_hours(hours);
        let notices = town.knowledge.what_is_not_normal(now).await.unwrap();
        notices.into_iter().map(|notice| notice.sentence).collect::<Vec<_>>()
    };
    assert!(said(25).await.is_empty());
    drop(perch);
    let later = Crawl { clock: || day(2), ..town.crawl.clone() };
    assert_eq!(round(&later, &|_| {}).await.unwrap().failed, 1);
    let late = "No canary has come through for 2 days: what is said may not be found here.";
    assert_eq!(said(48).await, [late], "it is told once, and not among the sources that fail");
    assert_eq!(town.health(SLUG).await.state, State::Failing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_without_a_perch_leaves_the_canary_alone() {
    let (mut town, _perch) = with_canary().await;
    town.crawl.canary = None;
    assert_eq!(town.round().await.sources, 0);
    assert_eq!(town.knowledge.canary().await.unwrap().unwrap().proved, None);
    check(town.knowledge.folder(), &["crawl", SLUG], 64, &["`forewarn serve` alone has one"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_somebody_called_canary_stays_what_it_is() {
    let town = Town::empty().await;
    town.add(&source(SLUG, Kind::Feed, "http://127.0.0.1:9/feed")).await;
    let refused = town.knowledge.keep_canary("http://127.0.0.1:9/canary.atom", day(0)).await.unwrap_err();
    assert!(refused.to_string().contains("is of another kind"), "{refused}");
    assert_eq!(town.health(SLUG).await.source.kind, Kind::Feed);
    assert_eq!(town.knowledge.canary().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_normal_is_the_same_on_pages_to_programs_and_in_the_terminal() {
    let address = stranger([]).await;
    let mut town = Town::empty().await;
    town.add(&source("gone-feed", Kind::Feed, &format!("http://{address}/feed"))).await;
    town.round().await;
    let tick = Tick {
        name: "look for due sources".to_owned(),
        ran: day(-1),
        expected: day(-1),
        jump: Some((day(0), SignedDuration::from_hours(-3))),
    };
    town.knowledge.keep_ticks(&[tick]).await.unwrap();
    let expected = [
        "The program last came to look for due sources at 2026-11-22 09:00 UTC: does `forewarn serve` still run?",
        "1 of 1 sources is not answering: silence there proves nothing.",
        "The clock of the program jumped back by 3 hours at 2026-11-23 09:00 UTC: moments around it are not to be relied on.",
    ];
    let told = town.page("/api/v1/notices").await.json();
    let told: Vec<&str> =
        told.as_array().unwrap().iter().map(|notice| notice["sentence"].as_str().unwrap()).collect();
    assert_eq!(told, expected);
    for path in ["/", "/search", "/vendors", "/sources"] {
        let page = town.page(path).await.seen();
        for sentence in expected {
            assert!(page.contains(sentence), "{path} does not say {sentence}: {page}");
        }
    }
    // The terminal has a clock of its own, to which the jump is long past or yet to come.
    check(town.knowledge.folder(), &["source", "list"], 0, expected.get(1..2).unwrap());
    town.knowledge.forget_ticks().await.unwrap();
    let left = town.page("/api/v1/notices").await.json();
    assert_eq!(left.as_array().unwrap().len(), 1, "a program that stopped in order is not missed");
}

/// The value of a sample, by its name with its labels.
fn value(text: &str, sample: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("there is no {sample}: {text}")).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_counted_is_told_as_prometheus_reads_it() {
    let (mut town, _perch) = with_canary().await;
    let address = stranger([]).await;
    town.add(&source("gone-feed", Kind::Feed, &format!("http://{address}/feed"))).await;
    town.round().await;
    town.page("/").await;
    town.get("/nowhere").await;
    let reply = town.page("/metrics").await;
    assert_eq!(reply.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let text = reply.text();
    for (sample, expected) in [
        ("forewarn_sources{state=\"failing\"}", 1.0),
        ("forewarn_sources{state=\"healthy\"}", 0.0),
        ("forewarn_entries", 1.0),
        ("forewarn_index_behind_entries", 0.0),
        ("forewarn_canary_late", 0.0),
        ("forewarn_http_answers_total{class=\"2xx\"}", 1.0),
        ("forewarn_http_answers_total{class=\"4xx\"}", 1.0),
        ("forewarn_http_answer_seconds_count", 2.0),
        ("forewarn_http_answer_seconds_bucket{le=\"+Inf\"}", 2.0),
    ] {
        assert_eq!(value(&text, sample), expected, "{sample}: {text}");
    }
    assert!((3_600.0..3_700.0).contains(&value(&text, "forewarn_canary_age_seconds")), "{text}");
    assert!(value(&text, "forewarn_disk_bytes") >= value(&text, "forewarn_disk_left_bytes"), "{text}");
    let mut known = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("# TYPE ") {
            Some(kind) => known.push(kind.split(' ').next().unwrap().to_owned()),
            None if line.starts_with("# HELP ") => {}
            None => {
                let name = line.split(['{', ' ']).next().unwrap();
                assert!(known.last().is_some_and(|last| name.starts_with(last.as_str())), "{line}");
                assert!(line.rsplit(' ').next().unwrap().parse::<f64>().is_ok(), "{line}");
            }
        }
    }
    let unique: std::collections::BTreeSet<_> = known.iter().collect();
    assert_eq!(unique.len(), known.len(), "each metric stands once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_counted_is_for_those_who_may_see_the_pages() {
    let town = Town::empty().await;
    let token = "a-token-of-this-walk";
    let guarded = pages(&town.knowledge, Access::Token(TokenDigest::of(token))).await;
    let without = ask(guarded, "GET /metrics", "", "").await;
    assert_eq!(without.status, 401);
    let with = ask(guarded, "GET /metrics", &format!("Authorization: Bearer {token}\r\n"), "").await;
    assert_eq!(with.status, 200);
    assert_eq!(ask(guarded, "GET /readyz", "", "").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_whose_index_cannot_be_read_is_alive_and_not_ready() {
    let town = Town::crawled().await;
    assert_eq!(town.get("/readyz").await.status, 200);
    let search = town.knowledge.folder().join("search");
    let aside = town.knowledge.folder().join("aside");
    std::fs::rename(&search, &aside).unwrap();
    let refused = town.get("/readyz").await;
    assert_eq!((refused.status, town.get("/healthz").await.status), (503, 200));
    assert!(refused.text().starts_with("not ready (reference "), "{}", refused.text());
    assert!(!refused.text().contains("search"), "it says nothing to strangers");
    std::fs::rename(&aside, &search).unwrap();
    assert_eq!(town.get("/readyz").await.status, 200);
}
