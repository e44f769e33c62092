//! The canary as a source: a feed of one entry that this program itself serves, with a token that is new at every asking.
//!
//! It goes the way of every other source, so that its coming through proves something. Leaves the token in the source's
//! memory; refuses to judge how far it came.

use index::canary::token_in;

use super::{Errand, Trouble};
use crate::formats::{Origin, Unreadable, feed};

/// What is asked for.
const ACCEPT: &str = "application/atom+xml";

/// Reads the canary's feed and brings its entry.
///
/// # Errors
/// [`Trouble`] when the feed cannot be had or read, or holds no token.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let url = errand.address()?;
    let fetched = errand.fetch_fresh(url, ACCEPT).await?;
    let unreadable = |why| Trouble::Read { what: fetched.url.to_string(), why };
    let origin = Origin {
        path: "",
        url: Some(fetched.url.clone()),
        media_type: &fetched.media_type,
        charset: fetched.charset.as_deref(),
    };
    let drafts = feed::parse(&fetched.bytes, &origin).map_err(unreadable)?;
    let token = drafts.iter().find_map(|draft| token_in(draft.statement.text.as_str())).map(str::to_owned);
    let without = || Unreadable::new("no canary", "it holds no token");
    errand.memory = serde_json::Value::String(token.ok_or_else(without).map_err(unreadable)?);
    for draft in drafts {
        errand.bring(draft).await?;
    }
    Ok(())
}
