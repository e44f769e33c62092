//! The stance of a text towards an identifier, by the words near it.
//!
//! Five places are asked in turn: what is said against it right behind, the words before it in its sentence, what is said
//! of it behind, what leads up to it, and whether it is listed as a key at all. In each the nearest word decides; negation,
//! condition and future are read. The answer says which word it was, so that a person can check it.

use std::ops::Range;

use super::Stance;
use super::cue::{BEFORE, OF_KEYS, OF_OUTPUT, OF_SERVERS, SWITCHES, Sense};
use super::passage::{self, Passage};
use super::rule::{in_force, is_arrow, is_doubted, last, longest, predicate, reaches};
use super::word::{Word, has_any, is_phrase, words};

/// Words before an identifier that may govern it.
const GOVERNING: usize = 24;

/// Identifiers of one enumeration that are looked over.
const ENUMERATED: usize = 16;

/// Names of keys that sign what is published.
const SIGNING: &[&str] = &[
    "signing key*",
    "gpg key*",
    "pgp key*",
    "release key*",
    "repository key*",
    "archive key*",
    "signing certificate*",
    "root certificate*",
];

/// Words of change.
const CHANGES: &[&str] = &[
    "new",
    "chang*",
    "rotat*",
    "replac*",
    "renew*",
    "updat*",
    "expir*",
    "extend*",
    "revok*",
    "retir*",
    "transition*",
    "migrat*",
    "compromis*",
];

/// What a text says of an identifier at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) stance: Stance,
    /// Whether words say so; else it is listed, or nothing is said of it.
    pub(super) told: bool,
    pub(super) because: String,
    pub(super) quote: Range<usize>,
}

/// The stance at one place. `same` are the places of the identifier and of shorter names of it, `others` those of other
/// identifiers; both in order.
pub(super) fn at(text: &str, at: &Range<usize>, same: &[Range<usize>], others: &[Range<usize>]) -> Found {
    let passage = passage::around(text, at);
    let near = Near::of(text, at, &passage, same, others);
    let (stance, told, because) = near.decide();
    Found { stance, told, because, quote: quoted(&passage, at) }
}

/// Whether a title speaks of keys.
pub(super) fn is_about_keys(title: &str) -> bool {
    has_any(&words(title, &(0..title.len()), &[]), OF_KEYS)
}

/// Whether a text says that keys change: a word of change near a word for a signing key.
pub(super) fn speaks_of_a_change(text: &str) -> bool {
    let head = text.floor_char_boundary(text.len().min(20_000));
    let mut from = 0;
    while from < head {
        let to = text.floor_char_boundary((from + 1_600).min(head));
        let words = words(text, &(from..to), &[]);
        let near = |at: usize| words.get(at.saturating_sub(8)..(at + 9).min(words.len())).unwrap_or_default();
        let keys = (0..words.len()).filter(|at| SIGNING.iter().any(|phrase| is_phrase(&words, *at, phrase)));
        if keys.into_iter().any(|at| has_any(near(at), CHANGES)) {
            return true;
        }
        // A step that is no step would never end.
        from = to.max(from + 1);
        from = text.ceil_char_boundary(from);
    }
    false
}

/// The sentence, with what leads up to it where that is close by.
fn quoted(passage: &Passage, at: &Range<usize>) -> Range<usize> {
    let alone = passage.sentence.len() < at.len() + 60;
    let lead = if alone && !passage.lead.is_empty() { &passage.lead } else { &passage.sentence };
    let end = if passage.sequel.is_empty() { passage.sentence.end } else { passage.sequel.end };
    lead.start.min(passage.sentence.start)..end.max(at.end)
}

/// The words around an identifier, up to the next other one on either side.
struct Near {
    /// From the other identifier before it, or the beginning of its sentence.
    before: Vec<Word>,
    /// From the beginning of its sentence, other identifiers and all.
    sentence_before: Vec<Word>,
    behind: Vec<Word>,
    lead: Vec<Word>,
    sequel: Vec<Word>,
}

impl Near {
    fn of(
        text: &str,
        at: &Range<usize>,
        passage: &Passage,
        same: &[Range<usize>],
        others: &[Range<usize>],
    ) -> Self {
        let holes: Vec<Range<usize>> = same.iter().chain(others).cloned().collect();
        let within = |range: Range<usize>| words(text, &range, &holes);
        let start = passage.sentence.start;
        let from = before_list(text, at.start, others).filter(|end| *end > start);
        let (behind, until) = behind_list(text, at.end, others);
        let lead_from = others.iter().map(|other| other.end).filter(|end| *end <= passage.lead.end).max();
        let lead = lead_from.unwrap_or(0).max(passage.lead.start)..passage.lead.end;
        let own_sequel = !others.iter().any(|other| passage.sequel.contains(&other.start));
        Self {
            before: within(from.unwrap_or(start)..at.start),
            sentence_before: within(start..at.start),
            behind: within(behind..passage.sentence.end.min(until).max(behind)),
            lead: if from.is_none() { within(lead) } else { Vec::new() },
            sequel: if own_sequel { within(passage.sequel.clone()) } else { Vec::new() },
        }
    }

    fn decide(&self) -> (Stance, bool, String) {
        let before = self.governing(&self.before);
        if let Some((Sense::Exempt, word)) = &before {
            return told(Sense::New, format!("\"{word}\" before it"));
        }
        let behind = self.said();
        // "The new key KEY has been retired": what is said of it weighs more than what it is called.
        if let Some((sense @ (Sense::Foreign | Sense::Revoked | Sense::Old | Sense::Longer), words)) = &behind
        {
            return told(*sense, format!("\"{words}\" behind it"));
        }
        if let Some((sense, word)) = before {
            return told(sense, format!("\"{word}\" before it"));
        }
        if let Some((sense, words)) = behind {
            return told(sense, format!("\"{words}\" behind it"));
        }
        if let Some((sense, word)) = self.governing(&self.lead) {
            return told(sense, format!("\"{word}\" above it"));
        }
        self.listed()
    }

    /// The nearest word before that governs the identifier.
    fn governing(&self, words: &[Word]) -> Option<(Sense, String)> {
        let first = words.len().saturating_sub(GOVERNING);
        for at in (first..words.len()).rev() {
            if let Some(sense) = self.direction(words, at) {
                return Some((sense, words.get(at)?.text.clone()));
            }
            let Some((phrase, sense)) = longest(BEFORE, words, at) else { continue };
            if let Some(sense) = in_force(words, at, sense).filter(|sense| reaches(words, at, *sense)) {
                return Some((sense, phrase.trim_end_matches('*').to_owned()));
            }
        }
        None
    }

    /// "from" and "to" of a change, and the arrow.
    fn direction(&self, words: &[Word], at: usize) -> Option<Sense> {
        let near = words.len() - at <= 5;
        let word = words.get(at)?.text.as_str();
        match word {
            _ if near && is_arrow(words, at) => Some(Sense::New),
            "to" | "with" | "by" if near && has_any(&self.sentence_before, SWITCHES) => Some(Sense::New),
            "from" if near => Some(Sense::Old),
            _ => None,
        }
    }

    /// What is said of the identifier behind it, in its sentence or in the next.
    fn said(&self) -> Option<(Sense, String)> {
        if is_arrow(&self.behind, 0) {
            return Some((Sense::Old, "→".to_owned()));
        }
        let doubted = is_doubted(last(&self.before, 7));
        let fits = |(sense, _): &(Sense, String)| {
            !doubted || !matches!(sense, Sense::Revoked | Sense::Foreign | Sense::Old)
        };
        predicate(&self.behind, true).filter(fits).or_else(|| predicate(&self.sequel, false))
    }

    /// Whether it is listed as a key, or named in something that a tool printed.
    fn listed(&self) -> (Stance, bool, String) {
        let around = [&self.lead, &self.sentence_before, &self.before, &self.behind];
        if around.iter().any(|words| has_any(words, OF_OUTPUT)) {
            return (Stance::Mentions, true, "it stands in what a tool printed".to_owned());
        }
        if around.iter().any(|words| has_any(words, OF_SERVERS)) {
            return (
                Stance::Mentions,
                true,
                "it is a server's certificate, which signs no packages".to_owned(),
            );
        }
        if around.iter().any(|words| has_any(words, OF_KEYS)) {
            return (Stance::Introduces, false, "it is listed as a key".to_owned());
        }
        (Stance::Mentions, false, "nothing is said of it".to_owned())
    }
}

/// Where the last other identifier before `at` ends that is not enumerated together with what stands at `at`.
fn before_list(text: &str, at: usize, others: &[Range<usize>]) -> Option<usize> {
    let mut start = at;
    for other in others.iter().rev().filter(|other| other.end <= at).take(ENUMERATED) {
        if !joins(text.get(other.end..start)?) {
            return Some(other.end);
        }
        start = other.start;
    }
    None
}

/// Where an enumeration that goes on at `at` ends, and where the next other identifier begins.
fn behind_list(text: &str, at: usize, others: &[Range<usize>]) -> (usize, usize) {
    let mut end = at;
    for other in others.iter().filter(|other| other.start >= at).take(ENUMERATED) {
        if !text.get(end..other.start).is_some_and(joins) {
            return (end, other.start);
        }
        end = other.end;
    }
    (end, usize::MAX)
}

/// Whether what stands between two identifiers only enumerates them.
fn joins(between: &str) -> bool {
    let words = between.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    between.len() <= 16
        && !between.contains(['>', '→', ';'])
        && words.into_iter().all(|word| matches!(word, "and" | "or"))
}

fn told(sense: Sense, because: String) -> (Stance, bool, String) {
    let stance = match sense {
        Sense::New | Sense::Use | Sense::Exempt => Stance::Introduces,
        Sense::Longer => Stance::Extends,
        Sense::Old => Stance::Retires,
        Sense::Revoked => Stance::Revokes,
        Sense::Foreign => Stance::Disowns,
        Sense::Doubtful => Stance::Warns,
    };
    (stance, true, because)
}

#[cfg(test)]
mod tests;
