//! A sighting: this key, at this place, from then until then.

use inspect::key::Fingerprint;
use inspect::key::fact::{Fact, Kind};
use inspect::key::public::openssh_line;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// How long a key must be missing from a place before it counts as gone: mirrors of one list lag behind for hours.
pub const MISSING: SignedDuration = SignedDuration::from_hours(24);

/// What sort of place keys were seen at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// A page or file of keys that a source reads.
    Source,
    /// The description of a CSAF provider.
    Provider,
    /// Within a package.
    Package,
    /// A keyring or another file of this machine, imported.
    Keyring,
    /// Handed over on a page or by a program.
    Upload,
}

impl Way {
    /// Every one.
    pub const ALL: [Way; 5] = [Way::Source, Way::Provider, Way::Package, Way::Keyring, Way::Upload];

    /// As it is recorded.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Way::Source => "source",
            Way::Provider => "provider",
            Way::Package => "package",
            Way::Keyring => "keyring",
            Way::Upload => "upload",
        }
    }

    /// As it is shown.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            Way::Source => "a source's page or file of keys",
            Way::Provider => "a CSAF provider's description",
            Way::Package => "brought along by the package",
            Way::Keyring => "a file of this machine",
            Way::Upload => "handed over",
        }
    }
}

/// A place at which keys were looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What sort of place it is.
    pub way: Way,
    /// Its address, path, or a package's digest with the path within.
    pub place: String,
    /// The source that was read, by its short name.
    pub source: Option<String>,
    /// Whose place it is, by the vendor's short name.
    pub vendor: Option<String>,
}

impl Place {
    /// A file or a signature within a package, by the package's digest.
    #[must_use]
    pub fn in_package(digest: &str, path: &str) -> Place {
        // Whose package it is by its own word makes no key that vendor's.
        Place { way: Way::Package, place: format!("{digest}!/{path}"), source: None, vendor: None }
    }

    /// Whether a key that is not there any more is missing from it: not from what arrives once.
    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(self.way, Way::Source | Way::Provider | Way::Keyring)
    }
}

/// A sighting as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sighting {
    /// The key.
    pub fingerprint: Fingerprint,
    /// What sort of place it was.
    pub way: Way,
    /// Where.
    pub place: String,
    /// The source that was read.
    pub source: Option<String>,
    /// Whose place it is.
    pub vendor: Option<String>,
    /// When it was first seen there.
    pub first_seen: Timestamp,
    /// When it was last seen there.
    pub last_seen: Timestamp,
    /// Since when it is not there any more.
    pub missing_since: Option<Timestamp>,
    /// Whether it is missing for so long that it counts.
    pub gone: bool,
}

impl Sighting {
    /// The package that brought it along, by its digest, and the path within.
    #[must_use]
    pub fn package(&self) -> Option<(&str, &str)> {
        self.place.split_once("!/").filter(|_| self.way == Way::Package)
    }
}

/// A key as it is known from all its copies together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Key {
    /// What it says of itself.
    pub facts: Fact,
    /// When it was first seen here.
    pub first_seen: Timestamp,
    /// When it was last seen here.
    pub last_seen: Timestamp,
    /// The bytes that later copies are merged with.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

impl Key {
    /// The key as readers of signatures take it: an SSH key as a line of OpenSSH, any other as its bytes.
    #[must_use]
    pub fn material(&self) -> Vec<u8> {
        if self.facts.kind == Kind::Ssh { openssh_line(&self.bytes) } else { self.bytes.clone() }
    }
}

/// What came of one look at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sighted {
    /// Keys that were there.
    pub keys: u32,
    /// Those of them that were not known before.
    pub new: u32,
    /// Changes that were noted for the first time.
    pub changes: u32,
}

impl std::ops::AddAssign for Sighted {
    fn add_assign(&mut self, more: Self) {
        self.keys += more.keys;
        self.new += more.new;
        self.changes += more.changes;
    }
}
