//! The first page: search, what is new, which sources need somebody, and how much is known.

use askama::Template;
use axum::extract::State as Given;
use index::answer::Totals;

use crate::failure::{Failure, Page};
use crate::frame::Frame;
use crate::parts::card::CardLine;
use crate::parts::source::SourceLine;
use crate::state::State;
use crate::words::count;

/// Entries shown as new.
const NEWEST: u32 = 10;

/// The first page.
#[derive(Template)]
#[template(path = "pages/home.html")]
pub(crate) struct Home {
    frame: Frame,
    newest: Vec<CardLine>,
    unwell: Vec<SourceLine>,
    totals: [(&'static str, String); 3],
    has_sources: bool,
}

/// Shows it.
pub(crate) async fn show(Given(state): Given<State>, frame: Frame) -> Result<Page<Home>, Failure> {
    let totals: Totals = state.totals().await?;
    let newest = state.knowledge.newest(NEWEST).await?;
    let sources = if totals.unwell > 0 { state.knowledge.sources().await? } else { Vec::new() };
    let unwell: Vec<_> = sources.into_iter().filter(|source| source.state.is_unwell()).collect();
    Ok(Page(Home {
        newest: CardLine::all(&newest, frame.now),
        unwell: SourceLine::all(&unwell, frame.now),
        totals: [
            ("entries", count(totals.entries)),
            ("revisions", count(totals.revisions)),
            ("sources", count(totals.sources)),
        ],
        has_sources: totals.sources > 0,
        frame,
    }))
}
