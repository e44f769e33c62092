//! What many files of code do alike, told once.

use std::collections::BTreeMap;

use crate::check::{Findings, Subject, folder};
use crate::finding::{CheckId, Finding};

/// Different things of one check in one package that are told one by one; code of a whole framework has no end of them.
const MOST: usize = 6;

/// Findings in code, by package, check and state.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    found: BTreeMap<(String, CheckId, bool), Vec<Group>>,
}

/// The same in several files.
#[derive(Debug)]
struct Group {
    first: Finding,
    files: usize,
}

impl Gathered {
    /// What is remembered of one check; more is only counted.
    const MOST_KEPT: usize = 200;

    /// Takes what was found in one file.
    pub(super) fn take(&mut self, subject: &Subject<'_>, findings: Vec<Finding>) {
        let package =
            if findings.is_empty() { String::new() } else { folder::package(subject.path, subject.name) };
        for finding in findings {
            let key = (package.clone(), finding.check, finding.activation.acts());
            let groups = self.found.entry(key).or_default();
            match groups.iter().position(|group| group.first.detail == finding.detail) {
                Some(at) => groups[at].files += usize::from(groups[at].first.path != finding.path),
                None if groups.len() >= Self::MOST_KEPT => {}
                None => groups.push(Group { first: finding, files: 0 }),
            }
        }
    }

    /// Tells it.
    pub(super) fn tell(&mut self, found: &mut Findings) {
        for (_, mut groups) in std::mem::take(&mut self.found) {
            groups.sort_by_key(|group| group.first.confidence);
            let over = groups.len().saturating_sub(MOST);
            groups.truncate(MOST);
            for group in &mut groups {
                match group.files {
                    0 => {}
                    1 => group.first.detail.push_str("; so does another file"),
                    more => group.first.detail.push_str(&format!("; so do {more} more files")),
                }
            }
            if let Some(last) = groups.last_mut().filter(|_| over > 0) {
                last.first.detail.push_str(&format!("; {over} further ones are not listed"));
            }
            groups.into_iter().for_each(|group| found.add(group.first));
        }
    }
}
