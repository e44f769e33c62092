//! The durable record: all SQL of the program, one file a table.
//!
//! One body of statements for SQLite and for PostgreSQL: they keep to what both accept, placeholders are left to the
//! query builder, numbers come from the `counter` table, moments are milliseconds in BIGINT columns. What differs
//! (the type, how it is opened, how a change begins) stands in `sqlite.rs` and `postgres.rs`; the feature `postgres`
//! chooses. Refuses to know how anything is shown or searched.

pub(crate) mod alias;
pub(crate) mod canary;
pub(crate) mod card;
pub(crate) mod counter;
pub(crate) mod decision;
pub(crate) mod delivery;
pub(crate) mod digest;
pub(crate) mod enrichment;
pub(crate) mod entry;
pub(crate) mod estate;
pub(crate) mod key;
pub(crate) mod key_change;
pub(crate) mod outbox;
pub(crate) mod package;
pub(crate) mod pin;
pub(crate) mod product;
pub(crate) mod revision;
pub(crate) mod round;
pub(crate) mod sighting;
pub(crate) mod snapshot;
pub(crate) mod source;
pub(crate) mod subscription;
pub(crate) mod tick;
pub(crate) mod vendor;
pub(crate) mod verdict;

// The database: one of the two is built.
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(not(feature = "postgres"))]
mod sqlite;

use std::path::Path;

use anyhow::Context as _;
use jiff::Timestamp;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, QueryBuilder, SqlSafeStr as _, Transaction};

#[cfg(feature = "postgres")]
use self::postgres as database;
#[cfg(not(feature = "postgres"))]
use self::sqlite as database;

/// The database that this build speaks to.
pub(crate) type Db = database::Db;
/// A row of it.
pub(crate) type Row = <Db as sqlx::Database>::Row;
/// One connection of it.
pub(crate) type Connection = <Db as sqlx::Database>::Connection;
/// A statement under construction.
pub(crate) type Sql = QueryBuilder<Db>;

/// Every migration, in order. A line is added; none is ever changed.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "spine", include_str!("../migrations/0001_spine.sql")),
    (2, "health", include_str!("../migrations/0002_health.sql")),
    (3, "enrichment", include_str!("../migrations/0003_enrichment.sql")),
    (4, "watch", include_str!("../migrations/0004_watch.sql")),
    (5, "product", include_str!("../migrations/0005_product.sql")),
    (6, "subscriptions", include_str!("../migrations/0006_subscriptions.sql")),
    (8, "package", include_str!("../migrations/0008_package.sql")),
    (9, "key", include_str!("../migrations/0009_key.sql")),
    (11, "estate", include_str!("../migrations/0011_estate.sql")),
    (12, "decision", include_str!("../migrations/0012_decision.sql")),
];

/// Connections that read at the same time.
const READERS: u32 = 4;

/// What is added to a query whose rows are about to be leased, so that two who lease at once take different rows.
pub(crate) const SKIP_LEASED: &str = database::SKIP_LEASED;

/// The record: one connection that writes, several that read.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    writer: sqlx::Pool<Db>,
    reader: sqlx::Pool<Db>,
}

impl Store {
    /// Opens the record, making it if need be, and brings its tables up to date: at `address` if the database is reached
    /// by one, else in `folder`.
    pub(crate) async fn open(folder: &Path, address: Option<&str>) -> anyhow::Result<Self> {
        let (writer, reader) = database::open(folder, address).await?;
        migrator().run(&writer).await.context("bring the record up to date")?;
        Ok(Self { writer, reader })
    }

    /// Where questions are asked.
    pub(crate) fn reader(&self) -> &sqlx::Pool<Db> {
        &self.reader
    }

    /// Begins a change: all of it is recorded, or none.
    pub(crate) async fn change(&self) -> anyhow::Result<Transaction<'static, Db>> {
        database::begin(&self.writer).await.context("begin a change of the record")
    }

    /// Writes everything to the file and lets go of it.
    pub(crate) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

fn migrator() -> Migrator {
    let migrations = MIGRATIONS.iter().map(|(version, name, text)| {
        let sql = AssertSqlSafe(database::dialect(text)).into_sql_str();
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// A moment as the record keeps it: milliseconds since 1970.
pub(crate) fn millis(moment: Timestamp) -> i64 {
    moment.as_millisecond()
}

/// A moment as the record kept it; one that lies outside of what a calendar holds counts as none.
pub(crate) fn moment(millis: Option<i64>) -> Option<Timestamp> {
    millis.and_then(|millis| Timestamp::from_millisecond(millis).ok())
}
