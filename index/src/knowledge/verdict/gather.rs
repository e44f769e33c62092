//! What a verdict on a signature is told from, gathered: its key in the ledger, pins, the best evidence, what came before.

use std::collections::BTreeSet;

use inspect::key::Fingerprint;
use inspect::key::fact::{Fact, Kind};
use inspect::key::openpgp::Revocation;
use inspect::signature::fact::SignatureFact;
use jiff::Timestamp;

use super::name_of;
use crate::evidence::assessment::{Asked, Assessment};
use crate::evidence::identifier::Identifier;
use crate::evidence::judge::Arrival;
use crate::keys::change::What;
use crate::keys::continuity::Witness;
use crate::keys::judged::{Best, Judged};
use crate::keys::pin::{Pin as Decision, Purpose, Wanted};
use crate::keys::sighting::Key;
use crate::knowledge::Knowledge;
use crate::package::PackageView;
use crate::store;
use crate::vendor::{Vendor, slug};
use crate::verdict::{Facts, Pin, judge};

impl Knowledge {
    /// What is made of one signature of a package, or of there being none, and the vendor that it was judged for.
    pub(super) async fn judged_signature(
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
            let own = found.first().is_some_and(|key| key.facts.fingerprint.to_string() == bare);
            if own || found.len() == 1 {
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

    /// Whether a key that is pinned for this vendor verifiably vouches for another one, or for a certificate of the same
    /// name and public key that was seen elsewhere.
    async fn is_continued(&self, key: Option<&Key>, vendor: Option<&str>) -> anyhow::Result<bool> {
        let (Some(key), Some(vendor)) = (key, vendor) else { return Ok(false) };
        let Some(new) = Witness::of(&key.facts, &key.bytes) else { return Ok(false) };
        let crossed = self.crossed(key, &new).await?;
        let pins = store::pin::list(self.store.reader(), None, Some(vendor)).await?;
        let pinned: BTreeSet<Fingerprint> =
            pins.iter().filter(|pin| pin.counts()).map(|pin| pin.fingerprint).collect();
        for fingerprint in pinned {
            let Some(old) = store::key::read(self.store.reader(), fingerprint).await? else { continue };
            let Some(old) = Witness::of(&old.facts, &old.bytes) else { continue };
            if std::iter::once(&new).chain(&crossed).any(|one| old.vouches(one).is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Other certificates of the same name and public key: a cross-certificate is one.
    async fn crossed(&self, key: &Key, new: &Witness) -> anyhow::Result<Vec<Witness>> {
        if key.facts.kind != Kind::X509 {
            return Ok(Vec::new());
        }
        let Some(alias) = key.facts.aliases.iter().find(|alias| alias.what == "public key SHA-256") else {
            return Ok(Vec::new());
        };
        let same = store::key::named(self.store.reader(), &alias.value).await?;
        let same = same.iter().filter_map(|one| Witness::of(&one.facts, &one.bytes));
        Ok(same.filter(|one| one.vouches(new).is_some()).collect())
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
