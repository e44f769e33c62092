//! What runs on a clock because of scripts: executables in cron's folders, and jobs that scripts write.
//!
//! Lines of crontabs that lie in the package are another family's; this one tells of those that only a script makes.

use super::{Line, Said, lines, start};
use crate::check::{Check, Findings, Role, Subject};
use crate::container::attributes::Kind;
use crate::finding::{Activation, CheckId, Finding, Trigger};
use crate::shell::{Command, Script};

/// Folders whose executables cron runs, and how often.
const FOLDERS: [(&str, &str); 5] = [
    ("etc/cron.hourly/", "every hour"),
    ("etc/cron.daily/", "once a day"),
    ("etc/cron.weekly/", "once a week"),
    ("etc/cron.monthly/", "once a month"),
    ("etc/cron.yearly/", "once a year"),
];
/// Places where a file is a job.
const JOBS: [&str; 5] =
    ["/etc/cron.", "/etc/crontab", "/var/spool/cron", "/etc/anacrontab", "/etc/periodic/"];
/// Scripts and calls that are remembered until the end.
const MOST: usize = 2_000;

/// The family. It remembers which programs install scripts call, because those may write jobs in their place.
#[derive(Default)]
pub(super) struct Schedules {
    called: Vec<(String, String)>,
    written: Vec<Finding>,
}

impl Check for Schedules {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        if let Some(how_often) = period(subject.name)
            && subject.attributes.kind == Kind::File
        {
            in_folder(subject, how_often, found);
        }
        if subject.role == Role::InstallScript {
            self.calls(subject);
            let mut said = Said::new(found);
            for line in lines(subject) {
                jobs(&line, &mut |finding| said.add(finding));
            }
        } else {
            for line in lines(subject) {
                jobs(&line, &mut |finding| {
                    if self.written.len() < MOST {
                        self.written.push(finding);
                    }
                });
            }
        }
    }

    fn end(&mut self, found: &mut Findings) {
        let mut said = Said::new(found);
        for finding in std::mem::take(&mut self.written) {
            let own = finding.path.rsplit('/').next().unwrap_or_default();
            let caller = self.called.iter().find(|(program, _)| program == own);
            said.add(match caller {
                Some((_, script)) => {
                    let detail = format!("{}; {script} runs this", finding.detail);
                    Finding { detail, trigger: Some(Trigger::InstallTime), ..finding }
                }
                None => finding,
            });
        }
    }
}

impl Schedules {
    fn calls(&mut self, subject: &Subject<'_>) {
        let script = subject.name.rsplit('/').next().unwrap_or_default();
        for line in lines(subject).filter(|line| !line.command.printed) {
            let program = line.command.program();
            if self.called.len() < MOST && !self.called.iter().any(|(known, _)| known == program) {
                self.called.push((program.to_owned(), script.to_owned()));
            }
        }
    }
}

/// How often cron runs a file of that name; `None` where it is none of its folders.
pub(super) fn period(name: &str) -> Option<&'static str> {
    FOLDERS.iter().find_map(|(folder, how_often)| {
        let own = name
            .strip_prefix(folder)
            .or_else(|| name.split_once(&format!("/{folder}")).map(|(_, own)| own))?;
        (!own.is_empty() && !own.contains('/')).then_some(*how_often)
    })
}

fn in_folder(subject: &Subject<'_>, how_often: &str, found: &mut Findings) {
    let own = subject.name.rsplit('/').next().unwrap_or_default();
    if own.starts_with('.') {
        return;
    }
    let finding = |detail: String, state| {
        Finding::new(CheckId::ScheduleCron, subject.path, detail).state(state).acting(Some(Trigger::Schedule))
    };
    // run-parts(8): only letters, digits, underscores and hyphens; what ends like a package manager's copy is no job.
    if !own.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
        let detail = format!(
            "{own} never runs: cron passes over names with other characters than letters, digits, - and _"
        );
        found.add(finding(detail, Activation::Commented));
        return;
    }
    if subject.attributes.mode.is_some() && !subject.attributes.is_executable() {
        found.add(finding(format!("{own} never runs: it is not executable"), Activation::Commented));
        return;
    }
    let work = subject.script().and_then(work);
    let mut detail = format!("{own} runs as root {how_often}");
    let (mut state, mut line) = (subject.setting, None);
    if let Some((command, condition)) = work {
        line = Some((subject.lines_before + command.line, command.quote.clone()));
        if let Some(condition) = condition {
            detail = format!("{detail}, under the condition: {}", start(&condition, 90));
            state = if state == Activation::Active { Activation::Guarded } else { state };
        }
    }
    let finding = finding(detail, state);
    found.add(match line {
        Some((line, quote)) => finding.at(line, &quote),
        None => finding,
    });
}

/// The command that does a cron script's work, and a condition on the machine that all of its work is under: the last
/// condition, where no command that works is without one. That the program exists is no such condition.
fn work(script: &Script) -> Option<(&Command, Option<String>)> {
    let idle = [
        "[", "test", "[[", "exit", "return", "set", ":", "true", ".", "source", "umask", "export", "cd",
        "command", "echo", "trap",
    ];
    let works =
        |command: &&Command| !idle.contains(&command.program()) && !command.printed && !command.uncalled;
    let on_machine = |command: &Command| {
        let exists = |text: &str| ["-x ", "-f ", "-r ", "-s ", "-e "].iter().any(|test| text.contains(test));
        command.guards.iter().map(|guard| &guard.text).find(|text| !exists(text)).cloned()
    };
    let all: Vec<&Command> = script.commands.iter().filter(works).collect();
    let tidies = [
        "rm", "mv", "cp", "cat", "chmod", "chown", "mkdir", "touch", "rmdir", "sed", "mktemp", "ln", "sleep",
        "logger", "date",
    ];
    let last =
        all.iter().rev().find(|command| !tidies.contains(&command.program())).or(all.last()).copied()?;
    let all_under = all
        .iter()
        .filter(|command| command.guards.len() >= last.guards.len())
        .all(|command| on_machine(command).is_some());
    Some((last, on_machine(last).filter(|_| all_under && last.function.is_none())))
}

/// Jobs that a command makes.
fn jobs(line: &Line<'_>, say: &mut dyn FnMut(Finding)) {
    let command = line.command;
    let is_job = |path: &str| JOBS.iter().any(|place| path.starts_with(place)) && !path.contains(".dpkg-");
    for write in command.writes.iter().filter(|write| is_job(&write.path.text)) {
        let job = write.text.as_deref().and_then(|text| text.lines().find(|line| is_job_line(line)));
        let what = job.map(|job| format!(": {}", start(job.trim(), 120))).unwrap_or_default();
        say(line.finding(CheckId::ScheduleCron, &[&write.path], format!("writes {}{what}", write.path.text)));
    }
    match command.program() {
        "crontab" if !command.has(&["-l", "-r", "-e", "-V"]) => crontab(line, say),
        "at" | "batch" if acts_later(command) => {
            let detail = format!("has a command run later by {}", command.program());
            say(line.finding(CheckId::ScheduleCron, &[], detail));
        }
        "systemd-run" if command.has(&["--on-calendar", "--on-active", "--on-boot"]) => {
            say(line.finding(CheckId::ScheduleTimer, &[], "has a command run later by systemd"));
        }
        "cp" | "mv" | "install" | "ln" if !command.has(&["-d", "--directory"]) => {
            let operands = command.operands(&["-m", "-o", "-g", "-S"]);
            let target = operands.last().filter(|target| operands.len() > 1 && is_job(&target.text));
            if let Some(target) = target {
                let from = operands.first().map(|word| word.text.as_str()).unwrap_or_default();
                let detail = format!("puts {from} into {}", target.text);
                // A file that is renamed within cron's folders was a job before.
                if !is_job(from) {
                    say(line.finding(CheckId::ScheduleCron, &[target], detail));
                }
            }
        }
        _ => {}
    }
}

/// Whether a line has the shape of a job: five fields of time and a command, or a word for them.
fn is_job_line(line: &str) -> bool {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let is_time = |field: &&str| field.chars().all(|c| c.is_ascii_alphanumeric() || "*/,-?~$".contains(c));
    !line.trim_start().starts_with('#')
        && (fields.len() >= 6 && fields.iter().take(5).all(is_time)
            || line.starts_with('@') && fields.len() >= 2)
}

fn crontab(line: &Line<'_>, say: &mut dyn FnMut(Finding)) {
    let command = line.command;
    let user = command.value(&["-u"]).map(|user| format!(" of {}", user.text)).unwrap_or_default();
    let file = command.operands(&["-u"]).first().map(|word| word.text.clone());
    if file.is_none() && command.input.is_none() && command.has(&["-h", "--help"]) {
        return;
    }
    let job = command.input.as_deref().and_then(|text| text.lines().find(|line| is_job_line(line)));
    let what = match (job, file.filter(|file| file != "-")) {
        (Some(job), _) => format!(": {}", start(job.trim(), 120)),
        (None, Some(file)) => format!(" by {file}"),
        (None, None) => String::new(),
    };
    say(line.finding(CheckId::ScheduleCron, &[], format!("replaces the crontab{user}{what}")));
}

fn acts_later(command: &Command) -> bool {
    command.program() == "batch" && command.arguments().is_empty()
        || command.arguments().iter().any(|word| {
            matches!(
                word.text.as_str(),
                "now" | "midnight" | "noon" | "teatime" | "tomorrow" | "today" | "-f" | "-t"
            ) || word.text.contains(':') && word.text.chars().all(|c| c.is_ascii_digit() || c == ':')
        })
}
