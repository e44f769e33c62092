//! Where the canary's document lies: a listener on loopback for this program alone, with a token that is new at every
//! asking.
//!
//! It has a port of its own, so that who may read the pages makes no difference to it; it tells nothing but the time.

use anyhow::Context as _;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use index::canary;
use jiff::Timestamp;
use tokio::task::JoinHandle;

/// The path of the document.
const PATH: &str = "/canary.atom";

/// A canary that can be asked; it is not any more when this is dropped.
#[derive(Debug)]
pub struct Perch {
    /// Where its document is fetched from.
    pub address: String,
    serving: JoinHandle<()>,
}

impl Drop for Perch {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Begins to serve the canary's document on a free port of the loopback interface.
///
/// # Errors
/// When there is no such port.
pub async fn perch(clock: fn() -> Timestamp) -> anyhow::Result<Perch> {
    let listener =
        tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.context("find a port for the canary")?;
    let port = listener.local_addr().context("learn the canary's port")?.port();
    let sing = move || async move { ([(CONTENT_TYPE, "application/atom+xml")], document(clock())) };
    let router = Router::new().route(PATH, get(sing));
    let serving = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::warn!("the canary fell silent: {error}");
        }
    });
    Ok(Perch { address: format!("http://127.0.0.1:{port}{PATH}"), serving })
}

fn document(now: Timestamp) -> String {
    let token = canary::token(now);
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\
         <title>The canary</title><id>urn:forewarn:canary</id><updated>{now}</updated>\
         <entry><title>The canary of this house</title><id>urn:forewarn:canary:entry</id><updated>{now}</updated>\
         <content type=\"text\">It sings {token}. Forewarn says this to itself once a day: that it is found here proves \
         that what arrives is fetched, recorded and searchable.</content></entry></feed>\n"
    )
}
