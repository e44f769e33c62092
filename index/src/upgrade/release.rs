//! The releases that an upgrade passes: each with how much its notes say that matters, and which lines of versions no notes
//! are recorded of.
//!
//! Which releases there were is known only from what is recorded. A line of versions without notes is named as a gap; that
//! it exists is a guess from the numbers before and behind it.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::Serialize;

use super::{Line, Question, Voice, said};
use crate::answer::Card;
use crate::version::Scheme;

/// Lines of versions without notes that are named one by one.
const GAPS: u64 = 400;

/// A release in between, or the one offered.
#[derive(Clone, Debug, Serialize)]
pub struct Release {
    /// Its version.
    pub version: String,
    /// When its notes were published, where they say so.
    pub published: Option<Timestamp>,
    /// Headline of its notes.
    pub title: String,
    /// The entries that hold its notes.
    pub notes: Vec<Voice>,
    /// Lines of the answer that are from its notes.
    pub notable: u64,
}

/// The version that the notes of the product's release are of.
pub(crate) fn version_of<'c>(question: &Question, card: &'c Card) -> Option<&'c str> {
    let named = question.product.is_named_in(&card.title) || is_of_source(question, card);
    said::version_of(&card.title).filter(|_| named)
}

/// Whether an entry is from a source that is called as the product: titles of its releases may be versions alone.
pub(super) fn is_of_source(question: &Question, card: &Card) -> bool {
    question.product.is_named_in(&card.source_name)
        || card.vendor_name.as_deref().is_some_and(|vendor| question.product.is_named_in(vendor))
}

/// Whether a version lies above the one that runs and not above the one offered.
pub(crate) fn between(question: &Question, version: &str) -> bool {
    let below = question.from.compare(Scheme::Dotted, version) == Some(Ordering::Less);
    below && question.to.compare(Scheme::Dotted, version).is_some_and(Ordering::is_ge)
}

/// Whether a version is the one that runs, or older.
pub(crate) fn is_held(question: &Question, version: &str) -> bool {
    question.from.compare(Scheme::Dotted, version).is_some_and(Ordering::is_ge)
}

/// Versions in their order; what has none comes last. Releases that begin a line (5.0, 5.0.0) come before the others: what
/// breaks is mostly there.
pub(super) fn in_order(one: Option<&str>, other: Option<&str>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => {
            begins_line(other).cmp(&begins_line(one)).then_with(|| by_age(one, other))
        }
        (one, other) => other.is_some().cmp(&one.is_some()),
    }
}

fn begins_line(version: &str) -> bool {
    let numbers = numbers(version);
    numbers.len() > 1 && numbers.iter().skip(1).all(|number| *number == 0)
}

fn by_age(one: &str, other: &str) -> Ordering {
    crate::version::compare(Scheme::Dotted, one, other).unwrap_or_else(|| one.cmp(other))
}

/// The releases whose notes are at hand, oldest first; several notes of one version are one release.
pub(crate) fn releases(question: &Question, notes: &[Card], lines: &[Line]) -> Vec<Release> {
    let mut releases: Vec<Release> = Vec::new();
    for card in notes {
        let Some(version) = version_of(question, card).filter(|version| between(question, version)) else {
            continue;
        };
        let same = |release: &&mut Release| {
            crate::version::compare(Scheme::Dotted, &release.version, version) == Some(Ordering::Equal)
        };
        match releases.iter_mut().find(same) {
            Some(release) => {
                release.published = release.published.into_iter().chain(card.published).min();
                release.notes.push(Voice::of(card));
            }
            None => releases.push(Release {
                version: version.to_owned(),
                published: card.published,
                title: card.title.clone(),
                notes: vec![Voice::of(card)],
                notable: 0,
            }),
        }
    }
    for release in &mut releases {
        let of_it = lines.iter().filter(|line| release.notes.iter().any(|notes| notes.id == line.card.id));
        release.notable = of_it.count() as u64;
    }
    releases.sort_by(|one, other| by_age(&one.version, &other.version));
    releases
}

/// Lines of versions between the two that no notes are at hand of, neighbours as one: by their first numbers where those
/// differ, else by their second. The version offered itself is one of them while its own notes are missing.
pub(crate) fn gaps(question: &Question, releases: &[Release]) -> Vec<String> {
    let (from, to) = (numbers(question.from.text()), numbers(question.to.text()));
    let (Some(first), Some(last)) = (from.first().copied(), to.first().copied()) else { return Vec::new() };
    let (prefix, first, last) = match (first == last, from.get(1), to.get(1)) {
        (false, ..) => (Vec::new(), first, last),
        (true, Some(one), Some(other)) if one < other => (vec![first], *one, *other),
        _ => (Vec::new(), 1, 0),
    };
    let noted = |number: u64| {
        releases.iter().any(|release| {
            let numbers = numbers(&release.version);
            numbers.strip_prefix(prefix.as_slice()).and_then(|rest| rest.first()) == Some(&number)
        })
    };
    let called = |number: u64| {
        let all = prefix.iter().copied().chain([number]).map(|number| number.to_string());
        all.collect::<Vec<_>>().join(".")
    };
    let mut gaps: Vec<(u64, u64)> = Vec::new();
    // The line that runs has notes in between only where it was left by later releases of it.
    let lines = if last.saturating_sub(first) > GAPS { first..first } else { first + 1..last + 1 };
    for number in lines.filter(|number| !noted(*number)) {
        match gaps.last_mut() {
            Some((_, end)) if *end + 1 == number => *end = number,
            _ => gaps.push((number, number)),
        }
    }
    let mut named: Vec<String> = gaps
        .into_iter()
        .map(
            |(first, last)| {
                if first == last { called(first) } else { format!("{} to {}", called(first), called(last)) }
            },
        )
        .collect();
    let offered =
        |release: &Release| question.to.compare(Scheme::Dotted, &release.version) == Some(Ordering::Equal);
    let to = question.to.text();
    if !releases.iter().any(offered) && !named.iter().any(|gap| gap == to) {
        named.push(to.to_owned());
    }
    named
}

/// The numbers that a version begins with.
fn numbers(version: &str) -> Vec<u64> {
    let version = version.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let parts = version.split('.');
    parts.map_while(|part| part.parse().ok()).collect()
}
