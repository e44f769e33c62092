//! `GET /api/v1/totals`.

use axum::Json;
use axum::extract::State as Given;
use index::answer::Totals;

use crate::api::problem::Problem;
use crate::state::State;

/// How much is known, and how many sources are unwell; at most a few seconds old.
#[utoipa::path(
    get, path = "/api/v1/totals", tag = "totals",
    responses((status = 200, description = "Entries, revisions, sources, sources that are unwell, entries not yet searchable", body = ref("#/components/schemas/Totals")))
)]
pub(crate) async fn read(Given(state): Given<State>) -> Result<Json<Totals>, Problem> {
    Ok(Json(state.totals().await?))
}
