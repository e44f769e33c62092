//! What was found, as the form shows it: each proposal with its sample and a box to tick.

use std::collections::HashSet;

use crawler::discover::{Found, Proposal, Sureness};
use index::source::{Kind, Standing};
use index::vendor::Contact;
use jiff::Timestamp;

use super::chosen::{Chosen, Mistakes};
use crate::moment::Moment;
use crate::parts::sign::{Meaning, Sign, standing};
use crate::words;

/// The form.
pub(super) struct Offer {
    pub(super) site: String,
    pub(super) name: String,
    pub(super) name_mistake: Option<String>,
    pub(super) choice_mistake: Option<String>,
    pub(super) own_name: bool,
    pub(super) contacts: Vec<Contact>,
    pub(super) vendor: String,
    pub(super) proposals: Vec<Line>,
    pub(super) named: Vec<String>,
    pub(super) missed: Vec<String>,
    pub(super) choosable: bool,
    /// The vendor's domain, where nothing of it was looked at.
    pub(super) unseen: Option<String>,
}

/// A proposal.
pub(super) struct Line {
    pub(super) place: usize,
    pub(super) chosen: bool,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) standing: &'static str,
    pub(super) address: String,
    pub(super) outward: Option<String>,
    pub(super) why: String,
    pub(super) sureness: Option<Sign>,
    pub(super) entries: Vec<Entry>,
    pub(super) sentence: Option<String>,
    pub(super) known_page: Option<String>,
    pub(super) sent: String,
}

/// An entry of a sample.
pub(super) struct Entry {
    pub(super) title: String,
    pub(super) dated: Option<Moment>,
}

impl Offer {
    /// What was found just now. Ticked is what the catalogue has, and what was read on the vendor's own domain; that the
    /// vendor speaks behind a link to somebody else's site is for a person to say.
    pub(super) fn of(found: Found, now: Timestamp) -> Self {
        let wanted = |proposal: &Proposal| {
            let (kind, standing) = (proposal.source.kind, proposal.source.standing);
            let own = standing == Standing::Vendor && kind != Kind::Page;
            match proposal.sureness {
                Sureness::Certain => own || proposal.catalogue,
                Sureness::Likely => proposal.catalogue,
                Sureness::Doubtful => false,
            }
        };
        let taken = found.proposals.iter().enumerate().filter(|(_, one)| wanted(one)).map(|(place, _)| place);
        let chosen = Chosen {
            taken: taken.collect(),
            site: found.site,
            name: found.vendor.name.clone(),
            vendor: found.vendor,
            proposals: found.proposals,
        };
        let offer = Self::again(chosen, Mistakes::default(), now);
        Self { named: found.named, missed: found.missed, ..offer }
    }

    /// What came back, with what is wrong with it.
    pub(super) fn again(chosen: Chosen, mistakes: Mistakes, now: Timestamp) -> Self {
        let Chosen { site, vendor, name, proposals, taken } = chosen;
        let sent = serde_json::to_string(&vendor).unwrap_or_default();
        Self {
            name,
            name_mistake: mistakes.name,
            choice_mistake: mistakes.choice,
            own_name: proposals.iter().any(|proposal| proposal.catalogue),
            contacts: vendor.contacts,
            unseen: vendor.domains.into_iter().next().filter(|_| site.is_empty()),
            vendor: sent,
            choosable: proposals.iter().any(|proposal| proposal.known.is_none()),
            proposals: lines(proposals, &taken, now),
            named: Vec::new(),
            missed: Vec::new(),
            site,
        }
    }

    /// Whether a field has a mistake.
    pub(super) fn is_mistaken(&self) -> bool {
        self.name_mistake.is_some() || self.choice_mistake.is_some()
    }
}

fn lines(proposals: Vec<Proposal>, taken: &HashSet<usize>, now: Timestamp) -> Vec<Line> {
    proposals
        .into_iter()
        .enumerate()
        .map(|(place, proposal)| line(place, taken.contains(&place), proposal, now))
        .collect()
}

fn line(place: usize, chosen: bool, proposal: Proposal, now: Timestamp) -> Line {
    let sent = serde_json::to_string(&proposal).unwrap_or_default();
    let Proposal { source, why, sample, known, sureness, .. } = proposal;
    let unread = sample.entries.is_empty() && sample.sentence.is_none();
    let entry = |title, dated: Option<Timestamp>| Entry { title, dated: dated.map(|at| Moment::of(at, now)) };
    Line {
        place,
        chosen,
        kind: source.kind.as_str(),
        standing: standing(source.standing),
        outward: words::outward(&source.address),
        why: words::unended(&why),
        sureness: (!unread && known.is_none()).then(|| sign(sureness)),
        entries: sample.entries.into_iter().map(|one| entry(one.title, one.dated)).collect(),
        sentence: sample.sentence.map(|sentence| words::unended(&sentence)),
        known_page: known.map(|slug| words::page("/sources", &slug)),
        name: source.name,
        address: source.address,
        sent,
    }
}

fn sign(sureness: Sureness) -> Sign {
    let meaning = match sureness {
        Sureness::Certain => Meaning::Quiet,
        Sureness::Likely => Meaning::Note,
        Sureness::Doubtful => Meaning::Attention,
    };
    Sign { meaning, word: sureness.as_str().to_owned() }
}
