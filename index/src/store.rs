//! The durable record: all SQL of the program, one file a table.
//!
//! SQLite, reached so that PostgreSQL can take its place: statements keep to what both accept, placeholders are left to
//! the query builder, numbers come from the `counter` table, moments are milliseconds in BIGINT columns, and only this
//! file names the database ([`Db`], how it is opened, [`dialect`]). Refuses to know how anything is shown or searched.

pub(crate) mod alias;
pub(crate) mod card;
pub(crate) mod counter;
pub(crate) mod entry;
pub(crate) mod revision;
pub(crate) mod round;
pub(crate) mod snapshot;
pub(crate) mod source;
pub(crate) mod vendor;

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, QueryBuilder, SqlSafeStr as _, Transaction};

/// The database that this build speaks to.
pub(crate) type Db = sqlx::Sqlite;
/// A row of it.
pub(crate) type Row = <Db as sqlx::Database>::Row;
/// One connection of it.
pub(crate) type Connection = <Db as sqlx::Database>::Connection;
/// A statement under construction.
pub(crate) type Sql = QueryBuilder<Db>;

/// Every migration, in order. A line is added; none is ever changed.
const MIGRATIONS: &[(i64, &str, &str)] = &[(1, "spine", include_str!("../migrations/0001_spine.sql"))];

/// Connections that read at the same time.
const READERS: u32 = 4;

/// The record: one connection that writes, several that read.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    writer: sqlx::Pool<Db>,
    reader: sqlx::Pool<Db>,
}

impl Store {
    /// Opens the record in a file, making it if need be, and brings its tables up to date.
    pub(crate) async fn open(file: &Path) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::from_str("sqlite://")
            .context("set up the record")?
            .filename(file)
            .create_if_missing(true)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(30))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .page_size(16_384)
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "MEMORY")
            .pragma("wal_autocheckpoint", "4000");
        let reading =
            options.clone().read_only(true).pragma("query_only", "ON").pragma("cache_size", "-16384");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
            .with_context(|| format!("open the record {}", file.display()))?;
        migrator().run(&writer).await.with_context(|| format!("bring {} up to date", file.display()))?;
        let reader = SqlitePoolOptions::new().max_connections(READERS).connect_lazy_with(reading);
        Ok(Self { writer, reader })
    }

    /// Where questions are asked.
    pub(crate) fn reader(&self) -> &sqlx::Pool<Db> {
        &self.reader
    }

    /// Begins a change: all of it is recorded, or none.
    pub(crate) async fn change(&self) -> anyhow::Result<Transaction<'static, Db>> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.context("begin a change of the record")
    }

    /// Writes everything to the file and lets go of it.
    pub(crate) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

fn migrator() -> Migrator {
    let migrations = MIGRATIONS.iter().map(|(version, name, text)| {
        let sql = AssertSqlSafe(dialect(text)).into_sql_str();
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// The one place where the two databases differ in spelling: SQLite keeps rows in the order of an INTEGER PRIMARY KEY,
/// while PostgreSQL's INTEGER has 32 bits only.
fn dialect(migration: &str) -> String {
    migration.to_owned()
}

/// A moment as the record keeps it: milliseconds since 1970.
pub(crate) fn millis(moment: Timestamp) -> i64 {
    moment.as_millisecond()
}

/// A moment as the record kept it; one that lies outside of what a calendar holds counts as none.
pub(crate) fn moment(millis: Option<i64>) -> Option<Timestamp> {
    millis.and_then(|millis| Timestamp::from_millisecond(millis).ok())
}
