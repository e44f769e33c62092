//! Orrin's security notices: an Atom feed (RFC 4287) with the whole text, and a page for each.

use jiff::Timestamp;

use crate::world::answer::{ATOM, Body, HTML};
use crate::world::moment;
use crate::world::orrin::FRAME;
use crate::world::page::escape;

/// One notice.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Short name in its address.
    pub slug: String,
    /// Headline, plain text.
    pub title: String,
    /// When it was published.
    pub published: Timestamp,
    /// When it was changed last.
    pub updated: Timestamp,
    /// What it says, a fragment of HTML.
    pub text: String,
}

/// The feed, the list or a notice.
pub(super) fn body(notices: &[Notice], path: &str, base: &str) -> Option<Body> {
    let newest = notices.iter().map(|notice| notice.updated).max()?;
    match path {
        "/notices.atom" => return Some(Body::new(ATOM, feed(notices, newest, base), newest)),
        "/notices" => return Some(Body::new(HTML, list(notices), newest)),
        _ => {}
    }
    let slug = path.strip_prefix("/notices/")?;
    let notice = notices.iter().find(|notice| notice.slug == slug)?;
    let main = format!(
        "<article>\n<h1>{}</h1>\n<p>{}</p>\n{}\n</article>",
        escape(&notice.title),
        moment::of_people(notice.published),
        notice.text
    );
    Some(Body::new(HTML, FRAME.page(&notice.title, &main), notice.updated))
}

fn list(notices: &[Notice]) -> String {
    let line = |notice: &Notice| {
        format!("<li><a href=\"/notices/{}\">{}</a></li>\n", notice.slug, escape(&notice.title))
    };
    let lines: String = notices.iter().map(line).collect();
    FRAME.page("Notices", &format!("<h1>Notices</h1>\n<ul>\n{lines}</ul>"))
}

fn feed(notices: &[Notice], newest: Timestamp, base: &str) -> String {
    let entries: String = notices.iter().map(|notice| entry(notice, base)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n\
         <title>Orrin Works security notices</title>\n<id>tag:orrin.example,2024:notices</id>\n\
         <link rel=\"self\" href=\"{base}/notices.atom\"/>\n<link href=\"{base}/notices\"/>\n<updated>{}</updated>\n\
         <author><name>Orrin Works Product Security</name></author>\n{entries}</feed>\n",
        moment::of_machines(newest)
    )
}

fn entry(notice: &Notice, base: &str) -> String {
    let Notice { slug, title, published, updated, text } = notice;
    format!(
        "<entry>\n<id>tag:orrin.example,2024:notices/{slug}</id>\n<title>{}</title>\n<link href=\"{base}/notices/{slug}\"/>\n\
         <published>{}</published>\n<updated>{}</updated>\n<content type=\"html\">{}</content>\n</entry>\n",
        escape(title),
        moment::of_machines(*published),
        moment::of_machines(*updated),
        escape(text),
    )
}

/// The notices that the world begins with, the newest first.
pub(super) fn all(now: Timestamp) -> Vec<Notice> {
    let told = TOLD.iter().map(|(slug, days, title, text)| Notice {
        slug: (*slug).to_owned(),
        title: (*title).to_owned(),
        published: moment::days_before(now, *days),
        updated: moment::days_before(now, *days),
        text: (*text).to_owned(),
    });
    told.collect()
}

/// Short name, age in days, headline, text.
const TOLD: &[(&str, i64, &str, &str)] = &[
    (
        "relay-decoder",
        10,
        "CVE-2026-90412: the relay decoder inside Orrin Ledger",
        "<p>Orrin Ledger 3.0 to 3.2.3 contains the frame decoder of Halvard Relay and is affected by CVE-2026-90412. A sender on the \
         intake port can stop the intake with one message; bookings are not lost. Ledger 3.2.4 contains the corrected decoder. \
         Advisory OWSA-0046 has the details.</p>",
    ),
    (
        "export-links",
        88,
        "Export links of Orrin Archive could be guessed",
        "<p>Links to finished exports contained a running number. Archive 2.8.1 makes them from random bytes. See OWSA-0045.</p>",
    ),
    (
        "tls-10",
        170,
        "The intake refuses TLS 1.0 and 1.1 from Ledger 3.2 on",
        "<p>Devices that cannot speak TLS 1.2 will no longer deliver bookings. The setting <code>intake.tls_minimum</code> is \
         ignored from Ledger 3.2 on.</p>",
    ),
    (
        "advisories-in-csaf",
        610,
        "Our advisories are available as CSAF documents",
        "<p>From today on, each advisory is published as a signed CSAF 2.0 document. The provider metadata lie at the well-known \
         place of our site, and so does the key.</p>",
    ),
];
