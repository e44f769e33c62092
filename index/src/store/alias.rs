//! Table `alias`: which group an advisory identifier belongs to. Entries that share one are one group.

use std::collections::HashMap;

use sqlx::Row as _;

use super::{Connection, Sql};

const ROWS: usize = 500;

/// The groups of those identifiers that belong to one.
pub(crate) async fn groups(
    connection: &mut Connection,
    identifiers: &[&str],
) -> sqlx::Result<HashMap<String, i64>> {
    let mut groups = HashMap::with_capacity(identifiers.len());
    for some in identifiers.chunks(ROWS) {
        let mut sql = Sql::new("SELECT identifier, group_id FROM alias WHERE identifier IN (");
        let mut list = sql.separated(", ");
        for identifier in some {
            list.push_bind(*identifier);
        }
        sql.push(")");
        for row in sql.build().fetch_all(&mut *connection).await? {
            groups.insert(row.try_get(0)?, row.try_get(1)?);
        }
    }
    Ok(groups)
}

/// Puts identifiers into groups, also those that were in another one.
pub(crate) async fn assign(connection: &mut Connection, pairs: &[(&str, i64)]) -> sqlx::Result<()> {
    for some in pairs.chunks(ROWS) {
        let mut sql = Sql::new("INSERT INTO alias (identifier, group_id) ");
        sql.push_values(some, |mut row, (identifier, group)| {
            row.push_bind(*identifier).push_bind(*group);
        });
        sql.push(" ON CONFLICT (identifier) DO UPDATE SET group_id = excluded.group_id");
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Makes two groups one: identifiers and entries of `from` move to `into`. Answers how many entries moved; each of
/// them counts as changed, so that the full-text index follows.
pub(crate) async fn merge(connection: &mut Connection, from: i64, into: i64) -> sqlx::Result<u64> {
    let mut sql = Sql::new("UPDATE alias SET group_id = ");
    sql.push_bind(into).push(" WHERE group_id = ").push_bind(from);
    sql.build().execute(&mut *connection).await?;
    let mut sql = Sql::new("SELECT id FROM entry WHERE group_id = ");
    let moved: Vec<i64> = sql.push_bind(from).build_query_scalar().fetch_all(&mut *connection).await?;
    let first = super::counter::draw(connection, "change", moved.len()).await?;
    for (change, entry) in (first..).zip(&moved) {
        let mut sql = Sql::new("UPDATE entry SET group_id = ");
        sql.push_bind(into).push(", change = ").push_bind(change).push(" WHERE id = ").push_bind(*entry);
        sql.build().execute(&mut *connection).await?;
    }
    Ok(moved.len() as u64)
}
