//! Whether a file takes part in an upgrade of a schema, by the habits of the ecosystems: its folders and its name.

/// What a file that changes schemas is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// It brings a database that is in use from one version to the next.
    Upgrade,
    /// It fills an empty database.
    Install,
    /// Neither is said.
    Unsaid,
    /// It takes an upgrade back; nobody runs it by itself.
    Back,
}

/// Words of folders and names that stand for an upgrade.
const UPGRADE: [&str; 18] = [
    "upgrade",
    "upgrades",
    "update",
    "updates",
    "migration",
    "migrations",
    "migrate",
    "migrator",
    "patch",
    "patches",
    "archives",
    "changelog",
    "changelogs",
    "deltas",
    "updater",
    "alembic",
    "upgrading",
    "schema_updates",
];
const INSTALL: [&str; 12] = [
    "install",
    "installation",
    "create",
    "schema",
    "schemas",
    "initial",
    "init",
    "setup",
    "structure",
    "tables",
    "initdb",
    "bootstrap",
];
const BACK: [&str; 6] = ["down", "downgrade", "downgrades", "rollback", "undo", "revert"];

/// Tells it by the path.
pub(super) fn purpose(path: &str) -> Purpose {
    let lower = path.to_ascii_lowercase();
    let own = lower.rsplit('/').next().unwrap_or(&lower);
    let words = |text: &str, wanted: &[&str]| {
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .any(|part| wanted.contains(&part) || part.split('_').any(|word| wanted.contains(&word)))
    };
    // "down" is a word of many names; of folders and at the end of a name it means the way back.
    let stem = own.rsplit_once('.').map_or(own, |(stem, _)| stem);
    let is_back = stem.rsplit(['.', '_', '-']).next().is_some_and(|last| BACK.contains(&last))
        || lower.split('/').rev().skip(1).take(2).any(|folder| BACK.contains(&folder));
    if is_back {
        Purpose::Back
    } else if words(own, &UPGRADE) || between_versions(own) {
        Purpose::Upgrade
    } else if words(own, &INSTALL) && !words(&lower, &["migrations", "migration"]) {
        Purpose::Install
    } else if words(&lower, &UPGRADE) || lower.contains("/db_patches/") {
        Purpose::Upgrade
    } else if words(&lower, &INSTALL) {
        Purpose::Install
    } else {
        Purpose::Unsaid
    }
}

/// Names that lead from one version to another: `3.4.0_to_4.1.0_schema.sql`, `V2__hops.sql`.
fn between_versions(own: &str) -> bool {
    let begins_with_number = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    let mut parts = own.split(['_', '-']);
    let leads = own.contains("_to_") || own.contains("-to-");
    let flyway = own.strip_prefix('v').is_some_and(begins_with_number) && own.contains("__");
    leads && (parts.any(begins_with_number) || own.contains('.')) || flyway
}

/// Whether a file without a suffix that means something is SQL, by its first words.
pub(super) fn looks_like_sql(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| {
        !line.is_empty() && !["--", "#", "/*", "*", "\\"].iter().any(|start| line.starts_with(start))
    });
    let first = first.unwrap_or_default().to_ascii_uppercase();
    const STARTS: [&str; 14] = [
        "ALTER",
        "CREATE",
        "DROP",
        "INSERT",
        "UPDATE",
        "DELETE",
        "SET",
        "BEGIN",
        "START TRANSACTION",
        "DELIMITER",
        "LOCK TABLE",
        "RENAME TABLE",
        "DO $",
        "TRUNCATE",
    ];
    STARTS.iter().any(|start| begins_with(&first, start))
}

/// Whether a text begins with these words, and not with longer ones.
pub(super) fn begins_with(text: &str, words: &str) -> bool {
    let is_within = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.strip_prefix(words).is_some_and(|rest| words.ends_with('$') || !rest.starts_with(is_within))
}

#[cfg(test)]
mod tests {
    use super::{Purpose, purpose};

    #[test]
    fn a_path_tells_an_upgrade_from_an_installation() {
        for (path, expected) in [
            ("usr/share/dbconfig-common/data/relay/upgrade/pgsql/7.2.0", Purpose::Upgrade),
            ("usr/share/dbconfig-common/data/relay/install/pgsql", Purpose::Install),
            ("schema/3.4.0_to_4.1.0_schema.mysql.sql", Purpose::Upgrade),
            ("schema/schema.mysql.sql", Purpose::Install),
            ("maintenance/archives/patch-hops.sql", Purpose::Upgrade),
            ("db/migration/V2__hops.sql", Purpose::Upgrade),
            ("relay/migrations/0001_initial.py", Purpose::Upgrade),
            ("db/migrations/0002_hops.down.sql", Purpose::Back),
            ("migrations/down/0002.sql", Purpose::Back),
            ("share/relay/double.sql", Purpose::Unsaid),
            ("bin/update_relay_tables", Purpose::Upgrade),
        ] {
            assert_eq!(purpose(path), expected, "{path}");
        }
    }
}
