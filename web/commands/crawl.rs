//! `forewarn crawl`: ask sources now.

use std::io::{self, Write as _};

use clap::Args;
use crawler::round::{Turn, round_of};
use index::canary::SLUG;
use index::knowledge::Knowledge;

use super::terminal::say;
use super::{End, Usage};
use crate::schedule;
use crate::serve::crawl;
use crate::settings::Settings;
use crate::words::counted;

/// What can be asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Sources to ask now, due or not, and no others; without any, those that are due
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    /// What came of it, as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command. A source that failed ends it with status 1.
pub(super) async fn run(
    knowledge: &Knowledge,
    settings: &Settings,
    arguments: &Arguments,
) -> anyhow::Result<End> {
    if arguments.sources.iter().any(|slug| slug == SLUG) {
        let sentence =
            "ask the canary: `forewarn serve` alone has one, and asks it at its start and once a day";
        return Err(Usage::because(sentence));
    }
    for slug in &arguments.sources {
        if !knowledge.ask_soon(slug, schedule::now()).await? {
            return Err(Usage::because(format!(
                "find the source \"{slug}\": `forewarn source list` shows what there is"
            )));
        }
    }
    let crawl = crawl(knowledge, settings)?;
    let ended = round_of(&crawl, &arguments.sources, &say_turn).await?;
    let mut out = io::stdout().lock();
    let recorded = ended.recorded;
    if arguments.json {
        let line = serde_json::json!({
            "sources": ended.sources, "failed": ended.failed,
            "new": recorded.new, "revised": recorded.revised, "known": recorded.known,
        });
        writeln!(out, "{line}")?;
    } else if ended.sources == 0 {
        writeln!(
            out,
            "No source is due. `forewarn crawl SOURCE` asks one at once; `forewarn source list` shows them."
        )?;
    } else {
        let sources = counted(ended.sources.into(), "source", "sources");
        writeln!(
            out,
            "{sources} asked, {} failed: {} new, {} revised, {} known",
            ended.failed, recorded.new, recorded.revised, recorded.known
        )?;
    }
    Ok(if ended.failed == 0 { End::Well } else { End::Wanting })
}

/// A line for each source as it ends.
pub(super) fn say_turn(turn: &Turn) {
    let end = &turn.end;
    match &end.failure {
        Some(failure) => say(&format!("{}: {failure}", turn.source)),
        None => say(&format!("{}: {} seen, {} new, {} revised", turn.source, end.seen, end.new, end.revised)),
    }
    for remark in &turn.remarks {
        say(&format!("  {remark}"));
    }
}
