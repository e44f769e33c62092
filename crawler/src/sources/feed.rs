//! A feed as a source: asked conditionally, read item by item, and on request followed to the pages it links to.
//!
//! Keeps the feed's validators and the items already followed in the source's memory. A page that cannot be had is a
//! remark; the item then speaks through its summary and is followed again next time.

use std::collections::HashSet;

use index::entry::Draft;
use index::health::Symptom;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{Errand, Trouble};
use crate::fetch::{Answer, Fetched, Validators, charset};
use crate::formats::{Origin, article, feed};
use crate::health::{self, Held};

/// What is asked for.
const ACCEPT: &str =
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.1";
/// What is asked for when an item is followed.
const ACCEPT_PAGE: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1";
/// Followed items that are remembered.
const MAX_FOLLOWED: usize = 2000;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    /// Whether the linked page's main text replaces a shorter summary.
    follow: bool,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    validators: Validators,
    followed: Vec<String>,
    /// What the feed held, to notice when it loses some of it.
    held: Held,
}

/// Reads the feed and brings its items.
///
/// # Errors
/// [`Trouble`] when the feed cannot be had or read, or its settings do not fit.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let options: Options = super::options(&errand.source.options)?;
    let mut memory: Memory = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    let url = errand.address()?;
    let Answer::Fresh(fetched) = errand.fetch(url, ACCEPT, memory.validators.clone()).await? else {
        if let Some(sentence) = memory.held.unchanged() {
            errand.doubt(Symptom::Shrunk, sentence);
        }
        return Ok(());
    };
    let drafts = match feed::parse(&fetched.bytes, &origin(&fetched)) {
        Ok(drafts) => drafts,
        Err(why) if why.kind == feed::WEB_PAGE => return Err(health::examined(errand, &fetched, why).await),
        Err(why) => return Err(Trouble::Read { what: fetched.url.to_string(), why }),
    };
    if let Some(sentence) = memory.held.compare(&drafts, errand.now) {
        errand.doubt(Symptom::Shrunk, sentence);
    }
    let known: HashSet<String> = memory.followed.drain(..).collect();
    let mut torn = false;
    for mut draft in drafts {
        if options.follow {
            let mark = mark(&draft);
            if !known.contains(&mark) {
                let followed = follow(errand, &mut draft).await;
                torn |= !followed;
                errand.bring(draft).await?;
                if !followed {
                    continue;
                }
            }
            if memory.followed.len() < MAX_FOLLOWED {
                memory.followed.push(mark);
            }
        } else {
            errand.bring(draft).await?;
        }
    }
    // Without validators the feed comes whole next time, and what could not be followed is tried again.
    memory.validators = if torn { Validators::default() } else { fetched.validators };
    errand.memory = super::remembered(&memory);
    Ok(())
}

fn origin(fetched: &Fetched) -> Origin<'_> {
    Origin {
        path: "",
        url: Some(fetched.url.clone()),
        media_type: &fetched.media_type,
        charset: fetched.charset.as_deref(),
    }
}

/// Stands for an item as the feed says it now.
fn mark(draft: &Draft) -> String {
    let updated =
        draft.statement.updated.or(draft.statement.published).map(|at| at.to_string()).unwrap_or_default();
    let hash = Sha256::new().chain_update(&draft.native_id).chain_update([0]).chain_update(updated);
    let hash = hash.chain_update([0]).chain_update(draft.statement.text.as_str()).finalize();
    hex::encode(hash.get(..12).unwrap_or_default())
}

/// Replaces a summary by the linked page's main text where that is longer; whether the item needs no further attempt.
async fn follow(errand: &mut Errand<'_>, draft: &mut Draft) -> bool {
    let Some(url) = draft.link.as_deref().and_then(|link| Url::parse(link).ok()) else { return true };
    if !matches!(url.scheme(), "http" | "https") {
        return true;
    }
    match errand.fetch_fresh(url, ACCEPT_PAGE).await {
        Ok(page) => {
            if page.media_type.is_empty() || page.media_type.contains("html") {
                let (html, _) = charset::decode(&page.bytes, page.charset.as_deref());
                let text = article::read(&html, Some(&page.url)).text;
                if text.as_str().len() > draft.statement.text.as_str().len() {
                    draft.statement.text = text;
                }
            }
            true
        }
        Err(trouble) => {
            errand.remark(format!("an item was not followed: {trouble}"));
            false
        }
    }
}
