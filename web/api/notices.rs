//! `GET /api/v1/notices`: what is not normal, as the header of every page says it.

use axum::Json;
use axum::extract::State as Given;
use index::notice::Notice;

use crate::api::problem::Problem;
use crate::state::State;

/// Everything that is not normal, the loudest first; at most a few seconds old.
#[utoipa::path(
    get, path = "/api/v1/notices", tag = "sources",
    responses((status = 200, description = "What is not normal; nothing where all is well", body = ref("#/components/schemas/Notices")))
)]
pub(crate) async fn list(Given(state): Given<State>) -> Result<Json<Vec<Notice>>, Problem> {
    Ok(Json(state.notices().await?))
}
