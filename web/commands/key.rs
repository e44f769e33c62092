//! `forewarn key ANYTHING`: whose key is this, since when, where did they say so? And decisions about keys.
//!
//! Exit status: 0 the key is known and nothing speaks against it, 1 it is not known or something is to be looked at, 2 it was
//! revoked as compromised. Nothing here makes a key count for anything but `key pin`, by name and with a reason.

mod decide;
pub(super) mod import;
mod outcome;
mod show;

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use index::keys::HOUSE;
use index::keys::change::What;
use index::keys::view::KeyView;
use index::knowledge::Knowledge;
use inspect::key::openpgp::Revocation;
use jiff::Timestamp;

use super::terminal::say;
use super::{End, Usage};
use crate::schedule;
use crate::settings::Settings;
use crate::words::counted;

/// What can be asked.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// A fingerprint in any spelling, a key file, a certificate, an error text, or a package
    #[arg(required = true, num_args = 1..)]
    asked: Vec<String>,
    /// The answer as JSON
    #[arg(long)]
    json: bool,
}

/// What can be done about keys.
#[derive(Debug, Subcommand)]
enum Command {
    /// Keys in use that the ledger knows, what is foreseen of them, and pins
    List(decide::List),
    /// Note the keys in keyrings, bundles, key stores, KEYS files, lists and roots; folders are read with what is in them
    Import(import::Arguments),
    /// Decide that a key counts for something: by name, with a reason, over a channel
    Pin(decide::Pin),
    /// Agree as a second person to a pin that waits for one
    Agree(decide::Agree),
    /// Undo a pin
    Unpin(decide::Unpin),
    /// Record what came of a call
    Outcome(outcome::Outcome),
}

/// Runs the command.
pub(super) async fn run(
    knowledge: &Knowledge,
    settings: &Settings,
    arguments: Arguments,
) -> anyhow::Result<End> {
    match arguments.command {
        Some(Command::List(list)) => decide::list(knowledge, &list).await,
        Some(Command::Import(import)) => import::run(knowledge, &import).await,
        Some(Command::Pin(pin)) => decide::pin(knowledge, &pin).await,
        Some(Command::Agree(agree)) => decide::agree(knowledge, &agree).await,
        Some(Command::Unpin(unpin)) => decide::unpin(knowledge, &unpin).await,
        Some(Command::Outcome(outcome)) => outcome::record(knowledge, &outcome).await,
        None => ask(knowledge, settings, &arguments.asked, arguments.json).await,
    }
}

async fn ask(
    knowledge: &Knowledge,
    settings: &Settings,
    asked: &[String],
    json: bool,
) -> anyhow::Result<End> {
    knowledge.follow().await?;
    let now = schedule::now();
    let mut views = Vec::new();
    for pasted in questions(settings, asked).await? {
        views.extend(knowledge.key(&pasted, now).await?);
    }
    if views.is_empty() {
        return Err(Usage::because(
            "find a key in that: it takes a fingerprint, a key id, a file with keys, or a signed package",
        ));
    }
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &views).context("write the answer")?;
        writeln!(out)?;
    } else {
        for view in &views {
            show::key(&mut out, view)?;
        }
    }
    Ok(views
        .iter()
        .map(end)
        .max_by_key(|end| matches!(end, End::Wanting) as u8 + 2 * u8::from(*end == End::Refused))
        .unwrap_or(End::Wanting))
}

/// What is asked: the words together, or what a file holds: each key of it, or the signers of a package.
async fn questions(settings: &Settings, asked: &[String]) -> anyhow::Result<Vec<Vec<u8>>> {
    let [only] = asked else { return Ok(vec![asked.join(" ").into_bytes()]) };
    let path = PathBuf::from(only);
    if !path.is_file() {
        return Ok(vec![only.clone().into_bytes()]);
    }
    let bytes = import::bounded(&path)?;
    let found = inspect::key::reading::read(&bytes, schedule::now().as_second());
    if !found.keys.is_empty() {
        for remark in found.remarks {
            say(&format!("{}: {remark}", path.display()));
        }
        // The facts are asked again by name, so that the ledger's merged copy is shown where there is one.
        let one = |key: &inspect::key::reading::Found| key.fact.fingerprint.written().into_bytes();
        return Ok(match found.keys.as_slice() {
            [_] => vec![bytes],
            several => several.iter().map(one).collect(),
        });
    }
    import::signers(settings, &path).await
}

/// What is known has changed: verdicts are judged again, what became of them is recorded as an entry, and so those who watch
/// are told.
async fn judged_again(knowledge: &Knowledge, now: Timestamp) -> anyhow::Result<()> {
    knowledge.follow().await?;
    let became = crawler::ledger::judge_again(knowledge, now).await?;
    if became > 0 {
        knowledge.follow().await?;
        let verdicts = counted(became.into(), "verdict on a package", "verdicts on packages");
        println!("{verdicts} became another one: forewarn search source:{HOUSE}");
    }
    Ok(())
}

/// How the question ended, by the key's own state and what was said of it.
fn end(view: &KeyView) -> End {
    let Some(key) = &view.key else { return End::Wanting };
    if key.facts.revoked == Revocation::Hard {
        return End::Refused;
    }
    let at = view.at.as_second();
    let odd = key.facts.revoked != Revocation::None
        || key.facts.is_expired(at)
        || view.evidence.conflicting
        || view.vendors.is_empty()
        || view.changes.iter().any(|change| change.what == What::Replaced);
    if odd { End::Wanting } else { End::Well }
}
