//! Where messages lie, read as a stream: a mailbox in a file or in memory, or a folder with a file for each message.
//!
//! First only headers are looked at, message by message, so that a mailbox of any size takes little memory; then the
//! messages of one thread at a time are read. Refuses lines and messages beyond a bound: what is longer is cut.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;

use crate::formats::mail::is_separator;

/// Bytes of a message's header that are looked at.
const MAX_HEADER: usize = 64 << 10;
/// Bytes of one message that are read: a large patch with its attachments.
pub(super) const MAX_MESSAGE: u64 = 8 << 20;
/// Bytes of a line that are looked at in one piece.
const MAX_LINE: u64 = 64 << 10;

/// Where messages lie.
pub(super) enum Shelf {
    /// A mailbox in memory.
    Memory(Vec<u8>),
    /// A mailbox in a file.
    Mailbox(File),
    /// A file for each message.
    Folder(Vec<PathBuf>),
}

/// A message on a shelf: its bytes from the line before it on, or the number of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) start: u64,
    pub(super) length: u64,
}

impl Shelf {
    /// Tells `visit` where each message lies and how its header begins.
    ///
    /// # Errors
    /// When a mailbox cannot be read; a single file of a folder that cannot be read is passed over.
    pub(super) fn look(&mut self, visit: &mut dyn FnMut(Spot, &[u8])) -> io::Result<()> {
        match self {
            Self::Memory(bytes) => messages(Cursor::new(bytes.as_slice()), visit),
            Self::Mailbox(file) => {
                file.seek(SeekFrom::Start(0))?;
                messages(BufReader::with_capacity(256 << 10, file), visit)
            }
            Self::Folder(paths) => {
                for (number, path) in (0..).zip(paths) {
                    let mut header = Vec::new();
                    let read = File::open(path)
                        .and_then(|file| file.take(MAX_HEADER as u64).read_to_end(&mut header));
                    if read.is_ok() {
                        visit(Spot { start: number, length: 0 }, &header);
                    }
                }
                Ok(())
            }
        }
    }

    /// The line before a message, and the message.
    ///
    /// # Errors
    /// When it cannot be read any more.
    pub(super) fn take(&mut self, spot: Spot) -> io::Result<(Vec<u8>, Vec<u8>)> {
        let mut bytes = Vec::new();
        match self {
            Self::Memory(held) => {
                let start = usize::try_from(spot.start).unwrap_or(usize::MAX);
                let rest = held.get(start..).unwrap_or_default();
                let length = usize::try_from(spot.length.min(MAX_MESSAGE)).unwrap_or(usize::MAX);
                bytes.extend_from_slice(rest.get(..length).unwrap_or(rest));
            }
            Self::Mailbox(file) => {
                file.seek(SeekFrom::Start(spot.start))?;
                file.take(spot.length.min(MAX_MESSAGE)).read_to_end(&mut bytes)?;
            }
            Self::Folder(paths) => {
                let path = usize::try_from(spot.start).ok().and_then(|number| paths.get(number));
                let path = path.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
                File::open(path)?.take(MAX_MESSAGE).read_to_end(&mut bytes)?;
            }
        }
        let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
        if bytes.get(..end).is_some_and(is_separator) {
            let message = bytes.split_off(end);
            return Ok((bytes, message));
        }
        Ok((Vec::new(), bytes))
    }
}

/// A message whose end is not known yet.
struct Open {
    start: u64,
    header: Vec<u8>,
    in_header: bool,
}

/// Whether a line is the first of a header: a name, a colon, a value.
fn begins_header(line: &[u8]) -> bool {
    let name = line.iter().position(|byte| *byte == b':').and_then(|end| line.get(..end));
    name.is_some_and(|name| {
        !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'<')
    })
}

/// Walks a mailbox line by line. What stands before the first separator is a message if it begins with a header.
fn messages(mut input: impl BufRead, visit: &mut dyn FnMut(Spot, &[u8])) -> io::Result<()> {
    let (mut at, mut line) = (0_u64, Vec::new());
    let (mut begins_line, mut after_blank) = (true, true);
    let mut open: Option<Open> = None;
    let mut close = |open: Option<Open>, end: u64| {
        if let Some(open) = open.filter(|open| !open.header.trim_ascii().is_empty()) {
            visit(Spot { start: open.start, length: end - open.start }, &open.header);
        }
    };
    loop {
        line.clear();
        if (&mut input).take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
            close(open, at);
            return Ok(());
        }
        let blank = begins_line && matches!(line.as_slice(), b"\n" | b"\r\n");
        if begins_line && after_blank && is_separator(&line) {
            close(open.take(), at);
            open = Some(Open { start: at, header: Vec::new(), in_header: true });
        } else if let Some(open) = &mut open {
            open.in_header &= !blank;
            if open.in_header && open.header.len() < MAX_HEADER {
                open.header.extend_from_slice(&line);
            }
        } else if at == 0 && begins_header(&line) {
            open = Some(Open { start: at, header: line.clone(), in_header: true });
        }
        at += line.len() as u64;
        (after_blank, begins_line) = (blank, line.ends_with(b"\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::{Shelf, Spot};

    fn looked(shelf: &mut Shelf) -> Vec<(Spot, String)> {
        let mut found = Vec::new();
        shelf
            .look(&mut |spot, header| found.push((spot, String::from_utf8_lossy(header).into_owned())))
            .unwrap();
        found
    }

    #[test]
    fn a_mailbox_is_walked_message_by_message_and_each_is_taken_whole() {
        let text = "From a Tue Mar  5 10:00:00 2024\nSubject: one\n\nFrom here on\nFrom b Tue Mar  5 10:00:00 2024\nx\n\nFrom a at b.example  Tue Mar  5 11:00:00 2024\nSubject: two\n\ny\n";
        let mut shelf = Shelf::Memory(text.as_bytes().to_vec());
        let found = looked(&mut shelf);
        let headers: Vec<&str> = found.iter().map(|(_, header)| header.as_str()).collect();
        assert_eq!(headers, ["Subject: one\n", "Subject: two\n"]);
        let (separator, message) = shelf.take(found[0].0).unwrap();
        assert_eq!(separator, b"From a Tue Mar  5 10:00:00 2024\n");
        assert!(message.ends_with(b"10:00:00 2024\nx\n\n"), "a separator stands behind an empty line alone");
    }

    #[test]
    fn a_message_without_a_separator_is_one_and_a_page_is_none() {
        assert_eq!(looked(&mut Shelf::Memory(b"Subject: one\n\nx".to_vec())).len(), 1);
        assert!(
            looked(&mut Shelf::Memory(b"<html>Error: moved</html>\n\nSubject: one\n".to_vec())).is_empty()
        );
        assert!(looked(&mut Shelf::Memory(b"\n\n".to_vec())).is_empty());
    }

    #[test]
    fn a_file_is_read_like_memory_and_a_line_without_end_takes_no_more_than_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mbox");
        let long = "x".repeat(5 << 20);
        let text = format!(
            "From a Tue Mar  5 10:00:00 2024\nSubject: {long}\n\n{long}\n\nFrom a Tue Mar  5 11:00:00 2024\nSubject: two\n\ny\n"
        );
        std::fs::write(&path, &text).unwrap();
        let mut shelf = Shelf::Mailbox(std::fs::File::open(&path).unwrap());
        let found = looked(&mut shelf);
        assert_eq!(found.len(), 2);
        assert!(found[0].1.len() <= 128 << 10, "{}", found[0].1.len());
        assert_eq!(shelf.take(found[0].0).unwrap().1.len(), (8 << 20) - 32);
        assert_eq!(shelf.take(found[1].0).unwrap().1, b"Subject: two\n\ny\n");
    }
}
