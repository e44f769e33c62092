//! What lies between the version that runs here and the one that is offered, as entries say it.
//!
//! Refuses to judge: each line is a quote with its source and its date, in the order of what would hurt. Sections that
//! nothing was found for are named as such, those that there was nothing to read for as *not checked*; that nothing was
//! found does not mean that nothing is there.

pub(crate) mod date;
pub(crate) mod flaw;
pub mod release;
pub(crate) mod said;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use self::release::Release;
use crate::answer::Card;
use crate::entry::{EntryId, Kind, Status};
use crate::product::{Named, Sought};
use crate::version::range::Asked;

/// What a part of the answer is about, in the order of what would hurt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Versions that must be passed through, and ways that are not supported.
    Stop,
    /// What is known to be wrong with the version offered.
    Wrong,
    /// What changes in a way that breaks something.
    Breaking,
    /// Changes of keys and certificates.
    Key,
    /// Ends of support.
    End,
    /// Threads that speak of the version offered.
    Thread,
    /// What is mended by going there.
    Fixed,
}

impl Section {
    /// Every section, what would hurt most first.
    pub const ALL: [Self; 7] =
        [Self::Stop, Self::Wrong, Self::Breaking, Self::Key, Self::End, Self::Thread, Self::Fixed];

    /// The heading shown for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "Required stops",
            Self::Wrong => "Known to be wrong with the version offered",
            Self::Breaking => "What changes and may break",
            Self::Key => "Keys and certificates",
            Self::End => "End of support",
            Self::Thread => "Threads that speak of the version offered",
            Self::Fixed => "Mended by going there",
        }
    }

    /// What one line of it is, for counting: one, several.
    #[must_use]
    pub const fn unit(self) -> (&'static str, &'static str) {
        match self {
            Self::Wrong | Self::Fixed => ("advisory", "advisories"),
            Self::Thread => ("thread", "threads"),
            _ => ("line", "lines"),
        }
    }
}

/// One thing that was said; for a vulnerability everything that sources say of it, in one.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What it is about.
    pub section: Section,
    /// The version whose notes say it, where they are a release's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The words of the source, or for versions that it states as facts, those.
    pub quote: String,
    /// The entry that says so; of several on one vulnerability the one on the vendor's own ground, else the worst.
    pub card: Card,
    /// When the source says that it was published, else when it was first seen here.
    pub dated: Timestamp,
    /// The vulnerability is on a list of those known to be exploited.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exploited: bool,
    /// The day that it speaks of, for an end of support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<Date>,
    /// Other entries that say the same, of any source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Voice>,
    /// Different sources that say so.
    pub sources: u64,
    /// Different sources that say that the version offered is not affected, where others say that it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<Voice>,
}

/// An entry that says the same as another, or otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Voice {
    /// Its number.
    pub id: EntryId,
    /// Name of its source.
    pub source_name: String,
    /// Where a person reads it.
    pub link: Option<String>,
}

impl Voice {
    /// Of an entry.
    pub(crate) fn of(card: &Card) -> Self {
        Self { id: card.id, source_name: card.source_name.clone(), link: card.link.clone() }
    }
}

/// What there was to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Advisories on the product, of any version.
    pub advisories: u64,
    /// Advisories that were passed over: they count versions of a distribution's packages, and those asked about are not
    /// such versions, or the other way round.
    pub passed_over: u64,
    /// Release notes of the product, of any version.
    pub releases: u64,
    /// Threads that name the product.
    pub threads: u64,
    /// Entries that tell an end of support of any of the product's lines.
    pub ends: u64,
    /// Entries that name the product, of every kind.
    pub entries: u64,
    /// There are more entries that name the product than were read.
    pub partial: bool,
}

/// What lies between two versions.
#[derive(Clone, Debug, Serialize)]
pub struct Upgrade {
    /// The product as asked for.
    pub product: String,
    /// The version that runs.
    pub from: String,
    /// The version that is offered.
    pub to: String,
    /// The names that were looked for, the one asked for first, each with the reason.
    pub names: Vec<Named>,
    /// What was said, in the order of what would hurt.
    pub lines: Vec<Line>,
    /// Every release in between that notes are recorded of, and the one offered, oldest first.
    pub releases: Vec<Release>,
    /// Lines of versions in between that no release notes are recorded of, such as `19`, `4.3 to 4.8`.
    pub gaps: Vec<String>,
    /// What there was to read.
    pub coverage: Coverage,
}

impl Upgrade {
    /// Lines of a section, in order.
    pub fn of(&self, section: Section) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.section == section)
    }

    /// Sections that could not be told because nothing is recorded that could tell them, each with what is missing.
    #[must_use]
    pub fn not_checked(&self) -> Vec<(Section, &'static str)> {
        let Coverage { advisories, threads, ends, .. } = self.coverage;
        let missing = |section| match section {
            Section::Stop | Section::Breaking if self.releases.is_empty() => {
                Some("no release notes of a version in between are recorded")
            }
            Section::Wrong | Section::Fixed if advisories == 0 => {
                Some("no advisories on this product are recorded")
            }
            Section::End if ends == 0 => Some("nothing recorded tells ends of support of this product"),
            Section::Thread if threads == 0 => Some("no thread that names this product is recorded"),
            _ => None,
        };
        let empty = Section::ALL.into_iter().filter(|section| self.of(*section).next().is_none());
        empty.filter_map(|section| Some((section, missing(section)?))).collect()
    }

    /// Sections that there was something to read for, and nothing was found.
    #[must_use]
    pub fn nothing_on(&self) -> Vec<Section> {
        let unchecked = self.not_checked();
        let empty = Section::ALL.into_iter().filter(|section| self.of(*section).next().is_none());
        empty.filter(|section| unchecked.iter().all(|(other, _)| other != section)).collect()
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Refusal {
    /// What is wrong, and what to do.
    pub sentence: String,
    /// Names that are near the one asked for.
    pub near: Vec<String>,
}

/// What is asked.
pub(crate) struct Question {
    pub(crate) product: Sought,
    pub(crate) from: Asked,
    pub(crate) to: Asked,
}

/// A line of what one entry says.
pub(crate) fn line(section: Section, card: &Card, quote: String) -> Line {
    let dated = card.published.unwrap_or(card.first_seen);
    // What is affected stands in the quote.
    let card = Card { affected: Vec::new(), ..card.clone() };
    Line {
        section,
        version: None,
        quote,
        card,
        dated,
        exploited: false,
        day: None,
        others: Vec::new(),
        sources: 1,
        against: Vec::new(),
    }
}

/// What an entry that is no advisory says between the two versions.
pub(crate) fn lines(question: &Question, card: &Card, body: &str, coverage: &mut Coverage) -> Vec<Line> {
    if card.status == Status::Withdrawn {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let sentences = said::Sentences::of(&format!("{}\n\n{body}", card.title));
    let named = question.product.is_named_in(&card.title) || release::is_of_source(question, card);
    if card.kind == Kind::Release
        && let Some(version) = release::version_of(question, card)
        && release::between(question, version)
    {
        for (section, quote) in said::notable(&sentences) {
            lines.push(Line { version: Some(version.to_owned()), ..line(section, card, quote) });
        }
    }
    let named = named || question.product.is_named_in(body);
    if card.kind == Kind::Thread && named {
        coverage.threads += 1;
        lines.extend(
            said::sentence_with_version(&sentences, question.to.text())
                .map(|quote| line(Section::Thread, card, quote)),
        );
    }
    if named {
        let (ends, told) = said::ends_of_support(question, &sentences);
        coverage.ends += u64::from(told);
        lines.extend(ends.into_iter().map(|(quote, day)| Line { day, ..line(Section::End, card, quote) }));
        lines.extend(said::key_change(&sentences).map(|quote| line(Section::Key, card, quote)));
    }
    lines
}

/// Orders lines by what would hurt: sections, then what is exploited, then severity; release notes in the order of their
/// versions, those that begin a line first, everything else newest first. What is said twice is left out.
pub(crate) fn in_order(mut lines: Vec<Line>) -> Vec<Line> {
    let severity = |line: &Line| {
        let severity = line.card.severity.as_ref();
        (
            severity.map(|severity| severity.level),
            severity.and_then(|it| it.score).map(|score| (score * 10.0) as i32),
        )
    };
    lines.sort_by(|one, other| {
        one.section
            .cmp(&other.section)
            .then_with(|| other.exploited.cmp(&one.exploited))
            .then_with(|| severity(other).cmp(&severity(one)))
            .then_with(|| release::in_order(one.version.as_deref(), other.version.as_deref()))
            .then_with(|| other.dated.cmp(&one.dated))
            .then_with(|| one.card.id.cmp(&other.card.id))
    });
    let mut met = std::collections::HashSet::new();
    lines.retain(|line| {
        let voice = if line.version.is_some() { EntryId(0) } else { line.card.id };
        met.insert((line.section, line.version.clone(), line.quote.clone(), voice))
    });
    lines
}

#[cfg(test)]
mod tests;
