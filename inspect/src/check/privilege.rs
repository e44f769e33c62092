//! Who may do what: rules for sudo and polkit, and code or configuration that calls sudo or su or asks for root.
//!
//! Scripts of the shell are another family's. Here a call counts only where a call can be: a word in a list, in a
//! comment or in what is printed is none.

mod code;
mod rules;

use super::code::Source;
use super::setting::{self, Entry};
use super::{Check, Findings, Subject};
use crate::finding::{CheckId, Confidence, Finding, Trigger};

/// The family.
#[derive(Debug, Default)]
pub(super) struct Privileges;

impl Check for Privileges {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        rules::look(subject, found);
        if setting::is_configuration(subject) {
            setting::entries(subject).iter().for_each(|entry| configured(subject, entry, found));
        }
    }
}

/// What code says; the source is read once for all families.
pub(super) fn in_code(subject: &Subject<'_>, source: &Source<'_>, found: &mut Vec<Finding>) {
    code::look(subject, source, found);
}

/// A command under a key for commands that begins with sudo or su.
fn configured(subject: &Subject<'_>, entry: &Entry<'_>, found: &mut Findings) {
    let key = entry.key.to_ascii_lowercase();
    let is_command = ["cmd", "command", "exec", "sudo", "become_method", "run", "action"]
        .iter()
        .any(|end| key.ends_with(end));
    let word = entry.value.split_whitespace().next().unwrap_or_default();
    let check = match word.rsplit('/').next() {
        Some("sudo") => CheckId::PrivSudo,
        Some("su") => CheckId::PrivSu,
        _ => return,
    };
    // One alone is a path that is told, unless the key says that a command is built with it.
    if !is_command || entry.is_off {
        return;
    }
    let detail = format!("{} is `{}`: commands are run through {word}", entry.key, entry.value);
    let finding = subject.finding(check, detail).at(entry.line, entry.quote).acting(Some(Trigger::RunTime));
    found.add(finding.sure(Confidence::Medium));
}

#[cfg(test)]
mod tests;
