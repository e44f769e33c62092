//! What runs on a clock because of scripts: jobs that they write, queue, or put where cron looks.
//!
//! Jobs that lie in the package as files are another family's; this one tells of those that only a script makes.

use super::{Line, Said, lines, start};
use crate::check::{Check, Findings, Role, Subject, folder};
use crate::finding::{CheckId, Finding, Trigger};
use crate::shell::Command;

/// Folders whose scripts cron runs.
const FOLDERS: [&str; 4] = ["etc/cron.hourly", "etc/cron.daily", "etc/cron.weekly", "etc/cron.monthly"];
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
        if subject.role == Role::InstallScript {
            self.calls(subject);
            let mut said = Said::default();
            for line in lines(subject) {
                jobs(&line, &mut |finding| said.add(finding));
            }
            said.finish().for_each(|finding| found.add(finding));
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
        let mut said = Said::default();
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
        said.finish().for_each(|finding| found.add(finding));
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

/// Whether cron runs a file of that name by its folder.
pub(super) fn is_in_folder(name: &str) -> bool {
    folder::directly(name, &FOLDERS).is_some()
}

/// Jobs that a command makes.
fn jobs(line: &Line<'_>, say: &mut dyn FnMut(Finding)) {
    let command = line.command;
    let is_job = |path: &str| {
        JOBS.iter().any(|place| path.starts_with(place)) && !path.contains(".dpkg-") && !path.contains("/.")
    };
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
