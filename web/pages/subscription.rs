//! A subscription: how it is doing, what its next digest would say now, and what was sent, with how each arrived.

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::response::Redirect;
use index::outbox::{Posted, State as Parcel};
use index::subscription::{Recipient, Standing, SubscriptionId};
use jiff::Timestamp;

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::pages::subscriptions::SubscriptionLine;
use crate::parts::digest::DigestView;
use crate::parts::sign::{Meaning, Sign};
use crate::state::State;
use crate::words;

/// The page of a subscription.
#[derive(Template)]
#[template(path = "pages/subscription.html")]
pub(crate) struct Subscription {
    frame: Frame,
    line: SubscriptionLine,
    saved: bool,
    asks: bool,
    refused: bool,
    feed: String,
    secret: String,
    details: Vec<&'static str>,
    next: Option<DigestView>,
    posted: Vec<PostedLine>,
}

/// Something that was sent or has to be.
struct PostedLine {
    created: Moment,
    headline: String,
    address: String,
    state: Sign,
    sentence: String,
    when: Option<Moment>,
    attempts: u32,
    repeated: bool,
}

impl PostedLine {
    fn of(one: Posted, now: Timestamp) -> Self {
        let meaning = match (one.state, &one.sentence) {
            (Parcel::Refused, _) => Meaning::Stop,
            (Parcel::Waiting, Some(_)) => Meaning::Attention,
            (Parcel::Waiting, None) | (Parcel::Dropped, _) => Meaning::Note,
            (Parcel::Sent, _) => Meaning::Quiet,
        };
        Self {
            created: Moment::of(one.created, now),
            headline: one.headline,
            address: one.digest.map(|token| format!("/digests/{token}")).unwrap_or_default(),
            state: Sign { meaning, word: one.state.as_str().to_owned() },
            sentence: words::unended(&one.sentence.unwrap_or_default()),
            when: one.sent.or(one.next_try).map(|at| Moment::of(at, now)),
            attempts: one.attempts,
            repeated: one.repeated,
        }
    }
}

/// Shows it.
pub(crate) async fn show(
    Given(state): Given<State>,
    Path(id): Path<i64>,
    frame: Frame,
    asked: Asked,
) -> Result<Page<Subscription>, Failure> {
    let frame = frame.at(Here::Subscriptions);
    let id = SubscriptionId(id);
    let Some((found, posted)) = state.knowledge.subscription(id).await? else { return Err(missing(frame)) };
    let active = found.standing == Standing::Active && found.wanted.gets_digests();
    let next = if active { state.knowledge.preview(id, frame.now).await? } else { None };
    let webhook = matches!(found.wanted.recipient, Recipient::Webhook { .. });
    Ok(Page(Subscription {
        line: SubscriptionLine::of(&found, frame.now),
        saved: asked.first("saved").is_some(),
        asks: found.standing == Standing::Unconfirmed,
        refused: found.sentence.is_some(),
        feed: format!("/subscriptions/{}/atom?token={}", id.0, found.tokens.feed),
        secret: if webhook { found.tokens.secret.clone() } else { String::new() },
        details: details(&found.wanted),
        next: next.map(|digest| DigestView::of(&digest, "")),
        posted: posted.into_iter().map(|one| PostedLine::of(one, frame.now)).collect(),
        frame,
    }))
}

fn details(wanted: &index::subscription::Wanted) -> Vec<&'static str> {
    let changes = if wanted.every_change {
        "every change of an entry is told"
    } else {
        "of changes only those that matter are told: severity, versions, identifiers, status, remedy"
    };
    let nothing = match wanted.nothing_new {
        index::subscription::NothingNew::Daily => "that there is nothing new is said as well",
        index::subscription::NothingNew::Weekly => "that there is nothing new is said once a week",
    };
    vec![changes, nothing]
}

/// Ends it, and leads back to the list.
pub(crate) async fn remove(
    Given(state): Given<State>,
    Path(id): Path<i64>,
    frame: Frame,
) -> Result<Redirect, Failure> {
    if !state.knowledge.unsubscribe(SubscriptionId(id)).await? {
        return Err(missing(frame.at(Here::Subscriptions)));
    }
    Ok(Redirect::to("/subscriptions"))
}

/// Sends to a refusing address again, and leads back to the page.
pub(crate) async fn resume(
    Given(state): Given<State>,
    Path(id): Path<i64>,
    frame: Frame,
) -> Result<Redirect, Failure> {
    if state.knowledge.subscription(SubscriptionId(id)).await?.is_none() {
        return Err(missing(frame.at(Here::Subscriptions)));
    }
    state.knowledge.resume(SubscriptionId(id), frame.now).await?;
    Ok(Redirect::to(&format!("/subscriptions/{id}")))
}

fn missing(frame: Frame) -> Failure {
    let sentence = "There is no subscription of this number here.";
    Failure::missing(frame, sentence, ("/subscriptions", "All subscriptions"))
}
