//! A vendor: the domains that are its own, how to reach it, where it speaks, and what it said last.

use std::cmp::Reverse;

use askama::Template;
use axum::extract::{Path, State as Given};
use index::vendor::Contact;

use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::parts::card::CardLine;
use crate::parts::source::SourceLine;
use crate::state::State;
use crate::words;

/// The page of a vendor.
#[derive(Template)]
#[template(path = "pages/vendor.html")]
pub(crate) struct Vendor {
    frame: Frame,
    name: String,
    slug: String,
    domains: Vec<String>,
    contacts: Vec<ContactLine>,
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
    let vendor = view.vendor;
    let mut newest = view.newest;
    newest.sort_by_key(|card| Reverse(card.published.unwrap_or(card.first_seen)));
    Ok(Page(Vendor {
        all_address: words::address(
            "/search",
            &[("q", &format!("vendor:{}", vendor.slug)), ("order", "newest")],
        ),
        entries: words::counted(view.entries, "entry", "entries"),
        contacts: vendor.contacts.into_iter().map(contact).collect(),
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

fn contact(contact: Contact) -> ContactLine {
    ContactLine {
        outward: words::outward(&contact.address),
        learnt_address: words::outward(&contact.learnt_from),
        purpose: contact.purpose,
        shown: contact.address,
        learnt_from: contact.learnt_from,
    }
}
