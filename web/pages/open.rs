//! The pages that a mail leads to. They ask for no sign-in: whoever has the link was sent it. A digest is read; an
//! address is confirmed and a subscription ended by a button, because programs follow links in mails by themselves; and
//! a mail program's own button for leaving (RFC 8058) asks for the same page with a form.

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use index::subscription::{Standing, Subscription};

use crate::failure::{Failure, Page};
use crate::frame::Frame;
use crate::parts::digest::DigestView;
use crate::state::State;

/// A digest on the web.
#[derive(Template)]
#[template(path = "pages/digest.html")]
pub(crate) struct Digest {
    frame: Frame,
    digest: DigestView,
}

/// A question with one button, or what came of pressing it.
#[derive(Template)]
#[template(path = "pages/answer.html")]
struct Answered {
    frame: Frame,
    heading: &'static str,
    name: String,
    watched: String,
    button: &'static str,
    sentence: &'static str,
}

/// Shows a digest.
pub(crate) async fn digest(
    Given(state): Given<State>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let frame = Frame { now: state.now(), ..Frame::bare() };
    match state.knowledge.digest(&token).await? {
        Some(digest) => Ok(Page(Digest { frame, digest: DigestView::of(&digest, "") }).into_response()),
        None => Ok(nothing(frame)),
    }
}

/// Asks whether an address is to be confirmed.
pub(crate) async fn ask_to_confirm(
    Given(state): Given<State>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let Some(found) = state.knowledge.to_confirm(&token).await? else { return Ok(nothing(Frame::bare())) };
    Ok(match found.standing {
        Standing::Unconfirmed => answered(&found, "Send these digests to you?", "Yes, send them", ""),
        Standing::Left => answered(&found, "Send these digests to you again?", "Yes, send them", ""),
        _ => answered(&found, "This address is confirmed", "", "There is nothing more to do."),
    })
}

/// Confirms an address.
pub(crate) async fn confirm(
    Given(state): Given<State>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let Some(found) = state.knowledge.confirm(&token, state.now()).await? else {
        return Ok(nothing(Frame::bare()));
    };
    let sentence =
        "Whatever is recorded from now on is told. Every mail has a link by which you can end this.";
    Ok(answered(&found, "This address is confirmed", "", sentence))
}

/// Asks whether a subscription is to be ended.
pub(crate) async fn ask_to_leave(
    Given(state): Given<State>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let Some(found) = state.knowledge.to_leave(&token).await? else { return Ok(nothing(Frame::bare())) };
    Ok(match found.standing {
        Standing::Left => answered(&found, "You get no more of these", "", "There is nothing more to do."),
        _ => answered(&found, "Get no more of these digests?", "Send no more", ""),
    })
}

/// Ends a subscription.
pub(crate) async fn leave(
    Given(state): Given<State>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let Some(found) = state.knowledge.leave(&token).await? else { return Ok(nothing(Frame::bare())) };
    let sentence = "A mail that has already left may still arrive.";
    Ok(answered(&found, "You get no more of these", "", sentence))
}

fn answered(
    found: &Subscription,
    heading: &'static str,
    button: &'static str,
    sentence: &'static str,
) -> Response {
    let (name, watched) = (found.wanted.name.clone(), found.wanted.watch.in_words());
    Page(Answered { frame: Frame::bare(), heading, name, watched, button, sentence }).into_response()
}

fn nothing(frame: Frame) -> Response {
    let page = Answered {
        frame,
        heading: "There is nothing at this link",
        name: String::new(),
        watched: String::new(),
        button: "",
        sentence: "It may be incomplete, or what it led to was removed. Copy it again, whole.",
    };
    (StatusCode::NOT_FOUND, Page(page)).into_response()
}
