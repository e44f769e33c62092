//! Table `canary`: which step of the way each token has reached, and when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::Row as _;

use super::{Connection, Db, Sql, millis, moment};
use crate::canary::Step;

/// Rows kept; the steps of about a month.
const KEPT: i64 = 150;

/// Notes that a token has reached a step, once; forgets the oldest ones.
pub(crate) async fn reach(
    connection: &mut Connection,
    token: &str,
    step: Step,
    now: Timestamp,
) -> sqlx::Result<()> {
    let mut sql = Sql::new("INSERT INTO canary (token, step, reached) VALUES (");
    let mut values = sql.separated(", ");
    values.push_bind(token).push_bind(step.as_str()).push_bind(millis(now));
    sql.push(") ON CONFLICT (token, step) DO NOTHING").build().execute(&mut *connection).await?;
    let mut sql = Sql::new("DELETE FROM canary WHERE reached < (SELECT MIN(reached) FROM (");
    sql.push("SELECT reached FROM canary ORDER BY reached DESC LIMIT ").push_bind(KEPT).push(") AS newest)");
    sql.build().execute(connection).await?;
    Ok(())
}

/// The tokens that are remembered with the steps that each has reached, the newest token first.
pub(crate) async fn list(pool: &sqlx::Pool<Db>) -> anyhow::Result<Vec<(String, Vec<(Step, Timestamp)>)>> {
    let mut sql = Sql::new("SELECT token, step, reached FROM canary ORDER BY reached");
    let mut tokens: BTreeMap<String, Vec<(Step, Timestamp)>> = BTreeMap::new();
    for row in sql.build().fetch_all(pool).await? {
        let step: String = row.try_get(1)?;
        if let (Some(step), Some(reached)) = (Step::from_word(&step), moment(row.try_get(2)?)) {
            tokens.entry(row.try_get(0)?).or_default().push((step, reached));
        }
    }
    let mut tokens: Vec<_> = tokens.into_iter().collect();
    tokens.sort_by_key(|(_, steps)| std::cmp::Reverse(steps.iter().map(|(_, at)| *at).min()));
    Ok(tokens)
}
