//! Verdicts on the signatures of packages: judged on arrival, kept, and judged again whenever entries, sightings or decisions
//! have arrived, since announcements come late.
//!
//! The rules stand in [`crate::verdict`]; `gather` lays their facts ready. Refuses to change what was recorded on the day of
//! arrival.

mod gather;

use inspect::signature::fact::SignatureFact;
use jiff::Timestamp;

use super::Knowledge;
use crate::keys::judged::{Became, Judged, Signer};
use crate::package::PackageView;
use crate::store;
use crate::vendor::Vendor;

/// Packages whose verdicts are judged again, those that arrived last.
const OPEN: i64 = 300;
/// Signatures of one package that are judged.
const MOST: usize = 20;

impl Knowledge {
    /// Judges the signatures of a package at `now`; the first verdict on each is kept for ever. Answers those that became
    /// others.
    ///
    /// # Errors
    /// When the record or the index cannot be read or written.
    pub async fn judge_package(&self, digest: &str, now: Timestamp) -> anyhow::Result<Vec<Became>> {
        let Some(view) = self.package(digest).await? else { return Ok(Vec::new()) };
        let kept = store::verdict::of_package(self.store.reader(), digest).await?;
        let vendors: Vec<Vendor> =
            store::vendor::list(self.store.reader()).await?.into_iter().map(|(vendor, ..)| vendor).collect();
        let mut became = Vec::new();
        for (place, fact) in signatures(&view).into_iter().enumerate() {
            let before = kept.iter().find(|one| usize::try_from(one.signature) == Ok(place));
            let first: Option<Judged> = before.and_then(|one| serde_json::from_value(one.first.clone()).ok());
            let latest: Option<Judged> =
                before.and_then(|one| serde_json::from_value(one.latest.clone()).ok());
            let (judged, vendor) = self.judged_signature(&view, fact, &vendors, first.as_ref(), now).await?;
            if latest.as_ref() == Some(&judged) {
                continue;
            }
            let signer = fact.map(name_of).unwrap_or_default();
            let mut change = self.store.change().await?;
            let new = store::verdict::New {
                package: digest,
                signature: i64::try_from(place).unwrap_or(i64::MAX),
                signer: &signer,
                vendor: vendor.as_deref().unwrap_or_default(),
                verdict: &serde_json::to_value(&judged)?,
            };
            store::verdict::keep(&mut change, &new, now).await?;
            change.commit().await?;
            if let Some(old) = latest.filter(|old| old.key != judged.key)
                && let Some(signer) =
                    self.verdicts(digest, now).await?.into_iter().find(|one| one.signature == place)
            {
                let (package, name) = (digest.to_owned(), view.package.name.clone());
                became.push(Became { package, name, signer, before: old.key });
            }
        }
        Ok(became)
    }

    /// Judges again what arrived last; answers the verdicts that became others.
    ///
    /// # Errors
    /// When the record or the index cannot be read or written.
    pub async fn judge_again(&self, now: Timestamp) -> anyhow::Result<Vec<Became>> {
        let mut became = Vec::new();
        for digest in store::verdict::judged(self.store.reader(), OPEN).await? {
            became.extend(self.judge_package(&digest, now).await?);
        }
        Ok(became)
    }

    /// The verdicts on the signatures of a package, in the report's order.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn verdicts(&self, digest: &str, now: Timestamp) -> anyhow::Result<Vec<Signer>> {
        let kept = store::verdict::of_package(self.store.reader(), digest).await?;
        let Some(view) = self.package(digest).await? else { return Ok(Vec::new()) };
        let mut signers = Vec::with_capacity(kept.len());
        for one in kept {
            let place = usize::try_from(one.signature).unwrap_or(usize::MAX);
            let fact = view.inspection.signatures.get(place);
            let vendor = (!one.vendor.is_empty()).then_some(one.vendor);
            let freshness = self.freshness(vendor.as_deref(), now).await?;
            signers.push(Signer {
                signature: place,
                key: fact.and_then(|fact| fact.certificate.or(fact.signer)),
                called: fact.map(name_of).unwrap_or_default(),
                vendor,
                first: serde_json::from_value(one.first)?,
                first_at: one.first_at,
                latest: serde_json::from_value(one.latest)?,
                latest_at: one.latest_at,
                freshness,
            });
        }
        Ok(signers)
    }

    /// What is made of the signatures of a package that need not be recorded: the verdicts that are kept where it is, else
    /// those of today.
    ///
    /// # Errors
    /// When the record or the index cannot be read.
    pub async fn signers(&self, view: &PackageView, now: Timestamp) -> anyhow::Result<Vec<Signer>> {
        let recorded = self.package(&view.package.digest).await?;
        if recorded.is_some_and(|recorded| recorded.inspection.signatures == view.inspection.signatures) {
            let kept = self.verdicts(&view.package.digest, now).await?;
            if !kept.is_empty() {
                return Ok(kept);
            }
        }
        let vendors: Vec<Vendor> =
            store::vendor::list(self.store.reader()).await?.into_iter().map(|(vendor, ..)| vendor).collect();
        let mut signers = Vec::new();
        for (place, fact) in signatures(view).into_iter().enumerate() {
            let (judged, vendor) = self.judged_signature(view, fact, &vendors, None, now).await?;
            let freshness = self.freshness(vendor.as_deref(), now).await?;
            signers.push(Signer {
                signature: place,
                key: fact.and_then(|fact| fact.certificate.or(fact.signer)),
                called: fact.map(name_of).unwrap_or_default(),
                vendor,
                first: judged.clone(),
                first_at: now,
                latest: judged,
                latest_at: now,
                freshness,
            });
        }
        Ok(signers)
    }

    async fn freshness(&self, vendor: Option<&str>, now: Timestamp) -> anyhow::Result<Option<String>> {
        let Some(vendor) = vendor else { return Ok(None) };
        let own: Vec<_> = self
            .sources()
            .await?
            .into_iter()
            .filter(|view| view.source.vendor.as_deref() == Some(vendor))
            .collect();
        Ok(Some(crate::evidence::freshness::Freshness::of(&own, now).sentence))
    }
}

/// The signatures that are judged; one that is not there where there is none.
fn signatures(view: &PackageView) -> Vec<Option<&SignatureFact>> {
    // Those over a member beside them stand behind and say nothing of the package.
    let own = view.inspection.signatures.iter().take_while(|fact| fact.of_member.is_none());
    let signed: Vec<_> = own.take(MOST).map(Some).collect();
    if signed.is_empty() { vec![None] } else { signed }
}

/// How a signature names its key, the fullest way that it does.
fn name_of(fact: &SignatureFact) -> String {
    let full = fact.certificate.or(fact.signer).map(|key| key.written());
    full.or_else(|| fact.called.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
