//! Forums of other makes than Discourse: lists of threads, and threads with their posts.
//!
//! What a forum's HTML looks like is said by presets, not by code; NodeBB and Flarum are read through their JSON. An
//! author's role is only ever what the platform marks; a title that anybody may choose is no role.

use index::entry::{Draft, Evidence, Kind, Statement};
use jiff::Timestamp;
use url::Url;

use crate::clean::{self, Message};

/// Forums as HTML, by selectors.
pub mod html;
/// What a make of forum looks like, from TOML.
pub mod preset;

/// Flarum's JSON:API.
pub mod flarum;
/// NodeBB's JSON.
pub mod nodebb;

/// Posts of one thread that are kept.
pub const MAX_POSTS: usize = 500;
/// Threads of one page of a list that are looked at.
const MAX_LISTED: usize = 500;
/// Bytes of a thread's pages that are kept as evidence.
const MAX_EVIDENCE: usize = 8 << 20;

/// A thread in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The platform's identifier of the thread.
    pub id: String,
    /// Its title in the list.
    pub title: String,
    /// Where it is read.
    pub url: Url,
    /// What changes when somebody writes.
    pub state: String,
}

/// A page of a list of threads.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Threads in the list's order.
    pub threads: Vec<Listed>,
    /// The next page.
    pub next: Option<Url>,
}

/// A page of a thread.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The thread's title, where the page states it.
    pub title: String,
    /// Its posts, in order.
    pub posts: Vec<Message>,
    /// The next page.
    pub next: Option<Url>,
}

/// The entry of a thread, from all its pages as read and as fetched.
#[must_use]
pub fn draft(thread: &Listed, pages: Vec<Page>, media_type: &str, fetched: &[Vec<u8>]) -> Draft {
    let title = pages.iter().map(|page| clean::line(&page.title)).find(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| clean::line(&thread.title));
    let title = if title.is_empty() { clean::line(&format!("Thread {}", thread.id)) } else { title };
    let mut messages: Vec<Message> = Vec::new();
    for post in pages.into_iter().flat_map(|page| page.posts) {
        let known =
            !post.native_id.is_empty() && messages.iter().any(|other| other.native_id == post.native_id);
        if !known && messages.len() < MAX_POSTS {
            messages.push(post);
        }
    }
    let (text, posts) = clean::thread(messages);
    let published: Option<Timestamp> = posts.first().and_then(|post| post.at);
    let updated = posts.iter().filter_map(|post| post.edited.max(post.at)).max();
    let mut bytes = fetched.concat();
    bytes.truncate(MAX_EVIDENCE);
    Draft {
        native_id: format!("thread/{}", thread.id),
        kind: Kind::Thread,
        link: Some(thread.url.to_string()),
        statement: Statement { title, text, published, updated, posts, ..Statement::default() },
        evidence: Evidence { media_type: media_type.to_owned(), bytes },
    }
}

/// An address without its fragment and without what only names a visit, if it is on the same host as `base`.
fn address(base: &Url, link: &str) -> Option<Url> {
    let mut url = base.join(link.trim()).ok()?;
    url.set_fragment(None);
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| !matches!(key.as_ref(), "sid" | "s" | "PHPSESSID"))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    if kept.len() < url.query_pairs().count() {
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
    }
    (matches!(url.scheme(), "http" | "https") && url.origin() == base.origin()).then_some(url)
}

#[cfg(test)]
mod tests;
