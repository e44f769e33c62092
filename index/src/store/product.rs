//! Tables `product_said` and `product_pair`: what entries call the one product that they speak of, and how many groups of
//! entries have two names in common. What follows from it is judged in [`crate::product`].

use sqlx::Row as _;

use super::{Connection, Db, Sql};

/// Rows written, or names asked for, by one statement.
const ROWS: usize = 400;

/// Two names, and how many groups have both with a version in common; of a name with itself, how many of its groups another
/// source or another name speaks of.
pub(crate) type Pair = (String, String, i64);

/// What an entry calls its product, and a version that it names; empty where it names none.
pub(crate) type Said = (i64, String, String);

/// Notes what entries call their product, in place of what was noted before.
pub(crate) async fn note(connection: &mut Connection, entries: &[i64], said: &[Said]) -> sqlx::Result<()> {
    for some in entries.chunks(ROWS) {
        let mut sql = Sql::new("DELETE FROM product_said WHERE entry_id IN (");
        let mut list = sql.separated(", ");
        for entry in some {
            list.push_bind(*entry);
        }
        sql.push(")");
        sql.build().execute(&mut *connection).await?;
    }
    for some in said.chunks(ROWS) {
        let mut sql = Sql::new("INSERT INTO product_said (entry_id, name, letters, version) ");
        sql.push_values(some, |mut row, (entry, name, version)| {
            row.push_bind(*entry).push_bind(name).push_bind(name.replace(' ', "")).push_bind(version);
        });
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// The names in groups of which an entry was written after `change`.
pub(crate) async fn touched(connection: &mut Connection, change: i64) -> sqlx::Result<Vec<String>> {
    let mut sql = Sql::new(
        "SELECT DISTINCT product_said.name FROM entry AS changed \
         JOIN entry ON entry.group_id = changed.group_id \
         JOIN product_said ON product_said.entry_id = entry.id WHERE changed.change > ",
    );
    sql.push_bind(change).build_query_scalar().fetch_all(connection).await
}

/// Counts what these names have in common with every other, in place of what was counted before.
pub(crate) async fn count(connection: &mut Connection, names: &[String]) -> sqlx::Result<()> {
    for some in names.chunks(ROWS) {
        for column in ["one", "other"] {
            let mut sql = Sql::new("DELETE FROM product_pair WHERE ");
            sql.push(column).push(" IN ");
            list(&mut sql, some);
            sql.build().execute(&mut *connection).await?;
        }
    }
    for some in names.chunks(ROWS) {
        // Versions in common: a library has versions of its own in what it is built into.
        let mut sql = Sql::new("SELECT a.name, b.name, COUNT(DISTINCT ea.group_id)");
        sql.push(BESIDE)
            .push("AND a.name <> b.name AND a.version = b.version AND a.version <> '' AND a.name IN ");
        list(&mut sql, some);
        sql.push(" GROUP BY a.name, b.name");
        let mut pairs: Vec<Pair> = Vec::new();
        for row in sql.build().fetch_all(&mut *connection).await? {
            let (one, other, shared): Pair = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            pairs.push((other.clone(), one.clone(), shared));
            pairs.push((one, other, shared));
        }
        let mut sql = Sql::new("SELECT a.name, COUNT(DISTINCT ea.group_id)");
        sql.push(BESIDE).push("AND (ea.source_id <> eb.source_id OR a.name <> b.name) AND a.name IN ");
        list(&mut sql, some);
        sql.push(" GROUP BY a.name");
        for row in sql.build().fetch_all(&mut *connection).await? {
            let name: String = row.try_get(0)?;
            pairs.push((name.clone(), name, row.try_get(1)?));
        }
        write(connection, &pairs).await?;
    }
    Ok(())
}

/// What is said beside something in entries of its group.
const BESIDE: &str = " FROM product_said AS a JOIN entry AS ea ON ea.id = a.entry_id \
    JOIN entry AS eb ON eb.group_id = ea.group_id JOIN product_said AS b ON b.entry_id = eb.id WHERE 1 = 1 ";

async fn write(connection: &mut Connection, pairs: &[Pair]) -> sqlx::Result<()> {
    for some in pairs.chunks(ROWS) {
        let mut sql = Sql::new("INSERT INTO product_pair (one, other, shared) ");
        sql.push_values(some, |mut row, (one, other, shared)| {
            row.push_bind(one).push_bind(other).push_bind(*shared);
        });
        // Of two names that are both counted each brings the same pair.
        sql.push(" ON CONFLICT (one, other) DO NOTHING");
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// What these names have in common with others, the name with itself included, and of each other name its own count.
pub(crate) async fn pairs(pool: &sqlx::Pool<Db>, name: &str) -> sqlx::Result<Vec<(String, i64, i64)>> {
    let mut sql = Sql::new(
        "SELECT pair.other, pair.shared, COALESCE(own.shared, 0) FROM product_pair AS pair \
         LEFT JOIN product_pair AS own ON own.one = pair.other AND own.other = pair.other WHERE pair.one = ",
    );
    sql.push_bind(name).push(" ORDER BY pair.shared DESC, pair.other");
    let rows = sql.build().fetch_all(pool).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
}

/// Names of the same letters, the one with most evidence first.
pub(crate) async fn spelled(pool: &sqlx::Pool<Db>, name: &str, limit: i64) -> sqlx::Result<Vec<String>> {
    let mut sql = Sql::new("SELECT name FROM product_said WHERE letters = ");
    sql.push_bind(name.replace(' ', "")).push(" AND name <> ").push_bind(name);
    sql.push(" GROUP BY name ORDER BY COUNT(*) DESC, name LIMIT ").push_bind(limit);
    sql.build_query_scalar().fetch_all(pool).await
}

/// Names that begin so, the one with most evidence first.
pub(crate) async fn beginning(
    pool: &sqlx::Pool<Db>,
    beginning: &str,
    limit: i64,
) -> sqlx::Result<Vec<String>> {
    let mut sql = Sql::new("SELECT name FROM product_said WHERE substr(name, 1, ");
    let length = i32::try_from(beginning.chars().count()).unwrap_or(i32::MAX);
    sql.push_bind(length).push(") = ").push_bind(beginning);
    sql.push(" GROUP BY name ORDER BY COUNT(*) DESC, name LIMIT ").push_bind(limit);
    sql.build_query_scalar().fetch_all(pool).await
}

/// Notes up to which change pairs were counted.
pub(crate) async fn mark(connection: &mut Connection, change: i64) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE counter SET value = ");
    sql.push_bind(change).push(" WHERE name = 'product'");
    sql.build().execute(connection).await.map(drop)
}

fn list(sql: &mut Sql, names: &[String]) {
    sql.push("(");
    let mut list = sql.separated(", ");
    for name in names {
        list.push_bind(name.clone());
    }
    sql.push(")");
}
