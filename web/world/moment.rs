//! Moments as the invented vendors write them. All are UTC, and all are counted from the world's own present.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// When people began to work that many days before `now`, or some hours later.
pub(super) fn days_before(now: Timestamp, days: i64) -> Timestamp {
    let before = now.saturating_sub(SignedDuration::from_hours(days.saturating_mul(24))).unwrap_or(now);
    let since_eight = SignedDuration::from_mins(8 * 60 + days.saturating_mul(37) % 480);
    let midnight =
        before.to_zoned(TimeZone::UTC).start_of_day().map_or(before, |midnight| midnight.timestamp());
    whole(midnight.saturating_add(since_eight).unwrap_or(before))
}

/// A moment without a fraction of a second, which HTTP and OpenPGP do not carry.
pub(super) fn whole(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

/// As HTTP headers and RSS write it (RFC 9110 section 5.6.7), such as `Tue, 01 Sep 2026 08:00:00 GMT`.
pub(super) fn of_http(moment: Timestamp) -> String {
    shown(moment, "%a, %d %b %Y %H:%M:%S GMT")
}

/// As Atom, CSAF and forums write it (RFC 3339).
pub(super) fn of_machines(moment: Timestamp) -> String {
    shown(moment, "%Y-%m-%dT%H:%M:%S.000Z")
}

/// As an advisory page writes it, such as `1 September 2026`.
pub(super) fn of_people(moment: Timestamp) -> String {
    shown(moment, "%-d %B %Y")
}

/// In a form of one's own.
pub(super) fn shown(moment: Timestamp, form: &str) -> String {
    moment.to_zoned(TimeZone::UTC).strftime(form).to_string()
}
