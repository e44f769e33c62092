//! What a host answers: a body with its type and age, or a status alone. It knows nothing of connections.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::world::moment;

pub(super) const HTML: &str = "text/html; charset=utf-8";
pub(super) const XML: &str = "application/rss+xml; charset=utf-8";
pub(super) const ATOM: &str = "application/atom+xml; charset=utf-8";
pub(super) const JSON: &str = "application/json";
pub(super) const TEXT: &str = "text/plain; charset=utf-8";
pub(super) const SITEMAP: &str = "application/xml";
pub(super) const CSV: &str = "text/csv; charset=utf-8";
pub(super) const KEY: &str = "application/pgp-keys";

/// A resource as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) media_type: &'static str,
    pub(super) bytes: Vec<u8>,
    pub(super) modified: Timestamp,
}

impl Body {
    pub(super) fn new(media_type: &'static str, bytes: impl Into<Vec<u8>>, modified: Timestamp) -> Self {
        Self { media_type, bytes: bytes.into(), modified: moment::whole(modified) }
    }

    /// A strong validator: a digest of the bytes (RFC 9110 section 8.8.3).
    pub(super) fn tag(&self) -> String {
        let digest = hex::encode(Sha256::digest(&self.bytes));
        format!("\"{}\"", digest.get(..32).unwrap_or_default())
    }

    /// Whether a request with these conditions already has this; the tag counts before the time (RFC 9110 section 13.2.2).
    pub(super) fn is_known(&self, none_match: Option<&str>, modified_since: Option<&str>) -> bool {
        if let Some(tags) = none_match {
            let own = self.tag();
            let same = |tag: &str| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == own;
            return tags.split(',').any(|tag| same(tag.trim()));
        }
        let since = modified_since.and_then(|since| jiff::fmt::rfc2822::parse(since).ok());
        since.is_some_and(|since| self.modified <= since.timestamp())
    }
}

/// What a request gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// There it is.
    Found(Body),
    /// There is no such thing.
    Missing,
    /// The host fails with this status, as a test told it to.
    Failing(u16),
}
