//! The one door to the network: the only code of the program that opens a connection.
//!
//! A source's address goes in, with what is known from last time; bytes come out, or a [`Disappointment`] in plain
//! words. Every address on the way is vetted after it was resolved (`address`, `resolve`), every host is asked politely
//! (`robots`, `pace`, `rest`), every answer is read within bounds (`hop`). The door believes nothing it reads and keeps
//! nothing on disk; it is given the time and reads no calendar clock. Which sources are due, and what their bytes mean,
//! is decided elsewhere.

mod address;
mod ask;
mod bearer;
mod bring;
pub mod charset;
mod client;
mod disappointment;
mod failure;
mod hop;
mod line;
mod media;
mod moment;
mod pace;
mod ration;
mod redirect;
mod resolve;
mod rest;
mod robots;
mod tally;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderName, LAST_MODIFIED, LOCATION};
use serde::{Deserialize, Serialize};

use ask::{Inside, Journey};
use disappointment::{host, shown};
use hop::{Cap, Hop, Reply};
use moment::Moment;
use pace::Pace;
use ration::Counted;
use redirect::Trail;
use rest::Rests;
use robots::cache::Cache;
use tally::Tally;

// Named here only: callers know the door, not the rooms behind it.
pub use address::{AddressKind, Reach};
pub use bearer::Bearer;
pub use bring::Brought;
pub use disappointment::{Disappointment, Retry, backoff};
pub use line::{Call, Line};
pub use ration::Ration;

/// How much we ask of strangers' machines, and how much we take from them.
#[derive(Debug, Clone)]
pub struct Politeness {
    /// What we call ourselves; up to the first character that is no letter, `-` or `_`, it is our name in `robots.txt`.
    pub user_agent: String,
    /// The pause between the starts of two requests to one host; a longer `Crawl-delay` lengthens it.
    pub host_interval: Duration,
    /// Requests under way to one host, at least one.
    pub host_connections: usize,
    /// Requests under way in all, at least one.
    pub connections: usize,
    /// What one fetch may take on the network, redirects included; waiting for a turn does not count.
    pub timeout: Duration,
    /// What one connection may take to be made, names and TLS included.
    pub connect_timeout: Duration,
    /// The largest body, in bytes after decompression.
    pub max_bytes: u64,
    /// Redirects in a row.
    pub max_redirects: u8,
    /// Whether `robots.txt` is asked for and obeyed.
    pub robots: bool,
}

impl Default for Politeness {
    fn default() -> Politeness {
        Politeness {
            user_agent: "forewarn/0.1".to_owned(),
            host_interval: Duration::from_secs(1),
            host_connections: 1,
            connections: 16,
            timeout: Duration::from_mins(1),
            connect_timeout: Duration::from_secs(10),
            max_bytes: 32 * 1024 * 1024,
            max_redirects: 8,
            robots: true,
        }
    }
}

/// What to fetch.
#[derive(Debug, Clone)]
pub struct Request {
    /// An `http` or `https` address without user name and password; its fragment is not sent.
    pub url: Url,
    /// How far the source may reach; it holds for every redirect too.
    pub reach: Reach,
    /// What the last answer said about its version; [`Validators::default`] to get the body in any case.
    pub validators: Validators,
    /// The `Accept` header.
    pub accept: &'static str,
    /// A largest body of its own, in bytes, in place of [`Politeness::max_bytes`].
    pub max_bytes: Option<u64>,
    /// A token for this address; a redirect to another origin does not get it.
    pub bearer: Option<Bearer>,
}

/// How a server names the version it sent, to be given back when asking again (RFC 9110 section 8.8).
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The `ETag` header as sent, quotes included.
    pub etag: Option<String>,
    /// The `Last-Modified` header as sent.
    pub last_modified: Option<String>,
}

/// What a fetch gave.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one is made for each fetch, and a network lies in between")]
pub enum Answer {
    /// A body.
    Fresh(Fetched),
    /// The server says that nothing changed since the [`Validators`] of the request.
    Unchanged,
}

/// A body and what its headers said of it.
#[derive(Debug)]
pub struct Fetched {
    /// The address that answered, after redirects.
    pub url: Url,
    /// Where the first address has moved to for good (301 or 308), if it has.
    pub moved_permanently: Option<Url>,
    /// The media type's essence in lower case, as "text/html"; empty if none was given.
    pub media_type: String,
    /// The character set that the header names, as written; see [`charset::decode`].
    pub charset: Option<String>,
    /// The body, decompressed.
    pub bytes: Vec<u8>,
    /// What to give back next time.
    pub validators: Validators,
}

/// The door; its copies share one politeness.
#[derive(Clone)]
pub struct Door {
    inside: Arc<Inside>,
    ration: Option<Arc<Counted>>,
}

impl Door {
    /// Prepares for fetching; opens no connection yet.
    ///
    /// # Errors
    /// If the user agent is no header text, or the system's root certificates cannot be loaded.
    pub fn new(politeness: Politeness) -> anyhow::Result<Door> {
        let inside = Inside {
            product: robots::product(&politeness.user_agent),
            public: client::client(&politeness, Reach::Public)?,
            private: client::client(&politeness, Reach::Private)?,
            pace: Pace::new(politeness.host_connections, politeness.connections),
            rests: Rests::default(),
            robots: Cache::default(),
            tally: Tally::default(),
            politeness,
        };
        Ok(Door { inside: Arc::new(inside), ration: None })
    }

    /// The same door, with the same politeness, through which no more than `ration` goes in all.
    #[must_use]
    pub fn rationed(&self, ration: Ration) -> Door {
        Door { inside: Arc::clone(&self.inside), ration: Some(Arc::new(Counted::of(ration))) }
    }

    /// Connects to a server that does not speak HTTP, after waiting for its host's turn.
    ///
    /// # Errors
    /// If there is no connection: with why.
    pub async fn call(&self, call: &Call) -> Result<Line, Disappointment> {
        self.inside.call(call).await
    }

    /// Fetches what `request` names, after waiting for its host's turn; `now` is the time at the call.
    ///
    /// # Errors
    /// If there is no body: with why, and through [`Disappointment::retry`] when to ask again.
    pub async fn fetch(&self, request: Request, now: Timestamp) -> Result<Answer, Disappointment> {
        let ended = self.follow(request, now).await;
        self.inside.tally.count(&ended);
        ended
    }

    /// How many fetches ended how since the door was made: a word for the outcome, and a count.
    #[must_use]
    pub fn tally(&self) -> Vec<(&'static str, u64)> {
        self.inside.tally.read()
    }

    async fn follow(&self, request: Request, now: Timestamp) -> Result<Answer, Disappointment> {
        let politeness = &self.inside.politeness;
        let most = request.max_bytes.unwrap_or(politeness.max_bytes);
        let origin = request.url.origin();
        let mut trail = Trail::starting(request.url, politeness.max_redirects)?;
        let moment = Moment::starting(now);
        let mut journey = Journey { reach: request.reach, moment, time_left: politeness.timeout };
        loop {
            let url = trail.here();
            let cap = match &self.ration {
                Some(ration) => Cap::Refuse(ration.take(url)?.min(most)),
                None => Cap::Refuse(most),
            };
            let bearer = request.bearer.as_ref().filter(|_| url.origin() == origin);
            let validators = &request.validators;
            let hop = Hop { url, accept: request.accept, validators, cap, bearer, brought: None };
            let with_token = bearer.is_some();
            let stepped = self.inside.step(&hop, &mut journey).await;
            let reply = stepped.map_err(|refused| trail.blame(refused))?;
            if let Some(ration) = &self.ration {
                ration.eaten(reply.bytes.len());
            }
            match reply.status {
                301 | 302 | 303 | 307 | 308 => trail.follow(reply.status, reply.header(LOCATION))?,
                304 if request.validators != Validators::default() => return Ok(Answer::Unchanged),
                _ if reply.brings_content() => return Ok(Answer::Fresh(fetched(reply, trail))),
                401 if with_token => {
                    return Err(Disappointment::TokenRefused { host: host(trail.here()) });
                }
                status => return Err(refusal(status, trail.here())),
            }
        }
    }
}

fn fetched(reply: Reply, trail: Trail) -> Fetched {
    let (url, moved_permanently) = trail.end();
    let (media_type, charset) = media::content_type(reply.header(CONTENT_TYPE).unwrap_or_default());
    let validators =
        Validators { etag: validator(&reply, ETAG), last_modified: validator(&reply, LAST_MODIFIED) };
    Fetched { url, moved_permanently, media_type, charset, bytes: reply.bytes, validators }
}

/// A validator is kept and sent back, so a server does not choose how much that is.
fn validator(reply: &Reply, name: HeaderName) -> Option<String> {
    const LONGEST: usize = 1024;
    reply.header(name).filter(|value| !value.is_empty() && value.len() <= LONGEST).map(str::to_owned)
}

fn refusal(status: u16, url: &Url) -> Disappointment {
    let url = shown(url);
    match status {
        401 => Disappointment::Unauthorized { url },
        403 => Disappointment::Forbidden { url },
        404 => Disappointment::NotFound { url },
        410 => Disappointment::Gone { url },
        429 => Disappointment::TooManyRequests { url },
        500..=599 => Disappointment::ServerFault { url, status },
        _ => Disappointment::Status { url, status },
    }
}

#[cfg(test)]
mod tests;
