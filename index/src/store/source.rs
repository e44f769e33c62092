//! Table `source`: the channels, when each is due, and how each is doing. Sources are leased, not merely listed, so
//! that any number of crawling processes can share them.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use sqlx::Row as _;

use super::{Connection, Db, Row, SKIP_LEASED, Sql, counter, millis, moment};
use crate::health::{Symptom, quiet_after};
use crate::source::{Due, Ended, Health, Kind, Leased, Source, SourceId, Standing};

/// How long a lease lasts when nobody ends it: longer than any round may take.
const LEASE: SignedDuration = SignedDuration::from_mins(30);

const COLUMNS: &str = "id, slug, name, vendor, kind, address, standing, every_minutes, private_network, options, \
                       memory, last_tried, last_succeeded, last_news, failures, sentence, next_try, symptom, \
                       failing_since, quiet_after, disagreement, \
                       (SELECT COUNT(*) FROM entry WHERE entry.source_id = source.id) AS entries";

/// The part of the columns that has to count.
const ENTRIES: &str = "(SELECT COUNT(*) FROM entry WHERE entry.source_id = source.id) AS entries";

/// Leaves out what no vendor says: the canary, and the house's own words.
const VENDORS: &str = " AND kind NOT IN ('canary', 'house') AND slug <> 'ledger'";

/// Entries that tell how often a source has news.
const NEWS: i64 = 300;

/// Sources whose rounds are ended in one statement.
const ROWS: usize = 200;

fn leased(row: &Row) -> anyhow::Result<Leased> {
    let (kind, standing): (String, String) = (row.try_get("kind")?, row.try_get("standing")?);
    let source = Source {
        slug: row.try_get("slug")?,
        name: row.try_get("name")?,
        vendor: row.try_get("vendor")?,
        kind: Kind::from_word(&kind)
            .ok_or_else(|| anyhow::anyhow!("understand the kind of source \"{kind}\""))?,
        address: row.try_get("address")?,
        standing: Standing::from_word(&standing).unwrap_or_default(),
        every_minutes: u32::try_from(row.try_get::<i64, _>("every_minutes")?).unwrap_or(60),
        private_network: row.try_get("private_network")?,
        options: serde_json::from_str(&row.try_get::<String, _>("options")?)?,
    };
    let health = Health {
        last_tried: moment(row.try_get("last_tried")?),
        last_succeeded: moment(row.try_get("last_succeeded")?),
        last_news: moment(row.try_get("last_news")?),
        failures: u32::try_from(row.try_get::<i64, _>("failures")?).unwrap_or(u32::MAX),
        sentence: row.try_get("sentence")?,
        next_try: moment(row.try_get("next_try")?),
        symptom: row.try_get::<Option<String>, _>("symptom")?.as_deref().and_then(Symptom::from_word),
        failing_since: moment(row.try_get("failing_since")?),
        quiet_after: moment(row.try_get("quiet_after")?),
        entries: row.try_get("entries")?,
    };
    let health = doubted(health, row.try_get("disagreement")?);
    let memory = serde_json::from_str(&row.try_get::<String, _>("memory")?)?;
    Ok(Leased { id: SourceId(row.try_get("id")?), source, health, memory })
}

/// A source that answers and of which nothing worse is known cannot be relied on if another channel of its vendor says more.
fn doubted(mut health: Health, disagreement: Option<String>) -> Health {
    if health.failures == 0 && health.symptom.is_none() && disagreement.is_some() {
        health.symptom = Some(Symptom::Disagreement);
        health.sentence = disagreement;
    }
    health
}

/// Records a source, or what is now wanted of it; it becomes due at once unless it is only imported into.
pub(crate) async fn upsert(
    connection: &mut Connection,
    source: &Source,
    due: Option<Timestamp>,
) -> anyhow::Result<SourceId> {
    let id = counter::draw(connection, "source", 1).await?;
    let mut sql = Sql::new(
        "INSERT INTO source (id, slug, name, vendor, kind, address, standing, every_minutes, private_network, \
         options, memory, removed, failures, next_try, leased_until, leased_by) VALUES (",
    );
    let mut values = sql.separated(", ");
    values.push_bind(id).push_bind(&source.slug).push_bind(&source.name).push_bind(&source.vendor);
    values.push_bind(source.kind.as_str()).push_bind(&source.address).push_bind(source.standing.as_str());
    values.push_bind(i64::from(source.every_minutes)).push_bind(source.private_network);
    values.push_bind(source.options.to_string()).push_bind("null").push_bind(false).push_bind(0_i64);
    values.push_bind(due.map(millis)).push_bind(0_i64).push_bind("");
    sql.push(
        ") ON CONFLICT (slug) DO UPDATE SET name = excluded.name, vendor = excluded.vendor, kind = excluded.kind, \
         address = excluded.address, standing = excluded.standing, every_minutes = excluded.every_minutes, \
         private_network = excluded.private_network, options = excluded.options, removed = excluded.removed, \
         next_try = excluded.next_try RETURNING id",
    );
    Ok(SourceId(sql.build_query_scalar().fetch_one(connection).await?))
}

/// Stops asking a source; its entries and its history stay. Answers whether there was one.
pub(crate) async fn remove(connection: &mut Connection, slug: &str) -> sqlx::Result<bool> {
    let mut sql = Sql::new("UPDATE source SET removed = ");
    sql.push_bind(true).push(", next_try = NULL WHERE slug = ").push_bind(slug).push(" AND removed = ");
    Ok(sql.push_bind(false).build().execute(connection).await?.rows_affected() > 0)
}

/// Makes a source due at `now`, whatever it failed with. Answers whether there was one.
pub(crate) async fn ask_soon(connection: &mut Connection, slug: &str, now: Timestamp) -> sqlx::Result<bool> {
    let mut sql = Sql::new("UPDATE source SET next_try = ");
    sql.push_bind(millis(now)).push(" WHERE slug = ").push_bind(slug).push(" AND removed = ");
    Ok(sql.push_bind(false).build().execute(connection).await?.rows_affected() > 0)
}

/// Changes how often a source is asked; a next try that lies later than one interval from `now` is moved there. Answers
/// whether there was one.
pub(crate) async fn ask_every(
    connection: &mut Connection,
    slug: &str,
    minutes: u32,
    now: Timestamp,
) -> anyhow::Result<bool> {
    let latest = millis(now.saturating_add(SignedDuration::from_mins(i64::from(minutes)))?);
    let mut sql = Sql::new("UPDATE source SET every_minutes = ");
    sql.push_bind(i64::from(minutes)).push(", next_try = CASE WHEN failures = 0 AND next_try > ");
    sql.push_bind(latest).push(" THEN ").push_bind(latest).push(" ELSE next_try END WHERE slug = ");
    sql.push_bind(slug).push(" AND removed = ").push_bind(false);
    Ok(sql.build().execute(connection).await?.rows_affected() > 0)
}

/// Every source that was not removed, by vendor and name.
pub(crate) async fn list(pool: &sqlx::Pool<Db>) -> anyhow::Result<Vec<Leased>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS)
        .push(" FROM source WHERE removed = ")
        .push_bind(false)
        .push(VENDORS)
        .push(" ORDER BY vendor, name");
    sql.build().fetch_all(pool).await?.iter().map(leased).collect()
}

/// One source that was not removed.
pub(crate) async fn read(pool: &sqlx::Pool<Db>, slug: &str) -> anyhow::Result<Option<Leased>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS)
        .push(" FROM source WHERE removed = ")
        .push_bind(false)
        .push(" AND slug = ")
        .push_bind(slug);
    sql.build().fetch_optional(pool).await?.as_ref().map(leased).transpose()
}

/// Takes sources that are due at `now` and that nobody holds.
pub(crate) async fn lease_due(
    connection: &mut Connection,
    due: &Due<'_>,
    now: Timestamp,
) -> anyhow::Result<Vec<Leased>> {
    let mut sql = Sql::new("UPDATE source SET leased_by = ");
    sql.push_bind(due.holder).push(", leased_until = ").push_bind(millis(now.saturating_add(LEASE)?));
    sql.push(" WHERE id IN (SELECT id FROM source WHERE next_try <= ").push_bind(millis(now));
    sql.push(" AND leased_until <= ").push_bind(millis(now)).push(" AND removed = ").push_bind(false);
    if !due.named.is_empty() {
        let mut slugs = sql.push(" AND slug IN (").separated(", ");
        for slug in due.named {
            slugs.push_bind(slug.clone());
        }
        slugs.push_unseparated(")");
    }
    for kind in due.except {
        sql.push(" AND kind <> ").push_bind(kind.as_str());
    }
    sql.push(" ORDER BY next_try LIMIT ").push_bind(i64::from(due.limit)).push(SKIP_LEASED);
    sql.push(") RETURNING ").push(COLUMNS);
    sql.build().fetch_all(connection).await?.iter().map(leased).collect()
}

/// Notes how rounds ended and gives their sources back.
pub(crate) async fn end_rounds(connection: &mut Connection, ended: &[Ended]) -> anyhow::Result<()> {
    for some in ended.chunks(ROWS) {
        let quiet = quiet_after_news(connection, some).await?;
        let mut sql = Sql::new(
            "UPDATE source SET leased_until = 0, leased_by = '', last_tried = how.column2, next_try = how.column3, \
             sentence = how.column4, symptom = how.column5, memory = how.column6, \
             failures = CASE WHEN how.column7 THEN failures + 1 ELSE 0 END, \
             failing_since = CASE WHEN how.column7 THEN COALESCE(failing_since, how.column2) END, \
             last_succeeded = CASE WHEN how.column7 THEN last_succeeded ELSE how.column2 END, \
             last_news = CASE WHEN how.column8 THEN how.column2 ELSE last_news END, \
             quiet_after = CASE WHEN how.column8 THEN how.column9 ELSE quiet_after END FROM (",
        );
        sql.push_values(some, |mut row, ended| {
            let (end, quiet) = (&ended.end, quiet.get(&ended.source).copied());
            row.push_bind(ended.source.0).push_bind(millis(ended.now)).push_bind(end.next_try.map(millis));
            row.push_bind(end.failure.as_ref().or(end.remark.as_ref()));
            row.push_bind(end.symptom.map(Symptom::as_str)).push_bind(ended.memory.to_string());
            row.push_bind(end.failure.is_some()).push_bind(has_news(ended)).push_bind(quiet.map(millis));
        });
        sql.push(") AS how WHERE source.id = how.column1").build().execute(&mut *connection).await?;
    }
    Ok(())
}

fn has_news(ended: &Ended) -> bool {
    ended.end.new + ended.end.revised > 0
}

/// When the silence of each source that has just had news becomes unusual, by what it said before.
async fn quiet_after_news(
    connection: &mut Connection,
    ended: &[Ended],
) -> anyhow::Result<HashMap<SourceId, Timestamp>> {
    let mut news: HashMap<SourceId, (Timestamp, Vec<Timestamp>)> = HashMap::new();
    let mut sql = Sql::new("");
    for ended in ended.iter().filter(|ended| has_news(ended)) {
        if news.insert(ended.source, (ended.now, Vec::new())).is_none() {
            // Each is cut for itself, which lets its index end the search. The limit is written out: SQLite prepares a
            // statement anew whenever a limit is bound.
            sql.push(if news.len() > 1 { " UNION ALL " } else { "" });
            sql.push(
                "SELECT * FROM (SELECT source_id, COALESCE(published, first_seen), \
                 CASE WHEN revisions > 1 THEN last_revised END FROM entry WHERE source_id = ",
            );
            sql.push_bind(ended.source.0)
                .push(" ORDER BY last_revised DESC LIMIT ")
                .push(NEWS)
                .push(") AS said");
        }
    }
    if news.is_empty() {
        return Ok(HashMap::new());
    }
    for row in sql.build().fetch_all(&mut *connection).await? {
        if let Some((now, news)) = news.get_mut(&SourceId(row.try_get(0)?)) {
            let said = [moment(row.try_get(1)?), moment(row.try_get(2)?)];
            news.extend(said.into_iter().flatten().filter(|at| at <= now));
        }
    }
    Ok(news.into_iter().filter_map(|(source, (_, news))| Some((source, quiet_after(&news)?))).collect())
}

/// Every source that was not removed with what its state is told from; entries are not counted.
pub(crate) async fn states(pool: &sqlx::Pool<Db>) -> anyhow::Result<Vec<Leased>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS.replace(ENTRIES, "CAST(0 AS BIGINT) AS entries")).push(" FROM source WHERE removed = ");
    sql.push_bind(false).push(VENDORS).build().fetch_all(pool).await?.iter().map(leased).collect()
}

/// Sources that are due and that nobody holds, and since when the first of them is.
pub(crate) async fn waiting(pool: &sqlx::Pool<Db>, now: Timestamp) -> sqlx::Result<(u64, Option<Timestamp>)> {
    let mut sql = Sql::new("SELECT COUNT(*), MIN(next_try) FROM source WHERE next_try <= ");
    sql.push_bind(millis(now)).push(" AND leased_until <= ").push_bind(millis(now));
    let row = sql.push(" AND removed = ").push_bind(false).push(VENDORS).build().fetch_one(pool).await?;
    Ok((u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0), moment(row.try_get(1)?)))
}

/// Keeps whether another channel of its vendor says more than a source.
pub(crate) async fn keep_disagreement(
    connection: &mut Connection,
    source: SourceId,
    sentence: Option<&str>,
) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE source SET disagreement = ");
    sql.push_bind(sentence).push(" WHERE id = ").push_bind(source.0);
    sql.build().execute(connection).await?;
    Ok(())
}

/// Sources that are asked, and those of them whose last round failed.
pub(crate) async fn count(pool: &sqlx::Pool<Db>) -> sqlx::Result<(u64, u64)> {
    let mut sql = Sql::new(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN failures > 0 THEN 1 ELSE 0 END), 0) FROM source WHERE removed = ",
    );
    let row = sql.push_bind(false).push(VENDORS).build().fetch_one(pool).await?;
    let number = |at| Ok::<_, sqlx::Error>(u64::try_from(row.try_get::<i64, _>(at)?).unwrap_or(0));
    Ok((number(0)?, number(1)?))
}
