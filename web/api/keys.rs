//! `GET /api/v1/keys` and `GET /api/v1/keys/{fingerprint}`.

use axum::Json;
use axum::extract::{Path, State as Given};
use index::keys::view::{KeyLine, KeyView};

use crate::api::problem::Problem;
use crate::asked::Asked;
use crate::state::State;

/// Keys that are answered at most.
const MOST: u32 = 1_000;

/// Keys in use, those seen last first, with what is foreseen of them.
#[utoipa::path(
    get, path = "/api/v1/keys", tag = "keys",
    params(
        ("vendor" = Option<String>, Query, description = "Of this vendor alone, by its short name"),
        ("most" = Option<u32>, Query, description = "How many; 100 without it, at most 1000"),
    ),
    responses((status = 200, description = "Keys with their vendors and their forecast", body = ref("#/components/schemas/KeyLines")))
)]
pub(crate) async fn list(Given(state): Given<State>, asked: Asked) -> Result<Json<Vec<KeyLine>>, Problem> {
    let most = asked.number("most").unwrap_or(100).min(MOST);
    Ok(Json(state.knowledge.keys(asked.first("vendor"), most, (state.clock)()).await?))
}

/// All that is known of a key, by a fingerprint in any spelling or a shorter name.
#[utoipa::path(
    get, path = "/api/v1/keys/{fingerprint}", tag = "keys",
    params(("fingerprint" = String, Path, description = "A fingerprint in any spelling, or a key id")),
    responses(
        (status = 200, description = "The key, its sightings, changes, pins, packages and evidence", body = ref("#/components/schemas/KeyView")),
        (status = 404, description = "That is no name of a key", body = Problem),
    )
)]
pub(crate) async fn read(
    Given(state): Given<State>,
    Path(fingerprint): Path<String>,
) -> Result<Json<KeyView>, Problem> {
    let found = state.knowledge.key(fingerprint.as_bytes(), (state.clock)()).await?;
    found.map(Json).ok_or_else(|| Problem::missing("that is no name of a key"))
}
