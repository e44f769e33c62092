//! `forewarn source`: add, list and remove sources.

use std::io::{self, Write as _};

use anyhow::{Context as _, bail};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use index::answer::SourceView;
use index::knowledge::Knowledge;
use index::source::{Kind, Source, Standing};
use index::vendor::{Vendor, slug};
use url::Url;

use super::End;
use crate::moment::ago;
use crate::schedule;
use crate::words::count;

/// What can be done with sources.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a source, or change one of that name
    Add(Add),
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

/// A source to add.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// Where it is: a URL, or a path for the kind `folder`
    address: String,
    /// How it is read
    #[arg(long, value_parser = kinds())]
    kind: Kind,
    /// Its name; without it, the host or file name
    #[arg(long)]
    name: Option<String>,
    /// Name of the vendor that speaks there
    #[arg(long)]
    vendor: Option<String>,
    /// On whose ground it speaks
    #[arg(long, value_parser = standings(), default_value = "third-party")]
    standing: Standing,
    /// Minutes between two rounds; 0 for a folder that is read only when asked
    #[arg(long, default_value_t = 60, value_name = "MINUTES")]
    every: u32,
    /// Allow addresses of private networks and of this machine
    #[arg(long)]
    private_network: bool,
    /// Settings of its kind as JSON, such as {"follow": true} for a feed or {"item": "li.advisory"} for a page
    #[arg(long, value_name = "JSON")]
    options: Option<String>,
}

/// The kinds as they are typed, each with what it reads.
fn kinds() -> impl TypedValueParser<Value = Kind> {
    let values = Kind::ALL.map(|kind| PossibleValue::new(kind.as_str()).help(kind.described()));
    PossibleValuesParser::new(values).try_map(|word| Kind::from_word(&word).ok_or("no such kind"))
}

/// The standings as they are typed, each with what it means.
fn standings() -> impl TypedValueParser<Value = Standing> {
    let values =
        Standing::ALL.map(|standing| PossibleValue::new(standing.as_str()).help(standing.described()));
    PossibleValuesParser::new(values).try_map(|word| Standing::from_word(&word).ok_or("no such standing"))
}

/// Runs the command.
pub(super) async fn run(knowledge: &Knowledge, command: Command) -> anyhow::Result<End> {
    match command {
        Command::Add(arguments) => add(knowledge, arguments).await,
        Command::List { json } => list(knowledge, json).await,
        Command::Remove { slug } => remove(knowledge, &slug).await,
    }
}

async fn add(knowledge: &Knowledge, arguments: Add) -> anyhow::Result<End> {
    let now = schedule::now();
    let named = arguments.vendor.clone();
    let source = described(arguments)?;
    if let Some(vendor) = source.vendor.as_deref()
        && knowledge.vendor(vendor).await?.is_none()
    {
        let domains = Url::parse(&source.address).ok().and_then(|url| url.host_str().map(str::to_owned));
        let domains =
            if source.standing == Standing::Vendor { domains.into_iter().collect() } else { Vec::new() };
        let name = named.unwrap_or_else(|| vendor.to_owned());
        knowledge
            .add_vendor(&Vendor { slug: vendor.to_owned(), name, domains, contacts: Vec::new() })
            .await?;
    }
    knowledge.add_source(&source, now).await?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{} was added. `forewarn crawl {}` asks it now; `forewarn serve` asks it regularly.",
        source.slug, source.slug
    )?;
    Ok(End::Well)
}

/// The source that the arguments describe.
fn described(arguments: Add) -> anyhow::Result<Source> {
    let kind = arguments.kind;
    let (address, guessed) = if kind == Kind::Folder {
        let path = std::fs::canonicalize(&arguments.address)
            .with_context(|| format!("find {}", arguments.address))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        (path.display().to_string(), name)
    } else {
        let url = Url::parse(&arguments.address).ok();
        let web = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let Some((url, host)) = web.and_then(|url| Some((url.clone(), url.host_str()?.to_owned()))) else {
            bail!(
                "take the address \"{}\": it has to begin with https:// and name a host; a local path needs --kind folder",
                arguments.address
            );
        };
        let private = match url.host() {
            Some(url::Host::Ipv4(address)) => {
                address.is_private() || address.is_loopback() || address.is_link_local()
            }
            Some(url::Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
            _ => host == "localhost",
        };
        if private && !arguments.private_network {
            bail!(
                "take the address \"{}\": it is of a private network or this machine; --private-network allows that for this source",
                arguments.address
            );
        }
        (url.to_string(), format!("{host} {}", kind.as_str()))
    };
    let name = arguments.name.unwrap_or(guessed);
    let options = match arguments.options {
        Some(json) => serde_json::from_str(&json).with_context(|| {
            format!("read --options {json} as JSON; it is written like --options '{{\"follow\": true}}'")
        })?,
        None => serde_json::Value::Null,
    };
    if slug(&name).is_empty() {
        bail!("name the source: --name needs at least one letter or digit");
    }
    Ok(Source {
        slug: slug(&name),
        name,
        vendor: arguments.vendor.as_deref().map(slug),
        kind,
        address,
        standing: arguments.standing,
        every_minutes: arguments.every,
        private_network: arguments.private_network,
        options,
    })
}

async fn list(knowledge: &Knowledge, json: bool) -> anyhow::Result<End> {
    let now = schedule::now();
    let sources: Vec<_> = knowledge.sources().await?.into_iter().map(|source| source.at(now)).collect();
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &sources).context("write the sources")?;
        writeln!(out)?;
        return Ok(End::Well);
    }
    if sources.is_empty() {
        writeln!(
            out,
            "There is no source yet. `forewarn source add https://… --kind feed` adds one; `forewarn import FOLDER` reads local files."
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
    Ok(End::Well)
}

async fn remove(knowledge: &Knowledge, slug: &str) -> anyhow::Result<End> {
    if !knowledge.remove_source(slug).await? {
        bail!("find the source \"{slug}\": `forewarn source list` shows what there is");
    }
    writeln!(io::stdout().lock(), "{slug} is not asked any more. What it said stays and is found.")?;
    Ok(End::Well)
}
