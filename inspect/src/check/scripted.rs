//! What shell scripts do: the families that look at commands, and what they share.
//!
//! All of them read [`Subject::script`]: a maintainer script, a cron script, a program, a command in a `package.json`.
//! What a command would do says its family; whether and when it would says what is shared here.

mod account;
mod address;
mod config;
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

use std::collections::HashSet;

use super::{Check, Findings, Role, Subject};
use crate::finding::{Activation, CheckId, Finding, Trigger};
use crate::shell::{Command, Word};

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
        Box::new(Commands(vec![
            remote::look,
            repository::look,
            privilege::look,
            account::look,
            kernel::look,
            config::look,
            trust::look,
        ])),
    ]
}

/// What a family says of one command.
type Look = fn(&Line<'_>, &mut Said<'_>);

/// Families that look at one command at a time and remember nothing.
struct Commands(Vec<Look>);

impl Check for Commands {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        if subject.script().is_none() {
            return;
        }
        for look in &self.0 {
            let mut said = Said::new(found);
            for line in lines(subject) {
                look(&line, &mut said);
            }
        }
    }
}

/// The commands of a script.
fn lines<'a>(subject: &'a Subject<'a>) -> impl Iterator<Item = Line<'a>> {
    let script = subject.script();
    let parsed = script.is_some_and(|script| script.parsed);
    script.into_iter().flat_map(|script| &script.commands).map(move |command| Line {
        subject,
        command,
        parsed,
    })
}

/// One command where it stands.
struct Line<'a> {
    subject: &'a Subject<'a>,
    command: &'a Command,
    parsed: bool,
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
                Some(guard) => detail
                    .push_str(&format!(", under the condition: {}", start(&guard.text, LONGEST_CONDITION))),
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
struct Said<'a> {
    found: &'a mut Findings,
    said: HashSet<(CheckId, bool, String)>,
    kept: Vec<(Finding, usize)>,
}

impl<'a> Said<'a> {
    fn new(found: &'a mut Findings) -> Said<'a> {
        Said { found, said: HashSet::new(), kept: Vec::new() }
    }

    fn add(&mut self, finding: Finding) {
        let sentence = finding.detail.split(", under the condition: ").next().unwrap_or_default().to_owned();
        let alike = |other: &Finding| {
            (other.check, other.activation.acts(), &other.path)
                == (finding.check, finding.activation.acts(), &finding.path)
        };
        if self.said.len() >= MOST_REMEMBERED
            || !self.said.insert((finding.check, finding.activation.acts(), sentence))
        {
            return;
        }
        let most = if finding.trigger == Some(Trigger::RunTime) { MOST_AT_RUN_TIME } else { MOST_OF_A_CHECK };
        if self.kept.iter().filter(|(other, _)| alike(other)).count() < most {
            self.kept.push((finding, 0));
        } else if let Some((_, more)) = self.kept.iter_mut().rev().find(|(other, _)| alike(other)) {
            *more += 1;
        }
    }
}

impl Drop for Said<'_> {
    fn drop(&mut self) {
        for (mut finding, more) in std::mem::take(&mut self.kept) {
            if more > 0 {
                finding.detail.push_str(&format!("; and {more} more of this kind in the file"));
            }
            self.found.add(finding);
        }
    }
}
