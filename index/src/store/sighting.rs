//! Table `sighting`.

use inspect::key::Fingerprint;
use jiff::Timestamp;
use sqlx::Row as _;

use super::key::decoded;
use super::{Connection, Db, Row, Sql, counter, millis, moment};
use crate::keys::sighting::{Place, Sighting, Way};

const COLUMNS: &str = "fingerprint, way, place, source, vendor, first_seen, last_seen, missing_since, gone";

/// Sightings of one key that are answered.
const MOST: i64 = 500;

fn sighting(row: &Row) -> sqlx::Result<Sighting> {
    let at = |name: &str| Ok::<_, sqlx::Error>(moment(Some(row.try_get(name)?)).unwrap_or_default());
    let way: String = row.try_get("way")?;
    Ok(Sighting {
        fingerprint: decoded(Fingerprint::parse(&row.try_get::<String, _>("fingerprint")?))?,
        // A word of a later release is told as what proves least.
        way: Way::ALL.into_iter().find(|one| one.as_str() == way).unwrap_or(Way::Upload),
        place: row.try_get("place")?,
        source: row.try_get("source")?,
        vendor: row.try_get("vendor")?,
        first_seen: at("first_seen")?,
        last_seen: at("last_seen")?,
        missing_since: moment(row.try_get("missing_since")?),
        gone: row.try_get("gone")?,
    })
}

/// What was seen at a place, gone or not.
pub(crate) async fn at_place(connection: &mut Connection, place: &str) -> sqlx::Result<Vec<Sighting>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM sighting WHERE place = ").push_bind(place).push(" ORDER BY id");
    sql.build().fetch_all(connection).await?.iter().map(sighting).collect()
}

/// Notes that a key was seen at a place.
pub(crate) async fn note(
    connection: &mut Connection,
    fingerprint: Fingerprint,
    place: &Place,
    now: Timestamp,
) -> sqlx::Result<()> {
    let id = counter::draw(connection, "sighting", 1).await?;
    let mut sql = Sql::new(
        "INSERT INTO sighting (id, fingerprint, way, place, source, vendor, first_seen, last_seen, missing_since, \
         gone) VALUES (",
    );
    let mut values = sql.separated(", ");
    values.push_bind(id).push_bind(fingerprint.written()).push_bind(place.way.as_str());
    values.push_bind(&place.place).push_bind(&place.source).push_bind(&place.vendor);
    values.push_bind(millis(now)).push_bind(millis(now)).push_bind(None::<i64>).push_bind(false);
    sql.push(
        ") ON CONFLICT (fingerprint, place) DO UPDATE SET last_seen = excluded.last_seen, missing_since = NULL, \
         gone = excluded.gone, vendor = excluded.vendor, source = excluded.source",
    );
    sql.build().execute(connection).await?;
    Ok(())
}

/// Notes that a key is not at a place any more.
pub(crate) async fn miss(
    connection: &mut Connection,
    fingerprint: Fingerprint,
    place: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE sighting SET missing_since = ");
    sql.push_bind(millis(now)).push(" WHERE missing_since IS NULL AND place = ").push_bind(place);
    sql.push(" AND fingerprint = ").push_bind(fingerprint.written()).build().execute(connection).await?;
    Ok(())
}

/// Sightings that are missing since before `since` and do not count as gone yet.
pub(crate) async fn overdue(connection: &mut Connection, since: Timestamp) -> sqlx::Result<Vec<Sighting>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM sighting WHERE gone = ").push_bind(false);
    sql.push(" AND missing_since <= ").push_bind(millis(since)).push(" ORDER BY id LIMIT 1000");
    sql.build().fetch_all(connection).await?.iter().map(sighting).collect()
}

/// Notes that a key counts as gone from a place.
pub(crate) async fn go(connection: &mut Connection, gone: &Sighting) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE sighting SET gone = ");
    sql.push_bind(true).push(" WHERE place = ").push_bind(&gone.place);
    sql.push(" AND fingerprint = ").push_bind(gone.fingerprint.written()).build().execute(connection).await?;
    Ok(())
}

/// Whether a key is at some place of a vendor, or was before: (is there now, was ever there).
pub(crate) async fn at_vendor(
    connection: &mut Connection,
    fingerprint: Fingerprint,
    vendor: Option<&str>,
) -> sqlx::Result<(bool, bool)> {
    let mut sql =
        Sql::new("SELECT COALESCE(SUM(CASE WHEN missing_since IS NULL THEN 1 ELSE 0 END), 0), COUNT(*)");
    sql.push(" FROM sighting WHERE fingerprint = ").push_bind(fingerprint.written());
    match vendor {
        Some(vendor) => sql.push(" AND vendor = ").push_bind(vendor.to_owned()),
        None => sql.push(" AND vendor IS NULL"),
    };
    let row = sql.build().fetch_one(connection).await?;
    Ok((row.try_get::<i64, _>(0)? > 0, row.try_get::<i64, _>(1)? > 0))
}

/// Where a key was seen, the newest first.
pub(crate) async fn of_key(pool: &sqlx::Pool<Db>, fingerprint: Fingerprint) -> sqlx::Result<Vec<Sighting>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM sighting WHERE fingerprint = ").push_bind(fingerprint.written());
    sql.push(" ORDER BY last_seen DESC, id DESC LIMIT ").push_bind(MOST);
    sql.build().fetch_all(pool).await?.iter().map(sighting).collect()
}

/// What was seen at the places of a vendor, the oldest first.
pub(crate) async fn of_vendor(pool: &sqlx::Pool<Db>, vendor: &str) -> sqlx::Result<Vec<Sighting>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM sighting WHERE vendor = ").push_bind(vendor);
    sql.push(" ORDER BY first_seen, id LIMIT ").push_bind(MOST);
    sql.build().fetch_all(pool).await?.iter().map(sighting).collect()
}

/// The keys that lie within a package, in the order in which they were noted.
pub(crate) async fn in_package(pool: &sqlx::Pool<Db>, digest: &str) -> sqlx::Result<Vec<Sighting>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM sighting WHERE place >= ").push_bind(format!("{digest}!/"));
    // The character after the one that ends the digest's part.
    sql.push(" AND place < ").push_bind(format!("{digest}!0")).push(" AND way = ");
    sql.push_bind(Way::Package.as_str()).push(" ORDER BY id LIMIT ").push_bind(MOST);
    sql.build().fetch_all(pool).await?.iter().map(sighting).collect()
}

/// Vendors at whose places a key was seen.
pub(crate) async fn vendors(pool: &sqlx::Pool<Db>, fingerprint: Fingerprint) -> sqlx::Result<Vec<String>> {
    let mut sql =
        Sql::new("SELECT DISTINCT vendor FROM sighting WHERE vendor IS NOT NULL AND fingerprint = ");
    sql.push_bind(fingerprint.written()).push(" ORDER BY vendor").build_query_scalar().fetch_all(pool).await
}
