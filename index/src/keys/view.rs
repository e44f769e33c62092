//! What is answered about a key, exactly as it is shown, printed, or written as JSON.

use inspect::key::Fingerprint;
use jiff::Timestamp;
use serde::Serialize;

use crate::evidence::assessment::Assessment;
use crate::keys::change::Change;
use crate::keys::forecast::Foreseen;
use crate::keys::pin::Pin;
use crate::keys::sighting::{Key, Sighting};
use crate::package::Package;

/// A key in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyLine {
    /// The key.
    #[serde(flatten)]
    pub key: Key,
    /// Vendors at whose places it was seen, by short name.
    pub vendors: Vec<String>,
    /// What is foreseen of it, the worst first.
    pub foreseen: Vec<Foreseen>,
}

/// All that is known of what was asked for.
#[derive(Clone, Debug, Serialize)]
pub struct KeyView {
    /// What was asked for: digits in upper case, or as it is written where it is none.
    pub asked: String,
    /// Whether what was asked for names exactly one key; a shorter name is only compatible with those shown.
    pub exact: bool,
    /// The key, where the ledger knows it.
    pub key: Option<Key>,
    /// Other keys that bear the same short name.
    pub others: Vec<Fingerprint>,
    /// Whose it is by where it was seen and by what was pinned.
    pub vendors: Vec<String>,
    /// Where it was seen, the newest first.
    pub sightings: Vec<Sighting>,
    /// What changed about it, the newest first.
    pub changes: Vec<Change>,
    /// What people decided about it, the newest first; undone decisions too.
    pub pins: Vec<Pin>,
    /// Packages that it signed.
    pub packages: Vec<Package>,
    /// What was said of it.
    pub evidence: Assessment,
    /// What is foreseen of it.
    pub foreseen: Vec<Foreseen>,
    /// What is not known, a sentence each.
    pub unknown: Vec<String>,
    /// When this was answered.
    pub at: Timestamp,
}
