//! Table `vendor`.

use sqlx::Row as _;

use super::{Db, Row, Sql, counter};
use crate::vendor::Vendor;

fn vendor(row: &Row) -> sqlx::Result<Vendor> {
    let json =
        |text: String| serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(Box::new(error)));
    Ok(Vendor {
        slug: row.try_get("slug")?,
        name: row.try_get("name")?,
        domains: json(row.try_get("domains")?)?,
        contacts: serde_json::from_str(&row.try_get::<String, _>("contacts")?)
            .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
    })
}

/// Records a vendor, or what is now known of it.
pub(crate) async fn upsert(connection: &mut super::Connection, vendor: &Vendor) -> anyhow::Result<()> {
    let id = counter::draw(connection, "vendor", 1).await?;
    let mut sql = Sql::new("INSERT INTO vendor (id, slug, name, domains, contacts) VALUES (");
    let mut values = sql.separated(", ");
    values.push_bind(id).push_bind(&vendor.slug).push_bind(&vendor.name);
    values
        .push_bind(serde_json::to_string(&vendor.domains)?)
        .push_bind(serde_json::to_string(&vendor.contacts)?);
    sql.push(
        ") ON CONFLICT (slug) DO UPDATE SET name = excluded.name, domains = excluded.domains, \
         contacts = excluded.contacts",
    );
    sql.build().execute(connection).await?;
    Ok(())
}

/// One vendor.
pub(crate) async fn read(pool: &sqlx::Pool<Db>, slug: &str) -> sqlx::Result<Option<Vendor>> {
    let mut sql = Sql::new("SELECT slug, name, domains, contacts FROM vendor WHERE slug = ");
    sql.push_bind(slug).build().fetch_optional(pool).await?.as_ref().map(vendor).transpose()
}

/// Every vendor with the number of its sources and of its entries, by name.
pub(crate) async fn list(pool: &sqlx::Pool<Db>) -> sqlx::Result<Vec<(Vendor, u64, u64)>> {
    let mut sql = Sql::new(
        "SELECT slug, name, domains, contacts, \
         (SELECT COUNT(*) FROM source WHERE source.vendor = vendor.slug AND NOT removed) AS sources, \
         (SELECT COUNT(*) FROM entry WHERE entry.vendor = vendor.slug) AS entries \
         FROM vendor ORDER BY name",
    );
    let count = |row: &Row, name: &str| {
        Ok::<_, sqlx::Error>(u64::try_from(row.try_get::<i64, _>(name)?).unwrap_or(0))
    };
    let rows = sql.build().fetch_all(pool).await?;
    rows.iter().map(|row| Ok((vendor(row)?, count(row, "sources")?, count(row, "entries")?))).collect()
}
