//! `GET /api/v1/estate`, `GET`, `PUT` and `DELETE /api/v1/estate/{one}`, `GET /api/v1/estate/{one}/{other}`.

use axum::Json;
use axum::extract::{Multipart, Path, State as Given};
use axum::http::StatusCode;
use index::estate::Estate;
use index::estate::compare::{Comparison, FACTOR, compare};

use crate::api::problem::Problem;
use crate::asked::Asked;
use crate::importing;
use crate::state::State;
use crate::upload::Refused;

/// The names of the environments of which something is known.
#[utoipa::path(
    get, path = "/api/v1/estate", tag = "estate",
    responses((status = 200, description = "Names, in order", body = [String]))
)]
pub(crate) async fn list(Given(state): Given<State>) -> Result<Json<Vec<String>>, Problem> {
    Ok(Json(state.knowledge.environments().await?))
}

/// Everything that is known of an environment; a section that was never imported is null.
#[utoipa::path(
    get, path = "/api/v1/estate/{one}", tag = "estate",
    params(("one" = String, Path, description = "Name of the environment")),
    responses(
        (status = 200, description = "Its sections, each with where it is known from", body = ref("#/components/schemas/Estate")),
        (status = 404, description = "Nothing is known of it", body = Problem),
    )
)]
pub(crate) async fn read(
    Given(state): Given<State>,
    Path(name): Path<String>,
) -> Result<Json<Estate>, Problem> {
    known(&state, &name).await.map(Json)
}

/// Records what files say of an environment; each section that they hold replaces the one that is known.
#[utoipa::path(
    put, path = "/api/v1/estate/{one}", tag = "estate",
    params(("one" = String, Path, description = "Name of the environment")),
    request_body(
        content = ref("#/components/schemas/Upload"),
        content_type = "multipart/form-data",
        description = "Files in fields `file`; in the field `as` their format, where their content does not tell it"
    ),
    responses(
        (status = 200, description = "What is known of it now", body = ref("#/components/schemas/Estate")),
        (status = 400, description = "A file cannot be read; the problem names the line", body = Problem),
    )
)]
pub(crate) async fn import(
    Given(state): Given<State>,
    Path(name): Path<String>,
    form: Multipart,
) -> Result<Json<Estate>, Problem> {
    let name = importing::take(&state, form, Some(&name)).await.map_err(|refused| match refused {
        Refused::Wrong(status, sentence) => Problem::new(status, sentence),
        Refused::Broken(error) => error.into(),
    })?;
    known(&state, &name).await.map(Json)
}

/// Forgets an environment.
#[utoipa::path(
    delete, path = "/api/v1/estate/{one}", tag = "estate",
    params(("one" = String, Path, description = "Name of the environment")),
    responses(
        (status = 204, description = "Nothing is known of it any more"),
        (status = 404, description = "Nothing was known of it", body = Problem),
    )
)]
pub(crate) async fn remove(
    Given(state): Given<State>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    if state.knowledge.remove_estate(&name).await? { Ok(StatusCode::NO_CONTENT) } else { Err(missing()) }
}

/// What differs between two environments.
#[utoipa::path(
    get, path = "/api/v1/estate/{one}/{other}", tag = "estate",
    params(
        ("one" = String, Path, description = "One environment"),
        ("other" = String, Path, description = "The other one"),
        ("factor" = Option<u32>, Query, description = "How many times larger a table must be to be told; 10 without it"),
    ),
    responses(
        (status = 200, description = "What differs, and what was not compared", body = ref("#/components/schemas/EstateComparison")),
        (status = 404, description = "Nothing is known of one of them", body = Problem),
    )
)]
pub(crate) async fn side_by_side(
    Given(state): Given<State>,
    Path((one, other)): Path<(String, String)>,
    asked: Asked,
) -> Result<Json<Comparison>, Problem> {
    let (one, other) = (known(&state, &one).await?, known(&state, &other).await?);
    Ok(Json(compare(&one, &other, asked.number("factor").map_or(FACTOR, u64::from))))
}

/// The estate of an environment, or the problem that there is none.
pub(crate) async fn known(state: &State, name: &str) -> Result<Estate, Problem> {
    state.knowledge.estate(name).await?.ok_or_else(missing)
}

fn missing() -> Problem {
    Problem::missing("nothing is known of an environment of this name")
}
