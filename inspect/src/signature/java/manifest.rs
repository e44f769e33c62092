//! Manifests of Java archives with the bytes of each section, since digests are over those.
//!
//! Lines are at most 72 bytes and go on behind a space, in the middle of a character if need be.

use std::collections::BTreeSet;

use crate::signature::hash::Algorithm;

/// Sections that are read.
const MOST: usize = 500_000;
/// Fields of one section.
const MOST_FIELDS: usize = 1_000;

/// One section: the first, about the archive, or one about a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section<'m> {
    /// The member's name.
    pub(super) name: Option<String>,
    /// Its fields.
    pub(super) fields: Vec<(String, String)>,
    /// Its bytes, with the empty line behind it.
    pub(super) raw: &'m [u8],
}

/// The algorithms by which a manifest lists members.
pub(crate) fn algorithms(manifest: &[u8]) -> BTreeSet<Algorithm> {
    let text = String::from_utf8_lossy(manifest);
    let names = text.lines().filter_map(|line| line.split_once("-Digest:"));
    names.filter_map(|(name, _)| Algorithm::of_java(name)).collect()
}

/// The sections of a manifest.
pub(super) fn sections(bytes: &[u8]) -> Vec<Section<'_>> {
    let mut all = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() && all.len() < MOST {
        let (raw, behind) = section(rest);
        let fields = fields(raw);
        let name =
            fields.first().filter(|(name, _)| name.eq_ignore_ascii_case("Name")).map(|(_, v)| v.clone());
        if all.is_empty() || name.is_some() {
            all.push(Section { name, fields, raw });
        }
        rest = behind;
    }
    all
}

/// The bytes up to and with the next empty line, and what follows.
fn section(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(length) = bytes.get(at..).map(line).filter(|length| *length > 0) {
        let own = bytes.get(at..at + length).unwrap_or_default();
        at += length;
        if own.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            break;
        }
    }
    bytes.split_at_checked(at).unwrap_or((bytes, &[]))
}

/// How long the first line is with its end: CR, LF, or both.
fn line(bytes: &[u8]) -> usize {
    match bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        None => bytes.len(),
        Some(end) if bytes.get(end..end + 2) == Some(b"\r\n") => end + 2,
        Some(end) => end + 1,
    }
}

fn fields(raw: &[u8]) -> Vec<(String, String)> {
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut rest = raw;
    while !rest.is_empty() && lines.len() < MOST_FIELDS {
        let (own, behind) = rest.split_at_checked(line(rest)).unwrap_or((rest, &[]));
        let own = own.trim_ascii_end();
        match (own.strip_prefix(b" "), lines.last_mut()) {
            (Some(more), Some(last)) => last.extend_from_slice(more),
            _ => lines.push(own.to_vec()),
        }
        rest = behind;
    }
    let field = |line: &Vec<u8>| {
        let text = String::from_utf8_lossy(line);
        let (name, value) = text.split_once(": ")?;
        Some((name.to_owned(), value.to_owned()))
    };
    lines.iter().filter_map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::{algorithms, sections};
    use crate::signature::hash::Algorithm;

    #[test]
    fn names_go_on_behind_a_space_and_sections_keep_their_bytes() {
        let text = b"Manifest-Version: 1.0\r\n\r\nName: a/long\r\n name\r\nSHA-256-Digest: AA==\r\n\r\nName: b\nSHA1-Digest: AA==\n\n";
        let all = sections(text);
        let names: Vec<_> = all.iter().map(|section| section.name.as_deref()).collect();
        assert_eq!(names, [None, Some("a/longname"), Some("b")]);
        assert_eq!(all.iter().map(|section| section.raw.len()).sum::<usize>(), text.len());
        assert_eq!(algorithms(text).into_iter().collect::<Vec<_>>(), [Algorithm::Sha1, Algorithm::Sha256]);
    }
}
