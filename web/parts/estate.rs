//! An environment, what differs between two, and what of a package collides with one, in words for pages and terminal.

use index::collision::{Assessment, Kind, NotChecked};
use index::estate::compare::{Comparison, Difference};
use index::estate::facts::{Disk, Facts, Rule};
use index::estate::{Estate, Origin};

use super::package::size;
use crate::words::counted;

/// Lines of a section that are shown; the JSON has all of them.
const SHOWN: usize = 200;

/// One section of an environment.
pub(crate) struct SectionShown {
    pub(crate) name: &'static str,
    /// How much of it there is, in words; why nothing, where it is not known.
    pub(crate) said: String,
    pub(crate) origin: Option<String>,
    /// The first lines of it.
    pub(crate) lines: Vec<String>,
    /// How many more there are.
    pub(crate) more: Option<String>,
}

/// Every section of an environment, those that are not known included.
pub(crate) fn sections(estate: &Estate) -> Vec<SectionShown> {
    let facts = estate.facts();
    let all = lines(&facts);
    let section = |(name, origin): (&'static str, Option<&Origin>)| {
        let known = all.iter().find(|(section, _)| *section == name);
        let mut lines = known.map(|(_, lines)| lines.clone()).unwrap_or_default();
        let said = match (origin, lines.len()) {
            (None, _) => "not known".to_owned(),
            (Some(_), 0) => "none".to_owned(),
            (Some(_), number) => counted(number as u64, "line", "lines"),
        };
        let more = lines.len().saturating_sub(SHOWN);
        lines.truncate(SHOWN);
        let said = match partial(&facts, name) {
            Some(why) => format!("{said}; not all of them: {why}"),
            None => said,
        };
        let more = (more > 0).then(|| counted(more as u64, "more", "more"));
        SectionShown { name, said, origin: origin.map(ToString::to_string), lines, more }
    };
    estate.origins().into_iter().map(section).collect()
}

fn partial<'a>(facts: &'a Facts, section: &str) -> Option<&'a str> {
    match section {
        "products" => facts.partial.products.as_deref(),
        "units" => facts.partial.units.as_deref(),
        "listeners" => facts.partial.listeners.as_deref(),
        "sudo" => facts.partial.sudo.as_deref(),
        _ => None,
    }
}

/// What an import brings, in words: `312 products, 40 units`.
pub(crate) fn brought(facts: &Facts) -> String {
    let counted = |(name, lines): (&'static str, Vec<String>)| match (name, lines.len()) {
        ("os" | "machine", _) => format!("{name} ({})", lines.join(", ")),
        ("sudo", 0) => "sudo allows nothing".to_owned(),
        ("sudo", number) => counted(number as u64, "rule of sudo", "rules of sudo"),
        ("retired", number) => counted(number as u64, "retired host", "retired hosts"),
        // Their lines are those of their tables as well.
        ("databases", _) => {
            let number = facts.databases.as_ref().map_or(0, Vec::len);
            counted(number as u64, "database", "databases")
        }
        (_, number) => counted(number as u64, name.trim_end_matches('s'), name),
    };
    lines(facts).into_iter().map(counted).collect::<Vec<_>>().join(", ")
}

/// The sections that are known, each thing of them in one line.
fn lines(facts: &Facts) -> Vec<(&'static str, Vec<String>)> {
    fn each<T>(list: &Option<Vec<T>>, line: impl Fn(&T) -> String) -> Option<Vec<String>> {
        list.as_ref().map(|list| list.iter().map(line).collect())
    }
    let or = |word: &Option<String>| word.as_ref().map(|word| format!(" {word}")).unwrap_or_default();
    let os = facts
        .os
        .as_ref()
        .map(|os| vec![os.name.clone().unwrap_or_else(|| format!("{}{}", os.id, or(&os.version)))]);
    let machine = facts.machine.as_ref().map(|machine| {
        let named = [("kernel", &machine.kernel), ("", &machine.architecture), ("glibc", &machine.glibc)];
        let said = named.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?)));
        said.map(|said| said.trim().to_owned()).collect()
    });
    let sections = [
        ("os", os),
        ("machine", machine),
        ("disks", each(&facts.disks, disk)),
        ("products", each(&facts.products, |one| format!("{}{}", one.name, or(&one.version)))),
        ("units", each(&facts.units, |one| format!("{}{}", one.name, or(&one.state)))),
        (
            "listeners",
            each(&facts.listeners, |one| {
                let word = format!("{:?}", one.protocol).to_uppercase();
                format!("{word} {} port {}{}", one.address, one.port, or(&one.program))
            }),
        ),
        ("accounts", each(&facts.accounts, |one| format!("{} {}{}", one.name, one.id, or(&one.shell)))),
        ("groups", each(&facts.groups, |one| format!("{} {} {}", one.name, one.id, one.members.join(", ")))),
        ("sudo", each(&facts.sudo, rule)),
        ("hosts", each(&facts.hosts, |one| format!("{} {}", one.name, one.addresses.join(", ")))),
        (
            "retired",
            each(&facts.retired, |one| {
                let since = one.since.as_ref().map(|since| format!(" since {since}")).unwrap_or_default();
                let why = one.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
                format!("{}{since}{why}", one.name)
            }),
        ),
        ("databases", facts.databases.as_ref().map(|list| list.iter().flat_map(database).collect())),
    ];
    sections.into_iter().filter_map(|(name, lines)| Some((name, lines?))).collect()
}

fn disk(disk: &Disk) -> String {
    let of = disk.size.map(|all| format!(" of {}", size(all))).unwrap_or_default();
    format!("{}: {}{of} free", disk.mount, size(disk.free))
}

fn rule(rule: &Rule) -> String {
    let run_as = rule.run_as.as_ref().map(|name| format!(" as {name}")).unwrap_or_default();
    let freely = if rule.without_password { ", without a password" } else { "" };
    format!("{} may run {}{run_as}{freely}", rule.who, rule.command)
}

fn database(database: &index::estate::facts::Database) -> Vec<String> {
    let engine =
        [&database.engine, &database.version].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let mut lines = vec![format!("{} {engine}", database.name).trim().to_owned()];
    for table in database.tables.iter().flatten() {
        let rows = table.rows.map(|rows| format!(", {}", counted(rows, "row", "rows"))).unwrap_or_default();
        let bytes = table.bytes.map(|bytes| format!(", {}", size(bytes))).unwrap_or_default();
        let large = if table.is_large() == Some(true) { ", large" } else { "" };
        lines.push(format!("{}.{}{rows}{bytes}{large}", database.name, table.name));
    }
    lines
}

/// A difference in one line.
pub(crate) fn difference(found: &Difference, comparison: &Comparison) -> String {
    let side = |word: &Option<String>, name: &str| match word {
        Some(word) => format!("{word} in {name}"),
        None => format!("not in {name}"),
    };
    let (one, other) = (&comparison.one, &comparison.other);
    format!("{}: {}, {}", found.what, side(&found.one, one), side(&found.other, other))
}

/// What was not held against the estate, in as few lines as there are reasons.
pub(crate) fn not_checked(assessment: &Assessment) -> Vec<String> {
    if assessment.environment.is_none() {
        let kinds: Vec<&str> = assessment.not_checked.iter().map(|one| one.kind.as_str()).collect();
        return vec![format!("{}: there is no estate to hold them against", kinds.join(", "))];
    }
    assessment.not_checked.iter().map(|NotChecked { sentence, .. }| sentence.clone()).collect()
}

/// What was compared and collides with nothing, in words; nothing where there is no such kind.
pub(crate) fn quiet(assessment: &Assessment) -> Option<String> {
    assessment.environment.as_ref()?;
    let is_quiet = |kind: &&Kind| {
        !assessment.has(**kind) && !assessment.not_checked.iter().any(|one| one.kind == **kind)
    };
    let kinds: Vec<&str> = Kind::ALL.iter().filter(is_quiet).map(|kind| kind.as_str()).collect();
    (!kinds.is_empty()).then(|| kinds.join(", "))
}
