//! What starts with the machine or with a session: services of systemd, init scripts, upstart, launchd, SMF, OpenRC,
//! desktop entries.

use super::Start;
use crate::check::{Subject, folder};
use crate::finding::{Activation, CheckId, Trigger};
use crate::unit::{self, Unit};

/// A service that is wanted by a target as soon as it is enabled.
pub(super) fn unit(subject: &Subject<'_>, unit: &Unit) -> Option<Start> {
    let name = unit::named(subject.name).filter(|name| name.ends_with(".service"))?;
    let wanted = ["WantedBy", "RequiredBy"].iter().find_map(|key| unit.last("Install", key))?;
    let command =
        unit.last("Service", "ExecStart").map(|set| set.value.trim_start_matches(['-', '@', ':', '+', '!']));
    let by_session = subject.name.contains("systemd/user/");
    let user = match unit.last("Service", "User") {
        Some(set) => format!(", as {}", set.value),
        None if by_session => ", as the user".to_owned(),
        None if unit.is_set("Service", "DynamicUser") => ", as a user made for it".to_owned(),
        None => ", as root".to_owned(),
    };
    let runs = command.map(|command| format!(": {}", command.chars().take(160).collect::<String>()));
    let first = wanted.value.split_whitespace().next().unwrap_or_default();
    let with = match first {
        _ if by_session => "a session".to_owned(),
        unit if unit.ends_with(".target") || unit.is_empty() => "the machine".to_owned(),
        unit => unit.to_owned(),
    };
    let detail = format!("{name}: starts with {with}{user}{}", runs.unwrap_or_default());
    let mut found = subject.finding(CheckId::ScheduleStartup, detail);
    found = found.at(wanted.line, &format!("{}={}", wanted.key, wanted.value)).acting(Some(Trigger::Boot));
    if name.contains("@.") && found.activation == Activation::Active {
        found.activation = Activation::Template;
    }
    Some(Start { finding: found, name: name.to_owned(), is_unit: true })
}

/// Anything else that starts by itself, by its place or by what it says.
pub(super) fn other(subject: &Subject<'_>) -> Option<Start> {
    let text = subject.text.as_deref()?;
    let own = folder::own(subject.name);
    let (kind, mark) = kind(subject, text)?;
    let found = subject.lines().find(|(_, line)| line.contains(mark));
    let (line, quote) = found.or_else(|| subject.lines().next())?;
    let mut finding = subject.finding(CheckId::ScheduleStartup, format!("{own}: {kind}"));
    finding = finding.at(line, quote).acting(Some(Trigger::Boot));
    Some(Start { finding, name: own.strip_suffix(".sh").unwrap_or(own).to_owned(), is_unit: false })
}

/// What starts it, and what the line that shows it contains.
fn kind(subject: &Subject<'_>, text: &str) -> Option<(&'static str, &'static str)> {
    let name = subject.name;
    let head: String = text.chars().take(4000).collect();
    if folder::directly(name, &["etc/init.d", "etc/rc.d/init.d", "etc/rc.d", "etc/rcS.d"]).is_some() {
        // What others include is no script of its own.
        let is_script =
            head.starts_with("#!") && !matches!(folder::own(name), "functions" | "rc" | "skeleton");
        return is_script.then_some(("an init script, started with the machine as root", "Default-Start"));
    }
    if folder::is(name, "etc/rc.local") {
        return Some(("run at the end of every start, as root", "#!"));
    }
    if folder::directly(name, &["etc/xdg/autostart"]).is_some() && head.contains("[Desktop Entry]") {
        let is_off = head.lines().any(|line| line.trim() == "Hidden=true");
        return (!is_off).then_some(("started with every desktop session", "Exec="));
    }
    // Of anything else only patterns for such files are looked for, and files at their places.
    let is_pattern = subject.setting == Activation::Template;
    if head.contains("<plist") && head.contains("<key>RunAtLoad</key>") {
        return Some(("launchd starts it as soon as it is loaded", "RunAtLoad"));
    }
    if folder::directly(name, &["etc/init"]).is_some() || is_pattern {
        let mark = ["\nstart on ", "start on runlevel"].into_iter().find(|mark| head.contains(mark));
        if mark.is_some() {
            return Some(("upstart starts it with the machine", "start on "));
        }
    }
    if !is_pattern {
        return None;
    }
    let patterns = [
        ("[Install]", "a pattern for a unit of systemd that starts with the machine", "WantedBy="),
        ("<service_bundle", "a pattern for a service of SMF", "<service_bundle"),
        ("openrc-run", "a pattern for a service of OpenRC", "openrc-run"),
        ("### BEGIN INIT INFO", "a pattern for an init script", "Default-Start"),
        ("# PROVIDE:", "a pattern for a script of rc.d", "# PROVIDE:"),
    ];
    patterns.into_iter().find(|(mark, ..)| head.contains(mark)).map(|(_, kind, mark)| (kind, mark))
}
