//! Fetching while looking: within a ration, until a moment, never further than the site's own reach.
//!
//! What could not be had is told once, in a sentence; what is merely not there is told to nobody.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::domain;
use crate::fetch::{Answer, Disappointment, Door, Fetched, Reach, Request, Validators};

/// Sentences that are kept of what could not be had.
const SENTENCES: usize = 20;

/// Somebody who looks at a site.
pub(super) struct Eyes<'a> {
    pub(super) door: &'a Door,
    pub(super) now: Timestamp,
    /// How far addresses of the site's own domain may reach; all others are of the public Internet.
    pub(super) reach: Reach,
    /// The site's registrable domain.
    pub(super) domain: String,
    /// Until when is looked.
    pub(super) until: Instant,
    pub(super) missed: Mutex<Vec<String>>,
}

impl Eyes<'_> {
    /// Fetches what may be there.
    pub(super) async fn find(&self, url: &Url, accept: &'static str, max_bytes: u64) -> Option<Fetched> {
        match self.fetch(url, accept, max_bytes).await {
            Ok(Some(fetched)) => return Some(fetched),
            Ok(None) => self.miss(format!("there was no time left to look at {url}")),
            Err(Disappointment::NotFound { .. } | Disappointment::Gone { .. }) => {}
            Err(trouble) => self.miss(format!("failed to {trouble}")),
        }
        None
    }

    /// Fetches an address; nothing when the time is over.
    ///
    /// # Errors
    /// Whatever the door says.
    pub(super) async fn fetch(
        &self,
        url: &Url,
        accept: &'static str,
        max_bytes: u64,
    ) -> Result<Option<Fetched>, Disappointment> {
        let request = Request {
            url: url.clone(),
            reach: self.reach_of(url),
            validators: Validators::default(),
            accept,
            max_bytes: Some(max_bytes),
            bearer: None,
        };
        match timeout_at(self.until, self.door.fetch(request, self.now)).await {
            Ok(Ok(Answer::Fresh(fetched))) => Ok(Some(fetched)),
            Ok(Ok(Answer::Unchanged)) | Err(_) => Ok(None),
            Ok(Err(trouble)) => Err(trouble),
        }
    }

    /// How far an address may reach.
    pub(super) fn reach_of(&self, url: &Url) -> Reach {
        if domain::of(url) == self.domain { self.reach } else { Reach::Public }
    }

    /// Notes what was not looked at, and why.
    pub(super) fn miss(&self, sentence: String) {
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        if missed.len() < SENTENCES && !missed.contains(&sentence) {
            missed.push(sentence);
        }
    }

    /// What was not looked at so far.
    pub(super) fn missed(&self) -> Vec<String> {
        self.missed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
