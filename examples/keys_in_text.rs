//! Says how well keys are found in texts: the names of keys in labelled files against those that a person found there.
//!
//! `cargo run --release --example keys_in_text -- FOLDER [LABELS]`. `LABELS` has a path within `FOLDER` and an identifier a
//! line, `-` for a text that names none; without it, those kept beside this example are used. Other files are not read.
//! Printed is what was missed and what is no key, then one line of `name=value` pairs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;
use crawler::clean;
use index::mention::{self, Kind};

/// Labels for texts of the corpus; facts, no sentences.
const LABELS: &str = include_str!("measure/keys_in_text.tsv");

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().context("name the folder that the labelled files lie in")?;
    let labels = match arguments.next() {
        Some(path) => std::fs::read_to_string(&path).context("read the labels")?,
        None => LABELS.to_owned(),
    };
    let (mut files, mut named, mut found_all, mut right) = (0_u32, 0_usize, 0_usize, 0_usize);
    for (path, expected) in read(&labels) {
        let bytes = std::fs::read(Path::new(&folder).join(path)).with_context(|| format!("read {path}"))?;
        let found = keys(&String::from_utf8_lossy(&bytes));
        let strange: Vec<&str> =
            found.iter().map(String::as_str).filter(|one| !expected.contains(one)).collect();
        let missed: Vec<&&str> = expected.iter().filter(|one| !found.contains(**one)).collect();
        if !strange.is_empty() || !missed.is_empty() {
            println!("{path}: missed {missed:?}, no keys {strange:?}");
        }
        files += 1;
        named += expected.len();
        found_all += found.len();
        right += found.len() - strange.len();
    }
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    println!(
        "files={files} named={named} found={found_all} precision={:.4} recall={:.4}",
        share(right, found_all),
        share(right, named),
    );
    Ok(())
}

/// The identifiers of each labelled file.
fn read(labels: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut files: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in labels.lines().filter(|line| !line.starts_with('#')) {
        let Some((path, identifier)) = line.split_once('\t') else { continue };
        let named = files.entry(path).or_default();
        if identifier != "-" {
            named.insert(identifier);
        }
    }
    files
}

/// The keys that a text names, each once, as an entry with this text would.
fn keys(text: &str) -> BTreeSet<String> {
    let text = clean::plain(text);
    let mentions = mention::find(text.as_str()).into_iter();
    mentions
        .filter(|mention| matches!(mention.kind, Kind::Fingerprint | Kind::KeyId))
        .map(|mention| mention.value)
        .collect()
}
