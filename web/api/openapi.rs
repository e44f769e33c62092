//! `GET /api/v1/openapi.json`: the description of the interface, gathered from the handlers.

use axum::Json;
use utoipa::OpenApi;
use utoipa::openapi;

use crate::api::{entries, problem, search, sources, totals, vendors};

/// The description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Forewarn",
        description = "What vendors said: search it, read it, compare its revisions, and see how its sources are doing."
    ),
    paths(
        search::find,
        entries::read,
        entries::compare,
        vendors::list,
        vendors::read,
        sources::list,
        sources::read,
        sources::retry,
        totals::read
    ),
    components(schemas(problem::Problem, sources::Due))
)]
struct Description;

/// Shows it.
pub(crate) async fn read() -> Json<openapi::OpenApi> {
    Json(Description::openapi())
}

#[cfg(test)]
mod tests {
    use utoipa::OpenApi as _;

    use super::Description;

    #[test]
    fn every_resource_is_described() {
        let paths: Vec<String> = Description::openapi().paths.paths.into_keys().collect();
        assert_eq!(paths.len(), 9, "{paths:?}");
        assert!(paths.iter().all(|path| path.starts_with("/api/v1/")));
    }
}
