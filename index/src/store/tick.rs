//! Table `tick`: when the program's clock last did what, and when it is overdue.

use jiff::SignedDuration;
use sqlx::Row as _;

use super::{Connection, Db, Sql, millis, moment};
use crate::notice::Tick;

/// Notes that a tick ran; a jump that was noted before stays where there is no newer one.
pub(crate) async fn keep(connection: &mut Connection, tick: &Tick) -> sqlx::Result<()> {
    let jumped = tick.jump.map(|(at, _)| millis(at));
    let by = tick.jump.map(|(_, by)| i64::try_from(by.as_millis()).unwrap_or(i64::MAX));
    let mut sql = Sql::new("INSERT INTO tick (name, ran, expected, jumped, jumped_by) VALUES (");
    let mut values = sql.separated(", ");
    values.push_bind(&tick.name).push_bind(millis(tick.ran)).push_bind(millis(tick.expected));
    values.push_bind(jumped).push_bind(by);
    sql.push(
        ") ON CONFLICT (name) DO UPDATE SET ran = excluded.ran, expected = excluded.expected, \
         jumped = COALESCE(excluded.jumped, tick.jumped), jumped_by = COALESCE(excluded.jumped_by, tick.jumped_by)",
    );
    sql.build().execute(connection).await?;
    Ok(())
}

/// Every tick.
pub(crate) async fn list(pool: &sqlx::Pool<Db>) -> anyhow::Result<Vec<Tick>> {
    let mut sql = Sql::new("SELECT name, ran, expected, jumped, jumped_by FROM tick ORDER BY name");
    let mut ticks = Vec::new();
    for row in sql.build().fetch_all(pool).await? {
        let (Some(ran), Some(expected)) = (moment(row.try_get(1)?), moment(row.try_get(2)?)) else {
            continue;
        };
        let by = row.try_get::<Option<i64>, _>(4)?.map(SignedDuration::from_millis);
        ticks.push(Tick { name: row.try_get(0)?, ran, expected, jump: moment(row.try_get(3)?).zip(by) });
    }
    Ok(ticks)
}

/// Forgets every tick: the clock stops in order.
pub(crate) async fn forget(connection: &mut Connection) -> sqlx::Result<()> {
    Sql::new("DELETE FROM tick").build().execute(connection).await?;
    Ok(())
}
