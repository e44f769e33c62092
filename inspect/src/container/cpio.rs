//! A cpio archive, as RPM packages carry one and as initial file systems are, read front to back.
//!
//! The new ASCII format (`070701`, `070702`), the portable one (`070707`), and RPM's own for large files (`07070X`),
//! whose headers are only numbers of files in the RPM header. The old binary format is told and not read.
//! Format: cpio(5); rpm's `lib/cpio.cc` documents `07070X`.

use std::io::{self, Read};
use std::ops::ControlFlow;

use crate::container::attributes::{Attributes, Kind};
use crate::container::budget::{Exact, Intake};
use crate::container::event::Container;
use crate::container::name::shown;
use crate::container::place::Place;
use crate::container::problem::Problem;
use crate::container::walker::{Flow, Found, Seen, Walker};

/// Longest name, and longest target of a link.
const LONGEST: u64 = 4096;
const LAST: &[u8] = b"TRAILER!!!";

/// What another header says about the files in here, by name or by number.
pub(crate) trait Listing {
    /// The file of that number: its name and size.
    fn numbered(&self, number: u64) -> Option<(Vec<u8>, u64)>;
    /// What is stated about the file of that name.
    fn attributes(&self, name: &[u8]) -> Option<Attributes>;
}

struct Header {
    name: Vec<u8>,
    size: u64,
    mode: u32,
    user: u32,
    group: u32,
    /// Bytes to which content is padded.
    align: u64,
}

/// Walks the cpio that `input` is; `listing` knows more about its files. A broken header ends it.
pub(crate) fn walk(
    walker: &mut Walker<'_>,
    place: &Place,
    input: &mut dyn Read,
    listing: Option<&dyn Listing>,
) -> Flow {
    if listing.is_none() {
        walker.opened(place, Container::Cpio)?;
    }
    let mut seen = Seen::default();
    loop {
        let header = match next(input, listing) {
            Ok(Some(header)) if header.name == LAST => return drain(walker, place, input),
            Ok(Some(header)) => header,
            Ok(None) => return walker.complain(place.archive(), Problem::Truncated),
            Err(error) => return fail(walker, place, &error),
        };
        walker.count(place)?;
        let mut content = Exact::new(&mut *input, header.size, &walker.budget);
        member(walker, place, &header, listing, &mut seen, &mut content)?;
        let rest = io::copy(&mut content, &mut io::sink())
            .and_then(|_| skip(input, padding(header.size, header.align)));
        if let Err(error) = rest {
            return fail(walker, place, &error);
        }
    }
}

fn fail(walker: &mut Walker<'_>, place: &Place, error: &io::Error) -> Flow {
    let problem = walker.budget.reason(error, false);
    walker.complain(place.archive(), problem)?;
    walker.go_on()
}

/// Reads what is behind the end, which is zeros, so that a compressed stream checks its own sum.
fn drain(walker: &mut Walker<'_>, place: &Place, input: &mut dyn Read) -> Flow {
    let mut buffer = [0; 16 << 10];
    let mut is_more = false;
    loop {
        match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => is_more |= buffer.iter().take(count).any(|byte| *byte != 0),
            Err(error) => return fail(walker, place, &error),
        }
    }
    if is_more { walker.complain(place.archive(), Problem::Trailing) } else { ControlFlow::Continue(()) }
}

fn padding(size: u64, align: u64) -> u64 {
    size.next_multiple_of(align.max(1)).saturating_sub(size)
}

fn skip(input: &mut dyn Read, bytes: u64) -> io::Result<()> {
    io::copy(&mut input.take(bytes), &mut io::sink()).map(drop)
}

/// The next header; `None` where the bytes end.
fn next(input: &mut dyn Read, listing: Option<&dyn Listing>) -> io::Result<Option<Header>> {
    let mut magic = Vec::with_capacity(6);
    input.take(6).read_to_end(&mut magic)?;
    match (magic.as_slice(), listing) {
        (b"", _) => Ok(None),
        (b"070701" | b"070702", _) => new_ascii(input).map(Some),
        (b"070707", _) => portable(input).map(Some),
        (b"07070X", Some(listing)) => stripped(input, listing).map(Some),
        _ => Err(io::Error::other("a member's header has no valid beginning")),
    }
}

fn new_ascii(input: &mut dyn Read) -> io::Result<Header> {
    let mut bytes = [0; 104];
    input.read_exact(&mut bytes)?;
    let field = |at: usize| number(bytes.get(at * 8..at * 8 + 8).unwrap_or_default(), 16);
    let name_size = field(11)?;
    let name = name(input, name_size)?;
    skip(input, padding(110 + name_size, 4))?;
    let narrow = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    let (mode, user, group) = (narrow(field(1)?), narrow(field(2)?), narrow(field(3)?));
    Ok(Header { name, size: field(6)?, mode, user, group, align: 4 })
}

fn portable(input: &mut dyn Read) -> io::Result<Header> {
    let mut bytes = [0; 70];
    input.read_exact(&mut bytes)?;
    let field = |range: std::ops::Range<usize>| number(bytes.get(range).unwrap_or_default(), 8);
    let narrow = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    let (mode, user, group) = (narrow(field(12..18)?), narrow(field(18..24)?), narrow(field(24..30)?));
    let (name_size, size) = (field(53..59)?, field(59..70)?);
    Ok(Header { name: name(input, name_size)?, size, mode, user, group, align: 1 })
}

fn stripped(input: &mut dyn Read, listing: &dyn Listing) -> io::Result<Header> {
    let mut bytes = [0; 8];
    input.read_exact(&mut bytes)?;
    skip(input, 2)?;
    let known = listing.numbered(number(&bytes, 16)?);
    let (name, size) = known.ok_or_else(|| io::Error::other("a member is none of those in its header"))?;
    Ok(Header { name, size, mode: 0, user: 0, group: 0, align: 4 })
}

fn number(digits: &[u8], radix: u32) -> io::Result<u64> {
    let text = std::str::from_utf8(digits).ok();
    text.and_then(|text| u64::from_str_radix(text, radix).ok())
        .ok_or_else(|| io::Error::other("a member's header has no valid number"))
}

/// A name of so many bytes, the last of which is zero.
fn name(input: &mut dyn Read, size: u64) -> io::Result<Vec<u8>> {
    if size > LONGEST + 1 {
        return Err(io::Error::other("a member's name is longer than 4,096 bytes"));
    }
    let mut name = Vec::new();
    input.take(size).read_to_end(&mut name)?;
    if (name.len() as u64) < size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    while name.last() == Some(&0) {
        name.pop();
    }
    Ok(name)
}

fn member(
    walker: &mut Walker<'_>,
    place: &Place,
    header: &Header,
    listing: Option<&dyn Listing>,
    seen: &mut Seen,
    content: &mut dyn Read,
) -> Flow {
    let mut attributes =
        listing.and_then(|listing| listing.attributes(&header.name)).unwrap_or_else(|| Attributes {
            user: Some(header.user.to_string()),
            group: Some(header.group.to_string()),
            ..Attributes::file(header.mode)
        });
    // Payloads of RPM name their files from the root of the system.
    let written =
        if listing.is_some() { header.name.strip_prefix(b"/").unwrap_or(&header.name) } else { &header.name };
    let kind = if header.mode == 0 { kind_of(&attributes) } else { header.mode & 0o170_000 };
    if kind == 0o040_000 {
        attributes.kind = Kind::Directory;
        return walker.directory(place, written, &attributes);
    }
    let Some(name) = walker.name(place, written, seen)? else { return ControlFlow::Continue(()) };
    match kind {
        0o120_000 => {
            let mut target = Vec::new();
            if content.take(LONGEST).read_to_end(&mut target).is_err() {
                return walker.broken(place, &name, Problem::Truncated);
            }
            attributes.kind = Kind::Symlink { target: shown(&String::from_utf8_lossy(&target)) };
            walker.other(place, &name, &attributes)
        }
        0 | 0o100_000 => {
            let found = Found { name: &name, attributes, size: header.size, at: None };
            walker.enter(place, &found, content, &Intake::default())
        }
        _ => {
            attributes.kind = Kind::Device;
            walker.other(place, &name, &attributes)
        }
    }
}

fn kind_of(attributes: &Attributes) -> u32 {
    match attributes.kind {
        Kind::File | Kind::Hardlink { .. } => 0o100_000,
        Kind::Directory => 0o040_000,
        Kind::Symlink { .. } => 0o120_000,
        Kind::Device => 0o020_000,
    }
}
