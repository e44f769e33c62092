//! A brief in words: the same sections for its page, the terminal, and a ticket.
//!
//! Decides nothing: each line is one of the brief's. What strangers wrote stays marked as theirs: a quote, a place.

mod markdown;
mod said;

use index::brief::since::{Difference, Since};
use index::brief::told::{Counted, Told};
use index::brief::verdict::{Field, Weight};
use index::brief::{Brief, Step};
use index::decision::{Decision, Observation};
use index::link::seek::place;
use inspect::finding::{Activation, Confidence};

pub(crate) use self::markdown::markdown;
use crate::parts::delta;
use crate::words::{count, counted};

/// One part of the brief.
#[derive(Debug)]
pub(crate) struct Section {
    /// Its anchor on the page.
    pub(crate) id: &'static str,
    /// Its heading.
    pub(crate) title: String,
    /// Sentences before its lines, without their full stops.
    pub(crate) intro: Vec<String>,
    /// Its lines.
    pub(crate) items: Vec<Item>,
    /// Lines that are folded.
    pub(crate) folded: Vec<Item>,
    /// Whether its lines are steps in an order.
    pub(crate) ordered: bool,
}

/// One line.
#[derive(Debug, Default)]
pub(crate) struct Item {
    /// Short words in front: a check's name, a severity.
    pub(crate) tags: Vec<String>,
    /// The line itself.
    pub(crate) text: String,
    /// Where in the package it is: a file, with the line behind a colon.
    pub(crate) place: Option<String>,
    /// A stranger's words.
    pub(crate) quote: Option<String>,
    /// Small facts behind it: who said it, when.
    pub(crate) facts: Vec<String>,
    /// What belongs to it, one each.
    pub(crate) list: Vec<String>,
    /// The page that it leads to.
    pub(crate) address: Option<String>,
}

/// Lines of a section that are shown before folding.
const SHOWN: usize = 12;

/// What the package is, in one line.
pub(crate) fn claimed(brief: &Brief) -> String {
    let named = [&brief.product, &brief.version].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let by = brief.vendor.as_ref().map(|vendor| format!(", by its own word of {vendor}")).unwrap_or_default();
    if named.is_empty() {
        format!("{}; it states no name and version", brief.package.kind)
    } else {
        format!("{}: {named}{by}", brief.package.kind)
    }
}

/// The word of a field's weight, for those that must not rely on colour.
pub(crate) fn weight(field: &Field) -> &'static str {
    match (field, field.weight()) {
        (Field::NotJudged { .. }, _) => "not judged",
        (_, Weight::Stop) => "stop",
        (_, Weight::Attention) => "attention",
        (_, Weight::Note) => "note",
    }
}

/// Every section that has something to say, in the order of reading.
pub(crate) fn sections(brief: &Brief) -> Vec<Section> {
    let mut all = vec![collisions(brief), since(brief), acting(brief)];
    all.extend(said::sections(brief));
    all.push(here(brief));
    all.push(unchecked(brief));
    all.push(section("next", "What to do next", brief.next.iter().map(|step| plain(step)).collect(), true));
    all.push(section("rehearsal", "Rehearsal", brief.rehearsal.iter().map(step).collect(), true));
    all.retain(|section| !(section.items.is_empty() && section.intro.is_empty()));
    all
}

fn section(id: &'static str, title: impl Into<String>, items: Vec<Item>, ordered: bool) -> Section {
    Section { id, title: title.into(), intro: Vec::new(), items, folded: Vec::new(), ordered }
}

/// The same with its lines folded behind the first ones.
fn folding(mut section: Section) -> Section {
    section.folded = section.items.split_off(section.items.len().min(SHOWN));
    section
}

fn plain(text: &str) -> Item {
    Item { text: text.to_owned(), ..Item::default() }
}

fn step(step: &Step) -> Item {
    Item { text: step.sentence.clone(), list: step.about.clone(), ..Item::default() }
}

fn collisions(brief: &Brief) -> Section {
    let assessment = &brief.assessment;
    let title = match &assessment.environment {
        Some(environment) => format!("What {environment} contradicts"),
        None => "What your own machines contradict".to_owned(),
    };
    let items = assessment.collisions.iter().map(|collision| {
        let quote = collision.finding.as_ref().and_then(|finding| finding.quote.as_ref());
        Item {
            tags: vec![collision.kind.to_string()],
            text: format!("{}.", collision.sentence),
            quote: quote.map(ToString::to_string),
            facts: vec![format!("known from {}", collision.origin)],
            ..Item::default()
        }
    });
    let mut section = section("collisions", title, items.collect(), false);
    if section.items.is_empty() {
        section.intro.push(match &assessment.environment {
            Some(environment) => format!("Nothing that was compared is contradicted by {environment}"),
            None => "Not checked: no environment was chosen, or no estate was imported".to_owned(),
        });
    }
    section
}

fn since(brief: &Brief) -> Section {
    let difference = match &brief.since {
        Since::NotCompared { why } => {
            let mut section = section("since", "What is new", Vec::new(), false);
            section.intro.push(format!("Not checked: {why}"));
            return section;
        }
        Since::Compared(difference) => difference,
    };
    let previous = &difference.previous;
    let title = match &previous.claimed {
        Some(claimed) => format!("New since {claimed}"),
        None => format!("New since {}", previous.name),
    };
    let items = difference.changed.iter().chain(&difference.new).map(told).collect();
    let mut section = folding(section("since", title, items, false));
    section.intro = introduced(difference);
    section
}

fn introduced(difference: &Difference) -> Vec<String> {
    let previous = &difference.previous;
    let mut intro = vec![match &difference.accepted {
        Some(decision) => format!(
            "Compared with {}, accepted by {} on {}",
            previous.name,
            decision.by,
            decision.at.strftime("%Y-%m-%d")
        ),
        None => format!("Compared with {}, which was handed over", previous.name),
    }];
    intro.push(delta::files(&difference.files));
    if let Some(signers) = &difference.signers {
        intro.push(delta::signers(signers));
    }
    if !difference.more_new.is_empty() {
        intro.push(format!("New as well, and folded: {}", counts(&difference.more_new)));
    }
    if difference.gone > 0 {
        intro.push(format!("{} not there any more", counted(difference.gone, "finding is", "findings are")));
    }
    intro.extend(difference.incomplete.iter().cloned());
    intro
}

fn acting(brief: &Brief) -> Section {
    let items: Vec<Item> = brief.acting.iter().map(told).collect();
    let title =
        if items.is_empty() { "What else was found" } else { "What acts by itself or with privilege" };
    let mut section = folding(section("acting", title, items, false));
    if !brief.folded.is_empty() {
        section.intro.push(format!("Not listed here: {}", counts(&brief.folded)));
    } else if section.items.is_empty() {
        section.intro.push("Nothing else that was looked for was found".to_owned());
    }
    section
}

/// How many of each check: `12 remote.url, 3 priv.sudo (2 more in documentation, tests and comments)`.
fn counts(all: &[Counted]) -> String {
    let one = |one: &Counted| match (one.acting, one.standing) {
        (0, standing) => format!("{} {} in documentation, tests and comments", count(standing), one.check),
        (acting, 0) => format!("{} {}", count(acting), one.check),
        (acting, standing) => {
            format!("{} {} ({} more that do not act)", count(acting), one.check, count(standing))
        }
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn told(told: &Told) -> Item {
    let finding = &told.finding;
    let checks = std::iter::once(&finding.check).chain(&told.also);
    let mut tags: Vec<String> = checks.map(ToString::to_string).collect();
    if finding.activation != Activation::Active {
        tags.push(finding.activation.to_string());
    }
    tags.extend(finding.trigger.map(|trigger| trigger.to_string()));
    match finding.confidence {
        Confidence::High => {}
        Confidence::Medium => tags.push("fairly sure".to_owned()),
        Confidence::Low => tags.push("unsure".to_owned()),
    }
    let elsewhere = match told.elsewhere {
        0 => Vec::new(),
        number => vec![format!("and the same in {}", counted(number, "other place", "other places"))],
    };
    Item {
        tags,
        text: finding.detail.clone(),
        place: Some(place(finding)).filter(|place| !place.is_empty()),
        quote: finding.quote.as_ref().map(ToString::to_string),
        facts: elsewhere,
        ..Item::default()
    }
}

/// What was decided and observed here.
fn here(brief: &Brief) -> Section {
    let own = brief.decisions.iter().map(|one| decided(one, true));
    let seen = brief.observations.iter().map(observed);
    let earlier = brief.earlier.iter().map(|one| decided(one, false));
    folding(section("here", "Decided and observed here", own.chain(seen).chain(earlier).collect(), false))
}

fn decided(decision: &Decision, own: bool) -> Item {
    let about = &decision.about;
    let version = about.version.clone().unwrap_or_else(|| about.name.clone());
    let what = if own { "this file".to_owned() } else { version };
    Item {
        tags: vec![decision.outcome.to_string()],
        text: format!("{} {what}: {}", decision.outcome.past(), decision.reason),
        facts: vec![decision.by.clone(), decision.at.strftime("%Y-%m-%d").to_string()],
        address: Some(format!("/entries/{}", decision.entry.0)),
        ..Item::default()
    }
}

fn observed(seen: &Observation) -> Item {
    Item {
        tags: vec!["observed".to_owned()],
        text: format!("With {} {}: {}", seen.product, seen.version, seen.said),
        facts: vec![seen.by.clone(), seen.at.strftime("%Y-%m-%d").to_string()],
        address: Some(format!("/entries/{}", seen.entry.0)),
        ..Item::default()
    }
}

fn unchecked(brief: &Brief) -> Section {
    let items = brief.not_checked.iter().map(|sentence| plain(&format!("{sentence}.")));
    folding(section("unchecked", "Not checked", items.collect(), false))
}
