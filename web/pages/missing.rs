//! What is said where there is nothing.

use askama::Template;

use crate::failure::Failure;
use crate::frame::Frame;

/// The page for an address that leads nowhere.
#[derive(Template)]
#[template(path = "pages/missing.html")]
pub(crate) struct Missing {
    pub(crate) frame: Frame,
    /// What is not there.
    pub(crate) sentence: String,
    /// Where to go on.
    pub(crate) address: &'static str,
    /// What that is called.
    pub(crate) way_on: &'static str,
}

/// Shows it.
pub(crate) async fn show(frame: Frame) -> Failure {
    Failure::missing(frame, "There is no page at this address.", ("/search", "Search"))
}
