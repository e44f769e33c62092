//! Systems, C libraries, kernels and runtimes that are older than what a package needs.
//!
//! Only *too old* collides: a range that also has an end is held by its beginning. A range that is not understood, and a
//! version known too coarsely to tell, are not checked.

use std::cmp::Ordering;

use inspect::finding::{CheckId, Finding};
use inspect::package::{Claims, Minimum, Platform};

use super::{Assessment, Case, Kind};
use crate::estate::runtime::{self, Runs};
use crate::version::{Scheme, compare};

pub(super) fn look(case: &Case<'_>, told: &mut Assessment) {
    for claims in case.claims {
        for least in &claims.minimums {
            if least.of == Platform::System {
                system(case, claims, least, told);
            } else {
                runtime(case, claims, least, told);
            }
        }
    }
}

fn runtime(case: &Case<'_>, claims: &Claims, least: &Minimum, told: &mut Assessment) {
    let (called, environment) = (least.of.called(), &case.estate.environment);
    let runs = match runtime::of(case.estate, least.of) {
        Ok(runs) => runs,
        Err(sentence) => return told.miss(Kind::Least, format!("{called} {}: {sentence}", least.version)),
    };
    let needs: Vec<Option<bool>> = runs.iter().map(|one| is_enough(least, &one.version)).collect();
    if needs.contains(&Some(true)) {
        return;
    }
    let newest = runs.iter().zip(&needs).filter(|(_, fits)| **fits == Some(false)).map(|(one, _)| one);
    let newest = newest.max_by(|one, other| newer(&one.version, &other.version));
    match newest {
        Some(one) if needs.iter().all(Option::is_some) => {
            told.collide(
                Kind::Least,
                &finding(case, claims, least),
                &needed(least),
                has(one, environment),
                one.origin,
            );
        }
        _ => {
            let sentence =
                format!("whether {environment} has {called} {}: that cannot be told", least.version);
            told.miss(Kind::Least, sentence);
        }
    }
}

fn has(one: &Runs<'_>, environment: &str) -> String {
    format!("{environment} has {}", one.said)
}

fn needed(least: &Minimum) -> String {
    format!("it needs {} {} (by {})", least.of.called(), least.version, least.stated_by)
}

fn newer(one: &str, other: &str) -> Ordering {
    compare(Scheme::Semver, one, other).unwrap_or(Ordering::Equal)
}

/// A least system is named in the version: `macOS 11.0`.
fn system(case: &Case<'_>, claims: &Claims, least: &Minimum, told: &mut Assessment) {
    // The same package for several systems side by side: one of them is for here.
    let is_other = |other: &&Claims| other.name == claims.name && other.path != claims.path;
    let fits_here = |other: &Claims| other.minimums.iter().all(|one| one.of != Platform::System);
    if case.claims.iter().filter(is_other).any(fits_here) {
        return;
    }
    let Some(os) = case.known(&case.estate.os, Kind::Least, "the system", told) else { return };
    let (name, version) = least.version.rsplit_once(' ').unwrap_or((least.version.as_str(), ""));
    let held = os.facts.version.as_deref().unwrap_or_default();
    let said = format!("{} runs {} {held}", case.estate.environment, os.facts.id);
    let collides = match (plain(name) == plain(&os.facts.id), at_least(version, held)) {
        (false, _) => true,
        (true, Some(enough)) => !enough,
        (true, None) => {
            return told
                .miss(Kind::Least, format!("whether {said} is {}: that cannot be told", least.version));
        }
    };
    if collides {
        let does = format!("it is made for {} (by {})", least.version, least.stated_by);
        told.collide(
            Kind::Least,
            &finding(case, claims, least),
            &does,
            said.trim_end().to_owned(),
            &os.origin,
        );
    }
}

fn plain(system: &str) -> String {
    match system.trim().to_ascii_lowercase().as_str() {
        "darwin" | "mac os x" | "os x" => "macos".to_owned(),
        other => other.to_owned(),
    }
}

/// The finding that states this least version, else one made of it.
fn finding(case: &Case<'_>, claims: &Claims, least: &Minimum) -> Finding {
    let check = if least.of == Platform::Glibc { CheckId::MinGlibc } else { CheckId::MinRuntime };
    let states = |finding: &&Finding| {
        finding.check == check && finding.path == claims.path && finding.detail.contains(&least.version)
    };
    let stated = case.findings.iter().find(states).cloned();
    stated.unwrap_or_else(|| Finding::new(check, claims.path.clone(), needed(least)))
}

/// Whether a version is enough for what is needed; `None` where that cannot be told.
fn is_enough(least: &Minimum, held: &str) -> Option<bool> {
    let needed = match least.of {
        Platform::DotNet => dot_net(&least.version)?,
        _ => least.version.clone(),
    };
    let alternatives: Vec<Option<bool>> = needed.split("||").map(|range| reaches(range, held)).collect();
    match alternatives.contains(&Some(true)) {
        true => Some(true),
        false => alternatives.into_iter().collect::<Option<Vec<bool>>>().map(|_| false),
    }
}

/// Whether a version reaches the beginning of one range: `>=3.8,<4`, `^18.12 <20`, `~> 2.7`, `2.34`.
fn reaches(range: &str, held: &str) -> Option<bool> {
    let is_operator = |letter: char| matches!(letter, '<' | '>' | '=' | '~' | '^' | '!');
    let mut enough = None;
    let mut operator = String::new();
    for word in range.split([',', ' ']).filter(|word| !word.is_empty()) {
        let version = word.trim_start_matches(is_operator);
        let (start, _) = word.split_at(word.len() - version.len());
        operator.push_str(start);
        if version.is_empty() {
            continue;
        }
        let asks = std::mem::take(&mut operator);
        // The end of a range written `1.2 - 2.3`.
        if version == "-" {
            break;
        }
        let fits = match asks.as_str() {
            "" | "=" | "==" | "===" | ">=" | "^" | "~" | "~>" | "~=" => at_least(version, held)?,
            ">" => at_least(version, held)? && version != held,
            _ => continue,
        };
        enough = Some(enough.unwrap_or(true) && fits);
    }
    enough
}

/// Whether a version is not older than a bound; `None` where it is known too coarsely or either is no version.
fn at_least(bound: &str, held: &str) -> Option<bool> {
    let bound = bound.trim_start_matches('v');
    let bound = bound.trim_end_matches(['*', 'x', 'X']).trim_end_matches('.');
    if bound.is_empty() {
        return Some(true);
    }
    let numbers = |version: &str| -> Vec<String> { version.split('.').map(str::to_owned).collect() };
    let (asked, known) = (numbers(bound), numbers(held));
    if known.len() < asked.len()
        && asked.starts_with(&known)
        && asked.iter().skip(known.len()).any(|one| one != "0")
    {
        return None;
    }
    compare(Scheme::Semver, held, bound).map(Ordering::is_ge)
}

/// The version of .NET that a target framework names; `None` for others (.NET Framework, .NET Standard).
fn dot_net(framework: &str) -> Option<String> {
    let lower = framework.to_ascii_lowercase();
    let name = lower.trim_start_matches('.').split('-').next()?;
    if let Some(version) = name.strip_prefix("netcoreapp") {
        return Some(version.to_owned());
    }
    let version = name.strip_prefix("net")?;
    let (major, _) = version.split_once('.')?;
    major.parse::<u32>().ok().filter(|major| *major >= 5).map(|_| version.to_owned())
}
