//! The bytes that a revision was read from, as a file to keep; a browser never shows them.

use axum::extract::{Path, State as Given};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::failure::Failure;
use crate::frame::Frame;
use crate::state::State;

/// Sends them.
pub(crate) async fn bytes(
    Given(state): Given<State>,
    Path(digest): Path<String>,
    frame: Frame,
) -> Result<Response, Failure> {
    let well_formed =
        digest.len() == 64 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let found = if well_formed { state.knowledge.snapshot(&digest).await? } else { None };
    let Some(snapshot) = found else {
        let sentence = "No bytes with this digest are kept here.";
        return Err(Failure::missing(frame, sentence, ("/search", "Search instead")));
    };
    let (media_type, ending) = if is_text(&snapshot.media_type) {
        ("text/plain", "txt")
    } else {
        ("application/octet-stream", "bin")
    };
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{digest}.{ending}\"")),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'".to_owned()),
        (CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned()),
    ];
    Ok((headers, snapshot.bytes).into_response())
}

fn is_text(media_type: &str) -> bool {
    let known = ["application/json", "application/xml", "application/yaml"];
    media_type.starts_with("text/")
        || known.contains(&media_type)
        || media_type.ends_with("+json")
        || media_type.ends_with("+xml")
}

#[cfg(test)]
mod tests {
    use super::is_text;

    #[test]
    fn what_is_not_known_to_be_text_is_sent_as_bytes() {
        let check = |media_type, expected| assert_eq!(is_text(media_type), expected, "{media_type}");
        check("text/html", true);
        check("application/rss+xml", true);
        check("application/json", true);
        check("application/zip", false);
        check("", false);
    }
}
