//! Table `revision`: what an entry said at each time. Rows are added, never changed.

use sqlx::Row as _;

use super::{Connection, Db, Row, Sql, moment};
use crate::mention::Mention;
use crate::revision::{Change, Revision};

/// Rows written by one statement.
const ROWS: usize = 200;

/// A row about to be written.
pub(crate) struct Insert<'a> {
    pub(crate) id: i64,
    pub(crate) entry_id: i64,
    pub(crate) number: i64,
    pub(crate) seen: i64,
    pub(crate) snapshot: &'a [u8],
    pub(crate) changes: &'a [Change],
    pub(crate) statement: &'a str,
    pub(crate) mentions: &'a [Mention],
    pub(crate) body: &'a str,
}

/// What a revision says.
pub(crate) struct Said {
    pub(crate) revision: Revision,
    pub(crate) statement: String,
    pub(crate) mentions: String,
    pub(crate) body: String,
}

/// Writes revisions.
pub(crate) async fn insert(connection: &mut Connection, rows: &[Insert<'_>]) -> anyhow::Result<()> {
    for some in rows.chunks(ROWS) {
        let mut encoded = Vec::with_capacity(some.len());
        for row in some {
            encoded.push((
                row,
                serde_json::to_string(row.changes)?,
                crate::prepare::encode_mentions(row.mentions)?,
            ));
        }
        let mut sql = Sql::new(
            "INSERT INTO revision (id, entry_id, number, seen, snapshot, changes, statement, mentions, body) ",
        );
        sql.push_values(encoded, |mut values, (row, changes, mentions)| {
            values.push_bind(row.id).push_bind(row.entry_id).push_bind(row.number).push_bind(row.seen);
            values.push_bind(row.snapshot).push_bind(changes).push_bind(row.statement);
            values.push_bind(mentions).push_bind(row.body);
        });
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

fn revision(row: &Row) -> anyhow::Result<Revision> {
    Ok(Revision {
        number: u32::try_from(row.try_get::<i64, _>("number")?)?,
        seen: moment(row.try_get("seen")?).unwrap_or(jiff::Timestamp::UNIX_EPOCH),
        changes: serde_json::from_str(&row.try_get::<String, _>("changes")?)?,
        snapshot: hex::encode(row.try_get::<Vec<u8>, _>("snapshot")?),
    })
}

/// Every revision of an entry, newest first.
pub(crate) async fn list(pool: &sqlx::Pool<Db>, entry: i64) -> anyhow::Result<Vec<Revision>> {
    let mut sql = Sql::new("SELECT number, seen, changes, snapshot FROM revision WHERE entry_id = ");
    sql.push_bind(entry).push(" ORDER BY number DESC");
    sql.build().fetch_all(pool).await?.iter().map(revision).collect()
}

/// One revision of an entry with everything it says.
pub(crate) async fn read(pool: &sqlx::Pool<Db>, entry: i64, number: u32) -> anyhow::Result<Option<Said>> {
    let mut sql = Sql::new(
        "SELECT number, seen, changes, snapshot, statement, mentions, body FROM revision WHERE entry_id = ",
    );
    sql.push_bind(entry).push(" AND number = ").push_bind(i64::from(number));
    let Some(row) = sql.build().fetch_optional(pool).await? else { return Ok(None) };
    Ok(Some(Said {
        revision: revision(&row)?,
        statement: row.try_get("statement")?,
        mentions: row.try_get("mentions")?,
        body: row.try_get("body")?,
    }))
}

/// What a revision says, by its number in the record: statement and text.
pub(crate) async fn said(connection: &mut Connection, id: i64) -> sqlx::Result<(String, String)> {
    let mut sql = Sql::new("SELECT statement, body FROM revision WHERE id = ");
    let row = sql.push_bind(id).build().fetch_one(connection).await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// Revisions recorded.
pub(crate) async fn count(pool: &sqlx::Pool<Db>) -> sqlx::Result<u64> {
    let count: i64 = Sql::new("SELECT COUNT(*) FROM revision").build_query_scalar().fetch_one(pool).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// A revision that has not been held against the standing queries.
pub(crate) struct Fresh {
    pub(crate) id: i64,
    pub(crate) entry: i64,
    pub(crate) source: i64,
    pub(crate) number: i64,
    pub(crate) changes: String,
}

/// Up to `limit` revisions that were written after `id`, in the order of their writing.
pub(crate) async fn after(pool: &sqlx::Pool<Db>, id: i64, limit: i64) -> sqlx::Result<Vec<Fresh>> {
    let mut sql = Sql::new(
        "SELECT revision.id, entry_id, number, changes, source_id FROM revision JOIN entry ON entry.id = entry_id \
         WHERE revision.id > ",
    );
    sql.push_bind(id).push(" ORDER BY revision.id LIMIT ").push_bind(limit);
    let fresh = |row: &Row| {
        let (id, entry) = (row.try_get(0)?, row.try_get(1)?);
        Ok(Fresh { id, entry, number: row.try_get(2)?, changes: row.try_get(3)?, source: row.try_get(4)? })
    };
    sql.build().fetch_all(pool).await?.iter().map(fresh).collect()
}
