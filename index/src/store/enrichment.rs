//! Table `enrichment`: what lists state about identifiers, and which entries bear those.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::Deserialize;
use sqlx::Row as _;

use super::entry::Changed;
use super::{Connection, Db, Row, Sql, counter, millis, moment};
use crate::answer::Card;
use crate::enrichment::{Chance, Epss, Exploited, Fact, Said};
use crate::source::SourceId;

/// Rows written or asked for by one statement.
const ROWS: usize = 500;

const EXPLOITED: &str = "exploited";
const EPSS: &str = "epss";

fn list<'a>(sql: &mut Sql, values: impl IntoIterator<Item = &'a str>) {
    let mut list = sql.push(" IN (").separated(", ");
    for value in values {
        list.push_bind(value.to_owned());
    }
    sql.push(")");
}

/// What a row states; none for a row that a newer release wrote.
fn said(row: &Row) -> sqlx::Result<Option<Said>> {
    let chance =
        |name: &str| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(name)?.and_then(Chance::of_parts));
    let dated = moment(row.try_get("dated")?);
    Ok(match row.try_get::<String, _>("sort")?.as_str() {
        EXPLOITED => Some(Said::Exploited { since: dated, ransomware: row.try_get("ransomware")? }),
        EPSS => chance("chance")?
            .map(|chance_of| {
                Ok::<_, sqlx::Error>(Said::Epss {
                    chance: chance_of,
                    percentile: chance("percentile")?,
                    of: dated,
                })
            })
            .transpose()?,
        _ => None,
    })
}

const COLUMNS: &str = "SELECT enrichment.identifier, sort, chance, percentile, dated, ransomware";

/// What a source stated so far about those of the identifiers that it named.
pub(crate) async fn known(
    connection: &mut Connection,
    source: SourceId,
    identifiers: &[&str],
) -> sqlx::Result<HashMap<String, Said>> {
    let mut known = HashMap::with_capacity(identifiers.len());
    for some in identifiers.chunks(ROWS) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" FROM enrichment WHERE source_id = ").push_bind(source.0).push(" AND identifier");
        list(&mut sql, some.iter().copied());
        for row in sql.build().fetch_all(&mut *connection).await? {
            if let Some(said) = said(&row)? {
                known.insert(row.try_get(0)?, said);
            }
        }
    }
    Ok(known)
}

/// Writes what a source states, over what it stated before. No identifier stands twice.
pub(crate) async fn write(
    connection: &mut Connection,
    source: SourceId,
    facts: &[&Fact],
    now: Timestamp,
) -> sqlx::Result<()> {
    for some in facts.chunks(ROWS) {
        let mut sql = Sql::new(
            "INSERT INTO enrichment (identifier, source_id, sort, chance, percentile, dated, ransomware, noted) ",
        );
        sql.push_values(some, |mut values, fact| {
            let (sort, chance, percentile, dated, ransomware) = match fact.said {
                Said::Exploited { since, ransomware } => (EXPLOITED, None, None, since, ransomware),
                Said::Epss { chance, percentile, of } => (EPSS, Some(chance), percentile, of, false),
            };
            let parts = |chance: Option<Chance>| chance.map(|chance| i64::from(chance.parts()));
            values.push_bind(fact.identifier.clone()).push_bind(source.0).push_bind(sort);
            values.push_bind(parts(chance)).push_bind(parts(percentile)).push_bind(dated.map(millis));
            values.push_bind(ransomware).push_bind(millis(now));
        });
        sql.push(
            " ON CONFLICT (identifier, source_id) DO UPDATE SET sort = excluded.sort, chance = excluded.chance, \
             percentile = excluded.percentile, dated = excluded.dated, ransomware = excluded.ransomware, \
             noted = excluded.noted",
        );
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Takes back what a source stated about these identifiers.
pub(crate) async fn remove(
    connection: &mut Connection,
    source: SourceId,
    identifiers: &[&str],
) -> sqlx::Result<()> {
    for some in identifiers.chunks(ROWS) {
        let mut sql = Sql::new("DELETE FROM enrichment WHERE source_id = ");
        sql.push_bind(source.0).push(" AND identifier");
        list(&mut sql, some.iter().copied());
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Up to `limit` identifiers that a source named, in their order, behind `after`.
pub(crate) async fn named(
    pool: &sqlx::Pool<Db>,
    source: SourceId,
    after: &str,
    limit: i64,
) -> sqlx::Result<Vec<String>> {
    let mut sql = Sql::new("SELECT identifier FROM enrichment WHERE source_id = ");
    sql.push_bind(source.0).push(" AND identifier > ").push_bind(after.to_owned());
    sql.push(" ORDER BY identifier LIMIT ").push_bind(limit);
    sql.build_query_scalar().fetch_all(pool).await
}

/// How many identifiers a source named.
pub(crate) async fn count(pool: &sqlx::Pool<Db>, source: SourceId) -> sqlx::Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM enrichment WHERE source_id = ");
    sql.push_bind(source.0).build_query_scalar().fetch_one(pool).await
}

/// Counts every entry that bears one of the identifiers as changed, so that the full-text index follows.
pub(crate) async fn touch(connection: &mut Connection, identifiers: &[&str]) -> anyhow::Result<u64> {
    let wanted: HashSet<&str> = identifiers.iter().copied().collect();
    let mut bearers = Vec::new();
    for some in identifiers.chunks(ROWS) {
        let mut sql = Sql::new(
            "SELECT id, card FROM entry WHERE group_id IN (SELECT group_id FROM alias WHERE identifier",
        );
        list(&mut sql, some.iter().copied());
        sql.push(")");
        for row in sql.build().fetch_all(&mut *connection).await? {
            let bears = borne(&row.try_get::<String, _>(1)?)?;
            if bears.iter().any(|identifier| wanted.contains(identifier.as_str())) {
                bearers.push(row.try_get::<i64, _>(0)?);
            }
        }
    }
    bearers.sort_unstable();
    bearers.dedup();
    let first = counter::draw(connection, "change", bearers.len()).await?;
    for (change, entry) in (first..).zip(&bearers) {
        let mut sql = Sql::new("UPDATE entry SET change = ");
        sql.push_bind(change).push(" WHERE id = ").push_bind(*entry);
        sql.build().execute(&mut *connection).await?;
    }
    Ok(bearers.len() as u64)
}

/// The identifiers that a recorded statement or card names as its own.
fn borne(encoded: &str) -> serde_json::Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Borne {
        #[serde(default)]
        identifiers: Vec<String>,
    }
    Ok(serde_json::from_str::<Borne>(encoded)?.identifiers)
}

/// What is stated about an identifier, and by which source.
struct Stated {
    said: Said,
    source: String,
    source_name: String,
}

/// Everything stated about these identifiers.
async fn stated<'a>(
    pool: &sqlx::Pool<Db>,
    identifiers: impl Iterator<Item = &'a str>,
) -> sqlx::Result<HashMap<String, Vec<Stated>>> {
    let mut all: Vec<&str> = identifiers.collect();
    all.sort_unstable();
    all.dedup();
    let mut stated: HashMap<String, Vec<Stated>> = HashMap::new();
    for some in all.chunks(ROWS) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(", source.slug, source.name FROM enrichment JOIN source ON source.id = source_id WHERE identifier");
        list(&mut sql, some.iter().copied());
        sql.push(" ORDER BY source_id");
        for row in sql.build().fetch_all(pool).await? {
            if let Some(said) = said(&row)? {
                let one = Stated { said, source: row.try_get("slug")?, source_name: row.try_get("name")? };
                stated.entry(row.try_get(0)?).or_default().push(one);
            }
        }
    }
    Ok(stated)
}

/// Adds to cards what is stated about their identifiers: the longest known exploitation, the highest chance.
pub(crate) async fn add(pool: &sqlx::Pool<Db>, mut cards: Vec<&mut Card>) -> sqlx::Result<()> {
    let stated =
        stated(pool, cards.iter().flat_map(|card| card.identifiers.iter().map(String::as_str))).await?;
    if stated.is_empty() {
        return Ok(());
    }
    for card in &mut cards {
        for identifier in card.identifiers.clone() {
            for one in stated.get(&identifier).into_iter().flatten() {
                let (source, source_name) = (one.source.clone(), one.source_name.clone());
                let identifier = identifier.clone();
                match one.said {
                    Said::Exploited { since, ransomware } => {
                        let fresh = Exploited { identifier, since, ransomware, source, source_name };
                        let earlier = |held: &Exploited| {
                            since.is_some_and(|at| held.since.is_none_or(|held| at < held))
                        };
                        if card.exploited.as_ref().is_none_or(earlier) {
                            card.exploited = Some(fresh);
                        }
                    }
                    Said::Epss { chance, percentile, of } => {
                        let fresh = Epss { identifier, chance, percentile, of, source, source_name };
                        if card.epss.as_ref().is_none_or(|held| chance > held.chance) {
                            card.epss = Some(fresh);
                        }
                    }
                }
            }
        }
    }
    Ok(())
}

/// What the full-text index reads of what is stated about an entry's identifiers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Worst {
    /// Whether one of them is known to be exploited; none for an entry without an identifier that a list could name.
    pub(crate) exploited: Option<bool>,
    /// The highest chance.
    pub(crate) chance: Option<Chance>,
}

/// Adds it to what the full-text index is about to read.
pub(crate) async fn add_worst(pool: &sqlx::Pool<Db>, changed: &mut [Changed]) -> anyhow::Result<()> {
    let borne = changed.iter().map(|one| borne(&one.statement)).collect::<serde_json::Result<Vec<_>>>()?;
    let stated = stated(pool, borne.iter().flatten().map(String::as_str)).await?;
    for (one, borne) in changed.iter_mut().zip(&borne) {
        // The lists that there are name CVE numbers alone.
        one.worst.exploited = borne.iter().any(|identifier| identifier.starts_with("CVE-")).then_some(false);
        for stated in borne.iter().filter_map(|identifier| stated.get(identifier)).flatten() {
            match stated.said {
                Said::Exploited { .. } => one.worst.exploited = Some(true),
                Said::Epss { chance, .. } => one.worst.chance = one.worst.chance.max(Some(chance)),
            }
        }
    }
    Ok(())
}
