//! Units and services that scripts start, stop, enable or ask about.
//!
//! Which units are the package's own is known only when all of it was seen, so everything is said at the end: one line
//! for what happens to its own, which every package with a unit does, and a line for each that touches another's.

use std::collections::BTreeSet;

use super::{Line, Said, lines, listed};
use crate::check::{Check, Findings, Subject};
use crate::finding::{Activation, CheckId, Confidence, Finding, Trigger};
use crate::shell::Command;

/// Things done to units that are remembered until the end.
const MOST: usize = 5_000;

/// What changes the state of a unit, and how it is told.
const VERBS: [(&str, &str); 27] = [
    ("start", "starts"),
    ("stop", "stops"),
    ("restart", "restarts"),
    ("try-restart", "restarts"),
    ("condrestart", "restarts"),
    ("reload", "reloads"),
    ("force-reload", "reloads"),
    ("reload-or-restart", "restarts"),
    ("try-reload-or-restart", "restarts"),
    ("reload-or-try-restart", "restarts"),
    ("enable", "enables"),
    ("reenable", "enables"),
    ("preset", "enables"),
    ("on", "enables"),
    ("add", "enables"),
    ("defaults", "enables"),
    ("disable", "disables"),
    ("off", "disables"),
    ("del", "disables"),
    ("mask", "masks"),
    ("unmask", "unmasks"),
    ("kill", "kills"),
    ("isolate", "switches to"),
    ("link", "links"),
    ("set-default", "boots into"),
    ("edit", "edits"),
    ("revert", "resets"),
];
/// What only asks for a unit.
const ASKS: [&str; 8] =
    ["status", "is-active", "is-enabled", "is-failed", "show", "cat", "list-dependencies", "was-enabled"];
/// What concerns the machine and no unit.
const MACHINE: [(&str, &str); 8] = [
    ("daemon-reexec", "has systemd itself executed anew"),
    ("reboot", "reboots the machine"),
    ("poweroff", "switches the machine off"),
    ("halt", "halts the machine"),
    ("kexec", "reboots the machine into another kernel"),
    ("emergency", "puts the machine into emergency mode"),
    ("rescue", "puts the machine into rescue mode"),
    ("suspend", "suspends the machine"),
];

/// The family.
#[derive(Default)]
pub(super) struct Units {
    own: BTreeSet<String>,
    done: Vec<Done>,
}

/// Something done to units.
struct Done {
    verb: String,
    units: Vec<String>,
    finding: Finding,
    by_itself: bool,
}

impl Check for Units {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        self.own.extend(own(subject.name));
        let mut said = Said::new(found);
        for line in lines(subject) {
            let Some((verb, units)) = acts(line.command) else { continue };
            if let Some((_, what)) = MACHINE.iter().find(|(name, _)| *name == verb) {
                said.add(line.finding(CheckId::UnitControl, &[], *what));
            } else if self.done.len() < MOST && !units.is_empty() && !is_asked_for(&line, &units) {
                let finding = line.finding(CheckId::UnitControl, &[], "");
                self.done.push(Done { verb, units, finding, by_itself: line.acts_by_itself() });
            }
        }
    }

    fn end(&mut self, found: &mut Findings) {
        let done = std::mem::take(&mut self.done);
        self.own(&done, found);
        self.others(&done, found);
    }
}

/// Whether a unit's name is an argument of the script or of a function, so that the caller says which.
fn is_asked_for(line: &Line<'_>, units: &[String]) -> bool {
    !line.installs() && units.iter().all(|unit| unit.starts_with('$'))
}

/// The unit or service that a file of that name is.
fn own(name: &str) -> Option<String> {
    let (folder, file) = name.rsplit_once('/')?;
    let is_unit = folder.ends_with("systemd/system") || folder.ends_with("systemd/user");
    let is_service =
        folder.ends_with("etc/init.d") || folder.ends_with("etc/rc.d/init.d") || folder.ends_with("etc/init");
    (is_unit || is_service).then(|| bare(file))
}

/// A unit's name for comparing: without the suffix of a service, without what a template is started for.
fn bare(unit: &str) -> String {
    let own = unit.rsplit('/').next().unwrap_or(unit);
    let stem = own.strip_suffix(".service").or_else(|| own.strip_suffix(".conf")).unwrap_or(own);
    stem.split('@').next().unwrap_or(stem).to_owned()
}

/// What a command does, and to which units.
fn acts(command: &Command) -> Option<(String, Vec<String>)> {
    let words: Vec<String> = command
        .operands(&[
            "-t",
            "--type",
            "-p",
            "--property",
            "-s",
            "--signal",
            "--job-mode",
            "--root",
            "-n",
            "-o",
            "-M",
            "-H",
        ])
        .iter()
        .flat_map(|word| word.text.split_whitespace())
        .filter(|word| !word.is_empty() && !matches!(*word, "&&" | "||"))
        .map(str::to_owned)
        .collect();
    let argument = |at: usize| words.get(at).cloned();
    let rest = |at: usize| words.get(at..).unwrap_or_default().to_vec();
    let program = command.program();
    if command.words.first().is_some_and(|word| word.text.starts_with("/etc/init.d/")) {
        return Some((argument(0)?, vec![program.to_owned()]));
    }
    match program {
        "systemctl" | "deb-systemd-invoke" | "deb-systemd-helper" => Some((argument(0)?, rest(1))),
        "systemd-update-helper" => {
            let verb = argument(0).filter(|verb| verb.ends_with("-units"))?;
            let verb = if verb.starts_with("install") {
                "enable"
            } else if verb.starts_with("mark") {
                "restart"
            } else {
                "disable"
            };
            Some((verb.to_owned(), rest(1)))
        }
        "service" | "rc-service" | "invoke-rc.d" | "update-rc.d" | "chkconfig" | "initctl" => {
            let (name, verb) = match program {
                "initctl" => (argument(1)?, argument(0)?),
                _ if command.has(&["--add"]) => (argument(0)?, "enable".to_owned()),
                _ => (argument(0)?, argument(1)?),
            };
            Some((verb, vec![name]))
        }
        "rc-update" => Some((argument(0)?, vec![argument(1)?])),
        "telinit" if argument(0).as_deref() == Some("u") => Some(("daemon-reexec".to_owned(), Vec::new())),
        "reboot" | "poweroff" | "halt" => Some((program.to_owned(), Vec::new())),
        _ => None,
    }
}

/// How a verb is told; `None` where it changes nothing.
fn told(verb: &str) -> Option<&'static str> {
    if verb.starts_with('$') {
        return Some("starts or stops");
    }
    VERBS.iter().find(|(name, _)| *name == verb).map(|(_, told)| *told)
}

/// The names in one that stands for several.
fn each(unit: &str) -> Vec<String> {
    match unit.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
        Some((before, (names, behind))) if !before.ends_with('$') => {
            names.split(',').map(|name| format!("{before}{name}{behind}")).collect()
        }
        _ => vec![unit.to_owned()],
    }
}

impl Units {
    fn is_own(&self, unit: &str) -> bool {
        let bare = bare(unit);
        let stem = |name: &str| name.split('.').next().map(str::to_owned);
        self.own.contains(&bare) || self.own.iter().any(|own| stem(own) == stem(&bare))
    }

    /// One line for all that happens to the package's own units.
    fn own(&self, done: &[Done], found: &mut Findings) {
        let (mut verbs, mut units, mut first) = (BTreeSet::new(), Vec::new(), None);
        for one in done
            .iter()
            .filter(|one| one.finding.trigger == Some(Trigger::InstallTime) && one.finding.activation.acts())
        {
            let Some(verb) = told(&one.verb) else { continue };
            for unit in one.units.iter().flat_map(|unit| each(unit)).filter(|unit| self.is_own(unit)) {
                verbs.insert(verb);
                first = first.or(Some(one));
                let name = bare(&unit);
                if !units.contains(&name) {
                    units.push(name);
                }
            }
        }
        if let Some(first) = first {
            let verbs: Vec<String> = verbs.into_iter().map(str::to_owned).collect();
            let detail = format!("{} units of its own: {}", verbs.join(", "), listed(&units));
            found.add(Finding { detail, activation: Activation::Active, ..first.finding.clone() });
        }
    }

    /// What is done to units of other packages, and which others are asked for.
    fn others(&self, done: &[Done], found: &mut Findings) {
        let mut said = Said::new(found);
        let mut asked = BTreeSet::new();
        for one in done {
            let others: Vec<String> =
                one.units.iter().flat_map(|unit| each(unit)).filter(|unit| !self.is_own(unit)).collect();
            if others.is_empty() {
                continue;
            }
            let condition = one.finding.detail.clone();
            let is_known = others.iter().all(|unit| !unit.contains(['$', '`']));
            if let Some(verb) = told(&one.verb) {
                let what = if is_known { "units of other packages" } else { "units that only running tells" };
                let sure = if is_known { one.finding.confidence } else { Confidence::Low };
                let detail = format!("{verb} {what}: {}{condition}", listed(&others));
                said.add(Finding { detail, confidence: sure, ..one.finding.clone() });
            } else if ASKS.contains(&one.verb.as_str()) && is_known && one.by_itself {
                let new: Vec<String> = others.into_iter().filter(|unit| asked.insert(bare(unit))).collect();
                if !new.is_empty() {
                    let detail = format!(
                        "asks for units that the package does not bring: {}{condition}",
                        listed(&new)
                    );
                    said.add(Finding { check: CheckId::UnitReference, detail, ..one.finding.clone() });
                }
            }
        }
    }
}
