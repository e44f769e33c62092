//! stub
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;
/// x
#[derive(Clone)]
pub struct Door;
/// x
#[derive(Clone, Debug)]
pub struct Politeness;
/// x
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// x
    Public,
    /// x
    Private,
}
/// x
#[derive(Default, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// x
    pub etag: Option<String>,
    /// x
    pub last_modified: Option<String>,
}
/// x
pub struct Request {
    /// x
    pub url: Url,
    /// x
    pub reach: Reach,
    /// x
    pub validators: Validators,
    /// x
    pub accept: &'static str,
    /// x
    pub max_bytes: Option<u64>,
}
/// x
pub enum Answer {
    /// x
    Fresh(Fetched),
    /// x
    Unchanged,
}
/// x
#[derive(Clone, Debug)]
pub struct Fetched {
    /// x
    pub url: Url,
    /// x
    pub moved_permanently: Option<Url>,
    /// x
    pub media_type: String,
    /// x
    pub charset: Option<String>,
    /// x
    pub bytes: Vec<u8>,
    /// x
    pub validators: Validators,
}
/// x
#[derive(Debug, thiserror::Error)]
pub enum Disappointment {
    /// x
    #[error("{url} answered 404")]
    NotFound {
        /// x
        url: String,
    },
}
/// x
pub enum Retry {
    /// x
    After(Duration),
    /// x
    Backoff,
    /// x
    GiveUp,
}
impl Disappointment {
    /// x
    pub fn retry(&self) -> Retry {
        Retry::Backoff
    }
}
impl Door {
    /// x
    pub async fn fetch(&self, request: Request, _now: Timestamp) -> Result<Answer, Disappointment> {
        Err(Disappointment::NotFound { url: request.url.to_string() })
    }
}
/// x
pub mod charset {
    /// x
    pub fn decode(bytes: &[u8], _header: Option<&str>) -> (String, &'static str) {
        (String::from_utf8_lossy(bytes).into_owned(), "utf-8")
    }
}
