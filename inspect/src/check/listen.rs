//! What programs listen on: servers' configuration, defaults that an installation asks for, defaults in code.
//!
//! Sockets that systemd opens are told by the family of units.

/// Addresses, as configuration writes them.
pub(super) mod address;
mod code;
mod server;

use super::code::Source;
use super::{Check, Findings, Subject, folder, setting};
use crate::finding::{Activation, CheckId, Confidence, Finding, Trigger};
use address::{Address, port};

/// The family.
#[derive(Debug, Default)]
pub(super) struct Listening;

impl Check for Listening {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        if subject.text.is_none() {
            return;
        }
        if subject.path.contains("control.tar") && subject.name == "templates" {
            asked(subject, found);
        } else if setting::is_configuration(subject) {
            server::look(subject, found);
        }
    }
}

/// What code says; the source is read once for all families.
pub(super) fn in_code(subject: &Subject<'_>, source: &Source<'_>, found: &mut Vec<Finding>) {
    code::look(subject, source, found);
}

/// Defaults of the questions that a Debian package asks when it is configured (debconf-devel(7)).
fn asked(subject: &Subject<'_>, found: &mut Findings) {
    let mut question = "";
    for (line, text) in subject.lines() {
        if let Some(name) = text.strip_prefix("Template:") {
            question = name.trim();
        }
        let Some(value) = text.strip_prefix("Default:").map(str::trim) else { continue };
        let last = folder::own(question).to_ascii_lowercase();
        let is_meant = ["port", "listen", "bind", "address"].iter().any(|word| last.contains(word));
        let read =
            Address::read(value).filter(|_| is_meant && (value.contains(':') || port(value).is_some()));
        if let Some(address) = read {
            let reach = address::reach(std::iter::once(&address));
            let detail = format!("{question}: unless told otherwise it listens on {address}: {reach}");
            let finding = subject.finding(CheckId::NetListen, detail).at(line, text);
            let finding = finding.state(Activation::Template).acting(Some(Trigger::RunTime));
            found.add(finding.sure(Confidence::Medium).about(address.object(address.usual())));
        }
    }
}

#[cfg(test)]
mod tests;
