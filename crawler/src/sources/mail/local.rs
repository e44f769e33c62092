//! A mailbox or a maildir on this machine.
//!
//! A mailbox that only grew is looked at whole and brings only threads with something behind its old end. Symbolic links
//! are not followed. Refuses compressed mailboxes: they cannot be read in pieces.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::pile::Pile;
use super::shelf::Shelf;
use crate::formats::Unreadable;
use crate::sources::{Errand, Trouble, remembered};

/// Bytes of a mailbox by whose digest it is known again.
const BEGINNING: u64 = 4096;
/// Files of a maildir.
const MAX_FILES: usize = 500_000;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// Bytes that were read, or files.
    length: u64,
    /// Digest of the first bytes, or of the names of all files.
    beginning: String,
    /// Where the last message begins.
    last: u64,
}

/// Reads what lies at `path` and brings the threads with something new.
///
/// # Errors
/// [`Trouble`] when there is nothing that can be read as mail.
pub(super) async fn read(errand: &mut Errand<'_>, path: PathBuf) -> Result<(), Trouble> {
    let before: Memory = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    let shown = path.display().to_string();
    let looked = tokio::task::spawn_blocking(move || look(&path, &before));
    let looked = looked.await.unwrap_or_else(|error| Err(io::Error::other(error)));
    let looked = looked.map_err(|error| Trouble::Settings(format!("read the mail at {shown}: {error}")))?;
    let Some((pile, memory)) = looked else { return Ok(()) };
    if pile.len() == 0 && memory.length > 0 {
        let why = Unreadable::new("not a mailbox", "no message with a header was found");
        return Err(Trouble::Read { what: shown, why });
    }
    pile.bring_by(errand).await?;
    errand.memory = remembered(&memory);
    Ok(())
}

/// The messages at `path`, and what is to be remembered of them; nothing where all is as it was.
fn look(path: &Path, before: &Memory) -> io::Result<Option<(Pile, Memory)>> {
    let mut pile = Pile::default();
    if fs::metadata(path)?.is_dir() {
        let files = maildir(path)?;
        let names: Vec<String> = files.iter().map(|file| name(file)).collect();
        let mut digest = Sha256::new();
        names.iter().for_each(|name| digest.update(name));
        let memory =
            Memory { length: files.len() as u64, beginning: hex::encode(digest.finalize()), last: 0 };
        if memory == *before {
            return Ok(None);
        }
        pile.add(Shelf::Folder(files), 0, None)?;
        return Ok(Some((pile, memory)));
    }
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut memory = Memory { length, beginning: beginning(path, length)?, last: before.last };
    if memory == *before {
        return Ok(None);
    }
    let mut head = [0; 4];
    let compressed = File::open(path)?.read(&mut head)? == 4
        && (head.starts_with(b"\x1f\x8b") || head == *b"\x28\xb5\x2f\xfd");
    if compressed {
        return Err(io::Error::other("it is compressed; unpack it, or import it with `forewarn import`"));
    }
    let grew =
        before.length > 0 && before.length <= length && beginning(path, before.length)? == before.beginning;
    pile.add(Shelf::Mailbox(file), if grew { before.last } else { 0 }, None)?;
    memory.last = pile.last();
    Ok(Some((pile, memory)))
}

/// Stands for the beginning of a mailbox that has `length` bytes.
fn beginning(path: &Path, length: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(length.min(BEGINNING)).read_to_end(&mut bytes)?;
    Ok(hex::encode(Sha256::digest(&bytes)))
}

/// The messages of a maildir and of the folders in it, by name: what lies in `cur` and `new`.
fn maildir(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let holds_mail = matches!(name(&folder).as_str(), "cur" | "new");
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() && name(&entry.path()) != "tmp" {
                folders.push(entry.path());
            } else if kind.is_file() && holds_mail && files.len() < MAX_FILES {
                files.push(entry.path());
            }
        }
    }
    if files.is_empty() && !path.join("cur").is_dir() {
        return Err(io::Error::other("it is no maildir: there is no folder cur in it"));
    }
    files.sort_by_key(|file| name(file));
    Ok(files)
}

/// A file's own name; of a message without the flags that a mail program puts behind it.
fn name(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.split_once(":2,").map_or(name.clone(), |(name, _)| name.to_owned())
}
