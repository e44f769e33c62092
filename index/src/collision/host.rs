//! Hosts that the package speaks to and that were retired.

use inspect::finding::object::Object;
use inspect::finding::{CheckId, Finding};

use super::{Assessment, Case, Kind};
use crate::estate::facts::Retired;

pub(super) fn look(case: &Case<'_>, told: &mut Assessment) {
    let named = case.objects().any(|(_, object)| matches!(object, Object::Host { .. }));
    let unnamed = |finding: &Finding| finding.activation.acts() && is_remote(finding.check);
    if !named && !case.findings.iter().any(unnamed) && case.estate.retired.is_none() {
        return;
    }
    let Some(retired) = case.known(&case.estate.retired, Kind::Host, "retired hosts", told) else { return };
    for finding in case.findings.iter().filter(|finding| finding.activation.acts()) {
        for (name, host) in names(finding).into_iter().filter_map(|name| {
            let host = retired.facts.iter().find(|host| is(host, &name))?;
            Some((name, host))
        }) {
            let environment = &case.estate.environment;
            let since = host.since.as_ref().map(|since| format!(" since {since}")).unwrap_or_default();
            let why = host.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            let estate = format!("that host is retired in {environment}{since}{why}");
            told.collide(Kind::Host, finding, &format!("it names {name}"), estate, &retired.origin);
        }
    }
}

/// The hosts that a finding is about; without any, the words of its line that could be a host's name or address. A line of
/// a crontab names the host of its command, and is found as one that runs on a clock.
fn names(finding: &Finding) -> Vec<String> {
    let about = finding.objects.iter().filter_map(|object| match object {
        Object::Host { name } => Some(name.clone()),
        _ => None,
    });
    let about: Vec<String> = about.collect();
    if !about.is_empty() {
        return about;
    }
    let line = finding.quote.as_ref().map(|quote| quote.as_str()).unwrap_or_default();
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let words = line.split(|letter: char| !is_part(letter)).filter(|word| word.contains('.'));
    words.map(str::to_owned).collect()
}

fn is_remote(check: CheckId) -> bool {
    check.family() == "remote"
}

fn is(host: &Retired, name: &str) -> bool {
    let name = plain(name);
    std::iter::once(&host.name).chain(&host.also).any(|known| {
        let known = plain(known);
        match known.strip_prefix("*.") {
            Some(domain) => {
                name.strip_suffix(domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
            }
            None => known == name,
        }
    })
}

fn plain(name: &str) -> String {
    name.trim().trim_end_matches('.').trim_matches(['[', ']']).to_ascii_lowercase()
}
