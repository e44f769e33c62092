//! Tables `decision` and `observation`: what people here decided on packages, and what they saw afterwards.

use jiff::Timestamp;
use sqlx::Row as _;

use super::{Connection, Db, Row, Sql, millis, moment};
use crate::decision::{About, Decision, Observation, Outcome};
use crate::entry::EntryId;
use crate::product;

const DECISION: &str = "SELECT entry_id, digest, name, claimed, version, vendor, outcome, by_whom, reason, decided \
                        FROM decision WHERE ";

/// Writes a decision down.
pub(crate) async fn insert(connection: &mut Connection, decision: &Decision) -> sqlx::Result<()> {
    let about = &decision.about;
    let mut sql = Sql::new(
        "INSERT INTO decision (entry_id, digest, name, claimed, product, version, vendor, outcome, by_whom, reason, \
         decided) VALUES (",
    );
    sql.separated(", ")
        .push_bind(decision.entry.0)
        .push_bind(&about.digest)
        .push_bind(&about.name)
        .push_bind(&about.product)
        .push_bind(about.product.as_deref().map(product::name))
        .push_bind(&about.version)
        .push_bind(&about.vendor)
        .push_bind(decision.outcome.as_str())
        .push_bind(&decision.by)
        .push_bind(&decision.reason)
        .push_bind(millis(decision.at));
    sql.push(")").build().execute(connection).await?;
    Ok(())
}

/// Writes an observation down.
pub(crate) async fn insert_observation(connection: &mut Connection, seen: &Observation) -> sqlx::Result<()> {
    let mut sql = Sql::new(
        "INSERT INTO observation (entry_id, called, product, version, said, by_whom, observed) VALUES (",
    );
    sql.separated(", ")
        .push_bind(seen.entry.0)
        .push_bind(&seen.product)
        .push_bind(product::name(&seen.product))
        .push_bind(&seen.version)
        .push_bind(&seen.said)
        .push_bind(&seen.by)
        .push_bind(millis(seen.at));
    sql.push(")").build().execute(connection).await?;
    Ok(())
}

/// Decisions on a file, the last one first.
pub(crate) async fn on(pool: &sqlx::Pool<Db>, digest: &str) -> sqlx::Result<Vec<Decision>> {
    let mut sql = Sql::new(DECISION);
    sql.push("digest = ").push_bind(digest).push(" ORDER BY decided DESC, entry_id DESC");
    sql.build().fetch_all(pool).await?.iter().map(decision).collect()
}

/// Decisions on packages of a product, by any of its names, the last one first.
pub(crate) async fn of(pool: &sqlx::Pool<Db>, products: &[String], most: i64) -> sqlx::Result<Vec<Decision>> {
    let mut sql = Sql::new(DECISION);
    sql.push("product IN (");
    list(&mut sql, products);
    sql.push(") ORDER BY decided DESC, entry_id DESC LIMIT ").push_bind(most);
    sql.build().fetch_all(pool).await?.iter().map(decision).collect()
}

/// Observations of a product, by any of its names, the last one first.
pub(crate) async fn observations(
    pool: &sqlx::Pool<Db>,
    products: &[String],
    most: i64,
) -> sqlx::Result<Vec<Observation>> {
    let mut sql = Sql::new(
        "SELECT entry_id, called, version, said, by_whom, observed FROM observation WHERE product IN (",
    );
    list(&mut sql, products);
    sql.push(") ORDER BY observed DESC, entry_id DESC LIMIT ").push_bind(most);
    sql.build().fetch_all(pool).await?.iter().map(observation).collect()
}

fn list(sql: &mut Sql, products: &[String]) {
    let mut list = sql.separated(", ");
    for product in products {
        list.push_bind(product.clone());
    }
}

fn at(row: &Row, column: &str) -> sqlx::Result<Timestamp> {
    Ok(moment(Some(row.try_get(column)?)).unwrap_or_default())
}

fn decision(row: &Row) -> sqlx::Result<Decision> {
    let outcome: String = row.try_get("outcome")?;
    Ok(Decision {
        entry: EntryId(row.try_get("entry_id")?),
        about: About {
            digest: row.try_get("digest")?,
            name: row.try_get("name")?,
            product: row.try_get("claimed")?,
            version: row.try_get("version")?,
            vendor: row.try_get("vendor")?,
        },
        // A word of a later release is no consent.
        outcome: Outcome::from_word(&outcome).unwrap_or(Outcome::Hold),
        by: row.try_get("by_whom")?,
        reason: row.try_get("reason")?,
        at: at(row, "decided")?,
    })
}

fn observation(row: &Row) -> sqlx::Result<Observation> {
    Ok(Observation {
        entry: EntryId(row.try_get("entry_id")?),
        product: row.try_get("called")?,
        version: row.try_get("version")?,
        said: row.try_get("said")?,
        by: row.try_get("by_whom")?,
        at: at(row, "observed")?,
    })
}
