//! `forewarn import`: read local files into the record.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use crawler::import::{Imported, import};
use index::knowledge::Knowledge;

use super::End;
use super::terminal::{LINE_EVERY, Progress};
use crate::schedule;
use crate::words::{count, counted};

/// What can be asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A folder, an archive (zip, tar, also compressed) or a single document
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Threads that read; without it, one for each core
    #[arg(long, value_name = "NUMBER")]
    threads: Option<usize>,
    /// Where standard error is no terminal, write a line each time this many more entries are recorded for good
    #[arg(long, value_name = "NUMBER", default_value_t = LINE_EVERY, hide = true)]
    progress_every: u64,
    /// What came of it, as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command. Files that could not be read end it with status 1.
pub(super) async fn run(knowledge: &Knowledge, arguments: &Arguments) -> anyhow::Result<End> {
    let progress = Progress::new(None, arguments.progress_every);
    let cores = || std::thread::available_parallelism().map_or(2, usize::from);
    let threads = arguments.threads.unwrap_or_else(cores).max(1);
    let told = |imported: &Imported| {
        let total = imported.total();
        progress.done(total.new + total.revised + total.known, "entries recorded");
    };
    let imported = import(knowledge, &arguments.path, threads, schedule::now(), &told).await?;
    progress.finish();
    let mut out = io::stdout().lock();
    if arguments.json {
        let total = imported.total();
        let line = serde_json::json!({
            "new": total.new, "revised": total.revised, "known": total.known,
            "sources": imported.sources, "skipped": imported.skipped, "unread": imported.unread,
        });
        serde_json::to_writer_pretty(&mut out, &line).context("write what came of it")?;
        writeln!(out)?;
    } else {
        show(&mut out, &imported)?;
    }
    Ok(if imported.unread.is_empty() { End::Well } else { End::Wanting })
}

fn show(out: &mut impl Write, imported: &Imported) -> io::Result<()> {
    for (source, counts) in &imported.sources {
        writeln!(
            out,
            "{source}: {} new, {} revised, {} known",
            count(counts.new),
            count(counts.revised),
            count(counts.known)
        )?;
    }
    let total = imported.total();
    writeln!(
        out,
        "In all: {} new, {} revised, {} known",
        count(total.new),
        count(total.revised),
        count(total.known)
    )?;
    if !imported.skipped.is_empty() {
        writeln!(out, "Nothing to read in {}:", counted(imported.skipped(), "file", "files"))?;
        for (reason, files) in &imported.skipped {
            writeln!(out, "  {:>8}  {reason}", count(*files))?;
        }
    }
    if !imported.unread.is_empty() {
        writeln!(out, "Could not be read: {}", counted(imported.unread(), "file", "files"))?;
        for (kind, trouble) in &imported.unread {
            writeln!(out, "  {:>8}  {kind}", count(trouble.files))?;
            for example in &trouble.examples {
                writeln!(out, "            {example}")?;
            }
        }
    }
    Ok(())
}
