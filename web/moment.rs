//! A moment as people read it: the date, the exact time on hover, and how long ago that was.
//!
//! Refuses to read a clock: `now` is an argument. Everything is said in UTC, and says so.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A moment in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The day, `2026-11-20`.
    pub(crate) date: String,
    /// To the second, with the zone.
    pub(crate) exact: String,
    /// RFC 3339, for machines.
    pub(crate) machine: String,
    /// How long ago, or how soon.
    pub(crate) ago: String,
}

impl Moment {
    /// The moment `at` as it reads at `now`.
    pub(crate) fn of(at: Timestamp, now: Timestamp) -> Self {
        let zoned = at.to_zoned(TimeZone::UTC);
        Self {
            date: zoned.strftime("%Y-%m-%d").to_string(),
            exact: zoned.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            machine: at.to_string(),
            ago: ago(at, now),
        }
    }
}

/// How long before or after `now` something is, in its largest unit: "3 days ago", "in 4 hours".
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(at.as_second());
    let length = seconds.unsigned_abs();
    if length < 45 {
        return if seconds < 0 { "in a moment".to_owned() } else { "just now".to_owned() };
    }
    let length = lasting(length);
    if seconds < 0 { format!("in {length}") } else { format!("{length} ago") }
}

/// A length of time in its largest unit, rounded down; months have 30 days and years 365.
pub(crate) fn lasting(seconds: u64) -> String {
    index::words::lasting(seconds)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Moment, ago};

    fn check(at: &str, expected: &str) {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        assert_eq!(ago(at.parse().unwrap(), now), expected, "{at}");
    }

    #[test]
    fn the_past_is_told_in_its_largest_unit() {
        check("2026-11-23T11:59:30Z", "just now");
        check("2026-11-23T11:59:10Z", "50 seconds ago");
        check("2026-11-23T11:58:59Z", "1 minute ago");
        check("2026-11-23T10:00:01Z", "1 hour ago");
        check("2026-11-20T11:00:00Z", "3 days ago");
        check("2026-09-20T12:00:00Z", "2 months ago");
        check("2020-11-20T12:00:00Z", "6 years ago");
    }

    #[test]
    fn the_future_is_told_as_such() {
        check("2026-11-23T12:00:20Z", "in a moment");
        check("2026-11-23T12:12:00Z", "in 12 minutes");
        check("2026-11-24T12:00:00Z", "in 1 day");
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        let moment = Moment::of(Timestamp::MIN, Timestamp::MAX);
        assert_eq!(moment.date, "-9999-01-02");
        assert!(moment.ago.ends_with("years ago"));
    }

    #[test]
    fn a_moment_names_its_zone() {
        let at: Timestamp = "2026-11-20T23:30:00+02:00".parse().unwrap();
        let moment = Moment::of(at, at);
        assert_eq!((moment.date.as_str(), moment.exact.as_str()), ("2026-11-20", "2026-11-20 21:30:00 UTC"));
    }
}
