//! Table `round`: how past rounds of a source went.

use sqlx::Row as _;

use super::{Connection, Db, Sql, counter, millis, moment};
use crate::source::{Ended, Round, SourceId};

/// Rounds written in one statement.
const ROWS: usize = 200;

/// Rounds kept of one source.
const KEPT: i64 = 200;

/// Notes how rounds went, and forgets the oldest ones of their sources.
pub(crate) async fn insert(connection: &mut Connection, ended: &[Ended]) -> anyhow::Result<()> {
    for some in ended.chunks(ROWS) {
        let first = counter::draw(connection, "round", some.len()).await?;
        let ends =
            some.iter().map(|ended| serde_json::to_string(&ended.end)).collect::<Result<Vec<_>, _>>()?;
        let mut sql = Sql::new("INSERT INTO round (id, source_id, started, ended, round_end) ");
        sql.push_values((first..).zip(some).zip(ends), |mut values, ((id, ended), end)| {
            values.push_bind(id).push_bind(ended.source.0);
            values.push_bind(millis(ended.started)).push_bind(millis(ended.now)).push_bind(end);
        });
        sql.build().execute(&mut *connection).await?;
        let mut sql = Sql::new(
            "DELETE FROM round WHERE id IN (SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY source_id \
             ORDER BY id DESC) AS place FROM round WHERE source_id IN (",
        );
        let mut sources = sql.separated(", ");
        for ended in some {
            sources.push_bind(ended.source.0);
        }
        sql.push(")) AS kept WHERE place > ").push_bind(KEPT).push(")");
        sql.build().execute(&mut *connection).await?;
    }
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
