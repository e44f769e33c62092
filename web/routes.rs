//! Every address that is answered, on one screen, and the layers around all of them.
//!
//! Refuses to hold behaviour: each line names the page or resource that answers.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::state::State;
use crate::{api, assets, guard, pages};

/// Longest time that an answer may take; past it the visitor is told to try again.
const PATIENCE: Duration = Duration::from_secs(30);

/// Largest body of a request in bytes; forms here are a few words long.
const LARGEST_BODY: usize = 64 * 1024;

/// The router of pages and of the interface for programs.
pub fn router(state: State) -> Router {
    let guarded = Router::new()
        // For people.
        .route("/", get(pages::home::show))
        .route("/search", get(pages::search::show))
        .route("/entries/{id}", get(pages::entry::show))
        .route("/entries/{id}/compare", get(pages::comparison::show))
        .route("/snapshots/{digest}", get(pages::snapshot::bytes))
        .route("/vendors", get(pages::vendors::show))
        .route("/vendors/{slug}", get(pages::vendor::show))
        .route("/sources", get(pages::sources::show))
        .route("/sources/{slug}", get(pages::source::show))
        .route("/sources/{slug}/retry", post(pages::source::retry))
        .route("/help/search", get(pages::help::show))
        .route("/sign-in", get(pages::sign_in::show).post(pages::sign_in::enter))
        .route("/sign-out", post(pages::sign_in::leave))
        // For programs.
        .route("/api/v1/search", get(api::search::find))
        .route("/api/v1/entries/{id}", get(api::entries::read))
        .route("/api/v1/entries/{id}/compare", get(api::entries::compare))
        .route("/api/v1/vendors", get(api::vendors::list))
        .route("/api/v1/vendors/{slug}", get(api::vendors::read))
        .route("/api/v1/sources", get(api::sources::list))
        .route("/api/v1/sources/{slug}", get(api::sources::read))
        .route("/api/v1/sources/{slug}/retry", post(api::sources::retry))
        .route("/api/v1/totals", get(api::totals::read))
        .route("/api/v1/openapi.json", get(api::openapi::read))
        .route("/api/{*rest}", get(api::problem::nothing_here).post(api::problem::nothing_here))
        .fallback(pages::missing::show)
        .layer(from_fn_with_state(state.clone(), guard::admit));
    let open = Router::new()
        .route("/assets/{hash}/{name}", get(assets::read))
        .route("/healthz", get(api::health::alive))
        .route("/readyz", get(api::health::ready));
    guarded
        .merge(open)
        .layer(axum::middleware::map_response(guard::headers::secure))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(CompressionLayer::new())
        .with_state(state)
}
