//! EPSS scores at an address, as CSV, also compressed: statements about identifiers, and no entry.
//!
//! Asked conditionally; the whole list is stated each time it changed, and the record writes what differs by something
//! that matters.

use std::ops::ControlFlow;

use inspect::container::{Visit, walk_bytes};
use inspect::limits::Limits;

use super::{Errand, Trouble, cve};
use crate::fetch::{Answer, Fetched};
use crate::formats::Unreadable;
use crate::formats::epss::{self, Scores};

/// What is asked for.
const ACCEPT: &str = "application/gzip, text/csv;q=0.9, */*;q=0.5";

/// Reads the list and leaves what it states.
///
/// # Errors
/// [`Trouble`] when the list cannot be had, unpacked or read.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let validators = cve::validators(&errand.memory);
    let Answer::Fresh(fetched) = errand.fetch(errand.address()?, ACCEPT, validators).await? else {
        return Ok(());
    };
    let (what, validators) = (fetched.url.to_string(), fetched.validators.clone());
    let parsed = tokio::task::spawn_blocking(move || scores(&fetched));
    let parsed = parsed.await.unwrap_or_else(|error| Err(Unreadable::new("reader failed", error)));
    let scores = parsed.map_err(|why| Trouble::Read { what, why })?;
    if let Some(remark) = scores.remark {
        errand.remark(remark);
    }
    errand.seen = u32::try_from(scores.facts.len()).unwrap_or(u32::MAX);
    errand.facts = Some(scores.facts);
    cve::remember(&mut errand.memory, &validators);
    Ok(())
}

/// Unpacks the list if it is packed, and reads it.
fn scores(fetched: &Fetched) -> Result<Scores, Unreadable> {
    let mut read = Err(Unreadable::new("not a list of EPSS scores", "the archive is empty"));
    let walked = walk_bytes("scores.csv", &fetched.bytes, &Limits::for_import(), &mut |visit| {
        read = match visit {
            Visit::Member(member) => epss::parse(&member.bytes),
            Visit::Complaint(complaint) => Err(Unreadable::new(complaint.problem.kind(), &complaint.problem)),
        };
        if read.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    walked.map_err(|error| Unreadable::new("archive not read", error))?;
    read
}
