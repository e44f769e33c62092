//! The drop folder: a file is complete, is taken, is filed.
//!
//! A file counts when two looks find it the same, so that one that is still being copied is left alone. It is moved to
//! `taken` before anything is done with it, where only one process can move it, and to `filed` under its digest once
//! the report on it is recorded. What a crash leaves in `taken` is found by the next start. Nothing is opened here.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context as _;

/// Endings by which programs mark files that they have not finished.
const UNFINISHED: [&str; 7] = [".part", ".partial", ".tmp", ".crdownload", ".download", ".filepart", "~"];

/// Endings of signatures that lie beside what they sign.
const SIGNATURES: [&str; 5] = [".asc", ".sig", ".minisig", ".p7s", ".sign"];

/// Files that are taken at one look.
const MOST: usize = 100;

/// The drop folder, and what the last look saw in it.
#[derive(Debug)]
pub struct Inbox {
    folder: PathBuf,
    seen: HashMap<PathBuf, Shape>,
    left: Vec<Arrived>,
}

/// What tells a file that is still being written from one that is not.
type Shape = (u64, Option<SystemTime>);

/// A file that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// What it was called in the drop folder.
    pub name: String,
    /// Where it is now.
    pub path: PathBuf,
    /// The signature that lay beside it.
    pub signature: Option<PathBuf>,
}

impl Inbox {
    /// Opens the folder, making it if need be.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let opened = || format!("open the drop folder {}", folder.display());
        for place in [folder.join("taken"), folder.join("filed")] {
            fs::create_dir_all(place).with_context(opened)?;
        }
        let mut left = Vec::new();
        for entry in fs::read_dir(folder.join("taken")).with_context(opened)? {
            let place = entry.with_context(opened)?.path();
            if place.is_dir() {
                left.extend(paired(files(&place).with_context(opened)?.into_keys().collect()));
            }
        }
        Ok(Self { folder: folder.to_owned(), seen: HashMap::new(), left })
    }

    /// Takes what is complete: unchanged since the last look.
    ///
    /// # Errors
    /// When the folder cannot be read, or a file not be moved.
    pub fn look(&mut self) -> anyhow::Result<Vec<Arrived>> {
        let mut arrived = std::mem::take(&mut self.left);
        let found = files(&self.folder)
            .with_context(|| format!("look into the drop folder {}", self.folder.display()))?;
        let complete =
            |path: &PathBuf| self.seen.get(path).is_some_and(|shape| found.get(path) == Some(shape));
        let stable: Vec<PathBuf> = found.keys().filter(|path| complete(path)).cloned().collect();
        // A signature waits for what it signs, while that is still arriving.
        let waits = |path: &Path| {
            signed(path).is_some_and(|signed| found.contains_key(&signed) && !complete(&signed))
        };
        let ready: Vec<PathBuf> = stable.into_iter().filter(|path| !waits(path)).collect();
        for one in paired(ready).into_iter().take(MOST) {
            arrived.push(self.take(one)?);
        }
        self.seen = found;
        Ok(arrived)
    }

    /// Moves a file that was taken to where it stays, under the digest of its bytes.
    ///
    /// # Errors
    /// When it cannot be moved; it then stays where it is.
    pub fn file(&self, arrived: &Arrived, digest: &str) -> anyhow::Result<()> {
        let place = self.folder.join("filed").join(digest);
        let moved = || {
            fs::create_dir_all(&place)?;
            for path in [Some(&arrived.path), arrived.signature.as_ref()].into_iter().flatten() {
                fs::rename(path, place.join(path.file_name().unwrap_or_default()))?;
            }
            // Only an empty folder is removed.
            arrived.path.parent().map_or(Ok(()), fs::remove_dir)
        };
        moved().with_context(|| format!("file {}", arrived.name))
    }

    /// Moves a file, with its signature, to a folder of its own.
    fn take(&self, found: Arrived) -> anyhow::Result<Arrived> {
        let moved = || -> io::Result<Arrived> {
            let place = own_folder(&self.folder.join("taken"))?;
            let to = |path: &Path| place.join(path.file_name().unwrap_or_default());
            let path = to(&found.path);
            fs::rename(&found.path, &path)?;
            let signature = match &found.signature {
                Some(signature) => {
                    fs::rename(signature, to(signature))?;
                    Some(to(signature))
                }
                None => None,
            };
            Ok(Arrived { name: found.name.clone(), path, signature })
        };
        moved().with_context(|| format!("take {} from the drop folder", found.name))
    }
}

/// A new folder with the first free number for a name.
fn own_folder(within: &Path) -> io::Result<PathBuf> {
    for number in 1_u64.. {
        let place = within.join(number.to_string());
        match fs::create_dir(&place) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.map(|()| place),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// The plain files of a folder that are not marked as unfinished; links are not followed.
fn files(folder: &Path) -> io::Result<HashMap<PathBuf, Shape>> {
    let mut found = HashMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(metadata) = entry.path().symlink_metadata() else { continue };
        let unfinished = name.starts_with('.') || UNFINISHED.iter().any(|end| name.ends_with(end));
        if metadata.is_file() && !unfinished {
            found.insert(entry.path(), (metadata.len(), metadata.modified().ok()));
        }
    }
    Ok(found)
}

/// What a signature beside it signs, by its name.
fn signed(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let stem = SIGNATURES.iter().find_map(|end| name.strip_suffix(end)).filter(|stem| !stem.is_empty())?;
    Some(path.with_file_name(stem))
}

/// Files with the signatures that lie beside them, by name.
fn paired(mut paths: Vec<PathBuf>) -> Vec<Arrived> {
    paths.sort();
    let signatures: HashMap<PathBuf, PathBuf> =
        paths.iter().filter_map(|path| Some((signed(path)?, path.clone()))).collect();
    let beside = |path: &PathBuf| signed(path).is_some_and(|signed| paths.binary_search(&signed).is_ok());
    let alone = paths.iter().filter(|path| !beside(path));
    alone
        .map(|path| Arrived {
            name: path.file_name().unwrap_or(OsStr::new("")).to_string_lossy().into_owned(),
            path: path.clone(),
            signature: signatures.get(path).cloned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Inbox;

    fn names(inbox: &mut Inbox) -> Vec<String> {
        inbox.look().unwrap().into_iter().map(|arrived| arrived.name).collect()
    }

    #[test]
    fn a_file_is_taken_once_it_is_the_same_twice() {
        let folder = tempfile::tempdir().unwrap();
        let mut inbox = Inbox::open(folder.path()).unwrap();
        fs::write(folder.path().join("a.deb"), "on its w").unwrap();
        fs::write(folder.path().join("b.zip.part"), "never whole").unwrap();
        assert!(names(&mut inbox).is_empty());
        fs::write(folder.path().join("a.deb"), "on its way, still").unwrap();
        assert!(names(&mut inbox).is_empty());
        assert_eq!(names(&mut inbox), ["a.deb"]);
        assert!(names(&mut inbox).is_empty());
        assert!(folder.path().join("b.zip.part").exists());
    }

    #[test]
    fn a_signature_goes_with_what_it_signs_and_both_are_filed() {
        let folder = tempfile::tempdir().unwrap();
        let mut inbox = Inbox::open(folder.path()).unwrap();
        fs::write(folder.path().join("a.zip.asc"), "signature").unwrap();
        fs::write(folder.path().join("a.zip"), "archive").unwrap();
        inbox.look().unwrap();
        let arrived = inbox.look().unwrap().pop().unwrap();
        assert!(arrived.signature.as_ref().unwrap().ends_with("a.zip.asc"));
        inbox.file(&arrived, "00ff").unwrap();
        let filed = folder.path().join("filed/00ff");
        assert!(filed.join("a.zip").exists() && filed.join("a.zip.asc").exists());
        assert_eq!(fs::read_dir(folder.path().join("taken")).unwrap().count(), 0);
    }

    #[test]
    fn what_a_crash_left_is_found_by_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let mut inbox = Inbox::open(folder.path()).unwrap();
        fs::write(folder.path().join("a.deb"), "whole").unwrap();
        inbox.look().unwrap();
        assert_eq!(names(&mut inbox), ["a.deb"]);
        assert_eq!(names(&mut Inbox::open(folder.path()).unwrap()), ["a.deb"]);
    }
}
