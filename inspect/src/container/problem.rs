//! What can be wrong with an archive or one of its members, a sentence each.
//!
//! A problem is a fact about the bytes; what it means for the reader is decided elsewhere. Decoders report
//! failures in their own words; those are turned into ours here.

use std::io;

/// One thing that kept a member, or the rest of an archive, from being read, or that makes it suspicious.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The bytes ended before the archive or member did.
    #[error("it is cut off: the bytes end before it does")]
    Truncated,
    /// The bytes contradict the format or their own checksum.
    #[error("it is corrupt: {0}")]
    Corrupt(String),
    /// The reading itself failed, below the archive.
    #[error("it could not be read: {0}")]
    Unavailable(String),
    /// The content cannot be seen without a password.
    #[error("it is encrypted")]
    Encrypted,
    /// A compression method or variant that is not read, by its usual name.
    #[error("it uses {0}, which is not read yet")]
    UnsupportedMethod(String),
    /// A kind of archive that is recognised but not read, with its article: `a 7z archive`.
    #[error("it is {0}, which is not read yet")]
    NotRead(&'static str),
    /// A name that would lead outside the folder it is unpacked to (absolute, `..`, drive letter).
    #[error("its name leads outside the archive")]
    NameEscapes,
    /// No name, or only dots and slashes.
    #[error("it has no usable name")]
    NameEmpty,
    /// A name longer than any file system takes (4,096 bytes, Linux's `PATH_MAX`).
    #[error("its name is longer than 4,096 bytes")]
    NameTooLong,
    /// A name that is not UTF-8 or holds control characters; the member is read under a cleaned name.
    #[error("its name is not printable UTF-8 and is shown cleaned")]
    NameUnprintable,
    /// A name that some systems take for another one: a device of Windows, an ending that is dropped, a part that is
    /// longer than file systems take (255 bytes).
    #[error(
        "its name means something else, or nothing, on some systems: a device, a dropped ending, or too long a part"
    )]
    NameElsewhere,
    /// The same name occurred before in this archive; which of the two is unpacked depends on the tool.
    #[error("its name occurs more than once in the archive")]
    NameRepeated,
    /// A ZIP's local header names the member differently from its directory.
    #[error("the archive's directory and the member itself disagree on its name ({0:?} inside)")]
    NameDisagrees(String),
    /// A symbolic or hard link, which is never followed; its target is not looked at.
    #[error("it is a link and is not followed")]
    Link,
    /// A device, pipe or socket.
    #[error("it is a device or pipe, not a file")]
    SpecialFile,
    /// A member above [`crate::limits::Limits::bytes_each`].
    #[error("it is larger than the limit of {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// More entries than [`crate::limits::Limits::members`].
    #[error("there are more than {limit} members")]
    TooManyMembers {
        /// The limit, in entries.
        limit: u64,
    },
    /// More unpacked bytes than [`crate::limits::Limits::bytes_total`].
    #[error("it unpacks to more than {limit} bytes in all")]
    TooManyBytes {
        /// The limit, in bytes.
        limit: u64,
    },
    /// More output for the input than [`crate::limits::Limits::ratio`]: a decompression bomb.
    #[error("it unpacks to more than {limit} times its size, as a decompression bomb does")]
    Ratio {
        /// The limit, output bytes for each input byte.
        limit: u32,
    },
    /// An archive below [`crate::limits::Limits::depth`].
    #[error("it is an archive nested more than {limit} deep")]
    TooDeep {
        /// The limit, in archives within each other.
        limit: u8,
    },
    /// A decoder asks for more memory than is granted at this depth.
    #[error("unpacking it needs more memory than is granted")]
    Memory,
    /// A ZIP member shares its bytes with another one, as overlap bombs do.
    #[error("its bytes overlap those of another member")]
    Overlaps,
    /// The time that a walk is granted has passed.
    #[error("reading it took longer than the time granted")]
    TooLate,
    /// A digest that the container states of its own content is another one than that of the bytes.
    #[error("its content is not what its header states: the digest is {found} where {stated} is stated")]
    DigestDisagrees {
        /// What the header says.
        stated: String,
        /// What the bytes have.
        found: String,
    },
    /// Bytes behind the end of the archive, where some tools find further members and others nothing.
    #[error("there is more behind its end, which was not read")]
    Trailing,
    /// A ZIP behind other bytes, as in a self-extracting program; those bytes are not part of any member.
    #[error("it begins with other bytes than an archive's, which were not read")]
    Prefixed,
    /// A ZIP's end record counts other members than its directory lists.
    #[error("its directory lists {listed} members where its end record says {stated}")]
    CountDisagrees {
        /// What the end record says.
        stated: u64,
        /// What was found.
        listed: u64,
    },
}

impl Problem {
    /// What sort of problem it is, a short phrase to count by.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Truncated => "cut off",
            Self::Corrupt(_)
            | Self::NameDisagrees(_)
            | Self::CountDisagrees { .. }
            | Self::DigestDisagrees { .. } => "corrupt archive",
            Self::Unavailable(_) => "could not be opened",
            Self::Encrypted => "encrypted",
            Self::UnsupportedMethod(_) | Self::NotRead(_) => "archive of a kind not read yet",
            Self::NameEscapes => "name leads outside the archive",
            Self::NameEmpty | Self::NameTooLong | Self::NameUnprintable | Self::NameElsewhere => {
                "unusable name"
            }
            Self::NameRepeated => "name occurs more than once",
            Self::Link | Self::SpecialFile => "link or device",
            Self::TooLarge { .. }
            | Self::TooManyMembers { .. }
            | Self::TooManyBytes { .. }
            | Self::TooLate
            | Self::Memory => "over a limit",
            Self::Ratio { .. } | Self::TooDeep { .. } => "decompression bomb",
            Self::Overlaps => "overlapping members",
            Self::Trailing | Self::Prefixed => "other bytes around the archive",
        }
    }

    /// The problem behind a decoder's error. `ended` says that the bytes beneath had run out, which turns
    /// whatever the decoder called it into [`Problem::Truncated`].
    pub(crate) fn of(error: &io::Error, ended: bool) -> Problem {
        if error.raw_os_error().is_some() {
            return Problem::Unavailable(error.to_string());
        }
        let text = error.to_string();
        // zstd's only sign of a window above the limit is its message.
        if error.kind() == io::ErrorKind::OutOfMemory || text.contains("requires too much memory") {
            return Problem::Memory;
        }
        if ended || error.kind() == io::ErrorKind::UnexpectedEof {
            return Problem::Truncated;
        }
        Problem::Corrupt(text.to_lowercase())
    }
}
