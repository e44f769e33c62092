//! Decisions about keys: pins, and contacts that were tried. Each bears a name and a reason, and none is ever erased.

use anyhow::{bail, ensure};
use inspect::key::Fingerprint;
use jiff::Timestamp;

use crate::keys::change::Change;
use crate::keys::pin::{Draft, Pin};
use crate::knowledge::Knowledge;
use crate::store;
use crate::vendor::Try;

impl Knowledge {
    /// Records a person's decision that a key counts for something; answers its number.
    ///
    /// # Errors
    /// When something is missing from it, no such vendor is recorded, the key was never seen here, or the record cannot be
    /// written.
    pub async fn pin_key(&self, draft: &Draft, now: Timestamp) -> anyhow::Result<i64> {
        if let Err(missing) = draft.check() {
            bail!(missing);
        }
        let vendor = &draft.bound.vendor;
        if store::vendor::read(self.store.reader(), vendor).await?.is_none() {
            bail!("pin a key for the vendor {vendor}: no vendor of this short name is recorded here");
        }
        if self.key_of(draft.fingerprint).await?.is_none() {
            bail!("pin the key {}: it was never seen here; import it first", draft.fingerprint.grouped());
        }
        let mut change = self.store.change().await?;
        let id = store::pin::insert(&mut change, draft, now).await?;
        change.commit().await?;
        Ok(id)
    }

    /// Records that a second person agrees to a pin that waits for one.
    ///
    /// # Errors
    /// When there is no such pin, it is the same person, or the record cannot be written.
    pub async fn second_pin(&self, id: i64, by: &str, now: Timestamp) -> anyhow::Result<()> {
        ensure!(!by.trim().is_empty(), "say who agrees: --by NAME");
        let mut change = self.store.change().await?;
        let found = store::pin::second(&mut change, id, by, now).await?;
        change.commit().await?;
        ensure!(found, "agree to pin {id}: no pin of this number waits for somebody other than who made it");
        Ok(())
    }

    /// Records that a pin is undone.
    ///
    /// # Errors
    /// When there is none that counts or waits, a name or a reason is missing, or the record cannot be written.
    pub async fn unpin(&self, id: i64, by: &str, why: &str, now: Timestamp) -> anyhow::Result<()> {
        ensure!(!by.trim().is_empty(), "say who decides: --by NAME");
        ensure!(!why.trim().is_empty(), "say why: --reason TEXT");
        let mut change = self.store.change().await?;
        let found = store::pin::undo(&mut change, id, by, why, now).await?;
        change.commit().await?;
        ensure!(found, "undo pin {id}: there is none of this number that is not undone");
        Ok(())
    }

    /// Every pin that ever was, the newest first: of one key, of one vendor, or all.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn pins(&self, key: Option<Fingerprint>, vendor: Option<&str>) -> anyhow::Result<Vec<Pin>> {
        Ok(store::pin::list(self.store.reader(), key, vendor).await?)
    }

    /// Records that a contact of a vendor was tried, and what came of it.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn tried_contact(&self, vendor: &str, tried: &Try) -> anyhow::Result<()> {
        let mut change = self.store.change().await?;
        store::pin::tried(&mut change, vendor, tried).await?;
        Ok(change.commit().await?)
    }

    /// When the contacts of a vendor were tried, the newest first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn contact_tries(&self, vendor: &str) -> anyhow::Result<Vec<Try>> {
        Ok(store::pin::tries(self.store.reader(), vendor).await?)
    }

    /// Changes that no entry says yet, the oldest first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn untold_changes(&self, most: u32) -> anyhow::Result<Vec<Change>> {
        Ok(store::key_change::untold(self.store.reader(), most).await?)
    }

    /// Notes that entries say these changes.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn told_changes(&self, ids: &[i64]) -> anyhow::Result<()> {
        let mut change = self.store.change().await?;
        store::key_change::told(&mut change, ids).await?;
        Ok(change.commit().await?)
    }
}
