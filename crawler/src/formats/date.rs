//! Dates as strangers write them: ISO 8601, RFC 2822 and the common mistakes in both, as a moment.
//!
//! Refuses to guess between day and month in all-number dates, and to complete a date from a clock. A date without a
//! time is midnight, a time without a zone is UTC: admitted guesses, right to within a day.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;

/// Longest text that is tried; a date is shorter.
const MAX_BYTES: usize = 80;

/// Forms with a time, then forms without, tried in this order once week day, commas and zone names are gone.
const FORMS: [&str; 14] = [
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d %b %Y %H:%M:%S %z",
    "%d %b %Y %H:%M:%S",
    "%d %b %Y %H:%M %z",
    "%d %b %Y %H:%M",
    "%b %d %Y %H:%M:%S",
    "%b %d %H:%M:%S %Y",
    "%d %b %Y",
    "%b %d %Y",
    "%Y %b %d",
    "%Y/%m/%d",
    "%Y%m%d",
];

/// The moment that a text names; `None` where it names none.
pub(crate) fn lenient(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > MAX_BYTES || !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    if let Ok(moment) = rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text) {
        return Some(moment);
    }
    if let Ok(civil) = text.parse::<DateTime>() {
        return in_utc(civil);
    }
    let plain = simplified(text);
    FORMS.iter().find_map(|form| formatted(&plain, form))
}

/// The moment that a text names in a form of `strptime`; `None` where it does not fit.
pub(crate) fn formatted(text: &str, form: &str) -> Option<Timestamp> {
    let read = strtime::parse(form, text.trim()).ok()?;
    read.to_timestamp().ok().or_else(|| in_utc(read.to_datetime().ok()?)).or_else(|| {
        let date: Date = read.to_date().ok()?;
        in_utc(date.at(0, 0, 0, 0))
    })
}

fn in_utc(civil: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(civil).ok()
}

/// Without commas, week days, ordinal endings and zone names; months as three letters.
fn simplified(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split([' ', ',', '\t', '\n', '\r', '(', ')', '[', ']']).filter(|word| !word.is_empty()) {
        let word = word.trim_end_matches('.');
        let lower = word.to_ascii_lowercase();
        let three: String = lower.chars().take(3).collect();
        let letters = lower.chars().all(|letter| letter.is_ascii_alphabetic());
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        if letters && months.contains(&three.as_str()) {
            words.push(three);
        } else if let Some(offset) = zone(&lower) {
            words.push(offset.to_owned());
        } else if letters {
            // Week days, "at", "on", zone names that say nothing certain.
        } else if let Some(day) = ["st", "nd", "rd", "th"].iter().find_map(|end| lower.strip_suffix(end)) {
            words.push(day.to_owned());
        } else {
            words.push(match lower.strip_suffix('z') {
                Some(time) if time.contains(':') => time.replace('t', " "),
                _ => word.to_owned(),
            });
        }
    }
    words.join(" ")
}

fn zone(name: &str) -> Option<&'static str> {
    Some(match name {
        "utc" | "gmt" | "ut" | "z" => "+0000",
        "est" => "-0500",
        "edt" | "cdt-1" => "-0400",
        "cst" => "-0600",
        "cdt" => "-0500",
        "mst" => "-0700",
        "mdt" => "-0600",
        "pst" => "-0800",
        "pdt" => "-0700",
        "cet" => "+0100",
        "cest" => "+0200",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::lenient;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        let read = lenient(input).map(|moment| moment.to_string()).unwrap_or_default();
        assert_eq!(read, expected, "{input}");
    }

    #[test]
    fn standard_dates_are_read() {
        check("2024-03-01T12:00:00+01:00", "2024-03-01T11:00:00Z");
        check("Fri, 01 Mar 2024 12:00:00 GMT", "2024-03-01T12:00:00Z");
        check("2024-03-01", "2024-03-01T00:00:00Z");
    }

    #[test]
    fn common_mistakes_are_repaired() {
        check("Thurs, 01 March 2024 12:00:00 UTC", "2024-03-01T12:00:00Z");
        check("March 1st, 2024", "2024-03-01T00:00:00Z");
        check("1 Mar 2024 08:00 EST", "2024-03-01T13:00:00Z");
        check("2024-03-01 12:00:00", "2024-03-01T12:00:00Z");
        check("2024-03-01 12:00:00 UTC", "2024-03-01T12:00:00Z");
        check("[19 February 2003]", "2003-02-19T00:00:00Z");
    }

    #[test]
    fn what_names_no_date_is_left() {
        check("soon", "");
        check("03/04/2024", "");
        check(&"1".repeat(10_000), "");
    }
}
