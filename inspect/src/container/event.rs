//! What a walk tells whoever inspects a package: every entry, with what the archive states about it.
//!
//! Finer than [`crate::container::Visit`], which is for those who only want documents.

use std::io::Read;

use crate::container::Complaint;
use crate::container::attributes::Attributes;
use crate::container::problem::Problem;
use crate::container::rpm::header::Header;
use crate::signature::fact::Material;

/// One thing that a walk meets, in the order of the archives.
pub enum Event<'a> {
    /// An archive begins; what follows lies in it until its own entry is told.
    Opened {
        /// Its path, empty for the walked file itself.
        path: &'a str,
        /// What it is.
        container: Container,
    },
    /// The header of an RPM package, whole.
    Header {
        /// The package's path, empty for the walked file itself.
        path: &'a str,
        /// What it states.
        header: &'a Header,
    },
    /// A signature that the container itself carries.
    Signature(Material),
    /// A file, whole.
    File {
        /// Which.
        entry: Entry<'a>,
        /// Its bytes.
        bytes: Vec<u8>,
        /// Why it was not opened, if it is an archive.
        closed: Option<Problem>,
    },
    /// A file that is too large to be held: [`Entry::size`] is what is stated, if anything is.
    Large {
        /// Which.
        entry: Entry<'a>,
        /// Its beginning.
        start: Vec<u8>,
        /// What follows; it may be left unread.
        rest: &'a mut dyn Read,
        /// Why it was not opened, if it is an archive.
        closed: Option<Problem>,
    },
    /// An archive that was opened, told after its members.
    Archive {
        /// Which.
        entry: Entry<'a>,
        /// SHA-256 of its bytes; `None` if they were not read to the end.
        sha256: Option<[u8; 32]>,
    },
    /// A directory, link or device.
    Other(Entry<'a>),
    /// Something that was not read, or is odd.
    Complaint(Complaint),
}

/// One entry of an archive.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Where it is, through the chain of containers.
    pub path: &'a str,
    /// Its name in the innermost archive.
    pub name: &'a str,
    /// What the archive states about it.
    pub attributes: &'a Attributes,
    /// Its bytes: as counted where they were read, else as stated.
    pub size: u64,
    /// Where its bytes begin in the walked file, if they lie there as they are.
    pub at: Option<u64>,
}

/// What kind of archive was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// ZIP.
    Zip,
    /// tar, compressed or not.
    Tar,
    /// ar, as Debian packages are.
    Ar,
    /// cpio.
    Cpio,
    /// RPM.
    Rpm,
    /// 7z.
    SevenZ,
    /// One compressed file.
    Compressed,
}

impl Container {
    /// What people call it, with its article.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            Container::Zip => "a ZIP archive",
            Container::Tar => "a tar archive",
            Container::Ar => "an ar archive",
            Container::Cpio => "a cpio archive",
            Container::Rpm => "an RPM package",
            Container::SevenZ => "a 7z archive",
            Container::Compressed => "a compressed file",
        }
    }
}
