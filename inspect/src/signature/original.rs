//! The bytes that signatures are over, read again once everything else is known.
//!
//! The inspected file is still open; ranges of it are read in steps, so that its size does not matter, and in all only so
//! often, so that many signatures over a large file end.

use std::cell::Cell;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use super::fact::Over;
use super::hash::Algorithm;

/// How often a file may be read through for its signatures.
const PASSES: u64 = 6;
/// Bytes that may be read in any case.
const LEAST: u64 = 256 << 20;
/// Bytes that are read at a time.
const STEP: usize = 128 << 10;

/// The inspected file.
pub(crate) struct Original<'o> {
    bytes: Bytes<'o>,
    /// How long it is.
    pub(crate) length: u64,
    left: Cell<u64>,
    late: &'o dyn Fn() -> bool,
}

enum Bytes<'o> {
    File(&'o File),
    Memory(&'o [u8]),
}

impl<'o> Original<'o> {
    /// An open file of that length. `late` tells that time is up.
    pub(crate) fn file(file: &'o File, length: u64, late: &'o dyn Fn() -> bool) -> Original<'o> {
        let left = Cell::new(length.saturating_mul(PASSES).max(LEAST));
        Original { bytes: Bytes::File(file), length, left, late }
    }

    /// Bytes in memory.
    pub(crate) fn memory(bytes: &'o [u8]) -> Original<'o> {
        let length = bytes.len() as u64;
        let left = Cell::new(length.saturating_mul(PASSES).max(LEAST));
        Original { bytes: Bytes::Memory(bytes), length, left, late: &|| false }
    }

    /// Hands on, step by step, the bytes that a signature is over.
    ///
    /// # Errors
    /// A few words on why they are not at hand.
    pub(crate) fn feed(&self, over: &Over, take: &mut dyn FnMut(&[u8])) -> Result<(), String> {
        match over {
            Over::Bytes(bytes) | Over::Header(bytes, _) => take(bytes),
            Over::File(ranges) => {
                for (start, end) in ranges {
                    self.range(*start, (*end).min(self.length), take)?;
                }
            }
            Over::Java(java) => take(&java.list),
            Over::Within | Over::Program(_) | Over::Members(_) => {}
            Over::Sibling { bytes: Some(bytes), .. } => take(bytes),
            Over::Sibling { path, bytes: None, .. } => {
                return Err(format!("{path}, which it is over, is not there or too large to be held"));
            }
            Over::Unavailable(why) => return Err((*why).to_owned()),
        }
        Ok(())
    }

    fn range(&self, start: u64, end: u64, take: &mut dyn FnMut(&[u8])) -> Result<(), String> {
        let wanted = end.saturating_sub(start);
        let left = self.left.get().checked_sub(wanted);
        self.left.set(left.ok_or("there are more signatures over it than are computed")?);
        let (mut at, mut buffer) = (start, vec![0; STEP]);
        while at < end {
            if (self.late)() {
                return Err("there was no time left to compute it".to_owned());
            }
            let most = usize::try_from(end - at).unwrap_or(STEP).min(STEP);
            let room = buffer.get_mut(..most).unwrap_or_default();
            let count =
                self.read(at, room).map_err(|error| format!("the file could not be read: {error}"))?;
            if count == 0 {
                return Err("the file ends before what was signed does".to_owned());
            }
            take(room.get(..count).unwrap_or_default());
            at += count as u64;
        }
        Ok(())
    }

    fn read(&self, at: u64, room: &mut [u8]) -> io::Result<usize> {
        match self.bytes {
            Bytes::File(file) => file.read_at(room, at),
            Bytes::Memory(bytes) => {
                let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
                let count = rest.len().min(room.len());
                let (to, from) = (room.get_mut(..count), rest.get(..count));
                if let (Some(to), Some(from)) = (to, from) {
                    to.copy_from_slice(from);
                }
                Ok(count)
            }
        }
    }

    /// A part of the file, in memory; shorter where the file ends, `None` where it is longer than `most`.
    pub(crate) fn part(&self, start: u64, end: u64, most: usize) -> Option<Vec<u8>> {
        let end = end.min(self.length);
        if end.saturating_sub(start) > most as u64 {
            return None;
        }
        let mut bytes = Vec::new();
        self.range(start, end, &mut |step| bytes.extend_from_slice(step)).ok()?;
        Some(bytes)
    }

    /// The digest of the bytes that a signature is over.
    pub(crate) fn digest(&self, over: &Over, algorithm: Algorithm) -> Result<Vec<u8>, String> {
        if let Over::Program(digests) = over {
            let own = digests.iter().find(|(own, _)| *own == algorithm);
            return own
                .map(|(_, digest)| digest.clone())
                .ok_or_else(|| format!("its digest by {} was not taken", algorithm.called()));
        }
        let mut digest = algorithm.begin();
        self.feed(over, &mut |bytes| digest.update(bytes))?;
        Ok(digest.finalize().into_vec())
    }
}

/// Seekable, for readers of formats that lie scattered over a file.
pub(crate) struct Seeking<'s, 'o> {
    /// The file.
    pub(crate) original: &'s Original<'o>,
    /// Where it is read next.
    pub(crate) at: u64,
}

impl io::Read for Seeking<'_, '_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let left = self.original.left.get().checked_sub(room.len() as u64);
        self.original.left.set(left.ok_or_else(|| io::Error::other("it was read too often"))?);
        if (self.original.late)() {
            return Err(io::Error::other("there was no time left to read it"));
        }
        let count = self.original.read(self.at, room)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl io::Seek for Seeking<'_, '_> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let at = match to {
            io::SeekFrom::Start(at) => Some(at),
            io::SeekFrom::End(by) => self.original.length.checked_add_signed(by),
            io::SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
