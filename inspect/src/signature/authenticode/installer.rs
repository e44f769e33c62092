//! Windows installers: compound files whose signature is a stream among the others.
//!
//! Over the content of every other stream in the order of their names, and each storage's class behind its streams; where
//! the metadata is signed too, its digest comes first. What the order and the fields are was learnt from osslsigncode,
//! since no specification tells it.

use std::io::{self, Read as _};

use cfb::CompoundFile;
use sha2::digest::DynDigest;

use super::{LARGEST, Signed};
use crate::signature::hash::Algorithm;
use crate::signature::original::{Original, Seeking};

const SIGNATURE: &str = "\u{5}DigitalSignature";
const SIGNATURE_EX: &str = "\u{5}MsiDigitalSignatureEx";
/// Storages within each other.
const DEEPEST: u8 = 16;
/// Entries of one storage.
const MOST: usize = 20_000;

type Compound<'s, 'o> = CompoundFile<Seeking<'s, 'o>>;

/// The signature of an installer, if it carries one.
pub(super) fn read(original: &Original<'_>) -> Option<Signed> {
    let mut file = CompoundFile::open(Seeking { original, at: 0 }).ok()?;
    let mut message = Vec::new();
    let stream = file.open_stream(SIGNATURE).ok()?;
    stream.take(LARGEST as u64).read_to_end(&mut message).ok()?;
    Some(Signed {
        messages: vec![message],
        covers: "the content of every stream of the installer",
        not_covered: if file.exists(SIGNATURE_EX) {
            vec![]
        } else {
            vec!["the names of its streams".to_owned()]
        },
        digest: Box::new(|original, algorithm| {
            digest(original, algorithm).map_err(|error| format!("the installer cannot be read: {error}"))
        }),
    })
}

fn digest(original: &Original<'_>, algorithm: Algorithm) -> io::Result<Vec<u8>> {
    let mut file = CompoundFile::open(Seeking { original, at: 0 })?;
    let mut digest = algorithm.begin();
    if file.exists(SIGNATURE_EX) {
        return Err(io::Error::other("its metadata is signed too, which is not computed here"));
    }
    storage(&mut file, "/", DEEPEST, digest.as_mut())?;
    Ok(digest.finalize().into_vec())
}

fn storage(
    file: &mut Compound<'_, '_>,
    path: &str,
    deeper: u8,
    digest: &mut dyn DynDigest,
) -> io::Result<()> {
    let deeper = deeper.checked_sub(1).ok_or_else(|| io::Error::other("its storages are nested too deep"))?;
    let mut children: Vec<(Vec<u8>, cfb::Entry)> = Vec::new();
    for entry in file.read_storage(path)?.take(MOST) {
        let name = entry.name().encode_utf16().flat_map(u16::to_le_bytes).collect();
        children.push((name, entry));
    }
    children.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (_, entry) in &children {
        let is_own = path == "/" && (entry.name() == SIGNATURE || entry.name() == SIGNATURE_EX);
        if is_own {
            continue;
        }
        if entry.is_stream() {
            let mut stream = file.open_stream(entry.path())?;
            let mut buffer = vec![0; 64 << 10];
            loop {
                let count = stream.read(&mut buffer)?;
                if count == 0 {
                    break;
                }
                digest.update(buffer.get(..count).unwrap_or_default());
            }
        } else {
            let below = entry.path().to_string_lossy().into_owned();
            storage(file, &below, deeper, digest)?;
        }
    }
    digest.update(&file.entry(path)?.clsid().to_bytes_le());
    Ok(())
}
