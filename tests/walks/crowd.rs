//! A thousand sources that are due at once: every host is asked as if it were the only one.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crawler::fetch::{Door, Politeness};
use crawler::round::round;
use index::source::Kind;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::town::{Town, source};

/// Sources, and hosts on which they lie.
const SOURCES: usize = 1_000;
const HOSTS: u8 = 25;

/// The pause between two requests to one host.
const PAUSE: Duration = Duration::from_millis(10);

/// Requests that may be under way to all hosts together, and sources that have their turn at once.
const TOGETHER: usize = 6;

/// What a host, or all of them, saw.
#[derive(Default)]
struct Seen {
    under_way: AtomicUsize,
    most: AtomicUsize,
    feeds: AtomicUsize,
}

impl Seen {
    fn begins(&self) {
        let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(under_way, Ordering::SeqCst);
    }

    fn ends(&self) {
        self.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A host that counts what is asked of it at the same time, by itself and together with the others.
async fn host(number: u8, own: Arc<Seen>, all: Arc<Seen>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 1, number), 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (own, all) = (Arc::clone(&own), Arc::clone(&all));
            tokio::spawn(async move { drop(answer(stream, &own, &all).await) });
        }
    });
    address
}

async fn answer(stream: TcpStream, own: &Seen, all: &Seen) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut path = String::new();
        if stream.read_line(&mut path).await? == 0 {
            return Ok(());
        }
        own.begins();
        all.begins();
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).await?;
        }
        let feed = path.contains("/feed/");
        own.feeds.fetch_add(usize::from(feed), Ordering::SeqCst);
        // Others get their turn before this one is answered.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        let name = path.split(' ').nth(1).unwrap_or_default();
        let item = format!("<item><title>News of {name}</title><guid>{name}</guid></item>");
        let body = format!("<rss version='2.0'><channel><title>a</title>{item}</channel></rss>");
        let (status, body) = if feed { ("200 OK", body) } else { ("404 Not Found", String::new()) };
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len());
        own.ends();
        all.ends();
        stream.write_all(format!("{head}{body}").as_bytes()).await?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_sources_due_at_once_are_asked_politely() {
    let mut town = Town::empty().await;
    let all = Arc::new(Seen::default());
    let mut hosts = Vec::new();
    for number in 1..=HOSTS {
        let own = Arc::new(Seen::default());
        hosts.push((host(number, Arc::clone(&own), Arc::clone(&all)).await, own));
    }
    for (number, (address, _)) in (0..SOURCES).zip(hosts.iter().cycle()) {
        town.add(&source(&format!("one-{number}"), Kind::Feed, &format!("http://{address}/feed/{number}")))
            .await;
    }
    let politeness = Politeness {
        host_interval: PAUSE,
        host_connections: 1,
        connections: TOGETHER,
        ..Politeness::default()
    };
    town.crawl.door = Door::new(politeness).unwrap();
    town.crawl.together = TOGETHER;
    let began = Instant::now();
    let ended = round(&town.crawl, &|_| {}).await.unwrap();
    let took = began.elapsed();
    assert_eq!((ended.sources as usize, ended.failed), (SOURCES, 0));
    assert_eq!(ended.recorded.new as usize, SOURCES);
    assert_eq!(town.written().await.0 as usize, SOURCES, "all of it can be searched");
    for (address, own) in &hosts {
        assert_eq!(own.most.load(Ordering::SeqCst), 1, "{address} was asked two things at once");
        let feeds = own.feeds.load(Ordering::SeqCst);
        assert_eq!(feeds, SOURCES / usize::from(HOSTS));
        let pauses = PAUSE * u32::try_from(feeds - 1).unwrap();
        assert!(took >= pauses, "{address} was asked {feeds} times in {took:?}");
    }
    let most = all.most.load(Ordering::SeqCst);
    assert!((2..=TOGETHER).contains(&most), "{most} requests were under way at once");
}
