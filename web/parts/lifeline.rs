//! The life lines of keys as a picture: from when until when each is valid by its own word, and when it was seen here.
//!
//! One strip a key, as wide as the page, all from the same day to the same day. The same facts stand as text beside it; the
//! picture only shows how they lie.

use index::keys::change::day;
use inspect::key::fact::Fact;
use inspect::key::openpgp::Revocation;

use crate::parts::key::address;

/// Width of the picture in its own units.
const WIDTH: i64 = 640;
/// Height of a line.
const HEIGHT: i64 = 14;
/// Seconds that a key without an end is drawn beyond now: two years.
const BEYOND: i64 = 2 * 366 * 86_400;
/// Keys in one picture.
const MOST: usize = 24;

/// The picture.
pub(crate) struct LifeLines {
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) rows: Vec<Row>,
    /// Whether each strip leads to its key's page.
    pub(crate) linked: bool,
    /// Where now is.
    pub(crate) now: i64,
    pub(crate) from: String,
    pub(crate) until: String,
}

/// One key.
pub(crate) struct Row {
    /// Where its validity begins and how long it lasts.
    pub(crate) x: i64,
    pub(crate) width: i64,
    /// Where it was seen here, and how long.
    pub(crate) seen: i64,
    pub(crate) seen_width: i64,
    pub(crate) class: &'static str,
    pub(crate) label: String,
    pub(crate) digits: String,
    pub(crate) address: String,
    /// All of it as a sentence.
    pub(crate) title: String,
}

/// One key with the time in which it was seen here, in seconds since 1970.
pub(crate) struct Life<'a> {
    pub(crate) fact: &'a Fact,
    pub(crate) first_seen: i64,
    pub(crate) last_seen: i64,
}

impl LifeLines {
    /// Draws keys; nothing where there is none.
    pub(crate) fn of(lives: &[Life<'_>], linked: bool, now: i64) -> Option<LifeLines> {
        let lives = lives.get(..MOST).unwrap_or(lives);
        let begin = |life: &Life<'_>| life.fact.created.unwrap_or(life.first_seen).clamp(0, now);
        let end = |life: &Life<'_>| life.fact.expires.unwrap_or(now + BEYOND).clamp(0, now + 10 * BEYOND);
        let from = lives.iter().map(begin).min()?;
        let until = lives.iter().map(end).max()?.max(now + BEYOND / 8);
        let span = (until - from).max(1);
        let x = |at: i64| ((at.clamp(from, until) - from) * WIDTH) / span;
        let row = |life: &Life<'_>| {
            let (start, stop) = (begin(life), end(life).max(begin(life)));
            Row {
                x: x(start),
                width: (x(stop) - x(start)).max(2),
                seen: x(life.first_seen),
                seen_width: (x(life.last_seen) - x(life.first_seen)).max(3),
                class: class(life.fact, now),
                label: label(life.fact),
                digits: life.fact.fingerprint.grouped(),
                address: address(&life.fact.fingerprint.written()),
                title: sentence(life),
            }
        };
        Some(LifeLines {
            width: WIDTH,
            linked,
            height: HEIGHT,
            rows: lives.iter().map(row).collect(),
            now: x(now),
            from: day(from),
            until: day(until),
        })
    }
}

fn class(fact: &Fact, now: i64) -> &'static str {
    match fact.revoked {
        Revocation::Hard => "stop",
        Revocation::Soft => "quiet",
        _ if fact.is_expired(now) => "quiet",
        _ if !fact.weak.is_empty() => "attention",
        _ => "note",
    }
}

/// The name and the algorithm.
fn label(fact: &Fact) -> String {
    let name: String = fact.name().unwrap_or("without a name").chars().take(60).collect();
    format!("{name}, {}", fact.algorithm)
}

fn sentence(life: &Life<'_>) -> String {
    let fact = life.fact;
    let from = fact.created.map_or_else(|| "an unstated day".to_owned(), day);
    let until = fact.expires.map_or_else(|| "no stated end".to_owned(), day);
    let seen = format!("seen here from {} to {}", day(life.first_seen), day(life.last_seen));
    let revoked = match fact.revoked {
        Revocation::Hard => "; revoked",
        Revocation::Soft => "; retired",
        Revocation::None | Revocation::Claimed => "",
    };
    format!("{}: from {from} to {until}; {seen}{revoked}", fact.fingerprint.grouped())
}

#[cfg(test)]
mod tests {
    use inspect::key::reading::read;

    use super::{Life, LifeLines};

    #[test]
    fn bars_stay_within_the_picture_whatever_a_key_states() {
        let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPRqmX/0FkXkjqSr1auDH3CRn1MYyjBE065qWn6yXQ9J halvard";
        let mut fact = read(line.as_bytes(), 0).keys.remove(0).fact;
        let now = 1_790_000_000;
        for (created, expires) in
            [(None, None), (Some(i64::MIN), Some(i64::MAX)), (Some(now), Some(0)), (Some(i64::MAX), Some(-1))]
        {
            (fact.created, fact.expires) = (created, expires);
            let life = Life { fact: &fact, first_seen: now - 5, last_seen: now };
            let picture = LifeLines::of(&[life], true, now).unwrap();
            let row = &picture.rows[0];
            assert!(row.x >= 0 && row.x + row.width <= picture.width + 2, "{created:?} {expires:?}");
            assert!((0..=picture.width).contains(&picture.now) && (0..=picture.width).contains(&row.seen));
        }
        assert!(LifeLines::of(&[], true, now).is_none());
    }
}
