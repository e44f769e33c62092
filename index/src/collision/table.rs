//! Schema changes on large tables without a bound on how long they wait for the lock.

use inspect::finding::CheckId;
use inspect::finding::object::Object;

use super::{Assessment, Case, Kind, is_acting};
use crate::estate::facts::{Database, Table};

pub(super) fn look(case: &Case<'_>, told: &mut Assessment) {
    let named = case.objects().any(|(_, object)| matches!(object, Object::Table { bounded: false, .. }));
    if !named && !case.findings.iter().any(|finding| is_acting(finding, &[CheckId::DbDdlBlocking])) {
        return;
    }
    let Some(databases) = case.known(&case.estate.databases, Kind::Table, "databases", told) else { return };
    let environment = &case.estate.environment;
    for (finding, object) in case.objects() {
        let Object::Table { name, engine, bounded: false } = object else { continue };
        let mut known = false;
        for (database, table) in named_so(&databases.facts, name, engine.as_deref()) {
            known = true;
            match table.is_large() {
                Some(false) => {}
                None => {
                    let which = format!("{} of {} in {environment}", table.name, database.name);
                    told.miss(Kind::Table, format!("whether the table {which} is large: nobody said"));
                }
                Some(true) => {
                    let does = format!(
                        "it changes the schema of {name} without a bound on how long it waits for the lock"
                    );
                    let estate = format!(
                        "{} of the database {} is large in {environment}{}",
                        table.name,
                        database.name,
                        size(table)
                    );
                    told.collide(Kind::Table, finding, &does, estate, &databases.origin);
                }
            }
        }
        // A list of tables that does not have this one says that there is none.
        let unlisted = databases.facts.iter().any(|one| one.tables.is_none() && fits(one, engine.as_deref()));
        if !known && unlisted {
            told.miss(
                Kind::Table,
                format!("whether the table {name} is large in {environment}: nobody said"),
            );
        }
    }
}

/// The tables of this name in databases of this engine.
fn named_so<'a>(
    databases: &'a [Database],
    name: &'a str,
    engine: Option<&'a str>,
) -> impl Iterator<Item = (&'a Database, &'a Table)> {
    let of_engine = databases.iter().filter(move |database| fits(database, engine));
    let tables =
        of_engine.flat_map(|database| database.tables.iter().flatten().map(move |table| (database, table)));
    tables.filter(move |(_, table)| is(&table.name, name))
}

fn fits(database: &Database, engine: Option<&str>) -> bool {
    match (database.engine.as_deref(), engine) {
        (Some(one), Some(other)) => family(one) == family(other),
        _ => true,
    }
}

/// Engines that take the same statements are one family.
fn family(engine: &str) -> String {
    let lower = engine.trim().to_ascii_lowercase();
    match lower.as_str() {
        "postgres" | "pg" | "pgsql" => "postgresql".to_owned(),
        "mariadb" | "percona" => "mysql".to_owned(),
        _ => lower,
    }
}

/// Whether two names mean one table: a name without a schema is in any.
fn is(one: &str, other: &str) -> bool {
    let (one, other) = (plain(one), plain(other));
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    if one.contains('.') && other.contains('.') { one == other } else { last(&one) == last(&other) }
}

fn plain(name: &str) -> String {
    name.chars().filter(|letter| !matches!(letter, '"' | '`' | '[' | ']')).collect::<String>().to_lowercase()
}

fn size(table: &Table) -> String {
    let rows = table.rows.map(|rows| format!("{rows} rows"));
    let bytes = table.bytes.map(|bytes| format!("{} MB", bytes / 1_000_000));
    let both: Vec<String> = rows.into_iter().chain(bytes).collect();
    if both.is_empty() { String::new() } else { format!(" ({})", both.join(", ")) }
}
