//! Changing a source: how often it is asked, and that it is asked no more.
//!
//! Removing asks once more, on a page of its own. What a source said stays in any case.

use askama::Template;
use axum::extract::{Path, RawForm, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Interval, missing, read};
use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::looking::RAREST;
use crate::parts::source::SourceLine;
use crate::state::State;
use crate::words::{self, page};

/// The page that asks once more.
#[derive(Template)]
#[template(path = "pages/remove_source.html")]
pub(crate) struct Removal {
    frame: Frame,
    source: SourceLine,
}

/// Changes how often a source is asked; a mistake is shown beside the field.
pub(crate) async fn interval(
    Given(state): Given<State>,
    Path(slug): Path<String>,
    frame: Frame,
    RawForm(body): RawForm,
) -> Result<Response, Failure> {
    let form = Asked::read(std::str::from_utf8(&body).unwrap_or_default());
    let typed = form.first("minutes").unwrap_or_default().trim().to_owned();
    let minutes: Option<u32> = typed.parse().ok().filter(|minutes| (1..=RAREST).contains(minutes));
    let Some(minutes) = minutes else {
        let mistake = format!("Minutes are a whole number from 1 to {}.", words::count(RAREST.into()));
        let mut shown = read(&state, &slug, frame).await?;
        shown.interval = Interval { typed, mistake: Some(mistake), changed: false };
        return Ok((StatusCode::BAD_REQUEST, Page(shown)).into_response());
    };
    if !state.knowledge.ask_every(&slug, minutes, frame.now).await? {
        return Err(missing(frame.at(Here::Sources)));
    }
    Ok(Redirect::to(&format!("{}?interval=changed", page("/sources", &slug))).into_response())
}

/// Asks once more.
pub(crate) async fn confirm(
    Given(state): Given<State>,
    Path(slug): Path<String>,
    frame: Frame,
) -> Result<Page<Removal>, Failure> {
    let frame = frame.at(Here::Sources);
    let Some(view) = state.knowledge.source(&slug).await? else { return Err(missing(frame)) };
    Ok(Page(Removal { source: SourceLine::of(&view.at(frame.now), frame.now), frame }))
}

/// Stops asking a source, and leads to those that are left.
pub(crate) async fn remove(
    Given(state): Given<State>,
    Path(slug): Path<String>,
    frame: Frame,
) -> Result<Redirect, Failure> {
    if !state.knowledge.remove_source(&slug).await? {
        return Err(missing(frame.at(Here::Sources)));
    }
    Ok(Redirect::to(&words::address("/sources", &[("removed", &slug)])))
}
