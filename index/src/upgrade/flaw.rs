//! Vulnerabilities between two versions: what entries state of affected versions, one line for each group of entries.
//!
//! Versions of a distribution's packages are numbers of their own: they are held only against versions of that form, and
//! what is passed over for this is counted. Refuses to settle who is right: where sources differ on the version offered,
//! the line says that it is affected, and who says otherwise.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

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

/// A line of one entry, on its way to stand for its group.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) line: Line,
    /// Which of the product's names it speaks of.
    pub(crate) place: usize,
    /// Vulnerabilities that it is about without being one of them: a bulletin on several.
    pub(crate) related: Vec<String>,
}

impl Verdict {
    /// The same, with the vulnerabilities that the entry is about.
    pub(crate) fn about(mut self, related: &[String]) -> Self {
        if let Self::Wrong(said) | Self::Fixed(said) = &mut self {
            said.related = related.to_vec();
        }
        self
    }
}

/// What one entry says of the two versions.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The version offered is affected.
    Wrong(Box<Said>),
    /// The one that runs is, the one offered is not.
    Fixed(Box<Said>),
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
    let place = |one: &Affected| {
        let named = || read && question.product.is_named_in(&one.product);
        question.product.place(one).or_else(|| named().then_some(0))
    };
    let mut about: Vec<(usize, &Affected)> =
        stated.iter().filter_map(|one| Some((place(one)?, one))).collect();
    about.sort_by_key(|(place, _)| *place);
    let alike = |(_, one): &&(usize, &Affected)| {
        let scheme = Scheme::of_ecosystem(one.ecosystem.as_deref());
        question.from.is_counted_by(scheme) && question.to.is_counted_by(scheme)
    };
    let held: Vec<&(usize, &Affected)> = about.iter().filter(alike).collect();
    if held.is_empty() {
        return if about.is_empty() { Verdict::Nothing } else { Verdict::PassedOver };
    }
    let said = |section, place: usize, affected, asked| {
        let line = line(section, card, quote(affected, asked));
        Said { line, place, related: Vec::new() }
    };
    if let Some((place, first)) = held.iter().find(|(_, one)| question.to.affects(one)) {
        return Verdict::Wrong(Box::new(said(Section::Wrong, *place, first, &question.to)));
    }
    match held.iter().find(|(_, one)| question.from.affects(one)) {
        Some((place, first)) => Verdict::Fixed(Box::new(said(Section::Fixed, *place, first, &question.from))),
        None => Verdict::Nothing,
    }
}

/// What a product's ranges say of a version: those that contain it, else those that there are.
pub(crate) fn quote(affected: &Affected, asked: &Asked) -> String {
    let scheme = Scheme::of_ecosystem(affected.ecosystem.as_deref());
    let mut ranges: Vec<String> =
        affected.ranges.iter().filter(|range| asked.is_in(scheme, range)).map(ToString::to_string).collect();
    if ranges.is_empty() {
        ranges = affected.versions.iter().filter(|listed| asked.is_listed(scheme, listed)).cloned().collect();
    }
    ranges.dedup();
    let is_known = !ranges.is_empty();
    let more = ranges.len().saturating_sub(QUOTED);
    ranges.truncate(QUOTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let above = |fixed: &&String| asked.compare(scheme, fixed).is_some_and(std::cmp::Ordering::is_lt);
    // A range says itself where it ends.
    let fixed = affected.fixed.iter().filter(|fixed| !is_known && above(fixed));
    let fixed: Vec<String> = fixed.take(QUOTED).map(|fixed| format!(", fixed in {fixed}")).collect();
    format!("{}: {}{more}{}", affected.product, ranges.join(", "), fixed.concat())
}

/// One line for each group, of everything that its entries say; `exploited` are groups known to be exploited.
pub(crate) fn merged(verdicts: Vec<(i64, Verdict)>, exploited: &HashSet<i64>) -> Vec<Line> {
    let mut groups: BTreeMap<i64, (Vec<Said>, Vec<Said>)> = BTreeMap::new();
    for (group, verdict) in verdicts {
        match verdict {
            Verdict::Wrong(said) => groups.entry(group).or_default().0.push(*said),
            Verdict::Fixed(said) => groups.entry(group).or_default().1.push(*said),
            Verdict::PassedOver | Verdict::Nothing => {}
        }
    }
    let merge = |(group, (wrong, fixed)): (i64, (Vec<Said>, Vec<Said>))| {
        let (says, otherwise) = if wrong.is_empty() { (fixed, Vec::new()) } else { (wrong, fixed) };
        let mut said = one_of(says)?;
        said.line.exploited = exploited.contains(&group);
        said.line.against = otherwise.iter().take(VOICES).map(|said| Voice::of(&said.line.card)).collect();
        Some(said)
    };
    without_bulletins(groups.into_iter().filter_map(merge).collect())
}

/// Lines without those on several vulnerabilities that each have a line: they become voices of these.
fn without_bulletins(all: Vec<Said>) -> Vec<Line> {
    let (single, bulletins): (Vec<Said>, Vec<Said>) =
        all.into_iter().partition(|said| said.related.is_empty());
    let mut lines: Vec<Line> = single.into_iter().map(|said| said.line).collect();
    let mut places: HashMap<(Section, String), usize> = HashMap::new();
    for (at, line) in lines.iter().enumerate() {
        let section = line.section;
        places.extend(line.card.identifiers.iter().map(|identifier| ((section, identifier.clone()), at)));
    }
    for bulletin in bulletins {
        let place = |identifier: &String| places.get(&(bulletin.line.section, identifier.clone())).copied();
        let told: Option<Vec<usize>> = bulletin.related.iter().map(place).collect();
        match told {
            Some(told) => {
                for at in told {
                    let Some(line) = lines.get_mut(at) else { continue };
                    let voice = Voice::of(&bulletin.line.card);
                    let new = voice.source_name != line.card.source_name
                        && line.others.iter().all(|other| other.source_name != voice.source_name);
                    line.sources += u64::from(new);
                    line.others.push(voice);
                }
            }
            None => lines.push(bulletin.line),
        }
    }
    lines
}

/// The line that stands for several on one vulnerability: on the name asked for before another, then the vendor's own, else
/// the worst, else the newest.
fn one_of(mut all: Vec<Said>) -> Option<Said> {
    let worth = |said: &Said| {
        let line = &said.line;
        let level = line.card.severity.as_ref().map(|severity| severity.level);
        let ours = line.card.standing == Standing::Vendor;
        (Reverse(said.place), ours, level, line.dated, line.card.id)
    };
    all.sort_by_key(|said| Reverse(worth(said)));
    let severities = all.iter().filter_map(|said| said.line.card.severity.clone());
    let worst = severities.max_by(|one, other| one.level.cmp(&other.level));
    let sources: HashSet<&str> = all.iter().map(|said| said.line.card.source.as_str()).collect();
    let sources = sources.len() as u64;
    let mut all = all.into_iter();
    let mut first = all.next()?;
    first.line.others = all.take(VOICES).map(|said| Voice::of(&said.line.card)).collect();
    first.line.sources = sources;
    if first.line.card.severity.is_none() {
        first.line.card.severity = worst;
    }
    Some(first)
}
