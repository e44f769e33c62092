//! Documents from a local path: a folder, an archive, a single file.
//!
//! One thread walks, others parse; a document that cannot be read is one sentence and never ends the walk. Symbolic
//! links are not followed. Refuses to record: whoever asks gets each draft as it is found.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use index::entry::Draft;

use crate::formats::Unreadable;
use crate::sources::{Errand, Trouble};

/// Parsing on several threads.
mod work;

/// A draft, and the source that it belongs to.
#[derive(Clone, Debug)]
pub struct Found {
    /// Slug of the source: the stem of the archive or single file that holds it, else the folder's own name.
    pub source_hint: String,
    /// What was read.
    pub draft: Draft,
}

/// What came of one file or member.
#[derive(Clone, Debug)]
pub enum Seen {
    /// An entry.
    Found(Box<Found>),
    /// Nothing to read here, for a reason that can be counted.
    Skipped {
        /// The file, within the path that was given.
        path: String,
        /// Why.
        reason: &'static str,
    },
    /// Something that should have been read and could not be.
    Unread {
        /// The file, within the path that was given.
        path: String,
        /// What kind of trouble, to count by.
        kind: &'static str,
        /// One sentence for a person.
        sentence: String,
    },
}

/// Why a path could not be read at all. Reads after "failed to".
#[derive(Debug, thiserror::Error)]
#[error("read {path}: {source}")]
pub struct Unopened {
    /// The path, as it was asked for.
    pub path: String,
    /// What the system said.
    pub source: std::io::Error,
}

/// A file that is to be walked.
struct Walk {
    /// Where it lies.
    path: PathBuf,
    /// Its path within the folder that was given.
    relative: String,
    /// Source of what is in it.
    hint: String,
    /// Whether its members are told by their own paths alone.
    is_archive: bool,
}

/// Endings of archives, in any case; the longest first.
const ARCHIVES: [&str; 14] = [
    ".tar.zst", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar", ".tgz", ".tzst", ".tbz2", ".tbz", ".txz", ".zip",
    ".jar", ".whl", ".tar.z",
];

/// Reads everything at `path`, parsing on `threads` threads; `visit` is called there and may end the reading.
///
/// # Errors
/// When there is nothing at `path` that may be opened. What is wrong with single files is told to `visit`.
pub fn read(
    path: &Path,
    threads: usize,
    visit: &(dyn Fn(Seen) -> ControlFlow<()> + Sync),
) -> Result<(), Unopened> {
    let unopened = |source| Unopened { path: path.display().to_string(), source };
    let kind = std::fs::metadata(path).map_err(unopened)?;
    let own = path.canonicalize().map_err(unopened)?;
    let own = own.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let pool = work::Pool::new(visit);
    std::thread::scope(|scope| {
        let queue = pool.start(scope, threads.max(1));
        if kind.is_dir() {
            walk_folder(path, &slug(&own), &pool, &queue);
        } else {
            let (stem, is_archive) = stem(&own);
            let stem = if is_archive { stem } else { stem.rsplit_once('.').map_or(stem, |(stem, _)| stem) };
            let hint = slug(stem);
            queue.walk(&Walk { path: path.to_owned(), relative: own.clone(), hint, is_archive }, &pool);
        }
        queue.flush();
    });
    Ok(())
}

/// Brings what a configured folder holds.
///
/// # Errors
/// [`Trouble::Settings`] when the path cannot be opened, [`Trouble::Stopping`] when nobody takes drafts any more.
pub async fn read_source(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let path = PathBuf::from(&errand.source.address);
    let drafts = errand.drafts.clone();
    let tally: Arc<Mutex<Tally>> = Arc::default();
    let told = Arc::clone(&tally);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let walked = tokio::task::spawn_blocking(move || {
        read(&path, threads, &|seen| {
            if let Seen::Found(found) = seen {
                told.lock().unwrap_or_else(PoisonError::into_inner).found += 1;
                return match drafts.blocking_send(found.draft) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                };
            }
            told.lock().unwrap_or_else(PoisonError::into_inner).note(seen);
            ControlFlow::Continue(())
        })
    });
    let walked = walked.await.map_err(|error| Trouble::Read {
        what: errand.source.address.clone(),
        why: Unreadable::new("reader failed", error),
    })?;
    walked.map_err(|error| Trouble::Settings(error.to_string()))?;
    let tally = std::mem::take(&mut *tally.lock().unwrap_or_else(PoisonError::into_inner));
    errand.seen = errand.seen.saturating_add(tally.found);
    for remark in tally.remarks() {
        errand.remark(remark);
    }
    if errand.drafts.is_closed() { Err(Trouble::Stopping) } else { Ok(()) }
}

/// What was seen besides entries.
#[derive(Debug, Default)]
struct Tally {
    found: u32,
    unread: BTreeMap<&'static str, (u64, String)>,
}

impl Tally {
    fn note(&mut self, seen: Seen) {
        if let Seen::Unread { path, kind, sentence } = seen {
            let (count, _) = self.unread.entry(kind).or_insert_with(|| (0, format!("{path}: {sentence}")));
            *count += 1;
        }
    }

    fn remarks(&self) -> impl Iterator<Item = String> {
        self.unread.values().map(|(count, first)| match count {
            1 => first.clone(),
            count => format!("{first} (and {} more of this kind)", count - 1),
        })
    }
}

fn walk_folder(root: &Path, hint: &str, pool: &work::Pool<'_>, queue: &work::Queue) {
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, relative)) = folders.pop() {
        let entries = match std::fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => entries,
            Err(error) => {
                pool.tell(Seen::Unread {
                    path: relative,
                    kind: "folder not readable",
                    sentence: error.to_string(),
                });
                continue;
            }
        };
        let mut entries: Vec<_> = entries
            .into_iter()
            .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry))
            .collect();
        entries.sort_by(|(first, _), (second, _)| first.cmp(second));
        let mut inner = Vec::new();
        for (called, entry) in entries {
            if pool.is_stopped() {
                return;
            }
            let relative = if relative.is_empty() { called.clone() } else { format!("{relative}/{called}") };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => inner.push((entry.path(), relative)),
                Ok(kind) if kind.is_file() => {
                    let (stem, is_archive) = stem(&called);
                    let hint = if is_archive { slug(stem) } else { hint.to_owned() };
                    queue.walk(&Walk { path: entry.path(), relative, hint, is_archive }, pool);
                }
                Ok(_) => {
                    pool.tell(Seen::Skipped { path: relative, reason: "a link or device, not followed" })
                }
                Err(error) => {
                    let sentence = error.to_string();
                    pool.tell(Seen::Unread { path: relative, kind: "file not readable", sentence });
                }
            }
        }
        folders.extend(inner.into_iter().rev());
    }
}

/// A file name without the ending of an archive, and whether it had one.
fn stem(called: &str) -> (&str, bool) {
    let lower = called.to_ascii_lowercase();
    let suffix = ARCHIVES.iter().find(|suffix| lower.ends_with(**suffix));
    let stem =
        suffix.and_then(|suffix| called.get(..called.len() - suffix.len())).filter(|stem| !stem.is_empty());
    (stem.unwrap_or(called), stem.is_some())
}

/// A name as a source's slug: lower-case letters, digits and single hyphens.
fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "folder".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests;
