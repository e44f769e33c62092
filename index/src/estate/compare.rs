//! What differs between two environments: what a rehearsal on one would not show of the other.
//!
//! A section that is not known of one of them is not compared, which is said. Sizes differ only beyond a stated factor.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::facts::Table;
use super::{Estate, Section};

/// How many times larger a database's table must be before that is told, unless somebody says otherwise.
pub const FACTOR: u64 = 10;

/// Two environments side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The first one.
    pub one: String,
    /// The other one.
    pub other: String,
    /// How many times larger counts as different.
    pub factor: u64,
    /// What differs, a section each; sections without a difference are left out.
    pub parts: Vec<Part>,
    /// What could not be compared, a sentence each.
    pub not_compared: Vec<String>,
}

/// What differs in one section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The section in words.
    pub section: String,
    /// The differences.
    pub differences: Vec<Difference>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What differs: a product, a unit, an account.
    pub what: String,
    /// As it is in the first; `None` where it is not there.
    pub one: Option<String>,
    /// As it is in the other.
    pub other: Option<String>,
}

/// Things with everything that is said of each.
type Keyed = BTreeMap<String, BTreeSet<String>>;

/// Compares two environments.
#[must_use]
pub fn compare(one: &Estate, other: &Estate, factor: u64) -> Comparison {
    let factor = factor.max(2);
    let (parts, not_compared) = (Vec::new(), Vec::new());
    let named = (one.environment.clone(), other.environment.clone());
    let mut told = Comparison { one: named.0, other: named.1, factor, parts, not_compared };
    told.add("system", &one.os, &other.os, |os| {
        let words = [Some(os.id.clone()), os.version.clone()];
        keyed([("system", words.into_iter().flatten().collect::<Vec<_>>().join(" "))])
    });
    told.add("machine", &one.machine, &other.machine, |machine| {
        let facts =
            [("kernel", &machine.kernel), ("architecture", &machine.architecture), ("glibc", &machine.glibc)];
        keyed(facts.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))))
    });
    told.add("products", &one.products, &other.products, |products| {
        keyed(products.iter().map(|one| {
            let of = one.ecosystem.as_ref().map(|ecosystem| format!(" ({ecosystem})")).unwrap_or_default();
            (
                format!("{}{of}", one.name),
                one.version.clone().unwrap_or_else(|| "no version stated".to_owned()),
            )
        }))
    });
    told.add("units", &one.units, &other.units, |units| {
        let state = |state: &Option<String>| state.clone().unwrap_or_else(|| "there".to_owned());
        keyed(units.iter().map(|one| (one.name.clone(), state(&one.state))))
    });
    told.add("listeners", &one.listeners, &other.listeners, |listeners| {
        keyed(listeners.iter().map(|one| {
            let word = if one.protocol == inspect::finding::object::Protocol::Tcp { "TCP" } else { "UDP" };
            let by = one.program.as_ref().map(|program| format!(" by {program}")).unwrap_or_default();
            (format!("{word} {}", one.port), format!("{}{by}", one.address))
        }))
    });
    told.add("accounts", &one.accounts, &other.accounts, |accounts| {
        keyed(accounts.iter().map(|one| {
            let shell = one.shell.as_ref().map(|shell| format!(", {shell}")).unwrap_or_default();
            (one.name.clone(), format!("{}{shell}", one.id))
        }))
    });
    told.add("groups", &one.groups, &other.groups, |groups| {
        keyed(groups.iter().map(|one| (one.name.clone(), format!("{}: {}", one.id, one.members.join(", ")))))
    });
    told.add("sudo", &one.sudo, &other.sudo, |rules| {
        keyed(rules.iter().map(|rule| {
            let run_as = rule.run_as.as_deref().unwrap_or("root");
            let password = if rule.without_password { ", without a password" } else { "" };
            (format!("{}: {}", rule.who, rule.command), format!("as {run_as}{password}"))
        }))
    });
    told.add("retired hosts", &one.retired, &other.retired, |hosts| {
        keyed(
            hosts
                .iter()
                .map(|host| (host.name.clone(), host.since.clone().unwrap_or_else(|| "retired".to_owned()))),
        )
    });
    told.add("database engines", &one.databases, &other.databases, |databases| {
        keyed(databases.iter().map(|one| {
            let words = [one.engine.clone(), one.version.clone()];
            (one.name.clone(), words.into_iter().flatten().collect::<Vec<_>>().join(" "))
        }))
    });
    told.tables(one, other);
    told
}

impl Comparison {
    /// Whether nothing differs and everything was compared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.not_compared.is_empty()
    }

    fn add<T>(
        &mut self,
        section: &str,
        one: &Option<Section<T>>,
        other: &Option<Section<T>>,
        keyed: impl Fn(&T) -> Keyed,
    ) {
        let (Some(first), Some(second)) = (one, other) else {
            let of = match (one, other) {
                (None, None) => format!("{} and {}", self.one, self.other),
                (None, _) => self.one.clone(),
                _ => self.other.clone(),
            };
            self.not_compared.push(format!("{section}: nothing was imported about them of {of}"));
            return;
        };
        for (environment, partial) in [(&self.one, &first.partial), (&self.other, &second.partial)] {
            if let Some(why) = partial {
                self.not_compared.push(format!("{section} that are not listed of {environment}: {why}"));
            }
        }
        let differences = differences(&keyed(&first.facts), &keyed(&second.facts));
        self.push(section, differences);
    }

    fn push(&mut self, section: &str, differences: Vec<Difference>) {
        if !differences.is_empty() {
            self.parts.push(Part { section: section.to_owned(), differences });
        }
    }

    /// Tables whose sizes differ by more than the factor, and tables that one of the two does not have.
    fn tables(&mut self, one: &Estate, other: &Estate) {
        let (Some(first), Some(second)) = (sizes(one), sizes(other)) else { return };
        let mut names: Vec<&String> = first.keys().chain(second.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let mut found = Vec::new();
        for name in names {
            let (here, there) = (first.get(name).copied(), second.get(name).copied());
            let beyond = match (here, there) {
                (Some(here), Some(there)) => {
                    self.is_beyond(here.rows, there.rows) || self.is_beyond(here.bytes, there.bytes)
                }
                _ => true,
            };
            if beyond {
                found.push(Difference { what: name.clone(), one: here.map(said), other: there.map(said) });
            }
        }
        self.push("tables", found);
    }

    fn is_beyond(&self, one: Option<u64>, other: Option<u64>) -> bool {
        let (Some(one), Some(other)) = (one, other) else { return one.is_some() != other.is_some() };
        one.max(other) > one.min(other).max(1).saturating_mul(self.factor)
    }
}

/// The tables of every database of which they are listed.
fn sizes(estate: &Estate) -> Option<BTreeMap<String, &Table>> {
    let databases = &estate.databases.as_ref()?.facts;
    let tables = databases.iter().flat_map(|database| {
        let of = &database.name;
        database.tables.iter().flatten().map(move |table| (format!("{of}.{}", table.name), table))
    });
    Some(tables.collect())
}

fn said(table: &Table) -> String {
    let rows = table.rows.map(|rows| format!("{rows} rows"));
    let bytes = table.bytes.map(|bytes| format!("{bytes} bytes"));
    let all: Vec<String> = rows.into_iter().chain(bytes).collect();
    if all.is_empty() { "no size stated".to_owned() } else { all.join(", ") }
}

fn keyed(facts: impl IntoIterator<Item = (impl Into<String>, String)>) -> Keyed {
    let mut keyed = Keyed::new();
    for (what, said) in facts {
        keyed.entry(what.into()).or_default().insert(said);
    }
    keyed
}

fn differences(one: &Keyed, other: &Keyed) -> Vec<Difference> {
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let said = |of: &Keyed, name: &String| {
        of.get(name).map(|words| words.iter().cloned().collect::<Vec<_>>().join(", "))
    };
    let difference =
        |name: &String| Difference { what: name.clone(), one: said(one, name), other: said(other, name) };
    names.into_iter().map(difference).filter(|found| found.one != found.other).collect()
}
