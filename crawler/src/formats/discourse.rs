//! Discourse: topics with their posts, and lists of topics, from the forum's own JSON.
//!
//! An author's role is what the platform's flags say, never a title or a group that anybody may be given. Hidden and
//! deleted posts are named as such, so that a gap is seen. Refuses to read raw Markdown; the cooked HTML is cleaned.

use index::entry::{Draft, Evidence, Kind, Role, Statement};
use serde::Deserialize;
use url::Url;

use super::{Origin, Read, Unreadable, date};
use crate::clean::{self, Message};

/// Posts of one topic that are kept.
pub const MAX_POSTS: usize = 500;

/// A topic as `/t/<id>.json` gives it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Topic {
    /// The platform's number of the topic.
    pub id: u64,
    /// Its title.
    pub title: String,
    /// Its title as part of an address.
    pub slug: String,
    /// When it was begun.
    pub created_at: Option<String>,
    /// When it was last posted to.
    pub last_posted_at: Option<String>,
    /// Its posts, or the first of them.
    pub post_stream: PostStream,
}

/// The posts of a topic.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PostStream {
    /// Posts that are there in full.
    pub posts: Vec<Posting>,
    /// Numbers of all posts, in order.
    pub stream: Vec<u64>,
}

/// One post as the platform gives it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Posting {
    /// The platform's number of the post.
    pub id: u64,
    name: Option<String>,
    username: String,
    created_at: Option<String>,
    updated_at: Option<String>,
    cooked: String,
    version: Option<u64>,
    admin: Option<bool>,
    moderator: Option<bool>,
    staff: Option<bool>,
    hidden: Option<bool>,
    deleted_at: Option<String>,
    user_deleted: Option<bool>,
}

/// A page of a list of topics.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Topics in the list's order.
    pub topics: Vec<Listed>,
    /// The next page, as the platform writes it.
    pub more: Option<String>,
}

/// A topic in a list: enough to know whether it has changed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Listed {
    /// The platform's number of the topic.
    pub id: u64,
    bumped_at: Option<String>,
    last_posted_at: Option<String>,
    posts_count: u64,
}

impl Listed {
    /// What changes when the topic does.
    #[must_use]
    pub fn state(&self) -> String {
        let part = |text: &Option<String>| clean::line(text.as_deref().unwrap_or("-")).into_string();
        format!("{} {} {}", part(&self.bumped_at), part(&self.last_posted_at), self.posts_count)
    }
}

/// Reads a topic with the posts that its document holds.
///
/// # Errors
/// [`Unreadable`] for malformed JSON and for what is no topic.
pub fn parse_topic(bytes: &[u8], origin: &Origin<'_>) -> Read {
    let topic = topic(bytes)?;
    Ok(vec![draft(topic, bytes.to_vec(), origin)])
}

/// Reads a topic as the platform gives it.
///
/// # Errors
/// [`Unreadable`] for malformed JSON and for what is no topic.
pub fn topic(bytes: &[u8]) -> Result<Topic, Unreadable> {
    let topic: Topic = json(bytes)?;
    if topic.id == 0 || topic.post_stream.posts.is_empty() {
        return Err(Unreadable::new("not a topic", "it has no number or no posts"));
    }
    Ok(topic)
}

/// Reads further posts of a topic (`/t/<id>/posts.json`).
///
/// # Errors
/// [`Unreadable`] for malformed JSON.
pub fn posts(bytes: &[u8]) -> Result<Vec<Posting>, Unreadable> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Page {
        post_stream: PostStream,
    }
    json::<Page>(bytes).map(|page| page.post_stream.posts)
}

/// Reads a list of topics (`/latest.json`, `/c/<slug>/<id>.json`).
///
/// # Errors
/// [`Unreadable`] for malformed JSON and for what is no list.
pub fn listing(bytes: &[u8]) -> Result<Listing, Unreadable> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Topics {
        topics: Vec<Listed>,
        more_topics_url: Option<String>,
    }
    #[derive(Deserialize)]
    struct Page {
        topic_list: Topics,
    }
    let page: Page = json(bytes)?;
    Ok(Listing { topics: page.topic_list.topics, more: page.topic_list.more_topics_url })
}

/// One entry of a topic and all its posts; `evidence` is the topic's document as fetched.
#[must_use]
pub fn draft(topic: Topic, evidence: Vec<u8>, origin: &Origin<'_>) -> Draft {
    let path = if topic.slug.is_empty() {
        format!("/t/{}", topic.id)
    } else {
        format!("/t/{}/{}", topic.slug, topic.id)
    };
    let link = origin.url.as_ref().and_then(|url| url.join(&path).ok()).map(Url::into);
    let moment = |text: &Option<String>| date::lenient(text.as_deref()?);
    let (published, updated) = (moment(&topic.created_at), moment(&topic.last_posted_at));
    let messages = topic.post_stream.posts.into_iter().take(MAX_POSTS).map(message).collect();
    let (text, posts) = clean::thread(messages);
    let title = clean::line(&topic.title);
    let title = if title.is_empty() { clean::line(&format!("Topic {}", topic.id)) } else { title };
    let native_id =
        if origin.path.is_empty() { format!("topic/{}", topic.id) } else { origin.path.to_owned() };
    Draft {
        native_id,
        kind: Kind::Thread,
        link,
        statement: Statement { title, text, published, updated, posts, ..Statement::default() },
        evidence: Evidence { media_type: "application/json".to_owned(), bytes: evidence },
    }
}

fn json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(bytes).map_err(|error| {
        let kind = if error.is_data() { "not a Discourse document" } else { "malformed JSON" };
        Unreadable::new(kind, error)
    })
}

fn message(post: Posting) -> Message {
    let moment = |text: &Option<String>| date::lenient(text.as_deref()?);
    let role = if post.admin == Some(true) {
        Role::Staff
    } else if post.moderator == Some(true) {
        Role::Moderator
    } else if post.staff == Some(true) {
        Role::Staff
    } else if post.admin.or(post.moderator).or(post.staff).is_some() {
        Role::Member
    } else {
        Role::Unknown
    };
    let text = if post.deleted_at.is_some() || post.user_deleted == Some(true) {
        clean::plain("(This post was deleted.)")
    } else if post.hidden == Some(true) {
        clean::plain("(This post is hidden by the forum.)")
    } else {
        clean::html(&post.cooked)
    };
    let author = match post.name.filter(|name| !name.trim().is_empty() && *name != post.username) {
        Some(name) => format!("{name} ({})", post.username),
        None => post.username,
    };
    Message {
        native_id: post.id.to_string(),
        author,
        role,
        at: moment(&post.created_at),
        edited: post.version.filter(|version| *version > 1).and_then(|_| moment(&post.updated_at)),
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::{listing, parse_topic};
    use crate::formats::Origin;
    use index::entry::Role;
    use serde_json::json;

    #[test]
    fn a_topic_becomes_a_thread_with_roles_as_the_platform_states_them() {
        let topic = json!({"id": 7, "title": "New CA", "slug": "new-ca", "created_at": "2024-03-01T00:00:00Z", "post_stream": {"posts": [
            {"id": 1, "username": "anna", "name": "Anna", "admin": true, "version": 2, "cooked": "<p>The CA changed.</p>",
             "created_at": "2024-03-01T00:00:00Z", "updated_at": "2024-03-02T00:00:00Z"},
            {"id": 2, "username": "max", "admin": false, "moderator": false, "staff": false, "primary_group_name": "staff", "cooked": "Thanks", "version": 1,
             "updated_at": "2024-03-02T00:00:00Z"},
            {"id": 3, "username": "x", "hidden": true, "cooked": "spam"}]}});
        let url = url::Url::parse("https://forum.acme.example/t/7.json").ok();
        let draft = parse_topic(topic.to_string().as_bytes(), &Origin { url, ..Origin::default() })
            .unwrap()
            .remove(0);
        assert_eq!(draft.native_id, "topic/7");
        assert_eq!(draft.link.as_deref(), Some("https://forum.acme.example/t/new-ca/7"));
        assert_eq!(
            draft.statement.text.as_str(),
            "The CA changed.\n\nThanks\n\n(This post is hidden by the forum.)"
        );
        let said: Vec<_> = draft
            .statement
            .posts
            .iter()
            .map(|post| (post.author.as_str(), post.role, post.edited.is_some()))
            .collect();
        assert_eq!(
            said,
            [("Anna (anna)", Role::Staff, true), ("max", Role::Member, false), ("x", Role::Unknown, false)]
        );
    }

    #[test]
    fn a_list_says_what_has_changed_and_where_it_goes_on() {
        let list = listing(br#"{"topic_list":{"more_topics_url":"/latest?page=1","topics":[{"id":7,"bumped_at":"b","posts_count":3}]}}"#).unwrap();
        assert_eq!(list.topics.first().unwrap().state(), "b - 3");
        assert_eq!(list.more.as_deref(), Some("/latest?page=1"));
    }

    #[test]
    fn what_is_no_topic_is_refused() {
        let kind = |text: &str| parse_topic(text.as_bytes(), &Origin::default()).unwrap_err().kind;
        assert_eq!(kind("{}"), "not a topic");
        assert_eq!(kind("<html>"), "malformed JSON");
        assert_eq!(kind("\"x\""), "not a Discourse document");
        assert_eq!(kind(&"{\"a\":".repeat(100_000)), "malformed JSON");
    }
}
