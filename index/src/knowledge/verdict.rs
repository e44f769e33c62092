//! Verdicts on the signatures of packages: judged on arrival, kept, and judged again whenever entries, sightings or decisions
//! have arrived, since announcements come late.
//!
//! The rules stand in [`crate::verdict`]; here their facts are gathered. Refuses to change what was recorded on the day of
//! arrival.

use std::collections::BTreeSet;

use inspect::key::Fingerprint;
use inspect::key::fact::Fact;
use inspect::key::openpgp::{self, Revocation};
use inspect::signature::fact::SignatureFact;
use jiff::Timestamp;

use super::Knowledge;
use crate::evidence::assessment::{Asked, Assessment};
use crate::evidence::identifier::Identifier;
use crate::evidence::judge::Arrival;
use crate::keys::change::What;
use crate::keys::judged::{Became, Best, Judged, Signer};
use crate::keys::pin::{Pin as Decision, Purpose, Wanted};
use crate::keys::sighting::Key;
use crate::package::PackageView;
use crate::store;
use crate::vendor::{Vendor, slug};
use crate::verdict::{Facts, Pin, judge};

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
            let freshness = match &vendor {
                Some(vendor) => self.freshness(vendor, now).await?,
                None => None,
            };
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
            let freshness = match &vendor {
                Some(vendor) => self.freshness(vendor, now).await?,
                None => None,
            };
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

    async fn freshness(&self, vendor: &str, now: Timestamp) -> anyhow::Result<Option<String>> {
        let own =
            self.sources().await?.into_iter().filter(|view| view.source.vendor.as_deref() == Some(vendor));
        let own: Vec<_> = own.collect();
        Ok(Some(crate::evidence::freshness::Freshness::of(&own, now).sentence))
    }

    async fn judged_signature(
        &self,
        view: &PackageView,
        fact: Option<&SignatureFact>,
        vendors: &[Vendor],
        first: Option<&Judged>,
        now: Timestamp,
    ) -> anyhow::Result<(Judged, Option<String>)> {
        let mut vendor = vendor_of(view, vendors);
        let key = match fact {
            Some(fact) => self.signer(fact).await?,
            None => None,
        };
        if let (None, Some(key)) = (&vendor, &key) {
            let seen = store::sighting::vendors(self.store.reader(), key.facts.fingerprint).await?;
            vendor = seen.first().filter(|_| seen.len() == 1).cloned();
        }
        let assessment = match fact {
            Some(fact) => Some(self.assessed(view, fact, &key, vendor.as_deref(), now).await?),
            None => None,
        };
        let facts = self.facts(view, fact, key.as_ref(), vendor.as_deref(), assessment.as_ref(), now).await?;
        let verdict = judge(&facts, first.map(|first| first.key));
        let judged = Judged {
            signature: verdict.signature,
            key: verdict.now,
            evidence: verdict.evidence,
            policy: verdict.policy,
            reason: verdict.reason,
            best: assessment.as_ref().and_then(best),
        };
        Ok((judged, vendor))
    }

    /// The key of the ledger that a signature names; none where a short name fits several.
    async fn signer(&self, fact: &SignatureFact) -> anyhow::Result<Option<Key>> {
        let names = [fact.certificate, fact.signer].into_iter().flatten().map(|key| key.written());
        for name in names.chain(fact.called.clone().filter(|called| called.len() >= 16)) {
            let bare = Fingerprint::parse(&name).map_or_else(|_| name.clone(), |key| key.to_string());
            let found = store::key::named(self.store.reader(), &bare).await?;
            if let [_] = found.as_slice() {
                return Ok(found.into_iter().next());
            }
        }
        Ok(None)
    }

    async fn assessed(
        &self,
        view: &PackageView,
        fact: &SignatureFact,
        key: &Option<Key>,
        vendor: Option<&str>,
        now: Timestamp,
    ) -> anyhow::Result<Assessment> {
        let pool = self.store.reader();
        let named = Identifier::all_in(name_of(fact).trim_start_matches(|c: char| !c.is_ascii_hexdigit()));
        let (mut sightings, mut changes) = (Vec::new(), Vec::new());
        if let Some(key) = key {
            sightings = store::sighting::of_key(pool, key.facts.fingerprint).await?;
            changes = store::key_change::of_key(pool, key.facts.fingerprint).await?;
        }
        let vendors: Vec<String> = vendor.map(str::to_owned).into_iter().collect();
        let asked = self.asked(key, named, &vendors, &sightings, &changes).await?;
        let arrival = Arrival {
            at: view.package.first_seen,
            names: vec![view.package.name.clone(), view.package.digest.clone()],
        };
        self.evidence(&Asked { package: Some(arrival), continuity: false, ..asked }, now).await
    }

    async fn facts(
        &self,
        view: &PackageView,
        fact: Option<&SignatureFact>,
        key: Option<&Key>,
        vendor: Option<&str>,
        assessment: Option<&Assessment>,
        now: Timestamp,
    ) -> anyhow::Result<Facts> {
        let pins = match key {
            Some(key) => store::pin::list(self.store.reader(), Some(key.facts.fingerprint), None).await?,
            None => Vec::new(),
        };
        let pins: Vec<Decision> = pins.into_iter().filter(Decision::counts).collect();
        let signer = fact.and_then(|fact| fact.signer);
        let (revoked, expires) = key.map_or((Revocation::None, None), |key| ends(&key.facts, signer));
        let moment = |at: Option<i64>| at.and_then(|at| Timestamp::from_second(at).ok());
        let revocation = key.and_then(|key| key.facts.revocation.as_ref());
        Ok(Facts {
            worth: fact.and_then(|fact| fact.worth),
            signed: fact.is_some(),
            covers: fact.map(|fact| fact.covers.clone()).unwrap_or_default(),
            not_covered: fact.map_or(0, |fact| fact.not_covered.len()),
            made: moment(fact.and_then(|fact| fact.made_at)),
            pin: pinned(&pins, key, signer, &wanted(view, vendor), now),
            renewed: self.is_renewed(key, &pins).await?,
            vendor_known: self.is_known(view, vendor).await?,
            revoked,
            revoked_at: moment(revocation.and_then(|one| one.at)),
            expires: moment(expires),
            weak: key.is_some_and(|key| !key.facts.weak.is_empty()),
            continuity: self.is_continued(key, vendor).await?,
            evidence: assessment.map_or(crate::evidence::Grade::E, |one| one.best),
            conflicting: assessment.is_some_and(|one| one.conflicting),
            retired: assessment.is_some_and(|one| one.retired.is_some()),
            planes: assessment.map_or(0, |one| one.planes.len()),
            now,
        })
    }

    /// Whether a key was renewed or signed itself anew after it was pinned.
    async fn is_renewed(&self, key: Option<&Key>, pins: &[Decision]) -> anyhow::Result<bool> {
        let (Some(key), Some(made)) = (key, pins.iter().map(|pin| pin.made).min()) else { return Ok(false) };
        let changes = store::key_change::of_key(self.store.reader(), key.facts.fingerprint).await?;
        Ok(changes
            .iter()
            .any(|one| matches!(one.what, What::Renewed | What::ReSigned) && one.first_at > made))
    }

    /// Whether a key that is pinned for this vendor verifiably certifies another one.
    async fn is_continued(&self, key: Option<&Key>, vendor: Option<&str>) -> anyhow::Result<bool> {
        let (Some(key), Some(vendor)) = (key, vendor) else { return Ok(false) };
        let Some(new) = openpgp::read(&key.bytes).ok().and_then(|found| found.into_iter().next()) else {
            return Ok(false);
        };
        let pins = store::pin::list(self.store.reader(), None, Some(vendor)).await?;
        let pinned: BTreeSet<Fingerprint> =
            pins.iter().filter(|pin| pin.counts()).map(|pin| pin.fingerprint).collect();
        for fingerprint in pinned {
            let Some(old) = store::key::read(self.store.reader(), fingerprint).await? else { continue };
            let old = openpgp::read(&old.bytes).ok().and_then(|found| found.into_iter().next());
            if old.is_some_and(|old| old.certifies(&new)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether anything of this vendor was seen before this package: another package, a key, a decision.
    async fn is_known(&self, view: &PackageView, vendor: Option<&str>) -> anyhow::Result<bool> {
        let Some(vendor) = vendor else { return Ok(false) };
        let pool = self.store.reader();
        let keys = !store::sighting::of_vendor(pool, vendor).await?.is_empty()
            || !store::pin::list(pool, None, Some(vendor)).await?.is_empty();
        let earlier =
            store::verdict::earlier(pool, vendor, &view.package.digest, view.package.first_seen).await?;
        Ok(keys || earlier)
    }
}

/// The signatures that are judged; one that is not there where there is none.
fn signatures(view: &PackageView) -> Vec<Option<&SignatureFact>> {
    let signed: Vec<_> = view.inspection.signatures.iter().take(MOST).map(Some).collect();
    if signed.is_empty() { vec![None] } else { signed }
}

/// How a signature names its key, the fullest way that it does.
fn name_of(fact: &SignatureFact) -> String {
    let full = fact.certificate.or(fact.signer).map(|key| key.written());
    full.or_else(|| fact.called.clone()).unwrap_or_default()
}

/// The recorded vendor of a package: by the name or the domain that the package states. A claim, which no pin rests on
/// alone: the key decides.
fn vendor_of(view: &PackageView, vendors: &[Vendor]) -> Option<String> {
    let claims = view.inspection.outermost().or(view.inspection.claims.first())?;
    let by_name = claims.vendor.as_deref().and_then(|name| {
        let short = slug(name.split('<').next().unwrap_or(name));
        vendors.iter().find(|one| one.slug == short || slug(&one.name) == short)
    });
    let stated = [claims.homepage.as_deref(), claims.vendor.as_deref()];
    let by_domain = || {
        stated.into_iter().flatten().find_map(|text| {
            let hosts = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-'));
            let hosts: Vec<String> = hosts.map(str::to_lowercase).collect();
            vendors
                .iter()
                .find(|one| one.domains.iter().any(|domain| hosts.iter().any(|host| is_in(host, domain))))
        })
    };
    let by_product = || {
        let name = claims.name.as_deref().map(slug)?;
        vendors.iter().find(|one| name == one.slug || name.starts_with(&format!("{}-", one.slug)))
    };
    by_name.or_else(by_domain).or_else(by_product).map(|one| one.slug.clone())
}

fn is_in(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn wanted<'a>(view: &'a PackageView, vendor: Option<&'a str>) -> Wanted<'a> {
    Wanted {
        vendor,
        product: view.package.claimed_name.as_deref(),
        version: view.package.claimed_version.as_deref(),
        purpose: Purpose::Package,
    }
}

fn pinned(
    pins: &[Decision],
    key: Option<&Key>,
    signer: Option<Fingerprint>,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Pin {
    let is_primary = signer.is_none_or(|signer| key.is_some_and(|key| key.facts.fingerprint == signer));
    match pins.iter().any(|pin| pin.bound.covers(wanted, now)) {
        true if is_primary => Pin::Covers,
        true => Pin::CoversPrimary,
        false if pins.is_empty() => Pin::None,
        false => Pin::Elsewhere,
    }
}

/// Whether the key that signed was taken back, and when it ends: a sub-key's own word and its primary's, whichever is worse.
fn ends(facts: &Fact, signer: Option<Fingerprint>) -> (Revocation, Option<i64>) {
    let subkey = facts.subkeys.iter().find(|one| Some(one.fingerprint) == signer);
    let weight = |revoked: Revocation| match revoked {
        Revocation::None => 0,
        Revocation::Claimed => 1,
        Revocation::Soft => 2,
        Revocation::Hard => 3,
    };
    let revoked = subkey.map_or(Revocation::None, |one| one.revoked);
    let worse = if weight(revoked) > weight(facts.revoked) { revoked } else { facts.revoked };
    let expires = facts.expires.into_iter().chain(subkey.and_then(|one| one.expires)).min();
    (worse, expires)
}

fn best(assessment: &Assessment) -> Option<Best> {
    let one = assessment.evidence.first()?;
    Some(Best {
        entry: one.entry.0,
        title: one.title.clone(),
        quote: one.judgement.quote.clone(),
        link: one.link.clone(),
        missing: one.judgement.missing.clone(),
    })
}

#[cfg(test)]
mod tests;
