//! A site is looked at: what it has is proposed with samples, in the terminal and as JSON; a hostile one costs little.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use crawler::discover::{self, Bounds, Known, Look, Sureness};
use crawler::fetch::Reach;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use web::guard::access::Access;
use web::world::base::Host;

use crate::process;
use crate::stranger::{Says, stranger};
use crate::town::{Town, day, door, pages_reaching};
use crate::visitor::{Reply, ask, send};

const HTML: &str = "Content-Type: text/html\r\n";
const TEXT: &str = "Content-Type: text/plain\r\n";
const XML: &str = "Content-Type: application/xml\r\n";

/// Asks the interface to look at a site.
async fn looked(town: &Town, site: &str) -> Reply {
    let body = serde_json::json!({ "site": site }).to_string();
    ask(town.address, "POST /api/v1/discover", "Content-Type: application/json\r\n", &body).await
}

/// A proposal by the address of its source.
fn proposal<'a>(found: &'a Value, address: &str) -> &'a Value {
    let proposals = found["proposals"].as_array().unwrap();
    let of = |one: &&Value| one["source"]["address"] == address;
    proposals.iter().find(of).unwrap_or_else(|| panic!("nobody proposes {address}: {found:#}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_is_proposed_with_what_each_channel_would_bring() {
    let town = Town::empty().await;
    let (halvard, community) = (town.world.base(Host::Halvard), town.world.base(Host::Community));
    let reply = looked(&town, &halvard).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let found = reply.json();
    for (address, kind, why) in [
        (format!("{halvard}/relay/releases.rss"), "feed", "declares it as its feed"),
        (format!("{community}/"), "discourse", "says that Discourse made it"),
        (format!("{halvard}/status/"), "status", "answers as Statuspage does"),
        (format!("{halvard}/keys/packages.asc"), "keys", "the field Encryption of"),
        (format!("{halvard}/security/advisories/"), "page", "linked from"),
    ] {
        let one = proposal(&found, &address);
        assert_eq!((&one["source"]["kind"], &one["sureness"]), (&kind.into(), &"certain".into()), "{one:#}");
        assert!(one["why"].as_str().unwrap().contains(why), "{one:#}");
        assert!(!one["sample"]["entries"].as_array().unwrap().is_empty(), "{one:#}");
    }
    let feed = proposal(&found, &format!("{halvard}/relay/releases.rss"));
    let newest = &town.world.world().halvard.releases[0];
    assert_eq!(feed["sample"]["entries"][0]["title"], newest.title.as_str());
    assert_eq!(feed["sample"]["entries"][0]["dated"], newest.published.to_string());
    assert_eq!(feed["source"]["slug"], "halvard-systems-relay-feed");
    let contacts = found["vendor"]["contacts"].as_array().unwrap();
    assert_eq!(contacts[0]["address"], "security@halvard.example", "{contacts:?}");
    assert!(contacts[0]["learnt_from"].as_str().unwrap().ends_with("/.well-known/security.txt"));
    assert_eq!(town.knowledge.totals().await.unwrap().sources, 0, "looking adds nothing");
    let orrin = looked(&town, &town.world.base(Host::Orrin)).await.json();
    let place = format!("{}/.well-known/csaf/provider-metadata.json", town.world.base(Host::Orrin));
    let csaf = proposal(&orrin, &place);
    assert_eq!((&csaf["source"]["kind"], &csaf["sureness"]), (&"csaf".into(), &"certain".into()), "{csaf:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_a_source_already_is_marked_and_not_read() {
    let town = Town::new().await;
    let found = looked(&town, &town.world.base(Host::Halvard)).await.json();
    let feed = proposal(&found, &format!("{}/relay/releases.rss", town.world.base(Host::Halvard)));
    assert_eq!(
        (&feed["known"], feed["sample"]["entries"].as_array().unwrap().len()),
        (&"halvard-releases".into(), 0)
    );
    let asked = town.world.requests();
    assert!(!asked.iter().any(|asked| asked.path == "/relay/releases.rss"), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_site_does_not_put_on_its_first_page_is_found_as_well() {
    let text = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nContact: https://acme.example/report\n\
        Expires: 2020-01-01T00:00:00Z\n-----BEGIN PGP SIGNATURE-----\n";
    let feed = "<rss version='2.0'><channel><title>t</title><item><title>The grumblewort jams</title><guid>1</guid>\
        <pubDate>Mon, 02 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>";
    let board = "<meta name='generator' content='phpBB'><div id='phpbb'><h1>Board</h1></div>";
    let address = stranger([
        ("/", page("<a href='/talk'>Community forum</a><a href='/security'>Security</a><a href='https://github.com/acme'>x</a>")),
        ("/talk", page(board)),
        ("/security", page("<a href='/sign.html'>Our signing keys</a><a href='/pipermail/announce/'>List</a>")),
        ("/.well-known/security.txt", Says::Body(TEXT, text.into())),
        ("/rss.xml", Says::Body(XML, feed.into())),
    ])
    .await;
    let town = Town::empty().await;
    let found = looked(&town, &format!("http://{address}")).await.json();
    let one = |path: &str| proposal(&found, &format!("http://{address}{path}"));
    assert_eq!(one("/rss.xml")["why"], "the site names no feed, and answers with one at /rss.xml");
    assert_eq!(one("/rss.xml")["sample"]["entries"][0]["title"], "The grumblewort jams");
    assert_eq!(one("/rss.xml")["sample"]["entries"][0]["dated"], "2026-11-02T08:00:00Z");
    assert_eq!(
        (&one("/talk")["source"]["kind"], &one("/talk")["sureness"]),
        (&"forum".into(), &"doubtful".into())
    );
    assert!(one("/talk")["why"].as_str().unwrap().ends_with("is made like a forum of phpbb"), "{found:#}");
    let keys = one("/sign.html");
    assert_eq!((&keys["source"]["kind"], &keys["source"]["every_minutes"]), (&"keys".into(), &1440.into()));
    assert!(keys["why"].as_str().unwrap().contains("/security as “Our signing keys”"), "{keys:#}");
    let named = found["named"].to_string();
    assert!(
        named.contains("expired on 2020-01-01") && named.contains("the account acme on GitHub"),
        "{named}"
    );
    assert!(
        found["vendor"]["contacts"][0]["learnt_from"].as_str().unwrap().contains("expired on 2020-01-01")
    );
    let list = format!("http://{address}/pipermail/announce/");
    match index::source::Kind::from_word("mail") {
        Some(_) => drop(proposal(&found, &list)["why"].clone()),
        None => {
            assert!(named.contains(&list) && named.contains("its kind mail is not read here yet"), "{named}")
        }
    }
}

/// Runs the program beside this one, so that the far side goes on answering.
async fn typed(data: &Path, arguments: &[&str], status: i32, expected: &[&str]) -> String {
    let data = data.to_owned();
    let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
    let expected: Vec<String> = expected.iter().map(|&words| words.to_owned()).collect();
    let said = tokio::task::spawn_blocking(move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        process::check(&data, &arguments, status, &expected)
    });
    said.await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_is_looked_at_in_the_terminal_and_the_numbers_are_taken() {
    let town = Town::empty().await;
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("forewarn.toml"), "[crawl]\nhost_interval_milliseconds = 0\n").unwrap();
    let site = town.world.base(Host::Halvard);
    let add = ["source", "add", site.as_str(), "--private-network"];
    let feed = " 1  halvard-systems-relay-feed  feed  vendor  certain\n";
    let said = typed(
        data.path(),
        &add,
        0,
        &[feed, "declares it as its feed", "contact  security: ", "None was added"],
    )
    .await;
    let title = &town.world.world().halvard.releases[0].title;
    assert!(said.contains(title.as_str()), "{said}");
    let with =
        |more: &[&'static str]| -> Vec<&str> { add.iter().copied().chain(more.iter().copied()).collect() };
    typed(
        data.path(),
        &with(&["--take", "1,99"]),
        64,
        &["failed to take \"99\": there are the numbers 1 to "],
    )
    .await;
    typed(data.path(), &with(&["--take", "1", "--dry-run"]), 0, &["1 source would be added"]).await;
    let taken = with(&["--take", "1,halvard-systems-status", "--vendor", "Halvard"]);
    typed(data.path(), &taken, 64, &["failed to take \"halvard-systems-status\""]).await;
    let taken = with(&["--take", "1 halvard-status", "--vendor", "Halvard"]);
    typed(data.path(), &taken, 0, &["2 sources added: halvard-relay-feed, halvard-status."]).await;
    let listed = typed(data.path(), &["source", "list"], 0, &["halvard-relay-feed", "halvard-status"]).await;
    assert!(!listed.contains("keys"), "{listed}");
    typed(data.path(), &["crawl"], 0, &["2 sources asked, 0 failed"]).await;
    let json =
        typed(data.path(), &with(&["--json", "--only", "feed"]), 0, &["\"known\": \"halvard-relay-feed\""])
            .await;
    assert!(!json.contains("\"kind\": \"status\""), "{json}");
    let exported = typed(data.path(), &["source", "export"], 0, &["security@halvard.example"]).await;
    assert!(exported.contains("learnt_from = \"http://127.0.0.1"), "{exported}");
    typed(data.path(), &["source", "add", site.as_str()], 70, &["is a loopback address"]).await;
}

fn page(body: &str) -> Says {
    Says::Body(HTML, format!("<!doctype html><html><body>{body}</body></html>").into_bytes())
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_site_costs_little_and_each_trouble_is_a_sentence() {
    let mut links: String = (0..10_000).map(|number| format!("<a href='/{number}.rss'>x</a>")).collect();
    links.insert_str(0, "<link rel=alternate type='application/rss+xml' href='http://10.1.2.3/inside.xml'>");
    let index = "<sitemapindex><sitemap><loc>/again.xml</loc></sitemap><sitemap><loc>/sitemap.xml</loc></sitemap>\
        <sitemap><loc>/pages.xml.gz</loc></sitemap><sitemap><loc>http://10.1.2.3/map.xml</loc></sitemap></sitemapindex>";
    let endless: String =
        (0..5_000).map(|number| format!("<sitemap><loc>/s{number}.xml</loc></sitemap>")).collect();
    let pages = "<urlset><url><loc>/docs/changelog</loc></url><url><loc>http://10.1.2.3/security</loc></url></urlset>";
    let address = stranger([
        ("/", page(&links)),
        (
            "/robots.txt",
            Says::Body(TEXT, b"User-agent: *\nDisallow: /1.rss\nSitemap: /sitemap.xml\n".to_vec()),
        ),
        ("/sitemap.xml", Says::Body(XML, index.into())),
        ("/again.xml", Says::Body(XML, format!("<sitemapindex>{endless}</sitemapindex>").into_bytes())),
        ("/pages.xml.gz", Says::Body("Content-Type: application/gzip\r\n", packed(pages))),
        ("/docs/changelog", page("<h1>Changelog</h1><p>1.0 is the grumblewort release.</p>")),
        (
            "/.well-known/security.txt",
            Says::Body(TEXT, "Contact: mailto:a@b.example\n".repeat(40_000).into()),
        ),
        ("/security.txt", page("<p>Contact: us</p>")),
        (
            "/.well-known/csaf/provider-metadata.json",
            Says::Status("302 Found", "Location: http://169.254.169.254/\r\n".into()),
        ),
        ("/0.rss", Says::Endless),
    ])
    .await;
    let town = Town::empty().await;
    let found = looked(&town, &format!("http://{address}/")).await.json();
    let inside = proposal(&found, "http://10.1.2.3/inside.xml");
    assert_eq!(
        (&inside["sureness"], &inside["source"]["standing"]),
        (&"doubtful".into(), &"platform".into())
    );
    let said = inside["sample"]["sentence"].as_str().unwrap();
    assert!(said.contains("10.1.2.3 is a private address"), "{said}");
    assert!(found["proposals"].as_array().unwrap().len() <= 10, "{found:#}");
    let said = |address: &str| proposal(&found, &format!("http://{address}"))["sample"]["sentence"].clone();
    assert!(said(&format!("{address}/0.rss")).as_str().unwrap().contains("larger than"), "{found:#}");
    assert!(
        said(&format!("{address}/1.rss")).as_str().unwrap().contains("robots.txt asks us not to"),
        "{found:#}"
    );
    let changelog = proposal(&found, &format!("http://{address}/docs/changelog"));
    assert_eq!(changelog["why"], "the sitemap lists it, and its address speaks of it");
    assert!(!found.to_string().contains("http://10.1.2.3/security"), "{found:#}");
    let missed = found["missed"].to_string();
    for words in [
        "more links than are looked at",
        "security.txt: the answer is larger than",
        "a web page stands there",
        "more than 4 sitemaps",
    ] {
        assert!(missed.contains(words), "{words}: {missed}");
    }
    assert!(
        found["named"].to_string().contains("links that look like channels and are not proposed"),
        "{found:#}"
    );
    assert_eq!(found["vendor"]["contacts"], serde_json::json!([]));
    let inwards = stranger([(
        "/",
        Says::Status("301 Moved Permanently", "Location: http://169.254.169.254/\r\n".into()),
    )])
    .await;
    let refused = looked(&town, &format!("http://{inwards}/")).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.json()["detail"].as_str().unwrap().contains("169.254.169.254 is a"),
        "{}",
        refused.text()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_that_does_not_answer_costs_no_more_than_its_time() {
    let links = "<a href='/slow.rss'>News</a><a href='/forum/'>Forum</a><a href='/security'>Security</a>";
    let address = stranger([
        ("/", page(links)),
        ("/silent", Says::Silence),
        ("/slow.rss", Says::Silence),
        ("/forum/", Says::Silence),
        ("/security", Says::Silence),
        ("/sitemap.xml", Says::Silence),
    ])
    .await;
    let (looking, whole) = (Duration::from_secs(2), Duration::from_secs(3));
    let look = Look {
        door: door(),
        reach: Reach::Private,
        now: day(0),
        bounds: Bounds { looking, whole, ..Bounds::PAGE },
    };
    let site = |path: &str| discover::site(&format!("http://{address}{path}")).unwrap();
    let known = Known::default();
    let (silent, slow) = (site("/silent"), site("/"));
    let (refused, found) =
        tokio::join!(discover::look(&look, &silent, &known), discover::look(&look, &slow, &known));
    let refused = refused.unwrap_err().to_string();
    assert_eq!(refused, format!("fetch http://{address}: no complete answer within 2 seconds"));
    let found = found.unwrap();
    let missed = found.missed.join("\n");
    for path in ["/forum/", "/security", "/sitemap.xml"] {
        let sentence = format!("there was no time left to look at http://{address}{path}");
        assert!(missed.contains(&sentence), "{path}: {missed}");
    }
    let feed = found.proposals.iter().find(|one| one.source.address.ends_with("/slow.rss")).unwrap();
    assert_eq!(feed.sureness, Sureness::Likely);
    assert_eq!(feed.sample.sentence.as_deref(), Some("there was no time left to read it"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_cannot_have_the_programs_own_network_looked_at() {
    let town = Town::empty().await;
    let open = pages_reaching(&town.knowledge, Access::Loopback, Reach::Public).await;
    let site = town.world.base(Host::Halvard);
    let reply = send(open, "/sources/new", &[("site", &site)]).await;
    assert_eq!(reply.status, 400);
    let page = reply.text();
    assert!(reply.seen().contains("is a loopback address, which this source may not ask"), "{page}");
    assert!(page.contains(&format!("value=\"{site}\"")), "what was typed stays: {page}");
    let named = ask(open, "POST /api/v1/discover", "", &format!("{{\"site\":\"{site}\"}}")).await;
    assert_eq!(named.status, 400, "{}", named.text());
    let source = serde_json::json!({ "slug": "inside", "name": "Inside", "kind": "feed", "address": site, "private_network": true });
    let added = ask(open, "POST /api/v1/sources", "", &source.to_string()).await;
    assert_eq!(added.status, 400, "{}", added.text());
    for path in ["/sources/new", "/sources", "/api/v1/discover", "/api/v1/sources"] {
        let foreign = ask(open, &format!("POST {path}"), "Sec-Fetch-Site: cross-site\r\n", "site=a").await;
        assert_eq!(foreign.status, 403, "{path}");
    }
    assert_eq!(town.world.requests(), [], "nobody was asked");
}
