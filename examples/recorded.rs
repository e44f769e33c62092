//! Holds an imported corpus against what was recorded of it: what the imports counted, and what twenty searches find.
//!
//! `cargo run --example recorded -- DATA RECORDED [--imports FIRST SECOND] [--write]`. `DATA` is the folder of the
//! record; `RECORDED` holds `import.json` and `searches.tsv`; `FIRST` and `SECOND` are what `forewarn import --json`
//! wrote of two imports of the same documents. With `--write` the recorded files are written anew instead. The last
//! line is `name=value` pairs, and the exit status is 1 when anything differs.
//!
//! Only what does not depend on the order in which documents were read is recorded: of a search the counts, and the
//! first title where it is ahead of the second.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use index::answer::{Hit, Window};
use index::knowledge::Knowledge;
use index::query::parse;
use serde::{Deserialize, Serialize};

/// First line of the recorded searches.
const HEAD: &str = "query\tentries\tgroups\tfirst";

/// How far the first score must be ahead of the second for its title to be recorded.
const AHEAD: f32 = 1.001;

/// What stands instead of a title where several entries match equally well.
const ALIKE: &str = "(several alike)";

/// What stands instead of a title where nothing was found.
const NOTHING: &str = "(nothing)";

/// What two imports of the same documents come to.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Imports {
    /// Entries that the first import recorded, by source.
    new: BTreeMap<String, u64>,
    /// Files that the first import could not read, by kind of trouble.
    unread: BTreeMap<String, u64>,
    /// Entries that the second import recorded.
    second_new: u64,
    /// Entries that the second import revised.
    second_revised: u64,
}

/// The part of `forewarn import --json` that is compared.
#[derive(Deserialize)]
struct Report {
    new: u64,
    revised: u64,
    sources: BTreeMap<String, Counts>,
    unread: BTreeMap<String, Unread>,
}

#[derive(Deserialize)]
struct Counts {
    new: u64,
}

#[derive(Deserialize)]
struct Unread {
    files: u64,
}

/// What was asked for on the command line.
struct Asked {
    data: PathBuf,
    recorded: PathBuf,
    imports: Option<(PathBuf, PathBuf)>,
    write: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let asked = asked()?;
    let mut differing = 0;
    match &asked.imports {
        Some((first, second)) => {
            let place = asked.recorded.join("import.json");
            differing += compare_imports(&place, &imports(first, second)?, asked.write)?;
        }
        None => println!("the imports were not compared: --imports names their reports"),
    }
    let place = asked.recorded.join("searches.tsv");
    let knowledge = Knowledge::open(&asked.data).await?;
    knowledge.follow().await?;
    let before = read(&place)?;
    let mut now = format!("{HEAD}\n");
    let (mut searches, mut other) = (0, 0);
    for line in before.lines().skip(1).filter(|line| !line.is_empty()) {
        let query = line.split('\t').next().unwrap_or_default();
        let found = search(&knowledge, query).await?;
        searches += 1;
        if found == line || asked.write {
            println!("  {found}");
        } else {
            other += 1;
            println!("- {line}\n+ {found}");
        }
        writeln!(now, "{found}")?;
    }
    knowledge.close().await;
    if asked.write {
        std::fs::write(&place, now).with_context(|| format!("write {}", place.display()))?;
    }
    println!("searches={searches} differing={other}");
    differing += other;
    Ok(if differing == 0 && searches > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn asked() -> anyhow::Result<Asked> {
    let usage = "understand the arguments: DATA RECORDED [--imports FIRST SECOND] [--write]";
    let (mut places, mut imports, mut write) = (Vec::new(), None, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--write" => write = true,
            "--imports" => {
                let (first, second) = (arguments.next(), arguments.next());
                imports = Some((first.context(usage)?.into(), second.context(usage)?.into()));
            }
            _ => places.push(PathBuf::from(argument)),
        }
    }
    let [data, recorded] = <[PathBuf; 2]>::try_from(places).ok().context(usage)?;
    Ok(Asked { data, recorded, imports, write })
}

fn imports(first: &Path, second: &Path) -> anyhow::Result<Imports> {
    let report = |place: &Path| -> anyhow::Result<Report> {
        serde_json::from_str(&read(place)?).with_context(|| format!("understand {}", place.display()))
    };
    let (first, second) = (report(first)?, report(second)?);
    Ok(Imports {
        new: first.sources.into_iter().map(|(source, counts)| (source, counts.new)).collect(),
        unread: first.unread.into_iter().map(|(kind, unread)| (kind, unread.files)).collect(),
        second_new: second.new,
        second_revised: second.revised,
    })
}

/// Compares, or writes; answers how many lines differ. A second import must find nothing new, whatever was recorded.
fn compare_imports(place: &Path, found: &Imports, write: bool) -> anyhow::Result<usize> {
    let now = serde_json::to_string_pretty(found)? + "\n";
    let mut differing = 0;
    if found.second_new + found.second_revised > 0 {
        differing += 1;
        println!(
            "the second import: {} new, {} revised; expected none",
            found.second_new, found.second_revised
        );
    }
    if write {
        std::fs::write(place, now).with_context(|| format!("write {}", place.display()))?;
    } else {
        let before = read(place)?;
        let missing = |lines: &str, line: &str| !lines.lines().any(|other| other == line);
        for line in before.lines().filter(|line| missing(&now, line)) {
            differing += 1;
            println!("- {line}");
        }
        for line in now.lines().filter(|line| missing(&before, line)) {
            differing += 1;
            println!("+ {line}");
        }
    }
    println!("imported={} differing={differing}", found.new.values().sum::<u64>());
    Ok(differing)
}

/// One line of the recorded searches, as it is found now.
async fn search(knowledge: &Knowledge, typed: &str) -> anyhow::Result<String> {
    let query = parse(typed).with_context(|| format!("understand the search \"{typed}\""))?;
    let window = Window { size: 2, grouped: false, ..Window::default() };
    let answer = knowledge.search(&query, &window).await?;
    let first = match answer.hits.as_slice() {
        [] => NOTHING,
        [only] => &only.card.title,
        [first, second, ..] if is_ahead(first, second) => &first.card.title,
        _ => ALIKE,
    };
    Ok(format!("{typed}\t{}\t{}\t{}", answer.entries, answer.groups, first.replace(['\t', '\n'], " ")))
}

fn is_ahead(first: &Hit, second: &Hit) -> bool {
    first.card.title == second.card.title
        || first.score.unwrap_or_default() > second.score.unwrap_or_default() * AHEAD
}

fn read(place: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(place).with_context(|| format!("read {}", place.display()))
}
