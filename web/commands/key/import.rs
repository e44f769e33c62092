//! `forewarn key import PATH…`: the keys of this machine's files become sightings.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use index::keys::sighting::{Place, Sighted, Way};
use index::knowledge::Knowledge;
use inspect::key::reading::{MOST_BYTES, Read, read};
use inspect::reading::Question;
use jiff::Timestamp;

use super::super::End;
use super::super::terminal::say;
use crate::inspection::Inspector;
use crate::schedule;
use crate::settings::Settings;
use crate::words::counted;

/// Files that are looked at, all paths together.
const MOST_FILES: usize = 20_000;
/// Folders within folders that are followed.
const DEEPEST: usize = 8;

/// What is imported.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files and folders: /etc/apt/keyrings, /usr/share/keyrings, /etc/pki/rpm-gpg, cacerts, KEYS, root.json
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The vendor whose keys these are, by its short name
    #[arg(long, value_name = "NAME")]
    vendor: Option<String>,
}

/// Runs the command. Status 1 where a file could not be read whole, or none held a key.
pub(super) async fn run(knowledge: &Knowledge, arguments: &Arguments) -> anyhow::Result<End> {
    let now = schedule::now();
    let (mut total, mut files, mut odd) = (Sighted::default(), 0, false);
    for path in &arguments.paths {
        let mut found = Vec::new();
        files_in(path, 0, &mut found).with_context(|| format!("read {}", path.display()))?;
        for file in found {
            let Some(read) = looked_at(&file, now) else {
                odd = true;
                continue;
            };
            odd |= !read.remarks.is_empty();
            let place = Place {
                way: Way::Keyring,
                place: fs::canonicalize(&file).unwrap_or_else(|_| file.clone()).display().to_string(),
                source: None,
                vendor: arguments.vendor.clone(),
            };
            // A file that was read whole and holds nothing is a list that is empty now.
            if !read.keys.is_empty() || read.remarks.is_empty() {
                total += knowledge.sight(&place, &read.keys, now).await?;
                files += u64::from(!read.keys.is_empty());
            }
        }
    }
    knowledge.settle_keys(now).await?;
    crawler::ledger::tell(knowledge, now).await?;
    println!(
        "{} in {}, {} of them not known before; {} noted",
        counted(total.keys.into(), "key", "keys"),
        counted(files, "file", "files"),
        total.new,
        counted(total.changes.into(), "change", "changes"),
    );
    super::judged_again(knowledge, now).await?;
    Ok(if odd || total.keys == 0 { End::Wanting } else { End::Well })
}

/// The keys of a file; what could not be read of it is said.
fn looked_at(file: &Path, now: Timestamp) -> Option<Read> {
    let shown = file.display();
    match bounded(file) {
        Ok(bytes) => {
            let read = read(&bytes, now.as_second());
            read.remarks.iter().for_each(|remark| say(&format!("{shown}: {remark}")));
            Some(read)
        }
        Err(error) => {
            say(&format!("{shown}: not read: {error:#}"));
            None
        }
    }
}

fn files_in(path: &Path, depth: usize, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if found.len() >= MOST_FILES || depth > DEEPEST {
        return Ok(());
    }
    if fs::metadata(path)?.is_file() {
        found.push(path.to_owned());
        return Ok(());
    }
    let mut within: Vec<PathBuf> = fs::read_dir(path)?.flatten().map(|one| one.path()).collect();
    within.sort();
    for one in within {
        // A link that leads nowhere, or a file that vanished, is no reason to stop.
        let _ = files_in(&one, depth + 1, found);
    }
    Ok(())
}

/// The bytes of a file, no more than are ever read as keys.
pub(in crate::commands) fn bounded(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX) + 1;
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    file.take(most).read_to_end(&mut bytes).with_context(|| format!("read {}", path.display()))?;
    Ok(bytes)
}

/// The signers of a package, each as it is asked for.
pub(super) async fn signers(settings: &Settings, path: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let question = Question { name, at: schedule::now().as_second(), ..Question::default() };
    let inspector = Inspector::new(Duration::from_secs(settings.packages.patience_seconds.into()));
    let inspection = tokio::task::spawn_blocking(move || inspector.inspect(file, &question))
        .await
        .context("read the file")??;
    let mut names: Vec<Vec<u8>> = Vec::new();
    for fact in &inspection.signatures {
        let best = fact.certificate.or(fact.signer).map(|key| key.written());
        let name = best.or_else(|| fact.called.clone()).map(String::into_bytes);
        names.extend(name.filter(|name| !names.contains(name)));
    }
    Ok(names)
}
