//! Tasks and Run keys of Windows: task definitions in XML, registry files, calls of `schtasks`.

use std::borrow::Cow;

use super::{Clock, Job, Start};
use crate::check::{Subject, folder};
use crate::finding::{CheckId, Trigger};

/// Bytes of a file in UTF-16 that are read: a task or a registry file is text of some kilobytes.
const LONGEST: usize = 4 << 20;

/// Whether bytes are text in UTF-16, as Windows exports it.
pub(super) fn is_wide(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe])
}

/// The text of a file, from UTF-16 where need be.
pub(in crate::check) fn text<'a>(subject: &'a Subject<'_>) -> Option<Cow<'a, str>> {
    if let Some(text) = subject.text.as_deref() {
        return Some(text.into());
    }
    let bytes = subject.bytes.get(2..subject.bytes.len().min(LONGEST)).filter(|_| is_wide(subject.bytes))?;
    let (pairs, _) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    Some(String::from_utf16_lossy(&units).into())
}

/// What stands between a tag and its end.
fn tag<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split('<').next().map(str::trim).filter(|value| !value.is_empty())
}

/// A scheduled task: its definition, or the call that makes it.
pub(super) fn task(subject: &Subject<'_>) -> Option<Job> {
    let own = folder::own(subject.name);
    let job = |finding| Job {
        clock: Clock::Other,
        finding,
        name: own.to_owned(),
        command: String::new(),
        is_told: false,
    };
    let text = text(subject)?;
    if text.contains("<Task ") && text.contains("schemas.microsoft.com/windows/2004/02/mit/task") {
        let user = tag(&text, "UserId").map(|user| format!(", as {user}")).unwrap_or_default();
        let runs = tag(&text, "Command").unwrap_or("a handler of its own");
        let when = [
            ("<BootTrigger", "when the machine starts"),
            ("<LogonTrigger", "when somebody logs on"),
            ("<ScheduleByDay", "every so many days"),
            ("<ScheduleByWeek", "on days of the week"),
            ("<ScheduleByMonth", "on days of the month"),
            ("<Interval>", "at an interval"),
            ("<TimeTrigger", "once"),
        ];
        let when: Vec<&str> =
            when.iter().filter(|(mark, _)| text.contains(mark)).map(|(_, said)| *said).collect();
        let when = if when.is_empty() { "when it is asked for".to_owned() } else { when.join(", ") };
        let found = subject.finding(CheckId::ScheduleCron, format!("{own}: a scheduled task, {when}{user}"));
        return Some(job(found.quoting(runs).acting(Some(Trigger::Schedule))));
    }
    let is_call = |line: &str| {
        let lower = line.trim_start().trim_start_matches('@').to_ascii_lowercase();
        lower.starts_with("schtasks") && lower.contains("/create")
            || lower.starts_with("register-scheduledtask")
    };
    let (line, quote) = text.lines().enumerate().find(|(_, line)| is_call(line))?;
    let found = subject.finding(CheckId::ScheduleCron, format!("{own}: makes a scheduled task"));
    Some(job(found.at(line + 1, quote)))
}

/// Keys of a registry file that start something with the machine or a session.
pub(super) fn run_keys(subject: &Subject<'_>) -> Vec<Start> {
    let Some(text) = text(subject).filter(|text| is_registry(text)) else { return Vec::new() };
    let (mut is_run, mut starts) = (false, Vec::new());
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(key) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let key = key.to_ascii_lowercase();
            is_run =
                [r"\currentversion\run", r"\currentversion\runonce"].iter().any(|end| key.ends_with(end));
            is_run &= !key.starts_with('-');
        } else if let Some((name, command)) = line.split_once('=').filter(|_| is_run) {
            let name = name.trim_matches('"');
            let found =
                subject.finding(CheckId::ScheduleStartup, format!("{name}: started with every session"));
            let finding = found.at(at + 1, command).acting(Some(Trigger::Boot));
            starts.push(Start { finding, name: name.to_owned(), is_unit: false });
        }
        if starts.len() >= 20 {
            break;
        }
    }
    starts
}

/// Whether a text is a registry file.
pub(in crate::check) fn is_registry(text: &str) -> bool {
    text.starts_with("Windows Registry Editor Version 5") || text.starts_with("REGEDIT4")
}
