//! What a program is told when it does not get what it asked for: problem details (RFC 9457).

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use index::query::Mistake;
use serde::Serialize;
use utoipa::ToSchema;

use crate::failure;

/// A problem in the members of RFC 9457, section 3.1, and three of ours.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Always `about:blank`: the status says what sort of problem it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: &'static str,
    /// The status in words.
    #[schema(example = "Bad Request")]
    title: &'static str,
    /// The status as a number.
    #[schema(example = 400)]
    status: u16,
    /// What went wrong, in one sentence.
    detail: String,
    /// What the log knows it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// First byte of the part of the query that cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<usize>,
    /// Byte behind that part.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<usize>,
}

impl Problem {
    /// A problem of this status.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            reference: None,
            start: None,
            end: None,
        }
    }

    /// There is no such thing.
    pub(crate) fn missing(detail: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// Something in the request is not as it should be.
    pub(crate) fn wrong(detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }
}

impl From<Mistake> for Problem {
    fn from(mistake: Mistake) -> Self {
        let problem = Self::new(StatusCode::BAD_REQUEST, mistake.sentence);
        Self { start: Some(mistake.start), end: Some(mistake.end), ..problem }
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        let problem =
            Self::new(StatusCode::INTERNAL_SERVER_ERROR, "something of ours broke; the log has more");
        Self { reference: Some(failure::logged(&error)), ..problem }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, [(CONTENT_TYPE, "application/problem+json")], Json(self)).into_response()
    }
}

/// What is said under `/api` where there is nothing.
pub(crate) async fn nothing_here(uri: Uri) -> Problem {
    Problem::missing(&format!("there is nothing at {}; see /api/v1/openapi.json", uri.path()))
}
