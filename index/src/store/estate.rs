//! Table `estate`.

use sqlx::Row as _;

use super::{Connection, Db, Sql, millis};
use crate::estate::Estate;

/// How hard estates are compressed: zstd's usual level.
const LEVEL: i32 = 3;

/// Records an environment in place of what was recorded of it.
pub(crate) async fn upsert(connection: &mut Connection, estate: &Estate) -> sqlx::Result<()> {
    let encode = |error: Box<dyn std::error::Error + Send + Sync>| sqlx::Error::Encode(error);
    let json = serde_json::to_vec(estate).map_err(|error| encode(error.into()))?;
    let facts = zstd::encode_all(json.as_slice(), LEVEL).map_err(|error| encode(error.into()))?;
    let mut sql = Sql::new("INSERT INTO estate (environment, updated, facts) VALUES (");
    let mut values = sql.separated(", ");
    values.push_bind(&estate.environment).push_bind(millis(estate.updated)).push_bind(facts);
    sql.push(") ON CONFLICT (environment) DO UPDATE SET updated = excluded.updated, facts = excluded.facts");
    sql.build().execute(connection).await?;
    Ok(())
}

/// Every environment, by name.
pub(crate) async fn list(pool: &sqlx::Pool<Db>) -> sqlx::Result<Vec<Estate>> {
    let mut sql = Sql::new("SELECT facts FROM estate ORDER BY environment");
    let rows = sql.build().fetch_all(pool).await?;
    rows.iter().map(|row| unpacked(&row.try_get::<Vec<u8>, _>("facts")?)).collect()
}

/// The names of the environments.
pub(crate) async fn names(pool: &sqlx::Pool<Db>) -> sqlx::Result<Vec<String>> {
    let mut sql = Sql::new("SELECT environment FROM estate ORDER BY environment");
    sql.build().fetch_all(pool).await?.iter().map(|row| row.try_get("environment")).collect()
}

/// One environment; read from within a change where it is about to be replaced.
pub(crate) async fn read<'c>(
    from: impl sqlx::Executor<'c, Database = Db>,
    environment: &str,
) -> sqlx::Result<Option<Estate>> {
    let mut sql = Sql::new("SELECT facts FROM estate WHERE environment = ");
    sql.push_bind(environment);
    let Some(row) = sql.build().fetch_optional(from).await? else { return Ok(None) };
    unpacked(&row.try_get::<Vec<u8>, _>("facts")?).map(Some)
}

/// Forgets one environment. Answers whether there was one.
pub(crate) async fn delete(connection: &mut Connection, environment: &str) -> sqlx::Result<bool> {
    let mut sql = Sql::new("DELETE FROM estate WHERE environment = ");
    sql.push_bind(environment);
    Ok(sql.build().execute(connection).await?.rows_affected() > 0)
}

fn unpacked(facts: &[u8]) -> sqlx::Result<Estate> {
    let decode = |error: Box<dyn std::error::Error + Send + Sync>| sqlx::Error::Decode(error);
    let reader = zstd::stream::read::Decoder::new(facts).map_err(|error| decode(error.into()))?;
    serde_json::from_reader(reader).map_err(|error| decode(error.into()))
}
