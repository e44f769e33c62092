//! Why an entry concerns a package: a typed reason, a strength, and the words that show it.
//!
//! Pure: what a package gives to seek by is a [`seek::Seek`], what an entry says is judged in the files beside this one;
//! the searching itself is `knowledge`'s. Refuses to settle who is right: where sources differ, both are named. A version
//! that its own ecosystem's advisory lists as mended is no link of that advisory.

pub(crate) mod affected;
/// One package within a file: what it is called, its version, whose numbers that version is.
pub mod claimed;
pub(crate) mod passage;
pub mod running;
/// What a package gives to seek entries by.
pub mod seek;
pub(crate) mod spoken;

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::answer::Card;
use crate::upgrade::Voice;

/// Why an entry concerns a package; the first would hurt most.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Reason {
    /// It says that this version is affected.
    Affected {
        /// The package, as it calls itself.
        product: String,
        /// Its version.
        version: String,
        /// Where in the file the package is; empty for the file itself.
        path: String,
    },
    /// It names the very file, or one within.
    Hash {
        /// SHA-256, lower-case digits.
        sha256: String,
        /// Where in the file it is; empty for the file itself.
        path: String,
    },
    /// It names a key that signed.
    Key {
        /// The fingerprint.
        fingerprint: String,
    },
    /// It is the notes of this release.
    Release {
        /// The product.
        product: String,
        /// The version.
        version: String,
    },
    /// It speaks of this version.
    Spoken {
        /// The product.
        product: String,
        /// The version.
        version: String,
    },
    /// It names a host that the package names.
    Host {
        /// The host.
        name: String,
        /// Where the package names it: the file, and the line behind a colon.
        place: String,
    },
    /// It names a unit that the package names.
    Unit {
        /// The unit.
        name: String,
        /// Where the package names it: the file, and the line behind a colon.
        place: String,
    },
    /// The package's changelog names an identifier of it.
    Identifier {
        /// The identifier.
        identifier: String,
    },
}

impl Reason {
    /// Every sort of reason, in the order in which people are shown them.
    pub const SORTS: [&'static str; 8] =
        ["affected", "hash", "key", "release", "spoken", "host", "unit", "identifier"];

    /// Which sort it is.
    #[must_use]
    pub const fn sort(&self) -> &'static str {
        match self {
            Self::Affected { .. } => "affected",
            Self::Hash { .. } => "hash",
            Self::Key { .. } => "key",
            Self::Release { .. } => "release",
            Self::Spoken { .. } => "spoken",
            Self::Host { .. } => "host",
            Self::Unit { .. } => "unit",
            Self::Identifier { .. } => "identifier",
        }
    }
}

/// How well a reason holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// By part of an identifier, or by another name of the product: it may be about something else.
    Weak,
    /// By the product's name alone, whoever makes it.
    Fair,
    /// By a whole identifier, or by name and version within one ecosystem.
    Strong,
}

impl Strength {
    /// In words, to be read behind a reason; nothing for the best.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Weak => "by another name or a part of the identifier: it may be about something else",
            Self::Fair => "by the name alone",
            Self::Strong => "",
        }
    }
}

/// An entry that concerns a package.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// Why.
    #[serde(flatten)]
    pub reason: Reason,
    /// How well that holds.
    pub strength: Strength,
    /// The words of the entry that show it; for versions that it states as facts, those.
    pub quote: String,
    /// The entry; of several on one vulnerability the one that stands for all.
    pub card: Card,
    /// When its source says that it was published, else when it was first seen here.
    pub dated: Timestamp,
    /// The vulnerability is on a list of those known to be exploited.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exploited: bool,
    /// Other entries that say the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Voice>,
    /// Different sources that say so.
    pub sources: u64,
    /// Sources that say otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<Voice>,
    /// Further reasons for which the same entry concerns the package.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Reason>,
}

impl Link {
    /// A link of one entry.
    pub(crate) fn new(reason: Reason, strength: Strength, quote: String, card: Card) -> Self {
        let dated = card.published.unwrap_or(card.first_seen);
        let exploited = card.exploited.is_some();
        Self {
            reason,
            strength,
            quote,
            card,
            dated,
            exploited,
            others: Vec::new(),
            sources: 1,
            against: Vec::new(),
            also: Vec::new(),
        }
    }
}

/// Everything that concerns a package.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Links {
    /// The links, what would hurt most first.
    pub links: Vec<Link>,
    /// What was found and is not listed, and what could not be sought; a sentence each without its full stop.
    pub remarks: Vec<String>,
    /// How many entries there were to search.
    pub searched: u64,
}

impl Links {
    /// Links of a sort, in order.
    pub fn of<'a>(&'a self, sort: &'a str) -> impl Iterator<Item = &'a Link> {
        self.links.iter().filter(move |link| link.reason.sort() == sort)
    }
}

/// Links of one sort that are kept.
const KEPT: usize = 100;
/// Reasons beside the first that a link keeps.
const ALSO: usize = 8;

/// Puts links in order, one of each entry; what is beyond a bound is counted in a remark.
pub(crate) fn in_order(mut links: Vec<Link>, remarks: &mut Vec<String>) -> Vec<Link> {
    let place = |link: &Link| Reason::SORTS.iter().position(|sort| *sort == link.reason.sort());
    let severity = |link: &Link| link.card.severity.as_ref().map(|severity| severity.level);
    let is_thread = |link: &Link| link.card.kind == crate::entry::Kind::Thread;
    links.sort_by(|one, other| {
        place(one)
            .cmp(&place(other))
            .then_with(|| other.exploited.cmp(&one.exploited))
            .then_with(|| other.strength.cmp(&one.strength))
            .then_with(|| severity(other).cmp(&severity(one)))
            .then_with(|| is_thread(other).cmp(&is_thread(one)))
            .then_with(|| other.dated.cmp(&one.dated))
            .then_with(|| one.card.id.cmp(&other.card.id))
            .then_with(|| one.reason.cmp(&other.reason))
    });
    let mut places: HashMap<i64, usize> = HashMap::new();
    let mut kept: Vec<Link> = Vec::new();
    let mut counts = [(0_usize, 0_u64); Reason::SORTS.len()];
    for link in links {
        if let Some(first) = places.get(&link.card.id.0).and_then(|at| kept.get_mut(*at)) {
            let known = first.reason == link.reason || first.also.contains(&link.reason);
            if !known && first.also.len() < ALSO {
                first.also.push(link.reason);
            }
            continue;
        }
        let Some((held, beyond)) = place(&link).and_then(|at| counts.get_mut(at)) else { continue };
        if *held == KEPT {
            *beyond += 1;
            continue;
        }
        *held += 1;
        places.insert(link.card.id.0, kept.len());
        kept.push(link);
    }
    for (sort, (_, beyond)) in Reason::SORTS.iter().zip(counts) {
        if beyond > 0 {
            remarks
                .push(format!("{beyond} more entries concern it for the reason {sort} and are not listed"));
        }
    }
    kept
}
