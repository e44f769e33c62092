//! The revisions of an entry as a dated list.

use index::answer::EntryView;
use index::revision::Revision;
use jiff::Timestamp;

use crate::moment::Moment;

/// One revision.
pub(super) struct RevisionLine {
    /// Counted from 1.
    pub(super) number: u32,
    /// When it was first seen here.
    pub(super) seen: Moment,
    /// What changed, in one line.
    pub(super) changes: String,
    /// Whether a reader must act on it.
    pub(super) material: bool,
    /// Whether it is the one shown.
    pub(super) shown: bool,
    /// Where it is shown.
    pub(super) address: String,
    /// The comparison with the one before; nothing for the first.
    pub(super) compare: Option<String>,
    /// The bytes that it was read from.
    pub(super) snapshot: Option<String>,
}

/// Revisions, newest first.
pub(super) fn lines(view: &EntryView, now: Timestamp) -> Vec<RevisionLine> {
    let id = view.card.id.0;
    let line = |revision: &Revision| {
        let number = revision.number;
        let words: Vec<&str> = revision.changes.iter().map(|change| change.as_str()).collect();
        RevisionLine {
            number,
            seen: Moment::of(revision.seen, now),
            changes: match number {
                1 => "first seen".to_owned(),
                _ => format!("{} changed", words.join(", ")),
            },
            material: revision.is_material(),
            shown: number == view.revision,
            address: format!("/entries/{id}?revision={number}"),
            compare: (number > 1)
                .then(|| format!("/entries/{id}/compare?before={}&after={number}", number - 1)),
            snapshot: (!revision.snapshot.is_empty()).then(|| format!("/snapshots/{}", revision.snapshot)),
        }
    };
    view.revisions.iter().map(line).collect()
}
