//! Makers of archives for the tests, down to fields that no honest tool would write.

use std::io::{Read as _, Write as _};

use flate2::Compression;

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::stream::encode_all(bytes, 1).unwrap()
}

pub(crate) fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    ::bzip2::read::BzEncoder::new(bytes, ::bzip2::Compression::fast()).read_to_end(&mut packed).unwrap();
    packed
}

/// An .xz file of `hello` and a line end: the encoder is not among our dependencies.
pub(crate) fn xz_of_hello() -> Vec<u8> {
    hex::decode(XZ_OF_HELLO).unwrap()
}

const XZ_OF_HELLO: &str = "fd377a585a000004e6d6b4460200210116000000742fe5a301000568656c6c6f0a000000a56097f194f6fde000011e06c12fa41d1fb6f37d010000000004595a";

/// One tar entry: a ustar header of the given kind, and its content in whole blocks.
pub(crate) fn tar_entry(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
    let mut header = ::tar::Header::new_gnu();
    let field = &mut header.as_old_mut().name;
    field.iter_mut().zip(name.bytes()).for_each(|(slot, byte)| *slot = byte);
    header.set_entry_type(::tar::EntryType::new(kind));
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes: Vec<u8> =
        files.iter().flat_map(|(name, content)| tar_entry(name, b'0', content)).collect();
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

/// A ZIP member; the optional fields say something else than what is so.
#[derive(Clone, Default)]
pub(crate) struct Zipped {
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
    pub(crate) packed: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) mode: u32,
    pub(crate) crc: Option<u32>,
    pub(crate) size: Option<u32>,
    /// The name in the member's own header.
    pub(crate) local_name: Option<&'static str>,
    /// Where the directory says the member is; its own bytes are then not written.
    pub(crate) at: Option<u32>,
}

impl Zipped {
    pub(crate) fn stored(name: &str, content: &[u8]) -> Zipped {
        let (content, mode) = (content.to_vec(), 0o100_644);
        Zipped { name: name.to_owned(), packed: content.clone(), content, mode, ..Zipped::default() }
    }

    pub(crate) fn deflated(name: &str, content: &[u8]) -> Zipped {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        Zipped { packed: encoder.finish().unwrap(), method: 8, ..Zipped::stored(name, content) }
    }

    /// The fields that the local and the central header share (APPNOTE 4.3.7, 4.3.12), up to the extra length.
    fn shared(&self, name: &str) -> Vec<u8> {
        let mut crc = flate2::Crc::new();
        crc.update(&self.content);
        let mut bytes = Vec::new();
        for field in [20, self.flags, self.method, 0, 0] {
            bytes.extend(field.to_le_bytes());
        }
        let size = self.size.unwrap_or(u32::try_from(self.content.len()).unwrap());
        let packed = u32::try_from(self.packed.len()).unwrap();
        for field in [self.crc.unwrap_or(crc.sum()), packed, size] {
            bytes.extend(field.to_le_bytes());
        }
        bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend(0u16.to_le_bytes());
        bytes
    }
}

pub(crate) fn zip(members: &[Zipped]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let at = member.at.unwrap_or(u32::try_from(bytes.len()).unwrap());
        if member.at.is_none() {
            let name = member.local_name.unwrap_or(&member.name);
            bytes.extend(
                [b"PK\x03\x04".as_slice(), &member.shared(name), name.as_bytes(), &member.packed].concat(),
            );
        }
        directory.extend([b"PK\x01\x02\x14\x03".as_slice(), &member.shared(&member.name), &[0; 6]].concat());
        directory.extend((member.mode << 16).to_le_bytes());
        directory.extend(at.to_le_bytes());
        directory.extend(member.name.as_bytes());
    }
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    bytes.extend(directory);
    bytes.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &length, &start, &[0; 2]].concat());
    bytes
}
