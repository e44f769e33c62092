//! CVE records from an archive at an address (a release of the CVE list, for instance).
//!
//! Asked conditionally: an archive that has not changed costs one request. Refuses to keep anything on disk. Archives of
//! OSV records are read the same way.

use std::ops::ControlFlow;

use index::entry::Draft;
use inspect::container::{Visit, walk_bytes};
use inspect::limits::Limits;
use serde::Deserialize;
use serde_json::json;

use crate::fetch::{Answer, Fetched, Validators};
use crate::formats::recognise::{Format, recognise};
use crate::formats::{Origin, Read, Unreadable};
use crate::sources::{Errand, Trouble, options};

/// Settings of a source of this kind.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    /// MiB of the largest archive that is read, in place of the setting for all answers.
    largest_mib: Option<u32>,
}

/// Reads the archive at the source's address.
///
/// # Errors
/// When the archive cannot be fetched or opened, or the settings do not fit; what is wrong with single records is a
/// remark.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let options: Options = options(&errand.source.options)?;
    archive(errand, &[Format::Cve], options.largest_mib).await
}

/// Reads those members of the archive at the source's address that are in one of the `wanted` formats; the archive has
/// `largest` MiB at most.
pub(super) async fn archive(
    errand: &mut Errand<'_>,
    wanted: &'static [Format],
    largest: Option<u32>,
) -> Result<(), Trouble> {
    const ACCEPT: &str = "application/zip, application/octet-stream;q=0.9, */*;q=0.5";
    let url = errand.address()?;
    let held = validators(&errand.memory);
    let largest = largest.map(|mebibytes| u64::from(mebibytes) << 20);
    let Answer::Fresh(fetched) = errand.fetch_at_most(largest, url, ACCEPT, held).await? else {
        return Ok(());
    };
    let validators = fetched.validators.clone();
    let what = fetched.url.to_string();
    let (sender, mut received) = tokio::sync::mpsc::channel::<Read>(256);
    let walking = tokio::task::spawn_blocking(move || walk(&fetched, wanted, &sender));
    while let Some(read) = received.recv().await {
        match read {
            Ok(drafts) => {
                for draft in drafts {
                    errand.bring(draft).await?;
                }
            }
            Err(why) => errand.remark(why.sentence),
        }
    }
    let walked = walking.await.unwrap_or_else(|error| Err(Unreadable::new("reader failed", error)));
    walked.map_err(|why| Trouble::Read { what, why })?;
    remember(&mut errand.memory, &validators);
    Ok(())
}

/// The validators that were left in the memory.
pub(super) fn validators(memory: &serde_json::Value) -> Validators {
    let held = memory.get("validators").cloned().and_then(|held| serde_json::from_value(held).ok());
    held.unwrap_or_default()
}

/// Leaves validators in the memory.
pub(super) fn remember(memory: &mut serde_json::Value, validators: &Validators) {
    if let Some(memory) = object(memory) {
        memory.insert("validators".to_owned(), json!(validators));
    }
}

/// The memory as an object, made one where it is none yet.
pub(super) fn object(
    memory: &mut serde_json::Value,
) -> Option<&mut serde_json::Map<String, serde_json::Value>> {
    if !memory.is_object() {
        *memory = json!({});
    }
    memory.as_object_mut()
}

/// Parses a record with a library's panics contained, as one record must not end a round.
pub(super) fn contained(format: Format, bytes: &[u8], origin: &Origin<'_>) -> Read {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| format.parse(bytes, origin)))
        .unwrap_or_else(|_| Err(Unreadable::new("reader failed", "the reader of its format gave up on it")))
}

fn walk(
    fetched: &Fetched,
    wanted: &[Format],
    sender: &tokio::sync::mpsc::Sender<Read>,
) -> Result<(), Unreadable> {
    let name = fetched.url.path_segments().and_then(Iterator::last).unwrap_or_default();
    let flow =
        |sent: Result<(), _>| if sent.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
    let walked = walk_bytes(name, &fetched.bytes, &Limits::for_import(), &mut |visit| match visit {
        Visit::Member(member) => {
            let format = recognise(member.path, &member.bytes);
            if !wanted.contains(&format) {
                return ControlFlow::Continue(());
            }
            let read = contained(format, &member.bytes, &Origin::default());
            flow(sender.blocking_send(read.map_err(|why| within(member.path, &why))).map_err(drop))
        }
        Visit::Complaint(complaint) => {
            let why = Unreadable::new(complaint.problem.kind(), &complaint.problem);
            flow(sender.blocking_send(Err(within(&complaint.path, &why))).map_err(drop))
        }
    });
    walked.map(drop).map_err(|error| Unreadable::new("archive not read", error))
}

fn within(path: &str, why: &Unreadable) -> Unreadable {
    Unreadable { kind: why.kind, sentence: format!("{path}: {}", why.sentence) }
}

/// A single draft out of what a document holds.
pub(super) fn single(read: Read) -> Result<Draft, Unreadable> {
    read?.pop().ok_or_else(|| Unreadable::new("empty document", "it holds no entry"))
}
