//! One channel of a vendor: what it is, when it is asked, and how it is doing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::health::Symptom;

/// The number of a source in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub i64);

/// How a source is read; one file each in the crawler's `sources`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A CSAF provider.
    Csaf,
    /// OSV records from a bucket or an archive.
    Osv,
    /// CVE JSON 5 records from an archive.
    Cve,
    /// An HTML list and its detail pages.
    Page,
    /// A Discourse forum.
    Discourse,
    /// A forum of another make, by a preset.
    Forum,
    /// A repository on GitHub.
    Github,
    /// A status page.
    Status,
    /// A page or file with keys.
    Keys,
    /// Releases of products and their ends of support.
    Lifecycle,
    /// Mail: a mailbox, the archive of a list, or a folder of a mail server.
    Mail,
    /// A list of vulnerabilities that are known to be exploited.
    Kev,
    /// Scores of how likely vulnerabilities are to be exploited.
    Epss,
    /// Any structured format from a local path.
    Folder,
    /// The proof that what arrives comes out; built in.
    Canary,
    /// What people here decided and observed; built in.
    House,
}

/// Slug of the one source of kind [`Kind::House`].
pub const HOUSE: &str = "house";

impl Kind {
    /// Every kind that a person can add: all but the canary and the house, which are built in.
    pub const ALL: [Self; 15] = [
        Self::Feed,
        Self::Csaf,
        Self::Osv,
        Self::Cve,
        Self::Page,
        Self::Discourse,
        Self::Forum,
        Self::Github,
        Self::Status,
        Self::Keys,
        Self::Lifecycle,
        Self::Mail,
        Self::Kev,
        Self::Epss,
        Self::Folder,
    ];

    /// The word shown and typed for this kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Csaf => "csaf",
            Self::Osv => "osv",
            Self::Cve => "cve",
            Self::Page => "page",
            Self::Discourse => "discourse",
            Self::Forum => "forum",
            Self::Github => "github",
            Self::Status => "status",
            Self::Keys => "keys",
            Self::Lifecycle => "lifecycle",
            Self::Mail => "mail",
            Self::Kev => "kev",
            Self::Epss => "epss",
            Self::Folder => "folder",
            Self::Canary => "canary",
            Self::House => "house",
        }
    }

    /// What a source of this kind is, in a few words.
    #[must_use]
    pub const fn described(self) -> &'static str {
        match self {
            Self::Feed => "RSS, Atom or JSON Feed",
            Self::Csaf => "A CSAF provider, by its domain or its provider-metadata.json",
            Self::Osv => "OSV records: a bucket, or an archive",
            Self::Cve => "CVE JSON 5 records: an archive",
            Self::Page => "An HTML page; with CSS selectors in --options, a list and the page of each item",
            Self::Discourse => "A Discourse forum",
            Self::Forum => "A forum: phpBB, XenForo, vBulletin, NodeBB, Flarum, or by a preset of your own",
            Self::Github => "A repository on GitHub: releases, issues, discussions",
            Self::Status => "A status page: incidents and maintenance",
            Self::Keys => "A page or file on which a vendor publishes keys or certificates",
            Self::Lifecycle => "Releases and ends of support, as endoflife.date lists them",
            Self::Mail => {
                "Mail: mbox or maildir, Pipermail, HyperKitty or public-inbox, or an IMAP folder (imaps://HOST/FOLDER)"
            }
            Self::Kev => "A list of vulnerabilities known to be exploited, in the JSON form of CISA",
            Self::Epss => "EPSS scores as CSV, also compressed",
            Self::Folder => "A local folder, archive or file in any of the structured formats",
            Self::Canary => "The proof that what arrives comes out at the other end",
            Self::House => "What people here decided on packages, and what they observed afterwards",
        }
    }

    /// The kind that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Canary, Self::House]).find(|kind| kind.as_str() == word)
    }
}

/// On whose ground a source speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The vendor's own domain.
    Vendor,
    /// The vendor on somebody else's site.
    Platform,
    /// A partner or host that passes on what is the vendor's.
    Partner,
    /// Somebody else.
    #[default]
    ThirdParty,
    /// The people who run this installation.
    House,
}

impl Standing {
    /// Every standing that a person can give a source.
    pub const ALL: [Self; 4] = [Self::Vendor, Self::Platform, Self::Partner, Self::ThirdParty];

    /// The word shown and typed for this standing.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Platform => "platform",
            Self::Partner => "partner",
            Self::ThirdParty => "third-party",
            Self::House => "house",
        }
    }

    /// What this standing means, in a few words.
    #[must_use]
    pub const fn described(self) -> &'static str {
        match self {
            Self::Vendor => "The vendor's own domain",
            Self::Platform => "The vendor on somebody else's site",
            Self::Partner => "A partner or host that passes on what is the vendor's",
            Self::ThirdParty => "Somebody else",
            Self::House => "The people who run this installation",
        }
    }

    /// The standing that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::House]).find(|standing| standing.as_str() == word)
    }
}

/// A source as a person describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Short lower-case name, unique (`source:acme-advisories`).
    pub slug: String,
    /// The name as people write it.
    pub name: String,
    /// Slug of the vendor that speaks here, where one vendor does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// How it is read.
    pub kind: Kind,
    /// A URL, or a path for `folder`.
    pub address: String,
    /// On whose ground it speaks.
    #[serde(default)]
    pub standing: Standing,
    /// Minutes between two rounds.
    #[serde(default = "hourly")]
    pub every_minutes: u32,
    /// Whether it may be fetched from private and loopback addresses.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private_network: bool,
    /// Settings of its kind (selectors of a page, `follow` of a feed); read by the crawler.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub options: serde_json::Value,
}

const fn hourly() -> u32 {
    60
}

/// How a source is doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// When it was last asked.
    pub last_tried: Option<Timestamp>,
    /// When it last answered well.
    pub last_succeeded: Option<Timestamp>,
    /// When it last brought something new or revised.
    pub last_news: Option<Timestamp>,
    /// Rounds that failed one after the other up to now.
    pub failures: u32,
    /// Why the last round failed, or what was odd about it; one sentence.
    pub sentence: Option<String>,
    /// When it is asked next; absent when a person must act first.
    pub next_try: Option<Timestamp>,
    /// What is wrong, as far as it has a word.
    pub symptom: Option<Symptom>,
    /// The first of the failures in a row.
    pub failing_since: Option<Timestamp>,
    /// When its silence becomes unusual; absent while nothing is known of what is usual.
    pub quiet_after: Option<Timestamp>,
    /// Entries that it has brought.
    pub entries: i64,
}

/// Which sources are to be taken.
#[derive(Clone, Copy, Debug)]
pub struct Due<'a> {
    /// Whose they become until their round ends or half an hour passes.
    pub holder: &'a str,
    /// How many at most.
    pub limit: u32,
    /// Slugs of the only ones that may be taken; all may if none is named.
    pub named: &'a [String],
    /// Kinds that are left to others.
    pub except: &'a [Kind],
}

/// A source that was taken for one round and is nobody else's until the lease ends.
#[derive(Clone, Debug)]
pub struct Leased {
    /// Its number.
    pub id: SourceId,
    /// What it is.
    pub source: Source,
    /// How it was doing when taken.
    pub health: Health,
    /// What its reader left for itself at the end of the last round (validators, cursors).
    pub memory: serde_json::Value,
}

/// A source's round that is over, as it is to be recorded.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Which source.
    pub source: SourceId,
    /// When the round began.
    pub started: Timestamp,
    /// When it ended.
    pub now: Timestamp,
    /// How.
    pub end: RoundEnd,
    /// What its reader leaves for itself.
    pub memory: serde_json::Value,
}

/// How a round ended for one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoundEnd {
    /// What was wrong, in one sentence; `None` when all was well.
    pub failure: Option<String>,
    /// Something odd that did not stop the round, in one sentence.
    pub remark: Option<String>,
    /// What was wrong or odd, as far as it has a word.
    #[serde(default)]
    pub symptom: Option<Symptom>,
    /// Documents seen.
    pub seen: u32,
    /// Entries that were new.
    pub new: u32,
    /// Entries that were revised.
    pub revised: u32,
    /// When to ask next; `None` when a person must act first.
    pub next_try: Option<Timestamp>,
}

/// One past round, for a source's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// How it ended.
    pub end: RoundEnd,
}
