//! When digests are due: a cadence at a local time in a time zone, and hours in which nobody wants to be disturbed.
//!
//! The next moment is always told from a given one, so a pause is made up once and never moment by moment. A local time
//! that a change of daylight saving skips comes an hour later that day; one that it repeats comes the first time only.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Unit, Zoned, ZonedRound};
use serde::{Deserialize, Serialize};

use super::Mistake;

/// When digests are due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rhythm {
    /// How often.
    #[serde(default)]
    pub cadence: Cadence,
    /// The time zone of all times here, by its name in the IANA database.
    #[serde(default = "utc")]
    pub zone: String,
    /// Hours in which nothing is sent; what is due then is put off to their end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
}

/// How often digests are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "every", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Cadence {
    /// As soon as something is found.
    Once,
    /// At each full hour.
    Hour,
    /// Each day.
    Day {
        /// At this local time.
        at: Time,
    },
    /// Each week.
    Week {
        /// On this day, 1 for Monday to 7 for Sunday.
        on: i8,
        /// At this local time.
        at: Time,
    },
}

/// Hours of the night, or of any other part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// The first moment of them.
    pub from: Time,
    /// The first moment behind them; earlier than `from` means on the next day.
    pub to: Time,
}

/// How long an empty subscription waits before it is looked at again.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

fn utc() -> String {
    "UTC".to_owned()
}

/// Seven in the morning.
const MORNING: Time = Time::constant(7, 0, 0, 0);

impl Default for Cadence {
    fn default() -> Self {
        Self::Day { at: MORNING }
    }
}

impl Default for Rhythm {
    fn default() -> Self {
        Self { cadence: Cadence::default(), zone: utc(), quiet: None }
    }
}

impl Rhythm {
    pub(super) fn check(&self) -> Result<(), Mistake> {
        if TimeZone::get(&self.zone).is_err() {
            let sentence = format!(
                "there is no time zone \u{201c}{}\u{201d}: type its name in the IANA database, such as Europe/Berlin",
                self.zone.chars().take(60).collect::<String>()
            );
            return Err(Mistake::new("zone", sentence));
        }
        if let Cadence::Week { on, .. } = self.cadence
            && Weekday::from_monday_one_offset(on).is_err()
        {
            return Err(Mistake::new(
                "cadence",
                "a day of the week is a number from 1, Monday, to 7, Sunday",
            ));
        }
        match self.quiet {
            Some(Quiet { from, to }) if from == to => {
                Err(Mistake::new("quiet", "quiet hours begin and end at different times"))
            }
            _ => Ok(()),
        }
    }

    /// The first moment after `now` at which a digest is due, by itself; what is sent at once is looked at once a day.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Timestamp {
        let local = now.to_zoned(self.zone());
        let next = match self.cadence {
            Cadence::Once => now.checked_add(A_DAY).ok(),
            Cadence::Hour => next_hour(&local),
            Cadence::Day { at } => first_of(&local, 0, at).or_else(|| first_of(&local, 1, at)),
            Cadence::Week { on, at } => {
                let ahead =
                    Weekday::from_monday_one_offset(on).map_or(0, |weekday| local.weekday().until(weekday));
                first_of(&local, i64::from(ahead), at).or_else(|| first_of(&local, i64::from(ahead) + 7, at))
            }
        };
        self.put_off(next.unwrap_or(Timestamp::MAX))
    }

    /// The moment itself, or the end of the quiet hours in which it lies.
    #[must_use]
    pub fn put_off(&self, at: Timestamp) -> Timestamp {
        let Some(Quiet { from, to }) = self.quiet else { return at };
        let local = at.to_zoned(self.zone());
        let time = local.time();
        let quiet = if from < to { from <= time && time < to } else { time >= from || time < to };
        if !quiet {
            return at;
        }
        let days = if from > to && time >= from { 1 } else { 0 };
        moment_of(&local, days, to).filter(|end| *end > at).unwrap_or(at)
    }

    fn zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }

    /// The rhythm in words: "daily at 07:00 (Europe/Berlin), quiet from 22:00 to 06:00".
    #[must_use]
    pub fn in_words(&self) -> String {
        let time = |time: Time| time.strftime("%H:%M").to_string();
        let mut words = match self.cadence {
            Cadence::Once => "at once".to_owned(),
            Cadence::Hour => "hourly".to_owned(),
            Cadence::Day { at } => format!("daily at {}", time(at)),
            Cadence::Week { on, at } => format!("weekly, {} at {}", weekday(on), time(at)),
        };
        if matches!(self.cadence, Cadence::Day { .. } | Cadence::Week { .. }) || self.quiet.is_some() {
            words.push_str(&format!(" ({})", self.zone));
        }
        if let Some(quiet) = self.quiet {
            words.push_str(&format!(", quiet from {} to {}", time(quiet.from), time(quiet.to)));
        }
        words
    }
}

/// The name of a day of the week.
#[must_use]
pub fn weekday(on: i8) -> &'static str {
    const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    usize::try_from(on - 1).ok().and_then(|at| NAMES.get(at)).copied().unwrap_or("no day")
}

fn next_hour(local: &Zoned) -> Option<Timestamp> {
    let hour = local.round(ZonedRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Trunc)).ok()?;
    Some(hour.checked_add(1.hour()).ok()?.timestamp())
}

/// The local time so many days ahead, if that lies ahead.
fn first_of(local: &Zoned, days: i64, at: Time) -> Option<Timestamp> {
    moment_of(local, days, at).filter(|moment| *moment > local.timestamp())
}

fn moment_of(local: &Zoned, days: i64, at: Time) -> Option<Timestamp> {
    let date = local.date().checked_add(days.days()).ok()?;
    Some(date.to_datetime(at).to_zoned(local.time_zone().clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::Time;

    use super::{Cadence, Quiet, Rhythm};

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn rhythm(cadence: Cadence, zone: &str, quiet: Option<(&str, &str)>) -> Rhythm {
        let quiet = quiet.map(|(from, to)| Quiet { from: time(from), to: time(to) });
        Rhythm { cadence, zone: zone.into(), quiet }
    }

    fn daily(at: &str, zone: &str) -> Rhythm {
        rhythm(Cadence::Day { at: time(at) }, zone, None)
    }

    /// The next so many moments, each told from the one before.
    fn check(rhythm: &Rhythm, from: &str, expected: &[&str]) {
        let mut now: Timestamp = from.parse().unwrap();
        for moment in expected {
            now = rhythm.next(now);
            assert_eq!(now, moment.parse().unwrap(), "{}", rhythm.in_words());
        }
    }

    #[test]
    fn a_day_has_one_digest_whatever_the_clocks_do() {
        let berlin = daily("02:30", "Europe/Berlin");
        // The clocks go forward on 29 March 2026 from 2 to 3, and back on 25 October from 3 to 2.
        check(
            &berlin,
            "2026-03-28T00:00:00Z",
            &["2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"],
        );
        check(
            &berlin,
            "2026-10-24T00:00:00Z",
            &["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
        );
        check(
            &daily("07:00", "Asia/Kolkata"),
            "2026-11-24T01:29:59Z",
            &["2026-11-24T01:30:00Z", "2026-11-25T01:30:00Z"],
        );
    }

    #[test]
    fn between_the_two_halves_of_a_repeated_hour_nothing_is_due_twice() {
        // 01:45Z is 02:45 for the second time; the digest of that day was made at the first 02:30.
        check(&daily("02:30", "Europe/Berlin"), "2026-10-25T01:15:00Z", &["2026-10-26T01:30:00Z"]);
    }

    #[test]
    fn hours_go_on_through_a_change_of_the_clocks() {
        let hourly = rhythm(Cadence::Hour, "Europe/Berlin", None);
        check(&hourly, "2026-10-25T00:10:00Z", &["2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"]);
        check(
            &rhythm(Cadence::Hour, "Asia/Kolkata", None),
            "2026-11-24T01:10:00Z",
            &["2026-11-24T01:30:00Z"],
        );
    }

    #[test]
    fn a_week_has_one_digest() {
        let weekly = rhythm(Cadence::Week { on: 1, at: time("08:00") }, "America/New_York", None);
        // 2026-11-24 is a Tuesday.
        check(&weekly, "2026-11-24T12:00:00Z", &["2026-11-30T13:00:00Z", "2026-12-07T13:00:00Z"]);
        check(&weekly, "2026-11-30T12:59:59Z", &["2026-11-30T13:00:00Z"]);
        check(&weekly, "2026-11-30T13:00:00Z", &["2026-12-07T13:00:00Z"]);
    }

    #[test]
    fn a_long_pause_is_made_up_once() {
        let daily = daily("07:00", "UTC");
        let missed: Timestamp = "2026-01-01T07:00:00Z".parse().unwrap();
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        assert!(missed < now);
        check(&daily, "2026-11-24T12:00:00Z", &["2026-11-25T07:00:00Z"]);
    }

    #[test]
    fn what_is_due_in_quiet_hours_waits_for_their_end() {
        let off = |at: &str, quiet, expected: &str| {
            let rhythm = rhythm(Cadence::Once, "Europe/Berlin", Some(quiet));
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(rhythm.put_off(at), expected.parse().unwrap(), "{at} {quiet:?}");
        };
        let night = ("22:00", "06:00");
        off("2026-11-24T20:59:59Z", night, "2026-11-24T20:59:59Z");
        off("2026-11-24T21:00:00Z", night, "2026-11-25T05:00:00Z");
        off("2026-11-25T04:59:00Z", night, "2026-11-25T05:00:00Z");
        off("2026-11-25T05:00:00Z", night, "2026-11-25T05:00:00Z");
        off("2026-11-25T11:30:00Z", ("12:00", "13:00"), "2026-11-25T12:00:00Z");
        // The night in which the clocks go forward is an hour shorter.
        off("2026-03-28T21:00:00Z", night, "2026-03-29T04:00:00Z");
    }

    #[test]
    fn quiet_hours_put_a_cadence_off_and_do_not_double_it() {
        let daily = rhythm(Cadence::Day { at: time("23:00") }, "UTC", Some(("22:00", "06:00")));
        check(&daily, "2026-11-24T12:00:00Z", &["2026-11-25T06:00:00Z", "2026-11-26T06:00:00Z"]);
        let hourly = rhythm(Cadence::Hour, "UTC", Some(("22:00", "06:00")));
        check(
            &hourly,
            "2026-11-24T20:30:00Z",
            &["2026-11-24T21:00:00Z", "2026-11-25T06:00:00Z", "2026-11-25T07:00:00Z"],
        );
    }

    #[test]
    fn an_unknown_zone_and_an_empty_night_are_mistakes() {
        assert!(daily("07:00", "Europe/Berlin").check().is_ok());
        assert_eq!(daily("07:00", "Mars/Olympus").check().unwrap_err().part, "zone");
        let empty = rhythm(Cadence::Hour, "UTC", Some(("06:00", "06:00")));
        assert_eq!(empty.check().unwrap_err().part, "quiet");
    }

    #[test]
    fn a_rhythm_reads_as_words() {
        let words =
            rhythm(Cadence::Week { on: 5, at: time("09:30") }, "Europe/Berlin", Some(("22:00", "06:00")));
        assert_eq!(words.in_words(), "weekly, Friday at 09:30 (Europe/Berlin), quiet from 22:00 to 06:00");
        assert_eq!(rhythm(Cadence::Once, "UTC", None).in_words(), "at once");
    }
}
