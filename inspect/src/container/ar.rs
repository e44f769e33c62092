//! An ar archive, as Debian packages are, read front to back.
//!
//! Sizes are the archive's word: a member's reader ends where its header says, and an archive that ends earlier is
//! cut off. Names come in three spellings: System V's with a slash behind, GNU's table of long names, and BSD's in
//! front of the content. Format: ar(5), deb(5).

use std::io::{self, Read};
use std::ops::ControlFlow;

use crate::container::attributes::Attributes;
use crate::container::budget::{Exact, Intake};
use crate::container::event::Container;
use crate::container::place::Place;
use crate::container::problem::Problem;
use crate::container::walker::{Flow, Found, Seen, Walker};

const MAGIC: &[u8] = b"!<arch>\n";
const HEADER: usize = 60;
/// Bytes of the table of long names: a library of a hundred thousand members fits.
const LONGEST_TABLE: u64 = 4 << 20;
/// Bytes of one name in BSD's spelling.
const LONGEST_NAME: u64 = 4096;

/// One header, as it is written.
struct Header {
    name: Vec<u8>,
    size: u64,
    attributes: Attributes,
}

/// Walks the ar that `input` is. A broken header ends it, since nothing says where the next one would be.
pub(crate) fn walk(walker: &mut Walker<'_>, place: &Place, input: &mut dyn Read) -> Flow {
    walker.opened(place, Container::Ar)?;
    let (mut seen, mut table, mut at) = (Seen::default(), Vec::new(), MAGIC.len() as u64);
    let mut magic = [0; MAGIC.len()];
    if let Err(error) = input.read_exact(&mut magic) {
        let problem = walker.budget.reason(&error, false);
        return walker.complain(place.archive(), problem);
    }
    loop {
        let header = match next(input) {
            Ok(None) => return ControlFlow::Continue(()),
            Ok(Some(header)) => header,
            Err(error) => {
                let problem = walker.budget.reason(&error, false);
                walker.complain(place.archive(), problem)?;
                return walker.go_on();
            }
        };
        at += HEADER as u64;
        walker.count(place)?;
        let mut content = Exact::new(&mut *input, header.size, &walker.budget);
        member(walker, place, &header, at, &mut table, &mut seen, &mut content)?;
        if let Err(error) = passed_over(&mut content).and_then(|()| padding(input, header.size)) {
            let problem = walker.budget.reason(&error, false);
            walker.complain(place.archive(), problem)?;
            return walker.go_on();
        }
        at = at.saturating_add(header.size).saturating_add(header.size % 2);
    }
}

fn passed_over(content: &mut dyn Read) -> io::Result<()> {
    io::copy(content, &mut io::sink()).map(drop)
}

/// Members begin at even offsets; the last one's padding may be missing.
fn padding(input: &mut dyn Read, size: u64) -> io::Result<()> {
    if size % 2 == 1 {
        passed_over(&mut input.take(1))?;
    }
    Ok(())
}

/// The next header; `None` at the end.
fn next(input: &mut dyn Read) -> io::Result<Option<Header>> {
    let mut bytes = Vec::with_capacity(HEADER);
    input.take(HEADER as u64).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.len() < HEADER {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let field = |range: std::ops::Range<usize>| {
        std::str::from_utf8(bytes.get(range).unwrap_or_default()).unwrap_or("?").trim()
    };
    let wrong = |what: &str| io::Error::other(format!("a member's header has no valid {what}"));
    if bytes.get(58..60) != Some(b"`\n") {
        return Err(wrong("end"));
    }
    let size = field(48..58).parse().map_err(|_| wrong("size"))?;
    let owner = |range| Some(field(range)).filter(|text| !text.is_empty()).map(str::to_owned);
    let attributes = Attributes {
        mode: u32::from_str_radix(field(40..48), 8).ok().map(|mode| mode & 0o7777),
        user: owner(28..34),
        group: owner(34..40),
        ..Attributes::default()
    };
    Ok(Some(Header { name: bytes.get(..16).unwrap_or_default().to_vec(), size, attributes }))
}

fn member(
    walker: &mut Walker<'_>,
    place: &Place,
    header: &Header,
    at: u64,
    table: &mut Vec<u8>,
    seen: &mut Seen,
    content: &mut dyn Read,
) -> Flow {
    let written = header.name.trim_ascii_end();
    match written {
        b"//" => {
            // One that is larger is kept in part; the names that lie beyond are told as unusable.
            if content.take(LONGEST_TABLE).read_to_end(table).is_err() {
                return walker.complain(place.archive(), Problem::Truncated);
            }
            return ControlFlow::Continue(());
        }
        // The symbol tables of libraries.
        b"/" | b"/SYM64/" | b"__.SYMDEF" | b"__.SYMDEF SORTED" => return ControlFlow::Continue(()),
        _ => {}
    }
    let (name, own) = match name(written, table, content) {
        Ok(name) => name,
        Err(error) => {
            let problem = walker.budget.reason(&error, false);
            return walker.complain(place.archive(), problem);
        }
    };
    let Some(name) = walker.name(place, &name, seen)? else { return ControlFlow::Continue(()) };
    let at = place.is_outermost().then(|| at.saturating_add(own));
    let size = header.size.saturating_sub(own);
    let found = Found { name: &name, attributes: header.attributes.clone(), size, at };
    walker.enter(place, &found, content, &Intake::default())
}

/// A member's name, and how many bytes of the content it took.
fn name(written: &[u8], table: &[u8], content: &mut dyn Read) -> io::Result<(Vec<u8>, u64)> {
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<u64>().ok();
    if let Some(length) = written.strip_prefix(b"#1/").and_then(number) {
        if length > LONGEST_NAME {
            return Err(io::Error::other("a member's name is longer than 4,096 bytes"));
        }
        let mut name = Vec::new();
        content.take(length).read_to_end(&mut name)?;
        while name.last() == Some(&0) {
            name.pop();
        }
        return Ok((name, length));
    }
    if let Some(start) = written.strip_prefix(b"/").and_then(number) {
        let rest = usize::try_from(start).ok().and_then(|start| table.get(start..)).unwrap_or_default();
        let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
        return Ok((line.strip_suffix(b"/").unwrap_or(line).to_vec(), 0));
    }
    Ok((written.strip_suffix(b"/").unwrap_or(written).to_vec(), 0))
}
