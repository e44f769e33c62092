//! Signatures among the members of a package, laid ready for the readers of their schemes with what they are over.
//!
//! Finds them and decides nothing. One whose bytes are not at hand is laid ready all the same, so that it is told as
//! not checked and never as missing.

use std::rc::Rc;

use super::Format;
use super::digests::Digests;
use crate::container::event::Entry;
use crate::signature::authenticode;
use crate::signature::fact::{Java, Material, Over, Scheme};

/// Bytes of the largest member that is taken for a part of a signature: a JAR's list of digests may be long.
pub(super) const LARGEST: usize = 4 << 20;

/// Whether a member is part of a signature that is over several members.
pub(super) fn waits(format: Format, name: &str) -> bool {
    match format {
        Format::Deb => name.starts_with("_gpg"),
        Format::Jar | Format::War => {
            let own = name.strip_prefix("META-INF/").filter(|own| !own.contains('/'));
            own.is_some_and(|own| {
                [".SF", ".RSA", ".DSA", ".EC"].iter().any(|end| own.to_ascii_uppercase().ends_with(end))
            })
        }
        _ => false,
    }
}

/// The signatures that those parts make up. `parts` are a Debian package's members with where they lie.
pub(super) fn together(
    format: Format,
    parts: &[(String, u64, u64)],
    signed: Vec<(String, Vec<u8>)>,
    java: Option<Digests>,
) -> Vec<Material> {
    if format == Format::Deb {
        return signed.into_iter().map(|(path, signature)| debian(parts, path, signature)).collect();
    }
    let stem = |path: &str| path.rsplit_once('.').map(|(stem, _)| stem.to_owned());
    let is_list = |path: &str| path.to_ascii_uppercase().ends_with(".SF");
    let blocks = signed.iter().filter(|(path, _)| !is_list(path));
    let (manifest, members, more) = java.map(Digests::finish).unwrap_or_default();
    let members = Rc::new(members);
    blocks
        .map(|(path, signature)| {
            let list = signed.iter().find(|(other, _)| is_list(other) && stem(other) == stem(path));
            let list = list.map(|(_, bytes)| bytes.clone()).unwrap_or_default();
            let over = Over::Java(Rc::new(Java {
                manifest: manifest.clone(),
                list,
                members: Rc::clone(&members),
                more,
            }));
            let (path, signature) = (path.clone(), signature.clone());
            Material { scheme: Scheme::Jar, path, signature, over, not_covered: Vec::new() }
        })
        .collect()
}

fn debian(parts: &[(String, u64, u64)], path: String, signature: Vec<u8>) -> Material {
    if signature.starts_with(b"-----BEGIN PGP SIGNED MESSAGE") {
        let over = if parts.is_empty() {
            Over::Unavailable("the members of a package within another file, which are not kept")
        } else {
            Over::Members(parts.to_vec())
        };
        return Material { scheme: Scheme::DpkgSig, path, signature, over, not_covered: Vec::new() };
    }
    // debsigs signs these members, one behind the other.
    let find = |start: &str| parts.iter().find(|(name, ..)| name.starts_with(start));
    let over = match ["debian-binary", "control.tar", "data.tar"].map(find) {
        [Some(first), Some(second), Some(third)] => {
            Over::File([first, second, third].map(|(_, start, end)| (*start, *end)).to_vec())
        }
        _ => Over::Unavailable("the members of a package within another file, which are not kept"),
    };
    Material { scheme: Scheme::Debsigs, path, signature, over, not_covered: left_out(parts) }
}

/// What of a Debian package debsigs' scheme leaves out: members beyond the first of each kind that it signs.
fn left_out(parts: &[(String, u64, u64)]) -> Vec<String> {
    let kinds = ["debian-binary", "control.tar", "data.tar"];
    let mut seen = [false; 3];
    let mut left = Vec::new();
    for (name, ..) in parts.iter().filter(|(name, ..)| !name.starts_with("_gpg")) {
        match kinds.iter().position(|kind| name.starts_with(kind)) {
            Some(at) if seen.get(at) == Some(&false) => {
                if let Some(seen) = seen.get_mut(at) {
                    *seen = true;
                }
            }
            _ => left.push(name.clone()),
        }
    }
    left
}

/// Whether bytes begin as an OpenPGP signature does: in armour, or with the packet's tag in the old or new format (RFC
/// 9580, section 4.2).
fn is_openpgp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"-----BEGIN PGP SIGNATURE") || matches!(bytes, [0x88..=0x8a | 0xc2, ..])
}

/// A signature that is a member by itself, or lies within one; `is_walked_file` if it is no member but the inspected file.
pub(super) fn alone(entry: &Entry<'_>, bytes: &[u8], is_walked_file: bool) -> Option<Material> {
    let ends = |ends: &[&str]| ends.iter().any(|end| entry.name.ends_with(end)) && bytes.len() < LARGEST;
    let beside = || match entry.path.rsplit_once('.') {
        Some((path, _)) if !is_walked_file => {
            Over::Sibling { path: path.to_owned(), bytes: None, lists: None }
        }
        _ => Over::Unavailable("the file that it was made for"),
    };
    let (scheme, signature, over) = if entry.name.starts_with(".SIGN.RSA") {
        let over = if entry.path == entry.name {
            Over::File(vec![(0, u64::MAX)])
        } else {
            Over::Unavailable("the compressed control part of the package")
        };
        (Scheme::Alpine, bytes, over)
    } else if ends(&[".asc", ".sig", ".sign", ".gpg"]) && is_openpgp(bytes) {
        (Scheme::OpenPgpDetached, bytes, beside())
    } else if bytes.len() < LARGEST
        && (bytes.starts_with(b"-----BEGIN PGP SIGNED MESSAGE")
            || bytes.starts_with(b"-----BEGIN PGP MESSAGE"))
    {
        (Scheme::OpenPgpInline, bytes, Over::Within)
    } else if ends(&[".minisig"]) || ends(&[".sig"]) && bytes.starts_with(b"untrusted comment:") {
        (Scheme::Minisign, bytes, beside())
    } else if ends(&[".p7s", ".p7m"]) {
        (Scheme::Cms, bytes, beside())
    } else if bytes.starts_with(b"-----BEGIN SSH SIGNATURE") && bytes.len() < LARGEST {
        (Scheme::Ssh, bytes, beside())
    } else if entry.path == entry.name && is_walked_file && authenticode::may_be(bytes) {
        (Scheme::Authenticode, [].as_slice(), Over::File(vec![(0, u64::MAX)]))
    } else {
        return authenticode::within(entry.path, bytes);
    };
    Some(Material {
        scheme,
        path: entry.path.to_owned(),
        signature: signature.to_vec(),
        over,
        not_covered: Vec::new(),
    })
}
