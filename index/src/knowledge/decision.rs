//! Decisions and observations: recorded as entries of the house's own source, joined to package, product and version.

use jiff::Timestamp;

use super::{Knowledge, record};
use crate::decision::{About, Deciding, Decision, Observation, Observing};
use crate::entry::{Draft, EntryId, Identity};
use crate::package::{self, Package};
use crate::prepare::prepare;
use crate::source::{HOUSE, Kind, Source, SourceId, Standing};
use crate::store;

/// Earlier decisions or observations on a product that are answered.
const EARLIER: i64 = 50;

/// Letters of a digest from which on it may be shortened.
const SHORTEST: usize = 6;

/// What a shortened digest stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// One package, by its whole digest.
    One(String),
    /// Several begin so.
    Several,
    /// None does, or it is no digest.
    None,
}

impl Knowledge {
    /// The package that a digest or the beginning of one names.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn package_named(&self, typed: &str) -> anyhow::Result<Named> {
        let typed = typed.trim().to_ascii_lowercase();
        let is_digest =
            (SHORTEST..=64).contains(&typed.len()) && typed.bytes().all(|one| one.is_ascii_hexdigit());
        if !is_digest {
            return Ok(Named::None);
        }
        let mut found = store::package::beginning(self.store.reader(), &typed, 2).await?;
        Ok(match (found.pop(), found.pop()) {
            (Some(one), None) => Named::One(one),
            (Some(_), Some(_)) => Named::Several,
            _ => Named::None,
        })
    }

    /// What a decision on a package is about; nothing where no such package has arrived.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn about(&self, digest: &str) -> anyhow::Result<Option<About>> {
        let Some(view) = store::package::read(self.store.reader(), digest).await? else { return Ok(None) };
        let claims = package::principal(&view.inspection);
        Ok(Some(About {
            digest: view.package.digest,
            name: view.package.name,
            product: claims.and_then(|claims| claims.name.clone()),
            version: claims.and_then(|claims| claims.version.clone()),
            vendor: claims.and_then(|claims| claims.vendor.clone()),
        }))
    }

    /// Records a decision; `draft` is how it reads as an entry.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn decide(
        &self,
        about: About,
        deciding: &Deciding,
        draft: Draft,
        now: Timestamp,
    ) -> anyhow::Result<Decision> {
        let source = self.keep_house(now).await?;
        let mut change = self.store.change().await?;
        let entry = say(&mut change, source, draft, "decision", now).await?;
        let decision = Decision {
            entry,
            about,
            outcome: deciding.outcome,
            by: deciding.by.as_str().to_owned(),
            reason: deciding.reason.as_str().to_owned(),
            at: now,
        };
        store::decision::insert(&mut change, &decision).await?;
        change.commit().await?;
        Ok(decision)
    }

    /// Records an observation; `draft` is how it reads as an entry.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn observe(
        &self,
        observing: &Observing,
        draft: Draft,
        now: Timestamp,
    ) -> anyhow::Result<Observation> {
        let source = self.keep_house(now).await?;
        let mut change = self.store.change().await?;
        let entry = say(&mut change, source, draft, "observation", now).await?;
        let text = |text: &crate::text::Text| text.as_str().to_owned();
        let observation = Observation {
            entry,
            product: text(&observing.product),
            version: text(&observing.version),
            said: text(&observing.said),
            by: text(&observing.by),
            at: now,
        };
        store::decision::insert_observation(&mut change, &observation).await?;
        change.commit().await?;
        Ok(observation)
    }

    /// Decisions on a package, the last one first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn decisions(&self, digest: &str) -> anyhow::Result<Vec<Decision>> {
        Ok(store::decision::on(self.store.reader(), digest).await?)
    }

    /// Decisions and observations on a product by any of its names, the last ones first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn said_here(&self, product: &str) -> anyhow::Result<(Vec<Decision>, Vec<Observation>)> {
        let names: Vec<String> = self.names_of(product).await?.into_iter().map(|named| named.name).collect();
        let pool = self.store.reader();
        let decisions = store::decision::of(pool, &names, EARLIER).await?;
        Ok((decisions, store::decision::observations(pool, &names, EARLIER).await?))
    }

    /// Packages on which nothing was decided, or which are held, the newest first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn undecided(&self, most: u32) -> anyhow::Result<Vec<Package>> {
        Ok(store::package::undecided(self.store.reader(), most).await?)
    }

    /// The source of what is said by the house itself.
    async fn keep_house(&self, now: Timestamp) -> anyhow::Result<SourceId> {
        let there = store::source::read(self.store.reader(), HOUSE).await?;
        match there {
            Some(there) if there.source.kind == Kind::House => Ok(there.id),
            Some(_) => anyhow::bail!(
                "keep what is decided here: the source \u{201c}{HOUSE}\u{201d} is of another kind; add it under another name"
            ),
            None => {
                let source = Source {
                    slug: HOUSE.to_owned(),
                    name: "This house".to_owned(),
                    vendor: None,
                    kind: Kind::House,
                    address: "this house".to_owned(),
                    standing: Standing::House,
                    every_minutes: 0,
                    private_network: false,
                    options: serde_json::Value::Null,
                };
                self.add_source(&source, now).await
            }
        }
    }
}

/// Records what was said here as an entry of its own, with a number that nobody has drawn before.
async fn say(
    connection: &mut store::Connection,
    source: SourceId,
    draft: Draft,
    sort: &str,
    now: Timestamp,
) -> anyhow::Result<EntryId> {
    let number = store::counter::draw(connection, "change", 1).await?;
    let native_id = format!("{sort}/{number}");
    let identity = Identity::of(HOUSE, &native_id);
    let prepared = [prepare(Draft { native_id, ..draft }, HOUSE)?];
    let part = record::Part { source, vendor: None, drafts: &prepared, now };
    record::record_in(connection, &[part]).await?;
    let known = store::entry::known(connection, &[identity]).await?;
    let entry = known.get(&identity).map(|known| EntryId(known.id));
    entry.ok_or_else(|| anyhow::anyhow!("find what was just recorded"))
}
