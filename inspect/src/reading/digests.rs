//! Digests taken while a file passes by: always SHA-256, and what a list of digests in the archive names beside it.

use std::fs::File;
use std::io::{self, Read as _};

use sha2::digest::DynDigest;
use sha2::{Digest as _, Sha256};

use crate::signature::hash::Algorithm;

/// Digests of one file, begun.
pub(super) struct Digests {
    sha256: Sha256,
    more: Vec<(Algorithm, Box<dyn DynDigest>)>,
}

impl Digests {
    /// Begins SHA-256 and the others that are wanted.
    pub(super) fn new(wanted: Vec<Algorithm>) -> Digests {
        let more = wanted.into_iter().map(|own| (own, own.begin())).collect();
        Digests { sha256: Sha256::new(), more }
    }

    /// Takes the next bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        sha2::Digest::update(&mut self.sha256, bytes);
        self.more.iter_mut().for_each(|(_, digest)| digest.update(bytes));
    }

    /// SHA-256 and the others.
    pub(super) fn finish(self) -> ([u8; 32], Vec<(Algorithm, Vec<u8>)>) {
        let more = self.more.into_iter().map(|(own, digest)| (own, digest.finalize().into_vec()));
        (sha2::Digest::finalize(self.sha256).into(), more.collect())
    }
}

/// The length and the SHA-256 of a file, from where it stands.
pub(super) fn of_file(mut file: &File) -> io::Result<(u64, String)> {
    let (mut digest, mut length) = (Sha256::new(), 0);
    let mut buffer = vec![0; 128 << 10];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok((length, hex::encode(sha2::Digest::finalize(digest))));
        }
        length += count as u64;
        sha2::Digest::update(&mut digest, buffer.get(..count).unwrap_or_default());
    }
}
