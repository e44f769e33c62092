//! Archives walked as a stream of members, under limits.
//!
//! Bytes come from a file or from memory and go, member by member, to the caller's closure; nothing is written
//! anywhere and no member's name is ever used as a path. What an archive is, its bytes say, not its name. What
//! cannot be read is complained about, member by member, and the walk goes on where it can: an archive that
//! yields complaints was *not* read completely, and a caller that ignores them says more than it knows.

mod ar;
/// What an archive states about a member beside its bytes.
pub mod attributes;
mod budget;
mod cpio;
/// What a walk tells whoever inspects a package.
pub mod event;
mod format;
mod hashed;
pub(crate) mod name;
mod place;
/// What can be wrong with an archive or a member.
pub mod problem;
/// RPM packages.
pub mod rpm;
mod sevenz;
mod stream;
mod tar;
#[cfg(test)]
pub(crate) mod tests;
mod walker;
mod zip;

use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crate::container::attributes::Kind;
use crate::container::budget::Metered;
use crate::container::event::{Entry, Event};
use crate::container::format::{Format, TAIL};
use crate::container::place::Place;
use crate::container::problem::Problem;
use crate::container::walker::{Opened, Walker, peek};
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
/// that its size does not matter; nested archives that are no streams are held in memory, within
/// [`Limits::bytes_nested`].
pub fn walk(
    path: &Path,
    limits: &Limits,
    visit: &mut dyn FnMut(Visit<'_>) -> ControlFlow<()>,
) -> Result<Walked, Unreadable> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|source| Unreadable::Io { name: name.clone(), source })?;
    let own_name = path.file_name().map(|own| own.to_string_lossy().into_owned()).unwrap_or_default();
    let mut walked = Walked::default();
    let opened = {
        let mut seen = documents(visit, limits, &mut walked);
        survey(&file, &own_name, limits, Box::new(|| false), &mut seen)
    };
    walked.ended(opened, &name)
}

/// Walks bytes that are already in memory; `name` is what the file would be called.
pub fn walk_bytes(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    visit: &mut dyn FnMut(Visit<'_>) -> ControlFlow<()>,
) -> Result<Walked, Unreadable> {
    let mut walked = Walked::default();
    let opened = {
        let mut seen = documents(visit, limits, &mut walked);
        survey_bytes(name, bytes, limits, &mut seen)
    };
    walked.ended(opened, name)
}

/// Walks a file and tells everything that is met, as one who inspects a package wants to know it. `late` tells that
/// time is up; it is asked every few milliseconds. The error names the file as `name`.
pub fn survey(
    mut file: &File,
    name: &str,
    limits: &Limits,
    late: Box<dyn Fn() -> bool>,
    visit: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
) -> Result<Option<Stop>, Unreadable> {
    let unreadable = |source| Unreadable::Io { name: name.to_owned(), source };
    let head = peek(&mut file).map_err(unreadable)?;
    let length = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL as u64))).map_err(unreadable)?;
    let tail = peek(&mut file).map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let mut walker = Walker::new(limits, length, late, visit);
    let place = Place::outermost();
    let opened = match Format::of(&head).or_else(|| Format::of_tail(&tail)) {
        Some(Format::Zip) => zip::walk(&mut walker, &place, &At(file), length),
        Some(Format::SevenZ) => {
            let input = BufReader::with_capacity(64 << 10, file);
            sevenz::walk(&mut walker, &place, input)
        }
        other => {
            let input = BufReader::with_capacity(64 << 10, file);
            let mut metered = Metered::new(input, None, &walker.budget.clone());
            walker.open(&place, name, other, &mut metered)
        }
    };
    refused(opened, name)
}

/// A file that is read wherever it is asked for.
struct At<'f>(&'f File);

impl rawzip::ReaderAt for At<'_> {
    fn read_at(&self, room: &mut [u8], at: u64) -> io::Result<usize> {
        self.0.read_at(room, at)
    }
}

/// As [`survey`], for bytes that are already in memory.
pub fn survey_bytes(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    visit: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
) -> Result<Option<Stop>, Unreadable> {
    let length = bytes.len() as u64;
    let mut walker = Walker::new(limits, length, Box::new(|| false), visit);
    let opened = match Format::of_file(bytes) {
        Some(Format::Zip) => zip::walk(&mut walker, &Place::outermost(), &bytes, length),
        Some(Format::SevenZ) => sevenz::walk(&mut walker, &Place::outermost(), io::Cursor::new(bytes)),
        other => {
            let mut metered = Metered::new(bytes, None, &walker.budget.clone());
            walker.open(&Place::outermost(), name, other, &mut metered)
        }
    };
    refused(opened, name)
}

fn refused(opened: Opened, name: &str) -> Result<Option<Stop>, Unreadable> {
    match opened {
        Ok(flow) => Ok(flow.break_value()),
        Err(problem) => Err(Unreadable::Refused { name: name.to_owned(), problem }),
    }
}

impl Walked {
    fn ended(self, opened: Result<Option<Stop>, Unreadable>, name: &str) -> Result<Walked, Unreadable> {
        match opened {
            Ok(stopped_by) => Ok(Walked { stopped_by, ..self }),
            Err(Unreadable::Io { source, .. }) => Err(Unreadable::Io { name: name.to_owned(), source }),
            Err(Unreadable::Refused { problem, .. }) => {
                Err(Unreadable::Refused { name: name.to_owned(), problem })
            }
        }
    }
}

/// Makes of everything that is met what one who wants documents is told.
fn documents<'v>(
    visit: &'v mut dyn FnMut(Visit<'_>) -> ControlFlow<()>,
    limits: &'v Limits,
    walked: &'v mut Walked,
) -> impl FnMut(Event<'_>) -> ControlFlow<()> + 'v {
    move |event| {
        let complaint = match event {
            Event::File { entry, bytes, closed: None } => {
                walked.members += 1;
                walked.bytes += bytes.len() as u64;
                return visit(Visit::Member(Member { path: entry.path, bytes }));
            }
            Event::File { entry, closed: Some(problem), .. }
            | Event::Large { entry, closed: Some(problem), .. } => {
                Complaint { path: entry.path.to_owned(), problem }
            }
            Event::Large { entry, .. } => {
                let problem = Problem::TooLarge { limit: limits.bytes_each };
                Complaint { path: entry.path.to_owned(), problem }
            }
            Event::Other(Entry { path, attributes, .. }) => match attributes.kind {
                Kind::Directory => return ControlFlow::Continue(()),
                Kind::Device => Complaint { path: path.to_owned(), problem: Problem::SpecialFile },
                _ => Complaint { path: path.to_owned(), problem: Problem::Link },
            },
            Event::Complaint(complaint) => complaint,
            Event::Opened { .. } | Event::Header { .. } | Event::Signature(_) | Event::Archive { .. } => {
                return ControlFlow::Continue(());
            }
        };
        walked.complaints += 1;
        visit(Visit::Complaint(complaint))
    }
}
