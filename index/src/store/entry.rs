//! Table `entry`: each thing that was said, and where its newest revision stands.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::Row as _;

use super::{Connection, Db, Row, Sql, millis, moment};
use crate::answer::Card;
use crate::entry::{EntryId, Identity, Kind, Statement};
use crate::prepare::restore;
use crate::source::{SourceId, Standing};

/// Rows written or asked for by one statement.
const ROWS: usize = 400;

/// Products that a card shows.
const AFFECTED_SHOWN: usize = 4;

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
pub(crate) async fn insert(connection: &mut Connection, rows: &[Insert<'_>]) -> sqlx::Result<()> {
    for some in rows.chunks(ROWS) {
        let mut sql = Sql::new(
            "INSERT INTO entry (id, identity, source_id, native_id, kind, link, title, vendor, vendor_name, published, \
             updated, first_seen, last_revised, revisions, revision_id, digest, group_id, change) ",
        );
        sql.push_values(some, |mut values, row| {
            values.push_bind(row.id).push_bind(&row.identity.0[..]).push_bind(row.source.0);
            values.push_bind(row.native_id).push_bind(row.kind.as_str()).push_bind(row.link);
            values.push_bind(row.statement.title.as_str()).push_bind(row.vendor).push_bind(row.vendor_name);
            values
                .push_bind(row.statement.published.map(millis))
                .push_bind(row.statement.updated.map(millis));
            values.push_bind(millis(row.now)).push_bind(millis(row.now)).push_bind(1_i64);
            values
                .push_bind(row.revision_id)
                .push_bind(row.digest)
                .push_bind(row.group_id)
                .push_bind(row.change);
        });
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Moves an entry to its new revision.
pub(crate) async fn revise(connection: &mut Connection, row: &Insert<'_>) -> sqlx::Result<()> {
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
    sql.push(", change = ").push_bind(row.change).push(" WHERE id = ").push_bind(row.id);
    sql.build().execute(connection).await?;
    Ok(())
}

/// Where the columns of a card come from; the newest revision is `revision`, the source `source`.
pub(crate) const CARD: &str = "entry.id, entry.kind, entry.title, entry.link, entry.vendor, entry.vendor_name, \
    entry.published, entry.updated, entry.first_seen, entry.last_revised, entry.revisions, entry.group_id, \
    entry.native_id, source.slug AS source_slug, source.name AS source_name, source.standing, revision.statement";

/// The tables behind [`CARD`].
pub(crate) const CARD_TABLES: &str = " FROM entry JOIN source ON source.id = entry.source_id \
    JOIN revision ON revision.id = entry.revision_id ";

/// A card as the record has it.
pub(crate) fn card(row: &Row) -> anyhow::Result<Card> {
    let statement = restore(&row.try_get::<String, _>("statement")?, String::new())?;
    let (kind, standing): (String, String) = (row.try_get("kind")?, row.try_get("standing")?);
    let (first_seen, last_revised) =
        (moment(row.try_get("first_seen")?), moment(row.try_get("last_revised")?));
    let affected_count = u32::try_from(statement.affected.len()).unwrap_or(u32::MAX);
    Ok(Card {
        id: EntryId(row.try_get("id")?),
        kind: Kind::from_word(&kind)
            .ok_or_else(|| anyhow::anyhow!("understand the kind of entry \"{kind}\""))?,
        title: row.try_get("title")?,
        link: row.try_get("link")?,
        vendor: row.try_get("vendor")?,
        vendor_name: row.try_get("vendor_name")?,
        source: row.try_get("source_slug")?,
        source_name: row.try_get("source_name")?,
        standing: Standing::from_word(&standing).unwrap_or_default(),
        published: moment(row.try_get("published")?),
        updated: moment(row.try_get("updated")?),
        first_seen: first_seen.unwrap_or(Timestamp::UNIX_EPOCH),
        last_revised: last_revised.unwrap_or(Timestamp::UNIX_EPOCH),
        revisions: u32::try_from(row.try_get::<i64, _>("revisions")?).unwrap_or(u32::MAX),
        status: statement.status,
        severity: statement.severity,
        identifiers: statement.identifiers,
        affected: statement.affected.into_iter().take(AFFECTED_SHOWN).collect(),
        affected_count,
    })
}

/// The cards of entries that fulfil a condition, with the group of each.
async fn cards(pool: &sqlx::Pool<Db>, sql: &mut Sql) -> anyhow::Result<Vec<(Card, i64)>> {
    let rows = sql.build().fetch_all(pool).await?;
    rows.iter().map(|row| Ok((card(row)?, row.try_get("group_id")?))).collect()
}

fn select_cards() -> Sql {
    let mut sql = Sql::new("SELECT ");
    sql.push(CARD).push(CARD_TABLES);
    sql
}

/// One entry.
pub(crate) async fn read(pool: &sqlx::Pool<Db>, id: EntryId) -> anyhow::Result<Option<(Card, i64, String)>> {
    let mut sql = select_cards();
    sql.push("WHERE entry.id = ").push_bind(id.0);
    let Some(row) = sql.build().fetch_optional(pool).await? else { return Ok(None) };
    Ok(Some((card(&row)?, row.try_get("group_id")?, row.try_get("native_id")?)))
}

/// Entries with their texts, in no particular order.
pub(crate) async fn with_texts(
    pool: &sqlx::Pool<Db>,
    ids: &[i64],
) -> anyhow::Result<Vec<(Card, i64, String)>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(CARD).push(", revision.body").push(CARD_TABLES).push("WHERE entry.id IN (");
    let mut list = sql.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    sql.push(")");
    let rows = sql.build().fetch_all(pool).await?;
    rows.iter().map(|row| Ok((card(row)?, row.try_get("group_id")?, row.try_get("body")?))).collect()
}

/// Entries of groups, newest first.
pub(crate) async fn of_groups(pool: &sqlx::Pool<Db>, groups: &[i64]) -> anyhow::Result<Vec<(Card, i64)>> {
    let mut sql = select_cards();
    sql.push("WHERE entry.group_id IN (");
    let mut list = sql.separated(", ");
    for group in groups {
        list.push_bind(*group);
    }
    sql.push(") ORDER BY entry.last_revised DESC, entry.id DESC");
    cards(pool, &mut sql).await
}

/// The entries that were new or revised last, newest first, all or of one vendor.
pub(crate) async fn newest(
    pool: &sqlx::Pool<Db>,
    vendor: Option<&str>,
    count: u32,
) -> anyhow::Result<Vec<Card>> {
    let mut sql = select_cards();
    if let Some(vendor) = vendor {
        sql.push("WHERE entry.vendor = ").push_bind(vendor);
    }
    sql.push(" ORDER BY entry.last_revised DESC, entry.id DESC LIMIT ").push_bind(i64::from(count));
    Ok(cards(pool, &mut sql).await?.into_iter().map(|(card, _)| card).collect())
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
}

/// Up to `limit` entries that were written after `change`, in the order of their writing.
pub(crate) async fn changed_after(
    pool: &sqlx::Pool<Db>,
    change: i64,
    limit: i64,
) -> sqlx::Result<Vec<Changed>> {
    let mut sql = Sql::new(
        "SELECT entry.id, entry.change, entry.kind, entry.title, source.slug, entry.vendor, entry.vendor_name, \
         COALESCE(entry.published, entry.first_seen), entry.group_id, revision.statement, \
         revision.mentions, revision.body",
    );
    sql.push(CARD_TABLES).push("WHERE entry.change > ").push_bind(change);
    sql.push(" ORDER BY entry.change LIMIT ").push_bind(limit);
    let row = |row: Row| {
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
        })
    };
    sql.build().fetch_all(pool).await?.into_iter().map(row).collect()
}

/// Entries recorded; those written after `change`; those of one vendor.
pub(crate) async fn count(
    pool: &sqlx::Pool<Db>,
    after: Option<i64>,
    vendor: Option<&str>,
) -> sqlx::Result<u64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM entry WHERE 1 = 1");
    if let Some(change) = after {
        sql.push(" AND change > ").push_bind(change);
    }
    if let Some(vendor) = vendor {
        sql.push(" AND vendor = ").push_bind(vendor);
    }
    let count: i64 = sql.build_query_scalar().fetch_one(pool).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}
