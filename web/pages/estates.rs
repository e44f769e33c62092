//! The environments that are known, and the form by which more becomes known.

use askama::Template;
use axum::extract::{Multipart, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use index::estate::reading::Format;

use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::importing;
use crate::moment::Moment;
use crate::state::State;
use crate::upload::Refused;
use crate::words::page;

/// The list.
#[derive(Template)]
#[template(path = "pages/estates.html")]
pub(crate) struct Estates {
    frame: Frame,
    mistake: Option<String>,
    formats: [&'static str; 16],
    estates: Vec<Line>,
}

struct Line {
    address: String,
    name: String,
    known: String,
    unknown: String,
    at: Moment,
}

/// Shows it.
pub(crate) async fn show(Given(state): Given<State>, frame: Frame) -> Result<Page<Estates>, Failure> {
    list(&state, frame, None).await.map(Page)
}

/// Takes an import and leads to the page of its environment.
pub(crate) async fn send(
    Given(state): Given<State>,
    frame: Frame,
    form: Multipart,
) -> Result<Response, Failure> {
    match importing::take(&state, form, None).await {
        Ok(name) => Ok(Redirect::to(&page("/estate", &name)).into_response()),
        Err(Refused::Broken(error)) => Err(error.into()),
        Err(Refused::Wrong(status, sentence)) => {
            let status = if status.is_client_error() { status } else { StatusCode::BAD_REQUEST };
            Ok((status, Page(list(&state, frame, Some(sentence)).await?)).into_response())
        }
    }
}

async fn list(state: &State, frame: Frame, mistake: Option<String>) -> Result<Estates, Failure> {
    let estates = state.knowledge.estates().await?;
    let line = |estate: index::estate::Estate| {
        let origins = estate.origins();
        let named = |known: bool| {
            let names = origins.iter().filter(|(_, origin)| origin.is_some() == known).map(|(name, _)| *name);
            names.collect::<Vec<_>>().join(", ")
        };
        Line {
            address: page("/estate", &estate.environment),
            known: named(true),
            unknown: named(false),
            at: Moment::of(estate.updated, frame.now),
            name: estate.environment,
        }
    };
    let estates = estates.into_iter().map(line).collect();
    Ok(Estates {
        mistake,
        estates,
        formats: Format::ALL.map(Format::as_str),
        frame: frame.at(Here::Packages),
    })
}
