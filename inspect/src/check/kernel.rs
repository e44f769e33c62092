//! What is told to the kernel: its parameters, its modules, rules for devices, rules of packet filters.

mod firewall;

use std::collections::BTreeMap;

use super::{Check, Findings, Subject, folder};
use crate::finding::{CheckId, Finding, Trigger};

/// The family.
#[derive(Debug, Default)]
pub(super) struct Kernel {
    /// Modules in machine code, by package: the first and how many.
    modules: BTreeMap<String, (Finding, usize)>,
    /// Files of rules for devices, by package.
    devices: BTreeMap<String, Vec<Finding>>,
    services: firewall::Services,
}

/// Files of rules that are told one by one.
const MOST_DEVICES: usize = 4;

const SYSCTL: [&str; 4] = ["etc/sysctl.d", "usr/lib/sysctl.d", "lib/sysctl.d", "run/sysctl.d"];
const LOADED: [&str; 3] = ["etc/modules-load.d", "usr/lib/modules-load.d", "lib/modules-load.d"];
const MODPROBE: [&str; 3] = ["etc/modprobe.d", "usr/lib/modprobe.d", "lib/modprobe.d"];
const UDEV: [&str; 3] = ["etc/udev/rules.d", "usr/lib/udev/rules.d", "lib/udev/rules.d"];

impl Check for Kernel {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        let name = subject.name;
        if folder::directly(name, &SYSCTL).is_some() || folder::is(name, "etc/sysctl.conf") {
            parameters(subject, found);
        } else if folder::directly(name, &LOADED).is_some() || folder::is(name, "etc/modules") {
            let names = |text: &str| text.split_whitespace().next().unwrap_or_default().to_owned();
            listed(subject, CheckId::KernelModule, "modules are loaded at every start", names, found);
        } else if folder::directly(name, &MODPROBE).is_some() {
            let whole = |text: &str| text.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
            listed(subject, CheckId::KernelModule, "how modules are loaded", whole, found);
        } else if folder::directly(name, &UDEV).is_some() {
            let key = folder::package(subject.path, subject.name);
            let known = self.devices.entry(key).or_default();
            if known.len() < 1_000 {
                known.extend(devices(subject));
            }
        } else if folder::own(name) == "dkms.conf" {
            let detail = "a module for the kernel is built on this machine, by DKMS";
            let line = subject.lines().find(|(_, text)| text.starts_with("PACKAGE_NAME"));
            let finding = subject.finding(CheckId::KernelModule, detail).acting(Some(Trigger::InstallTime));
            found.add(line.map_or(finding.clone(), |(line, text)| finding.at(line, text)));
        } else if [".ko", ".ko.xz", ".ko.zst", ".ko.gz"].iter().any(|end| name.ends_with(end)) {
            self.module(subject);
        }
        firewall::look(subject, found);
        self.services.look(subject);
    }

    fn end(&mut self, found: &mut Findings) {
        for (_, (first, count)) in std::mem::take(&mut self.modules) {
            let detail = format!("modules for the kernel: {count}");
            found.add(Finding { detail, ..first });
        }
        for (_, findings) in std::mem::take(&mut self.devices) {
            // What only sets properties is no news beside what runs something.
            let (plain, telling): (Vec<Finding>, Vec<Finding>) =
                findings.into_iter().partition(|finding| finding.detail.ends_with(PLAIN));
            folder::together(
                telling,
                MOST_DEVICES,
                "files of rules for devices run something or give devices away",
                found,
            );
            folder::together(plain, 1, "files of rules for devices only set properties", found);
        }
        self.services.tell(found);
    }
}

impl Kernel {
    fn module(&mut self, subject: &Subject<'_>) {
        let first = || (subject.finding(CheckId::KernelModule, ""), 0);
        let key = folder::package(subject.path, subject.name);
        self.modules.entry(key).or_insert_with(first).1 += 1;
    }
}

/// Lines of a file that say something.
fn said<'a>(subject: &'a Subject<'_>) -> impl Iterator<Item = (usize, &'a str)> {
    subject.lines().filter(|(_, text)| !text.trim().is_empty() && !text.trim().starts_with(['#', ';']))
}

/// One finding for a file of such lines, naming the first few.
fn listed(
    subject: &Subject<'_>,
    check: CheckId,
    what: &str,
    word: impl Fn(&str) -> String,
    found: &mut Findings,
) {
    let mut lines = said(subject);
    let Some((line, text)) = lines.next() else { return };
    let mut words = vec![word(text)];
    words.extend(lines.take(500).map(|(_, text)| word(text)));
    let count = words.len();
    words.truncate(8);
    let more = if count > words.len() { format!(" and {} more", count - words.len()) } else { String::new() };
    let detail = format!("{}: {what}: {}{more}", folder::own(subject.name), words.join(", "));
    found.add(subject.finding(check, detail).at(line, text).acting(Some(Trigger::Boot)));
}

fn parameters(subject: &Subject<'_>, found: &mut Findings) {
    let pair = |text: &str| {
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        format!("{} = {}", key.trim().trim_start_matches('-'), value.trim())
    };
    listed(subject, CheckId::KernelSysctl, "parameters of the kernel", pair, found);
}

/// What is said of a file whose rules only set properties.
const PLAIN: &str = "rules for devices";

/// Rules for devices (udev(7)): what they run, whom they give devices to.
fn devices(subject: &Subject<'_>) -> Option<Finding> {
    let mut effects: Vec<String> = Vec::new();
    let mut first = None;
    let mut rules = 0_usize;
    for (line, text) in said(subject) {
        rules += 1;
        for part in text.split(',').map(str::trim) {
            let value = || part.split('"').nth(1).unwrap_or_default().chars().take(80).collect::<String>();
            let effect = match part.split(['=', '+', ':']).next().unwrap_or_default().trim_end_matches('{') {
                key if key.starts_with("RUN") => format!("runs {}", value()),
                "PROGRAM" | "IMPORT{program}" => format!("runs {}", value()),
                "GROUP" if !part.contains("==") => format!("gives devices to the group {}", value()),
                "MODE" if !part.contains("==") && value().ends_with('6') => {
                    format!("lets everybody write (mode {})", value())
                }
                "ENV{SYSTEMD_WANTS}" => format!("starts {}", value()),
                _ => continue,
            };
            first.get_or_insert((line, text));
            if !effects.contains(&effect) {
                effects.push(effect);
            }
        }
    }
    let (line, text) = first.or_else(|| said(subject).next())?;
    let count = effects.len();
    effects.truncate(4);
    let more = if count > 4 { format!(" and {} more", count - 4) } else { String::new() };
    let what = if effects.is_empty() { format!("{rules} {PLAIN}") } else { effects.join(", ") };
    let detail = format!("{}: {what}{more}", folder::own(subject.name));
    Some(subject.finding(CheckId::KernelUdev, detail).at(line, text).acting(Some(Trigger::Boot)))
}

#[cfg(test)]
mod tests;
