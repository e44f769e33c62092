//! Holds the ordering of versions against files of pairs (`a < b`, `a = b`, `a > b` a line), an ecosystem a file.
//!
//! `cargo run --release --example versions -- FOLDER`; the folder holds files named `ECOSYSTEM-versions….txt` at any depth,
//! or the archive `versions.tar.zst` with them. The last line is `name=value` pairs; any wrong pair is printed.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use index::version::{Scheme, compare};

/// Wrong pairs of an ecosystem that are printed.
const SHOWN: usize = 5;

/// What came of an ecosystem's pairs.
#[derive(Default)]
struct Tally {
    checked: u32,
    wrong: Vec<String>,
    seconds: f64,
}

fn main() -> anyhow::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the first argument is a folder of pairs"));
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for (name, text) in files(&folder)? {
        let Some((ecosystem, _)) = name.split_once("-versions") else { continue };
        let ecosystem = if ecosystem == "redhat" { "red hat" } else { ecosystem };
        hold(tallies.entry(ecosystem.to_owned()).or_default(), ecosystem, &text);
    }
    println!("{:<12} {:<10} {:>8} {:>6} {:>12}", "ecosystem", "rules", "checked", "wrong", "pairs/s");
    let (mut checked, mut wrong) = (0, 0);
    for (ecosystem, tally) in &tallies {
        let (rules, rate) =
            (Scheme::of_ecosystem(Some(ecosystem)).as_str(), f64::from(tally.checked) / tally.seconds);
        println!("{ecosystem:<12} {rules:<10} {:>8} {:>6} {rate:>12.0}", tally.checked, tally.wrong.len());
        for pair in tally.wrong.iter().take(SHOWN) {
            println!("  wrong: {pair}");
        }
        checked += tally.checked;
        wrong += tally.wrong.len();
    }
    println!("checked={checked} wrong={wrong}");
    Ok(())
}

/// Holds every pair of a file both ways round.
fn hold(tally: &mut Tally, ecosystem: &str, text: &str) {
    let scheme = Scheme::of_ecosystem(Some(ecosystem));
    let began = Instant::now();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.starts_with("# "))
    {
        let parts: Vec<&str> = line.split(' ').filter(|part| !part.is_empty()).collect();
        let [one, sign, other] = parts.as_slice() else { continue };
        let expected = match *sign {
            "<" => Ordering::Less,
            "=" => Ordering::Equal,
            ">" => Ordering::Greater,
            _ => continue,
        };
        tally.checked += 1;
        let fits = compare(scheme, one, other) == Some(expected);
        if !fits || compare(scheme, other, one) != Some(expected.reverse()) {
            tally.wrong.push(line.to_owned());
        }
    }
    tally.seconds += began.elapsed().as_secs_f64();
}

/// The files of pairs below a folder, with their names.
fn files(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let archive = folder.join("versions.tar.zst");
    if archive.is_file() {
        let mut files = tar::Archive::new(zstd::stream::read::Decoder::new(std::fs::File::open(archive)?)?);
        for file in files.entries()? {
            let mut file = file?;
            let name = file.path()?.file_name().map(|name| name.to_string_lossy().into_owned());
            let mut text = String::new();
            if file.header().entry_type().is_file() && file.read_to_string(&mut text).is_ok() {
                found.push((name.unwrap_or_default(), text));
            }
        }
        return Ok(found);
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path())?);
        } else if let Ok(text) = std::fs::read_to_string(entry.path()) {
            found.push((entry.file_name().to_string_lossy().into_owned(), text));
        }
    }
    Ok(found)
}
