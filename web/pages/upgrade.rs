//! Upgrade: what lies between the version that runs and the one that is offered, for reading and for printing.

use askama::Template;
use axum::extract::State as Given;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use index::upgrade::{Line, Section};

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::parts::upgrade::{markdown, nothing_on, summary};
use crate::state::State;
use crate::words;

/// The page of an upgrade.
#[derive(Template)]
#[template(path = "pages/upgrade.html")]
pub(crate) struct Upgrade {
    frame: Frame,
    product: String,
    from: String,
    to: String,
    mistake: Option<String>,
    near: Vec<Near>,
    found: Option<Found>,
}

/// A name near the one that was typed, and the same question about it.
struct Near {
    name: String,
    address: String,
}

struct Found {
    summary: String,
    sections: Vec<Part>,
    nothing_on: String,
    markdown_address: String,
    json_address: String,
}

struct Part {
    heading: &'static str,
    class: &'static str,
    lines: Vec<Said>,
}

struct Said {
    version: Option<String>,
    quote: String,
    title: String,
    address: String,
    source: String,
    at: Moment,
}

/// Shows it; without a question the form alone.
pub(crate) async fn show(
    Given(state): Given<State>,
    frame: Frame,
    asked: Asked,
) -> Result<Response, Failure> {
    let [product, from, to] = parameters(&asked);
    let frame = frame.at(Here::Upgrade);
    let now = frame.now;
    let mut page = Upgrade { frame, product, from, to, mistake: None, near: Vec::new(), found: None };
    if page.product.is_empty() && page.from.is_empty() && page.to.is_empty() {
        return Ok(Page(page).into_response());
    }
    let (product, from, to) = (page.product.as_str(), page.from.as_str(), page.to.as_str());
    match state.knowledge.upgrade(product, from, to).await? {
        Ok(upgrade) => {
            let parameters = [("product", product), ("from", from), ("to", to)];
            let part = |section: Section| Part {
                heading: section.as_str(),
                class: class(section),
                lines: upgrade
                    .lines
                    .iter()
                    .filter(|line| line.section == section)
                    .map(|line| said(line, now))
                    .collect(),
            };
            page.found = Some(Found {
                summary: summary(&upgrade),
                sections: Section::ALL.into_iter().map(part).filter(|part| !part.lines.is_empty()).collect(),
                nothing_on: nothing_on(&upgrade).join(", ").to_lowercase(),
                markdown_address: words::address("/upgrade.md", &parameters),
                json_address: words::address("/api/v1/upgrade", &parameters),
            });
            Ok(Page(page).into_response())
        }
        Err(refusal) => {
            page.near = refusal.near.into_iter().map(|name| near(name, from, to)).collect();
            page.mistake = Some(refusal.sentence);
            Ok((StatusCode::BAD_REQUEST, Page(page)).into_response())
        }
    }
}

/// The same as Markdown, for a ticket.
pub(crate) async fn as_markdown(Given(state): Given<State>, asked: Asked) -> Result<Response, Failure> {
    let [product, from, to] = parameters(&asked);
    let plain =
        |status: StatusCode, text: String| (status, [(CONTENT_TYPE, "text/markdown; charset=utf-8")], text);
    Ok(match state.knowledge.upgrade(&product, &from, &to).await? {
        Ok(upgrade) => plain(StatusCode::OK, markdown(&upgrade)).into_response(),
        Err(refusal) => plain(StatusCode::BAD_REQUEST, format!("{}\n", refusal.sentence)).into_response(),
    })
}

/// Product, version that runs, version that is offered, as typed.
pub(crate) fn parameters(asked: &Asked) -> [String; 3] {
    ["product", "from", "to"].map(|name| asked.first(name).unwrap_or_default().trim().to_owned())
}

fn near(name: String, from: &str, to: &str) -> Near {
    let address = words::address("/upgrade", &[("product", &name), ("from", from), ("to", to)]);
    Near { name, address }
}

fn class(section: Section) -> &'static str {
    match section {
        Section::Stop | Section::Wrong => "stop",
        Section::Breaking | Section::Key => "attention",
        Section::End | Section::Thread => "note",
        Section::Fixed => "quiet",
    }
}

fn said(line: &Line, now: jiff::Timestamp) -> Said {
    Said {
        version: line.version.clone(),
        quote: line.quote.clone(),
        title: line.card.title.clone(),
        address: format!("/entries/{}", line.card.id.0),
        source: line.card.source_name.clone(),
        at: Moment::of(line.dated, now),
    }
}
