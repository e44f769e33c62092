//! Hosts that asked to be left alone for a while.
//!
//! A server that answers 429 or 503 may say when to come back (RFC 9110 section 10.2.3). Until then the host is not
//! asked at all, for whatever source. What the servers say is bounded: from a second to a day.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::disappointment::Disappointment;

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_hours(24);

/// So many hosts are kept in mind; beyond that, the one whose rest ends first is forgotten.
const REMEMBERED: usize = 4096;

/// The hosts that rest, and until when.
#[derive(Default)]
pub(super) struct Rests {
    resting: Mutex<HashMap<String, Rest>>,
}

#[derive(Clone, Copy)]
struct Rest {
    until: Timestamp,
    status: u16,
}

impl Rests {
    /// Whether `host` may be asked.
    ///
    /// # Errors
    /// If it rests, with what is left of the time.
    pub(super) fn check(&self, host: &str, now: Timestamp) -> Result<(), Disappointment> {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(rest) = resting.get(host).copied() else { return Ok(()) };
        if rest.until <= now {
            resting.remove(host);
            return Ok(());
        }
        let after = bounded(rest.until.duration_since(now));
        Err(Disappointment::Resting { host: host.to_owned(), status: rest.status, after })
    }

    /// Remembers that `host` wants `after` to pass, and gives the words for it.
    pub(super) fn remember(
        &self,
        host: String,
        status: u16,
        after: Duration,
        now: Timestamp,
    ) -> Disappointment {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        if resting.len() >= REMEMBERED {
            resting.retain(|_, rest| rest.until > now);
        }
        if resting.len() >= REMEMBERED {
            let first = resting.iter().min_by_key(|(_, rest)| rest.until).map(|(host, _)| host.clone());
            first.and_then(|host| resting.remove(&host));
        }
        resting
            .insert(host.clone(), Rest { until: now.checked_add(after).unwrap_or(Timestamp::MAX), status });
        Disappointment::Resting { host, status, after }
    }
}

/// Reads a `Retry-After` header: seconds, or a date in one of HTTP's three spellings (RFC 9110 section 5.6.7).
pub(super) fn retry_after(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are still a long time.
        return Some(Duration::from_secs(header.parse().unwrap_or(u64::MAX)).clamp(SHORTEST, LONGEST));
    }
    Some(bounded(http_date(header)?.duration_since(now)))
}

/// Reads an `X-RateLimit-Reset` header: seconds since 1970, as GitHub writes it, or seconds from now, as others do.
pub(super) fn limit_reset(header: &str, now: Timestamp) -> Option<Duration> {
    // No limit is counted over thirty years.
    const MOMENT: i64 = 1_000_000_000;
    let seconds: i64 = header.trim().parse().ok()?;
    let wait = if seconds >= MOMENT { seconds.saturating_sub(now.as_second()) } else { seconds };
    Some(bounded(SignedDuration::from_secs(wait)))
}

fn bounded(time: SignedDuration) -> Duration {
    Duration::try_from(time).unwrap_or_default().clamp(SHORTEST, LONGEST)
}

fn http_date(text: &str) -> Option<Timestamp> {
    const OLD_SPELLINGS: [&str; 2] = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    DateTimeParser::new().parse_timestamp(text).ok().or_else(|| {
        let old = OLD_SPELLINGS.iter().find_map(|spelling| strtime::parse(spelling, text).ok())?;
        let date: DateTime = old.to_datetime().ok()?;
        TimeZone::UTC.to_timestamp(date).ok()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{REMEMBERED, Rests, limit_reset, retry_after};

    fn now() -> Timestamp {
        "1994-11-06T08:49:00Z".parse().unwrap()
    }

    fn check(header: &str, expected: Option<u64>) {
        assert_eq!(retry_after(header, now()), expected.map(Duration::from_secs), "{header}");
    }

    #[test]
    fn seconds_are_read_and_bounded() {
        check("120", Some(120));
        check(" 7 ", Some(7));
        check("0", Some(1));
        check("86401", Some(86_400));
        check("99999999999999999999999999", Some(86_400));
    }

    #[test]
    fn dates_are_read_in_all_spellings() {
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(37));
        check("Sunday, 06-Nov-94 08:49:37 GMT", Some(37));
        check("Sun Nov  6 08:49:37 1994", Some(37));
        check("Sun, 06 Nov 1994 08:00:00 GMT", Some(1));
        check("Sun, 06 Nov 2094 08:00:00 GMT", None);
        check("Sat, 06 Nov 2094 08:00:00 GMT", Some(86_400));
    }

    #[test]
    fn the_reset_of_a_limit_is_read_as_a_moment_or_as_seconds() {
        let now: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        let check = |header: &str, expected: Option<u64>| {
            assert_eq!(limit_reset(header, now), expected.map(Duration::from_secs), "{header}");
        };
        check(&(now.as_second() + 90).to_string(), Some(90));
        check(&(now.as_second() - 90).to_string(), Some(1));
        check("42", Some(42));
        check("9999999999999", Some(86_400));
        check("soon", None);
    }

    #[test]
    fn anything_else_is_as_nothing() {
        for header in ["", "soon", "-5", "1.5", "12 seconds", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            check(header, None);
        }
    }

    #[test]
    fn a_host_rests_until_its_time_and_no_longer() {
        let rests = Rests::default();
        let told = rests.remember("vendor.example".to_owned(), 429, Duration::from_secs(60), now());
        assert_eq!(rests.check("vendor.example", now()), Err(told));
        assert!(rests.check("other.example", now()).is_ok());
        assert!(rests.check("vendor.example", now() + Duration::from_secs(59)).is_err());
        assert!(rests.check("vendor.example", now() + Duration::from_secs(60)).is_ok());
    }

    #[test]
    fn many_hosts_do_not_fill_the_memory() {
        let rests = Rests::default();
        for number in 0..REMEMBERED as u64 + 100 {
            let after = Duration::from_secs(1_000 + number);
            rests.remember(format!("{number}.example"), 503, after, now());
        }
        assert_eq!(rests.resting.lock().unwrap().len(), REMEMBERED);
        assert!(rests.check("0.example", now()).is_ok());
        assert!(rests.check("4195.example", now()).is_err());
    }
}
