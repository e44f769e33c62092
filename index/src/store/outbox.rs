//! Table `outbox`: what has still to be sent, leased to whoever sends it, and what became of what was.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row as _;

use super::{Connection, Db, Row, SKIP_LEASED, Sql, counter, millis, moment};
use crate::digest::Digest;
use crate::outbox::{Backlog, Outcome, Posted, State};

/// How long a lease lasts when nobody ends it: longer than any attempt may take.
const LEASE: SignedDuration = SignedDuration::from_mins(5);

/// No attempt is put off for longer than this, so a later moment means that the clock jumped.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(25);

/// A row that was leased.
pub(crate) struct Leased {
    pub(crate) id: i64,
    pub(crate) subscription: i64,
    pub(crate) digest: Option<i64>,
    pub(crate) address: String,
    pub(crate) message: String,
    pub(crate) created: i64,
    /// How often sending was begun, this time included.
    pub(crate) begun: i64,
    /// How often it certainly came to nothing.
    pub(crate) undone: i64,
}

/// Writes what has to be sent.
pub(crate) async fn insert(
    connection: &mut Connection,
    subscription: i64,
    digest: Option<i64>,
    address: &str,
    message: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    let id = counter::draw(connection, "outbox", 1).await?;
    let mut sql = Sql::new(
        "INSERT INTO outbox (id, subscription_id, digest_id, address, message, state, created, next_try, begun, undone, \
         leased_until, leased_by) VALUES (",
    );
    let mut values = sql.separated(", ");
    values.push_bind(id).push_bind(subscription).push_bind(digest).push_bind(address).push_bind(message);
    values.push_bind(State::Waiting.as_str()).push_bind(millis(now)).push_bind(millis(now));
    values.push_bind(0_i64).push_bind(0_i64).push_bind(0_i64).push_bind("");
    sql.push(")").build().execute(connection).await?;
    Ok(())
}

/// Takes up to `limit` rows that are due and that nobody holds. What `holder` itself held before is free: whoever leases
/// under that name is alone, so the one that held it is no more.
pub(crate) async fn lease(
    connection: &mut Connection,
    holder: &str,
    held: &[i64],
    now: Timestamp,
    limit: u32,
) -> anyhow::Result<Vec<Leased>> {
    let (far, until) = (now.saturating_add(LONGEST_WAIT)?, now.saturating_add(LEASE)?);
    let mut sql = Sql::new("UPDATE outbox SET begun = begun + 1, leased_by = ");
    sql.push_bind(holder).push(", leased_until = ").push_bind(millis(until));
    sql.push(" WHERE id IN (SELECT id FROM outbox WHERE state = ").push_bind(State::Waiting.as_str());
    sql.push(" AND (next_try <= ").push_bind(millis(now)).push(" OR next_try > ").push_bind(millis(far));
    sql.push(") AND (leased_until <= ").push_bind(millis(now));
    sql.push(" OR leased_until > ").push_bind(millis(until));
    sql.push(" OR leased_by = ").push_bind(holder).push(")");
    if !held.is_empty() {
        let mut list = sql.push(" AND id NOT IN (").separated(", ");
        for id in held {
            list.push_bind(*id);
        }
        list.push_unseparated(")");
    }
    sql.push(" ORDER BY next_try, id LIMIT ").push_bind(i64::from(limit)).push(SKIP_LEASED);
    sql.push(") RETURNING id, subscription_id, digest_id, address, message, created, begun, undone");
    sql.build().fetch_all(connection).await?.iter().map(leased).collect()
}

fn leased(row: &Row) -> anyhow::Result<Leased> {
    Ok(Leased {
        id: row.try_get(0)?,
        subscription: row.try_get(1)?,
        digest: row.try_get(2)?,
        address: row.try_get(3)?,
        message: row.try_get(4)?,
        created: row.try_get(5)?,
        begun: row.try_get(6)?,
        undone: row.try_get(7)?,
    })
}

/// Notes what came of an attempt, and gives the row back.
pub(crate) async fn end(
    connection: &mut Connection,
    id: i64,
    outcome: &Outcome,
    now: Timestamp,
) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE outbox SET leased_until = 0, leased_by = ''");
    match outcome {
        Outcome::Sent => {
            sql.push(", sentence = NULL, state = ").push_bind(State::Sent.as_str());
            sql.push(", sent = ").push_bind(millis(now));
        }
        Outcome::Failed { sentence, certain, next_try } => {
            sql.push(", sentence = ").push_bind(sentence).push(", next_try = ").push_bind(millis(*next_try));
            sql.push(", undone = undone + ").push_bind(i64::from(*certain));
        }
        Outcome::Refused { sentence } => {
            sql.push(", undone = undone + 1, sentence = ").push_bind(sentence);
            sql.push(", state = ").push_bind(State::Refused.as_str());
        }
    }
    sql.push(" WHERE id = ").push_bind(id).build().execute(connection).await?;
    Ok(())
}

/// Whom what waits for them is kept from.
pub(crate) enum Of<'a> {
    Subscription(i64),
    Address(&'a str),
}

/// What waits is not sent any more.
pub(crate) async fn drop_waiting(
    connection: &mut Connection,
    of: Of<'_>,
    state: State,
    sentence: &str,
) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE outbox SET state = ");
    sql.push_bind(state.as_str()).push(", sentence = ").push_bind(sentence).push(" WHERE state = ");
    sql.push_bind(State::Waiting.as_str());
    match of {
        Of::Subscription(id) => sql.push(" AND subscription_id = ").push_bind(id),
        Of::Address(address) => sql.push(" AND address = ").push_bind(address),
    };
    sql.build().execute(connection).await?;
    Ok(())
}

/// What an address refused is tried once more.
pub(crate) async fn try_again(connection: &mut Connection, id: i64, now: Timestamp) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE outbox SET state = ");
    sql.push_bind(State::Waiting.as_str()).push(", next_try = ").push_bind(millis(now));
    sql.push(" WHERE subscription_id = ").push_bind(id).push(" AND state = ");
    sql.push_bind(State::Refused.as_str()).build().execute(connection).await?;
    Ok(())
}

/// What was sent of a subscription or has to be, the newest first.
pub(crate) async fn history(
    pool: &sqlx::Pool<Db>,
    subscription: i64,
    limit: i64,
) -> anyhow::Result<Vec<Posted>> {
    let mut sql = Sql::new(
        "SELECT outbox.created, outbox.state, outbox.sentence, outbox.sent, outbox.next_try, outbox.begun, outbox.undone, \
         digest.token, digest.content FROM outbox LEFT JOIN digest ON digest.id = outbox.digest_id \
         WHERE outbox.subscription_id = ",
    );
    sql.push_bind(subscription).push(" ORDER BY outbox.id DESC LIMIT ").push_bind(limit);
    sql.build().fetch_all(pool).await?.iter().map(posted).collect()
}

fn posted(row: &Row) -> anyhow::Result<Posted> {
    let word: String = row.try_get(1)?;
    let state = State::from_word(&word)
        .ok_or_else(|| anyhow::anyhow!("understand the state of a parcel \"{word}\""))?;
    let (begun, undone): (i64, i64) = (row.try_get(5)?, row.try_get(6)?);
    let content: Option<String> = row.try_get(8)?;
    let headline = match content {
        Some(content) => serde_json::from_str::<Digest>(&content)?.headline(),
        None => "asks to confirm the address".to_owned(),
    };
    Ok(Posted {
        created: moment(row.try_get(0)?).unwrap_or(Timestamp::UNIX_EPOCH),
        digest: row.try_get(7)?,
        headline,
        state,
        sentence: row.try_get(2)?,
        sent: moment(row.try_get(3)?),
        next_try: if state == State::Waiting { moment(row.try_get(4)?) } else { None },
        attempts: u32::try_from(begun).unwrap_or(u32::MAX),
        repeated: begun - undone > 1,
    })
}

/// How much waits, and how much of it has failed.
pub(crate) async fn backlog(pool: &sqlx::Pool<Db>) -> sqlx::Result<Backlog> {
    let mut sql = Sql::new(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN sentence IS NOT NULL THEN 1 ELSE 0 END), 0) FROM outbox WHERE state = ",
    );
    let row = sql.push_bind(State::Waiting.as_str()).build().fetch_one(pool).await?;
    let number = |at| Ok::<_, sqlx::Error>(u64::try_from(row.try_get::<i64, _>(at)?).unwrap_or(0));
    let refused = u64::try_from(super::subscription::refused(pool).await?).unwrap_or(0);
    Ok(Backlog { waiting: number(0)?, failing: number(1)?, refused })
}
