//! One walk under way: what every kind of archive shares while its members are met.
//!
//! An archive's reader finds members; this hands them on, opens those that are archives themselves, complains
//! where something is wrong, and keeps the counts that end a walk.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::container::budget::{Budget, Intake, Metered};
use crate::container::format::{Format, PEEK};
use crate::container::problem::Problem;
use crate::container::{Complaint, Member, Stop, Unreadable, Visit, Walked, name, stream, tar, zip};
use crate::limits::Limits;

/// The first bytes of a reader, as many as a format needs to be told.
pub(crate) fn peek(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(PEEK);
    reader.take(PEEK as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Goes on, or stops the whole walk.
pub(crate) type Flow = ControlFlow<Stop>;

/// An archive that opened says how the walk goes on; one that did not, why.
pub(crate) type Opened = Result<Flow, Problem>;

/// Where a walk is: inside which archives.
pub(crate) struct Place {
    /// What stands before a member's own name.
    pub(crate) prefix: String,
    /// Archives around the current one.
    pub(crate) depth: u8,
}

impl Place {
    pub(crate) fn outermost() -> Place {
        Place { prefix: String::new(), depth: 0 }
    }

    fn inside(&self, name: &str) -> Place {
        Place { prefix: format!("{}{name}!/", self.prefix), depth: self.depth.saturating_add(1) }
    }

    /// The archive itself, for a complaint about it: its path, or nothing for the walked file.
    pub(crate) fn archive(&self) -> &str {
        self.prefix.strip_suffix("!/").unwrap_or(&self.prefix)
    }
}

/// One walk under way: its limits, its counts and whom it tells.
pub(crate) struct Walker<'w> {
    pub(crate) limits: &'w Limits,
    visit: &'w mut dyn FnMut(Visit<'_>) -> ControlFlow<()>,
    pub(crate) budget: Rc<Budget>,
    entries: u64,
    walked: Walked,
}

impl<'w> Walker<'w> {
    /// Starts a walk over a file of `length` bytes.
    pub(crate) fn new(
        limits: &'w Limits,
        length: u64,
        visit: &'w mut dyn FnMut(Visit<'_>) -> ControlFlow<()>,
    ) -> Self {
        Walker { limits, visit, budget: Budget::new(limits, length), entries: 0, walked: Walked::default() }
    }

    /// How the walk of the file `name` went, given how it opened and ended.
    pub(crate) fn finish(mut self, opened: Opened, name: String) -> Result<Walked, Unreadable> {
        match opened {
            Ok(flow) => {
                self.walked.stopped_by = flow.break_value();
                Ok(self.walked)
            }
            Err(problem) => Err(Unreadable::Refused { name, problem }),
        }
    }

    /// Opens anything but a ZIP, which is not read as a stream.
    pub(crate) fn open(
        &mut self,
        place: &Place,
        name: &str,
        format: Option<Format>,
        input: impl Read,
    ) -> Opened {
        match format {
            Some(Format::Stream(codec)) => stream::walk(self, place, name, codec, input),
            Some(Format::Tar) => Ok(tar::walk(self, place, Metered::new(input, None, &self.budget.clone()))),
            Some(Format::NotRead(kind)) => Err(Problem::NotRead(kind)),
            Some(Format::Zip) | None => {
                let input = Metered::new(input, None, &self.budget.clone());
                match self.hold(input, &Intake::default()) {
                    Ok(bytes) => Ok(self.member(place, name, bytes)),
                    Err(problem) => Err(problem),
                }
            }
        }
    }

    /// Counts one more entry of any kind.
    pub(crate) fn count(&mut self, place: &Place) -> Flow {
        self.entries += 1;
        if self.entries > self.limits.members {
            self.complain(place.archive(), Problem::TooManyMembers { limit: self.limits.members })?;
            return ControlFlow::Break(Stop::Members);
        }
        ControlFlow::Continue(())
    }

    /// Reads one member whole. On failure the caller complains, and [`Walker::go_on`] says whether to go on.
    pub(crate) fn hold(&self, reader: impl Read, intake: &Intake) -> Result<Vec<u8>, Problem> {
        let limit = self.limits.bytes_each;
        let mut bytes = Vec::new();
        match reader.take(limit.saturating_add(1)).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > limit => Err(Problem::TooLarge { limit }),
            Ok(_) => Ok(bytes),
            Err(error) => Err(self.budget.reason(&error, intake.ended())),
        }
    }

    /// Whether there is any budget left to go on with.
    pub(crate) fn go_on(&self) -> Flow {
        if self.budget.is_spent() { ControlFlow::Break(Stop::BytesTotal) } else { ControlFlow::Continue(()) }
    }

    /// Hands on a file, or opens it if it is an archive itself.
    pub(crate) fn offer(&mut self, place: &Place, name: &str, bytes: Vec<u8>) -> Flow {
        let Some(format) = Format::of_file(&bytes) else {
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

    pub(crate) fn complain(&mut self, path: &str, problem: Problem) -> Flow {
        self.walked.complaints += 1;
        stopped((self.visit)(Visit::Complaint(Complaint { path: path.to_owned(), problem })))
    }

    /// Judges an entry's name: complains where there is reason to, and returns it if it may be used.
    pub(crate) fn name(
        &mut self,
        place: &Place,
        bytes: &[u8],
        seen: &mut Seen,
    ) -> ControlFlow<Stop, Option<String>> {
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
pub(crate) struct Seen {
    key: RandomState,
    names: HashSet<u64>,
}

impl Seen {
    fn again(&mut self, name: &str) -> bool {
        !self.names.insert(self.key.hash_one(name))
    }
}
