//! What is new since the version held before: what was X and is Y, then what acts and was not there.
//!
//! The comparison itself is `inspect`'s; here it is cut down to what a reader must go through. Files are counted.

use inspect::comparison::files::Files;
use inspect::comparison::{Comparison, Delta, Outcome, Previous, Signers};
use inspect::finding::{CheckId, Finding};
use inspect::inspection::Inspection;
use serde::Serialize;

use super::told::{Counted, Told, counted, is_same_line, told};
use crate::collision::Assessment;
use crate::decision::Decision;
use crate::package;

/// Changes that are listed, and as many new findings.
const LISTED: usize = 60;

/// What was found of a version held before.
#[derive(Debug)]
pub enum Before {
    /// There is none to compare with: why, in a sentence without its full stop.
    Missing(String),
    /// It was compared.
    Compared {
        /// What that showed.
        comparison: Box<Comparison>,
        /// The decision by which it was accepted; absent where somebody handed it over.
        accepted: Option<Decision>,
    },
}

/// What is new.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Since {
    /// Nothing was compared.
    NotCompared {
        /// Why, in a sentence without its full stop.
        why: String,
    },
    /// What differs.
    Compared(Box<Difference>),
}

/// What differs from the version held before, without what collides: that stands by itself.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The file held before.
    pub previous: Previous,
    /// The decision by which it was accepted.
    pub accepted: Option<Decision>,
    /// What was X and is Y.
    pub changed: Vec<Told>,
    /// What acts and was not there.
    pub new: Vec<Told>,
    /// What is new as well, by check.
    pub more_new: Vec<Counted>,
    /// Findings that are not there any more.
    pub gone: u64,
    /// Who signed, where that differs.
    pub signers: Option<Signers>,
    /// Files that came, went or differ; counted.
    pub files: Files,
    /// Why this may not be everything, a sentence each without its full stop.
    pub incomplete: Vec<String>,
}

impl Since {
    pub(super) fn of(before: Before, inspection: &Inspection, assessment: &Assessment) -> Self {
        match before {
            Before::Missing(why) => Self::NotCompared { why },
            Before::Compared { comparison, accepted } => match comparison.outcome {
                Outcome::Refused(why) => Self::NotCompared { why },
                Outcome::Delta(delta) => Self::Compared(Box::new(difference(
                    *delta,
                    comparison.previous,
                    accepted,
                    inspection,
                    assessment,
                ))),
            },
        }
    }

    /// Lines that a reader has to go through.
    #[must_use]
    pub fn lines(&self) -> usize {
        match self {
            Self::NotCompared { .. } => 0,
            Self::Compared(it) => it.changed.len() + it.new.len() + usize::from(it.signers.is_some()),
        }
    }

    /// Everything that it lists.
    pub(super) fn told(&self) -> impl Iterator<Item = &Told> {
        let difference = match self {
            Self::NotCompared { .. } => None,
            Self::Compared(difference) => Some(difference),
        };
        difference.into_iter().flat_map(|it| it.changed.iter().chain(&it.new))
    }
}

fn difference(
    delta: Delta,
    previous: Previous,
    accepted: Option<Decision>,
    inspection: &Inspection,
    assessment: &Assessment,
) -> Difference {
    let collided: Vec<&Finding> =
        assessment.collisions.iter().filter_map(|collision| collision.finding.as_ref()).collect();
    let is_above = |finding: &&Finding| collided.iter().any(|other| is_same_line(other, finding));
    let mut changed = told(delta.changes.iter().filter(|finding| !is_above(finding)));
    let beyond = changed.split_off(changed.len().min(LISTED));
    let rest = delta.new.iter().filter(|finding| !is_above(finding));
    let (matters, other): (Vec<&Finding>, Vec<&Finding>) = rest.partition(|finding| matters(finding));
    let mut new = told(matters);
    let more = new.split_off(new.len().min(LISTED));
    let folded: Vec<&Finding> = beyond.iter().chain(&more).map(|told| &told.finding).chain(other).collect();
    let more_new = counted(&folded, &[]);
    let files = Files { listed: Vec::new(), ..delta.files };
    let mut incomplete = delta.incomplete;
    if delta.more_changes > 0 {
        incomplete.push(format!("{} more changes were only counted", delta.more_changes));
    }
    if inspection.layout != Inspection::LAYOUT {
        incomplete.push("this file was read by another release, which may have looked for less".to_owned());
    }
    Difference {
        previous,
        accepted,
        changed,
        new,
        more_new,
        gone: delta.gone.len() as u64,
        signers: delta.signers,
        files,
        incomplete,
    }
}

/// Whether what is new has to be read: it asks for somebody, it acts by itself, or it is a program that was not there.
fn matters(finding: &Finding) -> bool {
    package::asks(finding)
        || super::acts_by_itself(finding)
        || matches!(finding.check, CheckId::BinaryNew | CheckId::InstallScript) && finding.activation.acts()
}
