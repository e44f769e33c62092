//! When a crontab's line runs, in plain words: `every 12 hours`, `every day at 03:10`.

use croner::parser::{CronParser, Seconds};

/// What `@` words mean (crontab(5)).
const WORDS: [(&str, &str); 8] = [
    ("@reboot", "whenever the machine starts"),
    ("@yearly", "every year, on January 1 at 00:00"),
    ("@annually", "every year, on January 1 at 00:00"),
    ("@monthly", "on day 1 of every month at 00:00"),
    ("@weekly", "every Sunday at 00:00"),
    ("@daily", "every day at 00:00"),
    ("@midnight", "every day at 00:00"),
    ("@hourly", "every hour at minute 0"),
];

const DAYS: [&str; 8] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// What an `@` word means; `None` for one that cron does not know.
pub(super) fn word(word: &str) -> Option<String> {
    WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known)).map(|(_, said)| (*said).to_owned())
}

/// When five time fields fall due; `None` where they are none.
pub(super) fn fields(fields: [&str; 5]) -> Option<String> {
    // Nothing else can be a field, and words of prose never begin a job.
    let fits = |field: &str| {
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '*' | '/' | ',' | '-' | '~' | '?');
        field.len() < 200 && field.chars().all(known)
    };
    let [minute, hour, ..] = fields;
    let is_time = |field: &str| field.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '*' | '~'));
    if !fields.iter().all(|field| fits(field)) || !is_time(minute) || !is_time(hour) {
        return None;
    }
    // `a~b` is a time that cron chooses at random between two (cronie, OpenBSD).
    let is_random = fields.iter().any(|field| field.contains('~'));
    let plain =
        fields.map(|field| if field.starts_with('~') { "0".to_owned() } else { field.replace('~', "-") });
    let parser = CronParser::builder().seconds(Seconds::Disallowed).build();
    let pattern = parser.parse(&plain.join(" ")).ok()?;
    let said = if is_random { None } else { common(fields) };
    Some(said.unwrap_or_else(|| {
        let start = if is_random { "at a random time: " } else { "" };
        format!("{start}{}", lower(pattern.describe().trim_end_matches('.')))
    }))
}

/// The shapes that most jobs have.
fn common([minute, hour, day, month, weekday]: [&str; 5]) -> Option<String> {
    let number = |field: &str| field.parse::<u32>().ok();
    let step = |field: &str| number(field.strip_prefix("*/")?);
    let every = |count: u32, one: &str| match count {
        1 => format!("every {one}"),
        count => format!("every {count} {one}s"),
    };
    let is_daily = day == "*" && month == "*" && weekday == "*";
    if is_daily && hour == "*" {
        if let Some(count) = if minute == "*" { Some(1) } else { step(minute) } {
            return Some(every(count, "minute"));
        }
        if let Some((range, count)) = minute.split_once('/') {
            let (first, last) = range.split_once('-')?;
            let (first, last) = (number(first)?, number(last)?);
            return Some(format!("{} from minute {first} to {last}", every(number(count)?, "minute")));
        }
        let at: Option<Vec<u32>> = minute.split(',').map(number).collect();
        let at: Vec<String> = at?.iter().map(u32::to_string).collect();
        let minutes = if at.len() == 1 { "minute" } else { "minutes" };
        return Some(format!("every hour at {minutes} {}", at.join(" and ")));
    }
    let minute = number(minute)?;
    if let (true, Some(count)) = (is_daily, step(hour)) {
        let past = if minute == 0 { String::new() } else { format!(", {minute} minutes past the hour") };
        return Some(format!("{}{past}", every(count, "hour")));
    }
    let times: Option<Vec<String>> =
        hour.split(',').map(|hour| Some(format!("{:02}:{minute:02}", number(hour)?))).collect();
    let times = times?.join(" and ");
    if is_daily {
        return Some(format!("every day at {times}"));
    }
    if (day, month) == ("*", "*") {
        return Some(format!("every {} at {times}", weekday_name(weekday)?));
    }
    let day = (month == "*" && weekday == "*").then(|| number(day)).flatten()?;
    Some(format!("on day {day} of every month at {times}"))
}

fn weekday_name(field: &str) -> Option<&'static str> {
    if let Ok(number) = field.parse::<usize>() {
        return DAYS.get(number).copied();
    }
    DAYS.iter().find(|name| name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(field))).copied()
}

fn lower(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_lowercase().chain(rest).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{fields, word};

    fn check(line: &str, expected: Option<&str>) {
        let parts: Vec<&str> = line.split(' ').collect();
        assert_eq!(fields(parts.try_into().unwrap()).as_deref(), expected, "{line}");
    }

    #[test]
    fn common_times_are_said_as_people_say_them() {
        check("0 */12 * * *", Some("every 12 hours"));
        check("*/5 * * * *", Some("every 5 minutes"));
        check("* * * * *", Some("every minute"));
        check("5-55/10 * * * *", Some("every 10 minutes from minute 5 to 55"));
        check("09,39 * * * *", Some("every hour at minutes 9 and 39"));
        check("10 3 * * *", Some("every day at 03:10"));
        check("30 3 * * 0", Some("every Sunday at 03:30"));
        check("30 3 * * mon", Some("every Monday at 03:30"));
        check("0 4 1 * *", Some("on day 1 of every month at 04:00"));
        check("14 10,22 * * *", Some("every day at 10:14 and 22:14"));
    }

    #[test]
    fn other_times_are_described_and_prose_is_no_time() {
        check(
            "0 4 1-7 * 1-5",
            Some("at 04:00, on day 1-7 or Monday, Tuesday, Wednesday, Thursday, and Friday"),
        );
        check("~ 3 * * *", Some("at a random time: at 03:00"));
        check("61 * * * *", None);
        check("m h dom mon dow", None);
        check("0 or more of it", None);
    }

    #[test]
    fn words_have_meanings() {
        assert_eq!(word("@daily").as_deref(), Some("every day at 00:00"));
        assert_eq!(word("@reboot").as_deref(), Some("whenever the machine starts"));
        assert_eq!(word("@everyone"), None);
    }
}
