//! Feeds: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed. Bytes in, one draft an item out.
//!
//! The reading is feed-rs'; what it does not do is done here: transcoding, mending of common mistakes, and identities
//! that stay (a published id, else the link, else a hash of title and date; never one made up). Refuses to judge a date
//! by a clock: one in the future is left as said.

mod repair;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use feed_rs::model::{Entry, Feed, FeedType, Link};
use feed_rs::parser::{Builder, ParseFeedError};
use index::entry::{Draft, Evidence, Kind, Reference, Statement};
use index::text::Text;
use jiff::Timestamp;
use regex::Regex;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{Origin, Read, Unreadable, date, identifiers};
use crate::{clean, fetch};

/// The title of a feed that tells of releases, and a version wherever it stands in the title of an item.
static RELEASES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:releases?|release notes|changelogs?)\b").expect("the expression is a literal")
});
static VERSION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\bv?\d+\.\d+").expect("the expression is a literal"));

static RELEASE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:[\w .:()/+-]{0,60}\s)?[\w-]{0,30}?v?\d+(?:\.\d+){1,3}(?:[-.+~]?[a-z]+[\w.]*)?(?:\s+\(?(?:is |now |has been )*(?:released|available|out|lts|final|current)\b.*)?$")
        .expect("the expression is a literal that the tests compile")
});

/// The kind of trouble with a web page that came where a feed was expected.
pub const WEB_PAGE: &str = "a web page, not a feed";

/// Reads a feed into one draft an item.
///
/// # Errors
/// [`Unreadable`] for an empty document, a web page, malformed XML or JSON, and what is no feed.
pub fn parse(bytes: &[u8], origin: &Origin<'_>) -> Read {
    let (text, _) = fetch::charset::decode(bytes, origin.charset);
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t', '\0']);
    if text.is_empty() {
        return Err(Unreadable::new("empty document", "a feed was expected and nothing came"));
    }
    let source = if text.starts_with('{') { text.to_owned() } else { xml(text)? };
    let feed = read(&source, origin.url.as_ref()).or_else(|error| {
        let readable = with_known_type(&source, &error).ok_or_else(|| error.clone())?;
        read(&readable, origin.url.as_ref())
    });
    let feed = feed.or_else(|error| {
        let shorter = without_torn_end(&source).ok_or_else(|| error.clone())?;
        read(&shorter, origin.url.as_ref()).map_err(|_| error)
    })?;
    Ok(feed.entries.iter().map(|entry| draft(entry, &feed, origin)).collect())
}

/// The mended XML of a feed, or why this is none.
fn xml(text: &str) -> Result<String, Unreadable> {
    let head: String = text.chars().take(2000).collect::<String>().to_ascii_lowercase();
    let feed_at =
        ["<rss", "<feed", "<rdf:rdf", ":feed", "<entry"].iter().filter_map(|tag| head.find(tag)).min();
    let page_at = ["<!doctype html", "<html"].iter().filter_map(|tag| head.find(tag)).min();
    match (page_at, feed_at) {
        (Some(page), feed) if feed.is_none_or(|feed| page < feed) => {
            Err(Unreadable::new(WEB_PAGE, "the document begins as HTML"))
        }
        _ if !text.starts_with('<') && feed_at.is_none() => {
            Err(Unreadable::new("not a feed", "the document begins with neither XML nor JSON"))
        }
        _ => repair::repaired(text.find('<').and_then(|at| text.get(at..)).unwrap_or(text)),
    }
}

fn read(source: &str, base: Option<&Url>) -> Result<Feed, Unreadable> {
    let parser = Builder::new()
        .base_uri(base.map(Url::as_str))
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(|text| date::lenient(text).and_then(|moment| moment.to_string().parse().ok()))
        .build();
    // The library panics on some documents; such a document is unreadable, the round goes on.
    match catch_unwind(AssertUnwindSafe(|| parser.parse(source.as_bytes()))) {
        Ok(Ok(feed)) => Ok(feed),
        Ok(Err(error)) => Err(unreadable(&error)),
        Err(_) => Err(Unreadable::new("malformed feed", "the reader gave up on it")),
    }
}

fn unreadable(error: &ParseFeedError) -> Unreadable {
    let detail: String = error.to_string().chars().take(200).collect();
    match error {
        ParseFeedError::JsonSerde(_) => Unreadable::new("malformed JSON", detail),
        ParseFeedError::XmlReader(_) => Unreadable::new("malformed XML", detail),
        ParseFeedError::ParseError(_) | ParseFeedError::JsonUnsupportedVersion(_) => {
            Unreadable::new("not a feed", detail)
        }
        ParseFeedError::IoError(_) => Unreadable::new("malformed feed", detail),
    }
}

/// The feed with a content type that the reader does not know taken as HTML, so that one odd item does not cost the rest.
fn with_known_type(source: &str, error: &Unreadable) -> Option<String> {
    let unknown = error.sentence.split_once("unsupported content type ")?.1.split_once(" at position")?.0;
    let stated = format!("type=\"{unknown}\"");
    source.contains(&stated).then(|| source.replace(&stated, "type=\"html\""))
}

/// The feed up to its last whole item, closed; for a feed that was cut off or is broken near its end.
fn without_torn_end(source: &str) -> Option<String> {
    let (item, end) = if source.contains("<rss") {
        ("</item>", "</channel></rss>")
    } else if source.contains("<rdf:RDF") {
        ("</item>", "</rdf:RDF>")
    } else {
        ("</entry>", "</feed>")
    };
    let at = source.rfind(item)?;
    Some(format!("{}{item}{end}", source.get(..at)?))
}

fn draft(entry: &Entry, feed: &Feed, origin: &Origin<'_>) -> Draft {
    let link = main_link(&entry.links).map(|link| absolute(link, feed, origin));
    let text = text(entry);
    let title = title(entry, &text, link.as_deref());
    let published = entry.published.and_then(|at| Timestamp::from_millisecond(at.timestamp_millis()).ok());
    let updated = entry.updated.and_then(|at| Timestamp::from_millisecond(at.timestamp_millis()).ok());
    let words =
        entry.categories.iter().take(50).map(|category| category.label.as_deref().unwrap_or(&category.term));
    let categories: Vec<String> = words.map(|word| clean::line(word).into_string()).collect();
    let mut statement = Statement {
        publisher: publisher(entry, feed),
        published,
        // RSS has no date of change; the reader copies the other one.
        updated: updated.filter(|_| entry.updated != entry.published || feed.feed_type == FeedType::Atom),
        references: references(entry, link.as_deref(), feed, origin),
        ..Statement::default()
    };
    let ids = identifiers::advisory_ids(title.as_str());
    let releases = feed.title.as_ref().is_some_and(|title| RELEASES.is_match(&title.content));
    let kind = kind(title.as_str(), &categories, !ids.is_empty(), releases);
    identifiers::assign(ids, &mut statement);
    let own = native_id(entry, link.as_deref(), title.as_str(), published);
    let native_id = if origin.path.is_empty() { own } else { format!("{}#{own}", origin.path) };
    let evidence = evidence(entry, link.as_deref(), &categories);
    statement.title = title;
    statement.text = text;
    Draft { native_id, kind, link, statement, evidence }
}

/// The link that an item is about: not a comment page, an enclosure, or the feed itself.
fn main_link(links: &[Link]) -> Option<&str> {
    let of = |wanted: fn(Option<&str>) -> bool| {
        links
            .iter()
            .find(|link| link.target.is_none() && wanted(link.rel.as_deref()) && !link.href.trim().is_empty())
    };
    let link = of(|rel| rel == Some("alternate")).or_else(|| of(|rel| rel.is_none()))?;
    Some(link.href.trim())
}

fn absolute(link: &str, feed: &Feed, origin: &Origin<'_>) -> String {
    if Url::parse(link).is_ok() {
        return link.to_owned();
    }
    let home = main_link(&feed.links).and_then(|home| Url::parse(home).ok());
    let base = origin.url.as_ref().or(home.as_ref());
    base.and_then(|base| base.join(link).ok()).map_or_else(|| link.to_owned(), String::from)
}

/// The longer of content and summary, cleaned; where both are absent, what a media item says of itself.
fn text(entry: &Entry) -> Text {
    let cleaned = |body: &str, media_type: &str| {
        if media_type == "text/plain" && !looks_like_html(body) {
            clean::plain(body)
        } else {
            clean::html(body)
        }
    };
    let content = entry.content.as_ref().and_then(|content| {
        Some(cleaned(content.body.as_deref()?, &content.content_type.essence().to_string()))
    });
    let summary =
        entry.summary.as_ref().map(|text| cleaned(&text.content, &text.content_type.essence().to_string()));
    let media = || entry.media.iter().find_map(|media| media.description.as_ref());
    match (content, summary) {
        (Some(content), Some(summary)) if summary.as_str().len() > content.as_str().len() => summary,
        (Some(content), _) => content,
        (None, Some(summary)) => summary,
        (None, None) => media().map_or_else(Text::default, |text| clean::html(&text.content)),
    }
}

fn looks_like_html(text: &str) -> bool {
    static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)</?(?:p|b|i|a|em|br|div|span|ul|li|strong|code|pre|h[1-6]|img|script|sup|sub|tt)\b[^>]*>|&(?:#\d+|#x[0-9a-f]+|[a-z]+);")
            .expect("the expression is a literal that the tests compile")
    });
    MARKUP.is_match(text)
}

/// The item's title, or the first words of its text, or its link; never empty.
fn title(entry: &Entry, text: &Text, link: Option<&str>) -> Text {
    let said = entry.title.as_ref().map(|title| {
        if title.content_type.essence().to_string() == "text/html" || looks_like_html(&title.content) {
            clean::line(clean::html(&title.content).as_str())
        } else {
            clean::line(&title.content)
        }
    });
    if let Some(title) = said.filter(|title| !title.is_empty()) {
        return title;
    }
    let words: Vec<&str> = text.as_str().split_whitespace().take(12).collect();
    let title = clean::line(&words.join(" "));
    if title.is_empty() { clean::line(link.unwrap_or("(no title)")) } else { title }
}

fn publisher(entry: &Entry, feed: &Feed) -> Option<String> {
    let author = entry.authors.iter().chain(&feed.authors).find_map(|person| person.name.as_deref());
    let name = author.or(feed.title.as_ref().map(|title| title.content.as_str()))?;
    let name = clean::line(name);
    (!name.is_empty()).then(|| name.into_string())
}

fn references(entry: &Entry, own: Option<&str>, feed: &Feed, origin: &Origin<'_>) -> Vec<Reference> {
    let others =
        entry.links.iter().filter(|link| !matches!(link.rel.as_deref(), Some("self" | "edit" | "replies")));
    let others = others.take(50).map(|link| (absolute(link.href.trim(), feed, origin), link));
    others
        .filter(|(url, _)| Some(url.as_str()) != own && url.starts_with("http"))
        .map(|(url, link)| Reference {
            url: clean::line(&url).into_string(),
            label: link.title.as_deref().map(|label| clean::line(label).into_string()),
        })
        .collect()
}

fn kind(title: &str, categories: &[String], has_id: bool, releases: bool) -> Kind {
    let says_so = |text: &str| {
        let text = text.to_lowercase();
        text.contains("advisory") || text.contains("advisories") || text.contains("vulnerabilit")
    };
    let labelled = |label: &String| says_so(label) || !identifiers::advisory_ids(label).is_empty();
    if has_id || says_so(title) || categories.iter().any(labelled) {
        Kind::Advisory
    } else if RELEASE.is_match(title) || (releases && VERSION.is_match(title)) {
        Kind::Release
    } else {
        Kind::Notice
    }
}

/// The item's id as published, else its link, else a hash of its title and date.
fn native_id(entry: &Entry, link: Option<&str>, title: &str, published: Option<Timestamp>) -> String {
    let id = entry.id.trim();
    if !id.is_empty() && id.len() <= 2048 {
        return id.to_owned();
    }
    if let Some(link) = link.filter(|link| id.is_empty() && link.len() <= 2048) {
        return link.to_owned();
    }
    let date = published.map(|at| at.to_string()).unwrap_or_default();
    let digest =
        Sha256::new().chain_update(id).chain_update(title).chain_update([0]).chain_update(date).finalize();
    format!("hash:{}", hex::encode(digest.get(..16).unwrap_or_default()))
}

/// What was read for this item alone, so that it stays the same while other items of the feed change.
fn evidence(entry: &Entry, link: Option<&str>, categories: &[String]) -> Evidence {
    let body = serde_json::json!({
        "id": entry.id,
        "title": entry.title.as_ref().map(|text| &text.content),
        "link": link,
        "published": entry.published.map(|at| at.timestamp_millis()),
        "updated": entry.updated.map(|at| at.timestamp_millis()),
        "summary": entry.summary.as_ref().map(|text| &text.content),
        "content": entry.content.as_ref().and_then(|content| content.body.as_ref()),
        "categories": categories,
    });
    Evidence { media_type: "application/json".to_owned(), bytes: body.to_string().into_bytes() }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::formats::Origin;
    use index::entry::{Draft, Kind};

    fn items(feed: &str) -> Vec<Draft> {
        let url = url::Url::parse("https://acme.example/feed.xml").ok();
        parse(feed.as_bytes(), &Origin { url, ..Origin::default() }).unwrap()
    }

    fn item(content: &str) -> Draft {
        items(&format!(
            "<rss version='2.0'><channel><title>Acme</title><item>{content}</item></channel></rss>"
        ))
        .remove(0)
    }

    #[track_caller]
    fn refused(feed: &str, kind: &str) {
        let error = parse(feed.as_bytes(), &Origin::default()).unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
    }

    #[test]
    fn identity_is_the_published_id_then_the_link_then_a_hash() {
        assert_eq!(item("<guid> x-1 </guid><link>https://acme.example/1</link>").native_id, "x-1");
        assert_eq!(item("<link>/1</link>").native_id, "https://acme.example/1");
        let nameless = item("<title>Hello</title>").native_id;
        assert!(nameless.starts_with("hash:"));
        assert_eq!(nameless, item("<title>Hello</title><description>edited</description>").native_id);
    }

    #[test]
    fn a_title_says_what_kind_an_item_is() {
        assert_eq!(item("<title>CVE-2024-12345 in anvil</title>").kind, Kind::Advisory);
        assert_eq!(item("<title>Security advisory for anvil</title>").kind, Kind::Advisory);
        assert_eq!(item("<title>v1.2.3</title>").kind, Kind::Release);
        assert_eq!(item("<title>Anvil 1.2.3 released</title>").kind, Kind::Release);
        assert_eq!(item("<title>Office hours</title>").kind, Kind::Notice);
    }

    #[test]
    fn common_mistakes_are_mended() {
        let draft = item("<title>Caf&eacute; & bar &nbsp; &bogus; &#0; 1 < 2</title><link>/x?a=1&b=2</link>");
        assert_eq!(draft.statement.title.as_str(), "Café & bar &bogus; 1 < 2");
        assert_eq!(draft.link.as_deref(), Some("https://acme.example/x?a=1&b=2"));
    }

    #[test]
    fn a_feed_that_was_cut_off_keeps_its_whole_items() {
        let torn = "<rss version='2.0'><channel><item><title>a</title></item><item><title>b";
        assert_eq!(items(torn).len(), 1);
    }

    #[test]
    fn one_item_of_an_odd_type_does_not_cost_the_others() {
        let feed = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>a</id><content type=\"application/x-odd\">x</content></entry><entry><id>b</id></entry></feed>";
        assert_eq!(items(feed).len(), 2);
    }

    #[test]
    fn an_item_without_title_is_named_by_its_first_words() {
        let draft = item("<description>&lt;p&gt;The key changes.&lt;/p&gt;</description>");
        assert_eq!(draft.statement.title.as_str(), "The key changes.");
    }

    #[test]
    fn an_entity_bomb_is_not_expanded() {
        let bomb = "<!DOCTYPE r [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;'>]><rss version='2.0'><channel><item><title>&b;</title></item></channel></rss>";
        assert_eq!(items(bomb).remove(0).statement.title.as_str(), "&b;");
    }

    #[test]
    fn what_is_no_feed_is_refused_with_one_sentence() {
        refused("", "empty document");
        refused("<!DOCTYPE html><html><body>Gone</body></html>", "a web page, not a feed");
        refused("plain words", "not a feed");
        refused("<svg/>", "not a feed");
        refused("{\"a\":1}", "malformed JSON");
        refused(&format!("<rss version='2.0'>{}", "<a>".repeat(1_700_000)), "nested too deeply");
    }
}
