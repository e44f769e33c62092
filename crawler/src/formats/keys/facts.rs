//! The facts of a key as lines that a person reads and that `key:` finds: full fingerprints, never short ones.
//!
//! Names on keys are strangers' texts: each becomes one line, so that none can add a line that looks like a fact.

use inspect::key::fact::Fact;
use inspect::key::openpgp::{Facts, KeyFacts, Revocation};
use inspect::key::x509;
use jiff::Timestamp;

use crate::clean;

/// Names and sub-keys of one key that are listed; keys drowned in names were used to break key servers.
const MOST: usize = 50;

/// The facts of an OpenPGP certificate.
pub(super) fn openpgp(facts: &Facts) -> String {
    let primary = &facts.primary;
    let named = facts.user_ids.iter().find(|name| name.bound && !name.revoked).or(facts.user_ids.first());
    let heading = named.map_or_else(|| "OpenPGP key without a name".to_owned(), |name| line(&name.text));
    let mut lines = vec![format!("## {heading}"), String::new()];
    lines.push(format!("- OpenPGP key fingerprint: {}", primary.fingerprint.grouped()));
    lines.extend(of_key(primary).into_iter().map(|fact| format!("- {fact}")));
    if facts.weak {
        lines.push("- Its own signatures are of a kind that is no longer safe".to_owned());
    }
    for name in facts.user_ids.iter().take(MOST) {
        let remark = match (name.bound, name.revoked) {
            (_, true) => " (taken back by the key)",
            (false, false) => " (not vouched for by the key itself: anybody can have added it)",
            (true, false) => "",
        };
        lines.push(format!("- User ID: {}{remark}", line(&name.text)));
    }
    for subkey in facts.subkeys.iter().take(MOST) {
        let facts = of_key(subkey).join("; ");
        lines.push(format!("- Sub-key fingerprint: {}; {facts}", subkey.fingerprint.grouped()));
    }
    let left = facts.user_ids.len().saturating_sub(MOST) + facts.subkeys.len().saturating_sub(MOST);
    if left > 0 {
        lines.push(format!("- {left} more user IDs or sub-keys are not listed"));
    }
    lines.join("\n")
}

fn of_key(key: &KeyFacts) -> Vec<String> {
    let mut facts = vec![format!("Algorithm: {}", line(&key.algorithm))];
    facts.push(format!("Created: {}", day(key.created)));
    facts.push(match key.expires {
        Some(at) => format!("Expires: {}", day(at)),
        None if key.bound => "Expires: never".to_owned(),
        None => "Expires: not known".to_owned(),
    });
    facts.push(format!("Signs: {}", if key.signs { "yes" } else { "no" }));
    match key.revoked {
        Revocation::None => {}
        Revocation::Soft => facts.push("Revoked: retired or superseded".to_owned()),
        Revocation::Hard => facts.push("Revoked: compromised, or no reason given".to_owned()),
        Revocation::Claimed => facts.push("Revoked: so somebody else says, which was not checked".to_owned()),
    }
    if !key.bound {
        facts.push("Not bound by a signature that holds: anybody can have added it".to_owned());
    }
    if !key.supported {
        facts.push("Cannot be computed with here".to_owned());
    }
    facts
}

/// The facts of an X.509 certificate.
pub(super) fn x509(facts: &x509::Facts) -> String {
    let x509::Facts { subject, issuer, serial, algorithm, .. } = facts;
    let issuer = if subject == issuer { "itself".to_owned() } else { line(issuer) };
    [
        format!("## {}", line(subject)),
        String::new(),
        format!("- X.509 certificate SHA-256 fingerprint: {}", facts.fingerprint.grouped()),
        format!("- Issued by: {issuer}"),
        format!("- Serial number: {}", line(serial)),
        format!("- Algorithm: {}", line(algorithm)),
        format!("- Valid from: {}", day(facts.not_before)),
        format!("- Valid until: {}", day(facts.not_after)),
        format!("- May issue certificates: {}", if facts.issues { "yes" } else { "no" }),
    ]
    .join("\n")
}

/// The facts of any other key.
pub(super) fn other(fact: &Fact) -> String {
    let heading = fact.name().map_or_else(|| "Public key without a name".to_owned(), line);
    let mut lines = vec![format!("## {heading}"), String::new()];
    lines.push(format!("- Fingerprint, SHA-256 of {}: {}", fact.kind.called(), fact.fingerprint.grouped()));
    lines.push(format!("- Algorithm: {}", line(&fact.algorithm)));
    lines.extend(fact.created.map(|at| format!("- Valid from: {}", day(at))));
    lines.extend(fact.expires.map(|at| format!("- Valid until: {}", day(at))));
    lines.extend(
        fact.aliases.iter().take(MOST).map(|one| format!("- Its {}: {}", line(&one.what), line(&one.value))),
    );
    lines.extend(
        fact.details.iter().take(MOST).map(|(name, value)| format!("- {}: {}", line(name), line(value))),
    );
    lines.join("\n")
}

fn day(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .map_or_else(|_| "unknown".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

fn line(text: &str) -> String {
    clean::line(text).into_string()
}
