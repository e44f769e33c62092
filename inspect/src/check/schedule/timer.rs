//! Timers of systemd (systemd.timer(5)) and calendars of launchd (launchd.plist(5)).

use super::{Clock, Job};
use crate::check::{Subject, folder};
use crate::finding::{Activation, CheckId, Trigger};
use crate::unit::{self, Unit};

/// Keys that set a timer off, and how they read before the value.
const KEYS: [(&str, &str); 6] = [
    ("OnCalendar", "on the calendar"),
    ("OnBootSec", "after the machine starts:"),
    ("OnStartupSec", "after systemd starts:"),
    ("OnActiveSec", "after the timer starts:"),
    ("OnUnitActiveSec", "again after"),
    ("OnUnitInactiveSec", "again after it ended:"),
];

/// A timer's job.
pub(super) fn unit(subject: &Subject<'_>, unit: &Unit) -> Option<Job> {
    let name = unit::named(subject.name).filter(|name| name.ends_with(".timer"))?;
    let times =
        KEYS.iter().flat_map(|(key, said)| unit.values("Timer", key).into_iter().map(move |set| (set, said)));
    let times: Vec<_> = times.take(10).collect();
    let (first, _) = times.first()?;
    let stem = name.strip_suffix(".timer").unwrap_or(name);
    let starts = unit
        .last("Timer", "Unit")
        .map_or_else(|| format!("{stem}.service"), |set| unit::resolved(&set.value, name));
    let said: Vec<String> = times.iter().map(|(set, said)| format!("{said} {}", set.value)).collect();
    let delay = unit.last("Timer", "RandomizedDelaySec").filter(|set| set.value != "0");
    let delay = delay.map(|set| format!(", up to {} later", delay_in_words(&set.value))).unwrap_or_default();
    let catches_up =
        if unit.is_set("Timer", "Persistent") { ", caught up with after an absence" } else { "" };
    let detail = format!("{name}: {}{delay}{catches_up}; starts {starts}", said.join(", "));
    let mut found = subject.finding(CheckId::ScheduleTimer, detail);
    found = found.at(first.line, &format!("{}={}", first.key, first.value)).acting(Some(Trigger::Schedule));
    if found.activation == Activation::Active && stem.ends_with('@') {
        found.activation = Activation::Template;
    }
    Some(Job { clock: Clock::Timer, finding: found, name: name.to_owned(), command: starts, is_told: false })
}

/// A number without a unit is seconds (systemd.time(7)).
fn delay_in_words(value: &str) -> String {
    match value.parse::<u64>() {
        Ok(seconds) if seconds >= 3600 && seconds % 3600 == 0 => format!("{} h", seconds / 3600),
        Ok(seconds) if seconds >= 60 && seconds % 60 == 0 => format!("{} min", seconds / 60),
        Ok(seconds) => format!("{seconds} s"),
        Err(_) => value.to_owned(),
    }
}

/// A job of launchd that runs at an interval or on a calendar.
pub(super) fn launchd(subject: &Subject<'_>) -> Option<Job> {
    let text = subject.text.as_deref().filter(|text| text.contains("<plist"))?;
    let (key, said) = [
        ("<key>StartInterval</key>", "at an interval"),
        ("<key>StartCalendarInterval</key>", "on a calendar"),
    ]
    .into_iter()
    .find(|(key, _)| text.contains(key))?;
    let (line, quote) = subject.lines().find(|(_, line)| line.contains(key))?;
    let values = text.split_once(key).map(|(_, rest)| rest).unwrap_or_default();
    let seconds = values.trim_start().strip_prefix("<integer>").and_then(|rest| rest.split('<').next());
    let every = seconds.map(|seconds| format!(", every {seconds} s")).unwrap_or_default();
    let own = folder::own(subject.name);
    let found = subject.finding(CheckId::ScheduleTimer, format!("{own}: launchd runs it {said}{every}"));
    let found = found.at(line, quote).acting(Some(Trigger::Schedule));
    Some(Job {
        clock: Clock::Other,
        finding: found,
        name: own.to_owned(),
        command: String::new(),
        is_told: false,
    })
}
