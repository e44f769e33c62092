//! What is kept of a package's files beyond its report, so that two versions can be compared: default values, what
//! programs in machine code call and how they are hardened, certificates that are believed, licences.
//!
//! Kept only where a comparison was asked for. A plain value that goes from the reading process to its parent; bounded,
//! and what was beyond a bound is said in [`Kept::left_out`].

mod licence;
/// Programs and libraries in machine code.
pub mod program;

use serde::{Deserialize, Serialize};

use self::program::Program;
use crate::check::Subject;
use crate::container::attributes::Kind;
use crate::defaults::{self, Setting};
use crate::finding::Activation;
use crate::inspection::Inspection;
use crate::key::carried::{Carried, Carrier};
use crate::key::x509;
use crate::signature::fact::SignatureFact;

/// A report with what was kept of the files: one side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The report.
    pub inspection: Inspection,
    /// What was kept; `None` where nobody asked for it.
    pub kept: Option<Kept>,
    /// Keys that it brings along; none where nobody asked for what is kept.
    #[serde(default)]
    pub keys: Vec<Carried>,
}

/// What is kept of the files of one inspected file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Defaults of timeouts, retries, back-off, pools, batches and lifetimes.
    pub settings: Vec<Setting>,
    /// Programs and libraries in machine code.
    pub programs: Vec<Program>,
    /// Certificates in files that are neither documentation nor tests.
    pub roots: Vec<Root>,
    /// What says which licence applies, beside the field that the format has for it.
    pub licences: Vec<Licence>,
    /// What was not kept because there was too much of it, a sentence each without its full stop.
    pub left_out: Vec<String>,
}

/// A certificate that lies in a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// In which file.
    pub path: String,
    /// SHA-256 over its DER, as people are shown it.
    pub fingerprint: String,
    /// Whom it names; a stranger's text.
    pub subject: String,
}

/// What says which licence applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Licence {
    /// In which file.
    pub path: String,
    /// A classifier's words, or the identifier of the licence whose text it is.
    pub stated: String,
}

/// Collects what is kept, member by member.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    kept: Kept,
    carrier: Carrier,
    at: i64,
    bytes_read: u64,
}

impl Keeper {
    /// Bytes of source text that are read for defaults; the largest packages tried have some 60 MB of it.
    const MOST_SOURCE: u64 = 256 << 20;
    const MOST_SETTINGS: usize = 40_000;
    const MOST_PROGRAMS: usize = 5_000;
    const MOST_ROOTS: usize = 5_000;
    const MOST_LICENCES: usize = 500;

    /// One that looks at keys as they are at a time, seconds since 1970.
    pub(crate) fn new(at: i64) -> Keeper {
        Keeper { at, ..Keeper::default() }
    }

    /// Looks at one entry.
    pub(crate) fn member(&mut self, subject: &Subject<'_>) {
        self.carrier.member(subject, self.at);
        if subject.attributes.kind != Kind::File || subject.bytes.is_empty() {
            return;
        }
        if let Some(program) = program::read(subject.path, subject.bytes, subject.is_whole()) {
            return keep(
                &mut self.kept.programs,
                [program],
                Self::MOST_PROGRAMS,
                "programs",
                &mut self.kept.left_out,
            );
        }
        let Some(text) = subject.text.as_deref() else { return };
        let stated = licence::stated(subject.name, text);
        let licences = stated.into_iter().map(|stated| Licence { path: subject.path.to_owned(), stated });
        keep(&mut self.kept.licences, licences, Self::MOST_LICENCES, "licences", &mut self.kept.left_out);
        if matches!(subject.setting, Activation::Test | Activation::Documentation) {
            return;
        }
        if text.contains("-----BEGIN CERTIFICATE-----") {
            keep(
                &mut self.kept.roots,
                roots(subject),
                Self::MOST_ROOTS,
                "certificates",
                &mut self.kept.left_out,
            );
            return;
        }
        self.settings(subject, text);
    }

    fn settings(&mut self, subject: &Subject<'_>, text: &str) {
        if !subject.is_whole() || self.bytes_read >= Self::MOST_SOURCE {
            return;
        }
        self.bytes_read += subject.size;
        let Some(read) = defaults::read(subject.path, subject.language, text) else {
            let said =
                "defaults of sources that are too large, or take too long to parse, were not kept: for one";
            if !self.kept.left_out.iter().any(|sentence| sentence.starts_with(said)) {
                self.kept.left_out.push(format!("{said} {}", subject.path));
            }
            return;
        };
        keep(&mut self.kept.settings, read, Self::MOST_SETTINGS, "defaults", &mut self.kept.left_out);
    }

    /// Looks at one signature.
    pub(crate) fn signature(&mut self, fact: &SignatureFact) {
        self.carrier.signature(fact);
    }

    /// What was kept, and the keys that were met.
    pub(crate) fn finish(mut self) -> (Kept, Vec<Carried>) {
        if self.bytes_read >= Self::MOST_SOURCE {
            self.kept
                .left_out
                .push("defaults of the sources beyond the first 256 MiB were not kept".to_owned());
        }
        let (keys, left_out) = self.carrier.finish();
        self.kept.left_out.extend(left_out);
        (self.kept, keys)
    }
}

/// Takes what there is room for, and says once where there was none.
fn keep<T>(
    to: &mut Vec<T>,
    more: impl IntoIterator<Item = T>,
    most: usize,
    called: &str,
    left_out: &mut Vec<String>,
) {
    let mut more = more.into_iter();
    to.extend(more.by_ref().take(most.saturating_sub(to.len())));
    if more.next().is_some() {
        let sentence = format!("{called} beyond the first {most} were not kept");
        if !left_out.contains(&sentence) {
            left_out.push(sentence);
        }
    }
}

fn roots(subject: &Subject<'_>) -> Vec<Root> {
    let read = x509::read(subject.bytes).unwrap_or_default().into_iter();
    let root = |facts: x509::Facts| Root {
        path: subject.path.to_owned(),
        fingerprint: facts.fingerprint.grouped().to_string(),
        subject: crate::package::shown(&facts.subject),
    };
    read.map(root).collect()
}
