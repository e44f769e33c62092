//! The peer: plain SQLite FTS5 with its defaults, over the same titles and texts.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous};
use sqlx::{QueryBuilder, Row as _, Sqlite};

/// Rows written by one statement.
const ROWS: usize = 200;

/// Every title and text of a record.
pub(crate) async fn texts(data: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let options = SqliteConnectOptions::new().filename(data.join("record.sqlite")).read_only(true);
    let pool = SqlitePool::connect_with(options).await?;
    let rows = sqlx::query(
        "SELECT entry.title, revision.body FROM entry JOIN revision ON revision.id = entry.revision_id ORDER BY entry.id",
    )
    .fetch_all(&pool)
    .await?;
    pool.close().await;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Opens a database in a folder.
pub(crate) async fn open(folder: &Path) -> anyhow::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("fts5.sqlite"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    Ok(SqlitePool::connect_with(options).await?)
}

/// Writes all texts in one transaction.
pub(crate) async fn fill(folder: &Path, texts: &[(String, String)]) -> anyhow::Result<SqlitePool> {
    let pool = open(folder).await?;
    sqlx::query("CREATE VIRTUAL TABLE document USING fts5 (title, body)").execute(&pool).await?;
    let mut transaction = pool.begin().await?;
    for rows in texts.chunks(ROWS) {
        let mut insert = QueryBuilder::<Sqlite>::new("INSERT INTO document (title, body) ");
        insert.push_values(rows, |mut row, (title, body)| {
            row.push_bind(title).push_bind(body);
        });
        insert.build().execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(pool)
}

/// A page of results as the peer gives it: ten best by BM25 with snippets, and the count.
pub(crate) async fn search(pool: &SqlitePool, words: &str) -> anyhow::Result<i64> {
    let quoted: Vec<String> = words
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\""))
        .collect();
    if quoted.is_empty() {
        return Ok(0);
    }
    let any = quoted.join(" OR ");
    sqlx::query(
        "SELECT rowid, title, snippet(document, 1, '[', ']', '…', 32) FROM document WHERE document MATCH ?1 \
         ORDER BY rank LIMIT 10",
    )
    .bind(&any)
    .fetch_all(pool)
    .await?;
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM document WHERE document MATCH ?1")
        .bind(&any)
        .fetch_one(pool)
        .await?;
    Ok(count)
}
