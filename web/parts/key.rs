//! A key in words, for its page, the terminal and a ticket.

use index::keys::change::day;
use index::keys::judged::Signer;
use index::keys::pin::Pin;
use index::keys::view::KeyView;
use inspect::key::fact::{Fact, Subkey};
use inspect::key::openpgp::Revocation;
use jiff::Timestamp;

/// Aliases and details of a key that are shown.
const SHOWN: usize = 24;

/// Whose it is, as far as places and pins tell.
pub(crate) fn whose(view: &KeyView) -> String {
    let pinned = view.pins.iter().find(|pin| pin.counts());
    match (pinned, view.vendors.as_slice()) {
        (Some(pin), _) => {
            format!("{}, by the decision of {} (pin {})", pin.bound.vendor, pin.made_by, pin.id)
        }
        (None, []) => "not known: it was not seen at a place of a vendor that is recorded here".to_owned(),
        (None, [one]) => format!("seen at places of {one}; nobody here decided that it is theirs"),
        (None, several) => {
            format!("seen at places of {}; nobody here decided whose it is", several.join(", "))
        }
    }
}

/// What its own facts make of it at the time of the answer, in a sentence without its full stop.
pub(crate) fn state(view: &KeyView) -> String {
    let Some(key) = &view.key else { return "no copy of it is at hand".to_owned() };
    let facts = &key.facts;
    let reason = facts.revocation.as_ref().map_or_else(String::new, |one| {
        let on = one.at.map(|at| format!(" on {}", day(at))).unwrap_or_default();
        format!("{on}, {}", one.reason)
    });
    match facts.revoked {
        Revocation::Hard => {
            return format!("revoked as compromised or without a reason{reason}: no signature by it counts");
        }
        Revocation::Soft => {
            return format!("retired or superseded{reason}: signatures from before still count");
        }
        Revocation::None | Revocation::Claimed => {}
    }
    if !facts.bound {
        return "it does not vouch for itself in a signature that holds: anybody can have made it so"
            .to_owned();
    }
    if let Some(since) = view.evidence.retired {
        return format!("no longer used since {}, as its vendor says", day(since.as_second()));
    }
    match facts.expires {
        Some(end) if end <= view.at.as_second() => format!("expired on {}", day(end)),
        Some(end) => format!("valid until {}", day(end)),
        None => "no expiry is stated".to_owned(),
    }
}

/// The page of a key.
pub(crate) fn address(name: &str) -> String {
    crate::words::page("/keys", name)
}

/// A pin as a heading and lines.
pub(crate) fn pin(pin: &Pin) -> (String, Vec<String>) {
    let at = |at: Timestamp| day(at.as_second());
    let mut lines = vec![
        format!("It counts for {}", pin.bound),
        format!("{} by {}, over {}: {}", at(pin.made), pin.made_by, pin.channel, pin.reason),
    ];
    if let (Some(by), Some(when)) = (&pin.second_by, pin.second_at) {
        lines.push(format!("{} agreed by {by}", at(when)));
    }
    if let (Some(when), Some(by), Some(why)) = (pin.undone, &pin.undone_by, &pin.undone_why) {
        lines.push(format!("{} undone by {by}: {why}", at(when)));
    }
    (format!("Pin {}: {}", pin.id, pin.standing()), lines)
}

/// The verdict on a signer in lines, each with its name: the four fields, then what they rest on.
pub(crate) fn verdict(signer: &Signer) -> Vec<(&'static str, String)> {
    let latest = &signer.latest;
    let mut lines = vec![
        ("Signature", latest.signature.clone()),
        ("Key on arrival", format!("{}, {}", signer.first.key.shown(), day(signer.first_at.as_second()))),
        ("Key now", format!("{}, since {}", latest.key.shown(), day(signer.latest_at.as_second()))),
        ("Evidence", latest.evidence.as_str().to_owned()),
        ("Policy", format!("{}: {}", latest.policy.as_str(), latest.reason)),
        ("Vendor", signer.vendor.clone().unwrap_or_else(|| "not recorded here".to_owned())),
    ];
    if let Some(best) = &latest.best {
        lines.push(("Best evidence", format!("{}: \"{}\"", best.title, best.quote)));
        lines.extend(best.missing.clone().map(|missing| ("For the next grade", missing)));
    }
    lines.extend(signer.freshness.clone().map(|sentence| ("Freshness", sentence)));
    lines
}

/// A key beneath it, in words.
fn beneath(subkey: &Subkey) -> String {
    let mut words = vec![subkey.fingerprint.grouped(), subkey.algorithm.clone()];
    words.push(subkey.expires.map_or_else(|| "no expiry".to_owned(), |at| format!("until {}", day(at))));
    match subkey.revoked {
        Revocation::Soft => words.push("retired".to_owned()),
        Revocation::Hard => words.push("revoked".to_owned()),
        Revocation::None | Revocation::Claimed => {}
    }
    if !subkey.bound {
        words.push("not bound: anybody can have added it".to_owned());
    }
    words.join(", ")
}

/// Its facts, each with its name.
pub(crate) fn facts(facts: &Fact) -> Vec<(String, String)> {
    let mut said: Vec<(String, String)> = Vec::new();
    let mut say = |name: &str, value: String| said.push((name.to_owned(), value));
    if let Some(created) = facts.created {
        say("Made", day(created));
    }
    if let Some(signed) = facts.self_signed {
        say("Signed itself last", day(signed));
    }
    for subkey in facts.subkeys.iter().filter(|one| one.signs || !one.bound) {
        say(if subkey.signs { "Sub-key that signs" } else { "Sub-key" }, beneath(subkey));
    }
    for weakness in &facts.weak {
        say("No longer safe", weakness.clone());
    }
    if !facts.signed_by.is_empty() {
        let few: Vec<String> = facts.signed_by.iter().take(6).map(|name| crate::words::fours(name)).collect();
        let more = facts.signed_by.len().saturating_sub(few.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        say("Signed by, in its own words", format!("{}{more}", few.join(", ")));
    }
    for alias in facts.aliases.iter().filter(|one| !one.what.contains("sub-key")).take(SHOWN) {
        let mut name = alias.what.clone();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        say(&name, crate::words::fours(&alias.value));
    }
    for (name, value) in facts.details.iter().take(SHOWN) {
        say(name, value.clone());
    }
    said
}
