//! `/healthz` and `/readyz`, for whatever watches this process. They say nothing about what is known.

use axum::extract::State as Given;
use axum::http::StatusCode;

use crate::failure;
use crate::state::State;

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// The record can be read, so pages can be shown.
pub(crate) async fn ready(Given(state): Given<State>) -> (StatusCode, String) {
    match state.totals().await {
        Ok(_) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error) => {
            let reference = failure::logged(&error);
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready (reference {reference})\n"))
        }
    }
}
