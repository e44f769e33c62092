//! Units and services that scripts start, stop, enable or ask about.
//!
//! Which units are the package's own is known only when all of it was seen, so everything is said at the end: one line
//! for what happens to its own, which every package with a unit does, and a line for each that touches another's.

use std::collections::{BTreeMap, BTreeSet};

use super::verb::{ASKS, MACHINE, MUST_BE_THERE, acts, verb_told};
use super::{Line, Said, lines, listed};
use crate::check::{Check, Findings, Subject, folder};
use crate::finding::object::Object;
use crate::finding::{Activation, CheckId, Confidence, Finding, Trigger};
use crate::package::Claims;
use crate::shell::Command;

/// Things done to units that are remembered until the end.
const MOST: usize = 5_000;

/// Lines about other packages' units in one package.
const MOST_TOLD: usize = 40;
/// Units that a finding is about.
const MOST_NAMED: usize = 60;

/// The family.
#[derive(Default)]
pub(super) struct Units {
    packages: BTreeMap<String, Package>,
    count: usize,
}

/// What one package brings and does.
#[derive(Default)]
struct Package {
    name: Option<String>,
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
        let mut said = Said::default();
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
        said.finish().for_each(|finding| found.add(finding));
    }

    fn package(&mut self, claims: &Claims, _: &mut Findings) {
        let place = if claims.path.is_empty() { String::new() } else { format!("{}!/", claims.path) };
        if let Some(package) = self.packages.get_mut(&place) {
            package.name = claims.name.clone();
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
    /// Whether a unit is in the package, or is called like it, as those are that it brought once.
    fn is_own(&self, unit: &str) -> bool {
        let bare = bare(unit);
        let stem = |name: &str| name.split('.').next().map(str::to_owned);
        let called = |name: &str| {
            bare.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
        };
        self.own.iter().any(|own| stem(own) == stem(&bare)) || self.name.as_deref().is_some_and(called)
    }

    /// One line for all that happens to the package's own units.
    fn tell_own(&self, found: &mut Findings) {
        let (mut verbs, mut units, mut first) = (BTreeSet::new(), Vec::new(), None);
        let installs =
            |one: &&Done| one.finding.trigger == Some(Trigger::InstallTime) && one.finding.activation.acts();
        for one in self.done.iter().filter(installs) {
            let Some(verb) = verb_told(&one.verb) else { continue };
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

    /// What is done to units of other packages, and which others are asked for: a line for each script and verb.
    fn tell_others(&self, found: &mut Findings) {
        // Who restarts a unit asks for it first, which then says nothing more.
        let changed = self.done.iter().filter(|one| verb_told(&one.verb).is_some());
        let mut asked: BTreeSet<String> =
            changed.flat_map(|one| &one.units).flat_map(|unit| each(unit)).map(|unit| bare(&unit)).collect();
        let mut told: Vec<Told> = Vec::new();
        for one in &self.done {
            let Some((check, what, units)) = self.other(one, &mut asked) else { continue };
            let key = (check, what, one.finding.path.clone(), one.finding.activation.acts());
            let must = one.must && MUST_BE_THERE.contains(&one.verb.as_str());
            if let Some(other) = told.iter_mut().find(|other| other.key == key) {
                other.must |= must;
                let new: Vec<String> = units
                    .into_iter()
                    .filter(|unit| !other.units.iter().any(|known| bare(known) == bare(unit)))
                    .collect();
                other.units.extend(new);
            } else if told.len() < MOST_TOLD {
                told.push(Told { key, units, must, first: one.finding.clone() });
            }
        }
        told.into_iter().for_each(|one| found.add(one.finding()));
    }

    /// The units of others in what was done, and how it is told; `None` where there is nothing to tell.
    fn other(&self, one: &Done, asked: &mut BTreeSet<String>) -> Option<(CheckId, String, Vec<String>)> {
        let is_other = |unit: &String| !unit.is_empty() && !self.is_own(unit) && !is_standard(unit);
        let mut units: Vec<String> = one.units.iter().flat_map(|unit| each(unit)).filter(is_other).collect();
        let is_known = units.iter().all(|unit| is_known(unit));
        let (check, what) = match verb_told(&one.verb) {
            Some(verb) if is_known => (CheckId::UnitControl, format!("{verb} units of other packages")),
            Some(verb) => (CheckId::UnitControl, format!("{verb} units that only running tells")),
            None if ASKS.contains(&one.verb.as_str()) && is_known && one.by_itself => {
                units.retain(|unit| asked.insert(bare(unit)));
                (CheckId::UnitReference, "asks for units that the package does not bring".to_owned())
            }
            None => return None,
        };
        (!units.is_empty()).then_some((check, what, units))
    }
}

/// What is told of other packages' units in one line.
struct Told {
    key: (CheckId, String, String, bool),
    units: Vec<String>,
    must: bool,
    first: Finding,
}

impl Told {
    fn finding(self) -> Finding {
        let (check, what, ..) = self.key;
        let detail = format!("{what}: {}{}", listed(&self.units), self.first.detail);
        let all_known = self.units.iter().all(|unit| is_known(unit));
        let confidence = if all_known { self.first.confidence } else { Confidence::Low };
        let named = self.units.iter().filter(|unit| is_known(unit)).take(MOST_NAMED);
        let objects = named.map(|unit| Object::Unit { name: full(unit), required: self.must }).collect();
        Finding { check, detail, confidence, objects, ..self.first }
    }
}

fn is_known(unit: &str) -> bool {
    !unit.contains(['$', '`'])
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
