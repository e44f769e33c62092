//! What a visitor is told when a page cannot be shown: a plain sentence, a way on, and a reference.
//!
//! The chain of causes goes to the log, once, under the same reference; it never reaches a page.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::frame::Frame;
use crate::pages::missing::Missing;

/// A page, rendered when it is sent.
pub(crate) struct Page<T>(pub(crate) T);

/// Why a page cannot be shown.
pub(crate) enum Failure {
    /// There is nothing at this address.
    Missing(Box<Missing>),
    /// Something of ours broke.
    Broken(anyhow::Error),
}

impl Failure {
    /// There is no such thing, named in a sentence, with an address where to go on and what that is called.
    pub(crate) fn missing(
        frame: Frame,
        sentence: impl Into<String>,
        way: (&'static str, &'static str),
    ) -> Self {
        Self::Missing(Box::new(Missing { frame, sentence: sentence.into(), address: way.0, way_on: way.1 }))
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

/// Writes the chain of causes to the log and gives the reference that it stands under.
pub(crate) fn logged(error: &anyhow::Error) -> String {
    // Keys of a new `RandomState` differ each time, which is all that a reference needs.
    let mut reference = format!("{:016x}", RandomState::new().build_hasher().finish());
    reference.truncate(10);
    tracing::error!(reference, cause = format!("{error:#}"), "failed to answer");
    reference
}

/// The page for what broke.
#[derive(Template)]
#[template(path = "pages/broken.html")]
struct Broken {
    frame: Frame,
    reference: String,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Missing(page) => (StatusCode::NOT_FOUND, Page(*page)).into_response(),
            Self::Broken(error) => {
                let page = Broken { frame: Frame::bare(), reference: logged(&error) };
                (StatusCode::INTERNAL_SERVER_ERROR, Page(page)).into_response()
            }
        }
    }
}

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(page) => Html(page).into_response(),
            Err(error) => {
                let reference = logged(&anyhow::Error::new(error).context("failed to render a page"));
                let sentence = format!("This page could not be shown (reference {reference}).");
                (StatusCode::INTERNAL_SERVER_ERROR, sentence).into_response()
            }
        }
    }
}
