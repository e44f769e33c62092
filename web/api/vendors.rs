//! `GET /api/v1/vendors` and `GET /api/v1/vendors/{slug}`.

use axum::Json;
use axum::extract::{Path, State as Given};
use index::answer::{VendorLine, VendorView};

use crate::api::problem::Problem;
use crate::state::State;

/// Every vendor recorded here.
#[utoipa::path(
    get, path = "/api/v1/vendors", tag = "vendors",
    responses((status = 200, description = "Vendors with the number of their sources and entries", body = ref("#/components/schemas/VendorLines")))
)]
pub(crate) async fn list(Given(state): Given<State>) -> Result<Json<Vec<VendorLine>>, Problem> {
    Ok(Json(state.knowledge.vendors().await?))
}

/// A vendor with its sources and its newest entries.
#[utoipa::path(
    get, path = "/api/v1/vendors/{slug}", tag = "vendors",
    params(("slug" = String, Path, description = "Short name of the vendor")),
    responses(
        (status = 200, description = "The vendor", body = ref("#/components/schemas/VendorView")),
        (status = 404, description = "No such vendor is recorded", body = Problem),
    )
)]
pub(crate) async fn read(
    Given(state): Given<State>,
    Path(slug): Path<String>,
) -> Result<Json<VendorView>, Problem> {
    let found = state.knowledge.vendor(&slug).await?.map(|mut vendor| {
        vendor.sources = vendor.sources.into_iter().map(|source| source.at(state.now())).collect();
        vendor
    });
    found.map(Json).ok_or_else(|| Problem::missing("no vendor of this name is recorded"))
}
