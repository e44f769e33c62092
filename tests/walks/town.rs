//! The program in this process: a record in a folder of its own, the invented world beside it, and the pages served.
//!
//! It has days of its own instead of a clock: each round happens on the next one, so that every source is due again.
//! The pages live in the second hour of the first day, and each look at their clock takes six seconds.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crawler::fetch::{Door, Politeness, Reach};
use crawler::round::{Crawl, Round, Turn, round};
use index::answer::{Answer, EntryView, SourceView, Window};
use index::entry::EntryId;
use index::knowledge::Knowledge;
use index::query;
use index::source::{Kind, Source, Standing};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use web::guard::access::Access;
use web::looking::Looking;
use web::routes::router;
use web::state::State;
use web::world::World;
use web::world::serve::{Served, serve};

use crate::visitor::{self, Reply, encoded};

/// The mornings on which rounds happen.
const DAYS: [fn() -> Timestamp; 5] = [|| day(0), || day(1), || day(2), || day(3), || day(4)];

/// A morning, counted from the one on which the world began.
pub(crate) fn day(number: i64) -> Timestamp {
    let first: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    first + SignedDuration::from_hours(24 * number)
}

/// The program with what it knows.
pub(crate) struct Town {
    pub(crate) world: Served,
    pub(crate) knowledge: Knowledge,
    pub(crate) crawl: Crawl,
    pub(crate) address: SocketAddr,
    today: usize,
    _folder: TempDir,
}

/// A door that waits for nobody, and takes at most four megabytes and five seconds.
pub(crate) fn door() -> Door {
    let politeness = Politeness {
        host_interval: Duration::ZERO,
        host_connections: 4,
        timeout: Duration::from_secs(5),
        max_bytes: 4 << 20,
        ..Politeness::default()
    };
    Door::new(politeness).unwrap()
}

/// Pages over what is known, on a port of their own; visitors may have the sites of this machine looked at.
pub(crate) async fn pages(knowledge: &Knowledge, access: Access) -> SocketAddr {
    pages_of(knowledge, access, Reach::Private, 16 << 20).await
}

/// The same, with how far addresses may reach that visitors type.
pub(crate) async fn pages_reaching(knowledge: &Knowledge, access: Access, reach: Reach) -> SocketAddr {
    pages_of(knowledge, access, reach, 16 << 20).await
}

/// The same, taking packages of at most so many bytes.
pub(crate) async fn pages_taking(knowledge: &Knowledge, access: Access, largest: u64) -> SocketAddr {
    pages_of(knowledge, access, Reach::Private, largest).await
}

async fn pages_of(knowledge: &Knowledge, access: Access, reach: Reach, largest: u64) -> SocketAddr {
    let seconds = Arc::new(AtomicI64::new(3600));
    let clock = move || day(0) + SignedDuration::from_secs(seconds.fetch_add(6, Ordering::Relaxed));
    let mut state = State::new(knowledge.clone(), Arc::new(clock), access);
    state.looking = Some(Looking::new(door(), reach));
    // The program that tests run is not the one that reads packages.
    state.packages.largest = largest;
    state.packages.inspector.program = env!("CARGO_BIN_EXE_forewarn").into();
    let router = router(state);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A source that is no vendor's and lies on this machine.
pub(crate) fn source(slug: &str, kind: Kind, address: &str) -> Source {
    Source {
        slug: slug.to_owned(),
        name: format!("Source {slug}"),
        vendor: None,
        kind,
        address: address.to_owned(),
        standing: Standing::ThirdParty,
        every_minutes: 5,
        private_network: true,
        options: serde_json::Value::Null,
    }
}

impl Town {
    /// A town that knows the world's sources and has asked none.
    pub(crate) async fn new() -> Self {
        let town = Self::empty().await;
        for (vendor, sources) in town.world.sources() {
            town.knowledge.add_vendor(&vendor).await.unwrap();
            for source in sources {
                town.add(&source).await;
            }
        }
        town
    }

    /// A town that has read the world once.
    pub(crate) async fn crawled() -> Self {
        let mut town = Self::new().await;
        assert_eq!(town.round().await.failed, 0);
        town
    }

    /// A town without a source.
    pub(crate) async fn empty() -> Self {
        let world = serve(World::new(day(0))).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let knowledge = Knowledge::open(folder.path()).await.unwrap();
        let crawl = Crawl {
            knowledge: knowledge.clone(),
            door: door(),
            clock: DAYS[0],
            holder: "walk".to_owned(),
            patience: Duration::from_secs(30),
            together: 8,
            canary: None,
        };
        let address = pages(&knowledge, Access::Loopback).await;
        Self { world, knowledge, crawl, address, today: 0, _folder: folder }
    }

    pub(crate) async fn add(&self, source: &Source) {
        self.knowledge.add_source(source, day(0)).await.unwrap();
    }

    /// Every source that is due has its turn; then the next day begins.
    pub(crate) async fn round(&mut self) -> Round {
        self.turns().await.0
    }

    /// The same, with how each turn went.
    pub(crate) async fn turns(&mut self) -> (Round, Vec<Turn>) {
        self.crawl.clock = DAYS[self.today];
        self.today += 1;
        let turns = std::sync::Mutex::new(Vec::new());
        let ended = round(&self.crawl, &|turn| turns.lock().unwrap().push(turn.clone())).await.unwrap();
        (ended, turns.into_inner().unwrap())
    }

    /// Moves the world on to the morning of the next round, and edits it.
    pub(crate) fn edit(&self, change: impl FnOnce(&mut World)) {
        let now = day(i64::try_from(self.today).unwrap()) - SignedDuration::from_hours(1);
        self.world.edit(|world| {
            world.now = now;
            change(world);
        });
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        visitor::ask(self.address, &format!("GET {path}"), "", "").await
    }

    /// A page that must be there.
    pub(crate) async fn page(&self, path: &str) -> Reply {
        let reply = self.get(path).await;
        assert_eq!(reply.status, 200, "{path}");
        reply
    }

    pub(crate) async fn search(&self, typed: &str) -> Answer {
        self.knowledge.search(&query::parse(typed).unwrap(), &Window::default()).await.unwrap()
    }

    /// The same search as a page.
    pub(crate) async fn search_page(&self, typed: &str) -> Reply {
        self.page(&format!("/search?q={}", encoded(typed))).await
    }

    /// The same search as JSON.
    pub(crate) async fn search_json(&self, typed: &str) -> serde_json::Value {
        self.page(&format!("/api/v1/search?q={}", encoded(typed))).await.json()
    }

    /// The first entry that is found, and its number.
    pub(crate) async fn found(&self, typed: &str) -> EntryView {
        let answer = self.search(typed).await;
        let id = answer.hits.first().unwrap_or_else(|| panic!("nothing is found for {typed}")).card.id;
        self.entry(id).await
    }

    pub(crate) async fn entry(&self, id: EntryId) -> EntryView {
        self.knowledge.entry(id, None).await.unwrap().unwrap()
    }

    pub(crate) async fn health(&self, slug: &str) -> SourceView {
        self.knowledge.source(slug).await.unwrap().unwrap()
    }

    /// Entries and revisions recorded.
    pub(crate) async fn written(&self) -> (u64, u64) {
        let totals = self.knowledge.totals().await.unwrap();
        assert_eq!(totals.behind, 0);
        (totals.entries, totals.revisions)
    }
}
