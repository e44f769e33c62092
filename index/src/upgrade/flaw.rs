//! Vulnerabilities between two versions: what entries state of affected versions, one line for each group of entries.
//!
//! Versions of a distribution's packages are numbers of their own: they are held only against versions of that form, and
//! what is passed over for this is counted. Refuses to settle who is right: where sources differ on the version offered,
//! the line says that it is affected, and who says otherwise.

use std::collections::{BTreeMap, HashSet};

use super::{Line, Question, Section, Voice, line};
use crate::answer::Card;
use crate::entry::{Affected, Status};
use crate::source::Standing;
use crate::version::Scheme;
use crate::version::range::Asked;

/// Ranges of one product that a quote has.
const QUOTED: usize = 3;

/// Other entries that a line names.
const VOICES: usize = 12;

/// What one entry says of the two versions.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The version offered is affected.
    Wrong(Box<Line>),
    /// The one that runs is, the one offered is not.
    Fixed(Box<Line>),
    /// It speaks of a distribution's packages, or the versions asked about are such and it does not.
    PassedOver,
    /// Nothing of either.
    Nothing,
}

/// What an entry says, by what it states or what was read from its words (`read`).
pub(crate) fn judge(question: &Question, card: &Card, stated: &[Affected], read: bool) -> Verdict {
    if card.status == Status::Withdrawn {
        return Verdict::Nothing;
    }
    let about =
        |one: &&Affected| question.product.is(one) || (read && question.product.is_named_in(&one.product));
    let about: Vec<&Affected> = stated.iter().filter(about).collect();
    let alike = |one: &&&Affected| {
        let scheme = Scheme::of_ecosystem(one.ecosystem.as_deref());
        question.from.is_counted_by(scheme) && question.to.is_counted_by(scheme)
    };
    let held: Vec<&&Affected> = about.iter().filter(alike).collect();
    if held.is_empty() {
        return if about.is_empty() { Verdict::Nothing } else { Verdict::PassedOver };
    }
    if let Some(first) = held.iter().find(|one| question.to.affects(one)) {
        return Verdict::Wrong(Box::new(line(Section::Wrong, card, quote(first, &question.to))));
    }
    match held.iter().find(|one| question.from.affects(one)) {
        Some(first) => Verdict::Fixed(Box::new(line(Section::Fixed, card, quote(first, &question.from)))),
        None => Verdict::Nothing,
    }
}

/// What a product's ranges say of a version: those that contain it, else those that there are.
fn quote(affected: &Affected, asked: &Asked) -> String {
    let scheme = Scheme::of_ecosystem(affected.ecosystem.as_deref());
    let mut ranges: Vec<String> =
        affected.ranges.iter().filter(|range| asked.is_in(scheme, range)).map(ToString::to_string).collect();
    if ranges.is_empty() {
        ranges = affected.versions.iter().filter(|listed| asked.is_listed(scheme, listed)).cloned().collect();
    }
    ranges.dedup();
    let more = ranges.len().saturating_sub(QUOTED);
    ranges.truncate(QUOTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let fixed = affected
        .fixed
        .iter()
        .filter(|fixed| asked.compare(scheme, fixed).is_some_and(std::cmp::Ordering::is_lt));
    let fixed: Vec<String> = fixed.take(QUOTED).map(|fixed| format!(", fixed in {fixed}")).collect();
    format!("{}: {}{more}{}", affected.product, ranges.join(", "), fixed.concat())
}

/// One line for each group, of everything that its entries say; `exploited` are groups known to be exploited.
pub(crate) fn merged(verdicts: Vec<(i64, Verdict)>, exploited: &HashSet<i64>) -> Vec<Line> {
    let mut groups: BTreeMap<i64, (Vec<Line>, Vec<Line>)> = BTreeMap::new();
    for (group, verdict) in verdicts {
        match verdict {
            Verdict::Wrong(line) => groups.entry(group).or_default().0.push(*line),
            Verdict::Fixed(line) => groups.entry(group).or_default().1.push(*line),
            Verdict::PassedOver | Verdict::Nothing => {}
        }
    }
    let merge = |(group, (wrong, fixed)): (i64, (Vec<Line>, Vec<Line>))| {
        let (says, otherwise) = if wrong.is_empty() { (fixed, Vec::new()) } else { (wrong, fixed) };
        let mut line = one_of(says)?;
        line.exploited = exploited.contains(&group);
        line.against = otherwise.iter().take(VOICES).map(|line| Voice::of(&line.card)).collect();
        Some(line)
    };
    groups.into_iter().filter_map(merge).collect()
}

/// The line that stands for several on one vulnerability: the vendor's own, else the worst, else the newest.
fn one_of(mut lines: Vec<Line>) -> Option<Line> {
    let worth = |line: &Line| {
        let level = line.card.severity.as_ref().map(|severity| severity.level);
        (line.card.standing == Standing::Vendor, level, line.dated, line.card.id)
    };
    lines.sort_by_key(|line| std::cmp::Reverse(worth(line)));
    let worst = lines
        .iter()
        .filter_map(|line| line.card.severity.clone())
        .max_by(|one, other| one.level.cmp(&other.level));
    let sources: HashSet<&str> = lines.iter().map(|line| line.card.source.as_str()).collect();
    let sources = sources.len() as u64;
    let mut lines = lines.into_iter();
    let mut first = lines.next()?;
    first.others = lines.take(VOICES).map(|line| Voice::of(&line.card)).collect();
    first.sources = sources;
    if first.card.severity.is_none() {
        first.card.severity = worst;
    }
    Some(first)
}
