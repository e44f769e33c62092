//! A record with subscriptions and a post that sends for them, for the walks about mails and webhooks.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crawler::fetch::{Door, Politeness};
use index::entry::{Draft, Evidence, Kind, Statement};
use index::knowledge::Knowledge;
use index::prepare::prepare;
use index::source;
use index::subscription::rhythm::{Cadence, Rhythm};
use index::subscription::{NothingNew, Recipient, SubscriptionId, Wanted, Watch};
use index::text::Text;
use tempfile::TempDir;
use web::guard::access::{Access, TokenDigest};
use web::post::smtp::Smtp;
use web::post::{Post, Transport};
use web::routes::router;
use web::settings::Tls;
use web::state::State;

use crate::mailbox::Mailbox;
use crate::town::{day, source};

/// The token of the pages.
pub(crate) const TOKEN: &str = "a-token-of-the-walks";

/// A record, its pages behind a token, and what sends.
pub(crate) struct Office {
    pub(crate) knowledge: Knowledge,
    pub(crate) post: Post,
    pub(crate) pages: SocketAddr,
    _folder: TempDir,
}

/// What a source says, with a text to be found by.
pub(crate) fn said(title: &str) -> Draft {
    Draft {
        native_id: title.to_owned(),
        kind: Kind::Advisory,
        link: None,
        statement: Statement {
            title: Text::cleaned(title.to_owned()),
            text: Text::cleaned("The pump jams.".to_owned()),
            publisher: Some("Halvard".to_owned()),
            ..Statement::default()
        },
        evidence: Evidence { media_type: "text/plain".to_owned(), bytes: title.as_bytes().to_vec() },
    }
}

/// Writes down what was said, at the beginning of the world.
pub(crate) async fn record(knowledge: &Knowledge, title: &str) {
    let prepared = prepare(said(title), "walk").unwrap();
    knowledge.record("walk", &[prepared], day(0)).await.unwrap();
}

/// A subscription to pumps, told at once.
pub(crate) fn wanted(name: &str, recipient: Recipient) -> Wanted {
    Wanted {
        name: name.to_owned(),
        watch: Watch::entries("pump"),
        recipient,
        rhythm: Rhythm { cadence: Cadence::Once, ..Rhythm::default() },
        every_change: false,
        nothing_new: NothingNew::Daily,
    }
}

/// A mail server on this machine as the post reaches it.
pub(crate) fn to(mailbox: &Mailbox, tls: Tls, login: Option<(&str, &str)>) -> Transport {
    let login = login.map(|(user, password)| (user.to_owned(), password.to_owned()));
    let mut smtp = Smtp::new("127.0.0.1", mailbox.address.port(), tls, login, "forewarn.example");
    smtp.patience = Duration::from_secs(5);
    Transport::Smtp(Arc::new(smtp))
}

impl Office {
    pub(crate) async fn new(transport: Transport) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let knowledge = Knowledge::open(folder.path()).await.unwrap();
        knowledge
            .add_source(&source("walk", source::Kind::Feed, "http://127.0.0.1:9/"), day(0))
            .await
            .unwrap();
        let access = Access::Token(TokenDigest::of(TOKEN));
        let mut state = State::new(knowledge.clone(), Arc::new(|| day(0)), access);
        state.mails = true;
        state.site = "https://forewarn.example".into();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let pages = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router(state)).await });
        let politeness = Politeness {
            host_interval: Duration::ZERO,
            host_connections: 4,
            timeout: Duration::from_millis(500),
            ..Politeness::default()
        };
        let post = Post {
            knowledge: knowledge.clone(),
            door: Door::new(politeness).unwrap(),
            clock: || day(0),
            transport,
            from: "Forewarn <forewarn@halvard.example>".parse().unwrap(),
            site: "https://forewarn.example".to_owned(),
        };
        Self { knowledge, post, pages, _folder: folder }
    }

    pub(crate) async fn subscribed(&self, name: &str, recipient: Recipient) -> SubscriptionId {
        self.knowledge.subscribe(wanted(name, recipient), true, day(0)).await.unwrap().unwrap()
    }

    /// Something new is said, told, and sent; answers how many were sent, failed and refused.
    pub(crate) async fn tells(&self, title: &str) -> (u32, u32, u32) {
        record(&self.knowledge, title).await;
        self.sends().await
    }

    pub(crate) async fn sends(&self) -> (u32, u32, u32) {
        self.post.compose().await.unwrap();
        let drained = self.post.drain().await.unwrap();
        (drained.sent, drained.failed, drained.refused)
    }

    /// Why the newest parcel of a subscription was not sent.
    pub(crate) async fn sentence(&self, id: SubscriptionId) -> String {
        let (_, posted) = self.knowledge.subscription(id).await.unwrap().unwrap();
        posted[0].sentence.clone().unwrap_or_default()
    }
}
