//! Digests of the members of a Java archive that may be signed, gathered while it is walked.
//!
//! Which digests are wanted stands in the manifest, which comes first; of the few members in front of it only SHA-256 is
//! known. Nothing is gathered of an archive whose manifest lists none.

use std::collections::BTreeSet;

use crate::signature::fact::JavaMember;
use crate::signature::hash::Algorithm;
use crate::signature::java::algorithms;

/// Members whose digests are kept; the largest signed archives seen have some ten thousand.
const MOST: usize = 200_000;

/// What was gathered so far.
#[derive(Debug, Default)]
pub(crate) struct Digests {
    manifest: Vec<u8>,
    wanted: BTreeSet<Algorithm>,
    members: Vec<JavaMember>,
    more: u64,
}

impl Digests {
    /// Begins with a manifest.
    pub(crate) fn of(manifest: &[u8]) -> Digests {
        Digests { manifest: manifest.to_vec(), wanted: algorithms(manifest), ..Digests::default() }
    }

    /// The algorithms that the manifest uses.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = Algorithm> + '_ {
        self.wanted.iter().copied()
    }

    /// Takes a member.
    pub(crate) fn take(&mut self, name: &str, digests: Vec<(Algorithm, Vec<u8>)>) {
        if self.members.len() < MOST {
            self.members.push(JavaMember { name: name.to_owned(), digests });
        } else {
            self.more += 1;
        }
    }

    /// The manifest, the members, and how many more there were.
    pub(crate) fn finish(self) -> (Vec<u8>, Vec<JavaMember>, u64) {
        (self.manifest, self.members, self.more)
    }
}
