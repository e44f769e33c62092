//! What a package gives to seek entries by: names and versions, identifiers, hashes, keys, hosts, units.
//!
//! Taken from the report alone, each list bounded; what a bound left out is said.

use std::collections::BTreeMap;

use inspect::container::attributes::Kind;
use inspect::finding::object::Object;
use inspect::finding::{CheckId, Finding};
use inspect::inspection::Inspection;

use super::claimed::Claimed;
use crate::mention;

/// Identifiers of changelogs that are sought.
const IDENTIFIERS: usize = 100;
/// Keys.
const KEYS: usize = 40;
/// Hosts, and as many units.
const THINGS: usize = 60;

/// What is sought for one package.
#[derive(Clone, Debug, Default)]
pub struct Seek {
    /// The packages in the file, the outermost first.
    pub claims: Vec<Claimed>,
    /// Advisory identifiers that its changelogs name.
    pub identifiers: Vec<String>,
    /// SHA-256 of the file and of the files in it, each with its place.
    pub hashes: Vec<(String, String)>,
    /// Keys that signed, in upper-case digits.
    pub keys: Vec<String>,
    /// Hosts that findings name, each with the first place.
    pub hosts: Vec<(String, String)>,
    /// Units that findings name, each with the first place.
    pub units: Vec<(String, String)>,
    /// What was left out, a sentence each without its full stop.
    pub remarks: Vec<String>,
}

impl Seek {
    /// What a report gives.
    #[must_use]
    pub fn of(inspection: &Inspection) -> Self {
        let (claims, left_out) = Claimed::all(inspection);
        let mut seek = Self { claims, hashes: hashes(inspection), ..Self::default() };
        let mut remark = |left_out: usize, what: &str| {
            if left_out > 0 {
                seek.remarks.push(format!("{left_out} more {what} were not looked up"));
            }
        };
        remark(left_out, "packages within it");
        let (identifiers, left_out) = identifiers(inspection);
        remark(left_out, "identifiers of its changelog");
        let (hosts, left_out) = things(&inspection.findings, |object| match object {
            Object::Host { name } => Some(name),
            _ => None,
        });
        remark(left_out, "hosts that it names");
        let (units, left_out) = things(&inspection.findings, |object| match object {
            // Targets and slices are the system's own, and everybody names them.
            Object::Unit { name, .. } if !name.ends_with(".target") && !name.ends_with(".slice") => {
                Some(name)
            }
            _ => None,
        });
        remark(left_out, "units that it names");
        (seek.identifiers, seek.hosts, seek.units, seek.keys) = (identifiers, hosts, units, keys(inspection));
        seek
    }
}

/// Where a finding is: the file, and the line behind a colon.
#[must_use]
pub fn place(finding: &Finding) -> String {
    match finding.line {
        Some(line) => format!("{}:{line}", finding.path),
        None => finding.path.clone(),
    }
}

fn identifiers(inspection: &Inspection) -> (Vec<String>, usize) {
    let mut found: Vec<String> = Vec::new();
    for changelog in inspection.claims.iter().filter_map(|claims| claims.changelog.as_deref()) {
        for one in mention::find(changelog) {
            if one.kind == mention::Kind::Advisory && !found.contains(&one.value) {
                found.push(one.value);
            }
        }
    }
    let left_out = found.len().saturating_sub(IDENTIFIERS);
    found.truncate(IDENTIFIERS);
    (found, left_out)
}

/// The file first. Files of no bytes are alike everywhere.
fn hashes(inspection: &Inspection) -> Vec<(String, String)> {
    let members = inspection.contents.listed.iter().filter(|one| one.kind == Kind::File && one.size > 0);
    let members = members.filter_map(|one| Some((one.sha256.clone()?, one.path.clone())));
    let mut all: Vec<(String, String)> =
        std::iter::once((inspection.sha256.clone(), String::new())).chain(members).collect();
    let mut met = std::collections::HashSet::new();
    all.retain(|(hash, _)| hash.len() == 64 && met.insert(hash.clone()));
    all
}

fn keys(inspection: &Inspection) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for fact in &inspection.signatures {
        for key in [&fact.certificate, &fact.signer].into_iter().flatten() {
            let key = key.to_string();
            if keys.len() < KEYS && !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

/// Things that findings name which act, each with its first place: what acts by itself before what somebody must run.
fn things(findings: &[Finding], of: impl Fn(&Object) -> Option<&String>) -> (Vec<(String, String)>, usize) {
    let mut named: BTreeMap<&str, (bool, usize, &Finding)> = BTreeMap::new();
    let acting = findings.iter().filter(|one| one.activation.acts() && one.check != CheckId::Licence);
    for (at, finding) in acting.enumerate() {
        for name in finding.objects.iter().filter_map(&of) {
            let rank = (finding.trigger.is_none(), at, finding);
            let known = named.entry(name.as_str()).or_insert(rank);
            if (rank.0, rank.1) < (known.0, known.1) {
                *known = rank;
            }
        }
    }
    let mut named: Vec<_> = named.into_iter().collect();
    named.sort_by_key(|(_, (idle, at, _))| (*idle, *at));
    let left_out = named.len().saturating_sub(THINGS);
    named.truncate(THINGS);
    let place = |(name, (_, _, finding)): (&str, (bool, usize, &Finding))| (name.to_owned(), place(finding));
    (named.into_iter().map(place).collect(), left_out)
}
