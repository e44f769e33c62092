//! Bringing something to an address: what a webhook is posted.
//!
//! Addresses are vetted as for everything else, and sizes and times bounded; `robots.txt` is for those who read, and is
//! not asked. A redirect is never followed: what was meant for one address is for no other.

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder, Url};

use super::ask::Journey;
use super::disappointment::shown;
use super::hop::{Cap, Hop};
use super::moment::Moment;
use super::redirect::Trail;
use super::{Disappointment, Door, Reach, Validators, refusal};

/// Bytes of an answer that are read; nothing is done with them.
const ANSWER: u64 = 16 * 1024;

/// What is brought to an address.
#[derive(Clone)]
pub struct Brought {
    /// The address, with whatever secret it holds; it is not shown whole.
    pub url: Url,
    /// How far it may lie.
    pub reach: Reach,
    /// Its media type.
    pub media_type: &'static str,
    /// Headers of ours; a value that can be no header's is left out.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Brought {
    pub(super) fn to(&self, client: &Client, url: &Url) -> RequestBuilder {
        let mut request = client.post(url.clone()).header(CONTENT_TYPE, self.media_type);
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                request = request.header(HeaderName::from_static(name), value);
            }
        }
        request.body(self.body.clone())
    }
}

impl Door {
    /// Brings something to its address, after waiting for the host's turn; `now` is the time at the call.
    ///
    /// # Errors
    /// If it was not taken, with why; [`Disappointment::reached_nobody`] tells whether it may have been taken after all.
    pub async fn bring(&self, brought: &Brought, now: Timestamp) -> Result<(), Disappointment> {
        let trail = Trail::starting(brought.url.clone(), 0)?;
        let politeness = &self.inside.politeness;
        let hop = Hop {
            url: trail.here(),
            accept: "*/*",
            validators: &Validators::default(),
            cap: Cap::Cut(ANSWER),
            bearer: None,
            brought: Some(brought),
        };
        let mut journey =
            Journey { reach: brought.reach, moment: Moment::starting(now), time_left: politeness.timeout };
        let reply = self.inside.ask(&hop, politeness.host_interval, &mut journey).await?;
        match reply.status {
            200..=299 => Ok(()),
            status @ 300..=399 => Err(Disappointment::SentOn { url: shown(trail.here()), status }),
            status => Err(refusal(status, trail.here())),
        }
    }
}
