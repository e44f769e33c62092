//! Environments: recorded from imports, listed, shown, forgotten.

use anyhow::Context as _;
use jiff::Timestamp;

use super::Knowledge;
use crate::estate::facts::Facts;
use crate::estate::{Estate, Origin};
use crate::store;

impl Knowledge {
    /// Records what imports bring of an environment; each section replaces the one that was known. Answers the names of the
    /// sections that were recorded.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub async fn import_estate(
        &self,
        environment: &str,
        brought: Vec<(Facts, Origin)>,
        now: Timestamp,
    ) -> anyhow::Result<Vec<&'static str>> {
        let mut change = self.store.change().await?;
        let known = store::estate::read(&mut *change, environment).await.context("read the estate")?;
        let mut estate = known.unwrap_or_else(|| Estate::new(environment, now));
        let mut taken = Vec::new();
        for (facts, origin) in brought {
            taken.extend(estate.take(facts, &origin));
        }
        store::estate::upsert(&mut change, &estate).await.context("write the estate")?;
        change.commit().await?;
        taken.sort_unstable();
        taken.dedup();
        Ok(taken)
    }

    /// Everything that is known of an environment.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn estate(&self, environment: &str) -> anyhow::Result<Option<Estate>> {
        Ok(store::estate::read(self.store.reader(), environment).await?)
    }

    /// Every environment, by name.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn estates(&self) -> anyhow::Result<Vec<Estate>> {
        Ok(store::estate::list(self.store.reader()).await?)
    }

    /// The names of the environments.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn environments(&self) -> anyhow::Result<Vec<String>> {
        Ok(store::estate::names(self.store.reader()).await?)
    }

    /// Forgets an environment. Answers whether there was one.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn remove_estate(&self, environment: &str) -> anyhow::Result<bool> {
        let mut change = self.store.change().await?;
        let removed = store::estate::delete(&mut change, environment).await?;
        change.commit().await?;
        Ok(removed)
    }
}
