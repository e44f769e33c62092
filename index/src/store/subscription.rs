//! Table `subscription`: who wants to know what, how each is doing, and when its next digest is due.

use jiff::Timestamp;
use sqlx::Row as _;

use super::{Connection, Db, Row, Sql, counter, millis, moment};
use crate::subscription::{Standing, Subscription, SubscriptionId, Tokens, Told, Wanted};

const COLUMNS: &str = "id, wanted, state, sentence, due, last_made, told, confirm_token, leave_token, feed_token, \
                       secret, created";

/// What a token opens.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Door {
    Confirm,
    Leave,
}

/// What must be known of a subscription to match for it.
pub(crate) struct Asking {
    pub(crate) id: i64,
    pub(crate) since: i64,
    pub(crate) wanted: Wanted,
}

fn subscription(row: &Row) -> anyhow::Result<Subscription> {
    let state: String = row.try_get("state")?;
    Ok(Subscription {
        id: SubscriptionId(row.try_get("id")?),
        wanted: serde_json::from_str(&row.try_get::<String, _>("wanted")?)?,
        standing: Standing::from_word(&state)
            .ok_or_else(|| anyhow::anyhow!("understand the state of a subscription \"{state}\""))?,
        sentence: row.try_get("sentence")?,
        due: moment(row.try_get("due")?),
        last_made: moment(row.try_get("last_made")?).unwrap_or(Timestamp::UNIX_EPOCH),
        created: moment(row.try_get("created")?).unwrap_or(Timestamp::UNIX_EPOCH),
        told: serde_json::from_str(&row.try_get::<String, _>("told")?)?,
        tokens: Tokens {
            confirm: row.try_get("confirm_token")?,
            leave: row.try_get("leave_token")?,
            feed: row.try_get("feed_token")?,
            secret: row.try_get("secret")?,
        },
    })
}

/// Records a subscription; only what is active gets digests.
pub(crate) async fn insert(
    connection: &mut Connection,
    wanted: &Wanted,
    standing: Standing,
    tokens: &Tokens,
    now: Timestamp,
) -> anyhow::Result<SubscriptionId> {
    let id = counter::draw(connection, "subscription", 1).await?;
    let due = (standing == Standing::Active && wanted.gets_digests()).then(|| wanted.rhythm.next(now));
    let mut sql = Sql::new(
        "INSERT INTO subscription (id, wanted, address, sources, state, since, due, last_made, told, confirm_token, \
         leave_token, feed_token, secret, created) VALUES (",
    );
    let mut values = sql.separated(", ");
    values.push_bind(id).push_bind(serde_json::to_string(wanted)?).push_bind(wanted.recipient.address());
    values.push_bind(wanted.watch.sources || wanted.watch.packages).push_bind(standing.as_str());
    values.push("(SELECT value FROM counter WHERE name = 'revision')");
    values.push_bind(due.map(millis)).push_bind(millis(now)).push_bind("{}");
    values.push_bind(&tokens.confirm).push_bind(&tokens.leave).push_bind(&tokens.feed);
    values.push_bind(&tokens.secret).push_bind(millis(now));
    sql.push(")").build().execute(connection).await?;
    Ok(SubscriptionId(id))
}

/// Makes a subscription active from now on: what was recorded before does not concern it.
pub(crate) async fn activate(
    connection: &mut Connection,
    subscription: &Subscription,
    now: Timestamp,
) -> sqlx::Result<()> {
    let wanted = &subscription.wanted;
    let due = wanted.gets_digests().then(|| millis(wanted.rhythm.next(now)));
    let mut sql = Sql::new("UPDATE subscription SET state = ");
    sql.push_bind(Standing::Active.as_str()).push(", sentence = NULL, due = ").push_bind(due);
    sql.push(", last_made = ").push_bind(millis(now));
    sql.push(", since = (SELECT value FROM counter WHERE name = 'revision') WHERE id = ");
    sql.push_bind(subscription.id.0).build().execute(connection).await?;
    Ok(())
}

/// Sends again to an address that had refused; what was missed is still noted, and what is not confirmed stays so.
pub(crate) async fn resume(
    connection: &mut Connection,
    subscription: &Subscription,
    now: Timestamp,
) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE subscription SET sentence = NULL");
    if subscription.standing == Standing::Refused {
        sql.push(", due = ").push_bind(millis(now)).push(", state = ").push_bind(Standing::Active.as_str());
    }
    sql.push(" WHERE id = ").push_bind(subscription.id.0).build().execute(connection).await?;
    Ok(())
}

/// Ends a subscription.
pub(crate) async fn end(
    connection: &mut Connection,
    id: SubscriptionId,
    standing: Standing,
) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE subscription SET due = NULL, state = ");
    sql.push_bind(standing.as_str()).push(" WHERE id = ").push_bind(id.0);
    sql.build().execute(connection).await?;
    Ok(())
}

/// Ends every subscription of an address that refused for good; what is not confirmed stays so, with the reason.
pub(crate) async fn refuse(connection: &mut Connection, address: &str, sentence: &str) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE subscription SET due = NULL, sentence = ");
    sql.push_bind(sentence).push(", state = CASE WHEN state = ").push_bind(Standing::Active.as_str());
    sql.push(" THEN ").push_bind(Standing::Refused.as_str()).push(" ELSE state END WHERE address = ");
    sql.push_bind(address).push(" AND state IN (");
    let mut states = sql.separated(", ");
    states.push_bind(Standing::Active.as_str()).push_bind(Standing::Unconfirmed.as_str());
    sql.push(")").build().execute(connection).await?;
    Ok(())
}

/// Every subscription that was not removed, the newest first.
pub(crate) async fn list(pool: &sqlx::Pool<Db>) -> anyhow::Result<Vec<Subscription>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM subscription WHERE state <> ").push_bind(Standing::Removed.as_str());
    sql.push(" ORDER BY id DESC");
    sql.build().fetch_all(pool).await?.iter().map(subscription).collect()
}

/// One subscription that was not removed.
pub(crate) async fn read(pool: &sqlx::Pool<Db>, id: SubscriptionId) -> anyhow::Result<Option<Subscription>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM subscription WHERE state <> ").push_bind(Standing::Removed.as_str());
    sql.push(" AND id = ").push_bind(id.0);
    sql.build().fetch_optional(pool).await?.as_ref().map(subscription).transpose()
}

/// The subscription of whoever holds this token.
pub(crate) async fn behind(
    pool: &sqlx::Pool<Db>,
    door: Door,
    token: &str,
) -> anyhow::Result<Option<Subscription>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM subscription WHERE state <> ").push_bind(Standing::Removed.as_str());
    sql.push(match door {
        Door::Confirm => " AND confirm_token = ",
        Door::Leave => " AND leave_token = ",
    });
    sql.push_bind(token).build().fetch_optional(pool).await?.as_ref().map(subscription).transpose()
}

/// Every subscription that finds entries and has a recipient that is sent to, for matching. What an address refuses for now is
/// matched as well, so that nothing is missing when it takes mail again.
pub(crate) async fn standing(pool: &sqlx::Pool<Db>) -> anyhow::Result<Vec<Asking>> {
    let mut sql = Sql::new("SELECT id, since, wanted FROM subscription WHERE address <> '' AND state IN (");
    let mut states = sql.separated(", ");
    states.push_bind(Standing::Active.as_str()).push_bind(Standing::Refused.as_str());
    let rows = sql.push(")").build().fetch_all(pool).await?;
    let mut standing = Vec::with_capacity(rows.len());
    for row in &rows {
        let wanted: Wanted = serde_json::from_str(&row.try_get::<String, _>(2)?)?;
        if wanted.watch.finds_entries() {
            standing.push(Asking { id: row.try_get(0)?, since: row.try_get(1)?, wanted });
        }
    }
    Ok(standing)
}

/// Active subscriptions whose digest is due, or whose due moment lies so far ahead that the clock must have jumped.
pub(crate) async fn due(
    pool: &sqlx::Pool<Db>,
    now: Timestamp,
    too_far: Timestamp,
    limit: i64,
) -> anyhow::Result<Vec<Subscription>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM subscription WHERE state = ").push_bind(Standing::Active.as_str());
    sql.push(" AND (due <= ").push_bind(millis(now)).push(" OR due > ").push_bind(millis(too_far));
    sql.push(") ORDER BY due, id LIMIT ").push_bind(limit);
    sql.build().fetch_all(pool).await?.iter().map(subscription).collect()
}

/// Active subscriptions that watch a state, of the sources or of packages; the column is called after the first.
pub(crate) async fn watching_states(pool: &sqlx::Pool<Db>) -> anyhow::Result<Vec<Subscription>> {
    let mut sql = Sql::new("SELECT ");
    sql.push(COLUMNS).push(" FROM subscription WHERE sources = ").push_bind(true).push(" AND state = ");
    let rows = sql.push_bind(Standing::Active.as_str()).build().fetch_all(pool).await?;
    rows.iter().map(subscription).collect()
}

/// Makes a subscription due at a moment, unless it is due earlier.
pub(crate) async fn hasten(connection: &mut Connection, ids: &[i64], at: &[Timestamp]) -> sqlx::Result<()> {
    for (id, at) in ids.iter().zip(at) {
        let mut sql = Sql::new("UPDATE subscription SET due = ");
        sql.push_bind(millis(*at)).push(" WHERE id = ").push_bind(*id).push(" AND state = ");
        sql.push_bind(Standing::Active.as_str()).push(" AND (due IS NULL OR due > ");
        sql.push_bind(millis(*at)).push(")").build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Moves a subscription on to its next digest, unless somebody else has meanwhile. `made` and `told` change with a
/// digest only.
pub(crate) async fn move_on(
    connection: &mut Connection,
    subscription: &Subscription,
    next: Timestamp,
    made: Option<(Timestamp, &Told)>,
) -> anyhow::Result<bool> {
    let mut sql = Sql::new("UPDATE subscription SET due = ");
    sql.push_bind(millis(next));
    if let Some((made, told)) = made {
        sql.push(", last_made = ").push_bind(millis(made));
        sql.push(", told = ").push_bind(serde_json::to_string(told)?);
    }
    sql.push(" WHERE id = ").push_bind(subscription.id.0).push(" AND state = ");
    sql.push_bind(Standing::Active.as_str()).push(" AND due = ").push_bind(subscription.due.map(millis));
    sql.push(" AND last_made = ").push_bind(millis(subscription.last_made));
    Ok(sql.build().execute(connection).await?.rows_affected() > 0)
}

/// Subscriptions whose address refuses what is sent.
pub(crate) async fn refused(pool: &sqlx::Pool<Db>) -> sqlx::Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM subscription WHERE state = ");
    sql.push_bind(Standing::Refused.as_str()).build_query_scalar().fetch_one(pool).await
}
