//! One header of an RPM package: an index of tags over a block of data, every count and offset of which may lie.
//!
//! Read whole, within bounds, before anything in it is believed; nothing is allocated by a stated count. The raw bytes
//! are kept, since signatures are over them. Format: rpm's manual, "Package format", "Header".

use std::cell::OnceCell;
use std::collections::HashMap;
use std::io::{self, Read};

/// Tags, by rpm's own numbers (`rpmtag.h`).
#[expect(missing_docs, reason = "each is rpm's tag of that name")]
pub mod tag {
    pub const SIG_DSA: u32 = 267;
    pub const SIG_RSA: u32 = 268;
    pub const SIG_SHA256: u32 = 273;
    pub const SIG_OPENPGP: u32 = 278;
    pub const SIG_PGP: u32 = 1002;
    pub const SIG_GPG: u32 = 1005;
    pub const NAME: u32 = 1000;
    pub const VERSION: u32 = 1001;
    pub const RELEASE: u32 = 1002;
    pub const EPOCH: u32 = 1003;
    pub const SUMMARY: u32 = 1004;
    pub const SIZE: u32 = 1009;
    pub const VENDOR: u32 = 1011;
    pub const LICENSE: u32 = 1014;
    pub const PACKAGER: u32 = 1015;
    pub const URL: u32 = 1020;
    pub const ARCH: u32 = 1022;
    pub const FILE_SIZES: u32 = 1028;
    pub const FILE_MODES: u32 = 1030;
    pub const FILE_LINKS: u32 = 1036;
    pub const FILE_FLAGS: u32 = 1037;
    pub const FILE_USERS: u32 = 1039;
    pub const FILE_GROUPS: u32 = 1040;
    pub const REQUIRE_FLAGS: u32 = 1048;
    pub const PROVIDE_NAMES: u32 = 1047;
    pub const REQUIRE_NAMES: u32 = 1049;
    pub const REQUIRE_VERSIONS: u32 = 1050;
    pub const CONFLICT_FLAGS: u32 = 1053;
    pub const CONFLICT_NAMES: u32 = 1054;
    pub const CONFLICT_VERSIONS: u32 = 1055;
    pub const CHANGELOG_NAMES: u32 = 1081;
    pub const CHANGELOG_TEXTS: u32 = 1082;
    pub const OBSOLETE_NAMES: u32 = 1090;
    pub const OBSOLETE_FLAGS: u32 = 1114;
    pub const OBSOLETE_VERSIONS: u32 = 1115;
    pub const SOURCE_RPM: u32 = 1044;
    pub const DIRECTORY_INDEXES: u32 = 1116;
    pub const BASE_NAMES: u32 = 1117;
    pub const DIRECTORY_NAMES: u32 = 1118;
    pub const LONG_FILE_SIZES: u32 = 5008;
    pub const LONG_SIZE: u32 = 5009;
    pub const FILE_CAPABILITIES: u32 = 5010;
    pub const PAYLOAD_DIGEST: u32 = 5092;
    pub const PAYLOAD_DIGEST_ALGORITHM: u32 = 5093;
}

const MAGIC: [u8; 4] = [0x8e, 0xad, 0xe8, 0x01];
/// Tags in one header; rpm itself refuses more than 65,535.
const MOST_TAGS: u32 = 65_535;
/// Values of one tag: files of the largest packages, several times over.
const MOST_VALUES: usize = 1_000_000;

/// One header.
#[derive(Debug)]
pub struct Header {
    /// The header as it lies in the file, magic included: what signatures are over.
    pub raw: Vec<u8>,
    /// Where the data begins in `raw`.
    data: usize,
    /// For each tag its type, where its values begin in the data, and how many there are.
    index: HashMap<u32, (u32, u32, u32)>,
    texts: OnceCell<HashMap<u32, Vec<String>>>,
    integers: OnceCell<HashMap<u32, Vec<u64>>>,
    paths: OnceCell<HashMap<Vec<u8>, usize>>,
}

impl Header {
    /// Reads one header, with at most `largest` bytes of data.
    pub(crate) fn read(input: &mut dyn Read, largest: u32) -> io::Result<Header> {
        let mut raw = Vec::new();
        input.take(16).read_to_end(&mut raw)?;
        if raw.len() < 16 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !raw.starts_with(&MAGIC) {
            return Err(io::Error::other("a header has no valid beginning"));
        }
        let (tags, bytes) = (word(&raw, 8), word(&raw, 12));
        if tags > MOST_TAGS || bytes > largest {
            let stated =
                format!("a header states {tags} tags and {bytes} bytes of data, more than any package has");
            return Err(io::Error::other(stated));
        }
        let data = 16 + tags as usize * 16;
        let rest = (tags as u64) * 16 + u64::from(bytes);
        if (input.take(rest).read_to_end(&mut raw)? as u64) < rest {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut index = HashMap::new();
        for at in (16..data).step_by(16) {
            let [tag, kind, offset, count] = [0, 4, 8, 12].map(|field| word(&raw, at + field));
            // Of a tag that is stated twice the first counts, as in rpm.
            index.entry(tag).or_insert((kind, offset, count));
        }
        let (texts, integers, paths) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        let header = Header { raw, data, index, texts, integers, paths };
        header.check()?;
        Ok(header)
    }

    /// Refuses values that lie outside of the data.
    fn check(&self) -> io::Result<()> {
        let size = self.raw.len() - self.data;
        for (tag, (kind, offset, count)) in &self.index {
            let width = match kind {
                1 | 2 | 7 => 1,
                3 => 2,
                4 => 4,
                5 => 8,
                // Strings take a byte each at least.
                _ => 1,
            };
            let end = u64::from(*offset) + u64::from(*count) * width;
            if end > size as u64 {
                return Err(io::Error::other(format!("tag {tag} lies outside of its header")));
            }
        }
        Ok(())
    }

    fn values(&self, tag: u32) -> Option<(u32, &[u8], usize)> {
        let (kind, offset, count) = *self.index.get(&tag)?;
        let from = self.data.checked_add(offset as usize)?;
        Some((kind, self.raw.get(from..)?, (count as usize).min(MOST_VALUES)))
    }

    /// The bytes of a binary tag.
    #[must_use]
    pub fn binary(&self, tag: u32) -> Option<&[u8]> {
        let (kind, bytes, count) = self.values(tag)?;
        (kind == 7).then(|| bytes.get(..count)).flatten()
    }

    /// The first string of a tag.
    #[must_use]
    pub fn text(&self, tag: u32) -> Option<&str> {
        let (kind, bytes, _) = self.values(tag)?;
        if !matches!(kind, 6 | 8 | 9) {
            return None;
        }
        let end = bytes.iter().position(|byte| *byte == 0)?;
        std::str::from_utf8(bytes.get(..end)?).ok()
    }

    /// The strings of a tag; bytes that are no UTF-8 are replaced.
    #[must_use]
    pub fn strings(&self, tag: u32) -> &[String] {
        let texts = self.texts.get_or_init(|| {
            let wanted = self.index.iter().filter(|(_, (kind, ..))| matches!(kind, 6 | 8 | 9));
            // A header's strings together are no longer than its data, unless tags share them: bounded all the same.
            let mut left = self.raw.len().saturating_mul(4);
            wanted.map(|(tag, _)| (*tag, self.split(*tag, &mut left))).collect()
        });
        texts.get(&tag).map(Vec::as_slice).unwrap_or_default()
    }

    fn split(&self, tag: u32, left: &mut usize) -> Vec<String> {
        let Some((_, bytes, count)) = self.values(tag) else { return Vec::new() };
        let mut texts = Vec::new();
        for text in bytes.split(|byte| *byte == 0).take(count) {
            let Some(rest) = left.checked_sub(text.len() + 1) else { break };
            *left = rest;
            texts.push(String::from_utf8_lossy(text).into_owned());
        }
        texts
    }

    /// The integers of a tag, of whatever width.
    #[must_use]
    pub fn numbers(&self, tag: u32) -> &[u64] {
        let integers = self.integers.get_or_init(|| {
            let wanted = self.index.iter().filter(|(_, (kind, ..))| (2..=5).contains(kind));
            let mut left = self.raw.len();
            wanted.map(|(tag, _)| (*tag, self.integers(*tag, &mut left))).collect()
        });
        integers.get(&tag).map(Vec::as_slice).unwrap_or_default()
    }

    fn integers(&self, tag: u32, left: &mut usize) -> Vec<u64> {
        let Some((kind, bytes, count)) = self.values(tag) else { return Vec::new() };
        let width = 1_usize << kind.saturating_sub(2).min(3);
        let count = count.min(*left / width);
        *left = left.saturating_sub(count * width);
        let value = |bytes: &[u8]| bytes.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        bytes.chunks_exact(width).take(count).map(value).collect()
    }

    /// The first integer of a tag.
    #[must_use]
    pub fn number(&self, tag: u32) -> Option<u64> {
        self.numbers(tag).first().copied()
    }

    /// The path of the file at that position, from the root.
    #[must_use]
    pub fn path(&self, at: usize) -> Option<String> {
        let name = self.strings(tag::BASE_NAMES).get(at)?;
        let folder = usize::try_from(*self.numbers(tag::DIRECTORY_INDEXES).get(at)?).ok()?;
        Some(format!("{}{name}", self.strings(tag::DIRECTORY_NAMES).get(folder)?))
    }

    /// The position of the file that a payload calls so.
    pub(crate) fn position(&self, name: &[u8]) -> Option<usize> {
        let paths = self.paths.get_or_init(|| {
            let count = self.strings(tag::BASE_NAMES).len();
            // Directories are named by number, so that paths may be much longer than their header.
            let mut left = self.raw.len().saturating_mul(4);
            let mut paths = HashMap::new();
            for at in 0..count {
                let Some(path) = self.path(at) else { continue };
                let Some(rest) = left.checked_sub(path.len()) else { break };
                left = rest;
                paths.insert(path.trim_start_matches('/').as_bytes().to_vec(), at);
            }
            paths
        });
        let name = name.strip_prefix(b".").unwrap_or(name);
        paths.get(name.strip_prefix(b"/").unwrap_or(name)).copied()
    }
}

/// A big-endian word; zero where the bytes end, which no caller lets happen.
fn word(bytes: &[u8], at: usize) -> u32 {
    let field = bytes.get(at..at + 4).and_then(|field| <[u8; 4]>::try_from(field).ok());
    field.map_or(0, u32::from_be_bytes)
}
