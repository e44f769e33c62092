//! Packages that wait for a decision, as a digest says it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::package::{Attention, Package};

/// A package that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// SHA-256 of its file.
    pub digest: String,
    /// What its file is called.
    pub name: String,
    /// What it claims to be: name and version; empty where it claims nothing.
    pub claimed: String,
    /// Whether its report asks somebody to look.
    pub attention: Attention,
    /// When it first arrived.
    pub since: Timestamp,
    /// Whether the subscription hears of it for the first time.
    pub new: bool,
}

impl Waiting {
    /// These packages, those that were not `told` before first, else the last that arrived.
    #[must_use]
    pub fn all(packages: &[Package], told: &BTreeSet<String>) -> Vec<Self> {
        let one = |package: &Package| Self {
            digest: package.digest.clone(),
            name: package.name.clone(),
            claimed: [&package.claimed_name, &package.claimed_version]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" "),
            attention: package.attention,
            since: package.first_seen,
            new: !told.contains(&package.digest),
        };
        let mut waiting: Vec<Self> = packages.iter().map(one).collect();
        waiting.sort_by_key(|one| !one.new);
        waiting
    }
}
