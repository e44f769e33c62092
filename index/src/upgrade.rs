//! What lies between the version that runs here and the one that is offered, as entries say it.
//!
//! Refuses to judge: each line is a quote with its source and its date, in the order of what would hurt. Sections that
//! nothing was found for are named as such; that nothing was found does not mean that nothing is there.

mod said;

use jiff::Timestamp;
use serde::Serialize;

use crate::answer::Card;
use crate::entry::{Affected, Kind, Statement, Status};
use crate::version::prose;
use crate::version::range::Asked;

/// What a part of the answer is about, in the order of what would hurt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
}

/// One thing that was said.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What it is about.
    pub section: Section,
    /// The version whose notes say it, where they are a release's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The words of the source, or for versions that it states as facts, those.
    pub quote: String,
    /// The entry that says so.
    pub card: Card,
    /// When the source says that it was published, else when it was first seen here.
    pub dated: Timestamp,
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
    /// What was said, in the order of what would hurt, then newest first.
    pub lines: Vec<Line>,
    /// Entries on the product that were read for this.
    pub read: u64,
    /// Whether there are more entries on the product than were read.
    pub partial: bool,
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
    pub(crate) product: Vec<String>,
    pub(crate) from: Asked,
    pub(crate) to: Asked,
    pub(crate) to_text: String,
}

/// The words of a name, lower-case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Whether a text has the words of a name in a row.
pub(crate) fn names(text: &str, name: &[String]) -> bool {
    !name.is_empty() && words(text).windows(name.len()).any(|some| some == name)
}

/// What one entry says between the two versions.
pub(crate) fn lines(question: &Question, card: &Card, statement: &Statement, body: &str) -> Vec<Line> {
    if statement.status == Status::Withdrawn {
        return Vec::new();
    }
    let dated = card.published.unwrap_or(card.first_seen);
    let line = |section, version: Option<&str>, quote: String| Line {
        section,
        version: version.map(str::to_owned),
        quote,
        card: card.clone(),
        dated,
    };
    let mut lines = Vec::new();
    let about = |affected: &Affected| {
        names(&affected.product, &question.product)
            || affected.vendor.as_deref().is_some_and(|vendor| names(vendor, &question.product))
    };
    let prose;
    let stated: &[Affected] = if statement.affected.is_empty() {
        prose = prose::read(&format!("{}\n{body}", card.title), &card.title);
        &prose
    } else {
        &statement.affected
    };
    let stated: Vec<&Affected> = stated.iter().filter(|one| about(one)).collect();
    let wrong: Vec<&&Affected> = stated.iter().filter(|one| question.to.affects(one)).collect();
    if let Some(first) = wrong.first() {
        lines.push(line(Section::Wrong, None, ranges(first)));
    } else if let Some(first) = stated.iter().find(|one| question.from.affects(one)) {
        lines.push(line(Section::Fixed, None, ranges(first)));
    }
    let on_it = names(&card.title, &question.product) || !stated.is_empty();
    match card.kind {
        Kind::Release if on_it => {
            let version = said::version_of(&card.title).filter(|version| said::between(question, version));
            if let Some(version) = version {
                for (section, quote) in said::notable(body) {
                    lines.push(line(section, Some(version), quote));
                }
            }
        }
        Kind::Thread if names(body, &question.product) || on_it => {
            if let Some(quote) =
                said::sentence_with_version(&format!("{}\n{body}", card.title), &question.to_text)
            {
                lines.push(line(Section::Thread, None, quote));
            }
        }
        _ => {}
    }
    if card.kind != Kind::Advisory {
        if let Some(quote) = said::end_of_support(question, body) {
            lines.push(line(Section::End, None, quote));
        }
        let told = card.kind == Kind::Release || names(body, &question.product) || on_it;
        if let Some(quote) = said::key_change(body).filter(|_| told) {
            lines.push(line(Section::Key, None, quote));
        }
    }
    lines
}

/// What a product's ranges say, in one line.
fn ranges(affected: &Affected) -> String {
    let ranges = affected.ranges.iter().take(4).map(ToString::to_string);
    let listed = affected.versions.iter().take(4).cloned();
    let fixed = affected.fixed.iter().take(4).map(|fixed| format!("fixed in {fixed}"));
    format!("{}: {}", affected.product, ranges.chain(listed).chain(fixed).collect::<Vec<_>>().join(", "))
}

/// Orders lines by what would hurt, then newest first, and leaves out what is said twice.
pub(crate) fn in_order(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by(|one, other| {
        let by_severity = |line: &Line| line.card.severity.as_ref().map(|severity| severity.level);
        one.section
            .cmp(&other.section)
            .then_with(|| by_severity(other).cmp(&by_severity(one)))
            .then_with(|| other.dated.cmp(&one.dated))
            .then_with(|| one.card.id.cmp(&other.card.id))
    });
    lines.dedup_by(|one, other| {
        one.section == other.section && one.quote == other.quote && one.card.id == other.card.id
    });
    lines
}

#[cfg(test)]
mod tests;
