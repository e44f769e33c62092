//! Packages that arrived: recorded with their reports, listed, shown.

use anyhow::Context as _;
use inspect::inspection::Inspection;
use inspect::kept::Kept;
use jiff::Timestamp;

use super::Knowledge;
use crate::package::{Package, PackageView, Way};
use crate::store;

/// How hard reports are compressed: zstd's usual level.
const LEVEL: i32 = 3;

impl Knowledge {
    /// Records a package that arrived, with the report on it and what was kept of its files, so that a later version can be
    /// compared with it.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn record_package(
        &self,
        inspection: &Inspection,
        kept: Option<&Kept>,
        way: Way,
        now: Timestamp,
    ) -> anyhow::Result<Package> {
        let package = Package::of(inspection, way, now);
        let json = serde_json::to_vec(inspection).context("write a report as JSON")?;
        let report = zstd::encode_all(json.as_slice(), LEVEL).context("compress a report")?;
        let kept = kept.map(serde_json::to_vec).transpose().context("write what was kept as JSON")?;
        let kept = kept.map(|json| zstd::encode_all(json.as_slice(), LEVEL)).transpose();
        let kept = kept.context("compress what was kept")?;
        let mut change = self.store.change().await?;
        store::package::upsert(&mut change, &package, &report, kept.as_deref()).await?;
        change.commit().await?;
        Ok(package)
    }

    /// The packages that arrived last, the newest first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn packages(&self, most: u32) -> anyhow::Result<Vec<Package>> {
        Ok(store::package::newest(self.store.reader(), most).await?)
    }

    /// A package with the last report on it, by the SHA-256 of its file.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn package(&self, digest: &str) -> anyhow::Result<Option<PackageView>> {
        Ok(store::package::read(self.store.reader(), digest).await?)
    }
}
