//! How much of a stranger's bytes we are willing to read.
//!
//! Every walk takes a [`Limits`] by reference, so that nobody can forget one; there is no `Default`. This file
//! only names the numbers: [`crate::container`] keeps count and says which limit was reached.

/// The bounds of one walk over one file, nested archives included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Entries that may be met in all archives together: files, directories and links alike.
    pub members: u64,
    /// Bytes of one member, unpacked. A larger one is complained about and passed over.
    pub bytes_each: u64,
    /// Bytes of nested archives that may be held in memory at once, because they cannot be read front to back (ZIP).
    pub bytes_nested: u64,
    /// Bytes that may be unpacked in all, whether or not anybody was given them: the bound on work.
    pub bytes_total: u64,
    /// Output bytes for each input byte of one compressed stream, enforced above [`RATIO_FLOOR`] of output; and for
    /// each byte of the walked file, enforced above half a gigabyte unpacked in all.
    pub ratio: u32,
    /// How many archives may lie inside the walked file, one within the other. With 0 only the walked file
    /// itself is opened.
    pub depth: u8,
}

/// Output below which no ratio is enforced: 4 MiB of anything is affordable, and small files of one repeated
/// byte are innocent (deflate reaches 1032 : 1, RFC 1951 section 3.2.5).
pub const RATIO_FLOOR: u64 = 4 << 20;

impl Limits {
    /// For a whole collection of documents that an operator hands over on purpose.
    pub fn for_import() -> Self {
        Limits {
            // All CVE records ever published were about 300,000 in 2025; this leaves room for several such feeds.
            members: 2_000_000,
            // The largest single advisory document met in practice is an OVAL file of some 40 MB.
            bytes_each: 64 << 20,
            bytes_nested: 64 << 20,
            // Thirty times the largest collection tried (0.58 GB), and still minutes rather than hours.
            bytes_total: 16 << 30,
            // Just under what deflate can reach at all; JSON collections compress 10 to 70 times.
            ratio: 1000,
            // A release archive of archives of packages is three; a quine archive never ends.
            depth: 4,
        }
    }

    /// For one package that is about to be installed. Everything in memory at once stays below 300 MB: a window, the
    /// nested archives, and one file.
    pub fn for_package() -> Self {
        Limits {
            // The largest ordinary package tried, a game's data, has 40,000; an image of a whole system some 100,000.
            members: 500_000,
            // Whole files are what checks want to see; a larger one is digested and looked at from its beginning.
            bytes_each: 16 << 20,
            // A web application with all its libraries, in an archive of an upgrade.
            bytes_nested: 96 << 20,
            // An image of a system with everything in it, several times over.
            bytes_total: 32 << 30,
            // Text that repeats itself reaches 100; half of what deflate can reach at all is no ordinary file.
            ratio: 500,
            // An archive of an upgrade, a package in it, its data, a web application, a library, a compressed file.
            depth: 6,
        }
    }
}
