//! `GET` and `POST /api/v1/sources`, `GET` and `DELETE /api/v1/sources/{slug}`, `POST /api/v1/sources/{slug}/retry`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State as Given};
use axum::http::StatusCode;
use crawler::discover;
use index::answer::{SourceView, States};
use index::source::Source;
use index::vendor::Vendor;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::problem::Problem;
use crate::state::State;

/// What a request to try again leads to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Due {
    /// Short name of the source.
    source: String,
    /// Since when it is due, in RFC 3339.
    due: String,
}

/// Every source and how it is doing.
#[utoipa::path(
    get, path = "/api/v1/sources", tag = "sources",
    responses((status = 200, description = "Sources with their health, without their rounds", body = ref("#/components/schemas/SourceViews")))
)]
pub(crate) async fn list(Given(state): Given<State>) -> Result<Json<Vec<SourceView>>, Problem> {
    let now = state.now();
    Ok(Json(state.knowledge.sources().await?.into_iter().map(|source| source.at(now)).collect()))
}

/// How many sources are in which state.
#[utoipa::path(
    get, path = "/api/v1/states", tag = "sources",
    responses((status = 200, description = "Sources by their state; at most a few seconds old", body = ref("#/components/schemas/States")))
)]
pub(crate) async fn states(Given(state): Given<State>) -> Result<Json<States>, Problem> {
    Ok(Json(state.states().await?))
}

/// A source with its last rounds.
#[utoipa::path(
    get, path = "/api/v1/sources/{slug}", tag = "sources",
    params(("slug" = String, Path, description = "Short name of the source")),
    responses(
        (status = 200, description = "The source, newest round first", body = ref("#/components/schemas/SourceView")),
        (status = 404, description = "There is no such source", body = Problem),
    )
)]
pub(crate) async fn read(
    Given(state): Given<State>,
    Path(slug): Path<String>,
) -> Result<Json<SourceView>, Problem> {
    let found = state.knowledge.source(&slug).await?;
    found.map(|source| Json(source.at(state.now()))).ok_or_else(missing)
}

/// Adds a source; its vendor is recorded under its short name where it is not known.
#[utoipa::path(
    post, path = "/api/v1/sources", tag = "sources",
    request_body(content = ref("#/components/schemas/Source"), content_type = "application/json"),
    responses(
        (status = 201, description = "It is added and due at once", body = ref("#/components/schemas/SourceView")),
        (status = 400, description = "What was sent is no source that can be added here", body = Problem),
        (status = 409, description = "There is a source of this short name", body = Problem),
    )
)]
pub(crate) async fn add(
    Given(state): Given<State>,
    body: Bytes,
) -> Result<(StatusCode, Json<SourceView>), Problem> {
    let source: Source = serde_json::from_slice(&body)
        .map_err(|error| Problem::wrong(&format!("send a source as JSON, in the schema Source: {error}")))?;
    let Some(looking) = &state.looking else { return Err(Problem::missing("no source is added here")) };
    looking.may_add(&source).map_err(|why| Problem::wrong(&format!("failed to add it: {why}")))?;
    if state.knowledge.source(&source.slug).await?.is_some() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "there is a source of this short name; remove it first",
        ));
    }
    let now = state.now();
    let sources = std::slice::from_ref(&source);
    match &source.vendor {
        Some(slug) => {
            let (slug, name) = (slug.clone(), slug.clone());
            let vendor = Vendor { slug, name, domains: Vec::new(), contacts: Vec::new() };
            discover::take(&state.knowledge, &vendor, sources, now).await?;
        }
        None => drop(state.knowledge.add_source(&source, now).await?),
    }
    let added = state.knowledge.source(&source.slug).await?.ok_or_else(missing)?;
    Ok((StatusCode::CREATED, Json(added.at(now))))
}

/// Stops asking a source; what it said stays.
#[utoipa::path(
    delete, path = "/api/v1/sources/{slug}", tag = "sources",
    params(("slug" = String, Path, description = "Short name of the source")),
    responses(
        (status = 204, description = "It is not asked any more"),
        (status = 404, description = "There is no such source", body = Problem),
    )
)]
pub(crate) async fn remove(
    Given(state): Given<State>,
    Path(slug): Path<String>,
) -> Result<StatusCode, Problem> {
    if state.knowledge.remove_source(&slug).await? { Ok(StatusCode::NO_CONTENT) } else { Err(missing()) }
}

/// Makes a source due at once.
#[utoipa::path(
    post, path = "/api/v1/sources/{slug}/retry", tag = "sources",
    params(("slug" = String, Path, description = "Short name of the source")),
    responses(
        (status = 202, description = "It is asked in the next round", body = Due),
        (status = 404, description = "There is no such source", body = Problem),
    )
)]
pub(crate) async fn retry(
    Given(state): Given<State>,
    Path(slug): Path<String>,
) -> Result<(StatusCode, Json<Due>), Problem> {
    let now = state.now();
    if !state.knowledge.ask_soon(&slug, now).await? {
        return Err(missing());
    }
    Ok((StatusCode::ACCEPTED, Json(Due { source: slug, due: now.to_string() })))
}

fn missing() -> Problem {
    Problem::missing("there is no source of this name")
}
