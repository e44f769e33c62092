//! The style sheet, the script and the sign, from memory, at addresses that name their content.
//!
//! Because an address changes whenever the content does, a browser may keep what it has for ever.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

const STYLE: &str = include_str!("../templates/assets/style.css");
const SCRIPT: &str = include_str!("../templates/assets/script.js");
const ICON: &str = include_str!("../templates/assets/icon.svg");

/// Where the frame of a page finds its three assets.
#[derive(Debug)]
pub(crate) struct Addresses {
    /// The style sheet.
    pub(crate) style: String,
    /// The script.
    pub(crate) script: String,
    /// The sign in a browser's tab.
    pub(crate) icon: String,
}

/// The addresses of the assets of this build.
pub(crate) static ADDRESSES: LazyLock<Addresses> = LazyLock::new(|| Addresses {
    style: address("style.css", STYLE),
    script: address("script.js", SCRIPT),
    icon: address("icon.svg", ICON),
});

/// One asset; an address of another build is not found.
pub(crate) async fn read(Path((hash, name)): Path<(String, String)>) -> Response {
    let (content, media_type) = match name.as_str() {
        "style.css" => (STYLE, "text/css; charset=utf-8"),
        "script.js" => (SCRIPT, "text/javascript; charset=utf-8"),
        "icon.svg" => (ICON, "image/svg+xml"),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    if hash != digest(content) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let cache = "public, max-age=31536000, immutable";
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, cache)], content).into_response()
}

fn address(name: &str, content: &str) -> String {
    format!("/assets/{}/{name}", digest(content))
}

fn digest(content: &str) -> String {
    hex::encode(Sha256::digest(content).get(..8).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{ADDRESSES, SCRIPT, STYLE};

    #[test]
    fn assets_stay_small_and_load_nothing_from_elsewhere() {
        assert!(STYLE.len() < 30_000, "{}", STYLE.len());
        assert!(SCRIPT.len() < 15_000, "{}", SCRIPT.len());
        assert!(!STYLE.contains("@import") && !STYLE.contains("url("));
        assert!(!SCRIPT.contains("://"));
    }

    #[test]
    fn addresses_name_their_content() {
        assert_ne!(ADDRESSES.style, ADDRESSES.script);
        assert_eq!(ADDRESSES.style.len(), "/assets/0123456789abcdef/style.css".len());
    }
}
