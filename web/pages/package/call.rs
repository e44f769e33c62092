//! What to say on the telephone about a package, as Markdown for a ticket.

use axum::extract::{Path, State as Given};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use crate::asked::Asked;
use crate::failure::Failure;
use crate::frame::Frame;
use crate::state::State;

/// Answers it.
pub(crate) async fn script(
    Given(state): Given<State>,
    Path(digest): Path<String>,
    frame: Frame,
    asked: Asked,
) -> Result<Response, Failure> {
    let (environment, now) = (asked.first("environment"), frame.now);
    let answered = state.knowledge.brief(&digest.to_ascii_lowercase(), environment, now).await?;
    let Ok(Some(brief)) = answered else {
        let sentence = "No package with this digest has arrived here, or no such environment is known.";
        return Err(Failure::missing(frame, sentence, ("/packages", "All packages")));
    };
    let text = state.knowledge.package_script(&brief, now).await?;
    Ok(([(CONTENT_TYPE, "text/markdown; charset=utf-8")], text).into_response())
}
