//! Table `snapshot`: the evidence, compressed, addressed by the SHA-256 of the bytes as fetched.

use sqlx::Row as _;

use super::{Connection, Sql};
use crate::prepare::Compressed;

/// Rows written by one statement; SQLite takes 32,766 values in one.
const ROWS: usize = 200;

/// Keeps snapshots; one that is already kept is left as it is.
pub(crate) async fn insert(connection: &mut Connection, snapshots: &[&Compressed]) -> sqlx::Result<()> {
    for rows in snapshots.chunks(ROWS) {
        let mut sql = Sql::new("INSERT INTO snapshot (digest, media_type, length, zstd) ");
        sql.push_values(rows, |mut row, snapshot| {
            row.push_bind(&snapshot.digest[..])
                .push_bind(&snapshot.media_type)
                .push_bind(i64::try_from(snapshot.length).unwrap_or(i64::MAX))
                .push_bind(&snapshot.zstd[..]);
        });
        sql.push(" ON CONFLICT (digest) DO NOTHING");
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Media type, length as fetched, and compressed bytes of a snapshot.
pub(crate) async fn read(
    pool: &sqlx::Pool<super::Db>,
    digest: &[u8],
) -> sqlx::Result<Option<(String, u64, Vec<u8>)>> {
    let mut sql = Sql::new("SELECT media_type, length, zstd FROM snapshot WHERE digest = ");
    let Some(row) = sql.push_bind(digest).build().fetch_optional(pool).await? else { return Ok(None) };
    let length: i64 = row.try_get(1)?;
    Ok(Some((row.try_get(0)?, u64::try_from(length).unwrap_or(0), row.try_get(2)?)))
}
