//! A Discourse forum as a source: its latest topics, or those of chosen categories, each with its posts.
//!
//! Keeps each topic's last state in the source's memory; a topic that has not changed is not fetched again. Refuses to
//! read more than 500 posts of a topic. A topic that cannot be had is a remark.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Errand, Trouble};
use crate::fetch::Fetched;
use crate::formats::discourse::{self, Listed, MAX_POSTS};
use crate::formats::{Origin, Unreadable};

/// What is asked for.
const ACCEPT: &str = "application/json";
/// Posts asked for at once; the platform refuses more than a few dozen.
const CHUNK: usize = 20;
/// Topics that a person may ask for at most.
const MAX_TOPICS: usize = 5000;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    /// Categories as "slug/id"; the latest topics of all where empty.
    categories: Vec<String>,
    /// Topics looked at in one round.
    topics: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { categories: Vec::new(), topics: 200 }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// State of each topic when it was last read.
    topics: BTreeMap<u64, String>,
}

/// Reads the forum and brings the topics that have changed.
///
/// # Errors
/// [`Trouble`] when a list cannot be had or read, or the settings do not fit.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let options: Options = super::options(&errand.source.options)?;
    let mut before: Memory = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    let mut base = errand.address()?;
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    let mut memory = Memory::default();
    for topic in listed(errand, &base, &options).await? {
        let known = before.topics.remove(&topic.id);
        if known.as_deref() != Some(topic.state().as_str()) {
            match bring(errand, &base, topic.id).await {
                Ok(()) => {}
                Err(Trouble::Stopping) => return Err(Trouble::Stopping),
                Err(trouble) => {
                    errand.remark(format!("topic {} was not read: {trouble}", topic.id));
                    // The old state stays, so that the topic is tried again.
                    known.into_iter().for_each(|state| {
                        memory.topics.insert(topic.id, state);
                    });
                    continue;
                }
            }
        }
        memory.topics.insert(topic.id, topic.state());
    }
    errand.memory = super::remembered(&memory);
    Ok(())
}

/// Topics of all lists, newest first within each, each topic once.
async fn listed(errand: &mut Errand<'_>, base: &Url, options: &Options) -> Result<Vec<Listed>, Trouble> {
    let mut starts = Vec::new();
    for category in &options.categories {
        let well_formed = category.split('/').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        });
        if !well_formed {
            return Err(Trouble::Settings(format!(
                "understand the category \"{category}\": write it as slug/id"
            )));
        }
        starts.push(format!("c/{category}.json"));
    }
    if starts.is_empty() {
        starts.push("latest.json".to_owned());
    }
    let limit = options.topics.min(MAX_TOPICS);
    let mut visited = HashSet::new();
    let mut seen = HashSet::new();
    let mut topics = Vec::new();
    for start in starts {
        let mut next = Some(join(base, &start)?);
        while let Some(url) = next.take().filter(|url| topics.len() < limit && visited.insert(url.clone())) {
            let fetched = errand.fetch_fresh(url, ACCEPT).await?;
            let listing = discourse::listing(&fetched.bytes).map_err(|why| trouble(&fetched, why))?;
            topics.extend(listing.topics.into_iter().filter(|topic| topic.id > 0 && seen.insert(topic.id)));
            next = listing.more.and_then(|more| page(base, &more));
        }
    }
    topics.truncate(limit);
    Ok(topics)
}

/// The next page of a list, on the same host, as JSON: the platform writes the address of its web page.
fn page(base: &Url, more: &str) -> Option<Url> {
    let mut url = base.join(more).ok()?;
    if !url.path().ends_with(".json") {
        url.set_path(&format!("{}.json", url.path()));
    }
    (url.host_str() == base.host_str()).then_some(url)
}

fn join(base: &Url, path: &str) -> Result<Url, Trouble> {
    base.join(path)
        .map_err(|error| Trouble::Settings(format!("understand the address \"{base}{path}\": {error}")))
}

fn trouble(fetched: &Fetched, why: Unreadable) -> Trouble {
    Trouble::Read { what: fetched.url.to_string(), why }
}

/// Fetches one topic with all its posts and brings it.
async fn bring(errand: &mut Errand<'_>, base: &Url, id: u64) -> Result<(), Trouble> {
    let fetched = errand.fetch_fresh(join(base, &format!("t/{id}.json"))?, ACCEPT).await?;
    let mut topic = discourse::topic(&fetched.bytes).map_err(|why| trouble(&fetched, why))?;
    let held: HashSet<u64> = topic.post_stream.posts.iter().map(|post| post.id).collect();
    let room = MAX_POSTS.saturating_sub(held.len());
    let missing = topic.post_stream.stream.iter().copied().filter(|post| !held.contains(post));
    let missing: Vec<u64> = missing.take(room).collect();
    for chunk in missing.chunks(CHUNK) {
        let mut url = join(base, &format!("t/{id}/posts.json"))?;
        url.query_pairs_mut().extend_pairs(chunk.iter().map(|post| ("post_ids[]", post.to_string())));
        let more = errand.fetch_fresh(url, ACCEPT).await?;
        let mut posts = discourse::posts(&more.bytes).map_err(|why| trouble(&more, why))?;
        topic.post_stream.posts.append(&mut posts);
    }
    let origin = Origin { url: Some(base.clone()), ..Origin::default() };
    errand.bring(discourse::draft(topic, fetched.bytes, &origin)).await
}

#[cfg(test)]
mod tests {
    use super::page;
    use crate::sources::{Errand, Trouble};

    /// Compiles only when every reader may move between the threads of the runtime.
    fn may_move<T: Send>(_: impl Fn() -> T) {}

    #[test]
    fn readers_may_move_between_threads() {
        fn readers(errand: &mut Errand<'_>) -> impl Send {
            async {
                super::read(errand).await?;
                crate::sources::feed::read(errand).await?;
                crate::sources::page::read(errand).await?;
                Ok::<(), Trouble>(())
            }
        }
        may_move(|| readers);
    }

    #[test]
    fn the_next_page_stays_on_its_host_and_is_asked_for_as_json() {
        let base = url::Url::parse("https://forum.acme.example/").unwrap();
        let next = page(&base, "/latest?page=1").map(String::from);
        assert_eq!(next.as_deref(), Some("https://forum.acme.example/latest.json?page=1"));
        assert_eq!(page(&base, "https://elsewhere.example/x"), None);
    }
}
