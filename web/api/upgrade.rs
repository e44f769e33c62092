//! `/api/v1/upgrade`: what lies between two versions of a product.

use axum::Json;
use axum::extract::State as Given;
use index::upgrade::Upgrade;

use crate::api::problem::Problem;
use crate::asked::Asked;
use crate::pages::upgrade::parameters;
use crate::state::State;

/// What was said between two versions.
#[utoipa::path(
    get, path = "/api/v1/upgrade", tag = "upgrade",
    params(
        ("product" = String, Query, description = "The product, as its vendor writes it"),
        ("from" = String, Query, description = "The version that runs"),
        ("to" = String, Query, description = "The version that is offered"),
    ),
    responses(
        (status = 200, description = "Quotes with their entries, in the order of what would hurt", body = ref("#/components/schemas/Upgrade")),
        (status = 400, description = "The product is not known, or the versions cannot be read or are in the wrong order", body = Problem),
    )
)]
pub(crate) async fn between(Given(state): Given<State>, asked: Asked) -> Result<Json<Upgrade>, Problem> {
    let [product, from, to] = parameters(&asked);
    match state.knowledge.upgrade(&product, &from, &to).await? {
        Ok(upgrade) => Ok(Json(upgrade)),
        Err(refusal) => Err(Problem::wrong(&refusal.sentence)),
    }
}
