//! Programs and libraries in machine code that came or went, what they newly call of the network and of other programs,
//! and protections that they lost.
//!
//! A library whose version stands in its name is the same library, and so is an extension built for another interpreter.

use std::collections::BTreeMap;

use super::side::Side;
use crate::finding::{CheckId, Finding};
use crate::kept::program::{Format, Program, lost};

/// Names that are told in one line.
const MOST_NAMED: usize = 12;

/// What differs.
pub(super) fn changes(now: &Side<'_>, before: &Side<'_>) -> Vec<Finding> {
    let (are, were) = (programs(now), programs(before));
    let mut found = counts(now, before, &are, &were);
    for (key, program) in &are {
        let Some(was) = were.get(key) else { continue };
        let calls: Vec<&str> =
            program.calls.iter().filter(|call| !was.calls.contains(call)).map(String::as_str).collect();
        if !calls.is_empty() && was.protections.is_some() {
            let detail = format!(
                "newly calls {}: was {}, is {}",
                calls.join(", "),
                named(&was.calls),
                named(&program.calls)
            );
            found.push(Finding::new(CheckId::BinaryNew, program.path.clone(), detail));
        }
        if let (Some(is), Some(old)) = (&program.protections, &was.protections) {
            let lost = lost(is, old);
            if !lost.is_empty() {
                let detail = format!("built without what it had before: {}", lost.join(", "));
                found.push(Finding::new(CheckId::BinaryNew, program.path.clone(), detail));
            }
        }
    }
    found
}

fn counts(
    now: &Side<'_>,
    before: &Side<'_>,
    are: &BTreeMap<String, &Program>,
    were: &BTreeMap<String, &Program>,
) -> Vec<Finding> {
    let only = |these: &BTreeMap<String, &Program>, others: &BTreeMap<String, &Program>| -> Vec<String> {
        these.iter().filter(|(key, _)| !others.contains_key(*key)).map(|(_, one)| one.path.clone()).collect()
    };
    let (came, went) = (only(are, were), only(were, are));
    if came.is_empty() && went.is_empty() {
        return Vec::new();
    }
    let (is, was) = (total(now), total(before));
    let mut found = Vec::new();
    for (paths, what) in [(came, "new"), (went, "removed")] {
        let Some(first) = paths.first() else { continue };
        let names: Vec<&str> = paths.iter().take(MOST_NAMED).map(|path| last(path)).collect();
        let more = match paths.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let detail = format!(
            "programs and libraries in machine code: was {was}, is {is}; {} {what}: {}{more}",
            paths.len(),
            names.join(", ")
        );
        let mut finding = Finding::new(CheckId::BinaryNew, first.clone(), detail);
        if paths.len() > 1 {
            finding.path = folder(first);
        }
        found.push(finding);
    }
    // Calls of what is new altogether are told together.
    let new = are.iter().filter(|(key, _)| !were.contains_key(*key));
    let mut calls: Vec<&str> =
        new.flat_map(|(_, program)| program.calls.iter().map(String::as_str)).collect();
    calls.sort_unstable();
    calls.dedup();
    if !calls.is_empty() {
        let detail = format!("what is new calls {}", calls.join(", "));
        let path = found.first().map(|finding| finding.path.clone()).unwrap_or_default();
        found.push(Finding::new(CheckId::BinaryNew, path, detail));
    }
    found
}

/// How many of each format a side has: `17 ELF`, `none`.
fn total(side: &Side<'_>) -> String {
    let count = |format| side.kept.programs.iter().filter(|program| program.format == format).count();
    let formats = [Format::Elf, Format::Pe, Format::MachO];
    let counts: Vec<String> = formats
        .into_iter()
        .filter(|format| count(*format) > 0)
        .map(|format| format!("{} {}", count(format), format.called()))
        .collect();
    if counts.is_empty() { "0".to_owned() } else { counts.join(" and ") }
}

fn programs<'a>(side: &Side<'a>) -> BTreeMap<String, &'a Program> {
    side.kept.programs.iter().map(|program| (key(&side.without_version(&program.path)), program)).collect()
}

/// The path without what says for which version, interpreter or machine it was built.
fn key(path: &str) -> String {
    let (folder, own) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = match own.find(".so.") {
        Some(at) => own.get(..at + 3).unwrap_or(own),
        None => own,
    };
    // `name.cpython-311-x86_64-linux-gnu.so`, `name.abi3.so`, `name.cp311-win_amd64.pyd`
    let tag = [".cpython-", ".abi3.", ".cp3", ".pypy"].iter().filter_map(|tag| stem.find(tag)).min();
    let stem = tag.and_then(|at| stem.get(..at)).map_or_else(|| stem.to_owned(), |bare| format!("{bare}.so"));
    format!("{folder}/{stem}")
}

fn named(calls: &[String]) -> String {
    if calls.is_empty() { "none of them".to_owned() } else { calls.join(", ") }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder(path: &str) -> String {
    path.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn a_library_built_for_another_interpreter_is_the_same() {
        assert_eq!(
            key("relay/_wire.cpython-311-x86_64-linux-gnu.so"),
            key("relay/_wire.cpython-312-x86_64-linux-gnu.so")
        );
        assert_eq!(key("relay/_wire.abi3.so"), key("relay/_wire.cp312-win_amd64.pyd"));
        assert_eq!(key("usr/lib/librelay.so.1.2"), key("usr/lib/librelay.so.1.4"));
        assert_ne!(key("usr/lib/librelay.so.1"), key("usr/lib/libwire.so.1"));
    }
}
