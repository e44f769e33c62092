//! Every source and how it is doing, those that need somebody first.

use askama::Template;
use axum::extract::State as Given;

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::parts::canary::CanaryLine;
use crate::parts::source::SourceLine;
use crate::state::State;
use crate::words::counted;

/// The list of sources.
#[derive(Template)]
#[template(path = "pages/sources.html")]
pub(crate) struct Sources {
    frame: Frame,
    sources: Vec<SourceLine>,
    told: Option<String>,
    typed: &'static str,
    mistake: Option<String>,
    canary: Option<CanaryLine>,
}

/// Shows it.
pub(crate) async fn show(
    Given(state): Given<State>,
    frame: Frame,
    asked: Asked,
) -> Result<Page<Sources>, Failure> {
    let sources = state.knowledge.sources().await?;
    let sources: Vec<_> = sources.into_iter().map(|source| source.at(frame.now)).collect();
    let canary = state.knowledge.canary().await?;
    let sources = SourceLine::all(&sources, frame.now);
    Ok(Page(Sources {
        sources,
        canary: canary.map(|canary| CanaryLine::of(&canary, frame.now)),
        told: told(&asked),
        typed: "",
        mistake: None,
        frame: frame.at(Here::Sources),
    }))
}

/// What has just been done.
fn told(asked: &Asked) -> Option<String> {
    if let Some(added) = asked.number("added") {
        let sources = counted(added.into(), "source was", "sources were");
        return Some(format!("{sources} added and asked within a minute or so."));
    }
    let removed = asked.first("removed")?;
    Some(format!("{removed} is not asked any more. What it said stays and is found."))
}
