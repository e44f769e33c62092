//! The keys that are given on the command line: files of keys and certificates, or folders of them.
//!
//! They are the house's own, so that they are looked at here to tell a file without any key from one that has some. A key
//! ledger will hand its keys on in the same shape.

use std::fs;
use std::path::{Path, PathBuf};

use inspect::signature::keys::Known;

use crate::commands::Usage;

/// Bytes of all keys together: the largest public keyring in use takes some eight million.
const MOST_BYTES: u64 = 24 << 20;
/// Files of one folder.
const MOST_FILES: usize = 5_000;

/// Reads what was named.
///
/// # Errors
/// When it cannot be read, is too large, or holds no key.
pub(super) fn known(paths: &[PathBuf]) -> anyhow::Result<Vec<Known>> {
    let mut all = Vec::new();
    for path in paths {
        let of_path = if path.is_dir() { folder(path)? } else { vec![file(path)?] };
        let with_keys: Vec<Known> = of_path.into_iter().filter(Known::holds_a_key).collect();
        if with_keys.is_empty() {
            return Err(Usage::because(format!("read keys of {}: there are none in it", path.display())));
        }
        all.extend(with_keys);
    }
    let bytes: u64 = all.iter().map(|known| known.bytes.len() as u64).sum();
    if bytes > MOST_BYTES {
        return Err(Usage::because(format!("read keys: they are {bytes} bytes, more than {MOST_BYTES}")));
    }
    Ok(all)
}

/// The files of a folder, by name; folders in it are left.
fn folder(path: &Path) -> anyhow::Result<Vec<Known>> {
    let wrong = |error: std::io::Error| Usage::because(format!("read keys of {}: {error}", path.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(wrong)? {
        let own = entry.map_err(wrong)?.path();
        if own.is_file() {
            files.push(own);
        }
    }
    if files.len() > MOST_FILES {
        let why = format!("there are more than {MOST_FILES} files in it");
        return Err(Usage::because(format!("read keys of {}: {why}", path.display())));
    }
    files.sort();
    files.iter().map(|own| file(own)).collect()
}

fn file(path: &Path) -> anyhow::Result<Known> {
    let wrong = |why: String| Usage::because(format!("read keys of {}: {why}", path.display()));
    let size = fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
    if size > MOST_BYTES {
        return Err(wrong("it is larger than any keyring".to_owned()));
    }
    let bytes = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let origin = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Known { origin, bytes })
}
