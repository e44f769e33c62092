//! A ZIP archive, read by its central directory.
//!
//! The directory is gone through twice: first for where each member's bytes lie, so that members sharing bytes
//! are refused (the trick of overlap bombs), then for the members. Only two numbers a member are held between.
//! Stated sizes and checksums are held against what was unpacked. Specification: PKWARE APPNOTE 6.3.10.

use std::collections::HashSet;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

use flate2::Crc;
use rawzip::{
    CompressionMethod, RECOMMENDED_BUFFER_SIZE, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder,
    ZipFileHeaderRecord, ZipLocator,
};

use crate::container::attributes::{Attributes, Kind};
use crate::container::budget::{Budget, Counted, Intake, Metered};
use crate::container::event::Container;
use crate::container::format::Codec;
use crate::container::place::Place;
use crate::container::problem::Problem;
use crate::container::walker::{Flow, Found, Opened, Seen, Walker};
use crate::container::{name, stream};

/// Room for any one directory record: a fixed part and three fields of 64 KiB each.
const RECORD: usize = 4 * RECOMMENDED_BUFFER_SIZE;
/// Longest target of a link.
const LONGEST_TARGET: u64 = 4096;

/// A directory record, copied out of the buffer it was read in.
struct Record {
    name: Vec<u8>,
    way: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
    crc: u32,
    encrypted: bool,
    directory: bool,
    link: bool,
    special: bool,
    mode: Option<u32>,
}

impl Record {
    fn of(header: &ZipFileHeaderRecord<'_>) -> Record {
        let kind = header.mode().value() & 0o170_000;
        Record {
            name: header.file_path().as_bytes().to_vec(),
            way: header.wayfinder(),
            method: header.compression_method(),
            crc: header.crc32(),
            encrypted: header.flags().is_encrypted() || header.compression_method() == CompressionMethod::AES,
            directory: header.is_dir() || kind == 0o040_000,
            link: header.mode().is_symlink(),
            special: matches!(kind, 0o010_000 | 0o020_000 | 0o060_000 | 0o140_000),
            // Archives made on other systems than Unix have no mode, and rawzip makes one up for them.
            mode: (kind != 0).then(|| header.mode().value() & 0o7777),
        }
    }
}

/// Walks the ZIP that `reader` gives access to, `length` bytes long.
pub(crate) fn walk<R: ReaderAt>(walker: &mut Walker<'_>, place: &Place, reader: &R, length: u64) -> Opened {
    let mut buffer = vec![0; RECORD];
    let archive =
        ZipLocator::new().locate_in_reader(reader, &mut buffer, length).map_err(|(_, error)| said(error))?;
    if let ControlFlow::Break(stop) = walker.opened(place, Container::Zip) {
        return Ok(ControlFlow::Break(stop));
    }
    let mut start = [0; 2];
    if reader.read_exact_at(&mut start, 0).is_ok()
        && start != *b"PK"
        && let ControlFlow::Break(stop) = walker.complain(place.archive(), Problem::Prefixed)
    {
        return Ok(ControlFlow::Break(stop));
    }
    if archive.end_offset() < length
        && let ControlFlow::Break(stop) = walker.complain(place.archive(), Problem::Trailing)
    {
        return Ok(ControlFlow::Break(stop));
    }
    let overlapping = overlapping(&archive, walker.limits.members, &mut buffer);
    Ok(members(walker, place, &archive, &overlapping, &mut buffer))
}

/// The positions in the directory of members whose bytes another member, earlier in the file, also claims.
fn overlapping<R: ReaderAt>(archive: &ZipArchive<R>, most: u64, buffer: &mut [u8]) -> HashSet<u64> {
    // From the central directory alone: 30 bytes of local header and the name are certain, extra fields are not.
    const LOCAL_HEADER: u64 = 30;
    let mut claims = Vec::new();
    let mut entries = archive.entries(buffer);
    while let Ok(Some(header)) = entries.next_entry() {
        if claims.len() as u64 > most {
            break;
        }
        let start = header.local_header_offset();
        let own = LOCAL_HEADER + header.file_path().as_bytes().len() as u64;
        let end = start.saturating_add(own).saturating_add(header.compressed_size_hint());
        claims.push((start, end, claims.len() as u64));
    }
    claims.sort_unstable();
    let mut claimed = 0;
    let mut found = HashSet::new();
    for (start, end, position) in claims {
        if start < claimed {
            found.insert(position);
        } else {
            claimed = end;
        }
    }
    found
}

fn members<R: ReaderAt>(
    walker: &mut Walker<'_>,
    place: &Place,
    archive: &ZipArchive<R>,
    overlapping: &HashSet<u64>,
    buffer: &mut [u8],
) -> Flow {
    let mut seen = Seen::default();
    let mut listed = 0;
    let mut entries = archive.entries(buffer);
    loop {
        let record = match entries.next_entry() {
            Ok(Some(header)) => Record::of(&header),
            Ok(None) => break,
            Err(error) => {
                walker.complain(place.archive(), said(error))?;
                break;
            }
        };
        walker.count(place)?;
        member(walker, place, archive, &record, overlapping.contains(&listed), &mut seen)?;
        listed += 1;
    }
    let stated = archive.entries_hint();
    // Writers without ZIP64 count modulo 65,536.
    if stated != listed && stated != listed % 65_536 {
        walker.complain(place.archive(), Problem::CountDisagrees { stated, listed })?;
    }
    ControlFlow::Continue(())
}

fn member<R: ReaderAt>(
    walker: &mut Walker<'_>,
    place: &Place,
    archive: &ZipArchive<R>,
    record: &Record,
    overlaps: bool,
    seen: &mut Seen,
) -> Flow {
    let mut attributes = Attributes { mode: record.mode, ..Attributes::default() };
    if record.directory {
        attributes.kind = Kind::Directory;
        return walker.directory(place, &record.name, &attributes);
    }
    let Some(name) = walker.name(place, &record.name, seen)? else { return ControlFlow::Continue(()) };
    let refusal =
        if overlaps { Some(Problem::Overlaps) } else { record.encrypted.then_some(Problem::Encrypted) };
    if let Some(problem) = refusal {
        return walker.broken(place, &name, problem);
    }
    if let Some(inside) = other_name(archive, record) {
        walker.complain(&format!("{}{name}", place.prefix), Problem::NameDisagrees(inside))?;
    }
    if record.special {
        attributes.kind = Kind::Device;
        return walker.other(place, &name, &attributes);
    }
    match unpack(walker, place, archive, record, &name, attributes) {
        Ok(flow) => flow,
        Err(problem) => walker.broken(place, &name, problem),
    }
}

/// The name in the member's own header, where it is another one than the directory's.
fn other_name<R: ReaderAt>(archive: &ZipArchive<R>, record: &Record) -> Option<String> {
    let entry = archive.get_entry(record.way).ok()?;
    let mut buffer = [0; 4096];
    // A header that does not fit here has a name or extra fields that no usual archive has; its bytes are read
    // all the same, by the directory's word.
    let header = entry.local_header(&mut buffer).ok()?;
    let own = header.file_path();
    (own.as_bytes() != record.name).then(|| name::shown(&String::from_utf8_lossy(own.as_bytes())))
}

fn unpack<R: ReaderAt>(
    walker: &mut Walker<'_>,
    place: &Place,
    archive: &ZipArchive<R>,
    record: &Record,
    name: &str,
    mut attributes: Attributes,
) -> Opened {
    let entry = archive.get_entry(record.way).map_err(said)?;
    let size = record.way.uncompressed_size_hint();
    let intake = Intake::default();
    let input = Counted::new(entry.reader(), &intake);
    let decoder = inflate(record.method, input, &walker.budget)?;
    let metered = Metered::new(decoder, Some(&intake), &walker.budget);
    let mut content = Checked::new(metered, record, &intake, &walker.budget);
    if record.link {
        let target = walker.hold((&mut content).take(LONGEST_TARGET), &intake)?;
        attributes.kind = Kind::Symlink { target: name::shown(&String::from_utf8_lossy(&target)) };
        return Ok(walker.other(place, name, &attributes));
    }
    let found = Found { name, attributes, size, at: None };
    let flow = walker.enter(place, &found, &mut content, &intake);
    // An archive within is read to the end that it has itself, which need not be the member's.
    if flow.is_continue() && content.is_unchecked() {
        let rest = io::copy(&mut content, &mut io::sink());
        return Ok(match rest {
            Err(error) => {
                let problem = walker.budget.reason(&error, intake.ended());
                walker.broken(place, name, problem)
            }
            Ok(_) => flow,
        });
    }
    Ok(flow)
}

/// A member's bytes, held against the size and checksum that the directory states once they have all been read.
struct Checked<'r, R> {
    inner: R,
    stored: bool,
    size: u64,
    crc: u32,
    seen: Crc,
    length: u64,
    checked: bool,
    intake: &'r Intake,
    budget: Rc<Budget>,
}

impl<'r, R: Read> Checked<'r, R> {
    fn new(inner: R, record: &Record, intake: &'r Intake, budget: &Rc<Budget>) -> Self {
        Checked {
            inner,
            stored: record.method == CompressionMethod::STORE,
            size: record.way.uncompressed_size_hint(),
            crc: record.crc,
            seen: Crc::new(),
            length: 0,
            checked: false,
            intake,
            budget: Rc::clone(budget),
        }
    }

    /// Whether some of it was left unread, so that nothing is known of its checksum.
    fn is_unchecked(&self) -> bool {
        !self.checked
    }

    fn verdict(&self) -> Option<Problem> {
        let (length, stated) = (self.length, self.size);
        if length < stated && self.intake.ended() && self.stored {
            return Some(Problem::Truncated);
        }
        if length != stated {
            return Some(Problem::Corrupt(format!("it unpacks to {length} bytes where {stated} are stated")));
        }
        (self.seen.sum() != self.crc).then(|| Problem::Corrupt("its checksum is wrong".to_owned()))
    }
}

impl<R: Read> Read for Checked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer).inspect_err(|_| self.checked = true)?;
        if count == 0 && !buffer.is_empty() {
            self.checked = true;
            return self.verdict().map_or(Ok(0), |problem| Err(self.budget.trip(problem)));
        }
        self.seen.update(buffer.get(..count).unwrap_or_default());
        self.length = self.length.saturating_add(count as u64);
        Ok(count)
    }
}

fn inflate<'r>(
    method: CompressionMethod,
    input: impl Read + 'r,
    budget: &Rc<Budget>,
) -> Result<Box<dyn Read + 'r>, Problem> {
    let codec = match method {
        CompressionMethod::STORE => return Ok(Box::new(input)),
        CompressionMethod::DEFLATE => return Ok(Box::new(flate2::read::DeflateDecoder::new(input))),
        CompressionMethod::BZIP2 => Codec::Bzip2,
        CompressionMethod::ZSTD => Codec::Zstd,
        CompressionMethod::XZ => Codec::Xz,
        other => return Err(stream::unsupported(other)),
    };
    stream::decoder(codec, input, budget).map_err(|error| Problem::of(&error, false))
}

/// The ZIP reader's complaint in our words.
fn said(error: rawzip::Error) -> Problem {
    match error.into_kind() {
        rawzip::ErrorKind::IO(error) => Problem::of(&error, false),
        rawzip::ErrorKind::Eof | rawzip::ErrorKind::MissingEndOfCentralDirectory => Problem::Truncated,
        other => Problem::Corrupt(other.to_string().to_lowercase()),
    }
}
