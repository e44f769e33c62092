//! Flarum's JSON:API: lists of discussions, and the posts of a discussion with their authors.
//!
//! The groups of administrators and moderators have fixed numbers on every Flarum (1 and 4); a group of another number
//! may be called anything and says nothing here.

use std::collections::HashMap;

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
    data: List<Resource<'a>>,
    #[serde(borrow)]
    included: List<Resource<'a>>,
    #[serde(borrow)]
    links: Loose<Links<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Links<'a> {
    #[serde(borrow)]
    next: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Resource<'a> {
    #[serde(borrow, rename = "type")]
    of: Word<'a>,
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    attributes: Loose<Attributes<'a>>,
    #[serde(borrow)]
    relationships: Loose<Relationships<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Attributes<'a> {
    #[serde(borrow)]
    title: Word<'a>,
    #[serde(borrow)]
    slug: Word<'a>,
    #[serde(borrow)]
    comment_count: Word<'a>,
    #[serde(borrow)]
    last_posted_at: Word<'a>,
    #[serde(borrow)]
    content_type: Word<'a>,
    #[serde(borrow)]
    content_html: Word<'a>,
    #[serde(borrow)]
    created_at: Word<'a>,
    #[serde(borrow)]
    edited_at: Word<'a>,
    #[serde(borrow)]
    is_hidden: Word<'a>,
    #[serde(borrow)]
    username: Word<'a>,
    #[serde(borrow)]
    display_name: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Relationships<'a> {
    #[serde(borrow)]
    user: Loose<One<'a>>,
    #[serde(borrow)]
    groups: Loose<Many<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct One<'a> {
    #[serde(borrow)]
    data: Loose<Pointer<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Many<'a> {
    #[serde(borrow)]
    data: List<Pointer<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pointer<'a> {
    #[serde(borrow)]
    id: Word<'a>,
}

/// Reads a list of discussions; `base` is where the forum begins.
///
/// # Errors
/// [`Unreadable`] for malformed JSON and for what lists no discussion.
pub fn list(bytes: &[u8], base: &Url) -> Result<Listing, Unreadable> {
    let document = document(bytes)?;
    let read = |resource: &Resource<'_>| {
        let (id, told) = (resource.id.said()?.to_owned(), resource.attributes.get()?);
        let slug = told.slug.said().map_or_else(|| id.clone(), str::to_owned);
        let url = super::address(base, &format!("d/{slug}"))?;
        let state = clean::line(&format!("{} {}", &*told.last_posted_at, &*told.comment_count)).into_string();
        Some(Listed { id, url, title: told.title.to_string(), state })
    };
    let discussions = document.data.iter().filter(|resource| &*resource.of == "discussions");
    let threads: Vec<Listed> = discussions.take(MAX_LISTED).filter_map(read).collect();
    if threads.is_empty() {
        return Err(Unreadable::new("no discussion", "Flarum's list holds no discussion that can be read"));
    }
    Ok(Listing { threads, next: next(&document, base) })
}

/// Reads a page of a discussion's posts.
///
/// # Errors
/// [`Unreadable`] for malformed JSON and for what holds no post.
pub fn thread(bytes: &[u8], base: &Url) -> Result<Page, Unreadable> {
    let document = document(bytes)?;
    let users = document.included.iter().filter(|resource| &*resource.of == "users");
    let users: HashMap<&str, &Resource<'_>> = users.map(|user| (&*user.id, user)).collect();
    let comments = document.data.iter().filter(|resource| &*resource.of == "posts").filter_map(|post| {
        let told = post.attributes.get().filter(|told| &*told.content_type == "comment")?;
        Some(message(post, told, &users))
    });
    let posts: Vec<Message> = comments.take(MAX_POSTS).collect();
    if posts.is_empty() {
        return Err(Unreadable::new("no post", "Flarum's discussion holds no post that can be read"));
    }
    Ok(Page { title: String::new(), posts, next: next(&document, base) })
}

fn document(bytes: &[u8]) -> Result<Document<'_>, Unreadable> {
    serde_json::from_str(utf8(bytes)?).map_err(|error| Unreadable::new("malformed JSON", error))
}

fn next(document: &Document<'_>, base: &Url) -> Option<Url> {
    super::address(base, document.links.get()?.next.said()?)
}

fn message(post: &Resource<'_>, told: &Attributes<'_>, users: &HashMap<&str, &Resource<'_>>) -> Message {
    let pointer = post.relationships.get().and_then(|related| related.user.get()?.data.get());
    let user = pointer.and_then(|pointer| users.get(&*pointer.id));
    let named = user.and_then(|user| user.attributes.get());
    let author = named.and_then(|told| told.display_name.said().or_else(|| told.username.said()));
    let groups = user.and_then(|user| user.relationships.get()?.groups.get());
    let within =
        |number: &str| groups.is_some_and(|groups| groups.data.iter().any(|group| &*group.id == number));
    let role = match groups {
        Some(_) if within("1") => Role::Staff,
        Some(_) if within("4") => Role::Moderator,
        Some(_) => Role::Member,
        None => Role::Unknown,
    };
    Message {
        native_id: post.id.to_string(),
        author: author.unwrap_or_default().to_owned(),
        role,
        at: told.created_at.said().and_then(date::lenient),
        edited: told.edited_at.said().and_then(date::lenient),
        text: if &*told.is_hidden == "true" {
            clean::plain("(This post is hidden by the forum.)")
        } else {
            clean::html(&told.content_html)
        },
    }
}
