//! Halvard's forum, answering as Discourse does: lists of topics, topics, and single posts, all as JSON.
//!
//! Member names are roles, as nobody is meant by them. What is shown of an account (staff, moderator) is what the platform
//! would state; what a member writes may be wrong, and some of it is.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::world::answer::{Body, HTML, JSON, TEXT};
use crate::world::halvard::threads::{self, Changed};
use crate::world::moment;
use crate::world::page::escape;

/// Posts that a topic brings with itself; the others are asked for by number.
const CHUNK: usize = 20;

/// The numbers and short names of the categories.
const CATEGORIES: [(i64, &str, &str); 2] = [(5, "announcements", "Announcements"), (6, "support", "Support")];

/// All threads of the forum.
#[derive(Clone, Debug)]
pub struct Forum {
    /// In the order they were begun.
    pub threads: Vec<Thread>,
}

/// One thread.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Its number on the forum.
    pub id: i64,
    /// 5 for announcements, 6 for support.
    pub category: i64,
    /// Headline, plain text.
    pub title: String,
    /// Messages in order; the first is the opening one.
    pub posts: Vec<Post>,
}

/// One message.
#[derive(Clone, Debug)]
pub struct Post {
    /// Who wrote it.
    pub author: Author,
    /// What it says, HTML as the forum cooks it.
    pub cooked: String,
    /// When it was written.
    pub written: Timestamp,
    /// When it was changed last.
    pub changed: Timestamp,
    /// 1, and one more with each change.
    pub version: u32,
}

/// An account of the forum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The account's name.
    pub username: String,
    /// Whether the platform marks it as staff.
    pub staff: bool,
    /// Whether it moderates.
    pub moderator: bool,
}

impl Author {
    /// Somebody without marks.
    #[must_use]
    pub fn member(username: &str) -> Self {
        Self { username: username.to_owned(), staff: false, moderator: false }
    }

    /// Somebody of the vendor.
    #[must_use]
    pub fn staff(username: &str) -> Self {
        Self { username: username.to_owned(), staff: true, moderator: true }
    }

    /// The forum's number of the account; any number that stays will do.
    fn id(&self) -> u32 {
        self.username.bytes().fold(17, |sum, byte| sum * 31 % 100_003 + u32::from(byte))
    }
}

impl Thread {
    fn slug(&self) -> String {
        index::vendor::slug(&self.title)
    }

    fn last(&self) -> Timestamp {
        self.posts.iter().map(|post| post.changed.max(post.written)).max().unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl Forum {
    pub(super) fn new(now: Timestamp, changed: &Changed) -> Self {
        Self { threads: threads::all(now, changed) }
    }

    /// What the forum says at a path with its query.
    pub(in crate::world) fn body(&self, target: &str, began: Timestamp) -> Option<Body> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let still = moment::days_before(began, 700);
        let newest = self.threads.iter().map(Thread::last).max().unwrap_or(still);
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let sent = |value: Value, at| Some(Body::new(JSON, value.to_string(), at));
        match *parts.as_slice() {
            ["robots.txt"] => Some(Body::new(TEXT, ROBOTS, still)),
            [""] => Some(Body::new(HTML, FRONT, still)),
            ["categories.json"] => sent(categories(), still),
            ["latest.json"] => sent(self.list(None, query), newest),
            ["c", slug, number] | ["c", slug, number, "l", "latest.json"] => {
                let number = number.strip_suffix(".json").unwrap_or(number);
                let known =
                    CATEGORIES.iter().find(|(id, own, _)| id.to_string() == number && *own == slug)?;
                sent(self.list(Some(known.0), query), newest)
            }
            ["t", number, "posts.json"] => {
                let thread = self.thread(number)?;
                sent(some_posts(thread, query), thread.last())
            }
            ["t", number] | ["t", _, number] => {
                if let Some(number) = number.strip_suffix(".json") {
                    let thread = self.thread(number)?;
                    return sent(topic(thread), thread.last());
                }
                let thread = self.thread(number)?;
                Some(Body::new(HTML, page(thread), thread.last()))
            }
            _ => None,
        }
    }

    fn thread(&self, number: &str) -> Option<&Thread> {
        self.threads.iter().find(|thread| thread.id.to_string() == number)
    }

    /// Topics by their last activity; all fit on the first page, so later pages are empty.
    fn list(&self, category: Option<i64>, query: &str) -> Value {
        let is_later = query.split('&').any(|pair| pair.starts_with("page=") && pair != "page=0");
        let wanted = |thread: &&Thread| !is_later && category.is_none_or(|id| thread.category == id);
        let mut threads: Vec<&Thread> = self.threads.iter().filter(wanted).collect();
        threads.sort_by_key(|thread| std::cmp::Reverse(thread.last()));
        let topics: Vec<Value> = threads.iter().map(|thread| summary(thread)).collect();
        let mut users = Vec::new();
        for author in threads.iter().flat_map(|thread| &thread.posts).map(|post| &post.author) {
            let user = json!({"id": author.id(), "username": author.username, "name": "", "admin": author.staff,
                "moderator": author.moderator, "trust_level": 2});
            if !users.contains(&user) {
                users.push(user);
            }
        }
        json!({"users": users, "primary_groups": [], "topic_list": {"can_create_topic": false, "per_page": 30,
            "topics": topics}})
    }
}

/// The first page, with the mark by which the software is known.
const FRONT: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
                     <meta name=\"generator\" content=\"Discourse 3.4.0\"><title>Halvard community</title></head><body>\
                     <h1>Halvard community</h1><p><a href=\"/c/announcements/5\">Announcements</a> \
                     <a href=\"/c/support/6\">Support</a></p></body></html>\n";

const ROBOTS: &str =
    "User-agent: *\nDisallow: /admin/\nDisallow: /auth/\nDisallow: /search\nCrawl-delay: 0\n";

fn categories() -> Value {
    let all = CATEGORIES.map(|(id, slug, name)| json!({"id": id, "slug": slug, "name": name}));
    json!({"category_list": {"categories": all}})
}

fn summary(thread: &Thread) -> Value {
    let begun = thread.posts.first().map(|post| post.written);
    json!({
        "id": thread.id, "title": thread.title, "fancy_title": escape(&thread.title), "slug": thread.slug(),
        "posts_count": thread.posts.len(), "reply_count": thread.posts.len().saturating_sub(1),
        "highest_post_number": thread.posts.len(), "created_at": begun.map(moment::of_machines),
        "last_posted_at": moment::of_machines(thread.last()), "bumped": true,
        "bumped_at": moment::of_machines(thread.last()), "archetype": "regular", "unseen": false, "pinned": false,
        "visible": true, "closed": false, "archived": false, "views": 40 * thread.posts.len(),
        "category_id": thread.category, "tags": [],
    })
}

fn topic(thread: &Thread) -> Value {
    let mut topic = summary(thread);
    let stream: Vec<i64> = (1..).take(thread.posts.len()).map(|number| post_id(thread, number)).collect();
    let posts: Vec<Value> =
        (1..).zip(&thread.posts).take(CHUNK).map(|(number, post)| message(thread, number, post)).collect();
    let opener =
        thread.posts.first().map(|post| json!({"id": post.author.id(), "username": post.author.username}));
    if let Some(fields) = topic.as_object_mut() {
        fields.insert("post_stream".to_owned(), json!({"posts": posts, "stream": stream}));
        fields.insert("chunk_size".to_owned(), json!(CHUNK));
        fields.insert("details".to_owned(), json!({"created_by": opener}));
    }
    topic
}

/// The posts named by `post_ids[]=`, in either spelling of the brackets.
fn some_posts(thread: &Thread, query: &str) -> Value {
    let wanted: Vec<i64> = query
        .split('&')
        .filter_map(|pair| pair.strip_prefix("post_ids[]=").or_else(|| pair.strip_prefix("post_ids%5B%5D=")))
        .filter_map(|id| id.parse().ok())
        .collect();
    let all = (1..).zip(&thread.posts);
    let posts: Vec<Value> = all
        .filter(|(number, _)| wanted.is_empty() || wanted.contains(&post_id(thread, *number)))
        .take(CHUNK)
        .map(|(number, post)| message(thread, number, post))
        .collect();
    json!({"post_stream": {"posts": posts}, "id": thread.id})
}

fn post_id(thread: &Thread, number: i64) -> i64 {
    thread.id * 100 + number
}

fn message(thread: &Thread, number: i64, post: &Post) -> Value {
    let Author { username, staff, moderator } = &post.author;
    json!({
        "id": post_id(thread, number), "name": "", "username": username, "user_id": post.author.id(),
        "created_at": moment::of_machines(post.written), "updated_at": moment::of_machines(post.changed),
        "cooked": post.cooked, "post_number": number, "post_type": 1, "reply_to_post_number": null,
        "topic_id": thread.id, "topic_slug": thread.slug(), "version": post.version, "trust_level": 2,
        "staff": staff, "admin": staff, "moderator": moderator,
        "user_title": staff.then_some("Halvard Systems"),
        "primary_group_name": staff.then_some("halvard-staff"),
        "hidden": false, "deleted_at": null, "user_deleted": false, "wiki": false,
        "post_url": format!("/t/{}/{}/{number}", thread.slug(), thread.id),
    })
}

/// The thread for people.
fn page(thread: &Thread) -> String {
    let posts: String = thread
        .posts
        .iter()
        .map(|post| format!("<article><h2>{}</h2>{}</article>\n", escape(&post.author.username), post.cooked))
        .collect();
    let title = escape(&thread.title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body>\n\
         <h1>{title}</h1>\n{posts}</body></html>\n"
    )
}
