//! Cabinets: the signature lies behind the archive, and the reserved part of the header tells where.
//!
//! Over the archive without the fields that point there. Layout as signers write it: Microsoft, "Cabinet File Format",
//! section 2.1, with a reserved header of 20 bytes.

use super::{LARGEST, Signed, half, word};
use crate::signature::fact::Over;
use crate::signature::original::Original;

/// Bits of the flags: a cabinet before or behind this one, a reserved part in the header.
const NEIGHBOURS: u16 = 3;
const RESERVED: u16 = 4;

/// The signature of a cabinet, if it carries one.
pub(super) fn read(original: &Original<'_>) -> Option<Signed> {
    let head = original.part(0, 60, 60)?;
    let flags = half(&head, 30)?;
    if flags & RESERVED == 0 || half(&head, 36)? != 20 {
        return None;
    }
    let (start, size) = (u64::from(word(&head, 44)?), u64::from(word(&head, 48)?));
    if start < 60 || size == 0 {
        return None;
    }
    let end = start.saturating_add(size);
    let message = original.part(start, end, LARGEST).unwrap_or_default();
    let behind = original.length.saturating_sub(end);
    let mut not_covered = vec!["the number of this cabinet in its set".to_owned()];
    if behind > 0 {
        not_covered.push(format!("{behind} bytes behind the signature, at the end of the file"));
    }
    let over = Over::File(vec![(0, 4), (8, 34), (56, 60), (60, start)]);
    Some(Signed {
        messages: vec![message],
        covers: "the cabinet without the place of its signature",
        not_covered,
        digest: Box::new(move |original, algorithm| {
            if flags & NEIGHBOURS != 0 {
                return Err("it is one cabinet of a set, which is not computed here".to_owned());
            }
            original.digest(&over, algorithm)
        }),
    })
}
