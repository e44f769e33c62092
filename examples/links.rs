//! Asks of packages in the affected range of a known advisory whether the advisory is linked to them, and of the version
//! that mends it whether it is not.
//!
//! `cargo run --release --example links -- CORPUS`; the folder holds OSV records in archives `osv-go`, `osv-pypa` and
//! `osv-rustsec` (`.tar.zst`), which are imported alone. Of each, every n-th record with one package and one range from the
//! beginning to a fixed version is taken, 50 in all; the affected version is the last one listed, or 0.0.1. The last line
//! is `name=value` pairs; each wrong answer is printed.

#[expect(dead_code, reason = "each measuring example asks the machine for its own part")]
#[path = "measure/machine.rs"]
mod machine;

use std::cmp::Ordering;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use crawler::import::import;
use index::knowledge::Knowledge;
use index::link::claimed::Claimed;
use index::link::seek::Seek;
use index::version::{Scheme, compare};
use serde_json::Value;

/// Archives, and how many packages are asked of each.
const ARCHIVES: [(&str, usize); 3] = [("osv-go", 17), ("osv-pypa", 17), ("osv-rustsec", 16)];

/// A package of a record.
struct Asked {
    id: String,
    ecosystem: String,
    name: String,
    affected: String,
    fixed: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let corpus =
        PathBuf::from(std::env::args().nth(1).context("the first argument is a folder of archives")?);
    let data = tempfile::tempdir()?;
    let knowledge = Knowledge::open(data.path()).await?;
    let mut all = Vec::new();
    for (archive, most) in ARCHIVES {
        let path = corpus.join(format!("{archive}.tar.zst"));
        import(&knowledge, &path, machine::cores(), web::schedule::now(), &|_| {}).await?;
        all.extend(sample(records(&path)?, most));
    }
    let (mut right, mut wrong) = (0, 0);
    for asked in &all {
        for (version, expected) in [(&asked.affected, true), (&asked.fixed, false)] {
            if linked(&knowledge, asked, version).await? == expected {
                right += 1;
            } else {
                wrong += 1;
                let said = if expected { "is not linked" } else { "is linked" };
                println!(
                    "{} {} {version} ({}): {} {said}",
                    asked.ecosystem, asked.name, asked.fixed, asked.id
                );
            }
        }
    }
    println!("packages={} right={right} wrong={wrong}", all.len());
    Ok(())
}

/// Whether an advisory is linked to a package as one that affects it, by any of its identifiers.
async fn linked(knowledge: &Knowledge, asked: &Asked, version: &str) -> anyhow::Result<bool> {
    let claimed = Claimed::new(&asked.name, version, Some(&asked.ecosystem));
    let links = knowledge.links(&Seek { claims: vec![claimed], ..Seek::default() }).await?;
    let named = links.of("affected").any(|link| {
        let mut names = link.card.identifiers.iter();
        names.any(|name| name == &asked.id) || link.card.title.contains(&asked.id)
    });
    Ok(named)
}

/// Every n-th of them, so that as many remain.
fn sample(mut all: Vec<Asked>, most: usize) -> Vec<Asked> {
    all.sort_by(|one, other| one.id.cmp(&other.id));
    let step = (all.len() / most.max(1)).max(1);
    all.into_iter().step_by(step).take(most).collect()
}

/// Records of an archive that one package and one range tell.
fn records(archive: &Path) -> anyhow::Result<Vec<Asked>> {
    let file = std::fs::File::open(archive).with_context(|| format!("open {}", archive.display()))?;
    let mut decoder = zstd::stream::read::Decoder::new(file)?;
    decoder.window_log_max(27)?;
    let mut found = Vec::new();
    for entry in tar::Archive::new(decoder).entries()? {
        let mut text = String::new();
        if entry?.read_to_string(&mut text).is_err() {
            continue;
        }
        let record: Option<Value> =
            serde_json::from_str(&text).ok().or_else(|| serde_norway::from_str(&text).ok());
        found.extend(record.as_ref().and_then(asked));
    }
    Ok(found)
}

fn asked(record: &Value) -> Option<Asked> {
    let word = |value: &Value| value.as_str().map(str::to_owned);
    let [affected] = record["affected"].as_array()?.as_slice() else { return None };
    let ranges = affected["ranges"].as_array()?.iter().filter(|range| range["type"] != "GIT");
    let ranges: Vec<&Value> = ranges.collect();
    let [range] = ranges.as_slice() else { return None };
    let [from, to] = range["events"].as_array()?.as_slice() else { return None };
    let introduced = word(&from["introduced"])?;
    if record.get("withdrawn").is_some() || !matches!(introduced.as_str(), "0" | "0.0.0-0") {
        return None;
    }
    let listed = affected["versions"].as_array().and_then(|all| all.last()).and_then(word);
    let asked = Asked {
        id: word(&record["id"])?,
        ecosystem: word(&affected["package"]["ecosystem"])?,
        name: word(&affected["package"]["name"])?,
        affected: listed.unwrap_or_else(|| "0.0.1".to_owned()),
        fixed: word(&to["fixed"])?,
    };
    let order = compare(Scheme::of_ecosystem(Some(&asked.ecosystem)), &asked.affected, &asked.fixed);
    (order == Some(Ordering::Less)).then_some(asked)
}
