//! What is seen on a web page: what it calls itself, what made it, and where its links lead.
//!
//! Refuses to judge a link, to look at more than 2,000 of them, and to parse a page that nests too deeply.

use std::collections::HashSet;

use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::clean;
use crate::fetch::{Fetched, charset};
use crate::formats::forum::preset;

/// Links of one page that are looked at.
const MAX_LINKS: usize = 2000;
/// Bytes of an address that may become a source's.
const LONGEST: usize = 500;
/// Media types of feeds, as `<link rel=alternate>` states them.
const FEEDS: [&str; 4] =
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"];

/// A link of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// Where it leads, without its fragment.
    pub(super) url: Url,
    /// What it says, in one line.
    pub(super) words: String,
    /// Whether the page's head declares it as a feed.
    pub(super) declared: bool,
}

/// A page, as far as it matters here.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// What the site calls itself, or an empty string.
    pub(super) site_name: String,
    /// Whether Discourse made it.
    pub(super) discourse: bool,
    /// The make of forum that it is a page of.
    pub(super) forum: Option<String>,
    /// Its links, each address once.
    pub(super) links: Vec<Link>,
    /// Whether it had more links than are looked at.
    pub(super) cut: bool,
}

/// Looks at a page.
pub(super) fn look(fetched: &Fetched) -> Seen {
    if !(fetched.media_type.is_empty() || fetched.media_type.contains("html")) {
        return Seen::default();
    }
    let (html, _) = charset::decode(&fetched.bytes, fetched.charset.as_deref());
    if !clean::may_be_parsed(&html) {
        return Seen::default();
    }
    let forum = preset::recognise(&html);
    let page = Html::parse_document(&html);
    let base = first(&page, "base[href]", "href").and_then(|href| fetched.url.join(&href).ok());
    let base = base.unwrap_or_else(|| fetched.url.clone());
    let (links, cut) = links(&page, &base);
    let generator = first(&page, "meta[name=generator]", "content").unwrap_or_default();
    let site_name = first(&page, "meta[property='og:site_name']", "content")
        .or_else(|| first(&page, "meta[name=application-name]", "content"))
        .filter(|name| name.chars().count() <= 60);
    Seen {
        site_name: clean::line(&site_name.unwrap_or_default()).into_string(),
        discourse: generator.to_lowercase().starts_with("discourse"),
        forum,
        links,
        cut,
    }
}

fn first(page: &Html, selector: &str, attribute: &str) -> Option<String> {
    let selector = Selector::parse(selector).ok()?;
    let value = page.select(&selector).find_map(|element| element.value().attr(attribute))?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// The declared feeds, then every link, in the page's order.
fn links(page: &Html, base: &Url) -> (Vec<Link>, bool) {
    let (mut links, mut known) = (Vec::new(), HashSet::new());
    for (selector, declared) in [("link[rel][href]", true), ("a[href]", false)] {
        let Ok(selector) = Selector::parse(selector) else { continue };
        for element in page.select(&selector) {
            if declared && !declares_feed(&element) {
                continue;
            }
            if known.len() >= MAX_LINKS {
                return (links, true);
            }
            let Some(url) = element.value().attr("href").and_then(|href| address(base, href)) else {
                continue;
            };
            if known.insert(url.clone()) {
                links.push(Link { url, words: words(&element), declared });
            }
        }
    }
    (links, false)
}

fn declares_feed(element: &ElementRef<'_>) -> bool {
    let attribute = |name| element.value().attr(name).unwrap_or_default().trim().to_ascii_lowercase();
    let media_type = attribute("type");
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    attribute("rel").split_ascii_whitespace().any(|word| word == "alternate") && FEEDS.contains(&essence)
}

/// What a link says: its text, else its title.
fn words(element: &ElementRef<'_>) -> String {
    let text: String = element.text().take(50).collect::<Vec<_>>().join(" ");
    let text = clean::line(&text).into_string();
    if !text.is_empty() {
        return text;
    }
    let said = ["title", "aria-label"].into_iter().find_map(|name| element.value().attr(name));
    clean::line(said.unwrap_or_default()).into_string()
}

/// An address of the web as it may become a source's.
pub(super) fn address(base: &Url, link: &str) -> Option<Url> {
    let mut url = base.join(link.trim()).ok()?;
    url.set_fragment(None);
    let plain = matches!(url.scheme(), "http" | "https") && url.has_host();
    let bare = url.username().is_empty() && url.password().is_none();
    (plain && bare && url.as_str().len() <= LONGEST).then_some(url)
}

#[cfg(test)]
pub(super) mod tests {
    use url::Url;

    use super::{MAX_LINKS, Seen, look};
    use crate::fetch::{Fetched, Validators};

    pub(in crate::discover) fn seen(html: &str) -> Seen {
        look(&Fetched {
            url: Url::parse("https://www.acme.example/start/").unwrap(),
            moved_permanently: None,
            media_type: "text/html".to_owned(),
            charset: None,
            bytes: html.as_bytes().to_vec(),
            validators: Validators::default(),
        })
    }

    #[test]
    fn feeds_and_links_are_seen_once_each_with_their_words() {
        let page = seen(
            "<head><meta property='og:site_name' content='Acme  Anvils'><meta name=generator content='Discourse 3.4'>\
             <link rel='alternate' type='application/atom+xml' title='Advisories' href='/a.atom'>\
             <link rel=stylesheet type='text/css' href='/s.css'><link rel='alternate' hreflang=de href='/de'></head>\
             <a href='/a.atom'>again</a> <a href='news#top'> What is\n new </a><a href='javascript:x()'>x</a>\
             <a href='mailto:a@acme.example'>mail</a><a href='https://user:secret@acme.example/'>login</a>",
        );
        assert_eq!((page.site_name.as_str(), page.discourse, page.cut), ("Acme Anvils", true, false));
        let links: Vec<_> =
            page.links.iter().map(|link| (link.url.as_str(), link.words.as_str(), link.declared)).collect();
        assert_eq!(
            links,
            [
                ("https://www.acme.example/a.atom", "Advisories", true),
                ("https://www.acme.example/start/news", "What is new", false),
            ]
        );
    }

    #[test]
    fn a_page_of_ten_thousand_links_is_looked_at_in_part() {
        let many: String = (0..10_000).map(|number| format!("<a href='/{number}'>x</a>")).collect();
        let page = seen(&many);
        assert!(page.cut && page.links.len() == MAX_LINKS);
        let deep = seen(&"<div>".repeat(100_000));
        assert!(deep.links.is_empty());
    }
}
