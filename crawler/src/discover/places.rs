//! Where on a site channels are looked for, beyond its first page: security.txt, CSAF, the sitemap.
//!
//! Each place answers candidates: what may be a source, why, and nothing that was read. Places on different hosts are
//! asked at the same time; on one host the door keeps its pace.

use index::vendor::Contact;
use jiff::Timestamp;
use tokio::sync::mpsc;
use url::Url;

use super::eyes::Eyes;
use super::seen::{self, Seen};
use super::{Candidate, sample, sitemap};
use crate::fetch::Reach;
use crate::formats::security_txt::{self, SecurityTxt};
use crate::sources::csaf;

/// What is asked for.
const ACCEPT_PAGE: &str = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1";
/// Bytes of a page.
pub(super) const PAGE: u64 = 2 << 20;
/// Bytes of a `security.txt`; the real ones have a few hundred.
const TEXT: u64 = 64 << 10;
/// Bytes of a sitemap as it comes.
const MAP: u64 = 8 << 20;
/// Sitemaps that are read.
const MAPS: usize = 4;
/// Pages of a sitemap that are proposed.
const PAGES: usize = 6;

/// What a `security.txt` said, beside candidates.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) contacts: Vec<Contact>,
    pub(super) named: Vec<String>,
    pub(super) candidates: Vec<Candidate>,
}

/// Fetches a page and looks at it.
pub(super) async fn page(eyes: &Eyes<'_>, url: &Url) -> Option<(Url, Seen)> {
    let fetched = eyes.find(url, ACCEPT_PAGE, PAGE).await?;
    let seen = seen::look(&fetched);
    Some((fetched.url, seen))
}

/// Looks for security.txt and, in the standard's own order, for the description of a CSAF provider.
pub(super) async fn security(eyes: &Eyes<'_>, site: &Url) -> Said {
    let mut providers: Vec<(Url, String)> = Vec::new();
    let well_known = "/.well-known/csaf/provider-metadata.json";
    providers
        .extend(site.join(well_known).ok().map(|url| (url, format!("the site answers at {well_known}"))));
    let mut said = match text(eyes, site).await {
        Some((place, text)) => {
            let why = format!("the field CSAF of {place}");
            providers.extend(text.csaf.iter().take(3).map(|url| (url.clone(), why.clone())));
            Said::of(&text, &place, eyes.now)
        }
        None => Said::default(),
    };
    if let Some(domain) = site.domain() {
        let place = Url::parse(&format!("{}://csaf.data.security.{domain}", site.scheme())).ok();
        providers.extend(place.map(|url| (url, format!("csaf.data.security.{domain} answers"))));
    }
    for (url, why) in providers {
        if describes_itself(eyes, &url).await {
            said.candidates.push(Candidate::new("csaf", url, "CSAF", why));
            break;
        }
    }
    said
}

impl Said {
    /// What a security.txt says beside where CSAF is: contacts, keys to encrypt with, and that it expired.
    fn of(text: &SecurityTxt, place: &Url, now: Timestamp) -> Self {
        let mut said = Self::default();
        for encryption in &text.encryption {
            match Url::parse(encryption).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
                Some(url) => {
                    let why = format!("the field Encryption of {place}");
                    said.candidates.push(Candidate::new("keys", url, "security contact key", why));
                }
                None => said.named.push(format!("{place} names the key to encrypt with: {encryption}")),
            }
        }
        for thanks in &text.acknowledgments {
            said.named.push(format!("{place} thanks those who reported something at {thanks}"));
        }
        let expired = text.expires.filter(|expires| *expires < now);
        if let Some(expired) = expired {
            let day = day(expired);
            said.named.push(format!("{place} expired on {day}: its contacts may no longer be right"));
        }
        said.contacts = contacts(text, place, expired);
        said
    }
}

/// The site's security.txt and where it lies.
async fn text(eyes: &Eyes<'_>, site: &Url) -> Option<(Url, SecurityTxt)> {
    for path in ["/.well-known/security.txt", "/security.txt"] {
        let Ok(url) = site.join(path) else { continue };
        let Some(fetched) = eyes.find(&url, "text/plain", TEXT).await else { continue };
        match security_txt::parse(&fetched.bytes) {
            Ok(text) => return Some((fetched.url, text)),
            // A site may answer every address with its own page.
            Err(why) => eyes.miss(format!("{} was not taken: {why}", fetched.url)),
        }
    }
    None
}

fn contacts(text: &SecurityTxt, place: &Url, expired: Option<Timestamp>) -> Vec<Contact> {
    let learnt_from = match expired {
        Some(expired) => format!("{place}, expired on {}", day(expired)),
        None => place.to_string(),
    };
    let contact = |purpose: &str, address: &String| {
        let bare = ["mailto:", "tel:"].iter().find_map(|scheme| address.strip_prefix(scheme));
        Contact {
            purpose: purpose.to_owned(),
            address: bare.unwrap_or(address).to_owned(),
            learnt_from: learnt_from.clone(),
        }
    };
    let contacts = text.contacts.iter().map(|address| contact("security", address));
    contacts.chain(text.policy.iter().map(|address| contact("security policy", address))).collect()
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

async fn describes_itself(eyes: &Eyes<'_>, url: &Url) -> bool {
    let private = eyes.reach_of(url) == Reach::Private;
    let source =
        Candidate::new("csaf", url.clone(), "", String::new()).source(index::source::Kind::Csaf, private);
    let (drafts, _nobody) = mpsc::channel(1);
    let errand = sample::errand(&source, eyes.door, eyes.now, drafts);
    tokio::time::timeout_at(eyes.until, csaf::described_at(&errand, url.clone()))
        .await
        .is_ok_and(|read| read.is_ok())
}

/// Looks for pages with a topic worth reading in the site's sitemaps.
pub(super) async fn map(eyes: &Eyes<'_>, site: &Url) -> Vec<Candidate> {
    let mut maps = Vec::new();
    if let Ok(robots) = site.join("/robots.txt")
        && let Some(fetched) = eyes.find(&robots, "text/plain, */*;q=0.5", 500 << 10).await
    {
        maps = sitemap::named(&String::from_utf8_lossy(&fetched.bytes), &fetched.url);
    }
    if maps.is_empty() {
        maps.extend(site.join("/sitemap.xml").ok());
    }
    let own = |url: &Url| super::domain::of(url) == eyes.domain;
    let (mut pages, mut asked) = (Vec::new(), std::collections::HashSet::new());
    let mut waiting: Vec<Url> = sitemap::ordered(maps);
    while let Some(url) =
        waiting.iter().position(|url| own(url) && !asked.contains(url)).map(|at| waiting.remove(at))
    {
        if asked.len() >= MAPS {
            eyes.miss(format!("more than {MAPS} sitemaps are named; the others were not read"));
            break;
        }
        asked.insert(url.clone());
        let Some(fetched) = eyes.find(&url, "application/xml, text/xml, */*;q=0.5", MAP).await else {
            continue;
        };
        match sitemap::read(&fetched.bytes, &fetched.url) {
            Ok(listed) => {
                pages.extend(listed.pages.into_iter().filter(own));
                waiting.extend(sitemap::ordered(listed.maps));
            }
            Err(why) => eyes.miss(format!("{} was not taken: {why}", fetched.url)),
        }
    }
    let candidate = |url: Url| {
        let label = label(&url);
        Candidate::new("page", url, &label, "the sitemap lists it, and its address speaks of it".to_owned())
    };
    sitemap::distinct(pages).into_iter().take(PAGES).map(candidate).collect()
}

/// What a page is called after its address: `/en/release_notes.html` is "release notes".
pub(super) fn label(url: &Url) -> String {
    let last =
        url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty())).unwrap_or("page");
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    stem.replace(['-', '_', '+'], " ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use url::Url;

    use super::{Said, label};
    use crate::formats::security_txt;

    #[test]
    fn what_expired_is_said_and_its_contacts_say_so() {
        let text = "Contact: mailto:security@acme.example\nContact: tel:+1-201-555-0100\nPolicy: https://acme.example/policy\n\
            Encryption: openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f\nEncryption: https://acme.example/key.asc\n\
            Expires: 2026-01-01T00:00:00Z\nAcknowledgments: https://acme.example/thanks\n";
        let place = Url::parse("https://acme.example/.well-known/security.txt").unwrap();
        let said = |now: &str| {
            let now: Timestamp = now.parse().unwrap();
            Said::of(&security_txt::parse(text.as_bytes()).unwrap(), &place, now)
        };
        let (before, after) = (said("2025-12-31T00:00:00Z"), said("2026-11-24T00:00:00Z"));
        let contacts: Vec<_> =
            before.contacts.iter().map(|one| (one.purpose.as_str(), one.address.as_str())).collect();
        assert_eq!(
            contacts,
            [
                ("security", "security@acme.example"),
                ("security", "+1-201-555-0100"),
                ("security policy", "https://acme.example/policy"),
            ]
        );
        assert_eq!(before.contacts[0].learnt_from, place.as_str());
        assert!(after.contacts[0].learnt_from.ends_with("security.txt, expired on 2026-01-01"));
        assert_eq!((before.named.len(), after.named.len(), before.candidates.len()), (2, 3, 1));
        assert!(after.named[2].contains("expired on 2026-01-01"), "{:?}", after.named);
    }

    #[test]
    fn a_page_is_called_after_its_address() {
        let check = |url, expected| assert_eq!(label(&Url::parse(url).unwrap()), expected);
        check("https://acme.example/en/Release_Notes.html", "release notes");
        check("https://acme.example/security/", "security");
        check("https://acme.example/", "page");
    }
}
