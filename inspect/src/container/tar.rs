//! A tar archive, read front to back from any stream.
//!
//! The headers' reader would hold long names and extended headers of any size, so it is given bytes through a
//! [`Guard`] that lets it read a bounded amount between two members.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::ControlFlow;

use tar::{Archive, Entry, EntryType};

use crate::container::Stop;
use crate::container::attributes::{Attributes, Kind};
use crate::container::budget::{Exact, Intake};
use crate::container::event::Container;
use crate::container::name::shown;
use crate::container::place::Place;
use crate::container::problem::Problem;
use crate::container::walker::{Flow, Found, Seen, Walker};

/// Header bytes between two members: long names are 4 KiB, extended attributes rarely 64 KiB.
const HEADERS: u64 = 1 << 20;

/// A reader that allows so many bytes and then fails.
struct Guard<'g, R> {
    inner: R,
    allowed: &'g Cell<u64>,
    position: &'g Cell<u64>,
    ended: &'g Cell<bool>,
}

impl<R: Read> Read for Guard<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let allowed = usize::try_from(self.allowed.get()).unwrap_or(usize::MAX).min(buffer.len());
        if allowed == 0 && !buffer.is_empty() {
            return Err(io::Error::other("its headers are larger than a mebibyte"));
        }
        let room = buffer.get_mut(..allowed).unwrap_or_default();
        let count = self.inner.read(room)?;
        self.ended.set(count == 0 && allowed > 0);
        self.allowed.set(self.allowed.get().saturating_sub(count as u64));
        self.position.set(self.position.get().saturating_add(count as u64));
        Ok(count)
    }
}

/// Walks the tar that `input` is. A broken header ends it, since nothing says where the next one would be.
pub(crate) fn walk(walker: &mut Walker<'_>, place: &Place, input: &mut dyn Read) -> Flow {
    walker.opened(place, Container::Tar)?;
    let (allowed, position, ended) = (Cell::new(HEADERS), Cell::new(0), Cell::new(false));
    let guard = Guard { inner: input, allowed: &allowed, position: &position, ended: &ended };
    let mut archive = Archive::new(guard);
    let mut seen = Seen::default();
    let mut entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => return fail(walker, place, &error, false),
    };
    loop {
        let mut entry = match entries.next() {
            None => break,
            Some(Ok(entry)) => entry,
            Some(Err(error)) => return fail(walker, place, &error, ended.get()),
        };
        let next = position.get().saturating_add(stored(&entry));
        allowed.set(u64::MAX);
        walker.count(place)?;
        if !member(walker, place, &mut entry, &mut seen, &ended)? {
            return ControlFlow::Continue(());
        }
        allowed.set(next.saturating_sub(position.get()).saturating_add(HEADERS));
    }
    if ended.get() {
        return walker.complain(place.archive(), Problem::Truncated);
    }
    allowed.set(u64::MAX);
    drain(walker, place, archive.into_inner())
}

/// Reads what is behind the end marker, which is zeros, so that a compressed stream checks its own sum.
fn drain(walker: &mut Walker<'_>, place: &Place, mut rest: impl Read) -> Flow {
    let mut buffer = [0; 16 << 10];
    let mut is_more = false;
    loop {
        match rest.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => is_more |= buffer.iter().take(count).any(|byte| *byte != 0),
            Err(error) => return fail(walker, place, &error, false),
        }
    }
    if is_more { walker.complain(place.archive(), Problem::Trailing) } else { ControlFlow::Continue(()) }
}

/// Bytes the entry occupies behind its header, whole blocks.
fn stored<R: Read>(entry: &Entry<'_, R>) -> u64 {
    let stated = entry.header().entry_size().unwrap_or(0);
    let size = if entry.header().entry_type().is_gnu_sparse() { stated } else { stated.max(entry.size()) };
    size.checked_next_multiple_of(512).unwrap_or(u64::MAX)
}

fn fail(walker: &mut Walker<'_>, place: &Place, error: &io::Error, ended: bool) -> Flow {
    let problem = walker.budget.reason(error, ended);
    walker.complain(place.archive(), problem)?;
    walker.go_on()
}

/// Reads one entry. `false` means that the stream broke, and that nothing behind it can be found.
fn member<R: Read>(
    walker: &mut Walker<'_>,
    place: &Place,
    entry: &mut Entry<'_, R>,
    seen: &mut Seen,
    ended: &Cell<bool>,
) -> ControlFlow<Stop, bool> {
    let written = entry.path_bytes().into_owned();
    let kind = entry.header().entry_type();
    if kind.is_pax_global_extensions() {
        return ControlFlow::Continue(true);
    }
    let attributes = attributes(entry, kind);
    // Before ustar a directory was a file whose name ends in a slash.
    if kind.is_dir() || (written.ends_with(b"/") && attributes.kind == Kind::File) {
        let attributes = Attributes { kind: Kind::Directory, ..attributes };
        walker.directory(place, &written, &attributes)?;
        return ControlFlow::Continue(true);
    }
    if let Some(problem) = refusal(entry, kind) {
        let path = format!("{}{}", place.prefix, shown(&String::from_utf8_lossy(&written)));
        walker.complain(&path, problem)?;
        return ControlFlow::Continue(true);
    }
    let Some(name) = walker.name(place, &written, seen)? else { return ControlFlow::Continue(true) };
    if attributes.kind != Kind::File {
        walker.other(place, &name, &attributes)?;
        return ControlFlow::Continue(true);
    }
    let size = entry.size();
    let found = Found { name: &name, attributes, size, at: None };
    let mut content = Exact::new(&mut *entry, size, &walker.budget);
    walker.enter(place, &found, &mut content, &Intake::default())?;
    // Whatever was left unread, unless the stream is at its end already.
    if !ended.get() && io::copy(&mut content, &mut io::sink()).is_err() {
        walker.go_on()?;
    }
    ControlFlow::Continue(!ended.get())
}

/// What the headers state beside name and size.
fn attributes<R: Read>(entry: &mut Entry<'_, R>, kind: EntryType) -> Attributes {
    let target =
        entry.link_name_bytes().map(|name| shown(&String::from_utf8_lossy(&name))).unwrap_or_default();
    let header = entry.header();
    let owner = |name: Result<Option<&str>, std::str::Utf8Error>, number: io::Result<u64>| {
        let name = name.ok().flatten().filter(|name| !name.is_empty()).map(shown);
        name.or_else(|| number.ok().map(|number| number.to_string()))
    };
    let mut attributes = Attributes {
        kind: match kind {
            EntryType::Symlink => Kind::Symlink { target },
            EntryType::Link => Kind::Hardlink { target },
            EntryType::Char | EntryType::Block | EntryType::Fifo => Kind::Device,
            _ => Kind::File,
        },
        mode: header.mode().ok().map(|mode| mode & 0o7777),
        user: owner(header.username(), header.uid()),
        group: owner(header.groupname(), header.gid()),
        ..Attributes::default()
    };
    if let Ok(Some(records)) = entry.pax_extensions() {
        let wanted = "SCHILY.xattr.security.capability";
        let found = records.flatten().find(|record| record.key() == Ok(wanted));
        attributes.capabilities = found.map(|record| capabilities(record.value_bytes()));
    }
    attributes
}

/// The kernel's own form of file capabilities (`struct vfs_cap_data`): its permitted set, as digits.
fn capabilities(value: &[u8]) -> String {
    let word = |at: usize| value.get(at..at + 4).and_then(|word| <[u8; 4]>::try_from(word).ok());
    let low = word(4).map_or(0, u32::from_le_bytes);
    let high = word(12).map_or(0, u32::from_le_bytes);
    format!("permitted {:#x}", u64::from(high) << 32 | u64::from(low))
}

/// Why an entry cannot be read, if it cannot.
fn refusal<R: Read>(entry: &mut Entry<'_, R>, kind: EntryType) -> Option<Problem> {
    match kind.as_byte() {
        b'M' => return Some(Problem::UnsupportedMethod("a tar of several volumes".to_owned())),
        b'V' | b'D' | b'X' => {
            return Some(Problem::UnsupportedMethod("an entry that is not a file".to_owned()));
        }
        _ => {}
    }
    let is_sparse = match entry.pax_extensions() {
        Ok(Some(records)) => records.flatten().any(|record| record.key_bytes().starts_with(b"GNU.sparse.")),
        _ => false,
    };
    is_sparse.then(|| Problem::UnsupportedMethod("a sparse file in pax headers".to_owned()))
}
