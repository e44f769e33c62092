//! `forewarn reindex`: build the search index again from the record; a serving program takes it over by itself.

use std::io::{self, Write as _};

use clap::Args;
use index::knowledge::Knowledge;

use super::End;
use super::terminal::{LINE_EVERY, Progress};
use crate::words::counted;

/// What can be asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What came of it, as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) async fn run(knowledge: &Knowledge, arguments: &Arguments) -> anyhow::Result<End> {
    let progress = Progress::new(Some(0), LINE_EVERY);
    let told = |done, of| {
        progress.extent(of);
        progress.done(done, "entries indexed");
    };
    let entries = knowledge.reindex(&told).await?;
    progress.finish();
    let mut out = io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::json!({ "entries": entries }))?;
    } else {
        writeln!(out, "The search index was built again from {}.", counted(entries, "entry", "entries"))?;
    }
    Ok(End::Well)
}
