//! `forewarn source export` and `import`: lists of sources that are passed on.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use crawler::exchange::{self, List};
use index::knowledge::Knowledge;
use index::vendor::Vendor;

use crate::commands::terminal::say;
use crate::commands::{End, Usage};
use crate::schedule;
use crate::words::counted;

/// How a list is written.
#[derive(Debug, Args)]
pub(in crate::commands) struct Export {
    /// As OPML, which holds feeds alone
    #[arg(long)]
    opml: bool,
}

/// What list is read.
#[derive(Debug, Args)]
pub(in crate::commands) struct Import {
    /// A list in TOML, as `export` writes it, or OPML
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Say what would be added, and add nothing
    #[arg(long)]
    dry_run: bool,
}

/// Writes every source; what OPML leaves out is named.
pub(super) async fn export(knowledge: &Knowledge, arguments: &Export) -> anyhow::Result<End> {
    let sources: Vec<_> = knowledge.sources().await?.into_iter().map(|view| view.source).collect();
    let mut vendors: Vec<Vendor> = Vec::new();
    for slug in sources.iter().filter_map(|source| source.vendor.as_deref()) {
        if !vendors.iter().any(|vendor| vendor.slug == slug)
            && let Some(view) = knowledge.vendor(slug).await?
        {
            vendors.push(view.vendor);
        }
    }
    let list = List { vendors, sources };
    let mut out = io::stdout().lock();
    if !arguments.opml {
        let text = exchange::to_toml(&list).map_err(anyhow::Error::msg).context("write the list")?;
        out.write_all(text.as_bytes())?;
        return Ok(End::Well);
    }
    let (text, others) = exchange::to_opml(&list);
    out.write_all(text.as_bytes())?;
    if !others.is_empty() {
        say(&format!(
            "OPML holds feeds alone. Left out: {}. Standing, schedule and options of feeds are left out too; without \
             --opml everything is written.",
            others.join(", ")
        ));
    }
    Ok(End::Well)
}

/// Adds every source of a list, or none.
pub(super) async fn import(knowledge: &Knowledge, arguments: &Import) -> anyhow::Result<End> {
    let file = arguments.file.display();
    let length = std::fs::metadata(&arguments.file).with_context(|| format!("read {file}"))?.len();
    if length > exchange::LARGEST as u64 {
        return Err(Usage::because(format!(
            "read {file}: it is larger than {} MiB",
            exchange::LARGEST >> 20
        )));
    }
    let text = std::fs::read_to_string(&arguments.file).with_context(|| format!("read {file}"))?;
    let list = exchange::read(&text).map_err(|why| anyhow::anyhow!("read {file}: {why}"))?;
    let count = counted(list.sources.len() as u64, "source", "sources");
    let mut out = io::stdout().lock();
    for source in &list.sources {
        writeln!(out, "{}  {}  {}", source.slug, source.kind.as_str(), source.address)?;
    }
    drop(out);
    if arguments.dry_run {
        say(&format!("{count} would be added; without --dry-run they are."));
        return Ok(End::Well);
    }
    for vendor in &list.vendors {
        knowledge.add_vendor(vendor).await?;
    }
    for source in &list.sources {
        if let Some(slug) = source.vendor.as_deref()
            && knowledge.vendor(slug).await?.is_none()
        {
            let (slug, name) = (slug.to_owned(), slug.to_owned());
            knowledge.add_vendor(&Vendor { slug, name, domains: Vec::new(), contacts: Vec::new() }).await?;
        }
        knowledge.add_source(source, schedule::now()).await?;
    }
    say(&format!("{count} added. `forewarn crawl` asks what is due now."));
    Ok(End::Well)
}
