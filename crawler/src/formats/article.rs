//! The main text of a web page, without its navigation, by the readability rules of `dom_smoothie`.
//!
//! On a short page those rules can take a footer for the text; where the page itself says which part is the main one
//! (HTML, `article` and `main`), what was found must lie in there, or that part is taken whole.
//! Refuses pages that nest too deeply or are too large to parse; those are only stripped of their tags.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dom_smoothie::Readability;
use index::text::Text;
use jiff::Timestamp;
use scraper::{Html, Selector};
use url::Url;

use super::date;
use crate::clean;

/// What a page says in its main part.
#[derive(Clone, Debug, Default)]
pub struct Article {
    /// The page's title, one line; empty where it has none.
    pub title: Text,
    /// The main text; the whole page's text where no main part was found.
    pub text: Text,
    /// When the page says it was published.
    pub published: Option<Timestamp>,
}

/// Reads the main text of a page that was fetched from `url`.
#[must_use]
pub fn read(html: &str, url: Option<&Url>) -> Article {
    let whole = || Article { text: clean::html(html), ..Article::default() };
    if !clean::may_be_parsed(html) {
        return whole();
    }
    // The library is given strangers' pages; a panic in it must stay with the page.
    let found = catch_unwind(AssertUnwindSafe(|| {
        let mut page = Readability::new(html, url.map(Url::as_str), None).ok()?;
        page.parse().ok()
    }));
    let Ok(Some(article)) = found else { return whole() };
    let mut text = clean::html(&article.content);
    if let Some(stated) = stated(html).filter(|stated| !begins_in(&text, stated)) {
        text = stated;
    }
    Article {
        title: clean::line(&article.title),
        text: if text.is_empty() { clean::html(html) } else { text },
        published: article.published_time.as_deref().and_then(date::lenient),
    }
}

/// The text of the only `article`, else of the only `main`, where there is one and it says anything.
fn stated(html: &str) -> Option<Text> {
    let page = Html::parse_document(html);
    let only = |name| {
        let selector = Selector::parse(name).ok()?;
        let mut parts = page.select(&selector);
        let part = parts.next().filter(|_| parts.next().is_none())?;
        Some(clean::html(&part.inner_html())).filter(|text| !text.is_empty())
    };
    only("article").or_else(|| only("main"))
}

/// Whether the first line of `found` stands in `stated`.
fn begins_in(found: &Text, stated: &Text) -> bool {
    let first = found.as_str().lines().find(|line| !line.trim().is_empty());
    first.is_some_and(|line| stated.as_str().contains(line.trim()))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_short_main_part_is_not_lost_to_a_longer_footer() {
        let page = "<html><head><title>5.1.4</title></head><body><main><article><h1>5.1.4</h1><p>A correction.</p></article></main>\
            <footer><p>All product names are ours.</p><p><a href='/i'>Imprint</a> <a href='/p'>Privacy</a> Cookies</p></footer>\
            </body></html>";
        let article = read(page, None);
        assert!(article.text.as_str().contains("A correction."), "{}", article.text);
        assert!(!article.text.as_str().contains("product names"), "{}", article.text);
    }

    #[test]
    fn navigation_is_left_out_of_the_main_text() {
        let paragraph = "<p>The signing key changes on the first of March, and the old key is kept for a year, as said before.</p>";
        let page = format!(
            "<html><head><title>New key</title></head><body><nav><a href='/'>Home</a></nav><article>{}</article></body></html>",
            paragraph.repeat(8)
        );
        let article = read(&page, None);
        assert_eq!(article.title.as_str(), "New key");
        assert!(
            article.text.as_str().starts_with("The signing key") && !article.text.as_str().contains("Home")
        );
    }

    #[test]
    fn a_short_page_gives_its_whole_text() {
        assert_eq!(read("<p>Hello</p>", None).text.as_str(), "Hello");
        assert_eq!(read(&format!("{}x", "<div>".repeat(40_000)), None).text.as_str(), "x");
    }
}
