//! Every source and how it is doing, those that need somebody first.

use askama::Template;
use axum::extract::State as Given;

use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::parts::canary::CanaryLine;
use crate::parts::source::SourceLine;
use crate::state::State;

/// The list of sources.
#[derive(Template)]
#[template(path = "pages/sources.html")]
pub(crate) struct Sources {
    frame: Frame,
    sources: Vec<SourceLine>,
    canary: Option<CanaryLine>,
}

/// Shows it.
pub(crate) async fn show(Given(state): Given<State>, frame: Frame) -> Result<Page<Sources>, Failure> {
    let sources = state.knowledge.sources().await?;
    let sources: Vec<_> = sources.into_iter().map(|source| source.at(frame.now)).collect();
    let canary = state.knowledge.canary().await?;
    Ok(Page(Sources {
        sources: SourceLine::all(&sources, frame.now),
        canary: canary.map(|canary| CanaryLine::of(&canary, frame.now)),
        frame: frame.at(Here::Sources),
    }))
}
