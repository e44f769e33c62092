//! PostgreSQL: the record is shared by any number of processes, each with its own full-text index.

use std::path::Path;
use std::str::FromStr as _;

use anyhow::{Context as _, bail};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection, Pool, Transaction};

use super::READERS;

pub(super) type Db = sqlx::Postgres;

/// Rows that somebody else is leasing at this moment are passed over.
pub(super) const SKIP_LEASED: &str = " FOR UPDATE SKIP LOCKED";

/// The lock that a change holds: an arbitrary number that only this program takes.
const CHANGE: &str = "SELECT pg_advisory_xact_lock(7309453215)";

/// Connects to the address (`postgres://user:password@host/name`): one connection that writes, several that read.
pub(super) async fn open(_folder: &Path, address: Option<&str>) -> anyhow::Result<(Pool<Db>, Pool<Db>)> {
    let Some(address) = address else {
        bail!("find the record: this build keeps it in PostgreSQL; set FOREWARN_DATABASE to its address");
    };
    let options = PgConnectOptions::from_str(address).context("understand the address of the record")?;
    let at = format!("the record in PostgreSQL at {}", options.get_host());
    // A pool would try again for long, and then not say why.
    let first = PgConnection::connect_with(&options).await.with_context(|| format!("open {at}"))?;
    first.close().await.with_context(|| format!("open {at}"))?;
    let reading = options.clone().options([("default_transaction_read_only", "on")]);
    let writer = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .with_context(|| format!("open {at}"))?;
    Ok((writer, PgPoolOptions::new().max_connections(READERS).connect_lazy_with(reading)))
}

/// Begins a change; who comes second waits, as numbers must become visible in the order in which they were drawn.
pub(super) async fn begin(writer: &Pool<Db>) -> sqlx::Result<Transaction<'static, Db>> {
    let mut change = writer.begin().await?;
    sqlx::query(CHANGE).execute(&mut *change).await?;
    Ok(change)
}

/// SQLite keeps rows in the order of an INTEGER PRIMARY KEY; PostgreSQL's INTEGER has 32 bits only.
pub(super) fn dialect(migration: &str) -> String {
    migration.replace("INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY")
}
