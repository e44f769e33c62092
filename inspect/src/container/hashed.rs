//! Readers that take a digest of what passes through them.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

/// A reader that keeps the SHA-256 and the length of what was read through it.
pub(crate) struct Hashed<R> {
    inner: R,
    digest: Sha256,
    length: u64,
    ended: bool,
}

impl<R: Read> Hashed<R> {
    pub(crate) fn new(inner: R) -> Self {
        Hashed { inner, digest: Sha256::new(), length: 0, ended: false }
    }

    /// Reads what is left, and answers the length and, unless that failed, the digest of all.
    pub(crate) fn finish(mut self) -> (u64, Option<[u8; 32]>) {
        let read = io::copy(&mut self, &mut io::sink());
        let whole = read.is_ok() && self.ended;
        (self.length, whole.then(|| self.digest.finalize().into()))
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.update(buffer.get(..count).unwrap_or_default());
        self.length = self.length.saturating_add(count as u64);
        self.ended |= count == 0 && !buffer.is_empty();
        Ok(count)
    }
}
