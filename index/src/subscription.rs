//! Who wants to know what: a saved query, whom it is for, and when they want to be told.
//!
//! What a person asked for is checked here once, with a sentence for each mistake. Refuses to know how anything is
//! matched or sent, and to read a clock: cadences are told from a given moment (`rhythm`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::health::State as SourceState;
use crate::query;

pub mod ready;
pub mod recipient;
pub mod rhythm;

pub use self::recipient::Recipient;
pub use self::rhythm::Rhythm;

/// The number of a subscription in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscriptionId(pub i64);

/// Characters of a name at most.
const LONGEST_NAME: usize = 120;

/// What somebody wants to be told, as they asked for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What it is called in the subject of its mails.
    pub name: String,
    /// What it watches.
    pub watch: Watch,
    /// Whom it is for.
    pub recipient: Recipient,
    /// When its digests are due.
    #[serde(default)]
    pub rhythm: Rhythm,
    /// Whether changes of wording, links and dates are told as well.
    #[serde(default)]
    pub every_change: bool,
    /// How often it is said that there is nothing new.
    #[serde(default)]
    pub nothing_new: NothingNew,
}

/// What a subscription watches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// Entries that this query finds, as it was typed; none of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Sources that fall silent, and those that answer again.
    #[serde(default)]
    pub sources: bool,
    /// Entries that affect what runs in the environment of this name, or in any where the name is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estate: Option<String>,
    /// Packages that wait for a decision.
    #[serde(default, skip_serializing_if = "is_false")]
    pub packages: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// How often it is said that there is nothing new, so that a missing mail never means it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NothingNew {
    /// Whenever a digest is due; at most once a day.
    #[default]
    Daily,
    /// Once a week.
    Weekly,
}

/// How a subscription is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Its address has not been confirmed.
    Unconfirmed,
    /// Its digests are made and sent.
    Active,
    /// Whoever receives it has ended it.
    Left,
    /// Its address was refused for good.
    Refused,
    /// It was removed here.
    Removed,
}

/// A subscription as recorded.
#[derive(Clone, Debug, Serialize)]
pub struct Subscription {
    /// Its number.
    pub id: SubscriptionId,
    /// What was asked for.
    pub wanted: Wanted,
    /// How it is doing.
    pub standing: Standing,
    /// Why nothing is sent to it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// When its next digest is due.
    pub due: Option<Timestamp>,
    /// When its last digest was made, else when it became active.
    pub last_made: Timestamp,
    /// When it was made.
    pub created: Timestamp,
    /// Sources that were not well when it was last told.
    #[serde(skip)]
    pub told: Told,
    /// What opens its doors.
    #[serde(skip)]
    pub tokens: Tokens,
}

/// What was so when a subscription was last told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Packages that waited for a decision, by digest. The name has a space, as no source's short name has.
    #[serde(default, rename = "waiting packages", skip_serializing_if = "BTreeSet::is_empty")]
    pub packages: BTreeSet<String>,
    /// Sources that were not well, by short name.
    #[serde(flatten)]
    pub sources: BTreeMap<String, SourceState>,
}

/// What opens the doors of one subscription. Shown to nobody but whom it is for, and has no text form for logs.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Confirms its address.
    pub confirm: String,
    /// Ends it.
    pub leave: String,
    /// Reads its feed.
    pub feed: String,
    /// Signs its webhooks.
    pub secret: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Tokens(…)")
    }
}

impl Standing {
    const ALL: [Self; 5] = [Self::Unconfirmed, Self::Active, Self::Left, Self::Refused, Self::Removed];

    /// The word that the record keeps.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Active => "active",
            Self::Left => "left",
            Self::Refused => "refused",
            Self::Removed => "removed",
        }
    }

    /// The standing that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == word)
    }
}

/// A part of what was asked for that cannot be, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Mistake {
    /// The part: `name`, `query`, `to`, `zone`, `quiet`.
    pub part: &'static str,
    /// A plain sentence for the person who asked.
    pub sentence: String,
}

impl Mistake {
    /// A mistake in a part.
    pub fn new(part: &'static str, sentence: impl Into<String>) -> Self {
        Self { part, sentence: sentence.into() }
    }
}

impl Wanted {
    /// The same with what was typed trimmed, or the first thing that cannot be as asked.
    ///
    /// # Errors
    /// A [`Mistake`] when the name is empty, endless or no single line; when nothing is watched or the query cannot be
    /// read; when the recipient cannot be reached as written; when the time zone is not known.
    pub fn checked(mut self) -> Result<Self, Mistake> {
        self.name = self.name.trim().to_owned();
        if self.name.is_empty() {
            return Err(Mistake::new("name", "give it a name, by which its mails can be told from others"));
        }
        if self.name.chars().count() > LONGEST_NAME || self.name.chars().any(char::is_control) {
            let sentence = format!("the name is one line of at most {LONGEST_NAME} characters: shorten it");
            return Err(Mistake::new("name", sentence));
        }
        match self.watch.query.as_deref().map(str::trim) {
            None if !self.watch.sources && !self.watch.packages && self.watch.estate.is_none() => {
                return Err(Mistake::new("query", "it watches nothing: type a query, or watch the sources"));
            }
            None => {}
            Some(typed) => {
                query::parse(typed).map_err(|mistake| Mistake::new("query", mistake.sentence))?;
                self.watch.query = Some(typed.to_owned());
            }
        }
        self.recipient = self.recipient.checked()?;
        if self.watch.packages && !self.gets_digests() {
            let sentence = "a feed holds entries only: have waiting packages told by mail or by a webhook";
            return Err(Mistake::new("to", sentence));
        }
        self.rhythm.check()?;
        Ok(self)
    }

    /// Whether digests are made of it; a feed is read whenever somebody asks for it.
    #[must_use]
    pub fn gets_digests(&self) -> bool {
        self.recipient != Recipient::Feed
    }
}

impl Watch {
    /// Entries that a query finds.
    #[must_use]
    pub fn entries(typed: &str) -> Self {
        Self { query: Some(typed.to_owned()), ..Self::default() }
    }

    /// Whether it finds entries.
    #[must_use]
    pub fn finds_entries(&self) -> bool {
        self.query.is_some() || self.estate.is_some()
    }

    /// What is watched, in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let entries = self.query.as_deref().map(|typed| match query::parse(typed) {
            Ok(query) => query::explain(&query),
            Err(_) => format!("everything, as the query \u{201c}{typed}\u{201d} cannot be read any more"),
        });
        let estate = self.estate.as_deref().map(|environment| match environment {
            "" => "entries that affect what runs here".to_owned(),
            environment => format!("entries that affect what runs in {environment}"),
        });
        let sources = self.sources.then_some("sources that fall silent or answer again");
        let packages = self.packages.then_some("packages that wait for a decision");
        [entries.as_deref(), estate.as_deref(), packages, sources]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::{NothingNew, Recipient, Rhythm, Told, Wanted, Watch};

    fn wanted(name: &str, query: &str, to: &str) -> Wanted {
        Wanted {
            name: name.into(),
            watch: Watch::entries(query),
            recipient: Recipient::mail(to),
            rhythm: Rhythm::default(),
            every_change: false,
            nothing_new: NothingNew::Daily,
        }
    }

    fn check(wanted: Wanted, part: &str, words: &str) {
        let mistake = wanted.checked().unwrap_err();
        assert_eq!(mistake.part, part, "{mistake}");
        assert!(mistake.sentence.contains(words), "{mistake}");
    }

    #[test]
    fn each_mistake_has_its_place_and_sentence() {
        assert!(wanted(" relay ", "vendor:acme", "a@b.example").checked().is_ok_and(|w| w.name == "relay"));
        check(wanted(" ", "relay", "a@b.example"), "name", "give it a name");
        check(wanted("a\r\nBcc: x@y.example", "relay", "a@b.example"), "name", "one line");
        check(wanted("a", "vedor:acme", "a@b.example"), "query", "vedor");
        check(wanted("a", &"word ".repeat(10_000), "a@b.example"), "query", "longer than 1000 characters");
        check(wanted("a", &"a ".repeat(100), "a@b.example"), "query", "more than 64 words");
        let nothing = Wanted { watch: Watch::default(), ..wanted("a", "", "a@b.example") };
        check(nothing, "query", "watches nothing");
        let packages = Watch { packages: true, ..Watch::default() };
        let fed = Wanted { watch: packages, recipient: Recipient::Feed, ..wanted("a", "", "") };
        check(fed, "to", "a feed holds entries only");
    }

    #[test]
    fn what_was_asked_for_is_kept_as_it_is() {
        let kept = serde_json::to_string(&wanted("a", "relay", "a@b.example")).unwrap();
        assert_eq!(serde_json::from_str::<Wanted>(&kept).unwrap(), wanted("a", "relay", "a@b.example"));
    }

    #[test]
    fn what_is_watched_reads_as_words() {
        let watch = Watch { query: Some("vendor:acme".into()), sources: true, ..Watch::default() };
        assert_eq!(
            watch.in_words(),
            "entries that come from the vendor acme; sources that fall silent or answer again"
        );
        let watch = Watch { estate: Some("production".into()), packages: true, ..Watch::default() };
        assert_eq!(
            watch.in_words(),
            "entries that affect what runs in production; packages that wait for a decision"
        );
    }

    #[test]
    fn what_was_told_is_read_in_the_old_form_and_the_new() {
        let old: Told = serde_json::from_str(r#"{"acme":"failing"}"#).unwrap();
        assert_eq!((old.sources.len(), old.packages.len()), (1, 0));
        let told = Told { packages: ["ab".to_owned()].into(), ..old };
        let kept = serde_json::to_string(&told).unwrap();
        assert_eq!(serde_json::from_str::<Told>(&kept).unwrap(), told);
    }
}
