//! One step of a fetch: may this address be asked, whose turn is it, and what does it say.
//!
//! Here the parts meet, in this order for every address on the way: the address itself, the host's `robots.txt`, a rest
//! that the host asked for, its turn, the request. `robots.txt` files are fetched through the same steps, except that
//! nobody's permission is needed for them (RFC 9309 section 2.2.2).

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderName, LOCATION, RETRY_AFTER};
use reqwest::{Client, Url};
use tokio::time::{Instant, timeout};
use tracing::debug;

use super::address::Reach;
use super::disappointment::{Disappointment, host, shown};
use super::hop::{Cap, Hop, Reply};
use super::moment::Moment;
use super::pace::Pace;
use super::redirect::Trail;
use super::resolve::vet_literal;
use super::rest::{Rests, limit_reset, retry_after};
use super::robots::cache::{Cache, Origin};
use super::robots::{LARGEST, Rules, size};
use super::tally::Tally;
use super::{Politeness, Validators};

/// What is behind the door.
pub(super) struct Inside {
    pub(super) politeness: Politeness,
    pub(super) product: String,
    pub(super) public: Client,
    pub(super) private: Client,
    pub(super) pace: Pace,
    pub(super) rests: Rests,
    pub(super) robots: Cache,
    pub(super) tally: Tally,
}

/// What stays the same on the whole way of one fetch, and the time it has left for connections.
pub(super) struct Journey {
    pub(super) reach: Reach,
    pub(super) moment: Moment,
    pub(super) time_left: Duration,
}

/// Redirects that a `robots.txt` may take (RFC 9309 section 2.3.1.2).
const ROBOTS_REDIRECTS: u8 = 5;

/// How long until a host that counts requests allows more, where the answer says that none are left.
fn spent(reply: &Reply, now: Timestamp) -> Option<Duration> {
    let left = reply.header(HeaderName::from_static("x-ratelimit-remaining"))?;
    let reset = reply.header(HeaderName::from_static("x-ratelimit-reset"))?;
    (left.trim() == "0").then(|| limit_reset(reset, now)).flatten()
}

impl Inside {
    /// Asks one address, if its host's `robots.txt` and everything else allow it.
    ///
    /// # Errors
    /// With the words for what stood in the way; an answer of any status is an answer, unless the host wants a rest.
    pub(super) async fn step(&self, hop: &Hop<'_>, journey: &mut Journey) -> Result<Reply, Disappointment> {
        let mut pause = self.politeness.host_interval;
        if self.politeness.robots {
            let rules = self.rules(hop.url, journey).await;
            rules.permit(hop.url)?;
            pause = pause.max(rules.delay());
        }
        self.ask(hop, pause, journey).await
    }

    /// Asks one address in its host's turn, whatever its `robots.txt` says.
    ///
    /// # Errors
    /// As [`Inside::step`].
    pub(super) async fn ask(
        &self,
        hop: &Hop<'_>,
        pause: Duration,
        journey: &mut Journey,
    ) -> Result<Reply, Disappointment> {
        vet_literal(hop.url, journey.reach)?;
        let host = host(hop.url);
        self.rests.check(&host, journey.moment.now())?;
        let _turn = self.pace.turn(&host, pause).await;
        // Somebody whose turn was earlier may have been sent away meanwhile.
        self.rests.check(&host, journey.moment.now())?;
        let started = Instant::now();
        let client = match journey.reach {
            Reach::Public => &self.public,
            Reach::Private => &self.private,
        };
        let limit = self.politeness.timeout;
        let too_late = |_| Disappointment::Timeout { url: shown(hop.url), limit };
        let asked = timeout(journey.time_left, hop.ask(client, self.politeness.connect_timeout)).await;
        let reply = asked.map_err(too_late).flatten()?;
        journey.time_left = journey.time_left.saturating_sub(started.elapsed());
        // What is brought somewhere often has its secret in the path.
        let asked = if hop.brought.is_some() { host.clone() } else { shown(hop.url) };
        debug!(asked, status = reply.status, bytes = reply.bytes.len(), "answered");
        let now = journey.moment.now();
        let wanted = reply.header(RETRY_AFTER).and_then(|header| retry_after(header, now));
        match wanted.or_else(|| spent(&reply, now)) {
            Some(after) if matches!(reply.status, 403 | 429 | 503) => {
                Err(self.rests.remember(host, reply.status, after, now))
            }
            _ => Ok(reply),
        }
    }

    /// What the host of `url` wishes; asks it if that is not known or too old.
    async fn rules(&self, url: &Url, journey: &Journey) -> Arc<Rules> {
        let origin = Origin::of(url, journey.reach);
        if let Some(known) = self.robots.fresh(&origin, journey.moment.now()) {
            return known;
        }
        let reading = self.robots.reading(&origin, journey.moment.now());
        let _only_reader = reading.lock().await;
        if let Some(known) = self.robots.fresh(&origin, journey.moment.now()) {
            return known;
        }
        let (rules, size) = match self.read_robots(url, journey).await {
            Ok(Some(text)) => (Rules::read(&self.product, &text), size(&text)),
            Ok(None) => (Rules::Open, 0),
            // How long is left of a rest is told anew each time.
            Err(cause @ Disappointment::Resting { .. }) => return Arc::new(Rules::Unknown(cause)),
            Err(cause) => (Rules::Unknown(cause), 0),
        };
        let rules = Arc::new(rules);
        self.robots.keep(origin, Arc::clone(&rules), size, journey.moment.now());
        rules
    }

    /// The text of the host's `robots.txt`; none if it has none.
    ///
    /// # Errors
    /// If the host could not be asked or has a fault: then its wishes are unknown (RFC 9309 section 2.3.1.4).
    async fn read_robots(&self, url: &Url, journey: &Journey) -> Result<Option<Vec<u8>>, Disappointment> {
        let mut start = url.clone();
        start.set_path("/robots.txt");
        start.set_query(None);
        let mut trail = Trail::starting(start, ROBOTS_REDIRECTS)?;
        let mut journey =
            Journey { reach: journey.reach, moment: journey.moment, time_left: self.politeness.timeout };
        loop {
            let validators = Validators::default();
            let here = trail.here();
            let hop = Hop {
                url: here,
                accept: "text/plain, */*;q=0.5",
                validators: &validators,
                cap: Cap::Cut(LARGEST),
                bearer: None,
                brought: None,
            };
            // Reading the rules starts no pause: the request they are read for may follow at once.
            let asked = self.ask(&hop, Duration::ZERO, &mut journey).await;
            let reply = asked.map_err(|refused| trail.blame(refused))?;
            match reply.status {
                _ if reply.brings_content() => return Ok(Some(reply.bytes)),
                301 | 302 | 303 | 307 | 308 => match trail.follow(reply.status, reply.header(LOCATION)) {
                    Ok(()) => {}
                    // A way too long, or to nowhere, is as no file (RFC 9309 section 2.3.1.2).
                    Err(
                        Disappointment::TooManyRedirects { .. }
                        | Disappointment::RedirectLoop { .. }
                        | Disappointment::RedirectNowhere { .. },
                    ) => return Ok(None),
                    Err(refused) => return Err(refused),
                },
                429 => return Err(Disappointment::TooManyRequests { url: shown(here) }),
                500.. => return Err(Disappointment::ServerFault { url: shown(here), status: reply.status }),
                _ => return Ok(None),
            }
        }
    }
}
