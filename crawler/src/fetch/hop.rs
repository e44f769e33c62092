//! One request to one address, and its answer, within bounds.
//!
//! The address must have been vetted before. Redirects are answers like others here. The body is counted as it is
//! decompressed, so that neither a stated length nor a small bomb decides how much memory is used.

use std::time::Duration;

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
};
use reqwest::{Client, Response, Url};

use super::Validators;
use super::bearer::Bearer;
use super::bring::Brought;
use super::disappointment::{Disappointment, shown};
use super::failure;

/// What to do with a body beyond the largest size, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cap {
    Refuse(u64),
    Cut(u64),
}

/// What is asked of one address.
pub(super) struct Hop<'a> {
    pub(super) url: &'a Url,
    pub(super) accept: &'static str,
    pub(super) validators: &'a Validators,
    pub(super) cap: Cap,
    pub(super) bearer: Option<&'a Bearer>,
    /// What is brought there; nothing while something is only asked for.
    pub(super) brought: Option<&'a Brought>,
}

/// What it answered; the body is read only if it brings content.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) bytes: Vec<u8>,
}

impl Reply {
    /// A header's text; none if it is missing or no plain text.
    pub(super) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// True for an answer that is the thing that was asked for.
    pub(super) fn brings_content(&self) -> bool {
        brings_content(self.status)
    }
}

/// 200, and 203 from a proxy in between; all else is a promise, a part or a refusal (RFC 9110 section 15).
fn brings_content(status: u16) -> bool {
    matches!(status, 200 | 203)
}

impl Hop<'_> {
    /// Asks, and reads the whole answer; the caller limits the time.
    ///
    /// # Errors
    /// If there is no whole answer, or the body is larger than allowed.
    pub(super) async fn ask(
        &self,
        client: &Client,
        connect_timeout: Duration,
    ) -> Result<Reply, Disappointment> {
        let mut request = match self.brought {
            None => client.get(self.url.clone()),
            Some(brought) => brought.to(client, self.url),
        };
        request = request.header(ACCEPT, self.accept);
        let validators =
            [(IF_NONE_MATCH, &self.validators.etag), (IF_MODIFIED_SINCE, &self.validators.last_modified)];
        for (name, value) in validators {
            if let Some(value) = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
                request = request.header(name, value);
            }
        }
        if let Some(bearer) = self.bearer {
            request = request.header(AUTHORIZATION, bearer.header());
        }
        let answer = request.send().await;
        let mut response = answer.map_err(|error| failure::of_request(&error, self.url, connect_timeout))?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let bytes = if brings_content(status) { self.read(response, &headers).await? } else { Vec::new() };
        Ok(Reply { status, headers, bytes })
    }

    async fn read(&self, mut response: Response, headers: &HeaderMap) -> Result<Vec<u8>, Disappointment> {
        // The client removes the header when it has understood it.
        if let Some(left) = headers.get(CONTENT_ENCODING).filter(|encoding| *encoding != "identity") {
            let detail = format!("encoding {left:?} is not known");
            return Err(Disappointment::Decompression {
                url: shown(self.url),
                detail: detail.chars().take(80).collect(),
            });
        }
        let (Cap::Refuse(limit) | Cap::Cut(limit)) = self.cap;
        let too_large = || Disappointment::TooLarge { url: shown(self.url), limit };
        if matches!(self.cap, Cap::Refuse(_))
            && response.content_length().is_some_and(|length| length > limit)
        {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        loop {
            let received = bytes.len() as u64;
            let chunk =
                response.chunk().await.map_err(|error| failure::of_body(&error, self.url, received))?;
            let Some(chunk) = chunk else { return Ok(bytes) };
            let room = usize::try_from(limit - received).unwrap_or(usize::MAX);
            if chunk.len() > room {
                if matches!(self.cap, Cap::Refuse(_)) {
                    return Err(too_large());
                }
                bytes.extend(chunk.iter().take(room));
                return Ok(bytes);
            }
            bytes.extend_from_slice(&chunk);
        }
    }
}
