//! The first page: search, what is new, which sources need somebody, and how much is known.

use std::collections::HashSet;

use askama::Template;
use axum::extract::State as Given;
use index::answer::{Card, Totals};
use index::health;

use crate::failure::{Failure, Page};
use crate::frame::Frame;
use crate::parts::card::CardLine;
use crate::parts::source::SourceLine;
use crate::state::State;
use crate::words::count;

/// Entries shown as new.
const NEWEST: u32 = 10;

/// Unwell sources shown; the page of sources has them all.
const UNWELL: usize = 5;

/// The first page.
#[derive(Template)]
#[template(path = "pages/home.html")]
pub(crate) struct Home {
    frame: Frame,
    newest: Vec<CardLine>,
    unwell: Vec<SourceLine>,
    more_unwell: String,
    totals: [(&'static str, String); 3],
    has_sources: bool,
}

/// Shows it.
pub(crate) async fn show(Given(state): Given<State>, frame: Frame) -> Result<Page<Home>, Failure> {
    let totals: Totals = state.totals().await?;
    let newest = distinct(state.knowledge.newest(4 * NEWEST).await?);
    let sources = if state.states().await?.count(health::State::is_unwell) > 0 {
        state.knowledge.sources().await?
    } else {
        Vec::new()
    };
    let seen = sources.into_iter().map(|source| source.at(frame.now));
    let unwell: Vec<_> = seen.filter(|source| source.state.is_unwell()).collect();
    let more = (unwell.len() as u64).saturating_sub(UNWELL as u64);
    Ok(Page(Home {
        newest: CardLine::all(newest.get(..NEWEST as usize).unwrap_or(&newest), frame.now),
        unwell: SourceLine::all(unwell.get(..UNWELL).unwrap_or(&unwell), frame.now),
        more_unwell: if more == 0 { String::new() } else { format!("{} more", count(more)) },
        totals: [
            ("entries", count(totals.entries)),
            ("revisions", count(totals.revisions)),
            ("sources", count(totals.sources)),
        ],
        has_sources: totals.sources > 0,
        frame,
    }))
}

/// The same thing said twice, as in two files of one import, is news once.
fn distinct(mut cards: Vec<Card>) -> Vec<Card> {
    let mut met = HashSet::new();
    cards.retain(|card| met.insert((card.title.clone(), card.identifiers.first().cloned())));
    cards
}
