//! Known-item needs: what people seek, which documents answer it, and which must not help to find them.
//!
//! A folder holds `queries.tsv` (qid, text), `qrels.tsv` (qid, document), `exclude.tsv` (qid, document) and, where it is
//! known, `query_meta.tsv` (need, …, source in the third column, the need's own document in the seventh). A qid ends in
//! `-k` for a few words or `-s` for a sentence; a document is the path of a file in the corpus, `#` and an identifier
//! behind it where the file holds several.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::Context as _;
use index::query::{Mistake, Query, parse};

/// One need in one of its wordings.
pub(crate) struct Need {
    /// Its name, with the variant at the end.
    pub(crate) qid: String,
    /// What is typed.
    pub(crate) text: String,
    /// The kind of source whose wording it is.
    pub(crate) source: String,
    /// Documents that answer it.
    pub(crate) answers: HashSet<String>,
    /// Documents that it was taken from: they may not count.
    pub(crate) without: HashSet<String>,
}

impl Need {
    /// The name that its wordings share.
    pub(crate) fn base(&self) -> &str {
        self.qid.rsplit_once('-').map_or(&self.qid, |(base, _)| base)
    }

    /// Whether it is worded as a sentence.
    pub(crate) fn is_sentence(&self) -> bool {
        self.qid.ends_with("-s")
    }
}

/// Reads the needs of a folder.
pub(crate) fn read(folder: &Path) -> anyhow::Result<Vec<Need>> {
    let lists = |name: &str| -> anyhow::Result<HashMap<String, HashSet<String>>> {
        let mut lists: HashMap<String, HashSet<String>> = HashMap::new();
        for row in rows(folder, name)? {
            if let [qid, document, ..] = row.as_slice() {
                lists.entry(qid.clone()).or_default().insert(document.clone());
            }
        }
        Ok(lists)
    };
    let (mut answers, mut without) = (lists("qrels.tsv")?, lists("exclude.tsv")?);
    let mut origins: HashMap<String, (String, String)> = HashMap::new();
    for row in rows(folder, "query_meta.tsv").unwrap_or_default() {
        if let [need, _, source, .., document] = row.as_slice() {
            origins.insert(need.clone(), (source.clone(), document.clone()));
        }
    }
    let needs = rows(folder, "queries.tsv")?.into_iter().filter_map(|row| {
        let [qid, text, ..] = <[String; 2]>::try_from(row).ok()?;
        let (base, _) = qid.rsplit_once('-')?;
        let (source, own) = origins.get(base).cloned().unwrap_or_default();
        let mut without = without.remove(&qid).unwrap_or_default();
        without.insert(own);
        Some(Need { answers: answers.remove(&qid).unwrap_or_default(), without, source, qid, text })
    });
    Ok(needs.collect())
}

fn rows(folder: &Path, name: &str) -> anyhow::Result<Vec<Vec<String>>> {
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    Ok(text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

/// What somebody in a hurry types: three of the words, evenly spread.
pub(crate) fn few(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let every = words.len().div_ceil(3).max(1);
    words.into_iter().step_by(every).collect::<Vec<_>>().join(" ")
}

/// The query of a need. What a person pastes from a document may hold what the language reads as a field; such signs are
/// then left out.
pub(crate) fn query(text: &str) -> Result<Query, Mistake> {
    parse(text).or_else(|_| parse(&text.replace([':', '"', '(', ')', '-'], " ")))
}
