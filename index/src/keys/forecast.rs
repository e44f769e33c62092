//! What will become of keys that are in use: which end soon, never end, are weak, or will be refused.

use inspect::key::fact::{Fact, Kind};
use inspect::key::openpgp::Revocation;
use jiff::Timestamp;
use serde::Serialize;

use crate::keys::change::day;

/// Seconds ahead of its end from which on a key is told: 90 days.
const SOON: i64 = 90 * 86_400;

/// What is foreseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outlook {
    /// Its time is over, and it is still in use.
    Expired,
    /// A verifier refuses it, now or on a known day.
    Refused,
    /// It ends within 90 days.
    EndsSoon,
    /// Its algorithm is no longer safe.
    Weak,
    /// It never ends.
    NoEnd,
}

impl Outlook {
    /// As it is shown.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            Outlook::Expired => "has expired",
            Outlook::Refused => "refused",
            Outlook::EndsSoon => "ends soon",
            Outlook::Weak => "weak",
            Outlook::NoEnd => "never ends",
        }
    }
}

/// One thing that is foreseen of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Foreseen {
    /// What.
    pub outlook: Outlook,
    /// The day on which it comes or came, seconds since 1970.
    pub at: Option<i64>,
    /// In words.
    pub sentence: String,
}

/// What is foreseen of a key at `now`, the worst first; nothing of one that was taken back.
#[must_use]
pub fn of(fact: &Fact, now: Timestamp) -> Vec<Foreseen> {
    if matches!(fact.revoked, Revocation::Soft | Revocation::Hard) {
        return Vec::new();
    }
    let now = now.as_second();
    let mut seen = Vec::new();
    let mut see = |outlook, at, sentence: String| seen.push(Foreseen { outlook, at, sentence });
    match fact.expires {
        Some(end) if end <= now => see(Outlook::Expired, Some(end), format!("it ended on {}", day(end))),
        Some(end) if end - now <= SOON => {
            let days = (end - now).div_euclid(86_400);
            see(Outlook::EndsSoon, Some(end), format!("it ends on {}, in {days} days", day(end)));
        }
        None if fact.bound && fact.kind == Kind::OpenPgp => {
            see(Outlook::NoEnd, None, "it has no expiry".to_owned());
        }
        _ => {}
    }
    if let Some(refused) = &fact.refused {
        let verb = if refused.from <= now { "has been refused since" } else { "will be refused from" };
        see(
            Outlook::Refused,
            Some(refused.from),
            format!("{verb} {} on by {}", day(refused.from), refused.by),
        );
    }
    for weakness in &fact.weak {
        see(Outlook::Weak, None, weakness.clone());
    }
    // Sub-keys do the signing of many vendors, and end by themselves.
    for subkey in fact.subkeys.iter().filter(|one| one.signs && one.bound && one.revoked == Revocation::None)
    {
        if let Some(end) = subkey.expires.filter(|end| *end > now && *end - now <= SOON)
            && Some(end) != fact.expires
        {
            see(
                Outlook::EndsSoon,
                Some(end),
                format!("its sub-key {} ends on {}", subkey.fingerprint.grouped(), day(end)),
            );
        }
    }
    seen.sort_by_key(|one| one.outlook);
    seen
}
