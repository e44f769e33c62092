//! What runs by itself: on a clock (crontabs, timers, calendars, scheduled tasks) and at a start (units, init scripts,
//! agents, Run keys).
//!
//! Findings wait for the end, because only the whole package tells that a crontab and a timer are one job with two
//! triggers, that a unit stands beside an init script, and whether a script of the package enables a unit.

mod cron;
mod startup;
mod timer;
pub(super) mod windows;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Findings, Role, Subject, command, folder};
use crate::finding::{Activation, Finding};
use crate::unit;

/// Jobs and starts that wait for the end of a file; an ordinary package has a handful.
const MOST: usize = 5_000;

/// Units that nothing enables by itself that are told one by one.
const MOST_OFF: usize = 3;

/// The family.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    packages: BTreeMap<String, Package>,
    waiting: usize,
}

/// What one package has.
#[derive(Debug, Default)]
struct Package {
    jobs: Vec<Job>,
    starts: Vec<Start>,
    /// Commands of services, by the unit's name.
    services: BTreeMap<String, String>,
    scripts: Scripts,
}

/// What the package's own scripts say of units.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    any: bool,
    enabled: BTreeSet<String>,
    /// Units that are enabled again where somebody had enabled them, and not by default.
    kept: BTreeSet<String>,
}

/// What sets a job off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    Cron,
    Timer,
    Other,
}

/// Something that runs on a clock.
#[derive(Debug)]
struct Job {
    clock: Clock,
    finding: Finding,
    /// What it is called: the file of a crontab, the timer.
    name: String,
    /// What it runs, the beginning of it.
    command: String,
    /// Whether another family tells it; here it only counts as one of two triggers.
    is_told: bool,
}

/// Something that runs at a start.
#[derive(Debug)]
struct Start {
    finding: Finding,
    name: String,
    is_unit: bool,
}

impl Job {
    fn cron(finding: Finding, name: &str, command: &str) -> Job {
        Job {
            clock: Clock::Cron,
            finding,
            name: name.to_owned(),
            command: command.chars().take(4000).collect(),
            is_told: false,
        }
    }
}

impl Check for Schedule {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        if subject.text.is_none() && !windows::is_wide(subject.bytes) {
            return;
        }
        let package = self.packages.entry(folder::package(subject.path, subject.name)).or_default();
        if subject.role == Role::InstallScript {
            package.scripts.read(subject);
            return;
        }
        let (mut jobs, mut starts) = (cron::jobs(subject), Vec::new());
        for job in jobs.iter().filter(|job| !job.is_told && job.finding.activation.acts()) {
            command::look(&job.command, &job.finding, found);
        }
        if unit::named(subject.name).is_some() {
            let unit = unit::Unit::read(subject.text.as_deref().unwrap_or_default());
            jobs.extend(timer::unit(subject, &unit));
            starts.extend(startup::unit(subject, &unit));
            let commands: Vec<&str> = unit.commands().map(|(_, command)| command).take(20).collect();
            if let (Some(name), true) = (unit::named(subject.name), unit.is_one() && self.waiting < MOST) {
                package.services.insert(name.to_owned(), commands.join("\n").chars().take(4000).collect());
            }
        } else {
            jobs.extend(timer::launchd(subject));
            starts.extend(startup::other(subject));
            jobs.extend(windows::task(subject));
            starts.extend(windows::run_keys(subject));
        }
        self.waiting += jobs.len() + starts.len();
        if self.waiting <= MOST {
            package.jobs.extend(jobs);
            package.starts.extend(starts);
        } else {
            jobs.into_iter().for_each(|job| found.add(job.finding));
            starts.into_iter().for_each(|start| found.add(start.finding));
        }
    }

    fn end(&mut self, found: &mut Findings) {
        for (_, package) in std::mem::take(&mut self.packages) {
            package.tell(found);
        }
    }
}

impl Package {
    fn tell(mut self, found: &mut Findings) {
        self.join();
        for mut job in self.jobs.into_iter().filter(|job| !job.is_told) {
            if job.clock == Clock::Timer {
                self.scripts.judge(&job.name, &mut job.finding);
            }
            found.add(job.finding);
        }
        let units: BTreeSet<String> = self.services.keys().filter_map(|name| stem(name)).collect();
        let mut starts: Vec<Finding> = Vec::new();
        for mut start in self.starts {
            let of_pattern = start.name.split_once('@').map(|(stem, _)| stem);
            if start.is_unit {
                self.scripts.judge(&start.name, &mut start.finding);
            } else if units.contains(&start.name) {
                // The unit of that name takes its place, and is told.
                continue;
            }
            // A pattern for further instances of a service that is told needs no line of its own.
            if of_pattern.is_none_or(|stem| !units.contains(stem)) {
                starts.push(start.finding);
            }
        }
        let (off, on): (Vec<Finding>, Vec<Finding>) =
            starts.into_iter().partition(|finding| finding.activation == Activation::Guarded);
        on.into_iter().for_each(|finding| found.add(finding));
        folder::together(off, MOST_OFF, "units start with the machine where somebody enables them", found);
    }

    /// Says of a crontab and a timer for the same job that they are one.
    fn join(&mut self) {
        let timers: Vec<(String, String)> = (self.jobs.iter())
            .filter(|job| job.clock == Clock::Timer)
            .map(|job| (job.name.clone(), self.services.get(&job.command).cloned().unwrap_or_default()))
            .collect();
        let mut doubled: BTreeMap<String, String> = BTreeMap::new();
        for job in self.jobs.iter_mut().filter(|job| job.clock == Clock::Cron) {
            let is_guarded = job.finding.detail.contains("/run/systemd/system");
            let mut same: Vec<&str> = (timers.iter())
                .filter(|(timer, command)| is_same(job, timer, command))
                .map(|(timer, _)| timer.as_str())
                .collect();
            if same.is_empty() && is_guarded {
                same = timers.iter().map(|(timer, _)| timer.as_str()).collect();
            }
            if same.is_empty() || same.len() > 5 || job.finding.activation == Activation::Commented {
                continue;
            }
            let list = same.join(", ");
            job.finding.detail.push_str(&format!("; one job with two triggers: {list} runs it too"));
            for timer in same {
                doubled.entry(timer.to_owned()).or_insert_with(|| job.name.clone());
            }
        }
        for job in self.jobs.iter_mut().filter(|job| job.clock == Clock::Timer) {
            if let Some(cron) = doubled.get(&job.name) {
                job.finding
                    .detail
                    .push_str(&format!("; one job with two triggers: cron's {cron} runs it too"));
            }
        }
    }
}

/// Whether a crontab's line and a timer do the same: they are called alike, or run the same program.
fn is_same(job: &Job, timer: &str, command: &str) -> bool {
    let stem = timer.rsplit_once('.').map_or(timer, |(stem, _)| stem);
    let is_called = stem == job.name
        || job.name.len() > 2
            && stem.strip_prefix(job.name.as_str()).is_some_and(|rest| rest.starts_with(['-', '_', '@']));
    // A path of at least two folders is somebody's own program, which /bin/sh is not.
    let own_program =
        |word: &&str| word.starts_with('/') && word.matches('/').count() > 2 && !word.ends_with("/sh");
    is_called || command.split_whitespace().filter(own_program).any(|word| job.command.contains(word))
}

/// Names of units in a line of a script.
fn units(line: &str) -> impl Iterator<Item = String> {
    let words = line.split(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | ';'));
    words.filter(|word| unit::is_name(word)).map(str::to_owned)
}

fn stem(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(stem, _)| stem.to_owned())
}

impl Scripts {
    /// Takes the units that a script enables when the package is installed.
    pub(super) fn read(&mut self, subject: &Subject<'_>) {
        /// What stands on such a line: debhelper's, systemctl's, rpm's macros as they are expanded.
        const ENABLES: [&str; 5] =
            ["was-enabled", "systemctl enable", "--now enable", "preset", "install-system-units"];
        self.any = true;
        let kept = subject.lines().filter(|(_, line)| line.contains("debian-installed"));
        self.kept.extend(kept.flat_map(|(_, line)| units(line)));
        for (_, line) in subject.lines().filter(|(_, line)| ENABLES.iter().any(|word| line.contains(word))) {
            self.enabled.extend(units(line));
        }
    }

    /// Whether the package's scripts were seen and none of them enables this unit.
    pub(super) fn leave_off(&self, name: &str) -> bool {
        self.any && (!self.enabled.contains(name) || self.kept.contains(name))
    }

    fn judge(&self, name: &str, finding: &mut Finding) {
        if finding.activation == Activation::Active && self.leave_off(name) {
            finding.activation = Activation::Guarded;
            finding.detail.push_str("; no script of the package enables it");
        }
    }
}

#[cfg(test)]
mod tests;
