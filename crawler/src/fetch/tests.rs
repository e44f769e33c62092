//! The door against a server that misbehaves, over real connections on this machine.

mod server;

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use reqwest::Url;

use super::{Answer, Bearer, Disappointment, Door, Fetched, Politeness, Reach, Request, Retry, Validators};
use server::{Canned, Server, answer};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn hasty() -> Politeness {
    Politeness { host_interval: Duration::ZERO, robots: false, max_bytes: 100_000, ..Politeness::default() }
}

fn request(url: Url) -> Request {
    Request {
        url,
        reach: Reach::Private,
        validators: Validators::default(),
        accept: "*/*",
        max_bytes: None,
        bearer: None,
    }
}

async fn fresh(door: &Door, url: Url) -> Fetched {
    match door.fetch(request(url), NOW).await {
        Ok(Answer::Fresh(fetched)) => fetched,
        other => panic!("{other:?}"),
    }
}

async fn failure(door: &Door, url: Url) -> Disappointment {
    door.fetch(request(url), NOW).await.unwrap_err()
}

/// Asks a server that gives this answer to everything; the expected text ends the sentence.
async fn check(canned: impl Fn() -> Canned + Send + Sync + 'static, expected: &str) {
    let server = Server::start(move |_| canned()).await;
    let told = failure(&Door::new(hasty()).unwrap(), server.url("/feed?key=secret")).await.to_string();
    assert_eq!(told, format!("fetch {}: {expected}", server.url("/feed")));
}

#[tokio::test]
async fn a_body_comes_with_what_its_headers_say() {
    let headers = "Content-Type: Text/XML; charset=\"UTF-8\"\r\nETag: \"1\"\r\nLast-Modified: yesterday\r\n";
    let server = Server::start(move |_| answer("200 OK", headers, b"<rss/>")).await;
    let fetched = fresh(&Door::new(hasty()).unwrap(), server.url("/feed?page=1#part")).await;
    assert_eq!(fetched.bytes, b"<rss/>");
    assert_eq!((fetched.media_type.as_str(), fetched.charset.as_deref()), ("text/xml", Some("UTF-8")));
    assert_eq!((fetched.url, fetched.moved_permanently), (server.url("/feed?page=1"), None));
    let validators = Validators { etag: Some("\"1\"".into()), last_modified: Some("yesterday".into()) };
    assert_eq!(fetched.validators, validators);
    assert!(server.heads()[0].contains("user-agent: forewarn/"), "{:?}", server.heads());
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let server = Server::start(|_| answer("304 Not Modified", "", b"")).await;
    let door = Door::new(hasty()).unwrap();
    let validators = Validators { etag: Some("\"1\"".into()), last_modified: Some("yesterday".into()) };
    let asked = door.fetch(Request { validators, ..request(server.url("/")) }, NOW).await;
    assert!(matches!(asked, Ok(Answer::Unchanged)));
    assert!(server.heads()[0].contains("if-none-match: \"1\"\r\nif-modified-since: yesterday\r\n"));
    // Nothing was said of a version, so "not modified" is no answer.
    assert!(matches!(failure(&door, server.url("/")).await, Disappointment::Status { status: 304, .. }));
}

#[tokio::test]
async fn each_status_has_its_own_sentence() {
    check(|| answer("401 X", "", b""), "the server wants a login (401)").await;
    check(|| answer("403 X", "", b""), "the server forbids it (403)").await;
    check(|| answer("404 X", "", b""), "there is nothing at this address (404)").await;
    check(|| answer("410 X", "", b""), "it was removed for good (410)").await;
    check(|| answer("429 X", "", b""), "the server says we ask too often (429)").await;
    check(|| answer("500 X", "", b""), "the server has a fault of its own (500)").await;
    check(|| answer("503 X", "Retry-After: soon\r\n", b""), "the server has a fault of its own (503)").await;
    check(|| answer("204 X", "", b""), "the server answered with status 204").await;
    check(|| answer("418 X", "", b""), "the server answered with status 418").await;
}

#[tokio::test]
async fn a_body_is_never_larger_than_allowed() {
    let too_large = "the answer is larger than 100000 bytes";
    check(|| Canned::Endless, too_large).await;
    check(|| Canned::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec()), too_large)
        .await;
    check(|| answer("200 OK", "", &[b'a'; 100_001]), too_large).await;
    check(|| answer("200 OK", "Content-Encoding: gzip\r\n", &gzip(&[0; 10_000_000])), too_large).await;
    let server =
        Server::start(|_| answer("200 OK", "Content-Encoding: gzip\r\n", &gzip(&[0; 100_000]))).await;
    let door = Door::new(hasty()).unwrap();
    assert_eq!(fresh(&door, server.url("/")).await.bytes.len(), 100_000);
    let asked = door.fetch(Request { max_bytes: Some(99_999), ..request(server.url("/")) }, NOW).await;
    assert!(matches!(asked, Err(Disappointment::TooLarge { limit: 99_999, .. })));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_broken_body_is_told_from_a_badly_compressed_one() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello".to_vec();
    check(move || Canned::Bytes(cut.clone()), "the answer broke off after 5 bytes").await;
    let cut = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n".to_vec();
    check(move || Canned::Bytes(cut.clone()), "the answer broke off after 5 bytes").await;
    let mut cut = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\n".to_vec();
    cut.extend_from_slice(&gzip(&[7; 9_000])[..30]);
    let server = Server::start(move |_| Canned::Bytes(cut.clone())).await;
    let told = failure(&Door::new(hasty()).unwrap(), server.url("/")).await;
    assert!(matches!(told, Disappointment::BrokeOff { .. }), "{told}");
    for body in [b"plain".to_vec(), gzip(&[7; 9_000])[..30].to_vec()] {
        let server = Server::start(move |_| answer("200 OK", "Content-Encoding: gzip\r\n", &body)).await;
        let told = failure(&Door::new(hasty()).unwrap(), server.url("/")).await;
        assert!(matches!(told, Disappointment::Decompression { .. }), "{told}");
    }
    let unknown = "the answer could not be decompressed (encoding \"compress\" is not known)";
    check(|| answer("200 OK", "Content-Encoding: compress\r\n", b"x"), unknown).await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_not_waited_for() {
    check(|| Canned::Silence, "no complete answer within 60 seconds").await;
}

#[tokio::test]
async fn what_is_not_http_is_told_so() {
    for canned in [&b""[..], b"SSH-2.0-OpenSSH_9.2\r\n"] {
        let server = Server::start(move |_| Canned::Bytes(canned.to_vec())).await;
        let told = failure(&Door::new(hasty()).unwrap(), server.url("/")).await;
        assert!(matches!(told, Disappointment::NoAnswer { .. }), "{told}");
    }
    let server = Server::start(|_| answer("200 OK", "", b"")).await;
    let url = format!("https://127.0.0.1:{}/", server.port());
    let told = failure(&Door::new(hasty()).unwrap(), Url::parse(&url).unwrap()).await;
    assert!(matches!(told, Disappointment::Tls { .. }), "{told}");
}

#[tokio::test]
async fn a_host_that_is_not_there_is_told_so() {
    let door = Door::new(hasty()).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    drop(listener);
    let told = failure(&door, Url::parse(&format!("http://{host}/")).unwrap()).await;
    assert_eq!(told, Disappointment::ConnectionRefused { host });
    // A label this long is in no name, so nobody is asked for it.
    let url = Url::parse(&format!("http://{}.invalid/", "a".repeat(70))).unwrap();
    assert!(matches!(failure(&door, url).await, Disappointment::Unresolved { .. }));
}

#[tokio::test]
async fn a_public_source_reaches_nothing_private_however_it_is_spelled() {
    let server = Server::start(|_| answer("200 OK", "", b"secret")).await;
    let door = Door::new(hasty()).unwrap();
    for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]"] {
        let url = Url::parse(&format!("http://{host}:{}/", server.port())).unwrap();
        let told = door.fetch(Request { reach: Reach::Public, ..request(url) }, NOW).await.unwrap_err();
        assert!(matches!(told, Disappointment::RefusedAddress { .. }), "{host}: {told}");
        assert_eq!(told.retry(), Retry::GiveUp);
    }
    let asked = Request { reach: Reach::Public, ..request(server.url("/")) };
    let told = Door::new(polite()).unwrap().fetch(asked, NOW).await.unwrap_err();
    assert!(matches!(told, Disappointment::RefusedAddress { .. }), "not even for robots.txt: {told}");
    assert!(server.heads().is_empty());
    let url = Url::parse(&format!("http://localhost:{}/", server.port())).unwrap();
    assert_eq!(fresh(&door, url).await.bytes, b"secret");
}

#[tokio::test]
async fn redirects_are_followed_and_remembered() {
    let server = Server::start(|path| match path {
        "/old" => answer("301 X", "Location: /new\r\n", b""),
        "/new" => answer("302 X", "Location: /now?page=1#top\r\n", b""),
        _ => answer("200 OK", "", b"here"),
    })
    .await;
    let fetched = fresh(&Door::new(hasty()).unwrap(), server.url("/old")).await;
    assert_eq!(
        (fetched.url, fetched.moved_permanently),
        (server.url("/now?page=1"), Some(server.url("/new")))
    );
    assert_eq!(server.paths(), ["/old", "/new", "/now?page=1"]);
}

#[tokio::test]
async fn a_redirect_to_a_forbidden_address_is_not_followed() {
    for place in
        ["http://169.254.169.254/latest", "http://[fd00:ec2::254]/", "//0/", "//0xA9FEA9FE/", "//224.1/"]
    {
        let server = Server::start(move |_| answer("302 X", &format!("Location: {place}\r\n"), b"")).await;
        let told = failure(&Door::new(hasty()).unwrap(), server.url("/?key=secret")).await;
        let Disappointment::BadRedirect { from, cause } = &told else { panic!("{place}: {told}") };
        assert_eq!(*from, server.url("/").as_str());
        assert!(matches!(**cause, Disappointment::RefusedAddress { .. }), "{told}");
        assert_eq!(told.retry(), Retry::Backoff);
    }
}

#[tokio::test]
async fn redirects_end() {
    check(|| answer("302 X", "Location: ?key=secret\r\n", b""), "its redirects go round in a circle").await;
    let server = Server::start(|path| answer("302 X", &format!("Location: {path}a\r\n"), b"")).await;
    let told = failure(&Door::new(hasty()).unwrap(), server.url("/a")).await;
    assert_eq!(told, Disappointment::TooManyRedirects { url: server.url("/a").to_string(), limit: 8 });
    assert_eq!(server.paths().len(), 9);
}

#[tokio::test]
async fn a_host_that_wants_a_rest_is_left_alone() {
    let server =
        Server::start(|_| answer("429 X", "Retry-After: Thu, 01 Jan 1970 00:02:00 GMT\r\n", b"")).await;
    let door = Door::new(hasty()).unwrap();
    let at = |seconds| door.fetch(request(server.url("/")), NOW + Duration::from_secs(seconds));
    let told = at(0).await.unwrap_err();
    assert!(matches!(told.retry(), Retry::After(after) if after.as_secs() >= 119), "{told}");
    let again = at(60).await.unwrap_err();
    assert!(matches!(again.retry(), Retry::After(after) if after.as_secs() <= 60), "{again}");
    assert_eq!(server.paths().len(), 1);
    let _sent_away = at(121).await.unwrap_err();
    assert_eq!(server.paths().len(), 2);
}

fn polite() -> Politeness {
    Politeness { robots: true, ..hasty() }
}

#[tokio::test]
async fn robots_txt_is_obeyed_and_read_once() {
    let server = Server::start(|path| match path {
        "/robots.txt" => answer("200 OK", "", b"User-agent: forewarn\nDisallow: /private\n"),
        _ => answer("200 OK", "", b"news"),
    })
    .await;
    let door = Door::new(polite()).unwrap();
    let told = failure(&door, server.url("/private?key=secret")).await;
    assert_eq!(told, Disappointment::RobotsDisallow { url: server.url("/private").to_string() });
    let both = (fresh(&door, server.url("/a")), fresh(&door, server.url("/b")));
    tokio::join!(both.0, both.1);
    assert_eq!(server.paths()[0], "/robots.txt");
    assert_eq!(server.paths().len(), 3, "{:?}", server.paths());
}

#[tokio::test]
async fn two_at_once_read_robots_txt_once() {
    let server = Server::start(|_| answer("404 X", "", b"")).await;
    let door = Door::new(polite()).unwrap();
    let tasks = ["/a", "/b"].map(|path| {
        let (door, url) = (door.clone(), server.url(path));
        tokio::spawn(async move { failure(&door, url).await })
    });
    for task in tasks {
        assert!(matches!(task.await.unwrap(), Disappointment::NotFound { .. }));
    }
    assert_eq!(server.paths().iter().filter(|path| *path == "/robots.txt").count(), 1);
}

#[tokio::test]
async fn a_redirect_into_a_forbidden_corner_is_not_followed() {
    let server = Server::start(|path| match path {
        "/robots.txt" => answer("302 X", "Location: /elsewhere\r\n", b""),
        "/elsewhere" => answer("200 OK", "", b"User-agent: *\nDisallow: /private\n"),
        _ => answer("302 X", "Location: /private\r\n", b""),
    })
    .await;
    let told = failure(&Door::new(polite()).unwrap(), server.url("/")).await;
    assert_eq!(told, Disappointment::RobotsDisallow { url: server.url("/private").to_string() });
    assert_eq!(server.paths(), ["/robots.txt", "/elsewhere", "/"]);
}

#[tokio::test]
async fn a_host_whose_wishes_are_unknown_is_not_asked() {
    let server = Server::start(|_| answer("500 X", "", b"")).await;
    let told = failure(&Door::new(polite()).unwrap(), server.url("/feed")).await;
    let expected = format!(
        "learn from robots.txt whether 127.0.0.1:{} may be asked: failed to fetch {}: the server has a fault of its own (500)",
        server.port(),
        server.url("/robots.txt")
    );
    assert_eq!(told.to_string(), expected);
    assert_eq!(server.paths(), ["/robots.txt"]);
}

#[tokio::test]
async fn an_endless_robots_txt_is_read_so_far_and_one_that_goes_in_circles_is_none() {
    let server = Server::start(|path| match path {
        "/robots.txt" => Canned::Endless,
        _ => answer("200 OK", "", b"news"),
    })
    .await;
    assert_eq!(fresh(&Door::new(polite()).unwrap(), server.url("/")).await.bytes, b"news");
    let server = Server::start(|path| match path {
        "/robots.txt" => answer("302 X", "Location: /robots.txt\r\n", b""),
        _ => answer("200 OK", "", b"news"),
    })
    .await;
    assert_eq!(fresh(&Door::new(polite()).unwrap(), server.url("/")).await.bytes, b"news");
}

#[test]
fn a_name_that_is_no_header_text_is_refused() {
    assert!(Door::new(Politeness { user_agent: "fore\nwarn".to_owned(), ..Politeness::default() }).is_err());
}

#[tokio::test]
async fn a_token_goes_to_its_own_origin_alone_and_its_refusal_is_told() {
    let elsewhere = Server::start(|_| answer("200 OK", "", b"there")).await;
    let to = elsewhere.url("/there");
    let server = Server::start(move |path| match path {
        "/moved" => answer("302 Found", &format!("Location: {to}\r\n"), b""),
        _ => answer("401 Unauthorized", "", b""),
    })
    .await;
    let door = Door::new(hasty()).unwrap();
    let with_token = |url| Request { bearer: Bearer::new("hunter2"), ..request(url) };
    assert!(door.fetch(with_token(server.url("/moved")), NOW).await.is_ok());
    assert!(server.heads()[0].contains("authorization: Bearer hunter2"), "{:?}", server.heads());
    assert!(!elsewhere.heads()[0].contains("hunter2"), "{:?}", elsewhere.heads());
    let told = door.fetch(with_token(server.url("/")), NOW).await.unwrap_err();
    let host = server.url("/").authority().to_owned();
    let expected =
        format!("use the token for {host}: it was refused as expired, withdrawn or mistyped (401)");
    assert_eq!(told.to_string(), expected);
    let told = failure(&door, server.url("/")).await.to_string();
    assert!(told.contains("wants a login (401)"), "without a token it is another matter: {told}");
}

#[tokio::test]
async fn a_spent_limit_is_waited_for_and_the_host_not_asked_meanwhile() {
    let headers = "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 90\r\n";
    let server = Server::start(move |_| answer("403 Forbidden", headers, b"")).await;
    let door = Door::new(hasty()).unwrap();
    for _ in 0..2 {
        let told = failure(&door, server.url("/")).await;
        assert!(matches!(told.retry(), Retry::After(wait) if wait.as_secs() == 90), "{told}");
    }
    assert_eq!(server.paths(), ["/"]);
}
