//! The key files of key cases: what became of each key between the old files and the new ones, held against what
//! `case.json` states.

use anyhow::Context as _;
use index::keys::change::compared;
use index::keys::continuity::Witness;
use index::keys::state::{KeyFacts, Succession, between};
use inspect::key::Fingerprint;
use inspect::key::fact::Kind;
use inspect::key::reading::{Found, read};
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
        let (old, new) = (files(case, "old", now)?, files(case, "new", now)?);
        if old.is_empty() || new.is_empty() {
            continue;
        }
        for (fingerprint, succession) in became(&old, &new) {
            let key = new.iter().chain(&old).find(|one| one.fact.fingerprint == fingerprint);
            let stated = key.and_then(|key| stated(case, key));
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

/// The keys in the key files of a case whose names hold a word, of whatever sort they are.
fn files(case: &Case, word: &str, now: Timestamp) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    let named =
        |file: &str| file.rsplit('/').next().is_some_and(|name| name.starts_with(&format!("key-{word}")));
    for key in case.keys.iter().filter(|key| named(&key.file)) {
        let path = case.folder.join(&key.file);
        let bytes = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
        let read = read(&bytes, now.as_second());
        for remark in read.remarks {
            println!("{}: {}: failed to {remark}", case.id, key.file);
        }
        found.extend(read.keys);
    }
    Ok(found)
}

fn became(old: &[Found], new: &[Found]) -> Vec<(Fingerprint, Succession)> {
    // The files say which copy is the newer one.
    let facts = |keys: &[Found]| -> Vec<KeyFacts> {
        keys.iter().map(|one| KeyFacts { self_signed: None, ..compared(&one.fact) }).collect()
    };
    let witness = |keys: &[Found], of: Fingerprint| {
        keys.iter().find(|one| one.fact.fingerprint == of).and_then(|one| Witness::of(&one.fact, &one.bytes))
    };
    between(&facts(old), &facts(new), |one, other| {
        let both = witness(old, one).zip(witness(new, other));
        both.is_some_and(|(one, other)| one.vouches(&other).is_some())
    })
}

/// The names by which a case may list a key: its digits and, of a certificate, the common name of its subject.
fn listed_as(key: &Found) -> Vec<String> {
    let mut names = vec![key.fact.fingerprint.to_string()];
    if key.fact.kind == Kind::X509 {
        let subject = key.fact.name().unwrap_or_default();
        names
            .extend(subject.split(',').filter_map(|part| part.trim().strip_prefix("CN=")).map(str::to_owned));
    }
    names
}

/// What a case states of a key; nothing of a key that it does not list as new or old.
fn stated(case: &Case, key: &Found) -> Option<Vec<Succession>> {
    let names = listed_as(key);
    let lists = |ids: &[String]| {
        let full = Case::full(ids);
        names.iter().any(|name| full.contains(name) || ids.contains(name))
    };
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
