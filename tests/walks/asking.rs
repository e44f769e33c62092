//! Who may ask: under which name, from which page, with which token; and what every page forbids the browser.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use web::guard::access::{Access, TokenDigest};

use crate::town::{Town, pages};
use crate::visitor::ask;

const TOKEN: &str = "a-token-of-the-walks";

async fn check(address: SocketAddr, request: &str, headers: &str, expected: u16) {
    let reply = ask(address, request, headers, "").await;
    assert_eq!(reply.status, expected, "{request} {headers}");
    let policy = reply.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{request}: {policy}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_name_and_another_sites_page_are_refused() {
    let town = Town::new().await;
    let here = town.address;
    check(here, "GET /", "Host: localhost:8080\r\n", 200).await;
    check(here, "GET /", "Host: rebound.example\r\n", 421).await;
    check(here, "GET /api/v1/sources", "Host: 127.0.0.1.rebound.example\r\n", 421).await;
    let retry = "POST /sources/orrin-csaf/retry";
    check(here, retry, "Origin: https://elsewhere.example\r\n", 403).await;
    check(here, retry, "Sec-Fetch-Site: cross-site\r\n", 403).await;
    check(here, retry, "Origin: null\r\n", 403).await;
    check(here, retry, &format!("Origin: http://{here}\r\n"), 303).await;
    check(here, "POST /sources/nobody/retry", "", 404).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_token_learns_nothing_and_who_has_it_is_served() {
    let town = Town::crawled().await;
    let address = pages(&town.knowledge, Access::Token(TokenDigest::of(TOKEN))).await;
    let snapshot = town.found("id:OWSA-0046").await.revisions.first().unwrap().snapshot.clone();
    for path in
        ["/", "/search?q=relay", "/entries/1", "/vendors", "/sources", &format!("/snapshots/{snapshot}")]
    {
        let refused = ask(address, &format!("GET {path}"), "", "").await;
        assert_eq!(refused.status, 303, "{path}");
        assert!(refused.header("location").starts_with("/sign-in?to="), "{path}");
        assert!(!refused.text().contains("Halvard"), "{path}");
        check(address, &format!("GET {path}"), &format!("Cookie: forewarn={TOKEN}\r\n"), 200).await;
        check(address, &format!("GET {path}"), "Cookie: forewarn=a-token-of-the-walk\r\n", 303).await;
    }
    check(address, "GET /api/v1/search?q=relay", "", 401).await;
    check(address, "GET /api/v1/search?q=relay", "Authorization: Bearer wrong\r\n", 401).await;
    check(address, "GET /api/v1/search?q=relay", &format!("Authorization: Bearer {TOKEN}\r\n"), 200).await;
    check(address, "GET /healthz", "", 200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_takes_anything_from_elsewhere() {
    let town = Town::crawled().await;
    let mut paths: Vec<String> = [
        "/",
        "/search",
        "/search?q=relay",
        "/search?q=%22open",
        "/vendors",
        "/vendors/halvard",
        "/sources",
        "/help/search",
        "/sign-in",
        "/nowhere",
        "/entries/999999",
    ]
    .map(str::to_owned)
    .into();
    for source in town.knowledge.sources().await.unwrap() {
        paths.push(format!("/sources/{}", source.source.slug));
    }
    for card in town.knowledge.newest(60).await.unwrap() {
        paths.push(format!("/entries/{}", card.id.0));
    }
    for path in paths {
        let reply = town.get(&path).await;
        assert!(reply.status < 500, "{path}");
        assert!(reply.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        let html = reply.text();
        for tag in html.split('<').filter(|tag| {
            ["script", "link", "img", "iframe", "style"].iter().any(|name| tag.starts_with(name))
        }) {
            let source = tag.split_once("src=\"").or_else(|| tag.split_once("href=\"")).map(|(_, rest)| rest);
            assert!(source.is_some_and(|source| source.starts_with("/assets/")), "{path}: <{tag}");
        }
        assert!(!html.contains("style=\"") && !html.contains(" onclick="), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_for_programs_is_described() {
    let town = Town::new().await;
    let described = town.page("/api/v1/openapi.json").await.json();
    let described: BTreeSet<String> = described["paths"].as_object().unwrap().keys().cloned().collect();
    let routes = include_str!("../../web/routes.rs");
    let routed = routes.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let routed: BTreeSet<String> = routed
        .filter(|path| path.starts_with("/api/v1/") && *path != "/api/v1/openapi.json")
        .map(str::to_owned)
        .collect();
    assert!(routed.len() >= 9, "{routed:?}");
    assert_eq!(described, routed);
}
