//! Upgrade: what lies between the version that runs and the one that is offered, for reading and for printing.

use askama::Template;
use axum::extract::State as Given;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use index::upgrade::release::Release;
use index::upgrade::{self, Line, Section};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::parts::sign::Sign;
use crate::parts::upgrade as parts;
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

/// Lines of a section that are shown at once; the rest is folded.
const SHOWN: usize = 10;

/// Lines of a section that a page holds at most; more are counted.
const HELD: usize = 300;

struct Found {
    summary: String,
    also_known: Vec<String>,
    sections: Vec<Part>,
    releases: Vec<Passed>,
    gaps: String,
    not_checked: Vec<String>,
    nothing_on: String,
    markdown_address: String,
    json_address: String,
}

struct Part {
    id: &'static str,
    heading: &'static str,
    class: &'static str,
    count: String,
    flaws: bool,
    lines: Vec<Said>,
    folded: Vec<Said>,
    left_out: String,
}

struct Said {
    version: Option<String>,
    quote: String,
    title: String,
    address: String,
    source: String,
    at: Moment,
    /// The source states no day; it was first seen here then.
    undated: bool,
    weight: Option<Sign>,
    exploited: bool,
    identifiers: String,
    voices: String,
    day: Option<Moment>,
}

/// A release that is passed on the way.
struct Passed {
    version: String,
    title: String,
    address: String,
    published: String,
    notable: String,
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
            page.found = Some(found(&upgrade, &parameters, now));
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
        Ok(upgrade) => plain(StatusCode::OK, parts::markdown(&upgrade)).into_response(),
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

fn found(upgrade: &upgrade::Upgrade, parameters: &[(&str, &str)], now: Timestamp) -> Found {
    Found {
        summary: parts::summary(upgrade),
        also_known: parts::also_known(upgrade),
        sections: Section::ALL.into_iter().filter_map(|section| part(upgrade, section, now)).collect(),
        releases: upgrade.releases.iter().map(passed).collect(),
        gaps: parts::gaps(upgrade),
        not_checked: parts::not_checked(upgrade),
        nothing_on: parts::nothing_on(upgrade),
        markdown_address: words::address("/upgrade.md", parameters),
        json_address: words::address("/api/v1/upgrade", parameters),
    }
}

fn part(upgrade: &upgrade::Upgrade, section: Section, now: Timestamp) -> Option<Part> {
    let all: Vec<&Line> = upgrade.of(section).collect();
    let mut lines: Vec<Said> = all.iter().take(HELD).map(|line| said(line, now)).collect();
    let folded = lines.split_off(SHOWN.min(lines.len()));
    let left_out = all.len().saturating_sub(HELD) as u64;
    Some(Part {
        id: id(section),
        heading: section.as_str(),
        class: class(section),
        count: parts::counted_in(section, all.len()),
        flaws: all.first().is_some_and(|line| parts::is_flaw(line)),
        folded,
        left_out: if left_out > 0 { words::count(left_out) } else { String::new() },
        lines,
    })
    .filter(|part| !part.lines.is_empty())
}

fn passed(release: &Release) -> Passed {
    Passed {
        version: release.version.clone(),
        title: release.title.clone(),
        address: release.notes.first().map(|notes| format!("/entries/{}", notes.id.0)).unwrap_or_default(),
        published: parts::released(release),
        notable: parts::notable(release),
    }
}

fn id(section: Section) -> &'static str {
    match section {
        Section::Stop => "stops",
        Section::Wrong => "wrong",
        Section::Breaking => "breaking",
        Section::Key => "keys",
        Section::End => "ends",
        Section::Thread => "threads",
        Section::Fixed => "mended",
    }
}

fn said(line: &Line, now: Timestamp) -> Said {
    let midnight = |day: jiff::civil::Date| day.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    Said {
        version: line.version.clone(),
        quote: line.quote.clone(),
        title: line.card.title.clone(),
        address: format!("/entries/{}", line.card.id.0),
        source: line.card.source_name.clone(),
        at: Moment::of(line.dated, now),
        undated: line.card.published.is_none(),
        weight: line.card.severity.as_ref().filter(|_| parts::is_flaw(line)).map(Sign::severity),
        exploited: line.exploited,
        identifiers: line.card.identifiers.iter().take(3).cloned().collect::<Vec<_>>().join(", "),
        voices: parts::voices(line),
        day: line.day.and_then(midnight).map(|day| Moment::of(day, now)),
    }
}
