//! Releases and ends of support as a source: one document (all products of endoflife.date, or one), asked conditionally.

use serde::Deserialize;

use crate::fetch::{Answer, Validators};
use crate::formats::Origin;
use crate::formats::recognise::Format;
use crate::sources::cve::{contained, object};
use crate::sources::{Errand, Trouble, options};

/// What is asked for.
const ACCEPT: &str = "application/json";

/// Settings of a source of this kind.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    /// Products that are wanted, by their short names; all of them where none is named.
    products: Vec<String>,
}

/// Reads the document at the source's address.
///
/// # Errors
/// When it cannot be had or read, or the settings do not fit.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let wanted: Options = options(&errand.source.options)?;
    let held = errand.memory.get("validators").cloned().and_then(|held| serde_json::from_value(held).ok());
    let held: Validators = held.unwrap_or_default();
    let Answer::Fresh(fetched) = errand.fetch(errand.address()?, ACCEPT, held).await? else {
        return Ok(());
    };
    let origin =
        Origin { url: Some(fetched.url.clone()), media_type: "application/json", ..Origin::default() };
    let drafts = contained(Format::Lifecycle, &fetched.bytes, &origin)
        .map_err(|why| Trouble::Read { what: fetched.url.to_string(), why })?;
    for draft in drafts {
        if wanted.products.is_empty() || wanted.products.contains(&draft.native_id) {
            errand.bring(draft).await?;
        }
    }
    if let Some(memory) = object(&mut errand.memory) {
        memory.insert("validators".to_owned(), serde_json::json!(fetched.validators));
    }
    Ok(())
}
