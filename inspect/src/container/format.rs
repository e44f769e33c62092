//! What kind of archive some bytes begin, by their signature and never by a name.
//!
//! Formats that are known but not read get a name too, so that nobody takes their bytes for text. Signatures:
//! each format's own specification; tar by its header checksum (POSIX.1-2017, pax, "ustar Interchange Format").

/// A kind of bytes that is not simply a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// ZIP, by local header, by an empty archive's end record, or by a spanning marker.
    Zip,
    /// Any tar: v7, ustar, pax, GNU.
    Tar,
    /// One compressed stream.
    Stream(Codec),
    /// ar, as Debian packages are.
    Ar,
    /// cpio in one of its ASCII formats.
    Cpio,
    /// An RPM package.
    Rpm,
    /// 7z.
    SevenZ,
    /// Recognised, not read. The text carries its article: `a 7z archive`.
    NotRead(&'static str),
}

/// The compressions that are read as a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// Julian Seward's bzip2, block-sorting.
    Bzip2,
    /// The .xz format, LZMA2 inside.
    Xz,
    /// The old .lzma format.
    Lzma,
}

/// Bytes from a file's start that [`Format::of`] wants to see: one tar header.
pub(crate) const PEEK: usize = 512;

/// Bytes at a file's end that [`Format::of_tail`] wants to see: a ZIP's end record without a comment.
pub(crate) const TAIL: usize = 22;

const NOT_READ: [(usize, &[u8], &str); 17] = [
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"RE\x7e\x5e", "a RAR archive"),
    (0, b"!<thin>\n", "a thin ar archive"),
    (0, b"MSCF\0\0\0\0", "a cabinet archive"),
    (0, b"xar!\0", "a xar archive"),
    (0, b"\x1f\x9d", "a Unix compress (.Z) file"),
    (0, b"\x1f\x1e", "a Unix pack (.z) file"),
    (0, b"\x1f\xa0", "an old LZH-compressed (.z) file"),
    (0, b"\x04\x22\x4d\x18", "an LZ4 file"),
    (0, b"\x02\x21\x4c\x18", "an LZ4 file"),
    (0, b"LZIP\x01", "an lzip file"),
    (0, b"\x89LZO\0\r\n\x1a\n", "an lzop file"),
    (0, b"LRZI", "an lrzip file"),
    (0, b"\xff\x06\0\0sNaPpY", "a Snappy file"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a compound file (as .msi files are)"),
    (24, b"\x6c\xea\0\0", "a dump archive"),
    (24, b"\x6b\xea\0\0", "a dump archive"),
];

impl Format {
    /// The kind of a whole file; `None` for anything that is simply a file.
    pub(crate) fn of_file(bytes: &[u8]) -> Option<Format> {
        let tail = bytes.len().checked_sub(TAIL).and_then(|at| bytes.get(at..)).unwrap_or_default();
        Format::of(bytes.get(..PEEK).unwrap_or(bytes)).or_else(|| Format::of_tail(tail))
    }

    /// A ZIP behind other bytes, as self-extracting programs are: its end record is the file's last [`TAIL`]
    /// bytes. One with a comment behind its end is not found.
    pub(crate) fn of_tail(tail: &[u8]) -> Option<Format> {
        (tail.len() == TAIL && tail.starts_with(b"PK\x05\x06") && tail.ends_with(&[0, 0]))
            .then_some(Format::Zip)
    }

    /// The kind of the file that begins with `head`; `None` for anything that is simply a file.
    pub(crate) fn of(head: &[u8]) -> Option<Format> {
        let starts = |magic: &[u8]| head.starts_with(magic);
        if starts(b"PK\x03\x04")
            || starts(b"PK\x05\x06")
            || starts(b"PK\x07\x08")
            || starts(b"PK00PK\x03\x04")
        {
            return Some(Format::Zip);
        }
        if let Some(codec) = Codec::of(head) {
            return Some(Format::Stream(codec));
        }
        let known = NOT_READ
            .iter()
            .find(|(at, magic, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
        if let Some((_, _, name)) = known {
            return Some(Format::NotRead(name));
        }
        if starts(b"!<arch>\n") {
            return Some(Format::Ar);
        }
        if starts(b"\xed\xab\xee\xdb") {
            return Some(Format::Rpm);
        }
        if starts(b"7z\xbc\xaf\x27\x1c") {
            return Some(Format::SevenZ);
        }
        if is_tar(head) {
            return Some(Format::Tar);
        }
        looser(head)
    }
}

impl Codec {
    fn of(head: &[u8]) -> Option<Codec> {
        match head {
            [0x1f, 0x8b, ..] => Some(Codec::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Codec::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Some(Codec::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Codec::Xz),
            _ => None,
        }
    }

    /// The suffixes that name this compression, and what takes their place.
    pub(crate) fn suffixes(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Codec::Gzip => &[(".gz", ""), (".tgz", ".tar"), (".gzip", "")],
            Codec::Zstd => &[(".zst", ""), (".tzst", ".tar"), (".zstd", "")],
            Codec::Bzip2 => &[(".bz2", ""), (".tbz", ".tar"), (".tbz2", ".tar"), (".bz", "")],
            Codec::Xz => &[(".xz", ""), (".txz", ".tar")],
            Codec::Lzma => &[(".lzma", ""), (".tlz", ".tar")],
        }
    }
}

/// A tar header is recognised by the sum of its bytes, which text never has by chance, or, so that a damaged one
/// is not taken for text, by the newer formats' magic.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..512) else { return false };
    if header.get(257..262) == Some(b"ustar") {
        return true;
    }
    let Some(stated) = header.get(148..156).and_then(octal) else { return false };
    let mut unsigned = 0i64;
    let mut signed = 0i64;
    for (at, byte) in header.iter().enumerate() {
        let byte = if (148..156).contains(&at) { b' ' } else { *byte };
        unsigned += i64::from(byte);
        signed += i64::from(byte.cast_signed());
    }
    stated == unsigned || stated == signed
}

fn octal(field: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(field).ok()?;
    i64::from_str_radix(text.trim_matches([' ', '\0']), 8).ok()
}

/// Formats without a signature worth the name, told by several fields together.
fn looser(head: &[u8]) -> Option<Format> {
    let digits = |range: std::ops::Range<usize>, test: fn(&u8) -> bool| {
        head.get(range).is_some_and(|field| field.iter().all(test))
    };
    if (head.starts_with(b"070701") || head.starts_with(b"070702")) && digits(6..110, u8::is_ascii_hexdigit) {
        return Some(Format::Cpio);
    }
    if head.starts_with(b"070707") && digits(6..76, |byte| (b'0'..=b'7').contains(byte)) {
        return Some(Format::Cpio);
    }
    match head {
        // The old binary header: magic, device, inode, a mode that says file or directory, in either byte order.
        [0xc7, 0x71, _, _, _, _, _, 0x41 | 0x81 | 0xa1, ..]
        | [0x71, 0xc7, _, _, _, _, 0x41 | 0x81 | 0xa1, ..] => {
            Some(Format::NotRead("a cpio archive in the old binary format"))
        }
        [_, _, b'-', b'l', b'h' | b'z', _, b'-', ..] => Some(Format::NotRead("an LHA archive")),
        // ARJ: basic header size of at most 2,600, then a first header of at least 30.
        [0x60, 0xea, low, high, first, ..]
            if *first >= 30
                && u16::from_le_bytes([*low, *high]) <= 2600
                && *low as usize + *high as usize > 0 =>
        {
            Some(Format::NotRead("an ARJ archive"))
        }
        // The usual properties, a dictionary of whole 64 KiB, and a size that is unknown or below a tebibyte.
        [0x5d, 0, 0, _, 0..=0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ..]
        | [0x5d, 0, 0, _, 0..=0x1f, _, _, _, _, _, 0, 0, 0, ..] => Some(Format::Stream(Codec::Lzma)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Codec, Format};

    fn check(bytes: &[u8], expected: Option<Format>) {
        assert_eq!(Format::of_file(bytes), expected);
    }

    #[test]
    fn documents_are_simply_files() {
        for text in ["", "{}", "PK", "BZh9 is a heading", "070707 is a telephone number", "7z is a program"] {
            check(text.as_bytes(), None);
        }
        check(&[0; 2048], None);
        check(&[0xff; 2048], None);
    }

    #[test]
    fn formats_without_a_signature_are_told_by_several_fields() {
        check(&[b"070701".as_slice(), &[b'0'; 104]].concat(), Some(Format::Cpio));
        check(b"\x22\x36-lh5-\x30", Some(Format::NotRead("an LHA archive")));
        check(b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0", Some(Format::Stream(Codec::Lzma)));
    }
}
