//! A forum's HTML, read by a preset's selectors.
//!
//! Refuses to guess: a selector that finds nothing on a page where there must be something is named.

use index::entry::Role;
use jiff::Timestamp;
use scraper::{ElementRef, Html, Selector};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::preset::{Looks, Place};
use super::{Listed, Listing, MAX_LISTED, MAX_POSTS, Page, address};
use crate::clean::{self, Message};
use crate::formats::{Unreadable, date};

/// Reads a page of a list of threads that came from `base`.
///
/// # Errors
/// [`Unreadable`] when the page cannot be parsed, or holds no thread where the preset expects them.
pub fn list(html: &str, base: &Url, looks: &Looks) -> Result<Listing, Unreadable> {
    let (page, list) = (tree(html)?, &looks.list);
    let mut threads: Vec<Listed> = Vec::new();
    for item in page.select(&list.item).take(MAX_LISTED) {
        let Some(link) = item.select(&list.link).next() else { continue };
        let Some(url) = link.value().attr("href").and_then(|link| address(base, link)) else { continue };
        let found = list.id.as_ref().and_then(|id| id.captures(url.as_str())?.get(1));
        let id = found.map_or_else(|| url.to_string(), |id| id.as_str().to_owned());
        if threads.iter().all(|other| other.id != id) {
            let said: Vec<String> = list.state.iter().filter_map(|place| said(item, place)).collect();
            let digest = Sha256::digest(said.join("\n"));
            let state = hex::encode(digest.get(..8).unwrap_or_default());
            threads.push(Listed { id, url, title: words(link), state });
        }
    }
    if threads.is_empty() {
        let which = if page.select(&list.item).next().is_some() { "link" } else { "item" };
        return Err(nothing(which, "list"));
    }
    Ok(Listing { threads, next: next(&page, list.next.as_ref(), base) })
}

/// Reads a page of a thread that came from `base`.
///
/// # Errors
/// [`Unreadable`] when the page cannot be parsed, or holds no post where the preset expects them.
pub fn thread(html: &str, base: &Url, looks: &Looks) -> Result<Page, Unreadable> {
    let (page, thread) = (tree(html)?, &looks.thread);
    let found: Vec<ElementRef<'_>> = page.select(&thread.post).take(MAX_POSTS).collect();
    if found.is_empty() {
        return Err(nothing("post", "thread"));
    }
    let posts: Vec<Message> = found.into_iter().filter_map(|post| message(post, looks)).collect();
    if posts.is_empty() {
        return Err(nothing("body", "thread"));
    }
    let title = thread.title.as_ref().and_then(|title| page.select(title).next());
    Ok(Page {
        title: title.map(words).unwrap_or_default(),
        posts,
        next: next(&page, thread.next.as_ref(), base),
    })
}

fn message(post: ElementRef<'_>, looks: &Looks) -> Option<Message> {
    let thread = &looks.thread;
    let body = post.select(&thread.body).next()?;
    let first = |places: &[Place]| places.iter().find_map(|place| said(post, place));
    Some(Message {
        native_id: first(&thread.id).unwrap_or_default(),
        author: first(&thread.author).unwrap_or_default(),
        role: role(post, looks),
        at: thread.date.iter().find_map(|place| moment(&said(post, place)?, &thread.dates)),
        edited: thread.edited.iter().find_map(|place| moment(&said(post, place)?, &thread.dates)),
        text: clean::html(&body.inner_html()),
    })
}

/// What the platform marks an author as. What stands within a message is the author's and marks nobody.
fn role(post: ElementRef<'_>, looks: &Looks) -> Role {
    let own = |element: &ElementRef<'_>| {
        !element.ancestors().filter_map(ElementRef::wrap).any(|above| looks.thread.body.matches(&above))
    };
    let fits = |element: ElementRef<'_>, says: &[String]| says.is_empty() || says.contains(&words(element));
    let rule = looks
        .roles
        .iter()
        .find(|rule| post.select(&rule.mark).filter(own).any(|element| fits(element, &rule.says)));
    rule.map_or(Role::Unknown, |rule| rule.role)
}

/// What a place of an element says, on one line; nothing where it says nothing.
fn said(element: ElementRef<'_>, place: &Place) -> Option<String> {
    let at = match &place.selector {
        Some(selector) => element.select(selector).next()?,
        None => element,
    };
    let said = match &place.attribute {
        Some(attribute) => clean::line(at.value().attr(attribute)?).into_string(),
        None => words(at),
    };
    (!said.is_empty()).then_some(said)
}

fn words(element: ElementRef<'_>) -> String {
    clean::line(&element.text().collect::<Vec<_>>().join(" ")).into_string()
}

/// A date in one of the preset's forms or in a common one; what stands before it on the line is passed over.
fn moment(text: &str, forms: &[String]) -> Option<Timestamp> {
    let parts = || text.split(['»', '·', '|']).map(str::trim);
    let formed = || forms.iter().find_map(|form| parts().rev().find_map(|part| date::formatted(part, form)));
    let seconds = || text.parse::<i64>().ok().filter(|at| *at > 100_000_000);
    formed()
        .or_else(|| seconds().and_then(|at| Timestamp::from_second(at).ok()))
        .or_else(|| parts().rev().find_map(date::lenient))
}

fn next(page: &Html, selector: Option<&Selector>, base: &Url) -> Option<Url> {
    let link = page.select(selector?).find_map(|link| link.value().attr("href"))?;
    address(base, link).filter(|url| url != base)
}

fn nothing(selector: &str, of: &str) -> Unreadable {
    let why = format!(
        "`{of}.{selector}` finds nothing on the page; has its layout changed, or does it want a login?"
    );
    Unreadable::new("selector matches nothing", why)
}

fn tree(html: &str) -> Result<Html, Unreadable> {
    if clean::may_be_parsed(html) {
        Ok(Html::parse_document(html))
    } else {
        Err(Unreadable::new("nested too deeply", "the page is too deep or too large to be parsed"))
    }
}
