//! Archives walked as a stream of members, under limits.
//!
//! Bytes come from a file or from memory and go, member by member, to the caller's closure; nothing is written
//! anywhere and no member's name is ever used as a path. What an archive is, its bytes say, not its name. What
//! cannot be read is complained about, member by member, and the walk goes on where it can: an archive that
//! yields complaints was *not* read completely, and a caller that ignores them says more than it knows.

mod budget;
mod format;
mod name;
/// What can be wrong with an archive or a member.
pub mod problem;
mod stream;
mod tar;
#[cfg(test)]
mod tests;
mod zip;

use std::collections::HashSet;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek};
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

use crate::container::budget::{Budget, Metered};
use crate::container::format::{Format, PEEK};
use crate::container::problem::Problem;
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
    /// [`Limits::bytes_total`] was reached.
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
    let length = file.seek(io::SeekFrom::End(0)).map_err(unreadable)?;
    file.rewind().map_err(unreadable)?;
    let own_name = path.file_name().map(|own| own.to_string_lossy().into_owned()).unwrap_or_default();
    let mut walker = Walker::new(limits, visit);
    let opened = match Format::of(&head) {
        Some(Format::Zip) => {
            zip::walk(&mut walker, &Place::outermost(), &rawzip::FileReader::from(file), length)
        }
        other => walker.open(&Place::outermost(), &own_name, other, file),
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
    let mut walker = Walker::new(limits, visit);
    let opened = match Format::of(bytes.get(..PEEK).unwrap_or(bytes)) {
        Some(Format::Zip) => zip::walk(&mut walker, &Place::outermost(), &bytes, bytes.len() as u64),
        other => walker.open(&Place::outermost(), name, other, bytes),
    };
    walker.finish(opened, name.to_owned())
}

/// The first bytes of a reader, as many as a format needs to be told.
fn peek(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(PEEK);
    reader.take(PEEK as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Goes on, or stops the whole walk.
type Flow = ControlFlow<Stop>;

/// An archive that opened says how the walk goes on; one that did not, why.
type Opened = Result<Flow, Problem>;

/// Where a walk is: inside which archives.
struct Place {
    /// What stands before a member's own name.
    prefix: String,
    /// Archives around the current one.
    depth: u8,
}

impl Place {
    fn outermost() -> Place {
        Place { prefix: String::new(), depth: 0 }
    }

    fn inside(&self, name: &str) -> Place {
        Place { prefix: format!("{}{name}!/", self.prefix), depth: self.depth.saturating_add(1) }
    }

    /// The archive itself, for a complaint about it: its path, or nothing for the walked file.
    fn archive(&self) -> &str {
        self.prefix.strip_suffix("!/").unwrap_or(&self.prefix)
    }
}

/// One walk under way: its limits, its counts and whom it tells.
struct Walker<'w> {
    limits: &'w Limits,
    visit: &'w mut dyn FnMut(Visit<'_>) -> ControlFlow<()>,
    budget: Rc<Budget>,
    entries: u64,
    walked: Walked,
}

impl<'w> Walker<'w> {
    fn new(limits: &'w Limits, visit: &'w mut dyn FnMut(Visit<'_>) -> ControlFlow<()>) -> Self {
        Walker { limits, visit, budget: Budget::new(limits), entries: 0, walked: Walked::default() }
    }

    fn finish(mut self, opened: Opened, name: String) -> Result<Walked, Unreadable> {
        match opened {
            Ok(flow) => {
                self.walked.stopped_by = flow.break_value();
                Ok(self.walked)
            }
            Err(problem) => Err(Unreadable::Refused { name, problem }),
        }
    }

    /// Opens anything but a ZIP, which is not read as a stream.
    fn open(&mut self, place: &Place, name: &str, format: Option<Format>, input: impl Read) -> Opened {
        match format {
            Some(Format::Stream(codec)) => stream::walk(self, place, name, codec, input),
            Some(Format::Tar) => Ok(tar::walk(self, place, Metered::new(input, None, &self.budget.clone()))),
            Some(Format::NotRead(kind)) => Err(Problem::NotRead(kind)),
            Some(Format::Zip) | None => {
                let input = Metered::new(input, None, &self.budget.clone());
                match self.hold(input, &budget::Intake::default()) {
                    Ok(bytes) => Ok(self.member(place, name, bytes)),
                    Err(problem) => Err(problem),
                }
            }
        }
    }

    /// Counts one more entry of any kind.
    fn count(&mut self, place: &Place) -> Flow {
        self.entries += 1;
        if self.entries > self.limits.members {
            self.complain(place.archive(), Problem::TooManyMembers { limit: self.limits.members })?;
            return ControlFlow::Break(Stop::Members);
        }
        ControlFlow::Continue(())
    }

    /// Reads one member whole. On failure the caller complains, and [`Walker::go_on`] says whether to go on.
    fn hold(&self, reader: impl Read, intake: &budget::Intake) -> Result<Vec<u8>, Problem> {
        let limit = self.limits.bytes_each;
        let mut bytes = Vec::new();
        match reader.take(limit.saturating_add(1)).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > limit => Err(Problem::TooLarge { limit }),
            Ok(_) => Ok(bytes),
            Err(error) => Err(self.budget.reason(&error, intake.ended())),
        }
    }

    /// Whether there is any budget left to go on with.
    fn go_on(&self) -> Flow {
        if self.budget.is_spent() { ControlFlow::Break(Stop::BytesTotal) } else { ControlFlow::Continue(()) }
    }

    /// Hands on a file, or opens it if it is an archive itself.
    fn offer(&mut self, place: &Place, name: &str, bytes: Vec<u8>) -> Flow {
        let Some(format) = Format::of(bytes.get(..PEEK).unwrap_or(&bytes)) else {
            return self.member(place, name, bytes);
        };
        let within = place.inside(name);
        let opened = match format {
            Format::NotRead(kind) => Err(Problem::NotRead(kind)),
            _ if within.depth > self.limits.depth => Err(Problem::TooDeep { limit: self.limits.depth }),
            Format::Zip => zip::walk(self, &within, &bytes.as_slice(), bytes.len() as u64),
            _ => self.open(&within, last_part(name), Some(format), bytes.as_slice()),
        };
        match opened {
            Ok(flow) => flow,
            Err(problem) => {
                self.complain(within.archive(), problem)?;
                self.go_on()
            }
        }
    }

    fn member(&mut self, place: &Place, name: &str, bytes: Vec<u8>) -> Flow {
        self.walked.members += 1;
        self.walked.bytes += bytes.len() as u64;
        let path = format!("{}{name}", place.prefix);
        stopped((self.visit)(Visit::Member(Member { path: &path, bytes })))
    }

    fn complain(&mut self, path: &str, problem: Problem) -> Flow {
        self.walked.complaints += 1;
        stopped((self.visit)(Visit::Complaint(Complaint { path: path.to_owned(), problem })))
    }

    /// Judges an entry's name: complains where there is reason to, and returns it if it may be used.
    fn name(&mut self, place: &Place, bytes: &[u8], seen: &mut Seen) -> ControlFlow<Stop, Option<String>> {
        match name::judge(bytes) {
            Ok(name) => {
                let path = format!("{}{}", place.prefix, name.text);
                if let Some(problem) = name.problem {
                    self.complain(&path, problem)?;
                }
                if seen.again(&name.text) {
                    self.complain(&path, Problem::NameRepeated)?;
                }
                ControlFlow::Continue(Some(name.text))
            }
            Err((text, problem)) => {
                self.complain(&format!("{}{text}", place.prefix), problem)?;
                ControlFlow::Continue(None)
            }
        }
    }
}

fn stopped(answer: ControlFlow<()>) -> Flow {
    if answer.is_break() { ControlFlow::Break(Stop::Visitor) } else { ControlFlow::Continue(()) }
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The names met in one archive, kept as keyed hashes: 8 bytes a name however long, and no stranger can make
/// two of them collide on purpose.
#[derive(Default)]
struct Seen {
    key: RandomState,
    names: HashSet<u64>,
}

impl Seen {
    fn again(&mut self, name: &str) -> bool {
        !self.names.insert(self.key.hash_one(name))
    }
}
