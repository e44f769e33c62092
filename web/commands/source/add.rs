//! `forewarn source add`: one source as it is described, the channels of a vendor, or what a site is found to have.

use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use crawler::sources::mail;
use crawler::{discover, sources};
use index::knowledge::Knowledge;
use index::source::{Kind, Source, Standing};
use index::vendor::{Vendor, slug};
use url::Url;

use super::{catalogue, look};
use crate::commands::{End, Usage};
use crate::schedule;
use crate::settings::Settings;

/// A source to add.
#[derive(Debug, Args)]
pub(in crate::commands) struct Add {
    /// The address of a vendor's site, which is looked at; a vendor of the catalogue; or with --kind where the source is:
    /// a URL, or a path for the kind `folder`
    #[arg(value_name = "SITE|VENDOR|ADDRESS")]
    address: String,
    /// How it is read; without it, a site is looked at, and a vendor taken from the catalogue
    #[arg(long, value_parser = kinds())]
    kind: Option<Kind>,
    /// Of a site or a vendor, only the channels of this kind
    #[arg(long, value_parser = kinds(), value_name = "KIND", conflicts_with = "kind")]
    pub(super) only: Option<Kind>,
    /// Of what was found on a site, add these: numbers or short names parted by commas, or all
    #[arg(long, value_name = "WHICH", conflicts_with = "kind")]
    pub(super) take: Option<String>,
    /// What was found on a site, as JSON
    #[arg(long, conflicts_with = "kind")]
    pub(super) json: bool,
    /// Say what would be added, and add nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Its name; without it, the host or file name
    #[arg(long)]
    name: Option<String>,
    /// Name of the vendor that speaks there
    #[arg(long)]
    pub(super) vendor: Option<String>,
    /// On whose ground it speaks
    #[arg(long, value_parser = standings(), default_value = "third-party")]
    standing: Standing,
    /// Minutes between two rounds; 0 for a folder that is read only when asked
    #[arg(long, default_value_t = 60, value_name = "MINUTES")]
    every: u32,
    /// Allow addresses of private networks and of this machine
    #[arg(long)]
    pub(super) private_network: bool,
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
pub(super) async fn run(knowledge: &Knowledge, settings: &Settings, arguments: Add) -> anyhow::Result<End> {
    if let Some(kind) = arguments.kind {
        return one(knowledge, kind, arguments).await;
    }
    match discover::site(&arguments.address) {
        Some(site) => look::run(knowledge, settings, &site, &arguments).await,
        None => catalogue::add(knowledge, &arguments.address, arguments.only, arguments.dry_run).await,
    }
}

async fn one(knowledge: &Knowledge, kind: Kind, arguments: Add) -> anyhow::Result<End> {
    let now = schedule::now();
    let (named, dry_run) = (arguments.vendor.clone(), arguments.dry_run);
    let source = described(kind, arguments)?;
    sources::check(&source).map_err(|trouble| Usage::because(trouble.to_string()))?;
    let mut out = io::stdout().lock();
    if dry_run {
        writeln!(out, "{} would be added: {} {}", source.slug, source.kind.as_str(), source.address)?;
        return Ok(End::Well);
    }
    drop(out);
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
fn described(kind: Kind, arguments: Add) -> anyhow::Result<Source> {
    let local = kind == Kind::Folder || kind == Kind::Mail && !mail::is_remote(&arguments.address);
    let (address, guessed) = if local {
        let path = std::fs::canonicalize(&arguments.address)
            .with_context(|| format!("find {}", arguments.address))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        (path.display().to_string(), name)
    } else {
        let url = Url::parse(&arguments.address).ok();
        let spoken = |scheme: &str| {
            matches!(scheme, "http" | "https") || kind == Kind::Mail && matches!(scheme, "imap" | "imaps")
        };
        let web = url.filter(|url| spoken(url.scheme()) && url.has_host());
        let Some((url, host)) = web.and_then(|url| Some((url.clone(), url.host_str()?.to_owned()))) else {
            return Err(Usage::because(format!(
                "take the address \"{}\": it has to begin with https:// and name a host; a local path needs --kind folder",
                arguments.address
            )));
        };
        let private = match url.host() {
            Some(url::Host::Ipv4(address)) => {
                address.is_private() || address.is_loopback() || address.is_link_local()
            }
            Some(url::Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
            _ => host == "localhost",
        };
        if private && !arguments.private_network {
            return Err(Usage::because(format!(
                "take the address \"{}\": it is of a private network or this machine; --private-network allows that for this source",
                arguments.address
            )));
        }
        (url.to_string(), format!("{host} {}", kind.as_str()))
    };
    let name = arguments.name.unwrap_or(guessed);
    let options = match arguments.options {
        Some(json) => serde_json::from_str(&json).map_err(|error| {
            Usage::because(format!(
                "read --options {json} as JSON ({error}); it is written like --options '{{\"follow\": true}}'"
            ))
        })?,
        None => serde_json::Value::Null,
    };
    if slug(&name).is_empty() {
        return Err(Usage::because("name the source: --name needs at least one letter or digit"));
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
