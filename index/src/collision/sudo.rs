//! Programs that the package runs through sudo and that sudo does not allow.
//!
//! Who will run them is not known, so a rule for anybody counts. A rule that allows a program with certain arguments only
//! is no contradiction: whether they are the same is said not to have been checked.

use inspect::finding::CheckId;
use inspect::finding::object::Object;

use super::{Assessment, Case, Kind, is_acting};
use crate::estate::facts::Rule;

pub(super) fn look(case: &Case<'_>, told: &mut Assessment) {
    let concerned = case.findings.iter().any(|finding| is_acting(finding, &[CheckId::PrivSudo]));
    if !concerned && !case.objects().any(|(_, object)| matches!(object, Object::Sudo { .. })) {
        return;
    }
    let Some(sudo) = case.known(&case.estate.sudo, Kind::Sudo, "what sudo allows", told) else { return };
    let environment = &case.estate.environment;
    for finding in case.findings.iter().filter(|finding| is_acting(finding, &[CheckId::PrivSudo])) {
        if finding.objects.iter().any(|object| matches!(object, Object::Sudo { .. })) {
            continue;
        }
        if sudo.facts.is_empty() && sudo.partial.is_none() {
            let estate = format!("sudo allows nothing in {environment}");
            told.collide(Kind::Sudo, finding, "it calls sudo", estate, &sudo.origin);
        } else if !sudo.facts.iter().any(|rule| rule.command == "ALL") {
            let sentence = "calls of sudo whose program could not be told".to_owned();
            told.miss(Kind::Sudo, sentence);
        }
    }
    for (finding, object) in case.objects() {
        let Object::Sudo { command } = object else { continue };
        let does = format!("it runs {command} through sudo");
        match (allowed(&sudo.facts, command), &sudo.partial) {
            (Allowed::Yes, _) => {}
            (Allowed::WithArguments, _) => {
                let sentence = format!("whether sudo allows {command} with just these arguments");
                told.miss(Kind::Sudo, sentence);
            }
            (Allowed::No, Some(why)) => {
                told.miss(Kind::Sudo, format!("whether sudo allows {command}: {why}"));
            }
            (Allowed::No, None) => {
                let estate = if sudo.facts.is_empty() {
                    format!("sudo allows nothing in {environment}")
                } else {
                    format!("sudo does not allow it in {environment}")
                };
                told.collide(Kind::Sudo, finding, &does, estate, &sudo.origin);
            }
        }
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Allowed {
    No,
    WithArguments,
    Yes,
}

/// Whether anybody may run a program; in the rules of one person the last that fits decides (sudoers(5)).
fn allowed(rules: &[Rule], command: &str) -> Allowed {
    let program = command.split_whitespace().next().unwrap_or_default();
    let mut people: Vec<&str> = rules.iter().map(|rule| rule.who.as_str()).collect();
    people.sort_unstable();
    people.dedup();
    let of = |who: &&str| {
        let mut word = Allowed::No;
        for rule in rules.iter().filter(|rule| rule.who == **who) {
            let (excepted, stated) = match rule.command.strip_prefix('!') {
                Some(rest) => (true, rest.trim()),
                None => (false, rule.command.trim()),
            };
            match (fits(stated, program), excepted) {
                (Allowed::No, _) => {}
                (Allowed::Yes, true) => word = Allowed::No,
                (Allowed::WithArguments, true) => {}
                (fit, false) => word = word.max(fit),
            }
        }
        word
    };
    people.iter().map(of).max().unwrap_or(Allowed::No)
}

/// Whether a rule's command is this program. A program that is called without its folder is the one of that name.
fn fits(stated: &str, program: &str) -> Allowed {
    if stated == "ALL" {
        return Allowed::Yes;
    }
    let mut words = stated.split_whitespace();
    let path = words.next().unwrap_or_default();
    let same = if program.contains('/') { path == program } else { path.rsplit('/').next() == Some(program) };
    // `/usr/sbin/` allows every program in that folder, `/usr/bin/*` those that fit.
    let folder = path.strip_suffix('*').unwrap_or(path);
    let whole = folder.ends_with('/') && (!program.contains('/') || program.starts_with(folder));
    match (same || whole, words.next()) {
        (false, _) => Allowed::No,
        (true, None) if whole && !program.contains('/') => Allowed::WithArguments,
        (true, None) => Allowed::Yes,
        (true, Some(_)) => Allowed::WithArguments,
    }
}
