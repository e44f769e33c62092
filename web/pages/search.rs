//! Search: what was typed, how it was understood, the results with why they matched, and how they spread.

mod address;

use askama::Template;
use axum::extract::State as Given;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use index::answer::{Answer, Facet, Hit, Marked, Order, Window};
use index::query::{self, Mistake, Query};

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::parts::card::CardLine;
use crate::state::State;
use crate::words::{self, count, counted};
use address::Address;

/// Results on a page.
const RESULTS: usize = 10;

/// The page of search.
#[derive(Template)]
#[template(path = "pages/search.html")]
pub(crate) struct Search {
    frame: Frame,
    outcome: Outcome,
}

/// What came of a search.
enum Outcome {
    /// Nothing was typed.
    Untyped,
    /// What was typed cannot be read.
    Mistaken { before: String, wrong: String, after: String, sentence: String },
    /// It was read, and this was found.
    Found(Box<Found>),
}

/// What was found.
struct Found {
    any: bool,
    total: String,
    understood: String,
    relaxed: bool,
    results: Vec<ResultLine>,
    facets: Vec<FacetGroup>,
    orders: Vec<Choice>,
    grouping: Choice,
    subscribe: String,
    previous: Option<String>,
    next: Option<String>,
    place: String,
}

/// One result.
struct ResultLine {
    card: CardLine,
    snippet: Vec<Marked>,
    why: Vec<String>,
    others: Vec<CardLine>,
    others_heading: String,
}

/// Values of one facet.
struct FacetGroup {
    heading: &'static str,
    values: Vec<FacetLine>,
}

/// One value of a facet, and where adding or removing it leads.
struct FacetLine {
    label: String,
    count: String,
    address: String,
    chosen: bool,
}

/// Something to choose.
struct Choice {
    label: &'static str,
    address: String,
    chosen: bool,
}

/// Shows it.
pub(crate) async fn show(
    Given(state): Given<State>,
    frame: Frame,
    asked: Asked,
) -> Result<Response, Failure> {
    let mut frame = frame.at(Here::Search);
    let address = Address::read(&asked);
    frame.typed.clone_from(&address.typed);
    if address.typed.trim().is_empty() {
        return Ok(Page(Search { frame, outcome: Outcome::Untyped }).into_response());
    }
    let query = match query::parse(&address.typed) {
        Ok(query) => query,
        Err(mistake) => {
            let outcome = mistaken(&address.typed, mistake);
            return Ok((StatusCode::BAD_REQUEST, Page(Search { frame, outcome })).into_response());
        }
    };
    let from = (address.page as usize - 1) * RESULTS;
    let window =
        Window { from, size: RESULTS, order: address.order, grouped: address.grouped, ..Window::default() };
    let answer = state.knowledge.search(&query, &window).await?;
    let outcome = Outcome::Found(Box::new(found(answer, &address, &query, &frame)));
    Ok(Page(Search { frame, outcome }).into_response())
}

fn mistaken(typed: &str, mistake: Mistake) -> Outcome {
    let part = |from, to| typed.get(from..to).unwrap_or_default().to_owned();
    let end = mistake.end.max(mistake.start);
    Outcome::Mistaken {
        before: part(0, mistake.start),
        wrong: part(mistake.start, end),
        after: part(end, typed.len()),
        sentence: words::unended(&mistake.sentence),
    }
}

fn found(answer: Answer, address: &Address, query: &Query, frame: &Frame) -> Found {
    let all = if address.grouped { answer.groups } else { answer.entries };
    let shown = (u64::from(address.page) - 1) * RESULTS as u64;
    let last = shown + answer.hits.len() as u64;
    let orders = [("Best match", Order::Relevance), ("Newest", Order::Newest), ("Oldest", Order::Oldest)];
    let groups = [
        ("Vendor", &answer.facets.vendor),
        ("Kind", &answer.facets.kind),
        ("Severity", &answer.facets.severity),
        ("Year", &answer.facets.year),
    ];
    Found {
        any: !answer.hits.is_empty(),
        total: total(&answer, address.grouped),
        facets: groups
            .into_iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(heading, values)| FacetGroup {
                heading,
                values: values.iter().map(|facet| facet_line(facet, address, query)).collect(),
            })
            .collect(),
        orders: orders
            .into_iter()
            .map(|(label, order)| Choice {
                label,
                address: address.ordered(order),
                chosen: order == address.order,
            })
            .collect(),
        subscribe: words::address("/subscriptions/new", &[("q", &address.typed)]),
        grouping: Choice {
            label: if address.grouped {
                "Show every entry by itself"
            } else {
                "Join entries that share an identifier"
            },
            address: address.regrouped(),
            chosen: false,
        },
        previous: (address.page > 1).then(|| address.on_page(address.page - 1)),
        next: (last < all && address.page < address::LAST_PAGE).then(|| address.on_page(address.page + 1)),
        place: format!("{} to {} of {}", count(shown + 1), count(last), count(all)),
        results: answer.hits.into_iter().map(|hit| result(hit, frame)).collect(),
        understood: answer.understood,
        relaxed: answer.relaxed,
    }
}

fn total(answer: &Answer, grouped: bool) -> String {
    if answer.entries == 0 {
        return "Nothing found".to_owned();
    }
    let entries = counted(answer.entries, "entry", "entries");
    if grouped && answer.groups < answer.entries {
        return format!("{} from {entries}", counted(answer.groups, "result", "results"));
    }
    entries
}

fn result(hit: Hit, frame: &Frame) -> ResultLine {
    let others_heading = others_heading(&hit);
    ResultLine {
        card: CardLine::of(&hit.card, frame.now),
        snippet: hit
            .snippet
            .into_iter()
            .map(|part| Marked { text: words::unmarked(&part.text), ..part })
            .collect(),
        why: hit.why,
        others_heading,
        others: CardLine::all(&hit.others, frame.now),
    }
}

fn others_heading(hit: &Hit) -> String {
    let others = counted(hit.others.len() as u64, "other entry", "other entries");
    match hit.sources {
        0 | 1 => format!("{others} of the same source"),
        sources => format!("{others}, {} sources in all", count(sources)),
    }
}

fn facet_line(facet: &Facet, address: &Address, query: &Query) -> FacetLine {
    let (refined, chosen) = address.refined(&facet.query, query);
    FacetLine { label: facet.label.clone(), count: count(facet.count), address: refined, chosen }
}
