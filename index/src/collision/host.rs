//! Hosts that the package speaks to and that were retired.

use inspect::finding::object::Object;
use inspect::finding::{CheckId, Finding};

use super::{Assessment, Case, Kind};
use crate::estate::facts::Retired;

pub(super) fn look(case: &Case<'_>, told: &mut Assessment) {
    let named: Vec<(&Finding, &str)> = case
        .objects()
        .filter_map(|(finding, object)| match object {
            Object::Host { name } => Some((finding, name.as_str())),
            _ => None,
        })
        .collect();
    let unnamed = |finding: &Finding| finding.activation.acts() && is_remote(finding.check);
    if named.is_empty() && !case.findings.iter().any(unnamed) {
        return;
    }
    let Some(retired) = case.known(&case.estate.retired, Kind::Host, "retired hosts", told) else { return };
    for (finding, name) in named {
        if let Some(host) = retired.facts.iter().find(|host| is(host, name)) {
            let environment = &case.estate.environment;
            let since = host.since.as_ref().map(|since| format!(" since {since}")).unwrap_or_default();
            let why = host.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            let estate = format!("that host is retired in {environment}{since}{why}");
            told.collide(Kind::Host, finding, &format!("it names {name}"), estate, &retired.origin);
        }
    }
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
