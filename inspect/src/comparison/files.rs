//! Files that came, went or differ between two versions.
//!
//! An archive whose members are listed is not listed itself: that it differs says nothing more.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::side::Side;
use crate::container::attributes::Kind;
use crate::inspection::Listed;

/// Which files differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// Files that were not there before.
    pub added: u64,
    /// Files that are not there any more.
    pub removed: u64,
    /// Files of the same name with other bytes.
    pub changed: u64,
    /// Files that are the same, byte by byte.
    pub unchanged: u64,
    /// The first ones that differ, by path; at most [`Files::MOST_LISTED`].
    pub listed: Vec<FileChange>,
}

impl Files {
    /// Files that are listed.
    pub const MOST_LISTED: usize = 5_000;
}

/// One file that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// Where it is, or was.
    pub path: String,
    /// What became of it.
    pub change: Change,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It came.
    Added,
    /// It went.
    Removed,
    /// It differs.
    Changed,
}

/// Holds the files of both sides against each other.
pub(super) fn compare(now: &Side<'_>, before: &Side<'_>) -> Files {
    let (are, were) = (listed(now), listed(before));
    let mut files = Files::default();
    let mut all = Vec::new();
    for (key, file) in &are {
        match were.get(key) {
            None => all.push((file.path.clone(), Change::Added)),
            // A digest that is missing on either side cannot say that nothing changed.
            Some(was) if was.sha256.is_none() || was.sha256 != file.sha256 => {
                all.push((file.path.clone(), Change::Changed))
            }
            Some(_) => files.unchanged += 1,
        }
    }
    let gone = were.iter().filter(|(key, _)| !are.contains_key(*key));
    all.extend(gone.map(|(_, file)| (file.path.clone(), Change::Removed)));
    for (_, change) in &all {
        match change {
            Change::Added => files.added += 1,
            Change::Removed => files.removed += 1,
            Change::Changed => files.changed += 1,
        }
    }
    all.sort();
    let kept = all.into_iter().take(Files::MOST_LISTED);
    files.listed = kept.map(|(path, change)| FileChange { path, change }).collect();
    files
}

fn listed<'a>(side: &Side<'a>) -> BTreeMap<String, &'a Listed> {
    let all = &side.inspection.contents.listed;
    let archives: HashSet<&str> =
        all.iter().filter_map(|file| file.path.rsplit_once("!/").map(|(at, _)| at)).collect();
    let files = all.iter().filter(|file| file.kind == Kind::File && !archives.contains(file.path.as_str()));
    files.map(|file| (side.without_version(&file.path), file)).collect()
}
