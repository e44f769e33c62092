//! Table `digest`: digests as they were made, read at an unguessable address.

use jiff::Timestamp;
use sqlx::Row as _;

use super::{Connection, Db, Sql, counter, millis};
use crate::digest::Digest;

/// Keeps a digest.
pub(crate) async fn insert(
    connection: &mut Connection,
    subscription: i64,
    token: &str,
    digest: &Digest,
    now: Timestamp,
) -> anyhow::Result<i64> {
    let id = counter::draw(connection, "digest", 1).await?;
    let mut sql = Sql::new("INSERT INTO digest (id, subscription_id, token, made, content) VALUES (");
    let mut values = sql.separated(", ");
    values.push_bind(id).push_bind(subscription).push_bind(token).push_bind(millis(now));
    values.push_bind(serde_json::to_string(digest)?);
    sql.push(")").build().execute(connection).await?;
    Ok(id)
}

/// A digest by the unguessable part of its address.
pub(crate) async fn read(pool: &sqlx::Pool<Db>, token: &str) -> anyhow::Result<Option<Digest>> {
    let mut sql = Sql::new("SELECT content FROM digest WHERE token = ");
    let Some(row) = sql.push_bind(token).build().fetch_optional(pool).await? else { return Ok(None) };
    Ok(Some(serde_json::from_str(&row.try_get::<String, _>(0)?)?))
}

/// A digest by its number, with the unguessable part of its address.
pub(crate) async fn numbered(pool: &sqlx::Pool<Db>, id: i64) -> anyhow::Result<Option<(String, Digest)>> {
    let mut sql = Sql::new("SELECT token, content FROM digest WHERE id = ");
    let Some(row) = sql.push_bind(id).build().fetch_optional(pool).await? else { return Ok(None) };
    Ok(Some((row.try_get(0)?, serde_json::from_str(&row.try_get::<String, _>(1)?)?)))
}
