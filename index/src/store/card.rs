//! Table `entry`, as lists show it: cards, read from the columns of one row.
//!
//! What a card shows of a statement stands in the column `card`, so that a list reads no whole statements.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use super::{Db, Row, Sql, enrichment, moment};
use crate::answer::Card;
use crate::entry::{Affected, EntryId, Kind, Statement, Status};
use crate::severity::Severity;
use crate::source::{SourceId, Standing};

/// Products that a card shows, and ranges or versions of each.
const AFFECTED_SHOWN: usize = 4;
const RANGES_SHOWN: usize = 8;

/// Entries of one group that are read; a larger group is shown in part.
const GROUP: usize = 200;

/// What lists show of a statement, kept apart so that a list need not read whole statements.
#[derive(Serialize, Deserialize)]
struct Shown<T> {
    #[serde(default, skip_serializing_if = "Status::is_in_force")]
    status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    identifiers: T,
    affected: Vec<Affected>,
    affected_count: u32,
}

/// The column `card` of a statement.
pub(super) fn encode(statement: &Statement) -> serde_json::Result<String> {
    serde_json::to_string(&Shown {
        status: statement.status,
        severity: statement.severity.clone(),
        identifiers: &statement.identifiers,
        affected: statement.affected.iter().take(AFFECTED_SHOWN).map(briefly).collect(),
        affected_count: u32::try_from(statement.affected.len()).unwrap_or(u32::MAX),
    })
}

/// A product with its first few ranges and versions.
fn briefly(affected: &Affected) -> Affected {
    let few = |versions: &[String]| versions.iter().take(RANGES_SHOWN).cloned().collect();
    Affected {
        ranges: affected.ranges.iter().take(RANGES_SHOWN).cloned().collect(),
        versions: few(&affected.versions),
        fixed: few(&affected.fixed),
        product: affected.product.clone(),
        ecosystem: affected.ecosystem.clone(),
        vendor: affected.vendor.clone(),
        also: few(&affected.also),
    }
}

/// The columns of a card, and the tables they come from.
const CARD: &str = "SELECT entry.id, entry.kind, entry.title, entry.link, entry.vendor, entry.vendor_name, \
    entry.published, entry.updated, entry.first_seen, entry.last_revised, entry.revisions, entry.group_id, \
    entry.native_id, entry.card, source.slug AS source_slug, source.name AS source_name, source.standing";
const TABLES: &str = " FROM entry JOIN source ON source.id = entry.source_id ";

/// A card as the record has it.
fn card(row: &Row) -> anyhow::Result<Card> {
    let shown: Shown<Vec<String>> = serde_json::from_str(&row.try_get::<String, _>("card")?)?;
    let (kind, standing): (String, String) = (row.try_get("kind")?, row.try_get("standing")?);
    let (first_seen, last_revised) =
        (moment(row.try_get("first_seen")?), moment(row.try_get("last_revised")?));
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
        status: shown.status,
        severity: shown.severity,
        identifiers: shown.identifiers,
        affected: shown.affected,
        affected_count: shown.affected_count,
        exploited: None,
        epss: None,
    })
}

/// The cards that a statement asks for.
async fn cards(pool: &sqlx::Pool<Db>, sql: &mut Sql) -> anyhow::Result<Vec<Card>> {
    let mut cards =
        sql.build().fetch_all(pool).await?.iter().map(card).collect::<anyhow::Result<Vec<_>>>()?;
    enrichment::add(pool, cards.iter_mut().collect()).await?;
    Ok(cards)
}

fn select() -> Sql {
    let mut sql = Sql::new(CARD);
    sql.push(TABLES);
    sql
}

fn list(sql: &mut Sql, numbers: &[i64]) {
    sql.push("(");
    let mut list = sql.separated(", ");
    for number in numbers {
        list.push_bind(*number);
    }
    sql.push(")");
}

/// One entry, with its group and the source's own identifier of it.
pub(crate) async fn read(pool: &sqlx::Pool<Db>, id: EntryId) -> anyhow::Result<Option<(Card, i64, String)>> {
    let mut sql = select();
    sql.push("WHERE entry.id = ").push_bind(id.0);
    let Some(row) = sql.build().fetch_optional(pool).await? else { return Ok(None) };
    let mut card = card(&row)?;
    enrichment::add(pool, vec![&mut card]).await?;
    Ok(Some((card, row.try_get("group_id")?, row.try_get("native_id")?)))
}

/// What a page of results shows: the entries `ids` with their texts and, where `groups` are given, everything else in
/// those groups without. Newest first; each with its group.
pub(crate) async fn page(
    pool: &sqlx::Pool<Db>,
    ids: &[i64],
    groups: &[i64],
) -> anyhow::Result<Vec<(Card, i64, Option<String>)>> {
    let mut sql = Sql::new(CARD);
    sql.push(", CASE WHEN entry.id IN ");
    list(&mut sql, ids);
    sql.push(" THEN (SELECT body FROM revision WHERE revision.id = entry.revision_id) END AS body")
        .push(TABLES);
    sql.push("WHERE entry.id IN ");
    list(&mut sql, ids);
    if !groups.is_empty() {
        sql.push(" OR entry.group_id IN ");
        list(&mut sql, groups);
    }
    let rows = sql.build().fetch_all(pool).await?;
    let mut page: Vec<(Card, i64, Option<String>)> = Vec::with_capacity(rows.len());
    for row in &rows {
        page.push((card(row)?, row.try_get("group_id")?, row.try_get("body")?));
    }
    enrichment::add(pool, page.iter_mut().map(|(card, ..)| card).collect()).await?;
    page.sort_by_key(|(card, ..)| std::cmp::Reverse((card.last_revised, card.id)));
    Ok(page)
}

/// These entries, newest first.
pub(crate) async fn heads(pool: &sqlx::Pool<Db>, ids: &[i64]) -> anyhow::Result<Vec<Card>> {
    let mut sql = select();
    sql.push("WHERE entry.id IN ");
    list(&mut sql, ids);
    sql.push(" ORDER BY entry.last_revised DESC, entry.id DESC");
    cards(pool, &mut sql).await
}

/// These entries with their groups and what they state, without their texts.
pub(crate) async fn stated(pool: &sqlx::Pool<Db>, ids: &[i64]) -> anyhow::Result<Vec<(Card, i64, String)>> {
    let mut sql = Sql::new(CARD);
    sql.push(", revision.statement").push(TABLES);
    sql.push("JOIN revision ON revision.id = entry.revision_id WHERE entry.id IN ");
    list(&mut sql, ids);
    let rows = sql.build().fetch_all(pool).await?;
    rows.iter().map(|row| Ok((card(row)?, row.try_get("group_id")?, row.try_get("statement")?))).collect()
}

/// Entries asked for by one statement.
const ROWS: usize = 400;

/// These entries and everything else in their groups, each once and with its group.
pub(crate) async fn in_groups_of(pool: &sqlx::Pool<Db>, ids: &[i64]) -> anyhow::Result<Vec<(Card, i64)>> {
    let mut found = std::collections::BTreeMap::new();
    for some in ids.chunks(ROWS) {
        let mut sql = select();
        sql.push("WHERE entry.group_id IN (SELECT group_id FROM entry WHERE id IN ");
        list(&mut sql, some);
        sql.push(")");
        for row in &sql.build().fetch_all(pool).await? {
            let card = card(row)?;
            found.insert(card.id.0, (card, row.try_get("group_id")?));
        }
    }
    Ok(found.into_values().collect())
}

/// Entries of a group, newest first.
pub(crate) async fn of_group(pool: &sqlx::Pool<Db>, group: i64) -> anyhow::Result<Vec<Card>> {
    let mut sql = select();
    sql.push("WHERE entry.group_id = ").push_bind(group);
    sql.push(" ORDER BY entry.last_revised DESC, entry.id DESC LIMIT ").push_bind(GROUP as i64);
    cards(pool, &mut sql).await
}

/// Whose entries are listed.
pub(crate) enum Of<'a> {
    /// Everybody's, apart from the canary's.
    All,
    /// A vendor's.
    Vendor(&'a str),
    /// A source's.
    Source(SourceId),
}

/// The entries that were new or revised last, newest first.
pub(crate) async fn newest(pool: &sqlx::Pool<Db>, of: Of<'_>, count: u32) -> anyhow::Result<Vec<Card>> {
    let mut sql = select();
    match of {
        Of::All => sql.push("WHERE source.kind <> 'canary'"),
        Of::Vendor(vendor) => sql.push("WHERE entry.vendor = ").push_bind(vendor),
        Of::Source(source) => sql.push("WHERE entry.source_id = ").push_bind(source.0),
    };
    sql.push(" ORDER BY entry.last_revised DESC, entry.id DESC LIMIT ").push_bind(i64::from(count));
    cards(pool, &mut sql).await
}
