//! Table `key_change`: the same change seen again only counts.

use inspect::key::Fingerprint;
use inspect::key::fact::Fact;
use jiff::Timestamp;
use sqlx::Row as _;

use super::key::decoded;
use super::{Connection, Db, Row, Sql, counter, millis, moment};
use crate::keys::change::{Change, Found, What};
use crate::keys::sighting::Place;

const SELECT: &str = "SELECT key_change.id, key_change.fingerprint, what, detail, vendor, place, related, first_at, \
                      last_at, times, key.facts FROM key_change JOIN key ON key.fingerprint = key_change.fingerprint";

fn change(row: &Row) -> sqlx::Result<Change> {
    let at = |name: &str| Ok::<_, sqlx::Error>(moment(Some(row.try_get(name)?)).unwrap_or_default());
    let (what, vendor): (String, String) = (row.try_get("what")?, row.try_get("vendor")?);
    let facts: Fact = decoded(serde_json::from_str(&row.try_get::<String, _>("facts")?))?;
    Ok(Change {
        id: row.try_get("id")?,
        fingerprint: decoded(Fingerprint::parse(&row.try_get::<String, _>("fingerprint")?))?,
        name: facts.name().map(str::to_owned),
        // A word of a later release is told as the plainest.
        what: What::ALL.into_iter().find(|one| one.as_str() == what).unwrap_or(What::ReSigned),
        detail: row.try_get("detail")?,
        vendor: (!vendor.is_empty()).then_some(vendor),
        place: row.try_get("place")?,
        related: decoded(serde_json::from_str(&row.try_get::<String, _>("related")?))?,
        first_at: at("first_at")?,
        last_at: at("last_at")?,
        times: u64::try_from(row.try_get::<i64, _>("times")?).unwrap_or(1),
    })
}

/// Notes a change; answers whether it is new. One that was noted before only counts, and is not told again.
pub(crate) async fn note(
    connection: &mut Connection,
    found: &Found,
    place: &Place,
    now: Timestamp,
) -> anyhow::Result<bool> {
    let id = counter::draw(connection, "key_change", 1).await?;
    let mut sql = Sql::new(
        "INSERT INTO key_change (id, fingerprint, what, detail, vendor, place, related, first_at, last_at, times, \
         told) VALUES (",
    );
    let mut values = sql.separated(", ");
    values.push_bind(id).push_bind(found.fingerprint.written()).push_bind(found.what.as_str());
    values.push_bind(&found.detail).push_bind(place.vendor.clone().unwrap_or_default());
    values.push_bind(&place.place).push_bind(serde_json::to_string(&found.related)?);
    values.push_bind(millis(now)).push_bind(millis(now)).push_bind(1_i64).push_bind(false);
    sql.push(
        ") ON CONFLICT (fingerprint, what, detail, vendor) DO UPDATE SET times = key_change.times + 1, \
         last_at = excluded.last_at RETURNING times",
    );
    let times: i64 = sql.build_query_scalar().fetch_one(connection).await?;
    Ok(times == 1)
}

/// The newest changes; of one vendor, if it is given.
pub(crate) async fn newest(
    pool: &sqlx::Pool<Db>,
    vendor: Option<&str>,
    most: u32,
) -> sqlx::Result<Vec<Change>> {
    let mut sql = Sql::new(SELECT);
    if let Some(vendor) = vendor {
        sql.push(" WHERE vendor = ").push_bind(vendor.to_owned());
    }
    sql.push(" ORDER BY first_at DESC, key_change.id DESC LIMIT ").push_bind(i64::from(most));
    sql.build().fetch_all(pool).await?.iter().map(change).collect()
}

/// The changes of one key, the newest first.
pub(crate) async fn of_key(pool: &sqlx::Pool<Db>, fingerprint: Fingerprint) -> sqlx::Result<Vec<Change>> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE key_change.fingerprint = ").push_bind(fingerprint.written());
    sql.push(" ORDER BY first_at DESC, key_change.id DESC LIMIT 200");
    sql.build().fetch_all(pool).await?.iter().map(change).collect()
}

/// Changes that no entry says yet, the oldest first.
pub(crate) async fn untold(pool: &sqlx::Pool<Db>, most: u32) -> sqlx::Result<Vec<Change>> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE told = ")
        .push_bind(false)
        .push(" ORDER BY key_change.id LIMIT ")
        .push_bind(i64::from(most));
    sql.build().fetch_all(pool).await?.iter().map(change).collect()
}

/// Notes that entries say these changes.
pub(crate) async fn told(connection: &mut Connection, ids: &[i64]) -> sqlx::Result<()> {
    for id in ids {
        let mut sql = Sql::new("UPDATE key_change SET told = ");
        sql.push_bind(true).push(" WHERE id = ").push_bind(*id).build().execute(&mut *connection).await?;
    }
    Ok(())
}
