//! The frame of an invented vendor's pages: what stands around a text on every real site.
//!
//! Navigation, a teaser and a footer are there so that finding the main text has something to do. Takes text and
//! fragments of HTML that were written for this world; anything from elsewhere goes through [`escape`] first.

/// What differs from one vendor's frame to the other's.
pub(super) struct Frame {
    /// The vendor's name, in the header and footer.
    pub(super) vendor: &'static str,
    /// Names and paths of the navigation.
    pub(super) places: &'static [(&'static str, &'static str)],
    /// Path of the feed that every page announces.
    pub(super) feed: &'static str,
    /// What the box beside the text says.
    pub(super) teaser: &'static str,
    /// What the last lines say.
    pub(super) footer: &'static str,
}

impl Frame {
    /// A whole page around `main`, a fragment of HTML.
    pub(super) fn page(&self, title: &str, main: &str) -> String {
        let Self { vendor, feed, teaser, footer, .. } = self;
        let feed_type = if feed.ends_with(".atom") { "atom" } else { "rss" };
        let title = escape(title);
        let places: String = self
            .places
            .iter()
            .map(|(name, path)| format!("        <li><a href=\"{path}\">{name}</a></li>\n"))
            .collect();
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n  <meta charset=\"utf-8\">\n  <title>{title} | {vendor}</title>\n  \
             <meta property=\"og:site_name\" content=\"{vendor}\">\n  <link rel=\"alternate\" type=\"application/{feed_type}+xml\" href=\"{feed}\">\n\
             </head>\n<body>\n  <header class=\"site-header\">\n    <a class=\"brand\" href=\"/\">{vendor}</a>\n    \
             <nav>\n      <ul>\n{places}      </ul>\n    </nav>\n  </header>\n  <main id=\"content\">\n{main}\n  </main>\n  \
             <aside class=\"teaser\">{teaser}</aside>\n  <footer class=\"site-footer\">{footer}</footer>\n</body>\n</html>\n"
        )
    }
}

/// Text made fit for HTML and XML, in elements and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}
