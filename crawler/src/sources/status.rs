//! A status page as a source: its incidents and its maintenance, asked conditionally.
//!
//! The address is the page's beginning, or one of its documents by name. From a beginning, the lists of the JSON
//! interface are tried first, then the histories; which of them answered is kept in the source's memory.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Errand, Trouble};
use crate::fetch::{Answer, Disappointment, Validators};
use crate::formats::status::{self, history};
use crate::formats::{Origin, Read};

/// What is asked for.
const ACCEPT: &str = "application/json, application/atom+xml, application/rss+xml;q=0.9, */*;q=0.1";
/// Where incidents stand, in the order in which places are tried.
const PLACES: [&str; 3] = ["api/v2/incidents.json", "history.atom", "history.json"];
/// Where maintenance stands, beside the first place.
const MAINTENANCE: &str = "scheduled-maintenances.json";

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    /// Whether planned maintenance is read as well.
    maintenance: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { maintenance: true }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// The place that answered.
    place: Option<Url>,
    validators: BTreeMap<String, Validators>,
}

/// Reads the page and brings its incidents.
///
/// # Errors
/// [`Trouble`] when no place can be had or read, or the settings do not fit; the trouble told is that of the first.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let options: Options = super::options(&errand.source.options)?;
    let mut memory: Memory = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    let address = errand.address()?;
    // An address that was changed is asked anew.
    let remembered = memory.place.clone().filter(|place| place.origin() == address.origin());
    let place = match remembered {
        Some(place) => document(errand, place.clone(), &mut memory).await.map(|()| place)?,
        None => first(errand, &address, &mut memory).await?,
    };
    if options.maintenance && place.path().ends_with(PLACES[0]) {
        let beside = joined(&place, MAINTENANCE)?;
        match document(errand, beside, &mut memory).await {
            Ok(()) => {}
            Err(Trouble::Stopping) => return Err(Trouble::Stopping),
            // Not every page of this shape has maintenance.
            Err(Trouble::Fetch(Disappointment::NotFound { .. })) => {}
            Err(trouble) => errand.remark(format!("planned maintenance was not read: {trouble}")),
        }
    }
    memory.place = Some(place);
    errand.memory = super::remembered(&memory);
    Ok(())
}

/// Tries the places in order; the address itself where it names a document.
async fn first(errand: &mut Errand<'_>, address: &Url, memory: &mut Memory) -> Result<Url, Trouble> {
    if [".json", ".atom", ".rss", ".xml"].iter().any(|ending| address.path().ends_with(ending)) {
        return document(errand, address.clone(), memory).await.map(|()| address.clone());
    }
    let mut base = address.clone();
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    let mut told = None;
    for place in PLACES {
        let url = joined(&base, place)?;
        match document(errand, url.clone(), memory).await {
            Ok(()) => return Ok(url),
            Err(
                trouble @ (Trouble::Read { .. }
                | Trouble::Fetch(
                    Disappointment::NotFound { .. }
                    | Disappointment::Gone { .. }
                    | Disappointment::Forbidden { .. }
                    | Disappointment::Unauthorized { .. },
                )),
            ) => {
                told.get_or_insert(trouble);
            }
            Err(trouble) => return Err(trouble),
        }
    }
    Err(told.unwrap_or_else(|| Trouble::Settings("find a place to ask".to_owned())))
}

fn joined(base: &Url, path: &str) -> Result<Url, Trouble> {
    base.join(path)
        .map_err(|error| Trouble::Settings(format!("understand the address \"{base}{path}\": {error}")))
}

/// Fetches one document unless it is unchanged, and brings what it holds.
async fn document(errand: &mut Errand<'_>, url: Url, memory: &mut Memory) -> Result<(), Trouble> {
    let known = memory.validators.get(url.as_str()).cloned().unwrap_or_default();
    let Answer::Fresh(fetched) = errand.fetch(url.clone(), ACCEPT, known).await? else { return Ok(()) };
    let origin = Origin {
        path: "",
        url: Some(fetched.url.clone()),
        media_type: &fetched.media_type,
        charset: fetched.charset.as_deref(),
    };
    let drafts = parse(&url, &fetched.bytes, &origin)
        .map_err(|why| Trouble::Read { what: fetched.url.to_string(), why })?;
    for draft in drafts {
        errand.bring(draft).await?;
    }
    memory.validators.insert(url.to_string(), fetched.validators);
    Ok(())
}

fn parse(url: &Url, bytes: &[u8], origin: &Origin<'_>) -> Read {
    if url.path().ends_with("history.json") {
        history::parse_json(bytes, origin)
    } else if url.path().ends_with(".json") {
        status::parse(bytes, origin)
    } else {
        history::parse_feed(bytes, origin)
    }
}
