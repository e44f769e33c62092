//! Web pages: one page as one entry, and a list of items with links to their own pages, by CSS selectors.
//!
//! What a list holds is stated by a person through [`Selectors`]; nothing is guessed. Refuses pages that nest too deeply.

use std::cell::LazyCell;

use index::entry::{Draft, Evidence, Kind, Statement};
use index::text::Text;
use jiff::Timestamp;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::{Origin, Read, Unreadable, article, date, identifiers, markdown};
use crate::{clean, fetch};

/// The kind of trouble with a page that a selector does not fit.
pub const UNMATCHED: &str = "selector matches nothing";

/// Items that one list may hold.
const MAX_ITEMS: usize = 2000;

/// Where things stand in a list and in the pages it links to.
#[derive(Clone, Debug, Default)]
pub struct Selectors {
    /// One item of the list.
    pub item: Option<Selector>,
    /// The link within an item; its first `a[href]` where absent.
    pub link: Option<Selector>,
    /// The title within an item; the link's text where absent.
    pub title: Option<Selector>,
    /// The date within an item.
    pub date: Option<Selector>,
    /// The link to the next page of the list.
    pub next: Option<Selector>,
    /// The text within an item's own page; the main text where absent.
    pub body: Option<Selector>,
    /// The title within an item's own page.
    pub detail_title: Option<Selector>,
    /// The date within an item's own page.
    pub detail_date: Option<Selector>,
    /// The form of dates (`strptime`); common forms are tried where absent.
    pub date_format: Option<String>,
    /// The kind of every item, where a person has said so.
    pub kind: Option<Kind>,
}

/// One item of a list.
#[derive(Clone, Debug)]
pub struct Item {
    /// Address of the item's own page.
    pub url: Url,
    /// Its title in the list, one line.
    pub title: String,
    /// Its date in the list.
    pub published: Option<Timestamp>,
    /// The item as the list shows it, as HTML.
    pub html: String,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Its items, in order.
    pub items: Vec<Item>,
    /// The next page.
    pub next: Option<Url>,
}

/// Reads a single page as one entry with its main text.
///
/// # Errors
/// [`Unreadable`] for an empty document.
pub fn parse(bytes: &[u8], origin: &Origin<'_>) -> Read {
    detail(bytes, origin, &Selectors::default(), None).map(|draft| vec![draft])
}

/// Reads one page of a list; `base` is the address it came from.
///
/// # Errors
/// [`Unreadable`] when the page cannot be parsed, or when a selector matches nothing.
pub fn list(html: &str, base: &Url, selectors: &Selectors) -> Result<Listing, Unreadable> {
    let page = tree(html)?;
    let Some(item) = &selectors.item else { return Err(nothing("item")) };
    let found: Vec<ElementRef<'_>> = page.select(item).take(MAX_ITEMS).collect();
    if found.is_empty() {
        return Err(nothing("item"));
    }
    let items: Vec<Item> =
        found.into_iter().filter_map(|element| read_item(element, base, selectors)).collect();
    if items.is_empty() {
        return Err(nothing("link"));
    }
    let next = selectors.next.as_ref().and_then(|next| address(page.select(next).next()?, base));
    Ok(Listing { items, next })
}

/// Reads an item's own page, or a page by itself where `item` is absent.
///
/// # Errors
/// [`Unreadable`] for an empty document, and when a selector matches nothing.
pub fn detail(
    bytes: &[u8],
    origin: &Origin<'_>,
    selectors: &Selectors,
    item: Option<&Item>,
) -> Result<Draft, Unreadable> {
    let (html, _) = fetch::charset::decode(bytes, origin.charset);
    if html.trim().is_empty() {
        return Err(Unreadable::new("empty document", "a web page was expected and nothing came"));
    }
    // Finding the main text costs more than everything else; where the selectors say it all, it is not looked for.
    let main = LazyCell::new(|| article::read(&html, origin.url.as_ref()));
    let listed = item.map(|item| item.title.as_str()).filter(|title| !title.is_empty());
    let seen = by_selectors(&html, selectors, listed.is_some())?;
    let stated = seen.title.as_deref().or(listed).or(seen.heading.as_deref());
    let title = stated.unwrap_or_else(|| main.title.as_str());
    let title = clean::line(if title.is_empty() { identifiers::file_name(origin.path) } else { title });
    let mut statement = Statement {
        text: seen.body.unwrap_or_else(|| main.text.clone()),
        published: seen.date.or(item.and_then(|item| item.published)).or_else(|| main.published),
        ..Statement::default()
    };
    let mut ids = identifiers::advisory_ids(title.as_str());
    ids.extend(identifiers::advisory_ids(identifiers::file_name(origin.path)));
    let kind = selectors.kind.unwrap_or(if ids.is_empty() { Kind::Notice } else { Kind::Advisory });
    identifiers::assign(ids, &mut statement);
    statement.title = title;
    let link = item.map(|item| item.url.to_string()).or_else(|| origin.url.as_ref().map(Url::to_string));
    let native_id = item.map_or_else(|| markdown::native_id(origin), |item| item.url.to_string());
    let evidence = Evidence { media_type: "text/html".to_owned(), bytes: bytes.to_vec() };
    Ok(Draft { native_id, kind, link, statement, evidence })
}

/// Reads an item from the list alone.
#[must_use]
pub fn listed(item: &Item, selectors: &Selectors) -> Draft {
    let mut statement = Statement {
        title: clean::line(&item.title),
        text: clean::html(&item.html),
        published: item.published,
        ..Statement::default()
    };
    let ids = identifiers::advisory_ids(&item.title);
    let kind = selectors.kind.unwrap_or(if ids.is_empty() { Kind::Notice } else { Kind::Advisory });
    identifiers::assign(ids, &mut statement);
    let evidence = Evidence { media_type: "text/html".to_owned(), bytes: item.html.clone().into_bytes() };
    Draft { native_id: item.url.to_string(), kind, link: Some(item.url.to_string()), statement, evidence }
}

fn nothing(what: &str) -> Unreadable {
    Unreadable::new(UNMATCHED, format!("`{what}` finds nothing on the page; has its layout changed?"))
}

fn tree(html: &str) -> Result<Html, Unreadable> {
    if clean::may_be_parsed(html) {
        Ok(Html::parse_document(html))
    } else {
        Err(Unreadable::new("nested too deeply", "the page is too deep or too large to be parsed"))
    }
}

fn read_item(element: ElementRef<'_>, base: &Url, selectors: &Selectors) -> Option<Item> {
    let link = match &selectors.link {
        Some(link) => element.select(link).next(),
        None if element.value().attr("href").is_some() => Some(element),
        None => element.select(&Selector::parse("a[href]").ok()?).next(),
    }?;
    let title = selectors.title.as_ref().and_then(|title| element.select(title).next()).unwrap_or(link);
    let when = selectors.date.as_ref().and_then(|date| element.select(date).next());
    Some(Item {
        url: address(link, base)?,
        title: words(title),
        published: when.and_then(|element| moment(element, selectors.date_format.as_deref())),
        html: element.html(),
    })
}

fn words(element: ElementRef<'_>) -> String {
    clean::line(&element.text().collect::<String>()).into_string()
}

/// The web address that an element links to, without fragment.
fn address(element: ElementRef<'_>, base: &Url) -> Option<Url> {
    let mut url = base.join(element.value().attr("href")?.trim()).ok()?;
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// A date in an element's `datetime` or `content` attribute, or in its text.
fn moment(element: ElementRef<'_>, form: Option<&str>) -> Option<Timestamp> {
    let shown = words(element);
    let stated =
        || ["datetime", "content"].iter().find_map(|name| date::lenient(element.value().attr(name)?));
    form.and_then(|form| date::formatted(&shown, form)).or_else(stated).or_else(|| date::lenient(&shown))
}

/// What selectors find in an item's own page.
#[derive(Default)]
struct Seen {
    title: Option<String>,
    heading: Option<String>,
    date: Option<Timestamp>,
    body: Option<Text>,
}

/// What selectors find on a page; its heading is looked for if nothing else gives a title.
fn by_selectors(html: &str, selectors: &Selectors, titled: bool) -> Result<Seen, Unreadable> {
    let Ok(page) = tree(html) else { return Ok(Seen::default()) };
    let first = |selector: &Option<Selector>, name: &str| match selector {
        Some(selector) => page.select(selector).next().map(Some).ok_or_else(|| nothing(name)),
        None => Ok(None),
    };
    let needed: &[&str] = if titled || selectors.detail_title.is_some() { &[] } else { &["h1", "title"] };
    let heading = needed.iter().find_map(|name| {
        let words = words(page.select(&Selector::parse(name).ok()?).next()?);
        (!words.is_empty()).then_some(words)
    });
    Ok(Seen {
        title: first(&selectors.detail_title, "detail_title")?.map(words),
        heading,
        date: first(&selectors.detail_date, "detail_date")?
            .and_then(|element| moment(element, selectors.date_format.as_deref())),
        body: first(&selectors.body, "body")?.map(clean::element),
    })
}

#[cfg(test)]
mod tests {
    use super::{Selectors, detail, list, parse};
    use crate::formats::Origin;
    use index::entry::Kind;
    use scraper::Selector;
    use url::Url;

    fn selector(text: &str) -> Option<Selector> {
        Selector::parse(text).ok()
    }

    #[test]
    fn a_single_page_is_one_entry() {
        let page = "<html><head><title>Acme</title></head><body><h1>CVE-2024-12345: anvils fall</h1><p>They do.</p></body></html>";
        let draft =
            parse(page.as_bytes(), &Origin { path: "a.html", ..Origin::default() }).unwrap().remove(0);
        assert_eq!((draft.kind, draft.native_id.as_str()), (Kind::Advisory, "a.html"));
        assert_eq!(draft.statement.title.as_str(), "CVE-2024-12345: anvils fall");
        assert!(draft.statement.text.as_str().contains("They do."));
    }

    #[test]
    fn a_list_gives_its_items_and_the_next_page() {
        let page = "<ul><li><a href='/a#x'>Anvil</a> <time datetime='2024-03-01'>March</time></li></ul><a class=next href='?page=2'>next</a>";
        let selectors = Selectors {
            item: selector("li"),
            date: selector("time"),
            next: selector(".next"),
            ..Selectors::default()
        };
        let base = Url::parse("https://acme.example/list").unwrap();
        let listing = list(page, &base, &selectors).unwrap();
        let item = listing.items.first().unwrap();
        assert_eq!((item.url.as_str(), item.title.as_str()), ("https://acme.example/a", "Anvil"));
        assert!(item.published.is_some());
        assert_eq!(listing.next.unwrap().as_str(), "https://acme.example/list?page=2");
        let own = Selectors { body: selector(".body"), ..selectors };
        let draft =
            detail(b"<p class=body>Text</p><p>else</p>", &Origin::default(), &own, Some(item)).unwrap();
        assert_eq!(draft.statement.text.as_str(), "Text");
    }

    #[test]
    fn a_selector_that_matches_nothing_is_named() {
        let base = Url::parse("https://acme.example/").unwrap();
        let error =
            list("<p>x</p>", &base, &Selectors { item: selector("li"), ..Selectors::default() }).unwrap_err();
        assert!(error.sentence.contains("`item`"), "{error}");
        let own = Selectors { body: selector(".gone"), ..Selectors::default() };
        assert!(detail(b"<p>x</p>", &Origin::default(), &own, None).unwrap_err().sentence.contains("`body`"));
    }
}
