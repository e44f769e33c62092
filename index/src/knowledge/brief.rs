//! Gathering a brief: the report, the estate, the version held before, what was said, what was decided.

use inspect::comparison::{self, Comparison, Outcome};
use inspect::inspection::Inspection;
use inspect::kept::Read;
use jiff::Timestamp;

use super::Knowledge;
use crate::brief::since::Before;
use crate::brief::{Brief, Gathered};
use crate::decision::{self, Decision};
use crate::estate::Estate;
use crate::link::seek::Seek;
use crate::package::{self, PackageView};
use crate::store;
use crate::version::{Scheme, compare};

/// Why there is no brief.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Knowledge {
    /// The brief at `now` on a package that arrived; `environment` is the one that it is held against, or the only one where none is
    /// named. Nothing where no such package has arrived.
    ///
    /// # Errors
    /// When the record or the index cannot be read.
    pub async fn brief(
        &self,
        digest: &str,
        environment: Option<&str>,
        now: Timestamp,
    ) -> anyhow::Result<Result<Option<Brief>, Refusal>> {
        let Some(view) = self.package(digest).await? else { return Ok(Ok(None)) };
        let kept = store::package::kept(self.store.reader(), digest).await?;
        let read = Read { inspection: view.inspection.clone(), kept, keys: Vec::new() };
        Ok(self.brief_of(view, &read, environment, now).await?.map(Some))
    }

    /// The brief on a package that need not be recorded.
    ///
    /// # Errors
    /// When the record or the index cannot be read.
    pub async fn brief_of(
        &self,
        view: PackageView,
        read: &Read,
        environment: Option<&str>,
        now: Timestamp,
    ) -> anyhow::Result<Result<Brief, Refusal>> {
        let environments = self.environments().await?;
        let estate = match self.chosen(environment, &environments).await? {
            Ok(estate) => estate,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let digest = view.package.digest.clone();
        let product = package::principal(&view.inspection).and_then(|claims| claims.name.clone());
        let (earlier, observations) = match &product {
            Some(product) => self.said_here(product).await?,
            None => (Vec::new(), Vec::new()),
        };
        let before = self.before(read, &earlier).await?;
        let links = self.links(&Seek::of(&view.inspection)).await?;
        let signers = self.signers(&view, now).await?;
        let decisions = self.decisions(&digest).await?;
        let earlier = earlier.into_iter().filter(|decision| decision.about.digest != digest).collect();
        let gathered =
            Gathered { view, signers, estate, environments, before, links, decisions, earlier, observations };
        Ok(Ok(Brief::of(gathered)))
    }

    /// The estate that a package is held against.
    async fn chosen(
        &self,
        environment: Option<&str>,
        environments: &[String],
    ) -> anyhow::Result<Result<Option<Estate>, Refusal>> {
        let name = match (environment.map(str::trim).filter(|name| !name.is_empty()), environments) {
            (Some(name), _) => name,
            (None, [only]) => only,
            (None, []) => return Ok(Ok(None)),
            // Which one is meant is not guessed; the one that counts is taken where it is called so.
            (None, several) => match several.iter().find(|name| name.as_str() == "production") {
                Some(name) => name,
                None => return Ok(Ok(None)),
            },
        };
        let estate = self.estate(name).await?;
        Ok(match estate {
            Some(estate) => Ok(Some(estate)),
            None if environments.is_empty() => Err(Refusal(format!(
                "there is no environment \u{201c}{name}\u{201d}: no estate was imported yet"
            ))),
            None => Err(Refusal(format!(
                "there is no environment \u{201c}{name}\u{201d}: known are {}",
                environments.join(", ")
            ))),
        })
    }

    /// The version held before: what was handed over beside it, else the accepted package of the same product and vendor that
    /// is nearest below.
    async fn before(&self, read: &Read, earlier: &[Decision]) -> anyhow::Result<Before> {
        let inspection = &read.inspection;
        if let Some(comparison) = &inspection.comparison {
            let mut accepted = accepted(earlier, inspection).into_iter();
            let accepted = accepted.find(|one| one.about.digest == comparison.previous.sha256).cloned();
            return Ok(Before::Compared { comparison: Box::new(comparison.clone()), accepted });
        }
        let Some(claims) = package::principal(inspection) else {
            let why = "the file does not say which one product it is, so no earlier version was sought";
            return Ok(Before::Missing(why.to_owned()));
        };
        let Some(name) = &claims.name else {
            return Ok(Before::Missing(
                "the package states no name, so no earlier version was sought".to_owned(),
            ));
        };
        for decision in accepted(earlier, inspection) {
            let digest = &decision.about.digest;
            let Some(view) = self.package(digest).await? else { continue };
            let kept = store::package::kept(self.store.reader(), digest).await?;
            let unkept = kept.is_none() || read.kept.is_none();
            let before = Read { inspection: view.inspection, kept, keys: Vec::new() };
            let now = read.clone();
            let compared = tokio::task::spawn_blocking(move || comparison::compare(&now, &before)).await?;
            let mut comparison: Box<Comparison> = Box::new(compared);
            if let Outcome::Delta(delta) = &mut comparison.outcome
                && unkept
            {
                delta.incomplete.push(
                    "the previous file was recorded by an earlier release, so defaults, programs and certificates \
                     were not compared"
                        .to_owned(),
                );
            }
            return Ok(Before::Compared { comparison, accepted: Some(decision.clone()) });
        }
        Ok(Before::Missing(format!("no other version of {name} by the same vendor was accepted here")))
    }
}

/// Packages of the same product and vendor whose last decision is to accept them: the nearest version below first, then the
/// newest others.
fn accepted<'a>(earlier: &'a [Decision], inspection: &Inspection) -> Vec<&'a Decision> {
    let claims = package::principal(inspection);
    let vendor = |vendor: Option<&String>| vendor.map(|name| name.trim().to_lowercase());
    let own = vendor(claims.and_then(|claims| claims.vendor.as_ref()));
    let mut met = std::collections::HashSet::new();
    // The last decision on each file counts, and stands first.
    let last = earlier.iter().filter(|decision| met.insert(decision.about.digest.as_str()));
    let mut accepted: Vec<&Decision> = last
        .filter(|decision| {
            decision.outcome == decision::Outcome::Accept && decision.about.digest != inspection.sha256
        })
        .filter(|decision| vendor(decision.about.vendor.as_ref()) == own)
        .collect();
    let version = claims.and_then(|claims| claims.version.clone()).unwrap_or_default();
    let stated = |decision: &Decision| decision.about.version.clone().unwrap_or_default();
    let below = |decision: &Decision| {
        compare(Scheme::Dotted, &stated(decision), &version).is_some_and(std::cmp::Ordering::is_lt)
    };
    accepted.sort_by(|one, other| {
        let newer = compare(Scheme::Dotted, &stated(other), &stated(one));
        below(other).cmp(&below(one)).then(newer.unwrap_or(std::cmp::Ordering::Equal))
    });
    accepted
}
