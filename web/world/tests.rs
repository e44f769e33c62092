//! The world read as a stranger reads it: over a connection, with nothing but its addresses.

use inspect::key::openpgp;
use inspect::signature::Worth;
use inspect::signature::openpgp::verify_detached;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha512};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::World;
use crate::world::base::Host;
use crate::world::grade::Grade;
use crate::world::halvard::forum::Author;
use crate::world::serve::{Served, serve};

const DOCUMENT: &str = "/.well-known/csaf/white/2026/owsa-0046.json";

struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Reply {
    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> String {
        let line = self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_default().to_owned()
    }
}

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

async fn start() -> Served {
    serve(World::new(now())).await.unwrap()
}

async fn ask(served: &Served, host: Host, path: &str, conditions: &str) -> Reply {
    let base = served.base(host);
    let address = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{conditions}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let (head, body) = bytes.split_at(end);
    let head = String::from_utf8(head.to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, head, body: body.get(4..).unwrap().to_vec() }
}

async fn get(served: &Served, host: Host, path: &str) -> Reply {
    ask(served, host, path, "").await
}

async fn found(served: &Served, host: Host, path: &str) -> Reply {
    let reply = get(served, host, path).await;
    assert_eq!(reply.status, 200, "{path}");
    reply
}

/// What the signature of the first advisory is worth.
async fn worth(served: &Served) -> Worth {
    let metadata = found(served, Host::Orrin, "/.well-known/csaf/provider-metadata.json").await.json();
    let key = metadata.pointer("/public_openpgp_keys/0/url").and_then(Value::as_str).unwrap();
    let key = found(served, Host::Orrin, key.strip_prefix(&served.base(Host::Orrin)).unwrap()).await;
    let document = found(served, Host::Orrin, DOCUMENT).await;
    let signature = found(served, Host::Orrin, &format!("{DOCUMENT}.asc")).await;
    let certificates = openpgp::read(&key.body).unwrap();
    let verdict = verify_detached(&document.body, &signature.body, &certificates, now().as_second() + 86_400);
    assert_eq!(verdict.len(), 1);
    verdict.into_iter().next().unwrap().worth
}

async fn hash_fits(served: &Served) -> bool {
    let document = found(served, Host::Orrin, DOCUMENT).await;
    let stated = found(served, Host::Orrin, &format!("{DOCUMENT}.sha512")).await.text();
    stated == format!("{}  owsa-0046.json\n", hex::encode(Sha512::digest(&document.body)))
}

#[tokio::test]
async fn every_source_and_every_address_it_leads_to_answers() {
    let served = start().await;
    for host in [Host::Halvard, Host::Community, Host::Orrin] {
        found(&served, host, "/robots.txt").await;
        found(&served, host, "/").await;
    }
    let mut pages = vec![(Host::Community, "/latest.json".to_owned())];
    for release in served.world().halvard.releases {
        pages.push((Host::Halvard, format!("/relay/releases/{}", release.version)));
    }
    for advisory in served.world().halvard.advisories {
        pages.push((Host::Halvard, format!("/security/advisories/{}/", advisory.id.to_lowercase())));
    }
    for notice in served.world().orrin.notices {
        pages.push((Host::Orrin, format!("/notices/{}", notice.slug)));
    }
    for file in found(&served, Host::Orrin, "/.well-known/csaf/white/index.txt").await.text().lines() {
        for ending in ["", ".sha256", ".sha512", ".asc"] {
            pages.push((Host::Orrin, format!("/.well-known/csaf/white/{file}{ending}")));
        }
    }
    assert_eq!(pages.len(), 1 + 9 + 8 + 4 + 6 * 4);
    for (host, path) in pages {
        found(&served, host, &path).await;
    }
    let hosts = [Host::Halvard, Host::Community, Host::Orrin].map(|host| (served.base(host), host));
    for source in served.sources().into_iter().flat_map(|(_, sources)| sources) {
        let (base, host) = hosts.iter().find(|(base, _)| source.address.starts_with(base)).unwrap();
        let path = source.address.strip_prefix(base).unwrap();
        if !path.is_empty() {
            found(&served, *host, path).await;
        }
    }
    served.stop().await;
}

#[tokio::test]
async fn three_channels_of_two_vendors_name_the_same_cve() {
    let served = start().await;
    for (host, path) in [
        (Host::Halvard, "/security/advisories/hsa-0114/"),
        (Host::Orrin, "/notices.atom"),
        (Host::Orrin, DOCUMENT),
    ] {
        assert!(found(&served, host, path).await.text().contains("CVE-2026-90412"), "{path}");
    }
}

#[tokio::test]
async fn the_list_of_advisories_goes_on_to_a_second_page_and_ends() {
    let served = start().await;
    let first = found(&served, Host::Halvard, "/security/advisories/").await.text();
    assert_eq!(first.matches("<li class=\"advisory\">").count(), 5);
    assert!(first.contains("rel=\"next\" href=\"/security/advisories/page/2/\""));
    assert!(first.contains("<span class=\"advisory-date\">11 November 2026</span>"));
    let second = found(&served, Host::Halvard, "/security/advisories/page/2/").await.text();
    assert_eq!(second.matches("<li class=\"advisory\">").count(), 3);
    assert!(!second.contains("rel=\"next\""));
    assert_eq!(get(&served, Host::Halvard, "/security/advisories/page/3/").await.status, 404);
    assert_eq!(get(&served, Host::Halvard, "/security/advisories/page/0/").await.status, 404);
}

#[tokio::test]
async fn staff_announce_the_key_that_signs_packages_and_a_member_quotes_another() {
    let served = start().await;
    let list = found(&served, Host::Community, "/c/announcements/5.json").await.json();
    let topics = list.pointer("/topic_list/topics").and_then(Value::as_array).unwrap();
    let title = "New signing certificate for packages from 2026-09-01";
    let topic = topics.iter().find(|topic| topic["title"] == title).unwrap();
    let path = format!("/t/{}/{}.json", topic["slug"].as_str().unwrap(), topic["id"]);
    let topic = found(&served, Host::Community, &path).await.json();
    let posts = topic.pointer("/post_stream/posts").and_then(Value::as_array).unwrap();
    let key = found(&served, Host::Halvard, "/keys/packages-new.asc").await;
    let key = openpgp::read(&key.body).unwrap().into_iter().next().unwrap().fingerprint().grouped();
    let page = found(&served, Host::Halvard, "/security/keys").await.text();
    assert!(
        !page.contains(&key) && page.contains(&served.world().halvard.former_key.fingerprint().grouped())
    );
    assert_eq!(posts[0]["staff"], true);
    assert!(posts[0]["cooked"].as_str().unwrap().contains(&key));
    assert_eq!(posts[3]["staff"], false);
    assert!(!posts[3]["cooked"].as_str().unwrap().contains(&key));
    let second = found(&served, Host::Community, "/t/118/posts.json?post_ids[]=11802").await.json();
    assert_eq!(second.pointer("/post_stream/posts/0/post_number").unwrap(), 2);
}

#[tokio::test]
async fn documents_are_signed_and_hashed_also_after_an_edit() {
    let served = start().await;
    assert_eq!((worth(&served).await, hash_fits(&served).await), (Worth::Fits, true));
    served.edit(|world| {
        world.now += SignedDuration::from_hours(6);
        assert!(world.set_grade("OWSA-0046", Grade::Critical));
        assert!(world.set_fixed("OWSA-0046", "3.2.5"));
    });
    let document = found(&served, Host::Orrin, DOCUMENT).await.json();
    assert_eq!(document.pointer("/document/aggregate_severity/text").unwrap(), "Critical");
    assert_eq!(document.pointer("/document/tracking/version").unwrap(), "3");
    assert!(document.to_string().contains("vers:generic/>=3.0.0|<3.2.5"));
    assert_eq!((worth(&served).await, hash_fits(&served).await), (Worth::Fits, true));
    let changes = found(&served, Host::Orrin, "/.well-known/csaf/white/changes.csv").await.text();
    assert!(changes.starts_with("\"2026/owsa-0046.json\",\"2026-11-23T15:00:00.000Z\"\n"), "{changes}");
}

#[tokio::test]
async fn a_broken_hash_and_a_broken_signature_do_not_fit() {
    let served = start().await;
    served.edit(|world| world.orrin.break_hash("OWSA-0046"));
    assert_eq!((worth(&served).await, hash_fits(&served).await), (Worth::Fits, false));
    served.edit(|world| world.orrin.break_signature("OWSA-0046"));
    assert_eq!(worth(&served).await, Worth::Bad);
}

#[tokio::test]
async fn a_validator_saves_the_body_until_an_edit() {
    let served = start().await;
    let signature = format!("{DOCUMENT}.asc");
    let feed = "/relay/releases.rss";
    for (host, path) in
        [(Host::Halvard, feed), (Host::Orrin, signature.as_str()), (Host::Community, "/latest.json")]
    {
        let reply = found(&served, host, path).await;
        for condition in [
            format!("If-None-Match: {}\r\n", reply.header("etag")),
            format!("If-Modified-Since: {}\r\n", reply.header("last-modified")),
        ] {
            let again = ask(&served, host, path, &condition).await;
            assert_eq!((again.status, again.body.len()), (304, 0), "{path} {condition}");
        }
    }
    let before = found(&served, Host::Halvard, feed).await.header("etag");
    served.edit(|world| world.add_release("5.1.4", "Halvard Relay 5.1.4", "A correction.", "<p>One.</p>"));
    let after = ask(&served, Host::Halvard, feed, &format!("If-None-Match: {before}\r\n")).await;
    assert_eq!(after.status, 200);
    assert_ne!(after.header("etag"), before);
    assert!(after.text().contains("<title>Halvard Relay 5.1.4</title>"));
}

#[tokio::test]
async fn edits_are_seen_by_the_next_request() {
    let served = start().await;
    served.edit(|world| {
        world.add_notice("quiet", "Nothing happened", "<p>Really.</p>");
        assert!(world.set_grade("HSA-0113", Grade::High));
        assert!(world.add_post(131, Author::member("depot-admin"), "<p>Same here.</p>"));
        assert!(world.edit_post(131, 1, "<p>Solved.</p>"));
        assert!(
            !world.edit_post(131, 0, "") && !world.edit_post(131, 9, "") && !world.set_grade("X", Grade::Low)
        );
    });
    assert!(found(&served, Host::Orrin, "/notices.atom").await.text().contains("Nothing happened"));
    let advisory = found(&served, Host::Halvard, "/security/advisories/hsa-0113/").await.text();
    assert!(advisory.contains("High (CVSS 7.5)") && advisory.contains("Last changed on 23 November 2026"));
    let topic = found(&served, Host::Community, "/t/131.json").await.json();
    assert_eq!(topic["posts_count"], 3);
    assert_eq!(topic.pointer("/post_stream/posts/0/version").unwrap(), 2);
    assert_eq!(topic.pointer("/post_stream/posts/0/cooked").unwrap(), "<p>Solved.</p>");
}

#[tokio::test]
async fn a_path_fails_or_says_something_else_until_it_is_mended() {
    let served = start().await;
    let path = "/notices.atom";
    served.edit(|world| world.fail(Host::Orrin, path, 503));
    assert_eq!(get(&served, Host::Orrin, path).await.status, 503);
    served.edit(|world| world.replace(Host::Orrin, path, "<html>maintenance</html>"));
    let reply = found(&served, Host::Orrin, path).await;
    assert_eq!(reply.text(), "<html>maintenance</html>");
    assert!(reply.header("content-type").starts_with("application/atom+xml"));
    served.edit(|world| world.mend(Host::Orrin, path));
    assert!(found(&served, Host::Orrin, path).await.text().contains("<feed"));
    let asked: Vec<u16> = served.requests().iter().map(|asked| asked.status).collect();
    assert_eq!(asked, [503, 200, 200]);
    assert_eq!(served.requests()[0].path, path);
}

#[tokio::test]
async fn a_stopped_world_answers_no_more() {
    let served = start().await;
    let address = served.address;
    found(&served, Host::Halvard, "/").await;
    served.stop().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[test]
fn a_world_at_the_ends_of_time_can_be_made() {
    for now in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        assert_eq!(World::new(now).halvard.forum.threads.len(), 8);
    }
}

#[test]
fn whatever_the_day_nothing_is_said_in_the_future_or_out_of_order() {
    for days in 0..62 {
        let now = now() + SignedDuration::from_hours(24 * days);
        let world = World::new(now);
        for thread in &world.halvard.forum.threads {
            assert!(thread.posts.is_sorted_by(|one, next| one.written < next.written), "{}", thread.title);
        }
        let begun: Vec<Timestamp> =
            world.halvard.forum.threads.iter().map(|thread| thread.posts[0].written).collect();
        assert!(begun.is_sorted() && begun.iter().all(|at| *at < now));
        assert!(world.halvard.releases.is_sorted_by(|one, next| one.published > next.published));
        assert!(world.halvard.advisories.is_sorted_by(|one, next| one.published > next.published));
        assert!(world.orrin.advisories.is_sorted_by(|one, next| one.published() > next.published()));
    }
}
