//! Holds what is found in real packages against rows of what is known to be in them.
//!
//! `cargo run --release --example inspection -- TRUTH.tsv [FOLDER]`; packages are fetched with `apt-get`, `pip` and `npm` into
//! the folder, or into a temporary one. A row of polarity `TP` or `FN-trap` is found when a finding of its check has the
//! row's `names` in its path, quote or detail; an `FP-trap` is avoided when no finding of that check that acts has it. A
//! package that its registry no longer has is `gone`, and no row. The last line is `name=value` pairs.

#[path = "measure/registry.rs"]
mod registry;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use inspect::comparison::{Outcome, compare};
use inspect::finding::Finding;
use inspect::kept::Read;
use inspect::limits::Limits;
use inspect::reading::{Question, inspect};

/// One row of the truth.
struct Row<'t> {
    ecosystem: &'t str,
    package: &'t str,
    version: &'t str,
    check: &'t str,
    is_trap: bool,
    names: &'t str,
}

/// What came of the rows of one check.
#[derive(Default)]
struct Tally {
    rows: u32,
    found: u32,
    traps: u32,
    avoided: u32,
}

/// Every package that the rows name, inspected once.
struct Packages {
    folder: PathBuf,
    read: BTreeMap<String, Option<Read>>,
}

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let truth = arguments.next().context("the first argument is a table of findings")?;
    let temporary = tempfile::tempdir().context("make a folder for packages")?;
    let folder = arguments.next().map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let folder = std::path::absolute(folder).context("name the folder of packages")?;
    let text = std::fs::read_to_string(&truth).with_context(|| format!("read {truth}"))?;
    let mut packages = Packages { folder, read: BTreeMap::new() };
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut gone = 0;
    for row in text.lines().skip(1).filter_map(row) {
        let Some(findings) = packages.findings(&row)? else {
            println!("gone: {} {} {}", row.ecosystem, row.package, row.version);
            gone += 1;
            continue;
        };
        hold(tallies.entry(row.check).or_default(), &row, &findings);
    }
    report(&tallies, gone);
    Ok(())
}

fn row(line: &str) -> Option<Row<'_>> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [ecosystem, package, version, check, polarity, names, ..] = cells.as_slice() else { return None };
    let is_trap = *polarity == "FP-trap";
    Some(Row { ecosystem, package, version, check, is_trap, names })
}

fn hold(tally: &mut Tally, row: &Row<'_>, findings: &[Finding]) {
    let hits: Vec<&Finding> = findings.iter().filter(|finding| names(finding, row)).collect();
    let named = format!("{} {} {} {} ({})", row.ecosystem, row.package, row.version, row.check, row.names);
    if row.is_trap {
        tally.traps += 1;
        match hits.iter().find(|finding| finding.activation.acts()) {
            None => tally.avoided += 1,
            Some(finding) => println!("trapped: {named}: {} {}", finding.path, finding.detail),
        }
        return;
    }
    tally.rows += 1;
    if hits.is_empty() {
        println!("missed: {named}");
    } else {
        tally.found += 1;
    }
}

/// Whether a finding is of the row's check and has its words in the path, the quote or the detail.
fn names(finding: &Finding, row: &Row<'_>) -> bool {
    let quote = finding.quote.as_ref().map_or("", |quote| quote.as_str());
    finding.check.as_str() == row.check
        && [finding.path.as_str(), quote, finding.detail.as_str()].iter().any(|text| text.contains(row.names))
}

fn report(tallies: &BTreeMap<&str, Tally>, gone: u32) {
    println!("{:<20} {:>5} {:>6} {:>7} {:>6} {:>8}", "check", "rows", "found", "recall", "traps", "avoided");
    let mut all = Tally::default();
    for (check, tally) in tallies {
        let recall = match tally.rows {
            0 => "-".to_owned(),
            rows => format!("{:.2}", f64::from(tally.found) / f64::from(rows)),
        };
        let Tally { rows, found, traps, avoided } = tally;
        println!("{check:<20} {rows:>5} {found:>6} {recall:>7} {traps:>6} {avoided:>8}");
        all.rows += rows;
        all.found += found;
        all.traps += traps;
        all.avoided += avoided;
    }
    let Tally { rows, found, traps, avoided } = all;
    println!("rows={rows} found={found} traps={traps} traps_avoided={avoided} gone={gone}");
}

impl Packages {
    /// What is found in the row's package; `None` where a version of it is gone.
    fn findings(&mut self, row: &Row<'_>) -> anyhow::Result<Option<Vec<Finding>>> {
        let (before, version) = match row.version.split_once(" -> ") {
            Some((before, version)) => (Some(before), version),
            None => (None, row.version),
        };
        if self.read(row, version)?.is_none() {
            return Ok(None);
        }
        let earlier = match before {
            Some(before) => match self.read(row, before)?.cloned() {
                Some(earlier) => Some(earlier),
                None => return Ok(None),
            },
            None => None,
        };
        let Some(own) = self.read(row, version)? else { return Ok(None) };
        let mut findings = own.inspection.findings.clone();
        if let Some(earlier) = earlier
            && let Outcome::Delta(delta) = compare(own, &earlier).outcome
        {
            findings.extend(delta.changes);
        }
        Ok(Some(findings))
    }

    fn read(&mut self, row: &Row<'_>, version: &str) -> anyhow::Result<Option<&Read>> {
        let key = format!("{} {} {version}", row.ecosystem, row.package);
        if !self.read.contains_key(&key) {
            let file = registry::fetched(&self.folder, row.ecosystem, row.package, version)?;
            let read = file.map(|file| read(&file)).transpose()?;
            self.read.insert(key.clone(), read);
        }
        Ok(self.read.get(&key).and_then(Option::as_ref))
    }
}

fn read(file: &Path) -> anyhow::Result<Read> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let question = Question { name, keep: true, ..Question::default() };
    let opened = File::open(file).with_context(|| format!("open {}", file.display()))?;
    inspect(opened, &question, &Limits::for_package(), Box::new(|| false))
        .with_context(|| format!("read {}", file.display()))
}
