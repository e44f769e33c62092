//! Says how well the announcement of a key is found and graded: every document of every case is recorded as an entry with
//! the address, standing, author role and date that its `case.json` states, then every identifier is looked up among all.
//!
//! `cargo run --release --example keycases -- FOLDER`. `FOLDER` is as `measure/cases.rs` describes; nothing else is read.
//! Printed is what was not as stated, then the states of keys, then one line of `name=value` pairs.

#[path = "measure/cases.rs"]
mod cases;
#[path = "measure/cases_keys.rs"]
mod keys;
#[path = "measure/cases_record.rs"]
mod record;

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context as _;
use index::entry::EntryId;
use index::evidence::Grade;
use index::evidence::assessment::Asked;
use index::evidence::identifier::Identifier;
use index::knowledge::Knowledge;
use jiff::Timestamp;

use crate::cases::{Case, Trap};
use crate::record::Recorded;

/// Places that are looked at.
const PLACES: usize = 5;

#[derive(Default)]
struct Tally {
    lookups: u32,
    first: u32,
    among: u32,
    graded: u32,
    agreed: u32,
    overgraded: u32,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).context("name the folder of the unpacked key cases")?;
    let (cases, traps) = cases::read(Path::new(&folder))?;
    let data = tempfile::tempdir()?;
    let knowledge = Knowledge::open(data.path()).await?;
    let now = web::schedule::now();
    let recorded = record::record(&knowledge, &cases, &traps, now).await?;
    let mut tally = Tally::default();
    for case in &cases {
        look_up(&knowledge, case, &recorded, &mut tally, now).await?;
        compare_grades(&knowledge, case, &recorded, &mut tally, now).await?;
    }
    for trap in &traps {
        spring(&knowledge, trap, &recorded, &mut tally, now).await?;
    }
    let states = keys::compare(&cases, now)?;
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
    println!(
        "cases={} documents={} lookups={} top1={:.3} top5={:.3} graded={} grade_agreement={:.3} states={} \
         states_agreement={:.3} traps={} traps_overgraded={}",
        cases.len(),
        recorded.entries.len(),
        tally.lookups,
        share(tally.first, tally.lookups),
        share(tally.among, tally.lookups),
        tally.graded,
        share(tally.agreed, tally.graded),
        states.compared,
        share(states.agreed, states.compared),
        traps.len(),
        tally.overgraded,
    );
    Ok(())
}

fn asked(identifier: &str, vendor: Option<&str>) -> Asked {
    Asked {
        identifiers: Identifier::all_in(identifier),
        vendor: vendor.map(index::vendor::slug),
        ..Asked::default()
    }
}

/// Looks every identifier of a case up that one of its documents names, as somebody does who has only the key.
async fn look_up(
    knowledge: &Knowledge,
    case: &Case,
    recorded: &Recorded,
    tally: &mut Tally,
    now: Timestamp,
) -> anyhow::Result<()> {
    for identifier in case.identifiers() {
        let naming: Vec<EntryId> = case
            .documents
            .iter()
            .filter(|document| document.relevant && document.names.contains(&identifier))
            .filter_map(|document| recorded.entry(&case.id, &document.file))
            .collect();
        if naming.is_empty() {
            continue;
        }
        let found = knowledge.evidence(&asked(&identifier, None), now).await?;
        let place = found.evidence.iter().position(|one| naming.contains(&one.entry));
        tally.lookups += 1;
        tally.first += u32::from(place == Some(0));
        tally.among += u32::from(place.is_some_and(|place| place < PLACES));
        if place != Some(0) {
            let first = found.evidence.first();
            let instead =
                first.and_then(|one| recorded.names.get(&one.entry)).map_or("nothing", String::as_str);
            println!("{}: {identifier} is at {place:?}; first is {instead}", case.id);
        }
    }
    Ok(())
}

/// Grades every document of a case that has a grade, for the identifier that it is about.
async fn compare_grades(
    knowledge: &Knowledge,
    case: &Case,
    recorded: &Recorded,
    tally: &mut Tally,
    now: Timestamp,
) -> anyhow::Result<()> {
    for document in &case.documents {
        let Some(stated) = document.grade.as_deref().and_then(Grade::from_word) else { continue };
        let Some(identifier) = case.graded_for(document) else { continue };
        let Some(entry) = recorded.entry(&case.id, &document.file) else { continue };
        let judged = knowledge.judge_entry(entry, &asked(&identifier, Some(&case.vendor)), now).await?;
        let best = judged.iter().max_by_key(|one| one.judgement.grade);
        let grade = best.map_or(Grade::E, |one| one.judgement.grade);
        tally.graded += 1;
        tally.agreed += u32::from(grade == stated);
        if let Some(one) = best.filter(|_| grade != stated) {
            println!(
                "{}: {} is {} and not {}: {} because {}",
                case.id,
                document.file,
                grade.as_str(),
                stated.as_str(),
                one.judgement.stance.as_str(),
                one.judgement.because
            );
        }
    }
    Ok(())
}

/// Judges the text of a trap, as the vendor's and as anybody's.
async fn spring(
    knowledge: &Knowledge,
    trap: &Trap,
    recorded: &Recorded,
    tally: &mut Tally,
    now: Timestamp,
) -> anyhow::Result<()> {
    let most = Grade::from_word(&trap.max_grade).with_context(|| format!("the grade of {}", trap.id))?;
    let entry = recorded.entry("traps", &trap.id).with_context(|| format!("the text of {}", trap.id))?;
    let mut grades: HashMap<bool, Grade> = HashMap::new();
    for of_vendor in [true, false] {
        let asked = asked(&trap.identifier, of_vendor.then_some(trap.vendor.as_str()));
        let judged = knowledge.judge_entry(entry, &asked, now).await?;
        let best = judged.iter().map(|one| one.judgement.grade).max().unwrap_or(Grade::E);
        grades.insert(of_vendor, best);
    }
    let worst = grades.values().copied().max().unwrap_or(Grade::E);
    if worst > most {
        tally.overgraded += 1;
        println!("trap {}: graded {}, at most {}", trap.id, worst.as_str(), most.as_str());
    }
    Ok(())
}
