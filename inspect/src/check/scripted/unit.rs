//! Units and services that scripts start, stop, enable or ask about.
//!
//! Which units are the package's own is known only when all of it was seen, so everything is said at the end: one line
//! for what happens to its own, which every package with a unit does, and a line for each that touches another's.

use std::collections::{BTreeMap, BTreeSet};

use super::{Line, Said, lines, listed};
use crate::check::{Check, Findings, Subject, folder};
use crate::finding::object::Object;
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
/// What fails where the unit is missing.
const MUST_BE_THERE: [&str; 6] = ["start", "restart", "reload", "enable", "reenable", "reload-or-restart"];
/// Units of one command that a finding is about.
const MOST_NAMED: usize = 60;
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
    packages: BTreeMap<String, Package>,
    count: usize,
}

/// What one package brings and does.
#[derive(Default)]
struct Package {
    own: BTreeSet<String>,
    done: Vec<Done>,
}

/// Something done to units.
struct Done {
    verb: String,
    units: Vec<String>,
    finding: Finding,
    by_itself: bool,
    must: bool,
}

impl Check for Units {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        let own = own(subject.name);
        if own.is_none() && subject.script().is_none() {
            return;
        }
        let package = self.packages.entry(folder::package(subject.path, subject.name)).or_default();
        package.own.extend(own);
        let mut said = Said::new(found);
        for line in lines(subject) {
            let Some((verb, units)) = acts(line.command) else { continue };
            if let Some((_, what)) = MACHINE.iter().find(|(name, _)| *name == verb) {
                said.add(line.finding(CheckId::UnitControl, &[], *what));
            } else if self.count < MOST && !units.is_empty() && !is_asked_for(&line, &units) {
                self.count += 1;
                let finding = line.finding(CheckId::UnitControl, &[], "");
                let by_itself = line.acts_by_itself();
                package.done.push(Done { verb, units, finding, by_itself, must: must(&line) });
            }
        }
    }

    fn end(&mut self, found: &mut Findings) {
        for (_, package) in std::mem::take(&mut self.packages) {
            package.tell_own(found);
            package.tell_others(found);
        }
    }
}

/// Whether the script ends where the command fails: it stops at errors, and nothing looks at whether this was one.
fn must(line: &Line<'_>) -> bool {
    let stops = |command: &Command| command.program() == "set" && command.has(&["-e"]);
    let first = line.subject.text.as_deref().unwrap_or_default().lines().next().unwrap_or_default();
    let stops_at_errors = (first.starts_with("#!") && first.ends_with(" -e"))
        || line.subject.script().is_some_and(|script| script.commands.iter().any(stops));
    stops_at_errors && line.command.conditions().next().is_none() && !line.command.quote.contains("||")
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

impl Package {
    fn is_own(&self, unit: &str) -> bool {
        let bare = bare(unit);
        let stem = |name: &str| name.split('.').next().map(str::to_owned);
        self.own.contains(&bare) || self.own.iter().any(|own| stem(own) == stem(&bare))
    }

    /// One line for all that happens to the package's own units.
    fn tell_own(&self, found: &mut Findings) {
        let (mut verbs, mut units, mut first) = (BTreeSet::new(), Vec::new(), None);
        let installs =
            |one: &&Done| one.finding.trigger == Some(Trigger::InstallTime) && one.finding.activation.acts();
        for one in self.done.iter().filter(installs) {
            let Some(verb) = told(&one.verb) else { continue };
            for unit in one.units.iter().flat_map(|unit| each(unit)).filter(|unit| self.is_own(unit)) {
                verbs.insert(verb.to_owned());
                first = first.or(Some(one));
                let name = bare(&unit);
                if !units.contains(&name) {
                    units.push(name);
                }
            }
        }
        if let Some(first) = first {
            let verbs: Vec<String> = verbs.into_iter().collect();
            let detail = format!("{} units of its own: {}", verbs.join(", "), listed(&units));
            found.add(Finding { detail, activation: Activation::Active, ..first.finding.clone() });
        }
    }

    /// What is done to units of other packages, and which others are asked for.
    fn tell_others(&self, found: &mut Findings) {
        let mut said = Said::new(found);
        let mut asked = BTreeSet::new();
        for one in &self.done {
            let is_other = |unit: &String| !self.is_own(unit) && !is_standard(unit);
            let mut others: Vec<String> =
                one.units.iter().flat_map(|unit| each(unit)).filter(is_other).collect();
            let is_known = others.iter().all(|unit| !unit.contains(['$', '`']));
            let (check, what) = match told(&one.verb) {
                Some(verb) if is_known => (CheckId::UnitControl, format!("{verb} units of other packages")),
                Some(verb) => (CheckId::UnitControl, format!("{verb} units that only running tells")),
                None if ASKS.contains(&one.verb.as_str()) && is_known && one.by_itself => {
                    others.retain(|unit| asked.insert(bare(unit)));
                    (CheckId::UnitReference, "asks for units that the package does not bring".to_owned())
                }
                None => continue,
            };
            if others.is_empty() {
                continue;
            }
            let detail = format!("{what}: {}{}", listed(&others), one.finding.detail);
            let confidence = if is_known { one.finding.confidence } else { Confidence::Low };
            let required = one.must && MUST_BE_THERE.contains(&one.verb.as_str());
            let named = others.iter().filter(|unit| is_known && !unit.is_empty()).take(MOST_NAMED);
            let objects = named.map(|unit| Object::Unit { name: full(unit), required }).collect();
            said.add(Finding { check, detail, confidence, objects, ..one.finding.clone() });
        }
    }
}

/// A unit's name with its suffix; a service's is left out where people write it.
fn full(unit: &str) -> String {
    let own = unit.rsplit('/').next().unwrap_or(unit);
    let suffixes = [
        "service",
        "socket",
        "timer",
        "target",
        "mount",
        "path",
        "slice",
        "scope",
        "device",
        "swap",
        "automount",
    ];
    let has = own.rsplit_once('.').is_some_and(|(_, suffix)| suffixes.contains(&suffix));
    if has { own.to_owned() } else { format!("{own}.service") }
}

/// Units that every machine with systemd has.
fn is_standard(unit: &str) -> bool {
    let name = bare(unit);
    name.starts_with("systemd-")
        || matches!(name.as_str(), "dbus" | "dbus.socket" | "multi-user.target" | "default.target")
}
