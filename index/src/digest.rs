//! A digest: what is new for one subscription, grouped by what to do and then by vendor, one line for each group of
//! entries that share an identifier; and how the sources are doing, so that silence is never mistaken for peace.
//!
//! Kept as it was made, so that a mail, its page and a repeated mail say the same. Refuses to know templates, the
//! record and the clock.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::answer::Card;
use crate::entry::{Affected, EntryId, Kind, Status};
use crate::link::running::Runs;
use crate::revision::Change;
use crate::severity::{Level, Severity};

use self::sources::Sources;
use self::waiting::Waiting;

pub mod sources;
pub mod waiting;

/// Lines that a digest shows at most; the rest is counted.
pub const LINES: usize = 100;

/// How the entries that a list of known exploited vulnerabilities brings are linked; nothing else says it so surely.
const EXPLOITED: &str = "https://www.cisa.gov/known-exploited-vulnerabilities-catalog";

/// What is new for one subscription at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// Name of the subscription.
    pub name: String,
    /// What it watches, in words.
    pub watched: String,
    /// When it was made.
    pub made: Timestamp,
    /// Time zone in which its times are shown.
    pub zone: String,
    /// What is new, most urgent first.
    pub sections: Vec<Section>,
    /// Lines that would have stood here beyond those that do.
    pub more: u64,
    /// The search that finds the rest; empty where nothing is sought.
    pub typed: String,
    /// Why entries were let through without having been matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfiltered: Option<String>,
    /// Packages that wait for a decision, where they are watched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Waiting>,
    /// How the sources are doing.
    pub sources: Sources,
}

/// Entries that ask for the same to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// What they concern.
    pub concern: Concern,
    /// By vendor, the worst first.
    pub vendors: Vec<Vendor>,
}

/// What an entry concerns, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Concern {
    /// A page or file of keys changed.
    Keys,
    /// Something that runs here, in an environment that was recorded.
    Estate,
    /// It is exploited, by a list of known exploited vulnerabilities.
    Exploited,
    /// Anything else.
    Other,
}

/// What is new from one vendor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vendor {
    /// Its name; empty where no single vendor speaks.
    pub name: String,
    /// One line for each group of entries.
    pub lines: Vec<Line>,
}

/// One group of entries that share an identifier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The entry that stands for the group.
    pub entry: EntryId,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Title.
    pub title: String,
    /// Its identifier and aliases.
    pub identifiers: Vec<String>,
    /// The worst severity that anything in the group states.
    pub severity: Option<Severity>,
    /// Whether it still holds.
    #[serde(default)]
    pub status: Status,
    /// What is affected; the first few.
    pub affected: Vec<Affected>,
    /// What of it runs here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub here: Vec<Runs>,
    /// Names of the sources in the group.
    pub sources: Vec<String>,
    /// Whether this subscription hears of the group for the first time.
    pub new: bool,
    /// What changed since it was last sent.
    pub changes: Vec<Change>,
    /// When its source published it, else when it was first seen.
    pub dated: Timestamp,
}

/// What a digest is made of: a revision that the subscription has not been told of.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The entry.
    pub entry: EntryId,
    /// The number of the revision.
    pub revision: u32,
    /// What it changed.
    pub changes: Vec<Change>,
    /// Why it was let through without having been matched.
    pub unfiltered: Option<String>,
}

/// What is known beside what is pending.
#[derive(Debug, Default)]
pub struct Known {
    /// Cards of the pending entries and of everything in their groups, each with its group.
    pub cards: Vec<(Card, i64)>,
    /// Groups of which the subscription was told before.
    pub told: HashSet<i64>,
    /// Short names of the sources that are pages or files of keys.
    pub of_keys: HashSet<String>,
    /// What runs here that an entry affects.
    pub here: HashMap<i64, Vec<Runs>>,
    /// How the sources are doing.
    pub sources: Sources,
}

impl Concern {
    /// Every concern, most urgent first.
    pub const ALL: [Self; 4] = [Self::Keys, Self::Estate, Self::Exploited, Self::Other];

    /// What stands above its entries.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keys => "Keys have changed",
            Self::Estate => "Concerns what runs here",
            Self::Exploited => "Known to be exploited",
            Self::Other => "Also new",
        }
    }
}

impl Digest {
    /// Lines in it.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.sections.iter().flat_map(|section| &section.vendors).flat_map(|vendor| &vendor.lines)
    }

    /// Groups of entries in it, those that are only counted included.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.lines().count() as u64 + self.more
    }

    /// Whether there is anything new in it.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.count() > 0 || self.sources.news() > 0 || self.packages.iter().any(|one| one.new)
    }

    /// The worst severity in it.
    #[must_use]
    pub fn worst(&self) -> Option<Level> {
        self.lines().filter_map(|line| line.severity.as_ref()).map(|severity| severity.level).max()
    }

    /// One line that says the count and the worst: what the subject of a mail says behind the name.
    #[must_use]
    pub fn headline(&self) -> String {
        let (asked, well) = (self.sources.asked, self.sources.well);
        let silent = match self.sources.news() {
            0 => String::new(),
            1 => format!("1 source changed its state, {well} of {asked} healthy"),
            news => format!("{news} sources changed their state, {well} of {asked} healthy"),
        };
        let waiting = self.waiting();
        if self.count() == 0 {
            let said: Vec<String> = [waiting, silent].into_iter().filter(|part| !part.is_empty()).collect();
            let health = format!("{well} of {asked} sources healthy");
            return match (self.has_news(), said.is_empty()) {
                (_, true) => format!("nothing new, {health}"),
                (false, false) => format!("nothing new, {}, {health}", said.join(", ")),
                (true, false) => said.join(", "),
            };
        }
        let mut parts = vec![format!("{} new", self.count())];
        for (concern, words) in [
            (Concern::Keys, "of keys"),
            (Concern::Estate, "of what runs here"),
            (Concern::Exploited, "exploited"),
        ] {
            let number = self.of(concern);
            parts.extend((number > 0).then(|| format!("{number} {words}")));
        }
        parts.extend(self.worst().map(|worst| format!("worst {worst}")));
        parts.extend([waiting, silent].into_iter().filter(|part| !part.is_empty()));
        parts.join(", ")
    }

    /// How many packages wait, in words; empty for none.
    fn waiting(&self) -> String {
        let new = self.packages.iter().filter(|one| one.new).count();
        let fresh = if new > 0 { format!(" ({new} new)") } else { String::new() };
        match self.packages.len() {
            0 => String::new(),
            1 => format!("1 package waits for a decision{fresh}"),
            all => format!("{all} packages wait for a decision{fresh}"),
        }
    }

    fn of(&self, concern: Concern) -> usize {
        let of = self.sections.iter().filter(|section| section.concern == concern);
        of.flat_map(|section| &section.vendors).map(|vendor| vendor.lines.len()).sum()
    }
}

/// Makes the sections of a digest from what is pending, and counts the lines that are left out.
#[must_use]
pub fn sections(pending: &[Pending], known: &Known) -> (Vec<Section>, u64) {
    let groups = gather(pending, known);
    let mut found: BTreeMap<Concern, HashMap<String, Vec<Line>>> = BTreeMap::new();
    let mut lines: Vec<(Concern, String, Line)> =
        groups.values().filter_map(|group| group.line(known)).collect();
    lines.sort_by(|(one, _, first), (other, _, second)| one.cmp(other).then_with(|| worse(first, second)));
    let more = lines.len().saturating_sub(LINES) as u64;
    for (concern, vendor, line) in lines.into_iter().take(LINES) {
        found.entry(concern).or_default().entry(vendor).or_default().push(line);
    }
    let sections = found.into_iter().map(|(concern, vendors)| {
        let mut vendors: Vec<Vendor> =
            vendors.into_iter().map(|(name, lines)| Vendor { name, lines }).collect();
        vendors.sort_by(|one, other| match (one.lines.first(), other.lines.first()) {
            (Some(first), Some(second)) => worse(first, second).then_with(|| one.name.cmp(&other.name)),
            _ => one.name.cmp(&other.name),
        });
        Section { concern, vendors }
    });
    (sections.collect(), more)
}

/// The worse first, then the newer.
fn worse(one: &Line, other: &Line) -> std::cmp::Ordering {
    let level = |line: &Line| line.severity.as_ref().map(|severity| severity.level);
    let score = |line: &Line| line.severity.as_ref().and_then(|severity| severity.score).unwrap_or(0.0);
    level(other)
        .cmp(&level(one))
        .then_with(|| score(other).total_cmp(&score(one)))
        .then_with(|| other.dated.cmp(&one.dated))
        .then_with(|| one.entry.cmp(&other.entry))
}

/// What is pending of one group, with everything known of it.
#[derive(Default)]
struct Group<'a> {
    number: i64,
    pending: Vec<&'a Pending>,
    cards: Vec<&'a Card>,
}

fn gather<'a>(pending: &'a [Pending], known: &'a Known) -> BTreeMap<i64, Group<'a>> {
    let group_of: HashMap<EntryId, i64> = known.cards.iter().map(|(card, group)| (card.id, *group)).collect();
    let mut groups: BTreeMap<i64, Group<'a>> = BTreeMap::new();
    for one in pending {
        let Some(number) = group_of.get(&one.entry) else { continue };
        let group = groups.entry(*number).or_default();
        group.number = *number;
        group.pending.push(one);
    }
    for (card, number) in &known.cards {
        if let Some(group) = groups.get_mut(number) {
            group.cards.push(card);
        }
    }
    groups
}

impl Group<'_> {
    fn line(&self, known: &Known) -> Option<(Concern, String, Line)> {
        let pending: HashSet<EntryId> = self.pending.iter().map(|one| one.entry).collect();
        let severity = |card: &Card| card.severity.as_ref().map(|severity| severity.level);
        let mut own: Vec<&Card> =
            self.cards.iter().copied().filter(|card| pending.contains(&card.id)).collect();
        // The vendor's own word stands for the group, then the worst, then the newest.
        own.sort_by_key(|card| {
            (card.standing.as_str() != "vendor", std::cmp::Reverse((severity(card), card.last_revised)))
        });
        let head = *own.first()?;
        let worst = self.cards.iter().filter_map(|card| card.severity.clone()).max_by(|one, other| {
            one.level
                .cmp(&other.level)
                .then_with(|| one.score.unwrap_or(0.0).total_cmp(&other.score.unwrap_or(0.0)))
        });
        let mut sources: Vec<String> = self.cards.iter().map(|card| card.source_name.clone()).collect();
        sources.sort_unstable();
        sources.dedup();
        let line = Line {
            entry: head.id,
            kind: head.kind,
            title: head.title.clone(),
            identifiers: head.identifiers.clone(),
            severity: worst,
            status: head.status,
            affected: self.affected(head),
            here: self.here(known),
            sources,
            new: !known.told.contains(&self.number),
            changes: self.changes(),
            dated: head.published.unwrap_or(head.first_seen),
        };
        let vendor = head.vendor_name.clone().or_else(|| head.vendor.clone()).unwrap_or_default();
        Some((self.concern(&own, known), vendor, line))
    }

    /// What the head says of versions, or else the first that says anything.
    fn affected(&self, head: &Card) -> Vec<Affected> {
        let says = |card: &&&Card| !card.affected.is_empty();
        let speaking = std::iter::once(&head).chain(&self.cards).find(says);
        speaking.map(|card| card.affected.clone()).unwrap_or_default()
    }

    /// What runs here that the pending entries affect.
    fn here(&self, known: &Known) -> Vec<Runs> {
        let mut here: Vec<Runs> =
            self.pending.iter().filter_map(|one| known.here.get(&one.entry.0)).flatten().cloned().collect();
        here.sort_unstable();
        here.dedup();
        here
    }

    /// Every change that was not told; none while all of it is new.
    fn changes(&self) -> Vec<Change> {
        let mut changes: Vec<Change> = Vec::new();
        for change in self.pending.iter().flat_map(|one| &one.changes) {
            if !changes.contains(change) {
                changes.push(*change);
            }
        }
        changes
    }

    fn concern(&self, own: &[&Card], known: &Known) -> Concern {
        let exploited = |card: &&Card| card.link.as_deref().is_some_and(|link| link.starts_with(EXPLOITED));
        if own.iter().any(|card| known.of_keys.contains(&card.source)) {
            Concern::Keys
        } else if self.pending.iter().any(|one| known.here.contains_key(&one.entry.0)) {
            Concern::Estate
        } else if self.cards.iter().any(exploited) {
            Concern::Exploited
        } else {
            Concern::Other
        }
    }
}

#[cfg(test)]
mod tests;
