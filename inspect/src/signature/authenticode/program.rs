//! Programs in the Portable Executable format: where the signature lies and which bytes it is over.
//!
//! Over all but the checksum, the table's own entry, and the table (PE format, "Attribute Certificate Table").

use super::{LARGEST, Signed, half, word};
use crate::signature::fact::Over;
use crate::signature::original::Original;

/// Bytes of the beginning in which the headers lie.
const HEAD: usize = 64 << 10;
/// Signatures side by side in one table.
const MOST: usize = 8;

/// Where in a program the fields around its signature lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    checksum: u64,
    /// The entry of the table of directories that tells where the signature lies.
    entry: u64,
    /// Where the table of signatures begins, and its length.
    pub(super) table: (u64, u64),
}

/// Reads the headers.
pub(super) fn layout(head: &[u8]) -> Option<Layout> {
    if !head.starts_with(b"MZ") {
        return None;
    }
    let start = word(head, 0x3c)? as usize;
    if head.get(start..start.checked_add(4)?)? != b"PE\0\0" {
        return None;
    }
    let optional = start.checked_add(24)?;
    // Programs of 64 bits have wider fields in front of the table of directories, whose fifth is meant.
    let directories = match half(head, optional)? {
        0x10b => 96,
        0x20b => 112,
        _ => return None,
    };
    let entry = optional.checked_add(directories + 4 * 8)?;
    let table = (u64::from(word(head, entry)?), u64::from(word(head, entry + 4)?));
    Some(Layout { checksum: (optional + 64) as u64, entry: entry as u64, table })
}

/// The signatures of a program, if it carries any.
pub(super) fn read(original: &Original<'_>) -> Option<Signed> {
    let head = original.part(0, HEAD as u64, HEAD)?;
    let layout = layout(&head)?;
    let (start, size) = layout.table;
    if start == 0 || size <= 8 {
        return None;
    }
    let end = start.saturating_add(size);
    let table = original.part(start, end, LARGEST).unwrap_or_default();
    let (messages, mut not_covered) = entries(&table);
    if original.length > end {
        not_covered
            .push(format!("{} bytes behind the signature, at the end of the file", original.length - end));
    }
    let over = Over::File(vec![
        (0, layout.checksum),
        (layout.checksum + 4, layout.entry),
        (layout.entry + 8, start),
    ]);
    Some(Signed {
        messages: if messages.is_empty() { vec![Vec::new()] } else { messages },
        covers: "the program without its checksum and signature",
        not_covered,
        digest: Box::new(move |original, algorithm| original.digest(&over, algorithm)),
    })
}

/// The messages in a table, and what else lies in it: nothing signs the table itself.
fn entries(table: &[u8]) -> (Vec<Vec<u8>>, Vec<String>) {
    let (mut messages, mut others) = (Vec::new(), Vec::new());
    let mut at = 0;
    while messages.len() < MOST {
        let Some(length) = word(table, at).map(|length| length as usize).filter(|length| *length > 8) else {
            break;
        };
        let Some(own) = at.checked_add(length).and_then(|end| table.get(at + 8..end.min(table.len()))) else {
            break;
        };
        // WIN_CERT_TYPE_PKCS_SIGNED_DATA.
        if half(table, at + 6) == Some(2) {
            let message = crate::signature::tlv::Value::first(own).map_or(own, |(value, _)| value.whole);
            let behind = own.get(message.len()..).unwrap_or_default();
            if behind.len() > 7 || behind.iter().any(|byte| *byte != 0) {
                others.push(format!("{} bytes within the signature's own place", behind.len()));
            }
            messages.push(message.to_vec());
        }
        at = (at + length).next_multiple_of(8);
    }
    (messages, others)
}

#[cfg(test)]
mod tests {
    use super::{Layout, entries, layout};

    #[test]
    fn a_dos_program_is_no_windows_program() {
        let mut bytes = vec![0; 0x200];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[0x3c] = 0x40;
        assert_eq!(layout(&bytes), None);
        bytes[0x40..0x44].copy_from_slice(b"PE\0\0");
        bytes[0x58..0x5a].copy_from_slice(&[0x0b, 0x02]);
        bytes[0xe8..0xf0].copy_from_slice(&[0, 2, 0, 0, 16, 0, 0, 0]);
        assert_eq!(layout(&bytes), Some(Layout { checksum: 0x98, entry: 0xe8, table: (0x200, 16) }));
    }

    #[test]
    fn bytes_hidden_in_the_table_are_told() {
        let plain = [&[16, 0, 0, 0, 0, 2, 2, 0][..], &[0x30, 2, 5, 0, 0, 0, 0, 0]].concat();
        assert_eq!(entries(&plain), (vec![vec![0x30, 2, 5, 0]], vec![]));
        let hidden = [&[16, 0, 0, 0, 0, 2, 2, 0][..], &[0x30, 2, 5, 0, 0, 0, 1, 0]].concat();
        assert_eq!(entries(&hidden).1, ["4 bytes within the signature's own place"]);
        assert_eq!(entries(&[255; 20]), (vec![], vec![]));
    }
}
