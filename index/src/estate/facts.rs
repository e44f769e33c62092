//! What the sections of an estate hold, as imports bring it and as an estate file writes it.
//!
//! Unknown keys are refused: a fact under a misspelt name would be taken for one that is not known.

use inspect::finding::object::Protocol;
use serde::{Deserialize, Serialize};

/// Rows from which a table counts as large, where nobody says whether it is: rewriting a million rows takes longer than
/// most clients wait.
pub const LARGE_ROWS: u64 = 1_000_000;
/// Bytes from which it does.
pub const LARGE_BYTES: u64 = 1_000_000_000;

/// What one import brings, and how an estate file is written: every section that it holds, no other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// Why a list is not whole, by the name of its section.
    #[serde(skip_serializing_if = "Partial::is_empty")]
    pub partial: Partial,
    /// Which system runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<Os>,
    /// Kernel, architecture, C library.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// File systems with their room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disks: Option<Vec<Disk>>,
    /// Products with their versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub products: Option<Vec<Product>>,
    /// Units of systemd.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<Vec<Unit>>,
    /// What listens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listeners: Option<Vec<Listener>>,
    /// Accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<Account>>,
    /// Groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
    /// What sudo allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sudo: Option<Vec<Rule>>,
    /// Hosts that are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosts: Option<Vec<Host>>,
    /// Hosts that are no longer there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired: Option<Vec<Retired>>,
    /// Databases with their tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub databases: Option<Vec<Database>>,
}

/// Lists that are not whole, each with the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Partial {
    /// Why not every product is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub products: Option<String>,
    /// Why not every unit is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<String>,
    /// Why not every listener is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listeners: Option<String>,
    /// Why not every rule of sudo is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sudo: Option<String>,
}

impl Partial {
    /// Whether every list is whole.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Which system runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Os {
    /// The identifier, as os-release(5) has it: `debian`.
    pub id: String,
    /// The version: `12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The name for people: `Debian GNU/Linux 12 (bookworm)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Kernel, architecture, C library.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// The kernel's release, as `uname -r` writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// The architecture, as `uname -m` writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// The version of the GNU C library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub glibc: Option<String>,
}

/// A file system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    /// Where it is mounted.
    pub mount: String,
    /// Its size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Bytes that are free for everybody.
    pub free: u64,
}

/// A product.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its name in its ecosystem.
    pub name: String,
    /// Its version as that ecosystem writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The ecosystem, as OSV or a package URL names it: `Debian`, `npm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecosystem: Option<String>,
}

/// A unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its name with its suffix: `nginx.service`.
    pub name: String,
    /// Its state in the program's word: `enabled`, `masked`, `active`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// Something that listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listener {
    /// The address; `*`, `0.0.0.0` and `::` are all of them.
    pub address: String,
    /// The port.
    pub port: u16,
    /// The protocol.
    #[serde(default = "tcp")]
    pub protocol: Protocol,
    /// The program, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

fn tcp() -> Protocol {
    Protocol::Tcp
}

/// An account.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its number.
    pub id: u32,
    /// The number of its group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<u32>,
    /// Its home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// Its shell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shell: Option<String>,
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its number.
    pub id: u32,
    /// Accounts in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
}

/// A rule of sudo.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Who may.
    pub who: String,
    /// What: a program with or without arguments, `ALL`, or `!` and a program that is excepted.
    pub command: String,
    /// As whom.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub run_as: Option<String>,
    /// Whether without a password.
    #[serde(default)]
    pub without_password: bool,
}

/// A host that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// Its addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

/// A host that is no longer there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retired {
    /// Its name; `*.old.example` is every host below `old.example`.
    pub name: String,
    /// Other names and addresses that it had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Since when, in the words of whoever wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// Its engine: `postgresql`, `mysql`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// The engine's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its tables; `None` where nobody said which there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<Table>>,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name, with its schema where that matters.
    pub name: String,
    /// Rows in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Bytes that it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Whether it counts as large, where somebody says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub large: Option<bool>,
}

impl Table {
    /// Whether it is large: as somebody says, else from [`LARGE_ROWS`] or [`LARGE_BYTES`] on; `None` where nothing tells.
    #[must_use]
    pub fn is_large(&self) -> Option<bool> {
        let by_size = || {
            let rows = self.rows.map(|rows| rows >= LARGE_ROWS);
            let bytes = self.bytes.map(|bytes| bytes >= LARGE_BYTES);
            match (rows, bytes) {
                (None, None) => None,
                (rows, bytes) => Some(rows == Some(true) || bytes == Some(true)),
            }
        };
        self.large.or_else(by_size)
    }
}
