//! Crontabs of the system and of users (crontab(5)), and scripts that cron runs by their folder (run-parts(8)).

use super::Job;
use super::words;
use crate::check::{Subject, folder};
use crate::finding::{Activation, CheckId, Trigger};

/// Jobs of one file that are told one by one.
const MOST: usize = 20;

/// What is said of a job that leaves the work to systemd.
const WITHOUT_SYSTEMD: &str = "; only where systemd does not run (/run/systemd/system)";

/// Folders whose scripts run at a pace.
const PACES: [(&str, &str); 4] = [
    ("etc/cron.hourly", "every hour"),
    ("etc/cron.daily", "every day"),
    ("etc/cron.weekly", "every week"),
    ("etc/cron.monthly", "every month"),
];

/// One line of a crontab.
struct Line<'a> {
    when: String,
    user: Option<&'a str>,
    command: &'a str,
}

/// Whose jobs a crontab holds.
#[derive(Clone, Copy)]
enum Owner<'a> {
    /// Each line names a user.
    Stated,
    /// All are this user's.
    One(&'a str),
    /// It is not at a place that tells; whoever installs it decides.
    Unknown,
}

/// Jobs in one file, if it is one of cron's.
pub(super) fn jobs(subject: &Subject<'_>) -> Vec<Job> {
    let name = subject.name;
    if let Some((pace, own)) =
        PACES.iter().find_map(|(place, pace)| Some((*pace, folder::directly(name, &[place])?)))
    {
        return script(subject, pace, own).into_iter().collect();
    }
    if folder::is(name, "etc/anacrontab") {
        return anacron(subject);
    }
    owner(name).map(|owner| crontab(subject, owner)).unwrap_or_default()
}

fn owner(name: &str) -> Option<Owner<'_>> {
    if folder::directly(name, &["etc/cron.d"]).is_some() || folder::is(name, "etc/crontab") {
        return Some(Owner::Stated);
    }
    if let Some(user) = folder::directly(name, &["var/spool/cron", "var/spool/cron/crontabs"]) {
        return Some(Owner::One(user));
    }
    let own = folder::own(name);
    let is_one = own == "crontab" || matches!(folder::suffix(name).as_str(), "cron" | "crontab");
    is_one.then_some(Owner::Unknown)
}

fn crontab(subject: &Subject<'_>, owner: Owner<'_>) -> Vec<Job> {
    let (mut active, mut off) = (Vec::new(), Vec::new());
    for (line, text) in subject.lines() {
        let said = text.trim();
        let (said, list) = match said.strip_prefix('#') {
            Some(rest) => (rest.trim_start_matches(['#', ' ', '\t']), &mut off),
            None => (said, &mut active),
        };
        if let Some(read) = read(said, owner) {
            list.push((line, text, read));
        }
    }
    let own = folder::own(subject.name);
    let place = if matches!(owner, Owner::Stated) { folder::below(subject.name, "etc") } else { None };
    let place = place.unwrap_or(own);
    let count = active.len();
    let mut jobs = Vec::new();
    for (line, text, read) in active.into_iter().take(MOST) {
        jobs.push(job(subject, owner, place, line, text, &read));
    }
    if let Some((line, text, read)) = off.first().filter(|_| count == 0) {
        let switched = match off.len() {
            1 => "one is switched off by a comment".to_owned(),
            count => format!("{count} are switched off by comments"),
        };
        let detail = format!("{place}: 0 active jobs; {switched}, it would run {}", read.when);
        let found =
            subject.finding(CheckId::ScheduleCron, detail).at(*line, text).state(Activation::Commented);
        jobs.push(Job::cron(found, own, ""));
    } else if count > MOST
        && let Some(last) = jobs.last_mut()
    {
        last.finding.detail.push_str(&format!("; {} further jobs stand in this file", count - MOST));
    }
    jobs
}

fn job(
    subject: &Subject<'_>,
    owner: Owner<'_>,
    place: &str,
    line: usize,
    text: &str,
    read: &Line<'_>,
) -> Job {
    let user = match (owner, read.user) {
        (Owner::One(user), _) | (_, Some(user)) => format!(", as {user}"),
        _ => ", as whoever installs it".to_owned(),
    };
    let mut detail = format!("{place}: {}{user}", read.when);
    let guard = systemd_guard(read.command);
    if guard.is_some() {
        detail.push_str(WITHOUT_SYSTEMD);
    }
    let mut found = subject.finding(CheckId::ScheduleCron, String::new()).at(line, text);
    found.trigger = Some(Trigger::Schedule);
    if found.activation == Activation::Active {
        found.activation = match (guard, owner) {
            (Some(()), _) => Activation::Guarded,
            (None, Owner::Unknown) => Activation::Template,
            _ => Activation::Active,
        };
    }
    if matches!(owner, Owner::Stated) && folder::own(subject.name).contains('.') {
        // Debian's cron takes no such name; cronie does, but for a few endings.
        let is_debian = subject.path.contains("data.tar");
        found.activation = if is_debian { Activation::Commented } else { Activation::Guarded };
        detail.push_str("; Debian's cron ignores the file, because its name has a full stop");
    }
    found.detail = detail;
    Job::cron(found, folder::own(subject.name), read.command)
}

/// Reads a line as a job; a comment's text is given without its sign.
fn read<'a>(line: &'a str, owner: Owner<'a>) -> Option<Line<'a>> {
    let (when, rest) = if line.starts_with('@') {
        let (first, rest) = first_word(line)?;
        (words::word(first)?, rest)
    } else {
        let mut rest = line;
        let mut fields = [""; 5];
        for field in &mut fields {
            (*field, rest) = first_word(rest)?;
        }
        (words::fields(fields)?, rest)
    };
    let (user, command) = match owner {
        Owner::Stated => first_word(rest).map(|(user, command)| (Some(user), command))?,
        Owner::One(_) => (None, rest),
        // A line for the system's crontab names a user of its own before a command.
        Owner::Unknown => match first_word(rest) {
            Some(("root", command)) => (Some("root"), command),
            _ => (None, rest),
        },
    };
    let is_user = |user: &str| {
        user.chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '{' | '}' | '@'))
    };
    // The legend of a crontab reads like a job of somebody called "user-name".
    let is_legend = matches!(user, Some("user" | "user-name" | "username"));
    let is_job = user.is_none_or(is_user) && !is_legend && !command.is_empty();
    is_job.then_some(Line { when, user, command })
}

fn first_word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    (!word.is_empty()).then_some((word, rest.trim()))
}

/// Whether a command does nothing where systemd runs: `[ ! -d /run/systemd/system ] && …`, `test -e … || …`.
fn systemd_guard(command: &str) -> Option<()> {
    let command = command.replace('\\', "");
    let (before, after) = command.split_once("/run/systemd/system")?;
    let before = before.trim_end().trim_end_matches("-d").trim_end_matches("-e").trim_end();
    let is_denied = before.ends_with('!');
    let after = after.trim_start_matches([' ', ']', ';']);
    let goes_on_if_not = after.starts_with("||");
    (is_denied != goes_on_if_not).then_some(())
}

/// A script that cron runs because of the folder it lies in. The family of scripts tells it; here it is one of the
/// triggers that a job may have.
fn script(subject: &Subject<'_>, pace: &str, own: &str) -> Option<Job> {
    let is_said = |line: &str| !line.is_empty() && !line.starts_with('#') && !line.starts_with("set ");
    let (line, text) = subject.lines().find(|(_, text)| is_said(text.trim()))?;
    let mut detail = format!("{pace}, as root");
    let is_guard = |line: &str| line.contains("/run/systemd/system") && !line.trim_start().starts_with('#');
    if subject.lines().any(|(_, text)| is_guard(text)) {
        detail.push_str(WITHOUT_SYSTEMD);
    }
    let found = subject.finding(CheckId::ScheduleCron, detail).at(line, text);
    Some(Job { is_told: true, ..Job::cron(found, own, subject.text.as_deref().unwrap_or_default()) })
}

/// Jobs that anacron catches up with: days, minutes to wait, a name, a command (anacrontab(5)).
fn anacron(subject: &Subject<'_>) -> Vec<Job> {
    let read = |(line, text): (usize, &str)| {
        let (period, rest) = first_word(text)?;
        let (delay, rest) = first_word(rest)?;
        let (name, command) = first_word(rest)?;
        delay.parse::<u32>().ok()?;
        let pace = match period {
            "1" | "@daily" => "every day".to_owned(),
            "7" | "@weekly" => "every week".to_owned(),
            "@monthly" => "every month".to_owned(),
            days => format!("every {} days", days.parse::<u32>().ok()?),
        };
        let detail = format!("anacrontab, {name}: {pace}, {delay} minutes after its turn, as root");
        let mut found = subject.finding(CheckId::ScheduleCron, detail).at(line, text);
        found.trigger = Some(Trigger::Schedule);
        Some(Job::cron(found, name, command))
    };
    subject.lines().filter_map(read).take(MOST).collect()
}
