//! What is asked about a key, and what all the texts about it come to: ranked, collapsed into origins, contradictions named.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::freshness::Freshness;
use super::identifier::Identifier;
use super::judge::Arrival;
use super::near::Near;
use super::origin::{Trace, origins};
use super::{Evidence, Grade, Match, Role, Stance, domain};

/// Origins by third parties within [`BURST`] that are a flood; a guess, above what any real change of keys showed.
const FLOOD: usize = 20;

/// The time in which they would come.
const BURST: SignedDuration = SignedDuration::from_hours(24);

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Names of one key: its fingerprint first, then those of its sub-keys, or a shorter name where no more is known.
    pub identifiers: Vec<Identifier>,
    /// Whose key it is said to be, by the vendor's short name. Then every other vendor is a third party.
    pub vendor: Option<String>,
    /// When the key was made, by its own word.
    pub created: Option<Timestamp>,
    /// Whether a key file on the vendor's own domain holds the key.
    pub key_file: bool,
    /// Whether continuity with a known key was verified.
    pub continuity: bool,
    /// The package that it signed.
    pub package: Option<Arrival>,
}

/// What the texts about a key come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assessment {
    /// The grade of the best evidence; contradictions and warnings are none.
    pub best: Grade,
    /// Whether the vendor or its staff also says that the key is revoked or not theirs.
    pub conflicting: bool,
    /// Since when it is retired, by the vendor's own word and with nothing later that introduces it.
    pub retired: Option<Timestamp>,
    /// Domains and platforms on which the vendor introduces or extends the key in full, each under another's control.
    pub planes: Vec<String>,
    /// Origins, the best first; copies are listed with them.
    pub evidence: Vec<Evidence>,
    /// Fingerprints that nearly are the one that was asked for.
    pub near: Vec<Near>,
    /// How fresh the vendor's sources are; `None` where the vendor is not known.
    pub freshness: Option<Freshness>,
    /// What is odd about all of it, a sentence each.
    pub alarms: Vec<String>,
    /// Entries that name the key and were not read, because there are so many.
    pub unread: u64,
}

/// A judged text with what tells it from its copies.
pub(crate) type Traced = (Evidence, Trace);

impl Assessment {
    /// Ranks and collapses what was found.
    pub(crate) fn of(found: Vec<Traced>, continuity: bool) -> Self {
        let planes = planes(&found);
        let conflicting = found.iter().any(|(one, _)| one.judgement.is_credible_contradiction());
        let retired = retired(&found);
        let evidence = ranked(found);
        let supports = |one: &&Evidence| {
            !matches!(one.judgement.stance, Stance::Revokes | Stance::Disowns | Stance::Warns)
        };
        let told = evidence.iter().filter(supports).map(|one| one.judgement.grade).max().unwrap_or(Grade::E);
        let alarms = flood(&evidence).into_iter().collect();
        Self {
            best: if continuity { Grade::APlus } else { told },
            conflicting,
            retired,
            planes,
            evidence,
            near: Vec::new(),
            freshness: None,
            alarms,
            unread: 0,
        }
    }

    /// What speaks against the key with the vendor's own voice.
    pub fn contradictions(&self) -> impl Iterator<Item = &Evidence> {
        self.evidence.iter().filter(|one| one.judgement.is_credible_contradiction())
    }
}

/// The best first; of texts that repeat each other the best alone, with the others as its copies.
fn ranked(mut found: Vec<Traced>) -> Vec<Evidence> {
    found.sort_by_key(|(one, _)| rank(one));
    let (mut evidence, traces): (Vec<Evidence>, Vec<Trace>) = found.into_iter().unzip();
    let origins = origins(&traces);
    // A contradiction stands for itself, whatever it quotes.
    let mut kept = Vec::new();
    for (at, origin) in origins.iter().copied().enumerate() {
        let stance = |at: usize| evidence.get(at).map(|one| one.judgement.stance.contradicts());
        if origin == at || stance(at) != stance(origin) {
            kept.push(at);
            continue;
        }
        let Some(copy) = evidence.get(at).map(|one| one.entry) else { continue };
        if let Some(one) = evidence.get_mut(origin)
            && one.entry != copy
            && !one.copies.contains(&copy)
        {
            one.copies.push(copy);
        }
    }
    let mut places = 0..;
    evidence.retain(|_| places.next().is_some_and(|at| kept.binary_search(&at).is_ok()));
    evidence
}

/// Lower is better: the grade, how clearly it speaks of the key, how much of it, then what was said first.
fn rank(one: &Evidence) -> impl Ord + use<> {
    let judgement = &one.judgement;
    let worth = (judgement.grade, judgement.stance.supports(), judgement.matched, judgement.role);
    (Reverse(worth), one.said.is_none(), one.said.unwrap_or(one.first_seen), one.entry)
}

/// Domains and platforms on which the vendor itself supports the key in full.
fn planes(found: &[Traced]) -> Vec<String> {
    let mut planes: Vec<String> = Vec::new();
    for (one, _) in found {
        let judgement = &one.judgement;
        if judgement.grade < Grade::B || !judgement.stance.supports() || judgement.matched != Match::Exact {
            continue;
        }
        let plane = one.link.as_deref().and_then(domain::registrable).unwrap_or_else(|| one.source.clone());
        if !planes.contains(&plane) {
            planes.push(plane);
        }
    }
    planes
}

/// When the vendor last retired the key, unless it introduced or extended it later.
fn retired(found: &[Traced]) -> Option<Timestamp> {
    let latest = |wanted: fn(Stance) -> bool| {
        let own = found.iter().map(|(one, _)| one).filter(|one| {
            let judgement = &one.judgement;
            judgement.role >= Role::Staff
                && judgement.matched > Match::Compatible(32)
                && wanted(judgement.stance)
        });
        own.map(|one| one.said.unwrap_or(one.first_seen)).max()
    };
    let retired = latest(|stance| stance == Stance::Retires)?;
    (latest(Stance::supports) <= Some(retired)).then_some(retired)
}

/// A flood of pages by third parties, as one sentence.
fn flood(evidence: &[Evidence]) -> Option<String> {
    let strangers = evidence.iter().filter(|one| one.judgement.role == Role::ThirdParty);
    let mut seen: Vec<Timestamp> = strangers.map(|one| one.first_seen).collect();
    seen.sort_unstable();
    let starts = seen.iter().zip(seen.iter().skip(FLOOD - 1));
    let burst = starts.filter(|(first, last)| last.duration_since(**first) <= BURST).count() > 0;
    burst.then(|| format!("{FLOOD} or more third parties began to name this key within a day"))
}

#[cfg(test)]
mod tests;
