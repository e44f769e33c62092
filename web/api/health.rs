//! `/healthz` and `/readyz`, for whatever watches this process. They say nothing about what is known.

use axum::extract::State as Given;
use axum::http::StatusCode;

use crate::failure;
use crate::state::State;

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// The record and the search index can be read, so that pages can be shown and searches answered.
pub(crate) async fn ready(Given(state): Given<State>) -> (StatusCode, String) {
    match state.knowledge.try_reading().await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error) => {
            let reference = failure::logged(&error);
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready (reference {reference})\n"))
        }
    }
}
