//! Commands: what a person types in a terminal. One file a command.
//!
//! Results go to standard output, progress and trouble to standard error. Exit status: 0 done, 1 nothing found or
//! something failed along the way, 2 a package must not be installed, 64 what was typed has a mistake, 70 could not be done.

mod brief;
mod check;
mod crawl;
mod decide;
mod demo;
mod digest;
mod escalate;
mod estate;
mod import;
mod key;
mod reindex;
mod search;
mod serve;
mod source;
mod subscribe;
mod subscription;
mod terminal;
mod upgrade;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use index::knowledge::Knowledge;
use tracing_subscriber::EnvFilter;

use crate::settings::Settings;

/// Know what your vendor already said, before you run the upgrade.
#[derive(Debug, Parser)]
#[command(name = "forewarn", version, max_term_width = 100)]
struct Arguments {
    /// Settings file; without it, forewarn.toml is read where it exists
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the record and the search index, instead of the setting `data`
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Say more about what is done; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Search everything that was said: words, "phrases", identifiers, vendor:acme, severity:>=high, after:2025
    Search(search::Arguments),
    /// What lies between the version that runs and the one that is offered
    Upgrade(upgrade::Arguments),
    /// What is this file, who signed it, what is in it
    Check(check::Arguments),
    /// Whose key is this, since when, and where did they say so
    Key(key::Arguments),
    /// Record, list and compare what is so here: products, units, hosts, accounts, databases of an environment
    #[command(subcommand)]
    Estate(estate::Command),
    /// Everything that must be read before a package is installed
    Brief(brief::Arguments),
    /// Whom to call about a package or a key, and what to read out
    Escalate(escalate::Arguments),
    /// Accept, hold or refuse a package, by name and with a reason
    Decide(decide::Deciding),
    /// Write down what was seen of a version after it was installed
    Observe(decide::Observing),
    /// Reads one package; started by the program itself
    #[command(name = crate::inspection::COMMAND, hide = true)]
    InspectWorker,
    /// Ask the sources that are due, or those that are named alone
    Crawl(crawl::Arguments),
    /// Add, list and remove sources
    #[command(subcommand)]
    Source(source::Command),
    /// Read advisories and other documents from a folder, an archive or a file
    Import(import::Arguments),
    /// Be told of what is new, by mail, webhook or feed
    Subscribe(subscribe::Arguments),
    /// List and remove subscriptions
    #[command(subcommand)]
    Subscription(subscription::Command),
    /// Show what the next digests would say, or make and send what is due
    Digest(digest::Arguments),
    /// Build the search index again from the record
    Reindex(reindex::Arguments),
    /// Serve the pages and the API, and ask sources when they are due
    Serve(serve::Arguments),
    /// Show everything on an invented vendor world, without any network
    Demo(demo::Arguments),
}

/// How a command ended, when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Done.
    Well,
    /// Nothing was found, or something failed along the way and was said.
    Wanting,
    /// The package must not be installed, and why was said.
    Refused,
    /// What was typed cannot be understood, and that was said.
    Mistaken,
}

/// What was typed cannot be done as it was typed: the person has to type something else.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

impl Usage {
    /// A mistake, in a fragment that reads after "failed to".
    fn because(sentence: impl Into<String>) -> anyhow::Error {
        Self(sentence.into()).into()
    }
}

/// Exit status of a mistake in what was typed (`EX_USAGE` of sysexits.h).
const USAGE: u8 = 64;

/// Runs the program with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse_from(search::spelled_out(std::env::args_os())) {
        Ok(arguments) => arguments,
        Err(help) => {
            let wrong = help.use_stderr();
            let _ = help.print();
            return ExitCode::from(if wrong { USAGE } else { 0 });
        }
    };
    if matches!(arguments.command, Command::InspectWorker) {
        // Before anything else: no log, no threads, no settings.
        return crate::inspection::child::run();
    }
    log(&arguments);
    let ended = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(arguments)));
    match ended {
        Ok(End::Well) => ExitCode::SUCCESS,
        Ok(End::Wanting) => ExitCode::from(1),
        Ok(End::Refused) => ExitCode::from(2),
        Ok(End::Mistaken) => ExitCode::from(USAGE),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::say(&format!("forewarn: failed to {error:#}"));
            ExitCode::from(if error.is::<Usage>() { USAGE } else { 70 })
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<End> {
    let mut settings = Settings::read(arguments.config.as_deref())?;
    if let Some(data) = arguments.data {
        settings.data = data;
    }
    match arguments.command {
        Command::Search(arguments) => search::run(&open(&settings).await?, &arguments).await,
        Command::Check(arguments) => check::run(&settings, &arguments).await,
        Command::Key(arguments) => key::run(&open(&settings).await?, &settings, arguments).await,
        Command::Estate(command) => estate::run(&open(&settings).await?, command).await,
        Command::Brief(arguments) => brief::run(&open(&settings).await?, &settings, &arguments).await,
        Command::Escalate(arguments) => escalate::run(&open(&settings).await?, &settings, &arguments).await,
        Command::Decide(typed) => decide::decide(&open(&settings).await?, &settings, &typed).await,
        Command::Observe(typed) => decide::observe(&open(&settings).await?, &typed).await,
        Command::InspectWorker => Ok(End::Well),
        Command::Upgrade(arguments) => upgrade::run(&open(&settings).await?, &arguments).await,
        Command::Crawl(arguments) => crawl::run(&open(&settings).await?, &settings, &arguments).await,
        Command::Source(command) => source::run(&open(&settings).await?, &settings, command).await,
        Command::Import(arguments) => import::run(&open(&settings).await?, &arguments).await,
        Command::Subscribe(arguments) => subscribe::run(&open(&settings).await?, &settings, &arguments).await,
        Command::Subscription(command) => subscription::run(&open(&settings).await?, command).await,
        Command::Digest(arguments) => digest::run(&open(&settings).await?, &settings, &arguments).await,
        Command::Reindex(arguments) => reindex::run(&open(&settings).await?, &arguments).await,
        Command::Serve(arguments) => serve::run(settings, &arguments).await,
        Command::Demo(arguments) => demo::run(settings, &arguments).await,
    }
}

/// Environment variable with the address of the record, in builds with the feature `postgres`; it may hold a password.
const DATABASE: &str = "FOREWARN_DATABASE";

/// The record, where there is one already: nothing is made for a question.
async fn open_if_there(settings: &Settings) -> anyhow::Result<Option<Knowledge>> {
    let there = settings.data.join("record.sqlite").exists()
        || std::env::var(DATABASE).is_ok_and(|address| !address.is_empty());
    Ok(if there { Some(open(settings).await?) } else { None })
}

async fn open(settings: &Settings) -> anyhow::Result<Knowledge> {
    let address = std::env::var(DATABASE).ok().filter(|address| !address.is_empty());
    let knowledge = Knowledge::open_at(&settings.data, address.as_deref()).await?;
    Ok(knowledge.with_products(crawler::catalogue::products()))
}

fn log(arguments: &Arguments) {
    let serving = matches!(arguments.command, Command::Serve(_) | Command::Demo(_));
    let level = match (arguments.verbose, serving) {
        (0, false) => "error",
        (0, true) => "warn,web=info,crawler=info,index=info",
        (1, _) => "warn,web=info,crawler=info,index=info",
        (_, _) => "info,web=debug,crawler=debug,index=debug",
    };
    let filter = EnvFilter::try_from_env("FOREWARN_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_target(false)
        .with_ansi(terminal::colours(&io::stderr()))
        .try_init();
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
