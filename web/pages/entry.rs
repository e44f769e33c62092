//! An entry: who said it, where and when, what it says, and how that changed.

mod history;
mod words_of;

use askama::Template;
use axum::extract::{Path, State as Given};
use index::answer::{Card, EntryView};
use index::entry::EntryId;

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::parts::affected::AffectedLine;
use crate::parts::card::CardLine;
use crate::parts::identifier::{self, Group};
use crate::prose::Block;
use crate::state::State;
use crate::words;
use history::RevisionLine;
use words_of::{CheckLine, PostLine, ReferenceLine};

/// Products shown at once; the others unfold.
const PRODUCTS: usize = 25;

/// The page of an entry.
#[derive(Template)]
#[template(path = "pages/entry.html")]
pub(crate) struct Entry {
    frame: Frame,
    card: CardLine,
    vendor_page: Option<String>,
    publisher: Option<String>,
    native_id: String,
    link: Option<String>,
    updated: Option<Moment>,
    vector: Option<String>,
    identifiers: Vec<Named>,
    related: Vec<Named>,
    superseded: Option<Superseded>,
    remedy: Vec<Block>,
    lead: Vec<Block>,
    posts: Vec<PostLine>,
    affected: Vec<AffectedLine>,
    affected_rest: Vec<AffectedLine>,
    rest_heading: String,
    references: Vec<ReferenceLine>,
    checks: Vec<CheckLine>,
    revisions: Vec<RevisionLine>,
    mentioned: Vec<Group>,
    others: Vec<CardLine>,
}

/// An identifier and the search that it leads to.
struct Named {
    shown: String,
    address: String,
}

/// What is said above a revision that is not the newest.
struct Superseded {
    shown: u32,
    newest: u32,
    newest_address: String,
    compare_address: String,
}

/// Shows it.
pub(crate) async fn show(
    Given(state): Given<State>,
    Path(id): Path<String>,
    frame: Frame,
    asked: Asked,
) -> Result<Page<Entry>, Failure> {
    let frame = frame.at(Here::Search);
    let Some(id) = id.parse().ok().map(EntryId) else { return Err(missing(frame)) };
    match state.knowledge.entry(id, asked.number("revision")).await? {
        Some(view) => Ok(Page(page(view, frame))),
        None => Err(missing(frame)),
    }
}

/// What is said where there is no such entry.
pub(super) fn missing(frame: Frame) -> Failure {
    let sentence = "There is no such entry or revision here. Numbers of entries belong to one installation: \
        an address from another one leads elsewhere.";
    Failure::missing(frame, sentence, ("/search", "Search instead"))
}

fn page(view: EntryView, frame: Frame) -> Entry {
    let now = frame.now;
    let statement = &view.statement;
    let mut affected = AffectedLine::table(&statement.affected);
    let affected_rest = affected.split_off(affected.len().min(PRODUCTS));
    let (lead, posts) = words_of::text(&view, now);
    let told: Vec<&str> =
        statement.identifiers.iter().chain(&statement.related).map(String::as_str).collect();
    let recorded = view.card.vendor.as_ref().filter(|_| view.vendor_recorded);
    Entry {
        vendor_page: recorded.map(|slug| words::page("/vendors", slug)),
        publisher: statement.publisher.clone().filter(|name| Some(name) != view.card.vendor_name.as_ref()),
        native_id: view.native_id.clone(),
        link: view.card.link.as_deref().and_then(words::outward),
        updated: statement.updated.map(|at| Moment::of(at, now)),
        vector: statement.severity.as_ref().and_then(|severity| severity.vector.clone()),
        identifiers: named(&statement.identifiers),
        related: named(&statement.related),
        superseded: superseded(&view),
        remedy: words_of::remedy(statement),
        lead,
        posts,
        rest_heading: words::counted(
            affected_rest.iter().map(|line| line.count as u64).sum(),
            "more product",
            "more products",
        ),
        affected,
        affected_rest,
        references: statement.references.iter().map(ReferenceLine::of).collect(),
        checks: statement.checks.iter().map(CheckLine::of).collect(),
        revisions: history::lines(&view, now),
        mentioned: identifier::groups(&view.mentions, &told),
        others: CardLine::all(&view.others, now),
        card: CardLine::of(&head(&view), now),
        frame,
    }
}

/// The head as the shown revision has it: an older one is not given the newest one's severity.
fn head(view: &EntryView) -> Card {
    let (statement, mut card) = (&view.statement, view.card.clone());
    if view.revision != card.revisions {
        if !statement.title.is_empty() {
            statement.title.as_str().clone_into(&mut card.title);
        }
        (card.severity, card.status) = (statement.severity.clone(), statement.status);
        card.published = statement.published;
    }
    card
}

fn named(identifiers: &[String]) -> Vec<Named> {
    let each = |id: &String| Named { shown: id.clone(), address: words::search_address(id) };
    identifiers.iter().map(each).collect()
}

fn superseded(view: &EntryView) -> Option<Superseded> {
    let newest = view.revisions.iter().map(|revision| revision.number).max()?;
    let id = view.card.id.0;
    (view.revision < newest).then(|| Superseded {
        shown: view.revision,
        newest,
        newest_address: format!("/entries/{id}"),
        compare_address: format!("/entries/{id}/compare?before={}&after={newest}", view.revision),
    })
}
