//! Rows of osquery, as `osqueryi --json` prints them: a table is told by its name or by its columns (osquery schema 5).

use std::collections::BTreeMap;
use std::fmt;

use inspect::finding::object::Protocol;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::json::Word;
use crate::estate::facts::{Account, Disk, Facts, Group, Listener, Os, Product, Unit};

/// A table that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    DebPackages,
    RpmPackages,
    PythonPackages,
    NpmPackages,
    Users,
    Groups,
    ListeningPorts,
    SystemdUnits,
    OsVersion,
    KernelInfo,
    Mounts,
}

/// Each table with its name and columns that it alone has.
const TABLES: [(Table, &str, &[&str]); 11] = [
    (Table::DebPackages, "deb_packages", &["name", "version", "revision"]),
    (Table::RpmPackages, "rpm_packages", &["name", "version", "release"]),
    (Table::PythonPackages, "python_packages", &["name", "version", "summary", "author"]),
    (Table::NpmPackages, "npm_packages", &["name", "version", "homepage"]),
    (Table::Users, "users", &["username", "uid"]),
    (Table::Groups, "groups", &["groupname", "gid"]),
    (Table::ListeningPorts, "listening_ports", &["port", "protocol", "address"]),
    (Table::SystemdUnits, "systemd_units", &["id", "load_state", "active_state"]),
    (Table::OsVersion, "os_version", &["name", "version", "platform"]),
    (Table::KernelInfo, "kernel_info", &["version", "arguments"]),
    (Table::Mounts, "mounts", &["path", "blocks_size", "blocks_available"]),
];

impl Table {
    pub(super) fn named(name: &str) -> Option<Self> {
        TABLES.into_iter().find(|(_, known, _)| *known == name).map(|(table, ..)| table)
    }

    pub(super) fn of(row: &Row) -> Option<Self> {
        let has_all = |columns: &[&str]| columns.iter().all(|column| row.0.contains_key(*column));
        TABLES.into_iter().find(|(.., columns)| has_all(columns)).map(|(table, ..)| table)
    }
}

/// One row: texts by column.
pub(super) struct Row(BTreeMap<String, String>);

/// Columns of a row that are kept; the widest table has some forty.
const COLUMNS: usize = 100;

impl<'de> serde::Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Columns)
    }
}

struct Columns;

impl<'de> Visitor<'de> for Columns {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row of osquery")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut row = BTreeMap::new();
        while let Some((column, value)) = map.next_entry::<String, Word>()? {
            if row.len() < COLUMNS {
                row.insert(super::shown(&column), value.0.unwrap_or_default());
            }
        }
        Ok(Row(row))
    }
}

/// Notes that a table was asked, so that a kind without rows is known to be absent.
pub(super) fn none(facts: &mut Facts, table: Table) {
    match table {
        Table::DebPackages | Table::RpmPackages | Table::PythonPackages | Table::NpmPackages => {
            facts.products.get_or_insert_default();
        }
        Table::Users => drop(facts.accounts.get_or_insert_default()),
        Table::Groups => drop(facts.groups.get_or_insert_default()),
        Table::ListeningPorts => drop(facts.listeners.get_or_insert_default()),
        Table::SystemdUnits | Table::OsVersion | Table::KernelInfo | Table::Mounts => {}
    }
}

/// Takes one row.
///
/// # Errors
/// When a number is none; the sentence names it.
pub(super) fn take(facts: &mut Facts, table: Table, row: &Row) -> Result<(), String> {
    let text = |column: &str| row.0.get(column).cloned().unwrap_or_default();
    let some = |column: &str| Some(text(column)).filter(|text| !text.is_empty());
    let number = |column: &str| {
        let word = text(column);
        word.parse::<u64>().map_err(|_| format!("the column {column} holds \"{word}\", which is no number"))
    };
    // Numbers of accounts are written as signed ones by some versions.
    let id = |column: &str| number(column).map(|id| u32::try_from(id).unwrap_or(u32::MAX));
    match table {
        Table::DebPackages | Table::RpmPackages | Table::PythonPackages | Table::NpmPackages => {
            facts.products.get_or_insert_default().extend(product(table, row));
        }
        Table::Users => facts.accounts.get_or_insert_default().push(Account {
            name: text("username"),
            id: id("uid")?,
            group: id("gid").ok(),
            home: some("directory"),
            shell: some("shell"),
        }),
        Table::Groups => {
            let members = Vec::new();
            facts.groups.get_or_insert_default().push(Group {
                name: text("groupname"),
                id: id("gid")?,
                members,
            });
        }
        Table::ListeningPorts => {
            facts.listeners.get_or_insert_default().extend(listener(row, number("port")?))
        }
        Table::SystemdUnits if text("load_state") != "not-found" => {
            let masked = text("load_state") == "masked";
            let state = if masked { Some("masked".to_owned()) } else { some("active_state") };
            facts.units.get_or_insert_default().push(Unit { name: text("id"), state });
            let why = "osquery's systemd_units names only loaded units; import systemctl list-unit-files";
            facts.partial.units = Some(why.to_owned());
        }
        Table::SystemdUnits => {}
        Table::OsVersion => {
            let id = some("platform").unwrap_or_else(|| text("name")).to_lowercase();
            facts.os = Some(Os { id, version: some("version"), name: some("name") });
        }
        Table::KernelInfo => {
            facts.machine.get_or_insert_default().kernel = some("version");
        }
        Table::Mounts if text("device").starts_with('/') => {
            let (block, free) = (number("blocks_size")?, number("blocks_available")?);
            let size = number("blocks")?.checked_mul(block);
            let free = block.checked_mul(free).ok_or("a disk is larger than any")?;
            facts.disks.get_or_insert_default().push(Disk { mount: text("path"), size, free });
        }
        Table::Mounts => {}
    }
    Ok(())
}

fn product(table: Table, row: &Row) -> Option<Product> {
    let text = |column: &str| row.0.get(column).filter(|text| !text.is_empty());
    let (name, version) = (text("name")?.clone(), text("version").cloned());
    let (ecosystem, version) = match table {
        Table::RpmPackages => {
            let epoch = text("epoch").filter(|epoch| *epoch != "0").map(|epoch| format!("{epoch}:"));
            let release = text("release").map(|release| format!("-{release}")).unwrap_or_default();
            ("rpm", version.map(|version| format!("{}{version}{release}", epoch.unwrap_or_default())))
        }
        Table::PythonPackages => ("pypi", version),
        Table::NpmPackages => ("npm", version),
        _ => ("deb", version),
    };
    Some(Product { name, version, ecosystem: Some(ecosystem.to_owned()) })
}

/// Sockets of the machine itself have port 0; the protocol is the number of IANA.
fn listener(row: &Row, port: u64) -> Option<Listener> {
    let text = |column: &str| row.0.get(column).filter(|text| !text.is_empty()).cloned();
    let port = u16::try_from(port).ok().filter(|port| *port > 0)?;
    let protocol = match text("protocol")?.as_str() {
        "6" => Protocol::Tcp,
        "17" => Protocol::Udp,
        _ => return None,
    };
    Some(Listener { address: text("address").unwrap_or_default(), port, protocol, program: text("name") })
}
