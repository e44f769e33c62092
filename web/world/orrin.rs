//! Orrin Works, an invented maker of a ledger that contains Halvard's decoder: an Atom feed and a CSAF provider.
//!
//! No company of this name is known to us; `.example` belongs to nobody (RFC 2606). Everything it says was written for
//! this world.

/// Security advisories as CSAF documents.
pub mod csaf;
/// Notices: an Atom feed and a page each.
pub mod notices;
mod provider;
mod told;

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::world::answer::{Body, HTML, TEXT};
use crate::world::base::Bases;
use crate::world::moment;
use crate::world::orrin::csaf::Advisory;
use crate::world::orrin::notices::Notice;
use crate::world::page::Frame;
use crate::world::signer::Signer;

/// The vendor's name as it writes it.
pub const NAME: &str = "Orrin Works";
/// The domain it owns.
pub const DOMAIN: &str = "orrin.example";

const FRAME: Frame = Frame {
    vendor: NAME,
    places: &[
        ("Ledger", "/ledger"),
        ("Notices", "/notices"),
        ("Documentation", "/docs"),
        ("Contact", "/contact"),
    ],
    feed: "/notices.atom",
    teaser: "<h2>Closing the year?</h2><p>Our checklist has been read by four accountants and one auditor. \
             <a href=\"/checklist\">Get it</a></p>",
    footer: "<p>Orrin Works makes Orrin Ledger and Orrin Archive.</p><p><a href=\"/terms\">Terms</a></p>",
};

const ROBOTS: &str = "User-agent: *\nDisallow: /account/\nAllow: /.well-known/\nCrawl-delay: 0\n";

/// Everything Orrin says.
#[derive(Clone, Debug)]
pub struct Orrin {
    /// Notices, the newest first.
    pub notices: Vec<Notice>,
    /// Advisories, the newest first.
    pub advisories: Vec<Advisory>,
    /// The key that signs advisories.
    pub key: Signer,
    broken_hashes: BTreeSet<String>,
    broken_signatures: BTreeSet<String>,
    /// Signatures by the digest of what they are over: made anew each would differ, and so would its tag.
    signatures: HashMap<Vec<u8>, String>,
}

impl Orrin {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            notices: notices::all(now),
            advisories: told::all(now),
            key: Signer::generate(
                "Orrin Works Product Security <psirt@orrin.example>",
                moment::days_before(now, 900),
            ),
            broken_hashes: BTreeSet::new(),
            broken_signatures: BTreeSet::new(),
            signatures: HashMap::new(),
        }
    }

    /// Makes the hash files of an advisory state the hash of something else.
    pub fn break_hash(&mut self, id: &str) {
        self.broken_hashes.insert(id.to_owned());
    }

    /// Makes the signature of an advisory be one over something else.
    pub fn break_signature(&mut self, id: &str) {
        self.broken_signatures.insert(id.to_owned());
    }

    /// What the site says at a path.
    pub(super) fn body(&mut self, path: &str, bases: &Bases, began: Timestamp) -> Option<Body> {
        let still = moment::days_before(began, 700);
        match path {
            "/robots.txt" => return Some(Body::new(TEXT, ROBOTS, still)),
            "/" => return Some(Body::new(HTML, FRAME.page("Home", "<h1>Books that balance</h1>"), still)),
            _ => {}
        }
        notices::body(&self.notices, path, &bases.orrin).or_else(|| self.provided(path, &bases.orrin, still))
    }
}
