//! `forewarn source`: add, list and remove sources, choose from the catalogue, pass lists on.

use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::Subcommand;
use index::answer::SourceView;
use index::knowledge::Knowledge;

use super::{End, Usage};
use crate::moment::ago;
use crate::schedule;
use crate::settings::Settings;
use crate::words::count;

mod add;
mod catalogue;
mod exchange;
mod look;

/// What can be done with sources.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Look at a vendor's site and add what it has; add a vendor of the catalogue, or one source by its address and kind
    Add(add::Add),
    /// List the vendors of the catalogue and their channels
    Catalogue(catalogue::Arguments),
    /// Write every source as TOML, or the feeds as OPML
    Export(exchange::Export),
    /// Add the sources of a list in TOML or OPML
    Import(exchange::Import),
    /// List sources and how each is doing
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Stop asking a source; what it said stays
    Remove {
        /// Its short name
        #[arg(value_name = "SOURCE")]
        slug: String,
    },
}

/// Runs the command.
pub(super) async fn run(knowledge: &Knowledge, settings: &Settings, command: Command) -> anyhow::Result<End> {
    match command {
        Command::Add(arguments) => add::run(knowledge, settings, arguments).await,
        Command::Catalogue(arguments) => catalogue::list(&arguments),
        Command::Export(arguments) => exchange::export(knowledge, &arguments).await,
        Command::Import(arguments) => exchange::import(knowledge, &arguments).await,
        Command::List { json } => list(knowledge, json).await,
        Command::Remove { slug } => remove(knowledge, &slug).await,
    }
}

async fn list(knowledge: &Knowledge, json: bool) -> anyhow::Result<End> {
    let now = schedule::now();
    let sources: Vec<_> = knowledge.sources().await?.into_iter().map(|source| source.at(now)).collect();
    let notices = knowledge.what_is_not_normal(now).await?;
    let canary = knowledge.canary().await?;
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &sources).context("write the sources")?;
        writeln!(out)?;
        return Ok(End::Well);
    }
    for notice in &notices {
        writeln!(out, "{}: {}", notice.weight.as_str(), notice.sentence)?;
    }
    if sources.is_empty() {
        writeln!(
            out,
            "There is no source yet. `forewarn source add VENDOR` adds a vendor's channels, `forewarn source catalogue` lists vendors; `forewarn import FOLDER` reads local files."
        )?;
    }
    let width =
        |of: fn(&SourceView) -> &str| sources.iter().map(|view| of(view).chars().count()).max().unwrap_or(0);
    let (names, states) = (width(|view| &view.source.slug), width(|view| view.state.as_str()));
    for view in &sources {
        let seen = view
            .health
            .last_succeeded
            .map_or_else(|| "no answer yet".to_owned(), |at| format!("answered {}", ago(at, now)));
        writeln!(
            out,
            "{:names$}  {:9}  {:states$}  {:>7} {}  {seen}",
            view.source.slug,
            view.source.kind.as_str(),
            view.state.as_str(),
            count(u64::try_from(view.health.entries).unwrap_or(0)),
            if view.health.entries == 1 { "entry  " } else { "entries" },
        )?;
        let sentence = crate::parts::source::sentence(view, now);
        if !sentence.is_empty() {
            writeln!(out, "{:names$}  {sentence}", "")?;
        }
    }
    if let Some(proved) = canary.and_then(|canary| canary.proved) {
        writeln!(out, "The canary last came through {}.", ago(proved, now))?;
    }
    Ok(End::Well)
}

async fn remove(knowledge: &Knowledge, slug: &str) -> anyhow::Result<End> {
    if !knowledge.remove_source(slug).await? {
        let sentence = format!("find the source \"{slug}\": `forewarn source list` shows what there is");
        return Err(Usage::because(sentence));
    }
    writeln!(io::stdout().lock(), "{slug} is not asked any more. What it said stays and is found.")?;
    Ok(End::Well)
}
