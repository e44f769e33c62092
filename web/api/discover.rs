//! `POST /api/v1/discover`: the channels that a site has, each with a sample. Adds none.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Given;
use axum::http::StatusCode;
use crawler::discover::{self, Found, Known};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::problem::Problem;
use crate::looking::Refusal;
use crate::state::State;

/// Where to look.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Site {
    /// Address of the site, or its host name.
    #[schema(example = "https://vendor.example")]
    site: String,
}

/// Looks at a site and proposes its channels; may take 25 seconds.
#[utoipa::path(
    post, path = "/api/v1/discover", tag = "sources", request_body = Site,
    responses(
        (status = 200, description = "What was found; nothing is added", body = ref("#/components/schemas/Found")),
        (status = 400, description = "What was sent names no site that can be looked at", body = Problem),
        (status = 503, description = "Other sites are being looked at", body = Problem),
    )
)]
pub(crate) async fn look(Given(state): Given<State>, body: Bytes) -> Result<Json<Found>, Problem> {
    let asked: Site = serde_json::from_slice(&body).map_err(|error| {
        Problem::wrong(&format!("send JSON such as {{\"site\": \"https://…\"}}: {error}"))
    })?;
    let site = discover::site(&asked.site).ok_or_else(|| {
        Problem::wrong(&format!(
            "\"{}\" is no address: it has to begin with https:// and name a host",
            asked.site
        ))
    })?;
    let Some(looking) = &state.looking else { return Err(Problem::missing("no site is looked at here")) };
    let known = Known::of(&state.knowledge).await?;
    match looking.at(&site, &known, state.now()).await {
        Ok(found) => Ok(Json(found)),
        Err(Refusal::Typed(sentence)) => Err(Problem::wrong(&sentence)),
        Err(Refusal::Busy(sentence)) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, sentence)),
    }
}
