//! Counts the lines that the report on an ordinary package shows before folding, over many packages.
//!
//! `cargo run --release --example package_noise -- NAMES [FOLDER]`; `NAMES` holds a line for each package: ecosystem
//! (`deb`, `pypi`, `npm`), name and version, with blanks between. A line is a finding that acts, a signature, a limit
//! that was reached, or something that was not read. The last line is `name=value` pairs.

#[path = "measure/registry.rs"]
mod registry;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use anyhow::Context as _;
use inspect::inspection::Inspection;
use inspect::limits::Limits;
use inspect::reading::{Question, inspect};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let names = arguments.next().context("the first argument is a list of packages")?;
    let temporary = tempfile::tempdir().context("make a folder for packages")?;
    let folder = arguments.next().map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let folder = std::path::absolute(folder).context("name the folder of packages")?;
    let text = std::fs::read_to_string(&names).with_context(|| format!("read {names}"))?;
    let (mut lines, mut gone) = (Vec::new(), 0);
    let mut checks: BTreeMap<&str, usize> = BTreeMap::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [ecosystem, name, version] = parts.as_slice() else { continue };
        let Some(file) = registry::fetched(&folder, ecosystem, name, version)? else {
            gone += 1;
            continue;
        };
        let question = Question { name: (*name).to_owned(), ..Question::default() };
        let opened = File::open(&file).with_context(|| format!("open {}", file.display()))?;
        let inspection = inspect(opened, &question, &Limits::for_package(), Box::new(|| false))?.inspection;
        lines.push((shown(&inspection), *name));
        for finding in inspection.findings.iter().filter(|finding| finding.activation.acts()) {
            *checks.entry(finding.check.as_str()).or_default() += 1;
        }
    }
    lines.sort_unstable();
    report(&lines, &checks);
    let at = |share: usize| {
        lines.get((lines.len() * share / 100).min(lines.len() - 1)).map_or(0, |(count, _)| *count)
    };
    println!("packages={} gone={gone} median_lines={} p90_lines={}", lines.len(), at(50), at(90));
    Ok(())
}

/// Lines that are shown of a report.
fn shown(inspection: &Inspection) -> usize {
    inspection.findings.iter().filter(|finding| finding.activation.acts()).count()
        + inspection.signatures.len()
        + inspection.limits.len()
        + inspection.unread.len()
}

/// The checks with the most lines, and the packages with the most.
fn report(lines: &[(usize, &str)], checks: &BTreeMap<&str, usize>) {
    for (check, count) in checks {
        println!("{check:<20} {count:>6}");
    }
    for (count, name) in lines.iter().rev().take(10) {
        println!("{name:<40} {count:>6}");
    }
}
