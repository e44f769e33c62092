//! Tables `pin` and `contact_try`: what people decided and tried. Rows are never deleted.

use inspect::key::Fingerprint;
use jiff::Timestamp;
use sqlx::Row as _;

use super::key::decoded;
use super::{Connection, Db, Row, Sql, counter, millis, moment};
use crate::keys::pin::{Draft, Pin};
use crate::vendor::Try;

const COLUMNS: &str = "id, fingerprint, bound, made, made_by, reason, channel, two, second_by, second_at, undone, \
                       undone_by, undone_why";

fn pin(row: &Row) -> sqlx::Result<Pin> {
    Ok(Pin {
        id: row.try_get("id")?,
        fingerprint: decoded(Fingerprint::parse(&row.try_get::<String, _>("fingerprint")?))?,
        bound: decoded(serde_json::from_str(&row.try_get::<String, _>("bound")?))?,
        made: moment(Some(row.try_get("made")?)).unwrap_or_default(),
        made_by: row.try_get("made_by")?,
        reason: row.try_get("reason")?,
        channel: row.try_get("channel")?,
        two: row.try_get("two")?,
        second_by: row.try_get("second_by")?,
        second_at: moment(row.try_get("second_at")?),
        undone: moment(row.try_get("undone")?),
        undone_by: row.try_get("undone_by")?,
        undone_why: row.try_get("undone_why")?,
    })
}

/// Records a pin; answers its number.
pub(crate) async fn insert(
    connection: &mut Connection,
    draft: &Draft,
    now: Timestamp,
) -> anyhow::Result<i64> {
    let id = counter::draw(connection, "pin", 1).await?;
    let mut sql = Sql::new(
        "INSERT INTO pin (id, fingerprint, bound, vendor, made, made_by, reason, channel, two) VALUES (",
    );
    let mut values = sql.separated(", ");
    values.push_bind(id).push_bind(draft.fingerprint.written());
    values.push_bind(serde_json::to_string(&draft.bound)?).push_bind(&draft.bound.vendor);
    values.push_bind(millis(now)).push_bind(&draft.by).push_bind(&draft.reason).push_bind(&draft.channel);
    values.push_bind(draft.two);
    sql.push(")").build().execute(connection).await?;
    Ok(id)
}

/// Notes the second person of a pin that waits for one; answers whether there was such a pin.
pub(crate) async fn second(
    connection: &mut Connection,
    id: i64,
    by: &str,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let mut sql = Sql::new("UPDATE pin SET second_by = ");
    sql.push_bind(by).push(", second_at = ").push_bind(millis(now)).push(" WHERE id = ").push_bind(id);
    sql.push(" AND two = ").push_bind(true).push(" AND second_by IS NULL AND undone IS NULL AND made_by <> ");
    Ok(sql.push_bind(by).build().execute(connection).await?.rows_affected() > 0)
}

/// Notes that a pin is undone; answers whether there was one that was not.
pub(crate) async fn undo(
    connection: &mut Connection,
    id: i64,
    by: &str,
    why: &str,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let mut sql = Sql::new("UPDATE pin SET undone = ");
    sql.push_bind(millis(now)).push(", undone_by = ").push_bind(by).push(", undone_why = ").push_bind(why);
    sql.push(" WHERE undone IS NULL AND id = ").push_bind(id);
    Ok(sql.build().execute(connection).await?.rows_affected() > 0)
}

/// Pins, the newest first: of one key, of one vendor, or all.
pub(crate) async fn list(
    pool: &sqlx::Pool<Db>,
    fingerprint: Option<Fingerprint>,
    vendor: Option<&str>,
) -> sqlx::Result<Vec<Pin>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM pin WHERE 1 = 1");
    if let Some(fingerprint) = fingerprint {
        sql.push(" AND fingerprint = ").push_bind(fingerprint.written());
    }
    if let Some(vendor) = vendor {
        sql.push(" AND vendor = ").push_bind(vendor.to_owned());
    }
    sql.push(" ORDER BY id DESC LIMIT 1000").build().fetch_all(pool).await?.iter().map(pin).collect()
}

/// Notes that a contact was tried, and what came of it.
pub(crate) async fn tried(connection: &mut Connection, vendor: &str, tried: &Try) -> sqlx::Result<()> {
    let id = counter::draw(connection, "contact_try", 1).await?;
    let mut sql = Sql::new("INSERT INTO contact_try (id, vendor, address, at, who, outcome) VALUES (");
    let mut values = sql.separated(", ");
    values.push_bind(id).push_bind(vendor).push_bind(&tried.address).push_bind(millis(tried.at));
    values.push_bind(&tried.who).push_bind(&tried.outcome);
    sql.push(")").build().execute(connection).await?;
    Ok(())
}

/// When the contacts of a vendor were tried, the newest first.
pub(crate) async fn tries(pool: &sqlx::Pool<Db>, vendor: &str) -> sqlx::Result<Vec<Try>> {
    let mut sql = Sql::new("SELECT address, at, who, outcome FROM contact_try WHERE vendor = ");
    sql.push_bind(vendor).push(" ORDER BY at DESC, id DESC LIMIT 200");
    let read = |row: &Row| {
        let at = moment(Some(row.try_get("at")?)).unwrap_or_default();
        Ok(Try {
            address: row.try_get("address")?,
            at,
            who: row.try_get("who")?,
            outcome: row.try_get("outcome")?,
        })
    };
    sql.build().fetch_all(pool).await?.iter().map(read).collect()
}
