//! Subscriptions: who is told of what, when next, and what could not be sent.

use askama::Template;
use axum::extract::State as Given;
use index::subscription::{Standing, Subscription};
use jiff::Timestamp;

use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::parts::sign::{Meaning, Sign};
use crate::state::State;

/// The page of all subscriptions.
#[derive(Template)]
#[template(path = "pages/subscriptions.html")]
pub(crate) struct Subscriptions {
    frame: Frame,
    subscriptions: Vec<SubscriptionLine>,
}

/// A subscription in words.
pub(crate) struct SubscriptionLine {
    /// Its page.
    pub(crate) page: String,
    /// Its name.
    pub(crate) name: String,
    /// What it watches.
    pub(crate) watched: String,
    /// Whom it is for.
    pub(crate) to: String,
    /// When its digests are due.
    pub(crate) rhythm: String,
    /// How it is doing.
    pub(crate) standing: Sign,
    /// Why nothing is sent; empty for none.
    pub(crate) sentence: String,
    /// When its next digest is due.
    pub(crate) due: Option<Moment>,
}

impl SubscriptionLine {
    /// The subscription as it reads at `now`.
    pub(crate) fn of(one: &Subscription, now: Timestamp) -> Self {
        let (meaning, word) = match one.standing {
            Standing::Active => (Meaning::Quiet, "active"),
            Standing::Unconfirmed => (Meaning::Note, "waits for its address to be confirmed"),
            Standing::Left => (Meaning::Note, "ended by its recipient"),
            Standing::Refused => (Meaning::Attention, "its address refuses what is sent"),
            Standing::Removed => (Meaning::Quiet, "removed"),
        };
        Self {
            page: format!("/subscriptions/{}", one.id.0),
            name: one.wanted.name.clone(),
            watched: one.wanted.watch.in_words(),
            to: one.wanted.recipient.shown(),
            rhythm: if one.wanted.gets_digests() {
                one.wanted.rhythm.in_words()
            } else {
                "whenever it is read".to_owned()
            },
            standing: Sign { meaning, word: word.to_owned() },
            sentence: one.sentence.clone().unwrap_or_default(),
            due: one.due.filter(|_| one.standing == Standing::Active).map(|due| Moment::of(due, now)),
        }
    }
}

/// Shows it.
pub(crate) async fn show(Given(state): Given<State>, frame: Frame) -> Result<Page<Subscriptions>, Failure> {
    let frame = frame.at(Here::Subscriptions);
    let all = state.knowledge.subscriptions().await?;
    let subscriptions = all.iter().map(|one| SubscriptionLine::of(one, frame.now)).collect();
    Ok(Page(Subscriptions { frame, subscriptions }))
}
