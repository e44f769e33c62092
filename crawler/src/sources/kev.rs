//! A list of vulnerabilities known to be exploited: each is an entry, and a statement about its identifier.
//!
//! Asked conditionally; the whole list is stated each time it changed. Refuses to say how bad anything is.

use super::{Errand, Trouble, cve};
use crate::fetch::Answer;
use crate::formats::{Origin, known_exploited};

/// What is asked for.
const ACCEPT: &str = "application/json, */*;q=0.5";

/// Reads the list, brings its entries and leaves what it states.
///
/// # Errors
/// [`Trouble`] when the list cannot be had or read.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let validators = cve::validators(&errand.memory);
    let Answer::Fresh(fetched) = errand.fetch(errand.address()?, ACCEPT, validators).await? else {
        return Ok(());
    };
    let unreadable = |why| Trouble::Read { what: fetched.url.to_string(), why };
    let facts = known_exploited::facts(&fetched.bytes).map_err(unreadable)?;
    let drafts = known_exploited::parse(&fetched.bytes, &Origin::default()).map_err(unreadable)?;
    for draft in drafts {
        errand.bring(draft).await?;
    }
    errand.facts = Some(facts);
    cve::remember(&mut errand.memory, &fetched.validators);
    Ok(())
}
