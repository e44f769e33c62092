//! A page or file with keys as a source: fetched conditionally, and so is every file of keys that it links to.
//!
//! Keeps the digest of each document in the source's memory: what is the same byte by byte is not brought again. Judges
//! nothing; a linked file that cannot be had or holds no key is a remark.

use std::collections::BTreeMap;

use index::keys::sighting::Way;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{Errand, Trouble};
use crate::fetch::{Answer, Validators};
use crate::formats::{Origin, keys};

/// What is asked for.
const ACCEPT: &str = "application/pgp-keys, application/x-pem-file, text/html;q=0.9, */*;q=0.8";

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    /// Whether files of keys that a page links to are read.
    follow: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { follow: true }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// What each document was when it was last read, by its address.
    documents: BTreeMap<String, Seen>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Seen {
    validators: Validators,
    /// SHA-256 of its bytes.
    digest: String,
    /// Files of keys that it links to.
    links: Vec<Url>,
}

/// Reads the page or file, and what it links to, and brings what has changed.
///
/// # Errors
/// [`Trouble`] when the document itself cannot be had or read, or the settings do not fit.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let options: Options = super::options(&errand.source.options)?;
    let mut before: Memory = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    let start = errand.address()?;
    let known = before.documents.remove(start.as_str()).unwrap_or_default();
    let seen = document(errand, start.clone(), known).await?;
    let links = if options.follow { seen.links.clone() } else { Vec::new() };
    let mut memory = Memory::default();
    memory.documents.insert(start.to_string(), seen);
    for link in links {
        let known = before.documents.remove(link.as_str()).unwrap_or_default();
        match document(errand, link.clone(), known.clone()).await {
            Ok(seen) => drop(memory.documents.insert(link.to_string(), seen)),
            Err(Trouble::Stopping) => return Err(Trouble::Stopping),
            Err(trouble) => {
                errand.remark(format!("a linked file was not read: {trouble}"));
                // Without validators it comes whole next time; with its digest it is known when it comes back as it was.
                memory
                    .documents
                    .insert(link.to_string(), Seen { validators: Validators::default(), ..known });
            }
        }
    }
    errand.memory = super::remembered(&memory);
    Ok(())
}

/// Fetches one document unless it is unchanged, and brings it unless its bytes are.
async fn document(errand: &mut Errand<'_>, url: Url, known: Seen) -> Result<Seen, Trouble> {
    let Answer::Fresh(fetched) = errand.fetch(url.clone(), ACCEPT, known.validators.clone()).await? else {
        return Ok(known);
    };
    let digest = hex::encode(Sha256::digest(&fetched.bytes));
    if digest == known.digest {
        return Ok(Seen { validators: fetched.validators, ..known });
    }
    let origin = Origin {
        path: "",
        url: Some(fetched.url.clone()),
        media_type: &fetched.media_type,
        charset: fetched.charset.as_deref(),
    };
    let mut document = keys::parse(&fetched.bytes, &origin, errand.now)
        .map_err(|why| Trouble::Read { what: fetched.url.to_string(), why })?;
    // A file that has moved is still the same one.
    errand.sight(Way::Source, &url, document.keys);
    document.draft.native_id = url.into();
    errand.bring(document.draft).await?;
    Ok(Seen { validators: fetched.validators, digest, links: document.links })
}
