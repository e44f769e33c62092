//! `GET /api/v1/sources`, `GET /api/v1/sources/{slug}` and `POST /api/v1/sources/{slug}/retry`.

use axum::Json;
use axum::extract::{Path, State as Given};
use axum::http::StatusCode;
use index::answer::{SourceView, States};
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
