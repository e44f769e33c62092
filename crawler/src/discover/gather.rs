//! From a site's first page to candidates: its links are sorted by what they look like, and a few places are asked.
//!
//! Refuses to wander: of the pages that the first one links to, three that speak of security are looked at, and no page
//! that those lead to.

use std::collections::BTreeSet;

use index::vendor::Contact;
use url::Url;

use super::channel::{self, Looks};
use super::eyes::Eyes;
use super::seen::{Link, Seen};
use super::{Candidate, domain, places, platform};
use crate::formats::phrase;
use crate::formats::recognise::{Format, recognise};

/// Pages beyond the first whose links are looked at.
const FURTHER: usize = 3;
/// Places that may be forums.
const FORUMS: usize = 3;
/// Places that may be status pages.
const STATUSES: usize = 2;
/// Where feeds often lie, asked in this order where a site names none.
const USUAL: [&str; 3] = ["/feed", "/rss.xml", "/atom.xml"];

/// Everything that was seen.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) candidates: Vec<Candidate>,
    pub(super) contacts: Vec<Contact>,
    pub(super) named: Vec<String>,
}

/// Places that the first page leads to and that have to be asked what they are.
#[derive(Debug, Default)]
struct Leads {
    further: Vec<Url>,
    forums: Vec<Url>,
    statuses: Vec<Url>,
}

/// Looks around from the first page.
pub(super) async fn all(eyes: &Eyes<'_>, home: &Url, seen: &Seen) -> Gathered {
    let mut gathered = Gathered::default();
    if seen.cut {
        eyes.miss(format!("{home} has more links than are looked at"));
    }
    let mut leads = sorted(&mut gathered, home, seen, &eyes.domain);
    if channel::is_status_host(home) {
        leads.statuses.insert(0, home.clone());
    }
    let (said, map, further, forums, own, statuses) = tokio::join!(
        places::security(eyes, home),
        places::map(eyes, home),
        further(eyes, leads.further),
        forums(eyes, leads.forums),
        platform::recognised(eyes, home, seen),
        statuses(eyes, leads.statuses),
    );
    gathered.contacts = said.contacts;
    gathered.named.extend(said.named);
    gathered.candidates.extend(said.candidates);
    gathered.candidates.extend(own);
    gathered.candidates.extend(forums);
    gathered.candidates.extend(map);
    gathered.candidates.extend(further.candidates);
    gathered.named.extend(further.named);
    for status in statuses {
        match status {
            Ok(candidate) => gathered.candidates.push(candidate),
            Err(named) => gathered.named.push(named),
        }
    }
    if !gathered.candidates.iter().any(|candidate| candidate.kind == "feed") {
        gathered.candidates.extend(usual_feed(eyes, home).await);
    }
    gathered
}

/// Sorts a page's links into candidates, names, and places that have to be asked.
fn sorted(gathered: &mut Gathered, page: &Url, seen: &Seen, own: &str) -> Leads {
    let mut leads = Leads::default();
    let mut accounts = BTreeSet::new();
    for link in &seen.links {
        let candidate = |kind, label: &str| Candidate::new(kind, link.url.clone(), label, why(page, link));
        let found = match channel::of(link) {
            Some(Looks::Feed) => candidate("feed", &feed_label(link)),
            Some(Looks::Keys) => candidate("keys", "keys"),
            Some(Looks::Mail) => candidate("mail", &places::label(&link.url)),
            Some(Looks::Repository(name)) => {
                let url = link.url.join(&format!("/{name}")).unwrap_or_else(|_| link.url.clone());
                Candidate::new("github", url, &format!("{name} releases"), why(page, link))
            }
            Some(Looks::Page) if domain::of(&link.url) == own && link.url != *page => {
                if channel::leads_on(&link.url) {
                    push(&mut leads.further, &link.url, FURTHER);
                }
                candidate("page", &places::label(&link.url))
            }
            other => {
                match other {
                    Some(Looks::Organisation(name)) => drop(accounts.insert(name)),
                    Some(Looks::Status) => push(&mut leads.statuses, &link.url, STATUSES),
                    Some(Looks::Forum) => push(&mut leads.forums, &link.url, FORUMS),
                    _ => {}
                }
                continue;
            }
        };
        gathered.candidates.push(found);
    }
    let sentence = |name| {
        format!("the account {name} on GitHub: its repositories are added one by one, by their addresses")
    };
    gathered.named.extend(accounts.into_iter().map(sentence));
    leads
}

/// What was seen of a link.
fn why(page: &Url, link: &Link) -> String {
    if link.declared {
        format!("{page} declares it as its feed")
    } else if link.words.is_empty() {
        format!("linked from {page}")
    } else {
        format!("linked from {page} as \u{201c}{}\u{201d}", phrase::cut(&link.words, 80))
    }
}

/// Adds an address, unless there are enough or one of its host and first part.
fn push(list: &mut Vec<Url>, url: &Url, most: usize) {
    let section = |url: &Url| {
        let part = url.path_segments().and_then(|mut parts| parts.next()).unwrap_or_default().to_owned();
        (url.origin(), part)
    };
    if list.len() < most && !list.iter().any(|known| section(known) == section(url)) {
        list.push(url.clone());
    }
}

/// What a feed is called: what its link says, unless that is no more than that it is a feed.
fn feed_label(link: &Link) -> String {
    let words = link.words.to_lowercase();
    let says = words.split(|letter: char| !letter.is_alphanumeric()).any(|word| {
        word.len() > 1 && !["rss", "atom", "feed", "feeds", "subscribe", "xml", "the", "to"].contains(&word)
    });
    if says && words.chars().count() <= 50 {
        return link.words.clone();
    }
    let parts: Vec<&str> =
        link.url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [.., parent, _] => format!("{} feed", parent.replace(['-', '_'], " ")),
        _ => "feed".to_owned(),
    }
}

/// The links of pages that speak of security: feeds, keys, mailing lists and repositories, and no further pages.
async fn further(eyes: &Eyes<'_>, pages: Vec<Url>) -> Gathered {
    let mut gathered = Gathered::default();
    for url in pages {
        if let Some((there, seen)) = places::page(eyes, &url).await {
            sorted(&mut gathered, &there, &seen, &eyes.domain);
        }
    }
    gathered.candidates.retain(|candidate| candidate.kind != "page");
    gathered
}

async fn forums(eyes: &Eyes<'_>, urls: Vec<Url>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for url in urls {
        candidates.extend(platform::forum(eyes, &url).await);
    }
    candidates
}

async fn statuses(eyes: &Eyes<'_>, urls: Vec<Url>) -> Vec<Result<Candidate, String>> {
    let mut found = Vec::new();
    for url in urls {
        found.push(platform::status(eyes, &url).await);
    }
    found
}

/// The first feed in the usual places.
async fn usual_feed(eyes: &Eyes<'_>, home: &Url) -> Option<Candidate> {
    for path in USUAL {
        let Ok(url) = home.join(path) else { continue };
        let fetched =
            eyes.find(&url, "application/atom+xml, application/rss+xml, */*;q=0.1", places::PAGE).await;
        if fetched.is_some_and(|fetched| recognise("", &fetched.bytes) == Format::Feed) {
            let why = format!("the site names no feed, and answers with one at {path}");
            return Some(Candidate::new("feed", url, "feed", why));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Gathered, sorted};
    use crate::discover::seen::tests::seen;

    #[test]
    fn links_are_sorted_by_what_they_look_like() {
        let page = seen(
            "<a href='/news/rss.xml'>RSS feed</a><a href='/b.atom'>Advisories (Atom)</a><a href='/keys.asc'>Key</a>\
             <a href='https://github.com/acme/anvil/issues'>Issues</a><a href='https://github.com/acme'>GitHub</a>\
             <a href='https://status.acme.example/'>Status</a><a href='https://forum.acme.example/'>Forum</a>\
             <a href='https://forum.acme.example/'>Forum</a><a href='/security'>Security</a><a href='/changelog'>New</a>\
             <a href='https://elsewhere.example/security'>Other</a><a href='/start/'>Here</a>",
        );
        let home = Url::parse("https://www.acme.example/start/").unwrap();
        let mut gathered = Gathered::default();
        let leads = sorted(&mut gathered, &home, &page, "acme.example");
        let found: Vec<_> = gathered
            .candidates
            .iter()
            .map(|one| (one.kind, one.address.as_str(), one.label.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                ("feed", "https://www.acme.example/news/rss.xml", "news feed"),
                ("feed", "https://www.acme.example/b.atom", "Advisories (Atom)"),
                ("keys", "https://www.acme.example/keys.asc", "keys"),
                ("github", "https://github.com/acme/anvil", "acme/anvil releases"),
                ("page", "https://www.acme.example/security", "security"),
                ("page", "https://www.acme.example/changelog", "changelog"),
            ]
        );
        assert_eq!((leads.further.len(), leads.forums.len(), leads.statuses.len()), (1, 1, 1));
        assert!(gathered.named[0].contains("the account acme on GitHub"), "{:?}", gathered.named);
    }
}
