//! The estate: what is so here, one environment each: system, products, units, listeners, accounts, sudo, hosts,
//! databases.
//!
//! Facts come in sections. A section that was never imported is `None`: not known, which is never the same as absent.
//! Every section keeps where it came from and when, and an import replaces the sections that it brings. Refuses to guess
//! what an import does not say.

/// What one section holds.
pub mod facts;
/// Versions of what runs here, looked for under the names that packages ask for.
pub mod runtime;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::facts::{
    Account, Database, Disk, Facts, Group, Host, Listener, Machine, Os, Partial, Product, Retired, Rule, Unit,
};

/// Letters of an environment's name at most.
const LONGEST_NAME: usize = 64;

/// Everything that is known of one environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estate {
    /// What it is called: `production`.
    pub environment: String,
    /// When something was last imported.
    pub updated: Timestamp,
    /// Which system runs.
    pub os: Option<Section<Os>>,
    /// Kernel, architecture, C library.
    pub machine: Option<Section<Machine>>,
    /// File systems with their room.
    pub disks: Option<Section<Vec<Disk>>>,
    /// Products with their versions.
    pub products: Option<Section<Vec<Product>>>,
    /// Units of systemd.
    pub units: Option<Section<Vec<Unit>>>,
    /// What listens.
    pub listeners: Option<Section<Vec<Listener>>>,
    /// Accounts.
    pub accounts: Option<Section<Vec<Account>>>,
    /// Groups.
    pub groups: Option<Section<Vec<Group>>>,
    /// What sudo allows; an empty list allows nothing.
    pub sudo: Option<Section<Vec<Rule>>>,
    /// Hosts that are there.
    pub hosts: Option<Section<Vec<Host>>>,
    /// Hosts that are no longer there.
    pub retired: Option<Section<Vec<Retired>>>,
    /// Databases with their tables.
    pub databases: Option<Section<Vec<Database>>>,
}

/// One section of an estate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section<T> {
    /// What is so.
    pub facts: T,
    /// Where that is known from.
    pub origin: Origin,
    /// Why the list is not whole, where it is not: what it does not name may be there all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<String>,
}

/// Where a section came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The file's name, or `standard input`.
    pub from: String,
    /// What it was read as: `dpkg -l`.
    pub format: String,
    /// When it was imported.
    pub at: Timestamp,
}

/// The origin as it stands behind a statement: "units.txt (systemctl list-unit-files, imported 2026-11-23)".
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, imported {})", self.from, self.format, self.at.strftime("%Y-%m-%d"))
    }
}

/// A name of an environment, as it stands in addresses and commands, or a sentence on what is wrong with it.
///
/// # Errors
/// When it is empty, longer than 64 letters, or has others than letters, digits, dots, dashes and underscores.
pub fn environment(typed: &str) -> Result<String, String> {
    let name = typed.trim();
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let starts = name.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    if !starts || name.len() > LONGEST_NAME || !name.chars().all(fits) {
        return Err("an environment is named by a word of letters, digits, dots, dashes and underscores, \
                    such as production"
            .to_owned());
    }
    Ok(name.to_owned())
}

/// Does something for every section, in the order in which people are shown them.
macro_rules! each_section {
    ($do:ident) => {
        $do!(
            os, machine, disks, products, units, listeners, accounts, groups, sudo, hosts, retired, databases
        )
    };
}

impl Estate {
    /// An environment of which nothing is known.
    #[must_use]
    pub fn new(environment: impl Into<String>, now: Timestamp) -> Self {
        Self {
            environment: environment.into(),
            updated: now,
            os: None,
            machine: None,
            disks: None,
            products: None,
            units: None,
            listeners: None,
            accounts: None,
            groups: None,
            sudo: None,
            hosts: None,
            retired: None,
            databases: None,
        }
    }

    /// Takes what an import brings: each section that it holds replaces the one that was known. Answers the names of those
    /// sections.
    pub fn take(&mut self, facts: Facts, origin: &Origin) -> Vec<&'static str> {
        let mut taken = Vec::new();
        let partial = facts.partial.clone();
        let why = |name: &str| match name {
            "products" => partial.products.clone(),
            "units" => partial.units.clone(),
            "listeners" => partial.listeners.clone(),
            "sudo" => partial.sudo.clone(),
            _ => None,
        };
        macro_rules! replace {
            ($($name:ident),*) => { $(
                if let Some(facts) = facts.$name {
                    let partial = why(stringify!($name));
                    self.$name = Some(Section { facts, origin: origin.clone(), partial });
                    taken.push(stringify!($name));
                }
            )* };
        }
        each_section!(replace);
        self.updated = origin.at;
        taken
    }

    /// What is known, without its origins: how it is written into an estate file.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let mut all = Facts::default();
        macro_rules! copy {
            ($($name:ident),*) => { $(
                all.$name = self.$name.as_ref().map(|section| section.facts.clone());
            )* };
        }
        each_section!(copy);
        let why = |section: Option<Option<String>>| section.flatten();
        all.partial = Partial {
            products: why(self.products.as_ref().map(|one| one.partial.clone())),
            units: why(self.units.as_ref().map(|one| one.partial.clone())),
            listeners: why(self.listeners.as_ref().map(|one| one.partial.clone())),
            sudo: why(self.sudo.as_ref().map(|one| one.partial.clone())),
        };
        all
    }

    /// Every section with its origin, `None` for what is not known.
    #[must_use]
    pub fn origins(&self) -> Vec<(&'static str, Option<&Origin>)> {
        macro_rules! list {
            ($($name:ident),*) => {
                vec![$((stringify!($name), self.$name.as_ref().map(|section| &section.origin))),*]
            };
        }
        each_section!(list)
    }
}
