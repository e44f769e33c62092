//! An environment: every section of it with where it is known from; and two side by side.

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::response::Redirect;
use index::estate::Estate;
use index::estate::compare::{FACTOR, compare};

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::parts::estate::{SectionShown, difference, sections};
use crate::state::State;
use crate::words::page;

/// Where a visitor goes on who named an environment that is not there.
const ALL: (&str, &str) = ("/estate", "All environments");

/// The page of an environment.
#[derive(Template)]
#[template(path = "pages/estate.html")]
pub(crate) struct Shown {
    frame: Frame,
    name: String,
    updated: Moment,
    json_address: String,
    remove_address: String,
    sections: Vec<SectionShown>,
    others: Vec<Other>,
}

struct Other {
    name: String,
    address: String,
}

/// The page of two environments side by side.
#[derive(Template)]
#[template(path = "pages/estate_comparison.html")]
pub(crate) struct Compared {
    frame: Frame,
    one: Other,
    other: Other,
    factor: u64,
    json_address: String,
    parts: Vec<(String, Vec<String>)>,
    not_compared: Vec<String>,
}

/// Shows one.
pub(crate) async fn show(
    Given(state): Given<State>,
    Path(name): Path<String>,
    frame: Frame,
) -> Result<Page<Shown>, Failure> {
    let frame = frame.at(Here::Packages);
    let Some(estate) = state.knowledge.estate(&name).await? else {
        return Err(Failure::missing(frame, "Nothing is known of an environment of this name.", ALL));
    };
    let names = state.knowledge.environments().await?;
    let others = names.into_iter().filter(|other| *other != name);
    Ok(Page(Shown {
        updated: Moment::of(estate.updated, frame.now),
        json_address: page("/api/v1/estate", &name),
        remove_address: format!("{}/remove", page("/estate", &name)),
        sections: sections(&estate),
        others: others
            .map(|other| Other { address: between("/estate", &name, &other), name: other })
            .collect(),
        name,
        frame,
    }))
}

/// Forgets one.
pub(crate) async fn remove(
    Given(state): Given<State>,
    Path(name): Path<String>,
    frame: Frame,
) -> Result<Redirect, Failure> {
    if state.knowledge.remove_estate(&name).await? {
        return Ok(Redirect::to("/estate"));
    }
    Err(Failure::missing(frame.at(Here::Packages), "Nothing is known of an environment of this name.", ALL))
}

/// Shows two side by side.
pub(crate) async fn side_by_side(
    Given(state): Given<State>,
    Path((one, other)): Path<(String, String)>,
    frame: Frame,
    asked: Asked,
) -> Result<Page<Compared>, Failure> {
    let frame = frame.at(Here::Packages);
    let found = (state.knowledge.estate(&one).await?, state.knowledge.estate(&other).await?);
    let (Some(first), Some(second)) = found else {
        return Err(Failure::missing(
            frame,
            "Nothing is known of an environment of one of these names.",
            ALL,
        ));
    };
    Ok(Page(compared(&first, &second, asked.number("factor").map_or(FACTOR, u64::from), frame)))
}

fn compared(one: &Estate, other: &Estate, factor: u64, frame: Frame) -> Compared {
    let found = compare(one, other, factor);
    let lines = |part: &index::estate::compare::Part| {
        (part.section.clone(), part.differences.iter().map(|one| difference(one, &found)).collect())
    };
    let named = |estate: &Estate| {
        let name = estate.environment.clone();
        Other { address: page("/estate", &name), name }
    };
    Compared {
        parts: found.parts.iter().map(lines).collect(),
        factor: found.factor,
        json_address: between("/api/v1/estate", &one.environment, &other.environment),
        not_compared: found.not_compared.clone(),
        one: named(one),
        other: named(other),
        frame,
    }
}

fn between(folder: &str, one: &str, other: &str) -> String {
    page(&page(folder, one), other)
}
