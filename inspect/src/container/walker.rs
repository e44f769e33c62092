//! One walk under way: what every kind of archive shares while its members are met.
//!
//! An archive's reader finds entries; this hands them on, opens those that are archives themselves, complains where
//! something is wrong, and keeps the counts that end a walk. An archive that can be read front to back is opened as
//! the stream that it is; a ZIP or 7z within another is held in memory for as long as it is read.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::container::attributes::Attributes;
use crate::container::budget::{Budget, Intake};
use crate::container::event::{Container, Entry, Event};
use crate::container::format::{Format, PEEK};
use crate::container::hashed::Hashed;
use crate::container::place::Place;
use crate::container::problem::Problem;
use crate::container::{Complaint, Stop, ar, cpio, name, rpm, sevenz, stream, tar, zip};
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

/// An entry with bytes, as an archive's reader found it.
pub(crate) struct Found<'f> {
    pub(crate) name: &'f str,
    pub(crate) attributes: Attributes,
    /// Bytes as stated; 0 where nothing is.
    pub(crate) size: u64,
    /// Where its bytes lie in the walked file, as they are.
    pub(crate) at: Option<u64>,
}

impl Found<'_> {
    pub(crate) fn named(name: &str) -> Found<'_> {
        Found { name, attributes: Attributes::default(), size: 0, at: None }
    }

    /// As it is told: with its path, and its bytes as counted.
    fn entry<'e>(&'e self, path: &'e str, size: u64) -> Entry<'e> {
        Entry { path, name: self.name, attributes: &self.attributes, size, at: self.at }
    }
}

/// One walk under way: its limits, its counts and whom it tells.
pub(crate) struct Walker<'w> {
    pub(crate) limits: &'w Limits,
    visit: &'w mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    pub(crate) budget: Rc<Budget>,
    entries: u64,
    /// Bytes of nested archives that are in memory.
    in_memory: u64,
}

impl<'w> Walker<'w> {
    /// Starts a walk over a file of `length` bytes; it ends once `late` says so.
    pub(crate) fn new(
        limits: &'w Limits,
        length: u64,
        late: Box<dyn Fn() -> bool>,
        visit: &'w mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Self {
        Walker { limits, visit, budget: Budget::new(limits, length, late), entries: 0, in_memory: 0 }
    }

    /// Opens what can be read front to back, and anything that is no archive.
    pub(crate) fn open(
        &mut self,
        place: &Place,
        name: &str,
        format: Option<Format>,
        input: &mut dyn Read,
    ) -> Opened {
        match format {
            Some(Format::Stream(codec)) => stream::walk(self, place, name, codec, input),
            Some(Format::Tar) => Ok(tar::walk(self, place, input)),
            Some(Format::Ar) => Ok(ar::walk(self, place, input)),
            Some(Format::Cpio) => Ok(cpio::walk(self, place, input, None)),
            Some(Format::Rpm) => rpm::walk(self, place, input),
            Some(Format::NotRead(kind)) => Err(Problem::NotRead(kind)),
            Some(Format::Zip | Format::SevenZ) | None => {
                Ok(self.file(place, &Found::named(name), input, &Intake::default(), None))
            }
        }
    }

    /// Says that an archive begins at `place`.
    pub(crate) fn opened(&mut self, place: &Place, container: Container) -> Flow {
        self.tell(Event::Opened { path: place.archive(), container })
    }

    /// Counts one more entry of any kind.
    pub(crate) fn count(&mut self, place: &Place) -> Flow {
        self.entries += 1;
        if self.entries > self.limits.members {
            self.complain(place.archive(), Problem::TooManyMembers { limit: self.limits.members })?;
            return ControlFlow::Break(Stop::Members);
        }
        if self.entries.is_multiple_of(256) {
            self.budget.look();
        }
        if self.budget.is_spent() {
            self.complain(place.archive(), self.budget.over())?;
        }
        self.go_on()
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

    /// Hands on an entry with bytes, or opens it if it is an archive itself. What the archive's reader does not find
    /// read afterwards, it passes over itself.
    pub(crate) fn enter(
        &mut self,
        place: &Place,
        found: &Found<'_>,
        content: &mut dyn Read,
        intake: &Intake,
    ) -> Flow {
        let mut content = content;
        let head = match peek(&mut content) {
            Ok(head) => head,
            Err(error) => {
                let problem = self.budget.reason(&error, intake.ended());
                return self.broken(place, found.name, problem);
            }
        };
        let format = Format::of(&head);
        let mut whole = io::Cursor::new(head).chain(content);
        match format {
            None => self.file(place, found, &mut whole, intake, None),
            Some(Format::NotRead(kind)) => {
                self.file(place, found, &mut whole, intake, Some(Problem::NotRead(kind)))
            }
            Some(_) if place.depth >= self.limits.depth => {
                let problem = Problem::TooDeep { limit: self.limits.depth };
                self.file(place, found, &mut whole, intake, Some(problem))
            }
            Some(format @ (Format::Zip | Format::SevenZ)) => {
                self.seekable(place, found, format, &mut whole, intake)
            }
            Some(format) => self.streamed(place, found, format, &mut whole),
        }
    }

    /// Opens a nested archive that is read front to back.
    fn streamed(&mut self, place: &Place, found: &Found<'_>, format: Format, content: &mut dyn Read) -> Flow {
        let within = place.inside(found.name);
        let mut hashed = Hashed::new(content);
        let opened = self.open(
            &within,
            found.name.rsplit('/').next().unwrap_or(found.name),
            Some(format),
            &mut hashed,
        );
        let (size, sha256) = hashed.finish();
        self.ended(&within, found, size, sha256, opened)
    }

    /// Opens a nested archive that has to be held in memory.
    fn seekable(
        &mut self,
        place: &Place,
        found: &Found<'_>,
        format: Format,
        content: &mut dyn Read,
        intake: &Intake,
    ) -> Flow {
        let limit = self.limits.bytes_nested.saturating_sub(self.in_memory);
        let mut bytes = Vec::new();
        let read = io::Read::take(&mut *content, limit.saturating_add(1)).read_to_end(&mut bytes);
        match read {
            Err(error) => {
                let problem = self.budget.reason(&error, intake.ended());
                self.broken(place, found.name, problem)
            }
            Ok(length) if length as u64 > limit => {
                let problem = Problem::TooLarge { limit: self.limits.bytes_nested };
                self.large(place, found, bytes, content, intake, Some(problem))
            }
            Ok(_) => self.held(place, found, format, bytes),
        }
    }

    fn held(&mut self, place: &Place, found: &Found<'_>, format: Format, bytes: Vec<u8>) -> Flow {
        let within = place.inside(found.name);
        let size = bytes.len() as u64;
        self.in_memory = self.in_memory.saturating_add(size);
        let opened = match format {
            Format::SevenZ => sevenz::walk(self, &within, io::Cursor::new(bytes.as_slice())),
            _ => zip::walk(self, &within, &bytes.as_slice(), size),
        };
        self.in_memory = self.in_memory.saturating_sub(size);
        let sha256 = Hashed::new(bytes.as_slice()).finish().1;
        self.ended(&within, found, size, sha256, opened)
    }

    /// Tells a nested archive after its members.
    fn ended(
        &mut self,
        within: &Place,
        found: &Found<'_>,
        size: u64,
        sha256: Option<[u8; 32]>,
        opened: Opened,
    ) -> Flow {
        let flow = match opened {
            Ok(flow) => flow,
            Err(problem) => self.complain(within.archive(), problem),
        };
        let entry = found.entry(within.archive(), size);
        self.tell(Event::Archive { entry, sha256 })?;
        flow?;
        self.go_on()
    }

    /// Hands on a file: whole if it can be held, else its beginning and the way to the rest.
    fn file(
        &mut self,
        place: &Place,
        found: &Found<'_>,
        content: &mut dyn Read,
        intake: &Intake,
        closed: Option<Problem>,
    ) -> Flow {
        let limit = self.limits.bytes_each;
        let mut bytes = Vec::with_capacity(usize::try_from(found.size.min(1 << 20)).unwrap_or_default());
        match io::Read::take(&mut *content, limit.saturating_add(1)).read_to_end(&mut bytes) {
            Err(error) => {
                let problem = self.budget.reason(&error, intake.ended());
                self.broken(place, found.name, problem)
            }
            Ok(length) if length as u64 > limit => self.large(place, found, bytes, content, intake, closed),
            Ok(_)
                if closed.is_none()
                    && place.depth < self.limits.depth
                    && Format::of_file(&bytes) == Some(Format::Zip) =>
            {
                self.held(place, found, Format::Zip, bytes)
            }
            Ok(_) => {
                let path = format!("{}{}", place.prefix, found.name);
                let size = bytes.len() as u64;
                let entry = found.entry(&path, size);
                self.tell(Event::File { entry, bytes, closed })
            }
        }
    }

    /// Hands on text that is no archive, whatever it begins with.
    pub(crate) fn text(&mut self, place: &Place, found: &Found<'_>, bytes: Vec<u8>) -> Flow {
        let path = format!("{}{}", place.prefix, found.name);
        let size = bytes.len() as u64;
        let entry = Entry { path: &path, name: found.name, attributes: &found.attributes, size, at: None };
        self.tell(Event::File { entry, bytes, closed: None })
    }

    fn large(
        &mut self,
        place: &Place,
        found: &Found<'_>,
        start: Vec<u8>,
        rest: &mut dyn Read,
        intake: &Intake,
        closed: Option<Problem>,
    ) -> Flow {
        let path = format!("{}{}", place.prefix, found.name);
        let size = found.size.max(start.len() as u64);
        let entry = found.entry(&path, size);
        let mut rest = Noting { inner: rest, failed: None };
        self.tell(Event::Large { entry, start, rest: &mut rest, closed })?;
        match rest.failed {
            Some(error) => {
                let problem = self.budget.reason(&error, intake.ended());
                self.broken(place, found.name, problem)
            }
            None => self.go_on(),
        }
    }

    /// Complains about an entry whose bytes could not be read.
    pub(crate) fn broken(&mut self, place: &Place, name: &str, problem: Problem) -> Flow {
        self.complain(&format!("{}{name}", place.prefix), problem)?;
        self.go_on()
    }

    /// Hands on a directory, link or device.
    pub(crate) fn other(&mut self, place: &Place, name: &str, attributes: &Attributes) -> Flow {
        let path = format!("{}{name}", place.prefix);
        self.tell(Event::Other(Entry { path: &path, name, attributes, size: 0, at: None }))
    }

    pub(crate) fn complain(&mut self, path: &str, problem: Problem) -> Flow {
        self.tell(Event::Complaint(Complaint { path: path.to_owned(), problem }))
    }

    /// Tells the visitor, who may stop the walk.
    pub(crate) fn tell(&mut self, event: Event<'_>) -> Flow {
        if (self.visit)(event).is_break() {
            ControlFlow::Break(Stop::Visitor)
        } else {
            ControlFlow::Continue(())
        }
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

    /// Hands on a directory, whose name may repeat and may be the root's.
    pub(crate) fn directory(&mut self, place: &Place, bytes: &[u8], attributes: &Attributes) -> Flow {
        match name::judge(bytes) {
            Ok(name) => self.other(place, &name.text, attributes),
            Err((_, Problem::NameEmpty)) => ControlFlow::Continue(()),
            Err((text, problem)) => self.complain(&format!("{}{text}", place.prefix), problem),
        }
    }
}

/// A reader that keeps the error that ended it, for whoever has to say why.
struct Noting<'r> {
    inner: &'r mut dyn Read,
    failed: Option<io::Error>,
}

impl Read for Noting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| {
            let told = io::Error::new(error.kind(), "the rest cannot be read");
            self.failed = Some(error);
            told
        })
    }
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
