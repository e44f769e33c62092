//! A 7z archive, its members read in the order of its blocks.
//!
//! Its directory lies at the end, so that it is read from a file or from memory. Memory that a block may ask for is
//! limited; every byte that is unpacked is counted, also those of a member that nobody wants. Format: 7-Zip, `7zFormat.txt`.

use std::io::{self, Read, Seek};
use std::ops::ControlFlow;

use sevenz_rust2::{ArchiveEntry, ArchiveReader, Error, Password};

use crate::container::attributes::{Attributes, Kind};
use crate::container::budget::{Intake, Metered};
use crate::container::event::Container;
use crate::container::place::Place;
use crate::container::problem::Problem;
use crate::container::walker::{Flow, Found, Opened, Seen, Walker};

/// Memory that the directory and a block's decoders may take together, in KiB: dictionaries of 64 MiB are usual.
const MEMORY: usize = 96 << 10;
/// The bit of a member's attributes that says that Unix's stand in the upper half.
const UNIX: u32 = 0x8000;

/// Walks the 7z archive that `reader` gives access to.
pub(crate) fn walk<R: Read + Seek>(walker: &mut Walker<'_>, place: &Place, reader: R) -> Opened {
    let mut archive =
        ArchiveReader::new_with_memory_limit(reader, Password::empty(), MEMORY).map_err(said)?;
    archive.set_thread_count(1);
    if let ControlFlow::Break(stop) = walker.opened(place, Container::SevenZ) {
        return Ok(ControlFlow::Break(stop));
    }
    let mut seen = Seen::default();
    let mut flow = ControlFlow::Continue(());
    let read = archive.for_each_entries(|entry, content| {
        flow = member(walker, place, entry, content, &mut seen);
        // The error ends the reading and is told by nobody.
        if flow.is_break() { Err(Error::Other("stopped".into())) } else { Ok(true) }
    });
    if let (ControlFlow::Continue(()), Err(error)) = (flow, read) {
        flow = walker.complain(place.archive(), said(error));
    }
    Ok(flow)
}

fn member(
    walker: &mut Walker<'_>,
    place: &Place,
    entry: &ArchiveEntry,
    content: &mut dyn Read,
    seen: &mut Seen,
) -> Flow {
    walker.count(place)?;
    let mode = (entry.windows_attributes & UNIX != 0).then_some(entry.windows_attributes >> 16);
    let mut attributes = Attributes { mode: mode.map(|mode| mode & 0o7777), ..Attributes::default() };
    if entry.is_directory {
        attributes.kind = Kind::Directory;
        return walker.directory(place, entry.name.as_bytes(), &attributes);
    }
    let name = walker.name(place, entry.name.as_bytes(), seen)?;
    let mut content = Metered::new(content, None, &walker.budget);
    if let Some(name) = &name {
        match mode.map(|mode| mode & 0o170_000) {
            Some(0o120_000) => {
                let mut target = Vec::new();
                let _ = (&mut content).take(4096).read_to_end(&mut target);
                let target = crate::container::name::shown(&String::from_utf8_lossy(&target));
                attributes.kind = Kind::Symlink { target };
                walker.other(place, name, &attributes)?;
            }
            _ => {
                let found = Found { name, attributes, size: entry.size, at: None };
                walker.enter(place, &found, &mut content, &Intake::default())?;
            }
        }
    }
    // What nobody wanted has to be unpacked all the same for the next member, and is counted.
    if let Err(error) = io::copy(&mut content, &mut io::sink()) {
        let problem = walker.budget.reason(&error, false);
        return walker.broken(place, name.as_deref().unwrap_or("?"), problem);
    }
    walker.go_on()
}

/// The library's complaint in our words.
fn said(error: Error) -> Problem {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => Problem::Encrypted,
        Error::MaxMemLimited { .. } => Problem::Memory,
        Error::UnsupportedCompressionMethod(method) => Problem::UnsupportedMethod(method),
        Error::Unsupported(what) => Problem::UnsupportedMethod(what.into_owned()),
        Error::ExternalUnsupported => Problem::UnsupportedMethod("an external directory".to_owned()),
        Error::Io(error, _) => Problem::of(&error, false),
        Error::Other(what) => Problem::Corrupt(what.to_lowercase()),
        other => Problem::Corrupt(format!("{other:?}").to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use flate2::Crc;

    use crate::container::{Visit, walk_bytes};
    use crate::limits::Limits;

    fn number(value: usize) -> Vec<u8> {
        match u8::try_from(value) {
            Ok(small @ 0..0x80) => vec![small],
            _ => vec![0x80 | u8::try_from(value >> 8).unwrap(), u8::try_from(value & 0xff).unwrap()],
        }
    }

    fn crc(bytes: &[u8]) -> [u8; 4] {
        let mut crc = Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    }

    /// One block of members that are not compressed, all of them with content.
    fn packed(members: &[(&str, &[u8])]) -> Vec<u8> {
        let data = members.iter().map(|(_, content)| *content).collect::<Vec<_>>().concat();
        let names: Vec<u8> = members
            .iter()
            .flat_map(|(name, _)| format!("{name}\0").encode_utf16().collect::<Vec<_>>())
            .flat_map(u16::to_le_bytes)
            .collect();
        let sizes = members.split_last().unwrap().1.iter().flat_map(|(_, content)| number(content.len()));
        let mut header = vec![1, 4, 6, 0, 1, 9];
        header.extend(number(data.len()));
        header.extend([0, 7, 0x0b, 1, 0, 1, 1, 0, 0x0c]);
        header.extend(number(data.len()));
        header.extend([0, 8, 0x0d]);
        header.extend(number(members.len()));
        header.push(9);
        header.extend(sizes);
        header.extend([0, 0, 5]);
        header.extend(number(members.len()));
        header.push(0x11);
        header.extend(number(names.len() + 1));
        header.push(0);
        header.extend(names);
        header.extend([0, 0]);
        let mut start = (data.len() as u64).to_le_bytes().to_vec();
        start.extend((header.len() as u64).to_le_bytes());
        start.extend(crc(&header));
        [b"7z\xbc\xaf\x27\x1c\0\x04".as_slice(), &crc(&start), &start, &data, &header].concat()
    }

    fn check(bytes: &[u8], limits: &Limits, expected: &[&str]) {
        let mut told = Vec::new();
        let walked = walk_bytes("x.7z", bytes, limits, &mut |visit| {
            told.push(match visit {
                Visit::Member(member) => format!("{} {}", member.path, member.bytes.len()),
                Visit::Complaint(complaint) => complaint.problem.kind().to_owned(),
            });
            ControlFlow::Continue(())
        });
        if let Err(error) = walked {
            told.push(error.to_string());
        }
        assert_eq!(told, expected);
    }

    #[test]
    fn members_are_read_and_what_leads_out_is_refused() {
        let bytes = packed(&[("a/b.txt", b"relay"), ("../out", b"x"), ("c", b"y")]);
        check(&bytes, &Limits::for_package(), &["a/b.txt 5", "name leads outside the archive", "c 1"]);
    }

    #[test]
    fn limits_hold_and_damage_is_told() {
        let bytes = packed(&[("a", b"relay"), ("b", &[7; 5000])]);
        check(&bytes, &Limits { bytes_each: 100, ..Limits::for_package() }, &["a 5", "over a limit"]);
        check(&bytes, &Limits { members: 1, ..Limits::for_package() }, &["a 5", "over a limit"]);
        check(
            &bytes[..60],
            &Limits::for_package(),
            &["read x.7z: it is corrupt: next header offset out of range"],
        );
    }
}
