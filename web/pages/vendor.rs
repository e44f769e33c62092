//! A vendor: the domains that are its own, how to reach it, where it speaks, and what it said last.

use std::cmp::Reverse;

use askama::Template;
use axum::extract::{Path, State as Given};
use index::answer::Card;
use index::keys::HOUSE;
use index::keys::view::KeyLine;
use index::vendor::{Contact, Try};
use jiff::Timestamp;

use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::pages::keys::ChangeLine;
use crate::parts::card::CardLine;
use crate::parts::lifeline::{Life, LifeLines};
use crate::parts::source::SourceLine;
use crate::state::State;
use crate::words;

/// Keys of a vendor that are shown.
const KEYS: u32 = 24;
/// Changes of keys that are shown.
const CHANGES: u32 = 12;

/// The page of a vendor.
#[derive(Template)]
#[template(path = "pages/vendor.html")]
pub(crate) struct Vendor {
    frame: Frame,
    name: String,
    slug: String,
    domains: Vec<String>,
    contacts: Vec<ContactLine>,
    life: Option<LifeLines>,
    changes: Vec<ChangeLine>,
    sources: Vec<SourceLine>,
    newest: Vec<CardLine>,
    entries: String,
    all_address: String,
}

struct ContactLine {
    purpose: String,
    shown: String,
    outward: Option<String>,
    learnt_from: String,
    learnt_address: Option<String>,
    tried: Option<(Moment, String)>,
}

/// Shows it.
pub(crate) async fn show(
    Given(state): Given<State>,
    Path(slug): Path<String>,
    frame: Frame,
) -> Result<Page<Vendor>, Failure> {
    let frame = frame.at(Here::Vendors);
    let Some(view) = state.knowledge.vendor(&slug).await? else {
        let sentence = "No vendor of this name is recorded here.";
        return Err(Failure::missing(frame, sentence, ("/vendors", "All vendors")));
    };
    let life = life(&state.knowledge.keys(Some(&slug), KEYS, frame.now).await?, frame.now);
    let changes = state.knowledge.key_changes(Some(&slug), CHANGES).await?;
    let vendor = view.vendor;
    let tries = state.knowledge.contact_tries(&vendor.slug).await?;
    // What the house says of the vendor's keys is not what the vendor says.
    let mut newest: Vec<Card> = view.newest.into_iter().filter(|card| card.source != HOUSE).collect();
    newest.sort_by_key(|card| Reverse(card.published.unwrap_or(card.first_seen)));
    Ok(Page(Vendor {
        all_address: words::address(
            "/search",
            &[("q", &format!("vendor:{}", vendor.slug)), ("order", "newest")],
        ),
        entries: words::counted(view.entries, "entry", "entries"),
        life,
        changes: changes.iter().map(|change| ChangeLine::of(change, &frame)).collect(),
        contacts: vendor.contacts.into_iter().map(|one| contact(one, &tries, frame.now)).collect(),
        name: vendor.name,
        slug: vendor.slug,
        domains: vendor.domains,
        sources: SourceLine::all(
            &view.sources.into_iter().map(|source| source.at(frame.now)).collect::<Vec<_>>(),
            frame.now,
        ),
        newest: CardLine::all(&newest, frame.now),
        frame,
    }))
}

fn life<'a>(keys: &'a [KeyLine], now: Timestamp) -> Option<LifeLines> {
    let one = |line: &'a KeyLine| {
        let (first_seen, last_seen) = (line.key.first_seen.as_second(), line.key.last_seen.as_second());
        Life { fact: &line.key.facts, first_seen, last_seen }
    };
    let lives: Vec<Life<'a>> = keys.iter().map(one).collect();
    LifeLines::of(&lives, true, now.as_second())
}

fn contact(contact: Contact, tries: &[Try], now: Timestamp) -> ContactLine {
    let last = tries.iter().find(|one| one.address == contact.address);
    ContactLine {
        tried: last.map(|one| (Moment::of(one.at, now), format!("{}: {}", one.who, one.outcome))),
        outward: words::outward(&contact.address),
        learnt_address: words::outward(&contact.learnt_from),
        purpose: contact.purpose,
        shown: contact.address,
        learnt_from: contact.learnt_from,
    }
}
