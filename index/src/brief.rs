//! The brief: everything that must be read before a package is installed, on one page.
//!
//! Pure assembly of what was gathered: the verdict in four fields, what the estate contradicts, what is new since the
//! version held before, what acts by itself, what was said, what was not checked, what to do. Refuses to sum these up in
//! one word. What was not looked at is said as such; what is folded is counted.

/// What differs from the version held before.
pub mod since;
/// Findings as they are told: one line once.
pub mod told;
/// The verdict's fields.
pub mod verdict;

mod next;
mod rehearsal;

use inspect::finding::{CheckId, Finding, Trigger};
use inspect::inspection::Inspection;
use serde::Serialize;

use self::since::{Before, Since};
use self::told::{Counted, Told};
use self::verdict::Fields;
use crate::collision::{self, Assessment};
use crate::decision::{Decision, Observation};
use crate::estate::Estate;
use crate::keys::judged::Signer;
use crate::link::Links;
use crate::package::{self, Package, PackageView};

/// Everything that must be read before a package is installed.
#[derive(Clone, Debug, Serialize)]
pub struct Brief {
    /// The file.
    pub package: Package,
    /// What the package in it calls itself; absent where it does not say.
    pub product: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Whom it states as its maker.
    pub vendor: Option<String>,
    /// The verdict, in its four fields.
    pub verdict: Fields,
    /// What the estate contradicts, and what was not held against it.
    pub assessment: Assessment,
    /// What is new since the version held before.
    pub since: Since,
    /// What acts by itself or with privilege and stands nowhere above; where a version was held before, what is new of it
    /// stands there, and the rest is folded.
    pub acting: Vec<Told>,
    /// What was found and is not listed, by check.
    pub folded: Vec<Counted>,
    /// What vendors and forums said about exactly this.
    pub links: Links,
    /// Decisions on this file, the last one first.
    pub decisions: Vec<Decision>,
    /// Decisions on other packages of the product, the last one first.
    pub earlier: Vec<Decision>,
    /// What was observed of the product, the last one first.
    pub observations: Vec<Observation>,
    /// What was not checked, a sentence each without its full stop.
    pub not_checked: Vec<String>,
    /// What to do next, in sentences.
    pub next: Vec<String>,
    /// What to go through before it is installed in earnest.
    pub rehearsal: Vec<Step>,
}

/// One step of the rehearsal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What to do, in one sentence.
    pub sentence: String,
    /// What it is about, one each: files with their lines, hosts, tables.
    pub about: Vec<String>,
}

/// What the brief is made of.
#[derive(Debug)]
pub struct Gathered {
    /// The package with its report.
    pub view: PackageView,
    /// What is made of who signed it.
    pub signers: Vec<Signer>,
    /// What is so in the environment that was chosen.
    pub estate: Option<Estate>,
    /// Every environment that is known.
    pub environments: Vec<String>,
    /// The version held before.
    pub before: Before,
    /// What concerns it.
    pub links: Links,
    /// Decisions on this file.
    pub decisions: Vec<Decision>,
    /// Decisions on other packages of the product.
    pub earlier: Vec<Decision>,
    /// Observations of the product.
    pub observations: Vec<Observation>,
}

/// Lines of what acts that are listed; more are folded.
const LISTED: usize = 60;

impl Brief {
    /// The brief on what was gathered.
    #[must_use]
    pub fn of(gathered: Gathered) -> Self {
        let Gathered { view, signers, estate, environments, before, links, decisions, earlier, observations } =
            gathered;
        let PackageView { package, inspection } = view;
        let assessment = collision::of(&inspection, estate.as_ref());
        let since = Since::of(before, &inspection, &assessment);
        let (acting, folded) = acting(&inspection, &assessment, &since);
        let claims = package::principal(&inspection);
        let mut brief = Self {
            product: claims.and_then(|claims| claims.name.clone()),
            version: claims.and_then(|claims| claims.version.clone()),
            vendor: claims.and_then(|claims| claims.vendor.clone()),
            verdict: Fields::of(&inspection, &signers),
            not_checked: Vec::new(),
            next: Vec::new(),
            rehearsal: Vec::new(),
            package,
            assessment,
            since,
            acting,
            folded,
            links,
            decisions,
            earlier,
            observations,
        };
        brief.not_checked = brief.unchecked(&inspection);
        brief.next = next::steps(&brief);
        brief.rehearsal = rehearsal::steps(&brief, &inspection, estate.as_ref(), &environments);
        brief
    }

    /// Lines of findings that a reader has to go through: collisions, what is new, what acts.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.assessment.collisions.len() + self.since.lines() + self.acting.len()
    }

    /// Every finding that it lists, with its collisions.
    pub fn listed(&self) -> impl Iterator<Item = &Finding> {
        let collided = self.assessment.collisions.iter().filter_map(|collision| collision.finding.as_ref());
        collided.chain(self.since.told().chain(&self.acting).map(|told| &told.finding))
    }

    fn unchecked(&self, inspection: &Inspection) -> Vec<String> {
        let mut all: Vec<String> = self.verdict.not_judged();
        if inspection.signatures.iter().any(|fact| fact.scheme.is_by_certificate() && fact.worth.is_some()) {
            all.push(
                "whether certificates of its signatures were revoked: whoever reads a package asks nobody"
                    .to_owned(),
            );
        }
        all.extend(self.assessment.not_checked.iter().map(|one| one.sentence.clone()));
        if let Since::NotCompared { why } = &self.since {
            all.push(format!("what is new: {why}"));
        }
        if self.product.is_none() || self.version.is_none() {
            all.push(
                "what was said about this version: the file does not state a name and a version of one product"
                    .to_owned(),
            );
        } else if self.links.searched == 0 {
            all.push("what was said about this version: nothing is recorded here yet".to_owned());
        }
        all.extend(self.links.remarks.iter().cloned());
        for unread in inspection.unread.iter().take(UNREAD) {
            let path = if unread.path.is_empty() { &inspection.name } else { &unread.path };
            all.push(format!("{path}: {}", unread.why));
        }
        let more = inspection.unread.len().saturating_sub(UNREAD) as u64 + inspection.more_unread;
        if more > 0 {
            all.push(format!("{more} more files were not read"));
        }
        all.extend(inspection.limits.iter().cloned());
        let unbounded = inspection.confinement.iter().filter(|bound| !bound.held);
        all.extend(unbounded.map(|bound| {
            format!("it was read without the bound {}, which this system does not have", bound.name)
        }));
        all
    }
}

/// What was not read, of which so many are named.
const UNREAD: usize = 20;

/// What acts by itself and stands nowhere above, and the count of everything that is not listed.
fn acting(inspection: &Inspection, assessment: &Assessment, since: &Since) -> (Vec<Told>, Vec<Counted>) {
    let above: Vec<&Finding> = assessment
        .collisions
        .iter()
        .filter_map(|collision| collision.finding.as_ref())
        .chain(since.told().map(|told| &told.finding))
        .collect();
    let is_above = |finding: &&Finding| above.iter().any(|other| told::is_same_line(other, finding));
    // What was there before acts as it did: it was decided on then.
    let known = matches!(since, Since::Compared(_));
    let rest = inspection.findings.iter().filter(|finding| !is_above(finding));
    let (acting, mut folded): (Vec<&Finding>, Vec<&Finding>) =
        rest.partition(|finding| !known && acts_by_itself(finding));
    let mut acting = told::told(acting);
    let beyond = acting.split_off(acting.len().min(LISTED));
    folded.extend(beyond.iter().map(|told| &told.finding));
    (acting, told::counted(&folded, &inspection.more_findings))
}

/// Whether something acts without anybody running it, or with privilege; what every package does is left out.
#[must_use]
pub fn acts_by_itself(finding: &Finding) -> bool {
    let by_itself = matches!(finding.trigger, Some(Trigger::InstallTime | Trigger::Boot | Trigger::Schedule));
    let remote = matches!(finding.check, CheckId::RemoteUrl | CheckId::RemoteHost);
    let always = matches!(
        finding.check,
        CheckId::PrivSetuid
            | CheckId::PrivSetgid
            | CheckId::PrivCapability
            | CheckId::PrivSudoers
            | CheckId::TrustAnchor
            | CheckId::SecretPrivateKey
            | CheckId::DbDdlBlocking
            | CheckId::InspectionEnded
    );
    let container = finding.check.family() == "container";
    finding.activation.acts()
        && (by_itself && (package::asks(finding) || remote)
            || (always || container) && package::asks(finding))
}

#[cfg(test)]
mod tests;
