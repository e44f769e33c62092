//! Numbers, drawn in order.
//!
//! A row of `counter` is locked by whoever draws from it until that change is recorded, so numbers become visible in
//! the order in which they were drawn. The full-text index relies on this for `change`.

use sqlx::Row as _;

use super::{Connection, Sql};

/// Draws `count` numbers and answers the first of them.
pub(crate) async fn draw(connection: &mut Connection, name: &str, count: usize) -> sqlx::Result<i64> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let mut sql = Sql::new("UPDATE counter SET value = value + ");
    sql.push_bind(count).push(" WHERE name = ").push_bind(name).push(" RETURNING value");
    let last: i64 = sql.build().fetch_one(connection).await?.try_get(0)?;
    Ok(last - count + 1)
}

/// The last number drawn.
pub(crate) async fn last(pool: &sqlx::Pool<super::Db>, name: &str) -> sqlx::Result<i64> {
    let mut sql = Sql::new("SELECT value FROM counter WHERE name = ");
    sql.push_bind(name).build_query_scalar().fetch_one(pool).await
}

/// Moves a number on from where it was last seen. Answers whether it was still there.
pub(crate) async fn advance(
    connection: &mut Connection,
    name: &str,
    from: i64,
    to: i64,
) -> sqlx::Result<bool> {
    let mut sql = Sql::new("UPDATE counter SET value = ");
    sql.push_bind(to).push(" WHERE name = ").push_bind(name).push(" AND value = ").push_bind(from);
    Ok(sql.build().execute(connection).await?.rows_affected() > 0)
}
