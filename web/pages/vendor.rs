//! A vendor: the domains that are its own, how to reach it, where it speaks, and what it said last.

use std::cmp::Reverse;

use askama::Template;
use axum::extract::{Path, State as Given};
use index::vendor::{Contact, Try};
use inspect::key::fact::Fact;
use jiff::Timestamp;

use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::parts::card::CardLine;
use crate::parts::key::address;
use crate::parts::lifeline::{Life, LifeLines};
use crate::parts::source::SourceLine;
use crate::state::State;
use crate::words;

/// Keys of a vendor that are shown.
const KEYS: u32 = 24;

/// The page of a vendor.
#[derive(Template)]
#[template(path = "pages/vendor.html")]
pub(crate) struct Vendor {
    frame: Frame,
    name: String,
    slug: String,
    domains: Vec<String>,
    contacts: Vec<ContactLine>,
    keys: Vec<(String, String, String)>,
    life: Option<LifeLines>,
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
    let keys = state.knowledge.keys(Some(&slug), KEYS, frame.now).await?;
    let lives: Vec<Life<'_>> = keys
        .iter()
        .map(|line| Life {
            fact: &line.key.facts,
            first_seen: line.key.first_seen.as_second(),
            last_seen: line.key.last_seen.as_second(),
        })
        .collect();
    let vendor = view.vendor;
    let tries = state.knowledge.contact_tries(&vendor.slug).await?;
    let mut newest = view.newest;
    newest.sort_by_key(|card| Reverse(card.published.unwrap_or(card.first_seen)));
    Ok(Page(Vendor {
        all_address: words::address(
            "/search",
            &[("q", &format!("vendor:{}", vendor.slug)), ("order", "newest")],
        ),
        entries: words::counted(view.entries, "entry", "entries"),
        life: LifeLines::of(&lives, frame.now.as_second()),
        keys: keys.iter().map(|line| key(&line.key.facts)).collect(),
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

fn key(facts: &Fact) -> (String, String, String) {
    let name = format!("{}, {}", facts.name().unwrap_or("without a name"), facts.algorithm);
    (address(&facts.fingerprint.written()), facts.fingerprint.grouped(), name)
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
