//! Which lock an operation takes, and what happens under it.
//!
//! The rules carry the names that squawk and strong_migrations gave them; those of MySQL and Oracle have ours. Sources: the
//! pages on explicit locking and `ALTER TABLE` of PostgreSQL, on online DDL of InnoDB in MySQL, and of Oracle's SQL reference.

use super::engine::Engine;
use super::operation::{Column, Kind};

/// Why an operation holds up others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocking {
    /// The rule by its known name.
    pub rule: &'static str,
    /// The lock, by the engine's own name.
    pub lock: &'static str,
    /// What is done under it, one clause.
    pub why: &'static str,
}

const fn blocks(rule: &'static str, lock: &'static str, why: &'static str) -> Option<Blocking> {
    Some(Blocking { rule, lock, why })
}

/// What an operation blocks on a table that is in use and not empty; `None` where it takes its lock only for a moment.
#[must_use]
pub fn blocking(kind: Kind, engine: Engine) -> Option<Blocking> {
    match engine {
        Engine::PostgreSql => postgresql(kind),
        Engine::MySql => mysql(kind),
        Engine::Oracle => oracle(kind),
        // Whoever writes, locks the whole file; copies of tables are told by their statements.
        Engine::Sqlite => None,
        Engine::Any => any(kind),
    }
}

fn postgresql(kind: Kind) -> Option<Blocking> {
    const WHOLE: &str = "ACCESS EXCLUSIVE";
    match kind {
        Kind::AddColumn(column) => added(column),
        Kind::ChangeType => blocks(
            "changing-column-type",
            WHOLE,
            "the table and its indexes are written anew, unless the types are alike",
        ),
        Kind::SetNotNull => blocks("adding-not-nullable-field", WHOLE, "every row is read"),
        Kind::AddForeignKey(false) => blocks(
            "adding-foreign-key-constraint",
            "SHARE ROW EXCLUSIVE on both tables",
            "every row is checked; NOT VALID is missing",
        ),
        Kind::AddCheck(false) => {
            blocks("constraint-missing-not-valid", WHOLE, "every row is checked; NOT VALID is missing")
        }
        Kind::AddUnique(false) => {
            blocks("disallowed-unique-constraint", WHOLE, "its index is built meanwhile")
        }
        Kind::AddPrimaryKey(false) => {
            blocks("adding-serial-primary-key-field", WHOLE, "its index is built meanwhile")
        }
        Kind::CreateIndex(false) => blocks(
            "require-concurrent-index-creation",
            "SHARE",
            "nobody writes until it is built; CONCURRENTLY is missing",
        ),
        Kind::Rebuild("REINDEX") => blocks(
            "require-concurrent-reindex",
            "SHARE, and ACCESS EXCLUSIVE on the index",
            "nobody writes until it is built",
        ),
        Kind::Rebuild(_) => blocks("rewriting-table", WHOLE, "the table is written anew"),
        Kind::Truncate(true) => {
            blocks("ban-truncate-cascade", WHOLE, "every table that refers to it is emptied too")
        }
        Kind::DetachPartition(false) => {
            blocks("require-concurrent-partition-detach", WHOLE, "the whole parent is locked")
        }
        Kind::LockTable => {
            blocks("locking-table", "as the statement says", "the lock lasts until the transaction ends")
        }
        _ => None,
    }
}

fn added(column: Column) -> Option<Blocking> {
    const WHOLE: &str = "ACCESS EXCLUSIVE";
    if column.volatile {
        return blocks(
            "adding-field-with-default",
            WHOLE,
            "each row gets a value of its own, so the table is written anew",
        );
    }
    if column.required {
        return blocks(
            "adding-required-field",
            WHOLE,
            "it fails where the table has rows: NOT NULL without a default",
        );
    }
    if column.unique {
        return blocks("disallowed-unique-constraint", WHOLE, "its index is built meanwhile");
    }
    if column.refers && column.default {
        return blocks(
            "adding-foreign-key-constraint",
            "SHARE ROW EXCLUSIVE on both tables",
            "every row is checked",
        );
    }
    None
}

fn mysql(kind: Kind) -> Option<Blocking> {
    const SHARED: &str = "SHARED";
    match kind {
        Kind::ChangeType => blocks(
            "changing-column-type",
            SHARED,
            "a changed type copies the table, and nobody writes meanwhile",
        ),
        Kind::Convert => {
            blocks("converting-character-set", SHARED, "the table is copied, and nobody writes meanwhile")
        }
        Kind::ChangeEngine => {
            blocks("changing-engine", SHARED, "the table is copied, and nobody writes meanwhile")
        }
        Kind::AddForeignKey(_) => blocks(
            "adding-foreign-key-constraint",
            SHARED,
            "the table is copied unless foreign_key_checks is off",
        ),
        Kind::DropPrimaryKey => {
            blocks("dropping-primary-key", SHARED, "the table is copied, and nobody writes meanwhile")
        }
        Kind::AddPrimaryKey(_) => {
            blocks("adding-primary-key", "metadata, and a rebuild in place", "the table is written anew")
        }
        Kind::CreateFullText => blocks("adding-fulltext-index", SHARED, "nobody writes until it is built"),
        Kind::AddColumn(Column { volatile: true, .. }) => {
            blocks("adding-auto-increment", SHARED, "each row gets a number, so the table is written anew")
        }
        Kind::AddCheck(_) => {
            blocks("adding-check-constraint", SHARED, "the table is copied and every row checked")
        }
        Kind::SetNotNull => blocks(
            "adding-not-nullable-field",
            "metadata, and a rebuild in place",
            "the table is written anew",
        ),
        Kind::Rebuild(_) => {
            blocks("rewriting-table", "metadata, and a rebuild in place", "the table is written anew")
        }
        Kind::Asked("ALGORITHM=COPY") => {
            blocks("algorithm-copy", SHARED, "the statement itself asks for a copy of the table")
        }
        Kind::Asked(lock) => blocks("lock-clause", lock, "the statement itself asks for it"),
        Kind::LockTable => {
            blocks("locking-table", "as the statement says", "the lock lasts until UNLOCK TABLES")
        }
        _ => None,
    }
}

fn oracle(kind: Kind) -> Option<Blocking> {
    match kind {
        Kind::CreateIndex(false) => blocks(
            "require-concurrent-index-creation",
            "TM share",
            "nobody writes until it is built; ONLINE is missing",
        ),
        Kind::AddForeignKey(false) | Kind::AddCheck(false) => blocks(
            "constraint-missing-not-valid",
            "TM exclusive",
            "every row is checked; NOVALIDATE is missing",
        ),
        Kind::AddUnique(false) | Kind::AddPrimaryKey(false) => {
            blocks("disallowed-unique-constraint", "TM exclusive", "its index is built meanwhile")
        }
        Kind::ChangeType => {
            blocks("changing-column-type", "TM exclusive", "rows are checked or written anew")
        }
        Kind::Rebuild(_) => blocks("rewriting-table", "TM exclusive", "the table is written anew"),
        _ => None,
    }
}

/// What blocks on PostgreSQL or on MySQL, for what a framework writes for either.
fn any(kind: Kind) -> Option<Blocking> {
    match kind {
        Kind::ChangeType => blocks(
            "changing-column-type",
            "ACCESS EXCLUSIVE on PostgreSQL, SHARED on MySQL",
            "the table is written anew, unless the types are alike",
        ),
        Kind::Convert | Kind::ChangeEngine | Kind::Asked(_) | Kind::CreateFullText => mysql(kind),
        Kind::LockTable => postgresql(kind),
        _ => postgresql(kind).map(|blocking| match kind {
            Kind::CreateIndex(_) => Blocking { lock: "SHARE on PostgreSQL", ..blocking },
            Kind::AddForeignKey(_) => {
                Blocking { lock: "SHARE ROW EXCLUSIVE on PostgreSQL, SHARED on MySQL", ..blocking }
            }
            _ => Blocking { lock: "ACCESS EXCLUSIVE on PostgreSQL", ..blocking },
        }),
    }
}

/// The rule that an operation falls under which takes its lock only for a moment, and which still breaks whoever uses what
/// it removes or renames.
#[must_use]
pub fn breaking(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::DropColumn => Some("ban-drop-column"),
        Kind::DropTable => Some("ban-drop-table"),
        Kind::RenameColumn => Some("renaming-column"),
        Kind::RenameTable => Some("renaming-table"),
        Kind::DropNotNull => Some("ban-drop-not-null"),
        Kind::Truncate(_) => Some("truncating-table"),
        Kind::DropIndex(false) => Some("require-concurrent-index-deletion"),
        Kind::Backfill => Some("backfilling-in-migration"),
        _ => None,
    }
}
