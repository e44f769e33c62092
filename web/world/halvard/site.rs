//! What tells where everything else of Halvard is: the links of its first page, its sitemap, its security.txt.

use jiff::{SignedDuration, Timestamp};

use crate::world::base::Bases;
use crate::world::moment;

/// The main part of the first page.
pub(super) fn home(bases: &Bases) -> String {
    format!(
        "<h1>Messages that arrive</h1><p>Halvard Relay moves messages between the systems you have and the systems you are \
         about to have.</p><p>Ask others in the <a href=\"{}/\">community forum</a>, or see the <a href=\"/status/\">system \
         status</a>.</p>",
        bases.community
    )
}

/// Every page that a search engine should know, as XML.
pub(super) fn sitemap(bases: &Bases) -> String {
    let paths = [
        "/",
        "/products",
        "/relay/releases",
        "/security/advisories/",
        "/security/keys",
        "/careers",
        "/imprint",
    ];
    let urls: String =
        paths.iter().map(|path| format!("<url><loc>{}{path}</loc></url>\n", bases.halvard)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{urls}</urlset>\n"
    )
}

/// Whom to tell about a vulnerability (RFC 9116); true for a year from the beginning of the world.
pub(super) fn security_txt(bases: &Bases, began: Timestamp) -> String {
    let expires = began.checked_add(SignedDuration::from_hours(24 * 365)).unwrap_or(began);
    let base = &bases.halvard;
    format!(
        "Contact: mailto:security@halvard.example\nContact: {base}/support\nEncryption: {base}/keys/packages.asc\n\
         Policy: {base}/security/policy\nExpires: {}\n",
        moment::of_machines(expires)
    )
}
