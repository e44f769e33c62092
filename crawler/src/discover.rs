//! A vendor's web site → the channels it has: feeds, security.txt, CSAF, forums, status pages, keys, repositories, pages.
//!
//! Everything goes through `fetch`, politely, and within bounds of requests, bytes and time. Each channel is a proposal:
//! why it was proposed, how sure that is, and a sample, for which its own reader reads it once. Refuses to add anything
//! by itself, to guess hosts that a site does not name, and to follow a site's links to private addresses.

mod channel;
mod domain;
mod eyes;
mod gather;
mod places;
mod platform;
mod proposal;
mod sample;
mod seen;
mod sitemap;

use std::sync::Mutex;
use std::time::Duration;

use index::knowledge::Knowledge;
use index::source::Source;
use index::vendor::{Vendor, slug};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::Instant;
use url::Url;

use crate::catalogue;
use crate::fetch::{Disappointment, Door, Ration, Reach};

use eyes::Eyes;
use proposal::{Candidate, Making};
use sample::Ended;

// Named here only: callers know what was found, not how.
pub use proposal::{Proposal, Sureness, apart};
pub use sample::{Glimpse, Sample};

/// Sentences that are kept of what is no channel.
const SENTENCES: usize = 20;

/// How long and how much is looked.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// For finding channels.
    pub looking: Duration,
    /// For finding them and reading samples of them.
    pub whole: Duration,
    /// For both together.
    pub ration: Ration,
}

impl Bounds {
    /// For somebody who waits for a page, whose answer may take 30 seconds.
    pub const PAGE: Self = Self {
        looking: Duration::from_secs(13),
        whole: Duration::from_secs(25),
        ration: Ration { requests: 80, bytes: 48 << 20, largest: 8 << 20 },
    };
    /// For somebody at a terminal.
    pub const TERMINAL: Self = Self {
        looking: Duration::from_secs(60),
        whole: Duration::from_secs(120),
        ration: Ration { requests: 150, bytes: 96 << 20, largest: 16 << 20 },
    };
}

/// With what a site is looked at.
#[derive(Clone)]
pub struct Look {
    /// The only way to the network.
    pub door: Door,
    /// How far the site's own domain may reach; every other address is of the public Internet.
    pub reach: Reach,
    /// The moment of the look.
    pub now: Timestamp,
    /// How long and how much.
    pub bounds: Bounds,
}

/// What is recorded already.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Vendors.
    pub vendors: Vec<Vendor>,
    /// Sources that are asked.
    pub sources: Vec<Source>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Where was looked, after redirects.
    pub site: String,
    /// Who speaks there, as far as is known: recorded, of the catalogue, or named after the site; with its contacts.
    pub vendor: Vendor,
    /// Channels, those of the catalogue first.
    pub proposals: Vec<Proposal>,
    /// What was seen and is no channel that can be added, in sentences.
    pub named: Vec<String>,
    /// What was not looked at, and why, in sentences.
    pub missed: Vec<String>,
}

impl Known {
    /// What the record has.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn of(knowledge: &Knowledge) -> anyhow::Result<Self> {
        let vendors = knowledge.vendors().await?.into_iter().map(|line| line.vendor).collect();
        let sources = knowledge.sources().await?.into_iter().map(|view| view.source).collect();
        Ok(Self { vendors, sources })
    }

    /// Short name of the source that is recorded with the same channel: with its address, or for what is named by its
    /// host alone (a CSAF provider, a Discourse forum), of its kind on that host.
    #[must_use]
    pub fn slug_of(&self, source: &Source) -> Option<String> {
        let same = |other: &&Source| proposal::same(other) == proposal::same(source);
        self.sources.iter().find(same).map(|source| source.slug.clone())
    }
}

/// The site that somebody typed: an address of the web, or a host name, for which https is taken. Nothing where it is
/// neither, such as a vendor's name.
#[must_use]
pub fn site(typed: &str) -> Option<Url> {
    let typed = typed.trim();
    let whole = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let named = typed.contains("://")
        || typed.split(['/', ':']).next().is_some_and(|host| host.trim_matches('.').contains('.'));
    let url = Url::parse(&whole).ok().filter(|_| named && !typed.starts_with('.') && !typed.contains(' '))?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// Looks at a site.
///
/// # Errors
/// When its first page cannot be had for a reason that holds for the whole host.
pub async fn look(look: &Look, site: &Url, known: &Known) -> Result<Found, Disappointment> {
    let started = Instant::now();
    let door = look.door.rationed(look.bounds.ration);
    let mut eyes = Eyes {
        door: &door,
        now: look.now,
        reach: look.reach,
        domain: domain::of(site),
        until: started + look.bounds.looking,
        missed: Mutex::default(),
    };
    let (home, seen) = first_page(&eyes, site, look.bounds.looking).await?;
    // A site may have moved to another domain; that one is then asked as a stranger's, of the public Internet.
    let moved = domain::of(&home);
    if moved != eyes.domain {
        (eyes.reach, eyes.domain) = (Reach::Public, moved);
    }
    let gathered = gather::all(&eyes, &home, &seen).await;
    let (mut vendor, listed) = speaker(&home, site, &eyes.domain, &seen.site_name, known);
    vendor.learn(&gathered.contacts);
    let making = Making { vendor: &vendor, listed, known, domain: &eyes.domain, reach: eyes.reach };
    let (mut proposals, left) = proposal::all(&making, gathered.candidates);
    read(&door, look.now, &mut proposals, started + look.bounds.whole).await;
    let mut named: Vec<String> = Vec::new();
    for sentence in gathered.named.into_iter().chain(left) {
        if !named.iter().any(|known| known.eq_ignore_ascii_case(&sentence)) && named.len() < SENTENCES {
            named.push(sentence);
        }
    }
    Ok(Found { site: home.to_string(), vendor, proposals, named, missed: eyes.missed() })
}

/// What the catalogue has of a vendor, for choosing; nothing is fetched.
#[must_use]
pub fn of_catalogue(listed: &catalogue::Listed, known: &Known) -> Found {
    let recorded = known.vendors.iter().find(|vendor| vendor.slug == listed.slug);
    let vendor = recorded.cloned().unwrap_or_else(|| listed.vendor());
    let making = Making { vendor: &vendor, listed: Some(listed), known, domain: "", reach: Reach::Public };
    let (proposals, named) = proposal::all(&making, Vec::new());
    Found { site: String::new(), vendor, proposals, named, missed: Vec::new() }
}

/// The site's first page; an empty one where the host answers and that page is not to be had.
async fn first_page(
    eyes: &Eyes<'_>,
    site: &Url,
    limit: Duration,
) -> Result<(Url, seen::Seen), Disappointment> {
    match eyes.fetch(site, "text/html, application/xhtml+xml;q=0.9, */*;q=0.1", places::PAGE).await {
        Ok(Some(fetched)) => {
            let seen = seen::look(&fetched);
            Ok((fetched.url, seen))
        }
        Ok(None) => Err(Disappointment::Timeout { url: site.origin().ascii_serialization(), limit }),
        Err(trouble) if trouble.troubled_host().is_some() || is_misled(&trouble) => Err(trouble),
        Err(trouble) => {
            eyes.miss(format!("failed to {trouble}"));
            Ok((site.clone(), seen::Seen::default()))
        }
    }
}

/// Whether a failure says that there is no use in asking the same site for anything else.
fn is_misled(trouble: &Disappointment) -> bool {
    matches!(
        trouble,
        Disappointment::Scheme { .. }
            | Disappointment::Userinfo { .. }
            | Disappointment::Hostless { .. }
            | Disappointment::BadRedirect { .. }
            | Disappointment::RobotsUnreachable { .. }
            | Disappointment::Timeout { .. }
    )
}

/// Who speaks on a site: the vendor of the catalogue or of the record that owns it, else one named after it.
fn speaker(
    home: &Url,
    site: &Url,
    domain: &str,
    site_name: &str,
    known: &Known,
) -> (Vendor, Option<&'static catalogue::Listed>) {
    let owns = |domains: &[String]| {
        [home, site].iter().any(|url| catalogue::owns(domains, url.host_str().unwrap_or_default()))
    };
    let listed = catalogue::all().iter().find(|listed| owns(&listed.domains));
    let recorded = known.vendors.iter().find(|vendor| match listed {
        Some(listed) => vendor.slug == listed.slug,
        None => owns(&vendor.domains),
    });
    if let Some(vendor) = recorded.cloned().or_else(|| listed.map(catalogue::Listed::vendor)) {
        return (vendor, listed);
    }
    // A site may call itself what it likes, and not be taken for a vendor that is known under another domain.
    let free = |name: &String| {
        let slug = slug(name);
        let taken = known.vendors.iter().any(|vendor| vendor.slug == slug) || catalogue::find(name).is_some();
        !slug.is_empty() && !taken
    };
    let name = [site_name.to_owned(), domain::owner(domain)].into_iter().find(free);
    let name = name.unwrap_or_else(|| domain.to_owned());
    let vendor = Vendor { slug: slug(&name), name, domains: vec![domain.to_owned()], contacts: Vec::new() };
    (vendor, None)
}

/// Reads a sample of every proposal that is not known; hosts are asked at the same time, each at its pace.
async fn read(door: &Door, now: Timestamp, proposals: &mut [Proposal], until: Instant) {
    let mut reading = JoinSet::new();
    let mut places = std::collections::HashMap::new();
    for (place, proposal) in proposals.iter().enumerate().filter(|(_, proposal)| proposal.known.is_none()) {
        let (door, source) = (door.clone(), proposal.source.clone());
        let task = reading.spawn(async move { sample::take(&door, source, now, until).await });
        places.insert(task.id(), place);
    }
    while let Some(read) = reading.join_next_with_id().await {
        let (id, (sample, ended)) = match read {
            Ok(read) => read,
            Err(broken) => {
                let sentence = Some("its reader broke down".to_owned());
                (broken.id(), (Sample { entries: Vec::new(), sentence }, Ended::Failed))
            }
        };
        let Some(proposal) = places.get(&id).and_then(|place| proposals.get_mut(*place)) else { continue };
        proposal.sureness = match ended {
            Ended::Read if !sample.entries.is_empty() => Sureness::Certain,
            Ended::Read | Ended::Late => Sureness::Likely,
            Ended::Failed => Sureness::Doubtful,
        };
        proposal.sample = sample;
    }
}

/// Adds sources, and what was learnt of the vendor that speaks there.
///
/// # Errors
/// When the record cannot be written.
pub async fn take(
    knowledge: &Knowledge,
    vendor: &Vendor,
    sources: &[Source],
    now: Timestamp,
) -> anyhow::Result<()> {
    knowledge.learn_vendor(vendor).await?;
    for source in sources {
        knowledge.add_source(source, now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::site;

    #[test]
    fn a_site_is_told_from_a_vendors_name_and_from_a_path() {
        let check = |typed: &str, expected: Option<&str>| {
            assert_eq!(site(typed).map(String::from).as_deref(), expected, "{typed}");
        };
        check(" https://acme.example ", Some("https://acme.example/"));
        check("acme.example/news", Some("https://acme.example/news"));
        check("acme.example:8443", Some("https://acme.example:8443/"));
        check("http://127.0.0.1:81/", Some("http://127.0.0.1:81/"));
        for typed in
            ["acme", "Red Hat", "ftp://acme.example/", "./advisories", "../a.b/c", "/srv/a.zip", "", "."]
        {
            check(typed, None);
        }
    }
}
