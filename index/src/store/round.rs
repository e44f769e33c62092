//! Table `round`: how past rounds of a source went.

use jiff::Timestamp;
use sqlx::Row as _;

use super::{Connection, Db, Sql, counter, millis, moment};
use crate::source::{Round, RoundEnd, SourceId};

/// Rounds kept of one source.
const KEPT: i64 = 200;

/// Notes how a round went, and forgets the oldest ones.
pub(crate) async fn insert(
    connection: &mut Connection,
    source: SourceId,
    started: Timestamp,
    ended: Timestamp,
    end: &RoundEnd,
) -> anyhow::Result<()> {
    let id = counter::draw(connection, "round", 1).await?;
    let mut sql = Sql::new("INSERT INTO round (id, source_id, started, ended, round_end) VALUES (");
    let mut values = sql.separated(", ");
    values.push_bind(id).push_bind(source.0).push_bind(millis(started)).push_bind(millis(ended));
    values.push_bind(serde_json::to_string(end)?);
    sql.push(")").build().execute(&mut *connection).await?;
    let mut sql = Sql::new("DELETE FROM round WHERE source_id = ");
    sql.push_bind(source.0)
        .push(" AND id NOT IN (SELECT id FROM round WHERE source_id = ")
        .push_bind(source.0);
    sql.push(" ORDER BY id DESC LIMIT ").push_bind(KEPT).push(")");
    sql.build().execute(connection).await?;
    Ok(())
}

/// The newest rounds of a source, newest first.
pub(crate) async fn newest(
    pool: &sqlx::Pool<Db>,
    source: SourceId,
    count: i64,
) -> anyhow::Result<Vec<Round>> {
    let mut sql = Sql::new("SELECT started, ended, round_end FROM round WHERE source_id = ");
    sql.push_bind(source.0).push(" ORDER BY id DESC LIMIT ").push_bind(count);
    let mut rounds = Vec::new();
    for row in sql.build().fetch_all(pool).await? {
        let (Some(started), Some(ended)) = (moment(row.try_get(0)?), moment(row.try_get(1)?)) else {
            continue;
        };
        rounds.push(Round { started, ended, end: serde_json::from_str(&row.try_get::<String, _>(2)?)? });
    }
    Ok(rounds)
}
