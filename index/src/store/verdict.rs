//! Table `verdict`: as it was on arrival, and as it is now.

use jiff::Timestamp;
use sqlx::Row as _;

use super::key::decoded;
use super::{Connection, Db, Sql, millis, moment};
use crate::package::Package;

/// Packages of one signer that are answered.
const MOST: i64 = 200;

/// A verdict as recorded, written as JSON.
pub(crate) struct Kept {
    /// The signature's place in its report.
    pub(crate) signature: i64,
    /// The vendor for which it was judged; empty for none.
    pub(crate) vendor: String,
    pub(crate) first: serde_json::Value,
    pub(crate) first_at: Timestamp,
    pub(crate) latest: serde_json::Value,
    pub(crate) latest_at: Timestamp,
}

/// What is to be kept of one verdict.
pub(crate) struct New<'a> {
    pub(crate) package: &'a str,
    pub(crate) signature: i64,
    pub(crate) signer: &'a str,
    pub(crate) vendor: &'a str,
    pub(crate) verdict: &'a serde_json::Value,
}

/// Keeps a verdict; the first one stays.
pub(crate) async fn keep(connection: &mut Connection, new: &New<'_>, now: Timestamp) -> sqlx::Result<()> {
    let verdict = new.verdict.to_string();
    let mut sql = Sql::new(
        "INSERT INTO verdict (package, signature, signer, vendor, first, first_at, latest, latest_at) VALUES (",
    );
    let mut values = sql.separated(", ");
    values.push_bind(new.package).push_bind(new.signature).push_bind(new.signer).push_bind(new.vendor);
    values.push_bind(&verdict).push_bind(millis(now)).push_bind(&verdict).push_bind(millis(now));
    sql.push(
        ") ON CONFLICT (package, signature) DO UPDATE SET signer = excluded.signer, vendor = excluded.vendor, \
         latest = excluded.latest, latest_at = excluded.latest_at",
    );
    sql.build().execute(connection).await?;
    Ok(())
}

const SELECT: &str = "SELECT signature, vendor, first, first_at, latest, latest_at FROM verdict";

fn kept(row: &super::Row) -> sqlx::Result<Kept> {
    let json = |name: &str| decoded(serde_json::from_str(&row.try_get::<String, _>(name)?));
    let at = |name: &str| Ok::<_, sqlx::Error>(moment(Some(row.try_get(name)?)).unwrap_or_default());
    Ok(Kept {
        signature: row.try_get("signature")?,
        vendor: row.try_get("vendor")?,
        first: json("first")?,
        first_at: at("first_at")?,
        latest: json("latest")?,
        latest_at: at("latest_at")?,
    })
}

/// The verdicts on the signatures of a package, in the report's order.
pub(crate) async fn of_package(pool: &sqlx::Pool<Db>, package: &str) -> sqlx::Result<Vec<Kept>> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE package = ").push_bind(package).push(" ORDER BY signature");
    sql.build().fetch_all(pool).await?.iter().map(kept).collect()
}

/// Packages with a verdict, those judged last first.
pub(crate) async fn judged(pool: &sqlx::Pool<Db>, most: i64) -> sqlx::Result<Vec<String>> {
    let mut sql = Sql::new("SELECT package FROM verdict GROUP BY package ORDER BY MAX(first_at) DESC LIMIT ");
    sql.push_bind(most).build_query_scalar().fetch_all(pool).await
}

/// Packages that a key signed, by any of its names.
pub(crate) async fn packages_of(pool: &sqlx::Pool<Db>, names: &[String]) -> sqlx::Result<Vec<Package>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT DISTINCT package FROM verdict WHERE signer IN (");
    let mut values = sql.separated(", ");
    for name in names {
        values.push_bind(name.clone());
    }
    sql.push(") ORDER BY package LIMIT ").push_bind(MOST);
    let digests: Vec<String> = sql.build_query_scalar().fetch_all(pool).await?;
    let mut packages = Vec::new();
    for digest in digests {
        packages.extend(super::package::read(pool, &digest).await?.map(|view| view.package));
    }
    Ok(packages)
}

/// Whether a package of a vendor was here before another one.
pub(crate) async fn earlier(
    pool: &sqlx::Pool<Db>,
    vendor: &str,
    package: &str,
    at: Timestamp,
) -> sqlx::Result<bool> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM verdict WHERE vendor = ");
    sql.push_bind(vendor)
        .push(" AND package <> ")
        .push_bind(package)
        .push(" AND first_at < ")
        .push_bind(millis(at));
    let number: i64 = sql.build_query_scalar().fetch_one(pool).await?;
    Ok(number > 0)
}
