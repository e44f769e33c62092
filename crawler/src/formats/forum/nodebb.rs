//! NodeBB's JSON: lists of topics, and topics with their posts.
//!
//! The platform states who is an administrator or moderator by the groups whose badge an account shows; an account that
//! shows none may still be one, so that its role is not stated.

use index::entry::Role;
use serde::Deserialize;
use url::Url;

use super::{Listed, Listing, MAX_LISTED, MAX_POSTS, Page};
use crate::clean::{self, Message};
use crate::formats::lenient::{List, Loose, Word};
use crate::formats::phrase::utf8;
use crate::formats::{Unreadable, date};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Document<'a> {
    #[serde(borrow)]
    topics: List<Topic<'a>>,
    #[serde(borrow)]
    title: Word<'a>,
    #[serde(borrow)]
    posts: List<Post<'a>>,
    #[serde(borrow)]
    pagination: Loose<Pagination<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Topic<'a> {
    #[serde(borrow)]
    tid: Word<'a>,
    #[serde(borrow)]
    slug: Word<'a>,
    #[serde(borrow)]
    title: Word<'a>,
    #[serde(borrow)]
    postcount: Word<'a>,
    #[serde(borrow, rename = "lastposttimeISO")]
    last_post: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pagination<'a> {
    #[serde(borrow)]
    next: Loose<Next<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Next<'a> {
    #[serde(borrow)]
    active: Word<'a>,
    #[serde(borrow)]
    page: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Post<'a> {
    #[serde(borrow)]
    pid: Word<'a>,
    #[serde(borrow)]
    content: Word<'a>,
    #[serde(borrow, rename = "timestampISO")]
    at: Word<'a>,
    #[serde(borrow, rename = "editedISO")]
    edited: Word<'a>,
    #[serde(borrow)]
    deleted: Word<'a>,
    #[serde(borrow)]
    user: Loose<User<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct User<'a> {
    #[serde(borrow)]
    username: Word<'a>,
    #[serde(borrow, rename = "selectedGroups")]
    groups: List<Group<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Group<'a> {
    #[serde(borrow)]
    name: Word<'a>,
}

/// Reads a list of topics that came from `here`; `base` is where the forum begins.
///
/// # Errors
/// [`Unreadable`] for malformed JSON and for what lists no topic.
pub fn list(bytes: &[u8], here: &Url, base: &Url) -> Result<Listing, Unreadable> {
    let document = document(bytes)?;
    let read = |topic: &Topic<'_>| {
        let (id, slug) = (topic.tid.said()?.to_owned(), topic.slug.said()?);
        let url = super::address(base, &format!("topic/{slug}"))?;
        let state = clean::line(&format!("{} {}", &*topic.last_post, &*topic.postcount)).into_string();
        Some(Listed { id, url, title: topic.title.to_string(), state })
    };
    let threads: Vec<Listed> = document.topics.iter().take(MAX_LISTED).filter_map(read).collect();
    if threads.is_empty() {
        return Err(Unreadable::new("no topic", "NodeBB's list holds no topic that can be read"));
    }
    Ok(Listing { threads, next: next(&document, here) })
}

/// Reads a page of a topic that came from `here`.
///
/// # Errors
/// [`Unreadable`] for malformed JSON and for what holds no post.
pub fn thread(bytes: &[u8], here: &Url) -> Result<Page, Unreadable> {
    let document = document(bytes)?;
    let posts: Vec<Message> = document.posts.iter().take(MAX_POSTS).map(message).collect();
    if posts.is_empty() {
        return Err(Unreadable::new("no post", "NodeBB's topic holds no post that can be read"));
    }
    let title = clean::html(&document.title).into_string();
    Ok(Page { title, posts, next: next(&document, here) })
}

fn document(bytes: &[u8]) -> Result<Document<'_>, Unreadable> {
    serde_json::from_str(utf8(bytes)?).map_err(|error| Unreadable::new("malformed JSON", error))
}

fn next(document: &Document<'_>, here: &Url) -> Option<Url> {
    let next = document.pagination.get()?.next.get()?;
    let number: u32 = next.page.parse().ok().filter(|_| &*next.active == "true")?;
    let mut url = here.clone();
    url.query_pairs_mut().clear().append_pair("page", &number.to_string());
    (url != *here).then_some(url)
}

fn message(post: &Post<'_>) -> Message {
    let user = post.user.get();
    let shows = |name: &str| user.is_some_and(|user| user.groups.iter().any(|group| &*group.name == name));
    let role = if shows("administrators") {
        Role::Staff
    } else if shows("Global Moderators") {
        Role::Moderator
    } else {
        Role::Unknown
    };
    let deleted = matches!(&*post.deleted, "true" | "1");
    Message {
        native_id: post.pid.to_string(),
        author: user.map(|user| user.username.to_string()).unwrap_or_default(),
        role,
        at: post.at.said().and_then(date::lenient),
        edited: post.edited.said().and_then(date::lenient),
        text: if deleted { clean::plain("(This post was deleted.)") } else { clean::html(&post.content) },
    }
}
