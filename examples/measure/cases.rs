//! Key cases as a folder holds them: `<case>/case.json` with documents and key files, and `traps.json` beside the cases.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

/// A change of a vendor's key, with what was said about it.
#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) vendor: String,
    pub(crate) vendor_domains: Vec<String>,
    pub(crate) old_ids: Vec<String>,
    pub(crate) new_ids: Vec<String>,
    pub(crate) lookup_ids: Vec<String>,
    pub(crate) old_key_state: String,
    pub(crate) continuity: bool,
    pub(crate) documents: Vec<Document>,
    pub(crate) keys: Vec<KeyFile>,
    #[serde(skip)]
    pub(crate) folder: PathBuf,
}

/// A text of a case.
#[derive(Deserialize)]
pub(crate) struct Document {
    pub(crate) file: String,
    pub(crate) relevant: bool,
    #[serde(default)]
    pub(crate) url: Option<String>,
    pub(crate) standing: String,
    #[serde(default)]
    pub(crate) author_role: Option<String>,
    #[serde(default)]
    pub(crate) date: Option<String>,
    #[serde(default)]
    pub(crate) names: Vec<String>,
    #[serde(default)]
    pub(crate) grade: Option<String>,
}

/// A key file of a case.
#[derive(Deserialize)]
pub(crate) struct KeyFile {
    pub(crate) file: String,
}

/// A text that deserves no better grade than it says.
#[derive(Deserialize)]
pub(crate) struct Trap {
    pub(crate) id: String,
    pub(crate) vendor: String,
    pub(crate) document: Bait,
    pub(crate) identifier: String,
    pub(crate) max_grade: String,
}

/// The text of a trap.
#[derive(Deserialize)]
pub(crate) struct Bait {
    pub(crate) url: String,
    pub(crate) standing: String,
    pub(crate) author_role: String,
    pub(crate) text: String,
}

/// Reads the cases of a folder, in order of their names, and the traps where there are any.
pub(crate) fn read(folder: &Path) -> anyhow::Result<(Vec<Case>, Vec<Trap>)> {
    let mut cases = Vec::new();
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|one| one.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths.into_iter().filter(|path| path.join("case.json").exists()) {
        let mut case: Case = json(&path.join("case.json"))?;
        case.folder = path;
        cases.push(case);
    }
    #[derive(Deserialize)]
    struct Traps {
        traps: Vec<Trap>,
    }
    let traps = folder.join("traps.json");
    let traps = if traps.exists() { json::<Traps>(&traps)?.traps } else { Vec::new() };
    Ok((cases, traps))
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("understand {}", path.display()))
}

impl Case {
    /// The identifiers that are looked up: full ones that are new, and those that documents name.
    pub(crate) fn identifiers(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        let named = self.documents.iter().flat_map(|document| &document.names);
        for one in self.lookup_ids.iter().chain(named) {
            if !all.contains(one) {
                all.push(one.clone());
            }
        }
        all
    }

    /// What a document is graded for: the first identifier that it names, a new one if it can be, else the first of the case.
    pub(crate) fn graded_for(&self, document: &Document) -> Option<String> {
        let new = document.names.iter().find(|named| self.lookup_ids.contains(named));
        let first = new.or_else(|| document.names.first()).or_else(|| self.lookup_ids.first());
        first.cloned().or_else(|| self.new_ids.iter().chain(&self.old_ids).find_map(|one| leading(one)))
    }

    /// The full identifiers among some of `case.json`, which may have remarks behind them.
    pub(crate) fn full(ids: &[String]) -> Vec<String> {
        ids.iter().filter_map(|one| leading(one)).collect()
    }
}

/// The hexadecimal digits that an identifier begins with, where they are a full fingerprint.
fn leading(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    (matches!(word.len(), 40 | 64) && word.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| word.to_ascii_uppercase())
}
