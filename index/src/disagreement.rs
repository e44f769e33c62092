//! Two channels of one vendor that used to say the same and do not any more: a web list and a feed.
//!
//! Refuses to compare channels that never agreed, because most vendors say different things in different places, and to
//! count what either of them may still be about to say.
//!
//! The rule. Entries are the same if they share a link, an identifier or a title. A channel is held against another from
//! the oldest entry that both have. What the one has and the other lacks is *overdue* when it has been known here for
//! longer than the other usually takes, and the other has answered since. Of what came after both were first read and is
//! younger than two months: one overdue entry is a disagreement if before that the other had nearly all that the one said
//! (19 of 20), three if it had most of it (4 of 5); below five entries in common nothing is known of their habit. What is
//! older only tells of the habit, so that a disagreement that nobody mends is not spoken of for ever.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::answer::Card;
use crate::source::{Kind, Leased};
use crate::words::counted;

/// Entries in common below which two channels are not known to say the same.
const FEWEST: usize = 5;

/// How long something that is missing is spoken of.
const SPOKEN_OF: SignedDuration = SignedDuration::from_hours(60 * 24);

/// How long is waited where the usual delay is not known.
const WAIT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The shortest wait.
const SHORTEST_WAIT: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Delays below which nothing is known of what is usual.
const FEWEST_DELAYS: usize = 3;

/// Letters of a title below which it may belong to anything.
const SHORTEST_TITLE: usize = 12;

/// What one channel has said, as far as it is compared.
pub(crate) struct Channel {
    name: String,
    vendor: Option<String>,
    kind: Kind,
    /// When it last answered well.
    answered: Option<Timestamp>,
    /// When its oldest entries were first seen here: what was there before it was read.
    begun: Timestamp,
    said: Vec<Said>,
}

struct Said {
    marks: Vec<String>,
    title: String,
    seen: Timestamp,
    /// When it was said; absent where that is not known.
    dated: Option<Timestamp>,
}

impl Channel {
    /// A source with its newest entries.
    pub(crate) fn of(source: &Leased, cards: &[Card]) -> Self {
        let begun = cards.iter().map(|card| card.first_seen).min().unwrap_or(Timestamp::MAX);
        Self {
            name: source.source.name.clone(),
            vendor: source.source.vendor.clone(),
            kind: source.source.kind,
            answered: source.health.last_succeeded.filter(|_| source.health.failures == 0),
            begun,
            said: cards.iter().map(|card| said(card, begun)).collect(),
        }
    }
}

/// A sentence if `lacking` lacks what `other` has said, by the rule above.
pub(crate) fn disagreement(lacking: &Channel, other: &Channel, now: Timestamp) -> Option<String> {
    let pair = lacking.vendor.is_some() && lacking.vendor == other.vendor && lacking.kind != other.kind;
    let answered = lacking.answered.filter(|_| pair)?;
    let known: HashSet<&str> = lacking.said.iter().flat_map(|said| &said.marks).map(String::as_str).collect();
    let is_known = |said: &&Said| said.marks.iter().any(|mark| known.contains(mark.as_str()));
    let common: Vec<&Said> = other.said.iter().filter(is_known).collect();
    let from = common.iter().filter_map(|said| said.dated).min()?;
    if common.len() < FEWEST {
        return None;
    }
    let patience = patience(lacking, &common);
    let overdue = |said: &&Said| {
        let since = said.seen.saturating_add(patience).unwrap_or(Timestamp::MAX);
        since < answered && since < now
    };
    let missing = other.said.iter().filter(|said| !is_known(said));
    let missing = missing.filter(|said| said.dated.is_some_and(|dated| dated >= from)).filter(overdue);
    let both_read = lacking.begun.max(other.begun);
    let (fresh, old): (Vec<&Said>, Vec<&Said>) =
        missing.partition(|said| said.seen > both_read && now.duration_since(said.seen) < SPOKEN_OF);
    let in_all = common.len() + old.len();
    let enough = match fresh.len() {
        0 => false,
        1 | 2 => common.len() * 20 >= in_all * 19,
        _ => common.len() * 5 >= in_all * 4,
    };
    let example = fresh.iter().max_by_key(|said| said.seen).filter(|_| enough)?;
    let things = counted(fresh.len() as u64, "thing that does", "things that do");
    let such = if fresh.len() == 1 { ":" } else { ", such as" };
    Some(format!(
        "“{}” has said {things} not stand in “{}”{such} “{}”, first seen there on {}",
        other.name,
        lacking.name,
        example.title,
        example.seen.strftime("%Y-%m-%d")
    ))
}

/// How long is waited until `lacking` says what another has said: of the delays that were seen the longest is left out,
/// and twice the longest of the others, three days at least; a week where fewer than three are known.
fn patience(lacking: &Channel, common: &[&Said]) -> SignedDuration {
    let mut delays: Vec<SignedDuration> = Vec::new();
    for said in common {
        let same = lacking.said.iter().find(|own| own.marks.iter().any(|mark| said.marks.contains(mark)));
        // What was there when either was first read tells nothing of who was first.
        let Some(own) = same.filter(|own| own.seen > lacking.begun && said.dated == Some(said.seen)) else {
            continue;
        };
        delays.push(own.seen.duration_since(said.seen).max(SignedDuration::ZERO));
    }
    delays.sort_unstable();
    if delays.len() < FEWEST_DELAYS {
        return WAIT;
    }
    let usual = delays.get(delays.len() - 2).copied().unwrap_or(WAIT);
    usual.checked_mul(2).unwrap_or(WAIT).max(SHORTEST_WAIT)
}

fn said(card: &Card, begun: Timestamp) -> Said {
    let mut marks: Vec<String> =
        card.identifiers.iter().map(|one| format!("id {}", one.to_lowercase())).collect();
    marks.extend(card.link.as_deref().and_then(link));
    let title = title(&card.title);
    if title.chars().count() >= SHORTEST_TITLE {
        marks.push(format!("title {title}"));
    }
    let later = (card.first_seen > begun).then_some(card.first_seen);
    Said { marks, title: card.title.clone(), seen: card.first_seen, dated: card.published.or(later) }
}

/// An address without what differs between two ways of writing it.
fn link(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    let query: Vec<String> = url
        .query_pairs()
        .filter(|(name, _)| !name.starts_with("utm_"))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Some(format!("link {host}{}?{}", url.path().trim_end_matches('/'), query.join("&")))
}

/// A title's letters and digits in small letters, one blank between words.
fn title(title: &str) -> String {
    let words = title.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
