//! From candidates to proposals: each address once, in a fixed order, with a name and a short name of its own.
//!
//! Refuses to offer without end: so many of a kind, so many in all. What is left out is counted.

use std::collections::{BTreeMap, HashSet};

use index::source::{Kind, Source};
use index::vendor::{Vendor, slug};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Known, Sample, domain};
use crate::catalogue::Listed;
use crate::fetch::Reach;

/// Proposals at most.
const ALL: usize = 24;

/// A source that may be added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The source, as it would be added.
    pub source: Source,
    /// What it holds, such as "release notes"; with the vendor's name it names the source.
    pub label: String,
    /// What was seen where.
    pub why: String,
    /// How sure that is.
    pub sureness: Sureness,
    /// What it would bring.
    pub sample: Sample,
    /// Short name of the source that is recorded with this address already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// Whether the catalogue has it.
    #[serde(default)]
    pub catalogue: bool,
}

/// How sure a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sureness {
    /// It was read and brought something.
    Certain,
    /// There are signs of it; it brought nothing yet, or was not read.
    Likely,
    /// It was tried and could not be read.
    Doubtful,
}

impl Sureness {
    /// The word shown for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Doubtful => "doubtful",
        }
    }
}

/// What may be a source.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// The word of its kind, which need not be one that is read.
    pub(super) kind: &'static str,
    pub(super) address: Url,
    pub(super) label: String,
    pub(super) why: String,
}

impl Candidate {
    pub(super) fn new(kind: &'static str, address: Url, label: &str, why: String) -> Self {
        Self { kind, address, label: label.to_owned(), why }
    }

    /// The source without names and vendor.
    pub(super) fn source(&self, kind: Kind, private_network: bool) -> Source {
        Source {
            slug: String::new(),
            name: String::new(),
            vendor: None,
            kind,
            address: self.address.to_string(),
            standing: domain::standing(&self.address, ""),
            every_minutes: every(kind),
            private_network,
            options: match kind {
                Kind::Github => serde_json::json!({ "channels": ["releases"] }),
                _ => serde_json::Value::Null,
            },
        }
    }
}

/// Minutes between two rounds: what is pressing is asked often, what hardly changes once a day.
const fn every(kind: Kind) -> u32 {
    match kind {
        Kind::Status => 15,
        Kind::Csaf | Kind::Github => 240,
        Kind::Keys | Kind::Page => 1440,
        _ => 60,
    }
}

/// The place of a kind among proposals, and how many of it are made.
fn rank(kind: &str) -> (usize, usize) {
    match kind {
        "csaf" => (0, 2),
        "feed" => (1, 8),
        "discourse" => (2, 3),
        "forum" => (3, 3),
        "status" => (4, 2),
        "github" => (5, 5),
        "mail" => (6, 4),
        "keys" => (7, 4),
        _ => (8, 6),
    }
}

/// What proposals are made from.
pub(super) struct Making<'a> {
    pub(super) vendor: &'a Vendor,
    pub(super) listed: Option<&'a Listed>,
    pub(super) known: &'a Known,
    pub(super) domain: &'a str,
    pub(super) reach: Reach,
}

/// Proposals without samples, those of the catalogue first; and what was left out, in sentences.
pub(super) fn all(making: &Making<'_>, mut candidates: Vec<Candidate>) -> (Vec<Proposal>, Vec<String>) {
    candidates.sort_by_key(|candidate| rank(candidate.kind).0);
    let (mut proposals, mut left) = making.catalogue();
    let mut there: HashSet<String> = proposals.iter().map(|proposal| same(&proposal.source)).collect();
    let (mut of_kind, mut more) = (BTreeMap::new(), 0_usize);
    for candidate in candidates {
        let Some(kind) = Kind::from_word(candidate.kind) else {
            left.push(unread(&format!("{} ({})", candidate.address, candidate.why), candidate.kind));
            continue;
        };
        if !there.insert(same(&candidate.source(kind, false))) {
            continue;
        }
        let count: &mut usize = of_kind.entry(candidate.kind).or_default();
        *count += 1;
        if *count > rank(candidate.kind).1 || proposals.len() >= ALL {
            more += 1;
        } else {
            proposals.push(making.one(candidate, kind));
        }
    }
    if more > 0 {
        left.push(format!(
            "links that look like channels and are not proposed, because there are so many: {more}; an address is added \
             with its kind"
        ));
    }
    let mut taken: HashSet<String> = making.known.sources.iter().map(|source| source.slug.clone()).collect();
    for proposal in proposals.iter_mut().filter(|proposal| proposal.known.is_none()) {
        apart(&mut proposal.source, &mut taken);
    }
    (proposals, left)
}

fn unread(what: &str, kind: &str) -> String {
    format!("{what}: its kind {kind} is not read here yet")
}

impl Making<'_> {
    /// The channels of the catalogue, and those of them that are not read, in sentences.
    fn catalogue(&self) -> (Vec<Proposal>, Vec<String>) {
        let (mut proposals, mut left) = (Vec::new(), Vec::new());
        let Some(listed) = self.listed else { return (proposals, left) };
        for channel in listed.channels.iter().take(ALL) {
            let Some(source) = listed.source(channel) else {
                left.push(unread(&format!("{} (in the catalogue)", channel.address), &channel.kind));
                continue;
            };
            proposals.push(Proposal {
                known: self.known.slug_of(&source),
                source,
                label: channel.name.clone(),
                why: format!("in the catalogue: {} ({})", listed.confirmed.by, listed.confirmed.when),
                sureness: Sureness::Likely,
                sample: Sample::default(),
                catalogue: true,
            });
        }
        (proposals, left)
    }

    fn one(&self, candidate: Candidate, kind: Kind) -> Proposal {
        let own = domain::of(&candidate.address) == self.domain;
        let mut source = candidate.source(kind, own && self.reach == Reach::Private);
        source.standing = domain::standing(&candidate.address, self.domain);
        named(&mut source, self.vendor, &candidate.label);
        let known = self.known.slug_of(&source);
        let (label, why) = (candidate.label, candidate.why);
        let sample = Sample::default();
        Proposal { source, label, why, sureness: Sureness::Likely, sample, known, catalogue: false }
    }
}

impl Proposal {
    /// Gives the source to a vendor of another name; a channel of the catalogue keeps its own.
    pub fn speak_for(&mut self, vendor: &Vendor) {
        if !self.catalogue {
            named(&mut self.source, vendor, &self.label);
        }
    }
}

/// Names a source after its vendor and what it holds.
fn named(source: &mut Source, vendor: &Vendor, label: &str) {
    source.name = format!("{} {label}", vendor.name);
    source.slug = slug(&format!("{} {label}", vendor.slug));
    source.vendor = Some(vendor.slug.clone());
}

/// Gives a source a short name that no other has.
pub fn apart(source: &mut Source, taken: &mut HashSet<String>) {
    let first = source.slug.clone();
    let mut times = 1;
    while !taken.insert(source.slug.clone()) {
        times += 1;
        source.slug = format!("{first}-{times}");
    }
}

/// What two sources have in common that are the same channel: the address without what makes no difference to where it
/// leads; of a kind that is found from its host, that host.
pub(super) fn same(source: &Source) -> String {
    let bare = source.address.split('#').next().unwrap_or_default().trim_end_matches('/');
    let bare = bare.replacen("http://", "https://", 1);
    match source.kind {
        Kind::Feed | Kind::Keys | Kind::Page => bare,
        Kind::Csaf | Kind::Discourse => {
            let host = Url::parse(&bare).map(|url| url.origin().ascii_serialization()).unwrap_or(bare);
            format!("{} {host}", source.kind.as_str())
        }
        kind => format!("{} {bare}", kind.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use index::source::{Kind, Standing};
    use index::vendor::Vendor;
    use url::Url;

    use super::{Candidate, Making, all};
    use crate::catalogue;
    use crate::discover::Known;
    use crate::fetch::Reach;

    fn candidate(kind: &'static str, address: &str, label: &str) -> Candidate {
        Candidate::new(kind, Url::parse(address).unwrap(), label, "seen".to_owned())
    }

    fn acme() -> Vendor {
        Vendor { slug: "acme".into(), name: "Acme".into(), domains: Vec::new(), contacts: Vec::new() }
    }

    #[test]
    fn each_address_is_proposed_once_in_a_fixed_order_under_a_name_of_its_own() {
        let vendor = acme();
        let mut known = Known::default();
        let mut there = candidate("feed", "https://acme.example/old.xml", "").source(Kind::Feed, false);
        there.slug = "acme-feed".to_owned();
        known.sources.push(there);
        let making = Making {
            vendor: &vendor,
            listed: None,
            known: &known,
            domain: "acme.example",
            reach: Reach::Public,
        };
        let (proposals, left) = all(
            &making,
            vec![
                candidate("page", "https://acme.example/security/", "security"),
                candidate("feed", "https://acme.example/new.xml", "feed"),
                candidate("feed", "http://acme.example/old.xml", "feed"),
                candidate("keys", "https://acme.example/security", "keys"),
                candidate("mail", "https://lists.acme.example/pipermail/a/", "a"),
                candidate("csaf", "https://csaf.elsewhere.example/provider-metadata.json", "CSAF"),
            ],
        );
        let found: Vec<_> = proposals
            .iter()
            .map(|one| (one.source.slug.as_str(), one.source.kind, one.source.standing, one.known.as_deref()))
            .collect();
        assert_eq!(
            found,
            [
                ("acme-csaf", Kind::Csaf, Standing::Platform, None),
                ("acme-feed-2", Kind::Feed, Standing::Vendor, None),
                ("acme-feed", Kind::Feed, Standing::Vendor, Some("acme-feed")),
                ("acme-a", Kind::Mail, Standing::Vendor, None),
                ("acme-keys", Kind::Keys, Standing::Vendor, None),
            ]
        );
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn the_catalogue_comes_first_and_what_is_too_much_is_counted() {
        let listed = catalogue::find("gitlab").unwrap();
        let vendor = listed.vendor();
        let known = Known::default();
        let making = Making {
            vendor: &vendor,
            listed: Some(listed),
            known: &known,
            domain: "gitlab.com",
            reach: Reach::Public,
        };
        let mut many: Vec<_> = (0..30)
            .map(|number| candidate("feed", &format!("https://gitlab.com/{number}.xml"), "feed"))
            .collect();
        many.push(candidate("feed", &listed.channels[0].address, "feed"));
        let (proposals, left) = all(&making, many);
        assert!(
            proposals[0].catalogue
                && proposals.iter().filter(|one| one.catalogue).count() == listed.channels.len()
        );
        assert_eq!(proposals.len(), listed.channels.len() + 8);
        assert!(left[0].contains("because there are so many: 22;"), "{left:?}");
    }
}
