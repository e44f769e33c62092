//! Table `package`.

use inspect::inspection::Inspection;
use inspect::kept::Kept;
use serde::de::DeserializeOwned;
use sqlx::Row as _;

use super::{Connection, Db, Row, Sql, millis, moment};
use crate::package::{Attention, Package, PackageView, Way};

const COLUMNS: &str = "digest, name, size, kind, claimed_name, claimed_version, claimed_vendor, attention, way, \
                       first_seen, last_seen";

/// Records a package that arrived, with its compressed report; of one that was here before, the first arrival stays.
pub(crate) async fn upsert(
    connection: &mut Connection,
    package: &Package,
    report: &[u8],
    kept: Option<&[u8]>,
) -> sqlx::Result<()> {
    let mut sql = Sql::new("INSERT INTO package (");
    sql.push(COLUMNS).push(", report, kept) VALUES (");
    let mut values = sql.separated(", ");
    values
        .push_bind(&package.digest)
        .push_bind(&package.name)
        .push_bind(i64::try_from(package.size).unwrap_or(i64::MAX))
        .push_bind(&package.kind)
        .push_bind(&package.claimed_name)
        .push_bind(&package.claimed_version)
        .push_bind(&package.claimed_vendor)
        .push_bind(package.attention.as_str())
        .push_bind(package.way.as_str())
        .push_bind(millis(package.first_seen))
        .push_bind(millis(package.last_seen))
        .push_bind(report)
        .push_bind(kept);
    sql.push(
        ") ON CONFLICT (digest) DO UPDATE SET name = excluded.name, kind = excluded.kind, \
         claimed_name = excluded.claimed_name, claimed_version = excluded.claimed_version, \
         claimed_vendor = excluded.claimed_vendor, attention = excluded.attention, way = excluded.way, \
         last_seen = excluded.last_seen, report = excluded.report, kept = excluded.kept",
    );
    sql.build().execute(connection).await?;
    Ok(())
}

/// The packages that arrived last, the newest first.
pub(crate) async fn newest(pool: &sqlx::Pool<Db>, most: u32) -> sqlx::Result<Vec<Package>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM package ORDER BY last_seen DESC, digest LIMIT ").push_bind(i64::from(most));
    sql.build().fetch_all(pool).await?.iter().map(package).collect()
}

/// One package with its report.
pub(crate) async fn read(pool: &sqlx::Pool<Db>, digest: &str) -> sqlx::Result<Option<PackageView>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(", report FROM package WHERE digest = ").push_bind(digest);
    let Some(row) = sql.build().fetch_optional(pool).await? else { return Ok(None) };
    let inspection: Inspection = unpacked(row.try_get("report")?)?;
    Ok(Some(PackageView { package: package(&row)?, inspection }))
}

/// Digests of packages that begin so.
pub(crate) async fn beginning(pool: &sqlx::Pool<Db>, with: &str, most: i64) -> sqlx::Result<Vec<String>> {
    let mut sql = Sql::new("SELECT digest FROM package WHERE substr(digest, 1, ");
    sql.push_bind(i32::try_from(with.len()).unwrap_or(64)).push(") = ").push_bind(with);
    sql.push(" ORDER BY digest LIMIT ").push_bind(most);
    sql.build_query_scalar().fetch_all(pool).await
}

/// Packages whose last decision is to hold them, or on which there is none, the newest first.
pub(crate) async fn undecided(pool: &sqlx::Pool<Db>, most: u32) -> sqlx::Result<Vec<Package>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(
        " FROM package WHERE NOT EXISTS (SELECT 1 FROM decision WHERE decision.digest = package.digest \
         AND decision.outcome <> 'hold' AND NOT EXISTS (SELECT 1 FROM decision AS later \
         WHERE later.digest = decision.digest AND later.entry_id > decision.entry_id)) \
         ORDER BY last_seen DESC, digest LIMIT ",
    );
    sql.push_bind(i64::from(most)).build().fetch_all(pool).await?.iter().map(package).collect()
}

/// What was kept of a package's files for a comparison, if anything was.
pub(crate) async fn kept(pool: &sqlx::Pool<Db>, digest: &str) -> sqlx::Result<Option<Kept>> {
    let mut sql = Sql::new("SELECT kept FROM package WHERE digest = ");
    let row = sql.push_bind(digest).build().fetch_optional(pool).await?;
    let kept: Option<Vec<u8>> = row.map(|row| row.try_get("kept")).transpose()?.flatten();
    kept.map(unpacked).transpose()
}

fn unpacked<T: DeserializeOwned>(report: Vec<u8>) -> sqlx::Result<T> {
    let decode = |error: Box<dyn std::error::Error + Send + Sync>| sqlx::Error::Decode(error);
    let reader = zstd::stream::read::Decoder::new(report.as_slice()).map_err(|error| decode(error.into()))?;
    serde_json::from_reader(reader).map_err(|error| decode(error.into()))
}

fn package(row: &Row) -> sqlx::Result<Package> {
    let word = |name: &str| row.try_get::<String, _>(name);
    let at = |name: &str| Ok::<_, sqlx::Error>(moment(Some(row.try_get(name)?)).unwrap_or_default());
    let (attention, way) = (word("attention")?, word("way")?);
    Ok(Package {
        digest: word("digest")?,
        name: word("name")?,
        size: u64::try_from(row.try_get::<i64, _>("size")?).unwrap_or(0),
        kind: word("kind")?,
        claimed_name: row.try_get("claimed_name")?,
        claimed_version: row.try_get("claimed_version")?,
        claimed_vendor: row.try_get("claimed_vendor")?,
        // A word of a later release is told as what asks for somebody.
        attention: Attention::ALL
            .into_iter()
            .find(|one| one.as_str() == attention)
            .unwrap_or(Attention::Something),
        way: Way::ALL.into_iter().find(|one| one.as_str() == way).unwrap_or(Way::Command),
        first_seen: at("first_seen")?,
        last_seen: at("last_seen")?,
    })
}
