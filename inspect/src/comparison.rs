//! Two versions of one product, compared as facts: what is new, what is gone, what was X and is Y.
//!
//! Takes two reports with what was kept of their files, and nothing else. What differs only by the version in a path, by
//! a line's number or by the archive around it is no difference. Two products are never compared: that is said instead.

mod anchors;
mod calls;
/// Files that came, went or differ.
pub mod files;
mod least;
mod licence;
mod side;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::files::Files;
use self::side::{Side, product};
use crate::defaults;
use crate::finding::{CheckId, Finding};
use crate::inspection::Inspection;
use crate::kept::{Kept, Read};

/// What a comparison with an earlier file showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The earlier file.
    pub previous: Previous,
    /// What came of it.
    pub outcome: Outcome,
}

/// The earlier file, as far as a reader must know which one it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// What it was called, without its folder.
    pub name: String,
    /// Its SHA-256, lower-case digits.
    pub sha256: String,
    /// What it claims to be: name and version, if it states them.
    pub claimed: Option<String>,
}

/// What came of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing was compared: why, in a sentence without its full stop.
    Refused(String),
    /// What differs.
    Delta(Box<Delta>),
}

/// What differs between two versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// What was X and is Y: licences, least versions, defaults, programs, certificates. The report's findings hold them
    /// too.
    pub changes: Vec<Finding>,
    /// Changes beyond those that are kept.
    pub more_changes: u64,
    /// Who signed, if that differs.
    pub signers: Option<Signers>,
    /// Findings that were not there before.
    pub new: Vec<Finding>,
    /// Findings that are not there any more.
    pub gone: Vec<Finding>,
    /// Files that came, went or differ.
    pub files: Files,
    /// Why this may not be everything, a sentence each without its full stop.
    pub incomplete: Vec<String>,
}

/// Who signed before and now, each as a key's fingerprint or, without one, as the signature calls them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signers {
    /// Before.
    pub were: Vec<String>,
    /// Now.
    pub are: Vec<String>,
}

/// Changes of one kind that are kept.
const MOST_CHANGES: usize = 200;

/// Compares a file with an earlier one.
#[must_use]
pub fn compare(now: &Read, before: &Read) -> Comparison {
    let outcome = match refusal(&now.inspection, &before.inspection) {
        Some(why) => Outcome::Refused(why),
        None => Outcome::Delta(Box::new(delta(now, before))),
    };
    let (name, sha256) = (before.inspection.name.clone(), before.inspection.sha256.clone());
    Comparison { previous: Previous { name, sha256, claimed: claimed(&before.inspection) }, outcome }
}

/// The report on a file, with what a comparison with an earlier one showed. What was X and is Y becomes findings.
#[must_use]
pub fn compared(now: Read, before: &Read) -> Inspection {
    let comparison = compare(&now, before);
    let mut inspection = now.inspection;
    if let Outcome::Delta(delta) = &comparison.outcome {
        let own = std::mem::take(&mut inspection.findings);
        inspection.findings = delta.changes.iter().cloned().chain(own).collect();
    }
    inspection.comparison = Some(comparison);
    inspection
}

/// What a file claims to be: name and version.
fn claimed(inspection: &Inspection) -> Option<String> {
    let claims = inspection.outermost()?;
    let parts = [claims.name.as_deref(), claims.version.as_deref()];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Why two files cannot be compared.
fn refusal(now: &Inspection, before: &Inspection) -> Option<String> {
    let broke_off = |inspection: &Inspection| {
        inspection.findings.iter().any(|finding| finding.check == CheckId::InspectionEnded)
    };
    if broke_off(before) {
        return Some("the previous file could not be read to its end, so nothing was compared".to_owned());
    }
    if broke_off(now) {
        return Some("this file could not be read to its end, so nothing was compared".to_owned());
    }
    let name = |inspection: &Inspection| inspection.outermost().and_then(|claims| claims.name.clone());
    match (name(now), name(before)) {
        (Some(is), Some(was)) if product(&is) != product(&was) => Some(format!(
            "the previous file is another product, {was}, and this one is {is}: nothing was compared"
        )),
        (Some(is), None) => {
            let kind = &before.kind;
            Some(format!(
                "the previous file, {kind}, does not say which product it is, and this one is {is}: nothing was compared"
            ))
        }
        (None, Some(was)) => {
            let kind = &now.kind;
            Some(format!(
                "this file, {kind}, does not say which product it is, and the previous one is {was}: nothing was compared"
            ))
        }
        _ => None,
    }
}

fn delta(now: &Read, before: &Read) -> Delta {
    let nothing = Kept::default();
    let new = Side::new(&now.inspection, now.kept.as_ref().unwrap_or(&nothing));
    let old = Side::new(&before.inspection, before.kept.as_ref().unwrap_or(&nothing));
    let mut changes = licence::changes(&new, &old);
    changes.extend(least::changes(&new, &old));
    changes.extend(defaults::changes(
        (&new.kept.settings, &|path| new.without_version(path)),
        (&old.kept.settings, &|path| old.without_version(path)),
    ));
    changes.extend(calls::changes(&new, &old));
    changes.extend(anchors::changes(&new, &old));
    let more_changes = changes.len().saturating_sub(MOST_CHANGES) as u64;
    changes.truncate(MOST_CHANGES);
    let (appeared, gone) = findings(&new, &old);
    Delta {
        changes,
        more_changes,
        signers: signers(&new, &old),
        new: appeared,
        gone,
        files: files::compare(&new, &old),
        incomplete: incomplete(now, before),
    }
}

/// Findings that only one side has. What has a comparison of its own above is not told twice.
fn findings(now: &Side<'_>, before: &Side<'_>) -> (Vec<Finding>, Vec<Finding>) {
    type Key = (CheckId, String, String);
    let key = |side: &Side<'_>, finding: &Finding| -> Key {
        let said = finding.quote.as_ref().map_or(finding.detail.as_str(), |quote| quote.as_str());
        (finding.check, side.without_version(&finding.path), side.without_version(said))
    };
    let told = |finding: &&Finding| {
        !matches!(finding.check, CheckId::Licence | CheckId::MinGlibc | CheckId::MinRuntime)
            && finding.activation.acts()
    };
    let keys = |side: &Side<'_>| -> BTreeSet<Key> {
        side.inspection.findings.iter().map(|finding| key(side, finding)).collect()
    };
    let (are, were) = (keys(now), keys(before));
    let only = |side: &Side<'_>, others: &BTreeSet<Key>| -> Vec<Finding> {
        let own = side.inspection.findings.iter().filter(told);
        own.filter(|finding| !others.contains(&key(side, finding))).cloned().collect()
    };
    let mut gone = only(before, &are);
    // Of the same migrations, more or fewer, only how they are now is worth a line.
    let told_now = |finding: &Finding| {
        let place = before.without_version(&finding.path);
        finding.check == CheckId::DbDdl
            && are.iter().any(|(check, path, _)| *check == finding.check && *path == place)
    };
    gone.retain(|finding| !told_now(finding));
    (only(now, &were), gone)
}

fn signers(now: &Side<'_>, before: &Side<'_>) -> Option<Signers> {
    let of = |side: &Side<'_>| -> Vec<String> {
        let facts = side.inspection.signatures.iter();
        let named = facts.filter_map(|fact| {
            let key = fact.certificate.as_ref().or(fact.signer.as_ref());
            key.map(|key| key.grouped().to_string()).or_else(|| fact.called.clone())
        });
        named.collect::<BTreeSet<_>>().into_iter().collect()
    };
    let (are, were) = (of(now), of(before));
    (are != were).then_some(Signers { were, are })
}

fn incomplete(now: &Read, before: &Read) -> Vec<String> {
    let mut all = Vec::new();
    for (read, called) in [(now, "this file"), (before, "the previous file")] {
        if !read.inspection.is_complete() {
            all.push(format!("{called} was not read completely"));
        }
        let left_out = read.kept.iter().flat_map(|kept| kept.left_out.iter());
        all.extend(left_out.map(|why| format!("{called}: {why}")));
        for more in &read.inspection.more_findings {
            all.push(format!(
                "{called} has {} more findings of {} that were only counted",
                more.count, more.check
            ));
        }
    }
    all
}
