//! A web page as a source: a list with a page for every item, or a single page.
//!
//! Keeps the validators of the items' pages in the source's memory, so that an unchanged page is not sent again. Refuses
//! to guess a layout: without selectors the page itself is the one entry. A failing item is a remark.

use std::collections::{BTreeMap, HashSet};

use index::entry::Kind;
use scraper::Selector;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Errand, Trouble};
use crate::fetch::{Answer, Validators, charset};
use crate::formats::Origin;
use crate::formats::page::{self, Item, Selectors};
use crate::health;

/// What is asked for.
const ACCEPT: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1";
/// Pages whose validators are remembered.
const MAX_REMEMBERED: usize = 5000;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    item: Option<String>,
    link: Option<String>,
    title: Option<String>,
    date: Option<String>,
    date_format: Option<String>,
    next: Option<String>,
    /// Pages of the list that are read at most.
    pages: usize,
    /// Whether the items' own pages are read.
    detail: bool,
    body: Option<String>,
    detail_title: Option<String>,
    detail_date: Option<String>,
    kind: Option<Kind>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            item: None,
            link: None,
            title: None,
            date: None,
            date_format: None,
            next: None,
            pages: 10,
            detail: true,
            body: None,
            detail_title: None,
            detail_date: None,
            kind: None,
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    validators: BTreeMap<String, Validators>,
}

/// Reads the list or the page and brings its entries.
///
/// # Errors
/// [`Trouble`] when the list cannot be had or read, or its settings do not fit.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let options: Options = super::options(&errand.source.options)?;
    let selectors = compiled(&options)?;
    let mut memory: Memory = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    let start = errand.address()?;
    if selectors.item.is_none() {
        let before = memory.validators.remove(start.as_str()).unwrap_or_default();
        let kept = single(errand, start.clone(), &selectors, before, None).await?;
        memory.validators.insert(start.to_string(), kept);
    } else {
        let items = items(errand, start, &selectors, options.pages).await?;
        memory = details(errand, items, &selectors, options.detail, memory).await?;
    }
    errand.memory = super::remembered(&memory);
    Ok(())
}

fn compiled(options: &Options) -> Result<Selectors, Trouble> {
    let one = |name: &str, text: &Option<String>| match text {
        Some(text) => Selector::parse(text).map(Some).map_err(|error| {
            Trouble::Settings(format!("understand the selector `{name}` = \"{text}\": {error}"))
        }),
        None => Ok(None),
    };
    Ok(Selectors {
        item: one("item", &options.item)?,
        link: one("link", &options.link)?,
        title: one("title", &options.title)?,
        date: one("date", &options.date)?,
        next: one("next", &options.next)?,
        body: one("body", &options.body)?,
        detail_title: one("detail_title", &options.detail_title)?,
        detail_date: one("detail_date", &options.detail_date)?,
        date_format: options.date_format.clone(),
        kind: options.kind,
    })
}

/// The items of all pages of the list, each once; no page is read twice.
async fn items(
    errand: &mut Errand<'_>,
    start: Url,
    selectors: &Selectors,
    pages: usize,
) -> Result<Vec<Item>, Trouble> {
    let mut visited = HashSet::new();
    let mut seen = HashSet::new();
    let mut items = Vec::new();
    let mut next = Some(start);
    while let Some(url) = next.take().filter(|url| visited.len() < pages && visited.insert(url.clone())) {
        let first = visited.len() == 1;
        let fetched = match errand.fetch_fresh(url, ACCEPT).await {
            Ok(fetched) => fetched,
            Err(trouble) if first => return Err(trouble),
            Err(trouble) => {
                errand.remark(format!("the list was not read to its end: {trouble}"));
                break;
            }
        };
        let (html, _) = charset::decode(&fetched.bytes, fetched.charset.as_deref());
        match page::list(&html, &fetched.url, selectors) {
            Ok(listing) => {
                items.extend(listing.items.into_iter().filter(|item| seen.insert(item.url.clone())));
                next = listing.next;
            }
            Err(why) if first => return Err(health::examined(errand, &fetched, why).await),
            Err(why) => errand.remark(format!("{}: {why}", fetched.url)),
        }
    }
    Ok(items)
}

/// Brings every item; what could not be had is a remark. Answers what is to be remembered.
async fn details(
    errand: &mut Errand<'_>,
    items: Vec<Item>,
    selectors: &Selectors,
    detail: bool,
    mut before: Memory,
) -> Result<Memory, Trouble> {
    let mut memory = Memory::default();
    for item in items {
        if !detail {
            errand.bring(page::listed(&item, selectors)).await?;
            continue;
        }
        let known = before.validators.remove(item.url.as_str()).unwrap_or_default();
        match single(errand, item.url.clone(), selectors, known, Some(&item)).await {
            Ok(kept) if memory.validators.len() < MAX_REMEMBERED => {
                memory.validators.insert(item.url.to_string(), kept);
            }
            Ok(_) => {}
            Err(Trouble::Stopping) => return Err(Trouble::Stopping),
            Err(trouble) => errand.remark(format!("an item was not read: {trouble}")),
        }
    }
    Ok(memory)
}

/// Fetches one page unless it is unchanged, and brings it; answers its validators for next time.
async fn single(
    errand: &mut Errand<'_>,
    url: Url,
    selectors: &Selectors,
    known: Validators,
    item: Option<&Item>,
) -> Result<Validators, Trouble> {
    let Answer::Fresh(fetched) = errand.fetch(url.clone(), ACCEPT, known.clone()).await? else {
        return Ok(known);
    };
    if item.is_none()
        && health::says_not_found(&charset::decode(&fetched.bytes, fetched.charset.as_deref()).0)
    {
        return Err(Trouble::Absent { url: fetched.url.to_string() });
    }
    let origin = Origin {
        path: "",
        url: Some(if item.is_some() { fetched.url.clone() } else { url }),
        media_type: &fetched.media_type,
        charset: fetched.charset.as_deref(),
    };
    let draft = page::detail(&fetched.bytes, &origin, selectors, item)
        .map_err(|why| Trouble::Read { what: fetched.url.to_string(), why })?;
    errand.bring(draft).await?;
    Ok(fetched.validators)
}

#[cfg(test)]
mod tests {
    use super::{Options, compiled};

    #[test]
    fn a_selector_that_does_not_parse_is_named() {
        let options = Options { item: Some("li[".to_owned()), ..Options::default() };
        assert!(compiled(&options).unwrap_err().to_string().contains("`item` = \"li[\""));
    }
}
