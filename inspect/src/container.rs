//! Archives walked as a stream of members, under limits.
//!
//! Bytes come from a file or from memory and go, member by member, to the caller's closure; nothing is written
//! anywhere and no member's name is ever used as a path. What an archive is, its bytes say, not its name. What
//! cannot be read is complained about, member by member, and the walk goes on where it can: an archive that
//! yields complaints was *not* read completely, and a caller that ignores them says more than it knows.

/// What an archive states about a member beside its bytes.
pub mod attributes;
mod budget;
mod format;
pub(crate) mod name;
/// What can be wrong with an archive or a member.
pub mod problem;
mod stream;
mod tar;
#[cfg(test)]
mod tests;
mod walker;
mod zip;

use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use crate::container::format::{Format, TAIL};
use crate::container::problem::Problem;
use crate::container::walker::{Place, Walker, peek};
use crate::limits::Limits;

/// What a walk meets, in the order of the archive.
#[derive(Debug)]
pub enum Visit<'a> {
    /// A file, whole.
    Member(Member<'a>),
    /// Something that was not read, or is odd.
    Complaint(Complaint),
}

/// A file found in an archive, or the walked file itself if it is none.
#[derive(Debug)]
pub struct Member<'a> {
    /// Where it is. The walked file contributes nothing, a nested archive its name and `!/`:
    /// `inner.zip!/dir/x.json`. A plain or merely compressed file is its own name without the suffix.
    pub path: &'a str,
    /// Its bytes, unpacked and within [`Limits::bytes_each`].
    pub bytes: Vec<u8>,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// As [`Member::path`]; the archive where the problem is the archive's, and empty for the walked file itself.
    pub path: String,
    /// What is wrong.
    pub problem: Problem,
}

/// How a walk went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walked {
    /// Members that were given to the visitor.
    pub members: u64,
    /// Their bytes together.
    pub bytes: u64,
    /// Complaints that were given to the visitor.
    pub complaints: u64,
    /// Why the walk ended before the archive did, if it did.
    pub stopped_by: Option<Stop>,
}

/// Why a walk ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// [`Limits::members`] was reached.
    Members,
    /// [`Limits::bytes_total`] was reached, or [`Limits::ratio`] by the walk as a whole.
    BytesTotal,
    /// The visitor asked for it.
    Visitor,
}

/// Why a file could not be walked at all. Reads after "failed to".
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The file system refused.
    #[error("read {name}: {source}")]
    Io {
        /// The file, as it was asked for.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file is an archive or compressed file, but of a kind that is not read, or too broken to begin with.
    #[error("read {name}: {problem}")]
    Refused {
        /// The file, as it was asked for.
        name: String,
        /// Why.
        problem: Problem,
    },
}

/// Walks the file at `path`: each member if it is an archive, else the file itself. It is read as a stream, so
/// that its size does not matter; nested archives are held in memory, within [`Limits::bytes_each`].
pub fn walk(
    path: &Path,
    limits: &Limits,
    visit: &mut dyn FnMut(Visit<'_>) -> ControlFlow<()>,
) -> Result<Walked, Unreadable> {
    let name = path.display().to_string();
    let unreadable = |source| Unreadable::Io { name: name.clone(), source };
    let mut file = File::open(path).map_err(unreadable)?;
    let head = peek(&mut file).map_err(unreadable)?;
    let length = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL as u64))).map_err(unreadable)?;
    let tail = peek(&mut file).map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let own_name = path.file_name().map(|own| own.to_string_lossy().into_owned()).unwrap_or_default();
    let mut walker = Walker::new(limits, length, visit);
    let opened = match Format::of(&head).or_else(|| Format::of_tail(&tail)) {
        Some(Format::Zip) => {
            zip::walk(&mut walker, &Place::outermost(), &rawzip::FileReader::from(file), length)
        }
        other => walker.open(&Place::outermost(), &own_name, other, BufReader::with_capacity(64 << 10, file)),
    };
    walker.finish(opened, name)
}

/// Walks bytes that are already in memory; `name` is what the file would be called.
pub fn walk_bytes(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    visit: &mut dyn FnMut(Visit<'_>) -> ControlFlow<()>,
) -> Result<Walked, Unreadable> {
    let mut walker = Walker::new(limits, bytes.len() as u64, visit);
    let opened = match Format::of_file(bytes) {
        Some(Format::Zip) => zip::walk(&mut walker, &Place::outermost(), &bytes, bytes.len() as u64),
        other => walker.open(&Place::outermost(), name, other, bytes),
    };
    walker.finish(opened, name.to_owned())
}
