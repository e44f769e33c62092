//! Table `delivery`: each revision that a subscription is to be told of, and the digest in which it was.

use std::collections::HashSet;

use sqlx::Row as _;

use super::{Connection, Db, Sql, counter};
use crate::digest::Pending;
use crate::entry::EntryId;
use crate::revision::Change;

/// Rows written or asked for by one statement.
const ROWS: usize = 400;

/// A row about to be written.
pub(crate) struct Insert<'a> {
    pub(crate) subscription: i64,
    pub(crate) entry: i64,
    pub(crate) revision: i64,
    pub(crate) changes: &'a str,
    pub(crate) unfiltered: Option<&'a str>,
}

/// Notes what subscriptions are to be told of.
pub(crate) async fn insert(connection: &mut Connection, rows: &[Insert<'_>]) -> sqlx::Result<()> {
    let mut id = counter::draw(connection, "delivery", rows.len()).await?;
    for some in rows.chunks(ROWS) {
        let mut sql =
            Sql::new("INSERT INTO delivery (id, subscription_id, entry_id, revision, changes, unfiltered) ");
        sql.push_values(some, |mut values, row| {
            values.push_bind(id).push_bind(row.subscription).push_bind(row.entry).push_bind(row.revision);
            values.push_bind(row.changes).push_bind(row.unfiltered);
            id += 1;
        });
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// What waits for a subscription's next digest: the newest `limit` of it, oldest first; the number of its last row; how
/// much it is in all.
pub(crate) async fn pending(
    pool: &sqlx::Pool<Db>,
    subscription: i64,
    limit: i64,
) -> anyhow::Result<(Vec<Pending>, i64, u64)> {
    const WAITING: &str = " FROM delivery WHERE digest_id IS NULL AND subscription_id = ";
    let mut sql = Sql::new("SELECT id, entry_id, revision, changes, unfiltered");
    sql.push(WAITING).push_bind(subscription).push(" ORDER BY id DESC LIMIT ").push_bind(limit);
    let rows = sql.build().fetch_all(pool).await?;
    let last = rows.first().map_or(Ok(0), |row| row.try_get(0))?;
    let mut pending = Vec::with_capacity(rows.len());
    for row in rows.iter().rev() {
        let changes: Vec<Change> = serde_json::from_str(&row.try_get::<String, _>(3)?)?;
        pending.push(Pending {
            entry: EntryId(row.try_get(1)?),
            revision: u32::try_from(row.try_get::<i64, _>(2)?).unwrap_or(u32::MAX),
            changes,
            unfiltered: row.try_get(4)?,
        });
    }
    let mut sql = Sql::new("SELECT COUNT(*)");
    sql.push(WAITING).push_bind(subscription).push(" AND id <= ").push_bind(last);
    let waiting: i64 = sql.build_query_scalar().fetch_one(pool).await?;
    Ok((pending, last, u64::try_from(waiting).unwrap_or(0)))
}

/// What waits for a subscription that has ended is not told any more.
pub(crate) async fn forget(connection: &mut Connection, subscription: i64) -> sqlx::Result<()> {
    let mut sql = Sql::new("DELETE FROM delivery WHERE digest_id IS NULL AND subscription_id = ");
    sql.push_bind(subscription).build().execute(connection).await?;
    Ok(())
}

/// Puts what waits, up to a row, into a digest.
pub(crate) async fn take(
    connection: &mut Connection,
    subscription: i64,
    last: i64,
    digest: i64,
) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE delivery SET digest_id = ");
    sql.push_bind(digest).push(" WHERE digest_id IS NULL AND subscription_id = ").push_bind(subscription);
    sql.push(" AND id <= ").push_bind(last).build().execute(connection).await?;
    Ok(())
}

/// Whether anything still waits for a subscription's next digest.
pub(crate) async fn waits(connection: &mut Connection, subscription: i64) -> sqlx::Result<bool> {
    let mut sql = Sql::new("SELECT id FROM delivery WHERE digest_id IS NULL AND subscription_id = ");
    let row = sql.push_bind(subscription).push(" LIMIT 1").build().fetch_optional(connection).await?;
    Ok(row.is_some())
}

/// Those of the groups of which a subscription was told before.
pub(crate) async fn told(
    pool: &sqlx::Pool<Db>,
    subscription: i64,
    groups: &[i64],
) -> sqlx::Result<HashSet<i64>> {
    let mut told = HashSet::new();
    for some in groups.chunks(ROWS) {
        let mut sql = Sql::new(
            "SELECT DISTINCT entry.group_id FROM delivery JOIN entry ON entry.id = delivery.entry_id \
             WHERE delivery.digest_id IS NOT NULL AND delivery.subscription_id = ",
        );
        sql.push_bind(subscription).push(" AND entry.group_id IN (");
        let mut list = sql.separated(", ");
        for group in some {
            list.push_bind(*group);
        }
        sql.push(")");
        told.extend(sql.build_query_scalar::<i64>().fetch_all(pool).await?);
    }
    Ok(told)
}

/// When a digest with an entry of this source was last sent to anybody; in milliseconds.
pub(crate) async fn last_sent(pool: &sqlx::Pool<Db>, source: &str) -> sqlx::Result<Option<i64>> {
    let mut sql = Sql::new(
        "SELECT MAX(outbox.sent) FROM delivery JOIN entry ON entry.id = delivery.entry_id \
         JOIN source ON source.id = entry.source_id JOIN outbox ON outbox.digest_id = delivery.digest_id \
         WHERE source.slug = ",
    );
    sql.push_bind(source).build_query_scalar().fetch_one(pool).await
}
