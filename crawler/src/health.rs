//! What is wrong with a source beyond a status code: soft "not found" pages, feeds that lost entries, expired keys.
//!
//! Finds a [`Symptom`] and its sentence; what state they amount to, and when, is told in the index. Refuses to record
//! anything.

use std::collections::BTreeSet;

use index::entry::Draft;
use index::health::Symptom;
use inspect::key::openpgp::Certificate;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::fetch::{Answer, Disappointment, Fetched, Validators, charset};
use crate::formats::{Unreadable, feed, page};
use crate::sources::{Errand, Trouble};

/// A name that no server has on purpose.
const NOWHERE: &str = "forewarn-asks-for-a-page-that-is-not-there";

/// What a page without content is called, in the languages most met.
const NOT_FOUND: [&str; 8] = [
    "not found",
    "page doesn't exist",
    "page does not exist",
    "nicht gefunden",
    "introuvable",
    "no encontrada",
    "не найдена",
    "見つかりません",
];

/// Letters beyond which a title is about something, even if it says "not found".
const LONGEST_TITLE: usize = 60;

/// Entries of a feed that are remembered.
const REMEMBERED: usize = 1000;

/// How long lost entries are waited for before the shorter feed counts as the feed.
const WAIT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What is wrong, as far as it has a word.
#[must_use]
pub fn symptom(trouble: &Trouble) -> Option<Symptom> {
    match trouble {
        Trouble::Fetch(disappointment) => of_fetch(disappointment),
        Trouble::Absent { .. } => Some(Symptom::Missing),
        Trouble::Read { why, .. } => match why.kind {
            feed::WEB_PAGE => Some(Symptom::NotAFeed),
            page::UNMATCHED => Some(Symptom::Unmatched),
            _ => None,
        },
        _ => None,
    }
}

fn of_fetch(disappointment: &Disappointment) -> Option<Symptom> {
    match disappointment {
        Disappointment::Gone { .. } => Some(Symptom::Removed),
        Disappointment::NotFound { .. } => Some(Symptom::Missing),
        Disappointment::Unresolved { .. } => Some(Symptom::Unresolved),
        Disappointment::CertificateExpired { .. } => Some(Symptom::Certificate),
        Disappointment::Unauthorized { .. }
        | Disappointment::Forbidden { .. }
        | Disappointment::LoginRefused { .. } => Some(Symptom::Refused),
        Disappointment::RobotsUnreachable { cause, .. } => of_fetch(cause),
        _ => None,
    }
}

/// Why a page that was not what it should be could not be read: perhaps it is the server's way of saying that nothing
/// is there. One more page, which cannot be there, is asked for to tell.
pub async fn examined(errand: &Errand<'_>, fetched: &Fetched, why: Unreadable) -> Trouble {
    let (html, _) = charset::decode(&fetched.bytes, fetched.charset.as_deref());
    if says_not_found(&html) || is_same_as_nowhere(errand, fetched).await {
        return Trouble::Absent { url: fetched.url.to_string() };
    }
    Trouble::Read { what: fetched.url.to_string(), why }
}

/// Whether a page's title says that there is none.
#[must_use]
pub fn says_not_found(html: &str) -> bool {
    let head: String = html.chars().take(5000).collect::<String>().to_lowercase();
    let Some((_, rest)) = head.split_once("<title") else { return false };
    let Some((_, rest)) = rest.split_once('>') else { return false };
    let title = rest.split("</title").next().unwrap_or_default().trim();
    let short = title.chars().count() <= LONGEST_TITLE;
    let numbered = title.split(|letter: char| !letter.is_alphanumeric()).next() == Some("404");
    numbered || short && NOT_FOUND.iter().any(|words| title.contains(words))
}

async fn is_same_as_nowhere(errand: &Errand<'_>, fetched: &Fetched) -> bool {
    let Ok(nowhere) = fetched.url.join(NOWHERE) else { return false };
    let answer = errand.fetch(nowhere.clone(), "text/html, */*;q=0.1", Validators::default()).await;
    let Ok(Answer::Fresh(other)) = answer else { return false };
    // A page that repeats the address it was asked for is still the same page.
    let bare = |fetched: &Fetched, path: &str| {
        let text = String::from_utf8_lossy(&fetched.bytes).into_owned();
        if path.len() > 1 { text.replace(path, "") } else { text }
    };
    bare(fetched, fetched.url.path()) == bare(&other, nowhere.path())
}

/// What a feed held when it was last whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Held {
    /// Marks of its entries with their dates in seconds; 0 where a date is missing.
    entries: BTreeSet<(i64, String)>,
    /// Since when some of them are missing.
    lost_since: Option<Timestamp>,
}

impl Held {
    /// Compares what the feed holds now with what it held; answers a sentence when it has lost what it should have.
    ///
    /// A feed lets go of its oldest entries. Those that vanish while an older one stays, or all at once without new ones
    /// in their place, are lost; up to one in four (a vendor takes something back) is no reason to doubt the feed.
    pub fn compare(&mut self, drafts: &[Draft], now: Timestamp) -> Option<String> {
        let present: BTreeSet<(i64, String)> = drafts.iter().map(mark).collect();
        let lost = self.lost(&present);
        let waited = self.lost_since.is_some_and(|since| now.duration_since(since) >= WAIT);
        if lost < 2 || lost * 4 < self.entries.len() || waited {
            self.entries = present.into_iter().rev().take(REMEMBERED).collect();
            self.lost_since = None;
            return None;
        }
        self.lost_since.get_or_insert(now);
        Some(format!("the feed has lost {lost} of the {} entries that it held", self.entries.len()))
    }

    /// What is still true when the feed says that it has not changed.
    #[must_use]
    pub fn unchanged(&self) -> Option<String> {
        self.lost_since.map(|_| "the feed has not got back the entries that it lost".to_owned())
    }

    fn lost(&self, present: &BTreeSet<(i64, String)>) -> usize {
        let names: BTreeSet<&str> = present.iter().map(|(_, mark)| mark.as_str()).collect();
        let oldest = present.iter().map(|(date, _)| *date).find(|date| *date > 0).unwrap_or(i64::MAX);
        let shrank = present.len() * 2 < self.entries.len();
        let missing = self.entries.iter().filter(|(_, mark)| !names.contains(mark.as_str()));
        missing.filter(|(date, _)| shrank || *date > oldest).count()
    }
}

fn mark(draft: &Draft) -> (i64, String) {
    let date = draft.statement.published.or(draft.statement.updated);
    let hash = Sha256::digest(&draft.native_id);
    (date.map_or(0, Timestamp::as_second), hex::encode(hash.get(..8).unwrap_or_default()))
}

/// A sentence when every key that a provider signs with is past its time or was taken back.
#[must_use]
pub fn provider_keys(certificates: &[Certificate], now: Timestamp) -> Option<String> {
    let seconds = now.as_second();
    let mut last = None;
    for certificate in certificates {
        let primary = certificate.facts(seconds).primary;
        let expired = primary.expires.filter(|expires| *expires <= seconds)?;
        last = last.max(Some(expired));
    }
    let day = Timestamp::from_second(last?).ok()?.to_string();
    let day = day.split('T').next().unwrap_or_default();
    Some(format!("the key that the provider signs with expired on {day}"))
}

#[cfg(test)]
mod tests {
    use index::entry::{Draft, Evidence, Kind, Statement};
    use jiff::{SignedDuration, Timestamp};

    use super::{Held, says_not_found};

    fn day(number: i64) -> Timestamp {
        "2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * number)
    }

    fn drafts(numbers: impl IntoIterator<Item = i64>) -> Vec<Draft> {
        let draft = |number: i64| Draft {
            native_id: number.to_string(),
            kind: Kind::Notice,
            link: None,
            statement: Statement { published: Some(day(number)), ..Statement::default() },
            evidence: Evidence { media_type: String::new(), bytes: Vec::new() },
        };
        numbers.into_iter().map(draft).collect()
    }

    fn check(after: impl IntoIterator<Item = i64>, expected: Option<&str>) {
        let mut held = Held::default();
        assert_eq!(held.compare(&drafts(0..10), day(10)), None, "the first look knows nothing");
        assert_eq!(held.compare(&drafts(after), day(11)).as_deref(), expected);
    }

    #[test]
    fn a_feed_lets_go_of_its_oldest_and_of_little_else() {
        check(0..10, None);
        check(3..13, None);
        check(8..18, None);
        check(20..30, None);
        check([0, 1, 2, 3, 4, 5, 6, 7, 8], None);
        check([0, 6, 7, 8, 9, 10], Some("the feed has lost 5 of the 10 entries that it held"));
        check([8, 9], Some("the feed has lost 8 of the 10 entries that it held"));
        check([], Some("the feed has lost 10 of the 10 entries that it held"));
    }

    #[test]
    fn lost_entries_are_waited_for_a_week() {
        let mut held = Held::default();
        assert_eq!(held.compare(&drafts(0..10), day(10)), None);
        assert!(held.compare(&drafts(8..10), day(11)).is_some());
        assert!(held.unchanged().is_some());
        assert!(held.compare(&drafts(8..11), day(17)).is_some());
        assert_eq!(held.clone().compare(&drafts(0..11), day(17)), None, "they are back");
        assert_eq!(held.compare(&drafts(8..11), day(18)), None, "this is the feed now");
        assert_eq!(held.unchanged(), None);
    }

    #[test]
    fn a_title_can_say_that_there_is_no_page() {
        let check = |title: &str, expected| {
            let page = format!("<!doctype html><html><head><TITLE lang=en>{title}</TITLE></head></html>");
            assert_eq!(says_not_found(&page), expected, "{title}");
        };
        check("404", true);
        check("404 - Orrin Works", true);
        check("Page Not Found | Halvard", true);
        check("Seite nicht gefunden", true);
        check("Halvard Relay 4.0.4", false);
        check("ORR-404: the ledger", false);
        check("A library that was not found at start lets the relay load one from the working folder", false);
        assert!(!says_not_found("not found"));
    }
}
