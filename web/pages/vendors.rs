//! The vendors recorded here.

use askama::Template;
use axum::extract::State as Given;
use index::answer::VendorLine;

use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::state::State;
use crate::words::{count, page};

/// The list of vendors.
#[derive(Template)]
#[template(path = "pages/vendors.html")]
pub(crate) struct Vendors {
    frame: Frame,
    vendors: Vec<Line>,
}

struct Line {
    address: String,
    name: String,
    domains: String,
    sources: String,
    entries: String,
    contacts: String,
}

/// Shows it.
pub(crate) async fn show(Given(state): Given<State>, frame: Frame) -> Result<Page<Vendors>, Failure> {
    let vendors = state.knowledge.vendors().await?;
    Ok(Page(Vendors { vendors: vendors.iter().map(line).collect(), frame: frame.at(Here::Vendors) }))
}

fn line(line: &VendorLine) -> Line {
    Line {
        address: page("/vendors", &line.vendor.slug),
        name: line.vendor.name.clone(),
        domains: line.vendor.domains.join(", "),
        sources: count(line.sources),
        entries: count(line.entries),
        contacts: count(line.vendor.contacts.len() as u64),
    }
}
