//! Tables `key` and `key_alias`.

use inspect::key::Fingerprint;
use inspect::key::fact::Fact;
use jiff::Timestamp;
use sqlx::Row as _;

use super::{Connection, Db, Row, Sql, millis, moment};
use crate::keys::sighting::{Key, Way};

const COLUMNS: &str = "facts, bytes, first_seen, last_seen";

/// Keys that one short name may lead to; more are a flood.
const MOST: i64 = 50;

pub(super) fn decoded<T>(read: Result<T, impl std::error::Error + Send + Sync + 'static>) -> sqlx::Result<T> {
    read.map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn key(row: &Row) -> sqlx::Result<Key> {
    let at = |name: &str| Ok::<_, sqlx::Error>(moment(Some(row.try_get(name)?)).unwrap_or_default());
    let facts: Fact = decoded(serde_json::from_str(&row.try_get::<String, _>("facts")?))?;
    Ok(Key {
        facts,
        first_seen: at("first_seen")?,
        last_seen: at("last_seen")?,
        bytes: row.try_get("bytes")?,
    })
}

/// One key, within a change.
pub(crate) async fn known(
    connection: &mut Connection,
    fingerprint: Fingerprint,
) -> sqlx::Result<Option<Key>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM key WHERE fingerprint = ").push_bind(fingerprint.written());
    sql.build().fetch_optional(connection).await?.as_ref().map(key).transpose()
}

/// One key.
pub(crate) async fn read(pool: &sqlx::Pool<Db>, fingerprint: Fingerprint) -> sqlx::Result<Option<Key>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM key WHERE fingerprint = ").push_bind(fingerprint.written());
    sql.build().fetch_optional(pool).await?.as_ref().map(key).transpose()
}

/// Records a key, or what is now known of it, and its other names.
pub(crate) async fn upsert(
    connection: &mut Connection,
    fact: &Fact,
    bytes: &[u8],
    now: Timestamp,
) -> anyhow::Result<()> {
    let fingerprint = fact.fingerprint.written();
    let mut sql =
        Sql::new("INSERT INTO key (fingerprint, digits, kind, facts, bytes, first_seen, last_seen) VALUES (");
    let mut values = sql.separated(", ");
    values.push_bind(&fingerprint).push_bind(fact.fingerprint.to_string()).push_bind(fact.kind.as_str());
    values.push_bind(serde_json::to_string(fact)?).push_bind(bytes);
    values.push_bind(millis(now)).push_bind(millis(now));
    sql.push(
        ") ON CONFLICT (fingerprint) DO UPDATE SET facts = excluded.facts, bytes = excluded.bytes, \
         last_seen = excluded.last_seen",
    );
    sql.build().execute(&mut *connection).await?;
    for alias in &fact.aliases {
        let mut sql = Sql::new("INSERT INTO key_alias (alias, fingerprint, what) VALUES (");
        let mut values = sql.separated(", ");
        values.push_bind(&alias.value).push_bind(&fingerprint).push_bind(&alias.what);
        sql.push(") ON CONFLICT (alias, fingerprint) DO NOTHING");
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Notes that a key was seen again and is what it was.
pub(crate) async fn seen(
    connection: &mut Connection,
    fingerprint: Fingerprint,
    now: Timestamp,
) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE key SET last_seen = ");
    sql.push_bind(millis(now)).push(" WHERE fingerprint = ").push_bind(fingerprint.written());
    sql.build().execute(connection).await?;
    Ok(())
}

/// Keys that bear a name: those whose digits it is first, since anybody can make a key that bears another one's as an
/// alias.
pub(crate) async fn named(pool: &sqlx::Pool<Db>, name: &str) -> sqlx::Result<Vec<Key>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS)
        .push(" FROM key WHERE digits = ")
        .push_bind(name)
        .push(" OR fingerprint = ")
        .push_bind(name);
    sql.push(" OR fingerprint IN (SELECT fingerprint FROM key_alias WHERE alias = ").push_bind(name);
    sql.push(") ORDER BY CASE WHEN digits = ").push_bind(name).push(" OR fingerprint = ").push_bind(name);
    sql.push(" THEN 0 ELSE 1 END, first_seen, fingerprint LIMIT ").push_bind(MOST);
    sql.build().fetch_all(pool).await?.iter().map(key).collect()
}

/// Keys whose digits end in a short name: eight digits, as old tools print them.
pub(crate) async fn ending(pool: &sqlx::Pool<Db>, digits: &str) -> sqlx::Result<Vec<Key>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM key WHERE digits LIKE ").push_bind(format!("%{digits}"));
    sql.push(" ORDER BY first_seen, fingerprint LIMIT ").push_bind(MOST);
    sql.build().fetch_all(pool).await?.iter().map(key).collect()
}

/// Keys that were seen last at a place where they still are, or of which a pin counts; of one vendor, if it is given. Not
/// those that packages alone brought along.
pub(crate) async fn in_use(pool: &sqlx::Pool<Db>, vendor: Option<&str>, most: i64) -> sqlx::Result<Vec<Key>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM key WHERE (fingerprint IN (SELECT fingerprint FROM sighting WHERE gone = ");
    sql.push_bind(false).push(" AND way <> ").push_bind(Way::Package.as_str());
    if let Some(vendor) = vendor {
        sql.push(" AND vendor = ").push_bind(vendor.to_owned());
    }
    sql.push(") OR fingerprint IN (SELECT fingerprint FROM pin WHERE undone IS NULL");
    if let Some(vendor) = vendor {
        sql.push(" AND vendor = ").push_bind(vendor.to_owned());
    }
    sql.push(")) ORDER BY last_seen DESC, fingerprint LIMIT ").push_bind(most);
    sql.build().fetch_all(pool).await?.iter().map(key).collect()
}

/// Every fingerprint, in digits, for looking for near ones.
pub(crate) async fn digits(pool: &sqlx::Pool<Db>, most: i64) -> sqlx::Result<Vec<String>> {
    let mut sql = Sql::new("SELECT digits FROM key ORDER BY digits LIMIT ");
    sql.push_bind(most).build_query_scalar().fetch_all(pool).await
}

/// How many keys are known.
pub(crate) async fn count(pool: &sqlx::Pool<Db>) -> sqlx::Result<u64> {
    let number: i64 = Sql::new("SELECT COUNT(*) FROM key").build_query_scalar().fetch_one(pool).await?;
    Ok(u64::try_from(number).unwrap_or(0))
}
