//! How much one undertaking may fetch in all: requests and bytes, counted over everything that goes through its door.
//!
//! For what a stranger's page may lead on to without end. Waiting and politeness are not changed by it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use reqwest::Url;

use super::disappointment::{Disappointment, shown};

/// What may be fetched in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ration {
    /// Requests, redirects included.
    pub requests: u32,
    /// Bytes of all bodies together, after decompression.
    pub bytes: u64,
    /// Bytes of the largest body.
    pub largest: u64,
}

/// A ration and what is left of it.
pub(super) struct Counted {
    requests: AtomicU32,
    bytes: AtomicU64,
    largest: u64,
}

impl Counted {
    pub(super) fn of(ration: Ration) -> Counted {
        Counted {
            requests: AtomicU32::new(ration.requests),
            bytes: AtomicU64::new(ration.bytes),
            largest: ration.largest,
        }
    }

    /// Takes one request, and answers how large its body may be.
    ///
    /// # Errors
    /// When nothing is left.
    pub(super) fn take(&self, url: &Url) -> Result<u64, Disappointment> {
        let left = self.bytes.load(Ordering::Relaxed);
        let one_less = |requests: u32| requests.checked_sub(1).filter(|_| left > 0);
        match self.requests.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less) {
            Ok(_) => Ok(left.min(self.largest)),
            Err(_) => Err(Disappointment::RationSpent { url: shown(url) }),
        }
    }

    /// Notes what a body took. Bodies under way at the same time may together take more than was left.
    pub(super) fn eaten(&self, bytes: usize) {
        let less = |left: u64| Some(left.saturating_sub(bytes as u64));
        // The closure always answers.
        let _ = self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::{Counted, Ration};

    #[test]
    fn requests_and_bytes_come_to_an_end() {
        let url = Url::parse("https://vendor.example/feed?token=1").unwrap();
        let few = Counted::of(Ration { requests: 2, bytes: 100, largest: 80 });
        assert_eq!(few.take(&url), Ok(80));
        few.eaten(70);
        assert_eq!(few.take(&url), Ok(30));
        let spent = few.take(&url).unwrap_err().to_string();
        assert_eq!(spent, "fetch https://vendor.example/feed: as much was fetched as may be in one go");
        let small = Counted::of(Ration { requests: 9, bytes: 100, largest: 80 });
        small.eaten(usize::MAX);
        assert!(small.take(&url).is_err());
    }
}
