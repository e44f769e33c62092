//! `GET` and `POST /api/v1/packages`, and `GET /api/v1/packages/{digest}`.

use axum::Json;
use axum::extract::{Multipart, Path, State as Given};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use index::package::{Package, PackageView, Way};

use crate::api::problem::Problem;
use crate::asked::Asked;
use crate::state::State;
use crate::upload::{self, Refused};
use crate::words::page;

/// Packages that are answered at most.
const MOST: u32 = 1_000;

/// The packages that arrived last, the newest first.
#[utoipa::path(
    get, path = "/api/v1/packages", tag = "packages",
    params(("most" = Option<u32>, Query, description = "How many; 100 without it, at most 1000")),
    responses((status = 200, description = "Packages without their reports", body = ref("#/components/schemas/Packages")))
)]
pub(crate) async fn list(Given(state): Given<State>, asked: Asked) -> Result<Json<Vec<Package>>, Problem> {
    let most = asked.number("most").unwrap_or(100).min(MOST);
    Ok(Json(state.knowledge.packages(most).await?))
}

/// Inspects a file and records the report.
#[utoipa::path(
    post, path = "/api/v1/packages", tag = "packages",
    request_body(
        content = ref("#/components/schemas/Upload"),
        content_type = "multipart/form-data",
        description = "The file in the field `file`, in the field `signature` the signature that came beside it, and in the \
                       field `previous` an earlier version that it is compared with"
    ),
    responses(
        (status = 201, description = "The package with its report", body = ref("#/components/schemas/PackageView")),
        (status = 400, description = "There is no file, or the form cannot be read", body = Problem),
        (status = 413, description = "The file is larger than the setting allows", body = Problem),
    )
)]
pub(crate) async fn send(Given(state): Given<State>, form: Multipart) -> Result<Response, Problem> {
    let package = upload::take(&state, form, Way::Api).await.map_err(|refused| match refused {
        Refused::Wrong(status, sentence) => Problem::new(status, sentence),
        Refused::Broken(error) => error.into(),
    })?;
    let found = state.knowledge.package(&package.digest).await?;
    let view = found.ok_or_else(|| Problem::missing("the package was removed at once"))?;
    let location = page("/api/v1/packages", &package.digest);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(view)).into_response())
}

/// A package with the last report on it.
#[utoipa::path(
    get, path = "/api/v1/packages/{digest}", tag = "packages",
    params(("digest" = String, Path, description = "SHA-256 of the file, 64 digits")),
    responses(
        (status = 200, description = "The package with its report", body = ref("#/components/schemas/PackageView")),
        (status = 404, description = "No such package has arrived", body = Problem),
    )
)]
pub(crate) async fn read(
    Given(state): Given<State>,
    Path(digest): Path<String>,
) -> Result<Json<PackageView>, Problem> {
    let found = state.knowledge.package(&digest.to_ascii_lowercase()).await?;
    found.map(Json).ok_or_else(|| Problem::missing("no package with this digest has arrived here"))
}
