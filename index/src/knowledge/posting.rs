//! The outbox: handed out to whoever sends, and what came of it written down.
//!
//! Only one desk at a time sends from a data folder, held by a lock that the system lets go when the program dies. What
//! a desk that died had leased is therefore handed out again at once, and is marked as possibly repeated.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};

use anyhow::Context as _;
use jiff::Timestamp;

use super::Knowledge;
use super::subscribe::token;
use crate::outbox::{Outcome, Parcel, State};
use crate::store;
use crate::store::outbox::Of;
use crate::subscription::SubscriptionId;

/// The file whose lock makes a desk the only one of its folder; it holds the name of the desk.
const LOCK: &str = "outbox.lock";

/// The one place of a data folder from which things are sent, until it is dropped.
pub struct Desk {
    name: String,
    _locked: File,
}

impl Knowledge {
    /// The desk of this folder, or none while another process has it.
    ///
    /// # Errors
    /// When its file cannot be opened.
    pub fn desk(&self) -> anyhow::Result<Option<Desk>> {
        let path = self.folder.join(LOCK);
        let open = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.with_context(|| format!("open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("lock {}", path.display()));
            }
        }
        let mut name = String::new();
        file.read_to_string(&mut name).with_context(|| format!("read {}", path.display()))?;
        if name.len() < 32 {
            name = token()?;
            file.rewind().and_then(|()| file.write_all(name.as_bytes())).context("name the desk")?;
        }
        Ok(Some(Desk { name, _locked: file }))
    }

    /// Takes up to `limit` parcels that are due, beside those `under_way`; they are the desk's until each has its outcome
    /// or five minutes pass.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub async fn lease_parcels(
        &self,
        desk: &Desk,
        under_way: &[i64],
        now: Timestamp,
        limit: u32,
    ) -> anyhow::Result<Vec<Parcel>> {
        let mut change = self.store.change().await?;
        let leased = store::outbox::lease(&mut change, &desk.name, under_way, now, limit).await?;
        change.commit().await?;
        let pool = self.store.reader();
        let mut parcels = Vec::with_capacity(leased.len());
        for one in leased {
            let id = SubscriptionId(one.subscription);
            // What waits for a subscription that ended is not sent.
            let Some(subscription) = store::subscription::read(pool, id).await? else { continue };
            let digest = match one.digest {
                Some(digest) => store::digest::numbered(pool, digest).await?,
                None => None,
            };
            parcels.push(Parcel {
                id: one.id,
                address: one.address,
                message: one.message,
                created: store::moment(Some(one.created)).unwrap_or(now),
                failures: u32::try_from(one.begun - 1).unwrap_or(u32::MAX),
                repeated: one.begun - 1 > one.undone,
                subscription,
                digest,
            });
        }
        Ok(parcels)
    }

    /// Writes down what came of an attempt. A refusal for good ends whatever goes to that address, and nothing else.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn end_parcel(&self, parcel: &Parcel, outcome: &Outcome, now: Timestamp) -> anyhow::Result<()> {
        let mut change = self.store.change().await?;
        store::outbox::end(&mut change, parcel.id, outcome, now).await?;
        if let Outcome::Refused { sentence } = outcome {
            store::subscription::refuse(&mut change, &parcel.address, sentence).await?;
            let of = Of::Address(&parcel.address);
            store::outbox::drop_waiting(&mut change, of, State::Refused, sentence).await?;
        }
        Ok(change.commit().await?)
    }
}
