//! What a source would bring: its own reader is let loose once, and stopped after a few entries.
//!
//! Records nothing. What the reader remembers is thrown away. A reader that fails, or that has no time left, leaves its
//! sentence instead.

use index::entry::Draft;
use index::source::{Kind, Source};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::fetch::Door;
use crate::formats::phrase::cut;
use crate::sources::{self, Errand};

/// Entries that make a sample.
const ENTRIES: usize = 3;
/// Bytes of a title.
const TITLE: usize = 120;

/// What a source would bring, as far as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The first entries.
    pub entries: Vec<Glimpse>,
    /// Why there are none or few, in one sentence without a full stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
}

/// One entry of a sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glimpse {
    /// Its title.
    pub title: String,
    /// When it was published or last updated, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<Timestamp>,
}

/// How a reading went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It brought something, or ended well without.
    Read,
    /// It failed.
    Failed,
    /// There was no time left, and nothing had come.
    Late,
}

/// Reads a source once, until it has brought a few entries or the time is over.
pub(super) async fn take(door: &Door, mut source: Source, now: Timestamp, until: Instant) -> (Sample, Ended) {
    source.options = smaller(source.kind, source.options);
    let (drafts, mut taken) = mpsc::channel(1);
    let mut errand = errand(&source, door, now, drafts);
    let mut entries = Vec::new();
    let ended = {
        let reading = sources::read(&mut errand);
        tokio::pin!(reading);
        loop {
            tokio::select! {
                biased;
                Some(draft) = taken.recv() => {
                    entries.push(glimpse(&draft));
                    if entries.len() >= ENTRIES {
                        break Some(Ok(()));
                    }
                }
                ended = &mut reading => break Some(ended),
                () = sleep_until(until) => break None,
            }
        }
    };
    while let Ok(draft) = taken.try_recv() {
        entries.push(glimpse(&draft));
    }
    let (sentence, ended) = match ended {
        None if entries.is_empty() => (Some("there was no time left to read it".to_owned()), Ended::Late),
        _ if !entries.is_empty() => (None, Ended::Read),
        Some(Err(trouble)) => (Some(format!("failed to {trouble}")), Ended::Failed),
        _ => {
            let said = errand.remarks.first().cloned();
            (said.or_else(|| Some("it was read and says nothing yet".to_owned())), Ended::Read)
        }
    };
    (Sample { entries, sentence: sentence.map(|said| cut(&said, 400).to_owned()) }, ended)
}

/// An errand that remembers nothing.
pub(super) fn errand<'a>(
    source: &'a Source,
    door: &'a Door,
    now: Timestamp,
    drafts: mpsc::Sender<Draft>,
) -> Errand<'a> {
    let memory = serde_json::Value::Null;
    Errand {
        source,
        door,
        now,
        memory,
        drafts,
        seen: 0,
        facts: None,
        sights: Vec::new(),
        remarks: Vec::new(),
        symptom: None,
    }
}

/// The options under which a reader looks at no more than a sample needs.
fn smaller(kind: Kind, options: serde_json::Value) -> serde_json::Value {
    let few = match kind {
        Kind::Discourse => serde_json::json!({ "topics": ENTRIES }),
        Kind::Forum => serde_json::json!({ "threads": ENTRIES, "pages": 1 }),
        _ => return options,
    };
    match (options, few) {
        (serde_json::Value::Object(mut given), serde_json::Value::Object(few)) => {
            given.extend(few);
            given.into()
        }
        (_, few) => few,
    }
}

fn glimpse(draft: &Draft) -> Glimpse {
    let statement = &draft.statement;
    Glimpse {
        title: cut(statement.title.as_str(), TITLE).to_owned(),
        dated: statement.published.or(statement.updated),
    }
}
