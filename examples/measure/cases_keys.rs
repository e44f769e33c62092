//! The key files of key cases: what became of each key between the old files and the new ones, held against what
//! `case.json` states.

use std::collections::HashMap;

use anyhow::Context as _;
use index::keys::state::{KeyFacts, Succession, between};
use inspect::key::Fingerprint;
use inspect::key::openpgp::{Certificate, read};
use jiff::Timestamp;

use crate::cases::Case;

/// How many keys were compared, and of how many it came out as stated.
#[derive(Default)]
pub(crate) struct States {
    pub(crate) compared: u32,
    pub(crate) agreed: u32,
}

/// Compares the states of all cases that have old and new key files, and prints them.
pub(crate) fn compare(cases: &[Case], now: Timestamp) -> anyhow::Result<States> {
    let mut states = States::default();
    for case in cases {
        let (old, new) = (files(case, "old")?, files(case, "new")?);
        if old.is_empty() || new.is_empty() {
            continue;
        }
        for (fingerprint, succession) in became(&old, &new, now) {
            let stated = stated(case, fingerprint);
            let agrees = stated.as_ref().map(|stated| stated.contains(&succession));
            states.compared += u32::from(agrees.is_some());
            states.agreed += u32::from(agrees == Some(true));
            let remark = match agrees {
                Some(true) => " as stated",
                Some(false) => " NOT as stated",
                None => "",
            };
            println!("{}: {fingerprint} {}{remark}", case.id, succession.as_str());
        }
    }
    Ok(states)
}

/// The certificates in the key files of a case whose names hold a word.
fn files(case: &Case, word: &str) -> anyhow::Result<Vec<Certificate>> {
    let mut found = Vec::new();
    let named =
        |file: &str| file.rsplit('/').next().is_some_and(|name| name.starts_with(&format!("key-{word}")));
    for key in case.keys.iter().filter(|key| named(&key.file)) {
        let path = case.folder.join(&key.file);
        let bytes = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
        match read(&bytes) {
            Ok(certificates) => found.extend(certificates),
            Err(error) => println!("{}: {}: failed to {error}", case.id, key.file),
        }
    }
    Ok(found)
}

fn became(old: &[Certificate], new: &[Certificate], now: Timestamp) -> Vec<(Fingerprint, Succession)> {
    let facts =
        |certificates: &[Certificate]| certificates.iter().map(|one| facts(one, now)).collect::<Vec<_>>();
    let by_print = |certificates: &[Certificate]| -> HashMap<Fingerprint, Certificate> {
        certificates.iter().map(|one| (one.fingerprint(), one.clone())).collect()
    };
    let (before, after) = (by_print(old), by_print(new));
    between(&facts(old), &facts(new), |one, other| {
        before.get(&one).zip(after.get(&other)).is_some_and(|(one, other)| one.certifies(other))
    })
}

fn facts(certificate: &Certificate, now: Timestamp) -> KeyFacts {
    let facts = certificate.facts(now.as_second());
    KeyFacts {
        fingerprint: certificate.fingerprint(),
        subkeys: facts.subkeys.iter().map(|key| key.fingerprint).collect(),
        expires: facts.primary.expires,
        self_signed: None,
        revoked: facts.primary.revoked,
        weak: facts.weak,
    }
}

/// What a case states of a key; nothing of a key that it does not list as new or old.
fn stated(case: &Case, fingerprint: Fingerprint) -> Option<Vec<Succession>> {
    let digits = fingerprint.to_string();
    let lists = |ids: &[String]| Case::full(ids).contains(&digits);
    match (lists(&case.old_ids), lists(&case.new_ids)) {
        (true, true) => Some(vec![Succession::Renewed]),
        (false, true) if case.continuity => Some(vec![Succession::CrossSigned]),
        (false, true) => Some(vec![Succession::Replaced, Succession::Added]),
        (true, false) if case.old_key_state.starts_with("revoked") => {
            Some(vec![Succession::Revoked, Succession::Gone])
        }
        _ => None,
    }
}
