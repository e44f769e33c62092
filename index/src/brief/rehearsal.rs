//! The rehearsal: what to go through before a package is installed in earnest, filled in with what is known of it.

use std::collections::BTreeSet;

use inspect::finding::object::Object;
use inspect::finding::{CheckId, Finding};
use inspect::inspection::Inspection;

use super::since::Since;
use super::{Brief, Step};
use crate::estate::Estate;
use crate::link::seek::place;

/// Things that one step names; more are counted.
const NAMED: usize = 20;

pub(super) fn steps(
    brief: &Brief,
    inspection: &Inspection,
    estate: Option<&Estate>,
    environments: &[String],
) -> Vec<Step> {
    let acting: Vec<&Finding> = inspection.findings.iter().filter(|one| one.activation.acts()).collect();
    let mut steps = vec![staging(estate, environments)];
    steps.extend(schema(&acting, estate));
    steps.extend(schedules(&acting));
    steps.extend(endpoints(&acting));
    steps.extend(rights(&acting));
    steps.extend(defaults(brief));
    steps.push(back(brief));
    steps.push(afterwards(brief, &acting));
    steps
}

fn step(sentence: impl Into<String>, about: impl IntoIterator<Item = String>) -> Step {
    let all: Vec<String> = about.into_iter().collect();
    let more = all.len().saturating_sub(NAMED);
    let mut about: Vec<String> = all.into_iter().take(NAMED).collect();
    if more > 0 {
        about.push(format!("and {more} more"));
    }
    Step { sentence: sentence.into(), about }
}

/// Staging matches production.
fn staging(estate: Option<&Estate>, environments: &[String]) -> Step {
    let own = estate.map(|estate| estate.environment.as_str());
    let other = environments.iter().find(|name| Some(name.as_str()) != own);
    let mut about = Vec::new();
    if let Some(estate) = estate {
        let os = estate.os.as_ref().map(|os| &os.facts);
        let named = os.map(|os| os.name.clone().unwrap_or_else(|| os.id.clone()));
        about.extend(named.map(|os| format!("system of {}: {os}", estate.environment)));
        let machine = estate.machine.as_ref().map(|machine| &machine.facts);
        about.extend(machine.and_then(|it| it.glibc.as_ref()).map(|glibc| format!("glibc {glibc}")));
        about.extend(machine.and_then(|it| it.kernel.as_ref()).map(|kernel| format!("kernel {kernel}")));
    }
    let sentence = "Make sure that the place of the rehearsal is like the one that counts: system and package \
                    versions, units, accounts and sudo policy, the same integrations in reach, data of the same size";
    match (own, other) {
        (Some(own), Some(other)) => {
            step(format!("{sentence}; forewarn estate diff {own} {other} shows what differs."), about)
        }
        (Some(own), None) => {
            step(format!("{sentence}. Only {own} is known here: import the other as well."), about)
        }
        (None, _) => step(format!("{sentence}. No estate was held against the package."), about),
    }
}

/// Schema changes on tables of the size that they have.
fn schema(acting: &[&Finding], estate: Option<&Estate>) -> Option<Step> {
    let databases = estate.and_then(|estate| estate.databases.as_ref());
    let size = |name: &str| {
        let bare = |name: &str| name.rsplit('.').next().unwrap_or_default().to_lowercase();
        let tables = databases.iter().flat_map(|section| &section.facts);
        let mut tables = tables.flat_map(|database| database.tables.iter().flatten());
        let known = tables.find(|table| bare(&table.name) == bare(name));
        known.and_then(|table| table.rows).map_or("size not known".to_owned(), |rows| format!("{rows} rows"))
    };
    let mut about = BTreeSet::new();
    for finding in acting.iter().filter(|finding| finding.check.family() == "db") {
        let tables = finding.objects.iter().filter_map(|object| match object {
            Object::Table { name, bounded, .. } => {
                let bound = if *bounded { "" } else { ", without a bound on the wait for its lock" };
                Some(format!("{}: {name} ({}{bound})", place(finding), size(name)))
            }
            _ => None,
        });
        about.extend(tables);
    }
    let sentence = "Run each schema change on tables of the size that they have in production, with lock_timeout set, \
                    and watch the locks meanwhile.";
    (!about.is_empty()).then(|| step(sentence, about))
}

fn schedules(acting: &[&Finding]) -> Option<Step> {
    let own = acting.iter().filter(|finding| finding.check.family() == "schedule");
    let told = own.map(|finding| said(finding));
    let about: BTreeSet<String> = told.collect();
    let sentence = "Decide on each schedule that it brings: wanted, moved to another time, or switched off.";
    (!about.is_empty()).then(|| step(sentence, about))
}

fn endpoints(acting: &[&Finding]) -> Option<Step> {
    let by_itself = acting.iter().filter(|finding| finding.trigger.is_some());
    let by_itself = by_itself.filter(|finding| finding.check.family() == "remote");
    let mut about = BTreeSet::new();
    for finding in by_itself {
        let hosts = finding.objects.iter().filter_map(|object| match object {
            Object::Host { name } => Some(format!("{name} ({})", place(finding))),
            _ => None,
        });
        about.extend(hosts);
    }
    let sentence = "See that each remote place is in reach from where it will run, or block it on purpose.";
    (!about.is_empty()).then(|| step(sentence, about))
}

fn rights(acting: &[&Finding]) -> Option<Step> {
    let own = acting.iter().filter(|finding| {
        matches!(
            finding.check,
            CheckId::PrivSudo
                | CheckId::PrivSu
                | CheckId::PrivSudoers
                | CheckId::AccountCreate
                | CheckId::UnitControl
        )
    });
    let about: BTreeSet<String> = own.map(|finding| said(finding)).collect();
    let sentence = "Run it with the accounts, sudo policy and units of production, and see each of these succeed or fail \
                    as it will there.";
    (!about.is_empty()).then(|| step(sentence, about))
}

/// Defaults that changed, with what was computed of their worst case.
fn defaults(brief: &Brief) -> Option<Step> {
    let own = brief.since.told().filter(|told| told.finding.check == CheckId::DefaultRetry);
    let about: BTreeSet<String> = own.map(|told| said(&told.finding)).collect();
    let sentence = "Take the far side of each changed default away (time-outs, retries, pools), and measure the worst case \
                    that a user waits.";
    (!about.is_empty()).then(|| step(sentence, about))
}

fn back(brief: &Brief) -> Step {
    match &brief.since {
        Since::Compared(difference) => {
            let previous = &difference.previous;
            let called = previous.claimed.clone().unwrap_or_else(|| previous.name.clone());
            let file = format!("{}, SHA-256 {}", previous.name, previous.sha256);
            step(
                format!("Rehearse the way back to {called}, with the data that the new version has written."),
                [file],
            )
        }
        Since::NotCompared { .. } => step(
            "Rehearse the way back to the version that runs now, with the data that the new version has written.",
            [],
        ),
    }
}

fn afterwards(brief: &Brief, acting: &[&Finding]) -> Step {
    let mut about = Vec::new();
    if acting.iter().any(|finding| finding.check.family() == "schedule") {
        about.push("the first run of each schedule".to_owned());
    }
    if brief.since.told().any(|told| told.finding.check == CheckId::DefaultRetry) {
        about.push("latency and the number of retries towards everything that it calls".to_owned());
    }
    if acting.iter().any(|finding| finding.check.family() == "db") {
        about.push("waits for locks, and the lag of replicas".to_owned());
    }
    if acting.iter().any(|finding| finding.check == CheckId::UnitControl) {
        about.push("failed units".to_owned());
    }
    step("Agree on what is watched afterwards, by whom, and for how long; write down what was seen.", about)
}

/// A finding in one line, with its place first.
fn said(finding: &Finding) -> String {
    let words = finding.quote.as_ref().map_or(finding.detail.as_str(), |quote| quote.as_str());
    format!("{}: {words}", place(finding))
}
