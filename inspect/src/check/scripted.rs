//! What shell scripts do: the families that look at commands, and what they share.
//!
//! All of them read [`Subject::script`]: a maintainer script, a cron script, a program, a command in a `package.json`.
//! What a command would do says its family; whether and when it would says what is shared here.

mod account;
mod address;
mod config;
mod fetcher;
mod install;
mod kernel;
mod privilege;
mod remote;
mod repository;
mod schedule;
#[cfg(test)]
mod tests;
mod trust;
mod unit;
mod verb;

use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;

use super::{Check, Findings, Role, Subject, folder};
use crate::finding::{Activation, CheckId, Finding, Trigger};
use crate::shell::{Command, Word};

/// What stands between what a command does and when it does.
const CONDITION: &str = ", under the condition: ";
/// Findings of one check in the programs of one package that are told.
const MOST_OF_A_PACKAGE: usize = 4;
/// Characters of a condition that a sentence quotes.
const LONGEST_CONDITION: usize = 90;
/// Findings of one check in one file that are told; more are counted at the last of them.
const MOST_OF_A_CHECK: usize = 8;
/// The same for a program that acts only when somebody calls it.
const MOST_AT_RUN_TIME: usize = 3;
/// Sentences that are remembered of one file.
const MOST_REMEMBERED: usize = 2_000;

/// Every family that reads commands.
pub(super) fn families() -> Vec<Box<dyn Check>> {
    vec![
        Box::new(install::Scripts::default()),
        Box::new(schedule::Schedules::default()),
        Box::new(unit::Units::default()),
        Box::new(Commands::default()),
    ]
}

/// What a family says of one command.
type Look = fn(&Line<'_>, &mut Said);

/// Families that look at one command at a time. What acts only when somebody calls a program waits for the end, because
/// many programs of a package do the same in the same words.
#[derive(Default)]
struct Commands {
    waiting: BTreeMap<(String, CheckId, bool), Vec<Waiting>>,
    count: usize,
}

/// A finding with how many more files say the same.
struct Waiting {
    finding: Finding,
    more: usize,
}

const LOOKS: [Look; 7] =
    [remote::look, repository::look, privilege::look, account::look, kernel::look, config::look, trust::look];

impl Check for Commands {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        if subject.script().is_none() {
            return;
        }
        let waits = trigger(subject) == Some(Trigger::RunTime) && subject.role != Role::Entrypoint;
        for look in LOOKS {
            let mut said = Said::default();
            for line in lines(subject) {
                look(&line, &mut said);
            }
            for finding in said.finish() {
                if waits && self.count < MOST_REMEMBERED {
                    self.count += 1;
                    self.wait(folder::package(subject.path, subject.name), finding);
                } else {
                    found.add(finding);
                }
            }
        }
        if let Some(finding) = fetcher::look(lines(subject)) {
            found.add(finding);
        }
    }

    fn end(&mut self, found: &mut Findings) {
        for (_, waiting) in std::mem::take(&mut self.waiting) {
            let over = waiting.len().saturating_sub(MOST_OF_A_PACKAGE);
            let mut shown: Vec<Waiting> = waiting.into_iter().take(MOST_OF_A_PACKAGE).collect();
            if let Some(last) = shown.last_mut().filter(|_| over > 0) {
                last.finding.detail.push_str(&format!("; and {over} more of this kind in the package"));
            }
            for Waiting { mut finding, more } in shown {
                if more > 0 {
                    finding.detail.push_str(&format!("; {more} more files do the same"));
                }
                found.add(finding);
            }
        }
    }
}

impl Commands {
    fn wait(&mut self, package: String, finding: Finding) {
        let alike = self.waiting.entry((package, finding.check, finding.activation.acts())).or_default();
        match alike.iter_mut().find(|other| sentence(&other.finding) == sentence(&finding)) {
            Some(other) => other.more += 1,
            None => alike.push(Waiting { finding, more: 0 }),
        }
    }
}

/// What a finding says, without the condition under which.
fn sentence(finding: &Finding) -> &str {
    finding.detail.split(CONDITION).next().unwrap_or_default()
}

/// The commands of a script.
fn lines<'a>(subject: &'a Subject<'a>) -> impl Iterator<Item = Line<'a>> {
    let script = subject.script();
    let parsed = script.is_some_and(|script| script.parsed);
    let added =
        if script.is_some() && subject.role == Role::InstallScript { added(subject) } else { Vec::new() };
    script.into_iter().flat_map(|script| &script.commands).map(move |command| {
        let is_added = added.iter().any(|lines| lines.contains(&command.line));
        Line { subject, command, parsed, is_added }
    })
}

/// The lines that debhelper added, as it marks them.
fn added(subject: &Subject<'_>) -> Vec<RangeInclusive<usize>> {
    let mut found = Vec::new();
    let mut from = None;
    for (at, text) in subject.text.as_deref().unwrap_or_default().lines().enumerate() {
        if text.starts_with("# Automatically added by dh") {
            from = Some(at + 1);
        } else if text.starts_with("# End automatically added") {
            found.extend(from.take().map(|from| from..=at + 1));
        }
    }
    found
}

/// One command where it stands.
struct Line<'a> {
    subject: &'a Subject<'a>,
    command: &'a Command,
    parsed: bool,
    /// Whether debhelper put it there.
    is_added: bool,
}

impl Line<'_> {
    /// Whether installing, upgrading or removing runs the script.
    fn installs(&self) -> bool {
        self.subject.role == Role::InstallScript
    }

    /// Whether the script runs by itself, and not only when somebody calls it.
    fn acts_by_itself(&self) -> bool {
        trigger(self.subject) != Some(Trigger::RunTime) || self.subject.role == Role::Entrypoint
    }

    /// A finding on this command; `words` are those on which the sentence rests.
    fn finding(&self, check: CheckId, words: &[&Word], detail: impl Into<String>) -> Finding {
        let (command, subject) = (self.command, self.subject);
        let mut detail = detail.into();
        let activation = activation(subject, command);
        if activation == Activation::Guarded {
            match command.conditions().last() {
                Some(guard) => {
                    detail.push_str(&format!("{CONDITION}{}", start(&guard.text, LONGEST_CONDITION)))
                }
                None => detail.push_str(", in a function that the script itself does not call"),
            }
        }
        Finding::new(check, subject.path, detail)
            .at(subject.lines_before + command.line, &command.quote)
            .state(activation)
            .acting(trigger(subject))
            .sure(Command::sure(words, self.parsed))
    }
}

/// Whether a command acts, from where its file lies and what stands around it.
fn activation(subject: &Subject<'_>, command: &Command) -> Activation {
    if subject.setting != Activation::Active {
        return subject.setting;
    }
    if command.printed {
        return Activation::PrintedOnly;
    }
    let is_guarded = command.uncalled || command.conditions().next().is_some();
    if is_guarded { Activation::Guarded } else { Activation::Active }
}

/// When a script runs.
fn trigger(subject: &Subject<'_>) -> Option<Trigger> {
    let folder = subject.name.rsplit_once('/').map_or("", |(folder, _)| folder);
    match subject.trigger() {
        Some(trigger) => Some(trigger),
        None if schedule::is_in_folder(subject.name) => Some(Trigger::Schedule),
        None if folder.ends_with("etc/init.d") || folder.ends_with("etc/rc.d") => Some(Trigger::Boot),
        None => Some(Trigger::RunTime),
    }
}

/// The beginning of a text, with a sign that there was more.
fn start(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Names that are listed in a sentence, the rest counted.
fn listed(names: &[String]) -> String {
    const MOST: usize = 8;
    let shown: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Takes findings of one family on one file: the same sentence once, and of one check so many that a page can be read.
#[derive(Default)]
struct Said {
    said: HashSet<(CheckId, bool, String)>,
    kept: Vec<(Finding, usize)>,
}

impl Said {
    fn add(&mut self, finding: Finding) {
        let kind = |finding: &Finding| (finding.check, finding.activation.acts(), finding.path.clone());
        let own = kind(&finding);
        let is_new = self.said.insert((own.0, own.1, sentence(&finding).to_owned()));
        if self.said.len() >= MOST_REMEMBERED || !is_new {
            return;
        }
        let most = if finding.trigger == Some(Trigger::RunTime) { MOST_AT_RUN_TIME } else { MOST_OF_A_CHECK };
        if self.kept.iter().filter(|(other, _)| kind(other) == own).count() < most {
            self.kept.push((finding, 0));
        } else if let Some((_, more)) = self.kept.iter_mut().rev().find(|(other, _)| kind(other) == own) {
            *more += 1;
        }
    }

    fn finish(self) -> impl Iterator<Item = Finding> {
        self.kept.into_iter().map(|(mut finding, more)| {
            if more > 0 {
                finding.detail.push_str(&format!("; and {more} more of this kind in the file"));
            }
            finding
        })
    }
}
