//! Digests taken while a file passes by: always SHA-256, and what a list of digests in the archive names beside it.

use std::fs::File;
use std::io::{self, Read as _};

use sha2::digest::DynDigest;
use sha2::{Digest as _, Sha256};

use crate::signature::hash::Algorithm;

/// Bytes that are read at a time.
const STEP: usize = 128 << 10;

/// What a large file came to while it passed by.
pub(super) struct Passed {
    /// Its length, or as much of it as could be read.
    pub(super) size: u64,
    /// Its SHA-256; none when it could not be read to its end.
    pub(super) sha256: Option<[u8; 32]>,
    /// The other digests that were wanted.
    pub(super) more: Vec<(Algorithm, Vec<u8>)>,
}

/// Lets a file pass by whose beginning was read.
pub(super) fn passing(start: &[u8], rest: &mut dyn io::Read, wanted: Vec<Algorithm>) -> Passed {
    let mut digests = Digests::new(wanted);
    digests.take(start);
    let (mut size, mut buffer) = (start.len() as u64, vec![0; STEP]);
    let whole = loop {
        match rest.read(&mut buffer) {
            Ok(0) => break true,
            Ok(count) => {
                size += count as u64;
                digests.take(buffer.get(..count).unwrap_or_default());
            }
            Err(_) => break false,
        }
    };
    let (sha256, more) = digests.finish();
    Passed { size, sha256: whole.then_some(sha256), more }
}

/// Digests of one file, begun.
struct Digests {
    sha256: Sha256,
    more: Vec<(Algorithm, Box<dyn DynDigest>)>,
}

impl Digests {
    /// Begins SHA-256 and the others that are wanted.
    fn new(wanted: Vec<Algorithm>) -> Digests {
        let more = wanted.into_iter().map(|own| (own, own.begin())).collect();
        Digests { sha256: Sha256::new(), more }
    }

    /// Takes the next bytes.
    fn take(&mut self, bytes: &[u8]) {
        sha2::Digest::update(&mut self.sha256, bytes);
        self.more.iter_mut().for_each(|(_, digest)| digest.update(bytes));
    }

    /// SHA-256 and the others.
    fn finish(self) -> ([u8; 32], Vec<(Algorithm, Vec<u8>)>) {
        let more = self.more.into_iter().map(|(own, digest)| (own, digest.finalize().into_vec()));
        (sha2::Digest::finalize(self.sha256).into(), more.collect())
    }
}

/// The length and the SHA-256 of a file, from where it stands.
pub(super) fn of_file(mut file: &File) -> io::Result<(u64, String)> {
    let (mut digest, mut length) = (Sha256::new(), 0);
    let mut buffer = vec![0; STEP];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok((length, hex::encode(sha2::Digest::finalize(digest))));
        }
        length += count as u64;
        sha2::Digest::update(&mut digest, buffer.get(..count).unwrap_or_default());
    }
}
