//! Findings as a brief tells them: one line of a file once, and what many files do alike once.

use std::collections::{BTreeMap, HashMap};

use inspect::finding::{CheckId, Finding};
use inspect::inspection::More;
use serde::Serialize;

/// A finding with what was folded into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// Other checks that found the same line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<CheckId>,
    /// Other places of which the same was found.
    pub elsewhere: u64,
}

/// What was found by one check and is not listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The check.
    pub check: CheckId,
    /// How many of them act.
    pub acting: u64,
    /// How many stand in documentation, tests and comments.
    pub standing: u64,
}

/// Whether two findings are about one line of one file.
pub(super) fn is_same_line(one: &Finding, other: &Finding) -> bool {
    one == other || one.line.is_some() && one.path == other.path && one.line == other.line
}

/// Findings without repetition, in their order.
pub(super) fn told<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    let (mut lines, mut alike) = (HashMap::new(), HashMap::new());
    for finding in findings {
        let line = finding.line.map(|line| (finding.path.clone(), line));
        let known = line.as_ref().and_then(|line| lines.get(line)).copied();
        if let Some(first) = known.and_then(|at: usize| told.get_mut(at)) {
            if first.finding.check != finding.check && !first.also.contains(&finding.check) {
                first.also.push(finding.check);
            }
            // What every family knows of one line is known of the line.
            let new = finding.objects.iter().filter(|object| !first.finding.objects.contains(object));
            let new: Vec<_> = new.cloned().collect();
            first.finding.objects.extend(new);
            continue;
        }
        let said = finding.quote.as_ref().map_or(finding.detail.as_str(), |quote| quote.as_str());
        let key = (finding.check, said.to_owned());
        if let Some(first) = alike.get(&key).copied().and_then(|at: usize| told.get_mut(at)) {
            first.elsewhere += 1;
            continue;
        }
        alike.insert(key, told.len());
        if let Some(line) = line {
            lines.insert(line, told.len());
        }
        told.push(Told { finding: finding.clone(), also: Vec::new(), elsewhere: 0 });
    }
    told
}

/// How many findings there are of each check, with those that were only counted.
pub(super) fn counted(findings: &[&Finding], more: &[More]) -> Vec<Counted> {
    let mut counts: BTreeMap<CheckId, (u64, u64)> = BTreeMap::new();
    for finding in findings {
        let (acting, standing) = counts.entry(finding.check).or_default();
        *(if finding.activation.acts() { acting } else { standing }) += 1;
    }
    for more in more {
        counts.entry(more.check).or_default().0 += more.count;
    }
    let counted = |(check, (acting, standing))| Counted { check, acting, standing };
    counts.into_iter().map(counted).collect()
}
