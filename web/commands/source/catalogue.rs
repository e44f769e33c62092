//! `forewarn source catalogue`, and adding a vendor's channels from there.

use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::Args;
use crawler::catalogue::{self, Listed};
use index::knowledge::Knowledge;
use index::source::{Kind, Source};

use crate::commands::terminal::say;
use crate::commands::{End, Usage};
use crate::schedule;
use crate::words::counted;

/// What is listed.
#[derive(Debug, Args)]
pub(in crate::commands) struct Arguments {
    /// Only vendors with this in their names, domains or products
    #[arg(value_name = "WORD")]
    word: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Lists vendors. None ends with status 1.
pub(super) fn list(arguments: &Arguments) -> anyhow::Result<End> {
    let word = arguments.word.as_deref().unwrap_or_default();
    let vendors = catalogue::matching(word);
    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &vendors).context("write the catalogue")?;
        writeln!(out)?;
    } else {
        let width = vendors.iter().map(|listed| listed.slug.len()).max().unwrap_or(0);
        for listed in &vendors {
            let mut kinds: Vec<&str> = listed.channels.iter().map(|channel| channel.kind.as_str()).collect();
            kinds.dedup();
            writeln!(out, "{:width$}  {:28}  {}", listed.slug, listed.name, kinds.join(", "))?;
        }
        match vendors.len() {
            0 => {
                say(&format!("No vendor of the catalogue has \"{word}\" in its names, domains or products."))
            }
            _ => say(
                "`forewarn source add VENDOR` adds the channels of one; with --dry-run it only says which.",
            ),
        }
    }
    Ok(if vendors.is_empty() { End::Wanting } else { End::Well })
}

/// Adds a vendor's channels; those of a kind that is not read yet are named.
pub(super) async fn add(
    knowledge: &Knowledge,
    name: &str,
    only: Option<Kind>,
    dry_run: bool,
) -> anyhow::Result<End> {
    let listed = catalogue::find(name).ok_or_else(|| unknown(name))?;
    let (sources, unread) = wanted(listed, only);
    let mut out = io::stdout().lock();
    for source in &sources {
        let (kind, standing) = (source.kind.as_str(), source.standing.as_str());
        writeln!(out, "{}  {kind}  {standing}  {}", source.slug, source.address)?;
    }
    drop(out);
    for name in unread {
        say(&format!("Not added, because this program does not read its kind yet: {name}"));
    }
    say(&format!("Addresses: {} ({}).", listed.confirmed.by, listed.confirmed.when));
    if sources.is_empty() {
        say(&format!("{} has no channel there that can be added.", listed.name));
        return Ok(End::Wanting);
    }
    let count = counted(sources.len() as u64, "source", "sources");
    if dry_run {
        say(&format!("{count} would be added; without --dry-run they are."));
        return Ok(End::Well);
    }
    knowledge.learn_vendor(&listed.vendor()).await?;
    for source in &sources {
        knowledge.add_source(source, schedule::now()).await?;
    }
    say(&format!("{count} of {} added. `forewarn crawl` asks what is due now.", listed.name));
    Ok(End::Well)
}

/// A vendor's channels as sources, and the names of those that cannot be read.
fn wanted(listed: &Listed, only: Option<Kind>) -> (Vec<Source>, Vec<String>) {
    let (mut sources, mut unread) = (Vec::new(), Vec::new());
    for channel in &listed.channels {
        match listed.source(channel) {
            Some(source) if only.is_none_or(|kind| kind == source.kind) => sources.push(source),
            None if only.is_none() => {
                unread.push(format!("{} ({}) {}", channel.name, channel.kind, channel.address));
            }
            _ => {}
        }
    }
    (sources, unread)
}

fn unknown(name: &str) -> anyhow::Error {
    let near = catalogue::nearest(name).map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
    Usage::because(format!(
        "find the vendor \"{name}\" in the catalogue{near} `forewarn source catalogue` lists them; a site is looked \
         at by its address, such as https://vendor.example; a local path needs --kind folder"
    ))
}
