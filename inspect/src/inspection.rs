//! The whole report on one file: what it is, what is in it, what it says of itself, who signed it, what was found,
//! and what was not read.
//!
//! A plain value that goes from the child process to its parent, into the record and onto a page. It holds facts and
//! no verdict. Lists are bounded; what was left out of one is counted beside it.

use serde::{Deserialize, Serialize};

use crate::comparison::Comparison;
use crate::container::attributes::{Attributes, Kind};
use crate::finding::{CheckId, Finding};
use crate::package::Claims;
use crate::signature::fact::SignatureFact;

/// Everything that reading one file showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// The layout of this value; raised when an older reader would misunderstand it.
    pub layout: u32,
    /// What the file was called, without its folder.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of the whole file, lower-case digits.
    pub sha256: String,
    /// What its bytes are, with its article: `a Debian package`, `a ZIP archive`, `a file`.
    pub kind: String,
    /// What each package in it claims to be, the outermost first.
    pub claims: Vec<Claims>,
    /// What is in it.
    pub contents: Contents,
    /// Signatures found, each with what it is worth and what it covers.
    pub signatures: Vec<SignatureFact>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Findings beyond what is kept of each check.
    pub more_findings: Vec<More>,
    /// Limits that were reached, a sentence each: the reading is not complete where there is one.
    pub limits: Vec<String>,
    /// What was not read, and why.
    pub unread: Vec<Unread>,
    /// What was not read beyond what is kept in [`Inspection::unread`].
    pub more_unread: u64,
    /// What differs from an earlier file, where one was handed over; what was X and is Y stands among the findings too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// What bounded the process that read it; empty until that process has said so.
    pub confinement: Vec<Bound>,
}

impl Inspection {
    /// The layout that is written today.
    pub const LAYOUT: u32 = 1;

    /// Whether everything was read: no limit was reached, nothing was passed over, and the reading came to its end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.limits.is_empty()
            && self.unread.is_empty()
            && !self.findings.iter().any(|finding| finding.check == CheckId::InspectionEnded)
    }

    /// What the outermost package claims to be, if it is one.
    #[must_use]
    pub fn outermost(&self) -> Option<&Claims> {
        self.claims.iter().find(|claims| claims.path.is_empty())
    }
}

/// What is in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Entries of any kind that were met.
    pub entries: u64,
    /// Files among them.
    pub files: u64,
    /// Bytes of those files, unpacked.
    pub bytes: u64,
    /// The entries, in the order of the archive; at most [`Contents::MOST_LISTED`].
    pub listed: Vec<Listed>,
    /// Entries that are not listed.
    pub left_out: u64,
}

impl Contents {
    /// Entries that are listed. The largest ordinary package tried has 40,000.
    pub const MOST_LISTED: usize = 100_000;
}

/// One entry of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Where it is, through the chain of containers.
    pub path: String,
    /// What it is.
    #[serde(flatten)]
    pub kind: Kind,
    /// Its size in bytes, unpacked.
    pub size: u64,
    /// SHA-256 of a file's bytes, lower-case digits; `None` where they were not read to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Permission bits, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
    /// The owner, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The group, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// File capabilities, if stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<String>,
}

impl Listed {
    /// An entry with what the archive states about it.
    #[must_use]
    pub fn new(path: &str, attributes: &Attributes, size: u64, sha256: Option<String>) -> Listed {
        Listed {
            path: path.to_owned(),
            kind: attributes.kind.clone(),
            size,
            sha256,
            mode: attributes.mode,
            user: attributes.user.clone(),
            group: attributes.group.clone(),
            capabilities: attributes.capabilities.clone(),
        }
    }
}

/// Findings of one check beyond those that are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct More {
    /// The check.
    pub check: CheckId,
    /// How many more there were.
    pub count: u64,
}

/// Something that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Where it is; empty for the inspected file itself.
    pub path: String,
    /// Why, in a sentence without its full stop.
    pub why: String,
}

/// One thing that bounded the process that read the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// What it is: `landlock`, `seccomp`, `address space`.
    pub name: String,
    /// Whether it held.
    pub held: bool,
    /// How far, or why not, in a few words.
    pub detail: String,
}
