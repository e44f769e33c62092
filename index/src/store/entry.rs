//! Table `entry`: each thing that was said, and where its newest revision stands.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sqlx::Row as _;

use super::enrichment::Worst;
use super::{Connection, Db, Row, Sql, card, millis, moment};
use crate::entry::{Identity, Kind, Statement};
use crate::source::SourceId;

/// Rows written or asked for by one statement.
const ROWS: usize = 400;

/// What must be known of a recorded entry to tell whether a draft is new, revised or known.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) id: i64,
    pub(crate) digest: Vec<u8>,
    pub(crate) revisions: i64,
    pub(crate) revision_id: i64,
    pub(crate) group_id: i64,
}

/// A row about to be written.
pub(crate) struct Insert<'a> {
    pub(crate) id: i64,
    pub(crate) identity: Identity,
    pub(crate) source: SourceId,
    pub(crate) native_id: &'a str,
    pub(crate) kind: Kind,
    pub(crate) link: Option<&'a str>,
    pub(crate) vendor: Option<&'a str>,
    pub(crate) vendor_name: Option<&'a str>,
    pub(crate) statement: &'a Statement,
    pub(crate) now: Timestamp,
    pub(crate) revision_id: i64,
    pub(crate) digest: &'a [u8],
    pub(crate) group_id: i64,
    pub(crate) change: i64,
}

/// Those of the identities that are recorded.
pub(crate) async fn known(
    connection: &mut Connection,
    identities: &[Identity],
) -> sqlx::Result<HashMap<Identity, Known>> {
    let mut known = HashMap::with_capacity(identities.len());
    for some in identities.chunks(ROWS) {
        let mut sql = Sql::new(
            "SELECT identity, id, digest, revisions, revision_id, group_id FROM entry WHERE identity IN (",
        );
        let mut list = sql.separated(", ");
        for identity in some {
            list.push_bind(&identity.0[..]);
        }
        sql.push(")");
        for row in sql.build().fetch_all(&mut *connection).await? {
            let identity: Vec<u8> = row.try_get(0)?;
            let Ok(identity) = identity.try_into().map(Identity) else { continue };
            let found = Known {
                id: row.try_get(1)?,
                digest: row.try_get(2)?,
                revisions: row.try_get(3)?,
                revision_id: row.try_get(4)?,
                group_id: row.try_get(5)?,
            };
            known.insert(identity, found);
        }
    }
    Ok(known)
}

/// Writes new entries.
pub(crate) async fn insert(connection: &mut Connection, rows: &[Insert<'_>]) -> anyhow::Result<()> {
    for some in rows.chunks(ROWS) {
        let cards =
            some.iter().map(|row| card::encode(row.statement)).collect::<serde_json::Result<Vec<_>>>()?;
        let mut sql = Sql::new(
            "INSERT INTO entry (id, identity, source_id, native_id, kind, link, title, vendor, vendor_name, published, \
             updated, first_seen, last_revised, revisions, revision_id, digest, group_id, change, card) ",
        );
        sql.push_values(some.iter().zip(cards), |mut values, (row, card)| {
            values.push_bind(row.id).push_bind(&row.identity.0[..]).push_bind(row.source.0);
            values.push_bind(row.native_id).push_bind(row.kind.as_str()).push_bind(row.link);
            values.push_bind(row.statement.title.as_str()).push_bind(row.vendor).push_bind(row.vendor_name);
            values
                .push_bind(row.statement.published.map(millis))
                .push_bind(row.statement.updated.map(millis));
            values.push_bind(millis(row.now)).push_bind(millis(row.now)).push_bind(1_i64);
            values.push_bind(row.revision_id).push_bind(row.digest).push_bind(row.group_id);
            values.push_bind(row.change).push_bind(card);
        });
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Moves an entry to its new revision.
pub(crate) async fn revise(connection: &mut Connection, row: &Insert<'_>) -> anyhow::Result<()> {
    let mut sql = Sql::new("UPDATE entry SET revisions = revisions + 1, kind = ");
    sql.push_bind(row.kind.as_str()).push(", link = ").push_bind(row.link);
    sql.push(", title = ").push_bind(row.statement.title.as_str());
    sql.push(", vendor = ").push_bind(row.vendor).push(", vendor_name = ").push_bind(row.vendor_name);
    sql.push(", published = ").push_bind(row.statement.published.map(millis));
    sql.push(", updated = ").push_bind(row.statement.updated.map(millis));
    sql.push(", last_revised = ")
        .push_bind(millis(row.now))
        .push(", revision_id = ")
        .push_bind(row.revision_id);
    sql.push(", digest = ").push_bind(row.digest).push(", group_id = ").push_bind(row.group_id);
    sql.push(", card = ")
        .push_bind(card::encode(row.statement)?)
        .push(", change = ")
        .push_bind(row.change)
        .push(" WHERE id = ")
        .push_bind(row.id);
    sql.build().execute(connection).await?;
    Ok(())
}

/// What the full-text index reads of an entry.
pub(crate) struct Changed {
    pub(crate) id: i64,
    pub(crate) change: i64,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) source: String,
    pub(crate) vendor: Option<String>,
    pub(crate) vendor_name: Option<String>,
    pub(crate) dated: i64,
    pub(crate) group_id: i64,
    pub(crate) statement: String,
    pub(crate) mentions: String,
    pub(crate) body: String,
    /// What lists state about its identifiers; filled by [`super::enrichment::add_worst`].
    pub(crate) worst: Worst,
}

/// Up to `limit` entries that were written after `change`, in the order of their writing.
pub(crate) async fn changed_after(
    pool: &sqlx::Pool<Db>,
    change: i64,
    limit: i64,
) -> sqlx::Result<Vec<Changed>> {
    let mut sql = Sql::new(CHANGED);
    sql.push(" WHERE entry.change > ").push_bind(change);
    sql.push(" ORDER BY entry.change LIMIT ").push_bind(limit);
    sql.build().fetch_all(pool).await?.iter().map(changed).collect()
}

/// The texts of these entries as they are now.
pub(crate) async fn bodies(pool: &sqlx::Pool<Db>, entries: &[i64]) -> sqlx::Result<Vec<(i64, String)>> {
    let mut bodies = Vec::with_capacity(entries.len());
    for some in entries.chunks(ROWS) {
        let mut sql = Sql::new(
            "SELECT entry.id, revision.body FROM entry JOIN revision ON revision.id = entry.revision_id \
             WHERE entry.id IN (",
        );
        let mut list = sql.separated(", ");
        for entry in some {
            list.push_bind(*entry);
        }
        sql.push(")");
        for row in sql.build().fetch_all(pool).await? {
            bodies.push((row.try_get(0)?, row.try_get(1)?));
        }
    }
    Ok(bodies)
}

/// Where the list of vulnerabilities that are known to be exploited stands; its entries link there.
const EXPLOITED: &str = "https://www.cisa.gov/known-exploited-vulnerabilities-catalog%";

/// The groups that have an entry of the list of vulnerabilities that are known to be exploited.
pub(crate) async fn exploited(pool: &sqlx::Pool<Db>) -> sqlx::Result<HashSet<i64>> {
    let mut sql = Sql::new("SELECT group_id FROM entry WHERE vendor = ");
    sql.push_bind("cisa").push(" AND link LIKE ").push_bind(EXPLOITED);
    Ok(sql.build_query_scalar::<i64>().fetch_all(pool).await?.into_iter().collect())
}

/// What up to `limit` entries behind the entry `after` state, without their texts, by number.
pub(crate) async fn stated_after(
    pool: &sqlx::Pool<Db>,
    after: i64,
    limit: i64,
) -> sqlx::Result<Vec<(i64, String)>> {
    let mut sql = Sql::new(
        "SELECT entry.id, revision.statement FROM entry JOIN revision ON revision.id = entry.revision_id \
         WHERE entry.id > ",
    );
    sql.push_bind(after).push(" ORDER BY entry.id LIMIT ").push_bind(limit);
    let rows = sql.build().fetch_all(pool).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// What these entries say now.
pub(crate) async fn said(pool: &sqlx::Pool<Db>, entries: &[i64]) -> sqlx::Result<Vec<Changed>> {
    let mut said = Vec::with_capacity(entries.len());
    for some in entries.chunks(ROWS) {
        let mut sql = Sql::new(CHANGED);
        sql.push(" WHERE entry.id IN (");
        let mut list = sql.separated(", ");
        for entry in some {
            list.push_bind(*entry);
        }
        sql.push(")");
        let rows = sql.build().fetch_all(pool).await?;
        said.extend(rows.iter().map(changed).collect::<sqlx::Result<Vec<_>>>()?);
    }
    Ok(said)
}

/// The columns of [`Changed`], and the tables they come from.
const CHANGED: &str = "SELECT entry.id, entry.change, entry.kind, entry.title, source.slug, entry.vendor, entry.vendor_name, \
    COALESCE(entry.published, entry.first_seen), entry.group_id, revision.statement, revision.mentions, revision.body \
    FROM entry JOIN source ON source.id = entry.source_id JOIN revision ON revision.id = entry.revision_id";

fn changed(row: &Row) -> sqlx::Result<Changed> {
    Ok(Changed {
        id: row.try_get(0)?,
        change: row.try_get(1)?,
        kind: row.try_get(2)?,
        title: row.try_get(3)?,
        source: row.try_get(4)?,
        vendor: row.try_get(5)?,
        vendor_name: row.try_get(6)?,
        dated: row.try_get(7)?,
        group_id: row.try_get(8)?,
        statement: row.try_get(9)?,
        mentions: row.try_get(10)?,
        body: row.try_get(11)?,
        worst: Worst::default(),
    })
}

/// Entries written after `change`, and since when the oldest of them waits.
pub(crate) async fn behind(pool: &sqlx::Pool<Db>, change: i64) -> sqlx::Result<(u64, Option<Timestamp>)> {
    let mut sql = Sql::new("SELECT COUNT(*), MIN(last_revised) FROM entry WHERE change > ");
    let row = sql.push_bind(change).build().fetch_one(pool).await?;
    Ok((u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0), moment(row.try_get(1)?)))
}

/// Entries recorded; those of one vendor.
pub(crate) async fn count(pool: &sqlx::Pool<Db>, vendor: Option<&str>) -> sqlx::Result<u64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM entry");
    if let Some(vendor) = vendor {
        sql.push(" WHERE vendor = ").push_bind(vendor);
    }
    let count: i64 = sql.build_query_scalar().fetch_one(pool).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}
