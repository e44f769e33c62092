//! SQLite: the record is one file, written through one connection and read through several.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use anyhow::{Context as _, bail};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Pool, Transaction};

use super::READERS;

pub(super) type Db = sqlx::Sqlite;

/// Whoever changes the record holds it alone.
pub(super) const SKIP_LEASED: &str = "";

/// Opens the file in the folder: the connection that writes, and those that read.
pub(super) async fn open(folder: &Path, address: Option<&str>) -> anyhow::Result<(Pool<Db>, Pool<Db>)> {
    if address.is_some() {
        bail!(
            "keep the record at an address: this build keeps it in a file; build with `--features postgres`"
        );
    }
    let file = folder.join("record.sqlite");
    let options = SqliteConnectOptions::from_str("sqlite://")
        .context("set up the record")?
        .filename(&file)
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(30))
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .page_size(16_384)
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "MEMORY")
        .pragma("wal_autocheckpoint", "4000");
    let reading = options.clone().read_only(true).pragma("query_only", "ON").pragma("cache_size", "-16384");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .with_context(|| format!("open the record {}", file.display()))?;
    Ok((writer, SqlitePoolOptions::new().max_connections(READERS).connect_lazy_with(reading)))
}

/// Begins a change; who comes second waits.
pub(super) async fn begin(writer: &Pool<Db>) -> sqlx::Result<Transaction<'static, Db>> {
    writer.begin_with("BEGIN IMMEDIATE").await
}

/// The migrations are written as SQLite reads them.
pub(super) fn dialect(migration: &str) -> String {
    migration.to_owned()
}
