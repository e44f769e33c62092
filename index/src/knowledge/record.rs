//! Recording: new, revised or known? All of a batch is written, or none of it.

use std::collections::HashMap;

use jiff::Timestamp;

use super::group::Groups;
use crate::prepare::{Prepared, restore};
use crate::product;
use crate::revision::{self, Change};
use crate::source::SourceId;
use crate::store::{self, Connection, Store};
use crate::vendor::slug;

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Entries that were not known before.
    pub new: u32,
    /// Entries that now say something else.
    pub revised: u32,
    /// Entries that say what they said.
    pub known: u32,
}

impl std::ops::Add for Recorded {
    type Output = Self;

    fn add(self, more: Self) -> Self {
        Self {
            new: self.new + more.new,
            revised: self.revised + more.revised,
            known: self.known + more.known,
        }
    }
}

impl std::ops::AddAssign for Recorded {
    fn add_assign(&mut self, more: Self) {
        *self = *self + more;
    }
}

/// What one source brings to be recorded.
pub(super) struct Part<'a> {
    pub(super) source: SourceId,
    /// Slug and name of the source's vendor.
    pub(super) vendor: Option<(String, String)>,
    pub(super) drafts: &'a [Prepared],
    pub(super) now: Timestamp,
}

/// A prepared draft on its way into the record, with the numbers that were drawn for it.
struct Row<'a> {
    part: &'a Part<'a>,
    prepared: &'a Prepared,
    vendor: Option<(String, String)>,
    entry: i64,
    number: i64,
    changes: Vec<Change>,
    group: i64,
}

/// Records what several sources bring; answers what became of each part.
pub(super) async fn record(store: &Store, parts: &[Part<'_>]) -> anyhow::Result<Vec<Recorded>> {
    let mut transaction = store.change().await?;
    let recorded = record_in(&mut transaction, parts).await?;
    transaction.commit().await?;
    Ok(recorded)
}

/// The same within a change that somebody else commits.
pub(super) async fn record_in(
    connection: &mut Connection,
    parts: &[Part<'_>],
) -> anyhow::Result<Vec<Recorded>> {
    let (rows, recorded) = sort(connection, parts).await?;
    if !rows.is_empty() {
        let (fresh, revised): (Vec<Row<'_>>, Vec<Row<'_>>) =
            rows.into_iter().partition(|row| row.number == 1);
        write(connection, fresh, revised).await?;
    }
    Ok(recorded)
}

/// Tells apart what is new, revised and known. Of drafts with the same identity only the last one counts.
async fn sort<'a>(
    connection: &mut Connection,
    parts: &'a [Part<'a>],
) -> anyhow::Result<(Vec<Row<'a>>, Vec<Recorded>)> {
    let drafts: Vec<(usize, &Part<'_>, &Prepared)> = parts
        .iter()
        .enumerate()
        .flat_map(|(of, part)| part.drafts.iter().map(move |draft| (of, part, draft)))
        .collect();
    let last: HashMap<_, _> =
        drafts.iter().enumerate().map(|(at, (_, _, draft))| (draft.identity, at)).collect();
    let identities: Vec<_> = last.keys().copied().collect();
    let known = store::entry::known(connection, &identities).await?;
    let (mut rows, mut all) = (Vec::new(), vec![Recorded::default(); parts.len()]);
    for (at, (of, part, prepared)) in drafts.into_iter().enumerate() {
        let Some(recorded) = all.get_mut(of) else { continue };
        let repeated = last.get(&prepared.identity) != Some(&at);
        let row = |entry, number, changes, group| {
            let publisher = || prepared.draft.statement.publisher.clone().map(|name| (slug(&name), name));
            let vendor = part.vendor.clone().or_else(publisher);
            Row { part, prepared, vendor, entry, number, changes, group }
        };
        match known.get(&prepared.identity) {
            _ if repeated => recorded.known += 1,
            Some(entry) if entry.digest == prepared.digest => recorded.known += 1,
            Some(entry) => {
                let (statement, body) = store::revision::said(connection, entry.revision_id).await?;
                let changes = revision::changes(&restore(&statement, body)?, &prepared.draft.statement);
                rows.push(row(entry.id, entry.revisions + 1, changes, entry.group_id));
                recorded.revised += 1;
            }
            None => {
                rows.push(row(0, 1, Vec::new(), 0));
                recorded.new += 1;
            }
        }
    }
    Ok((rows, all))
}

async fn write(
    connection: &mut Connection,
    mut fresh: Vec<Row<'_>>,
    mut revised: Vec<Row<'_>>,
) -> anyhow::Result<()> {
    let count = fresh.len() + revised.len();
    let first_entry = store::counter::draw(connection, "entry", fresh.len()).await?;
    let first_revision = store::counter::draw(connection, "revision", count).await?;
    let first_change = store::counter::draw(connection, "change", count).await?;
    for (row, id) in fresh.iter_mut().zip(first_entry..) {
        (row.entry, row.group) = (id, id);
    }
    let mut groups = Groups::default();
    for row in fresh.iter().chain(&revised) {
        groups.note(row.entry, row.group, &row.prepared.draft.statement.identifiers);
    }
    groups.settle(connection).await?;
    for row in fresh.iter_mut().chain(&mut revised) {
        row.group = groups.of(row.group);
    }

    let mut said = Vec::new();
    for row in fresh.iter().chain(&revised) {
        let names = product::evidence(&row.prepared.draft.statement.affected);
        said.extend(names.into_iter().map(|(name, version)| (row.entry, name, version)));
    }
    let touched: Vec<i64> = revised.iter().map(|row| row.entry).collect();

    let snapshots: Vec<_> = fresh.iter().chain(&revised).map(|row| &row.prepared.snapshot).collect();
    store::snapshot::insert(connection, &snapshots).await?;
    let entries: Vec<_> = fresh
        .iter()
        .chain(&revised)
        .zip(first_revision..)
        .zip(first_change..)
        .map(|((row, revision), change)| entry_row(row, revision, change))
        .collect();
    let (new, changed) = entries.split_at(fresh.len());
    store::entry::insert(connection, new).await?;
    let revisions: Vec<_> =
        fresh.iter().chain(&revised).zip(first_revision..).map(|(row, id)| revision_row(row, id)).collect();
    store::revision::insert(connection, &revisions).await?;
    for row in changed {
        store::entry::revise(connection, row).await?;
    }
    store::product::note(connection, &touched, &said).await?;
    Ok(())
}

fn entry_row<'a>(row: &'a Row<'a>, revision_id: i64, change: i64) -> store::entry::Insert<'a> {
    let draft = &row.prepared.draft;
    store::entry::Insert {
        id: row.entry,
        identity: row.prepared.identity,
        source: row.part.source,
        native_id: &draft.native_id,
        kind: draft.kind,
        link: draft.link.as_deref(),
        vendor: row.vendor.as_ref().map(|(slug, _)| slug.as_str()),
        vendor_name: row.vendor.as_ref().map(|(_, name)| name.as_str()),
        statement: &draft.statement,
        now: row.part.now,
        revision_id,
        digest: &row.prepared.digest,
        group_id: row.group,
        change,
    }
}

fn revision_row<'a>(row: &'a Row<'a>, id: i64) -> store::revision::Insert<'a> {
    store::revision::Insert {
        id,
        entry_id: row.entry,
        number: row.number,
        seen: row.part.now.as_millisecond(),
        snapshot: &row.prepared.snapshot.digest,
        changes: &row.changes,
        statement: &row.prepared.statement,
        mentions: &row.prepared.mentions,
        body: row.prepared.draft.statement.text.as_str(),
    }
}
