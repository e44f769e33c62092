//! Halvard Systems, an invented maker of a message relay: what its site and its forum answer.
//!
//! No company of this name is known to us; `.example` belongs to nobody (RFC 2606). Everything it says was written
//! for this world. Rendering only: the texts lie in the files below, and a test may edit the value between two requests.

/// Security advisories on HTML pages.
pub mod advisories;
/// A forum in the shape of Discourse.
pub mod forum;
/// What it sends: a gateway that runs, and the upgrade of it.
pub mod packages;
/// Release notes: an RSS feed and a page each.
pub mod releases;
/// What tells where everything else is: the first page, the sitemap, security.txt.
mod site;
/// A status page in the shape of Statuspage.
pub mod status;
mod threads;

use jiff::Timestamp;

use crate::world::answer::{Body, HTML, KEY, SITEMAP, TEXT, XML};
use crate::world::authority::Authority;
use crate::world::base::Bases;
use crate::world::halvard::advisories::Advisory;
use crate::world::halvard::forum::Forum;
use crate::world::halvard::releases::Release;
use crate::world::halvard::status::Incident;
use crate::world::halvard::threads::Changed;
use crate::world::moment;
use crate::world::page::Frame;
use crate::world::signer::Signer;

/// The vendor's name as it writes it.
pub const NAME: &str = "Halvard Systems";
/// The domain it owns.
pub const DOMAIN: &str = "halvard.example";

pub(super) const FRAME: Frame = Frame {
    vendor: NAME,
    places: &[
        ("Products", "/products"),
        ("Release notes", "/relay/releases"),
        ("Security", "/security/advisories/"),
        ("Package keys", KEY_PAGE),
        ("Support", "/support"),
        ("Careers", "/careers"),
    ],
    feed: "/relay/releases.rss",
    teaser: "<h2>Relay in an afternoon</h2><p>Join our next webinar and see how three teams moved their queues. \
             <a href=\"/webinar\">Reserve a seat</a></p>",
    footer: "<p>Halvard Systems. All product names are ours.</p><p><a href=\"/imprint\">Imprint</a> \
             <a href=\"/privacy\">Privacy</a> <a href=\"/cookies\">Cookie settings</a></p>",
};

const ROBOTS: &str =
    "User-agent: *\nDisallow: /admin/\nDisallow: /search\nCrawl-delay: 0\nSitemap: /sitemap.xml\n";

/// Everything Halvard says.
#[derive(Clone, Debug)]
pub struct Halvard {
    /// Notes of releases, the newest first.
    pub releases: Vec<Release>,
    /// Security advisories, the newest first.
    pub advisories: Vec<Advisory>,
    /// Its forum, on a host of its own.
    pub forum: Forum,
    /// Incidents on its status page, the newest first.
    pub incidents: Vec<Incident>,
    /// The key that signed packages until the change.
    pub former_key: Signer,
    /// The key that signs packages since the change, announced in the forum only.
    pub current_key: Signer,
    /// The authority whose certificate signs archives since the change, announced in the forum only.
    pub authority: Authority,
}

impl Halvard {
    pub(super) fn new(now: Timestamp) -> Self {
        let name = "Halvard Systems Packages <packages@halvard.example>";
        let former_key = Signer::generate(name, moment::days_before(now, 1_100));
        let current_key = Signer::generate(name, moment::days_before(now, 140));
        let authority = Authority::generate(
            "Halvard Systems Code CA 2",
            "Halvard Systems Releases",
            moment::days_before(now, 140),
        );
        let changed = Changed {
            former: former_key.fingerprint(),
            current: current_key.fingerprint(),
            certificate: authority.fingerprint(),
        };
        let forum = Forum::new(now, &changed);
        Self {
            releases: releases::all(now),
            advisories: advisories::all(now),
            forum,
            incidents: status::all(now),
            former_key,
            current_key,
            authority,
        }
    }

    fn keys(&self) -> String {
        format!(
            "<h1>Package keys</h1><p>Packages of Halvard Relay and Halvard Console are signed with the OpenPGP key</p>\
             <pre><code>{}</code></pre><p><a href=\"/keys/packages.asc\">Download the key</a></p>",
            self.former_key.fingerprint().grouped()
        )
    }

    /// What the site says at a path.
    pub(super) fn body(&self, path: &str, bases: &Bases, began: Timestamp) -> Option<Body> {
        let still = moment::days_before(began, 700);
        match path {
            "/robots.txt" => return Some(Body::new(TEXT, ROBOTS, still)),
            "/" => return Some(Body::new(HTML, FRAME.page("Home", &site::home(bases)), still)),
            "/sitemap.xml" => return Some(Body::new(SITEMAP, site::sitemap(bases), still)),
            "/.well-known/security.txt" => {
                return Some(Body::new(TEXT, site::security_txt(bases, began), still));
            }
            "/relay/releases.rss" => {
                let newest = self.releases.iter().map(|release| release.published).max();
                return Some(Body::new(XML, releases::feed(&self.releases, bases), newest.unwrap_or(still)));
            }
            KEY_PAGE => {
                let at = moment::days_before(began, 1_090);
                return Some(Body::new(HTML, FRAME.page("Package keys", &self.keys()), at));
            }
            "/keys/packages.asc" => {
                let at = moment::days_before(began, 1_090);
                return Some(Body::new(KEY, self.former_key.public_key(), at));
            }
            "/keys/packages-new.asc" => {
                let at = moment::days_before(began, 118);
                return Some(Body::new(KEY, self.current_key.public_key(), at));
            }
            _ => {}
        }
        releases::page(&self.releases, path)
            .or_else(|| advisories::page(&self.advisories, path))
            .or_else(|| status::page(&self.incidents, path, still))
    }
}

/// Where the site names its package key: the former one, as the page was forgotten when the key changed.
pub(super) const KEY_PAGE: &str = "/security/keys";
