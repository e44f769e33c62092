//! `forewarn subscription`: list and remove subscriptions, and try a refused address again.

use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::Subcommand;
use index::knowledge::Knowledge;
use index::subscription::{Standing, SubscriptionId};

use super::{End, Usage};
use crate::moment::ago;
use crate::schedule;

/// What can be done with subscriptions.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List subscriptions, how each is doing, and when its next digest is due
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// End a subscription; what was sent of it stays recorded
    Remove {
        /// Its number
        #[arg(value_name = "NUMBER")]
        id: i64,
    },
    /// Send again to an address that had refused for good
    Retry {
        /// Its number
        #[arg(value_name = "NUMBER")]
        id: i64,
    },
}

/// Runs the command.
pub(super) async fn run(knowledge: &Knowledge, command: Command) -> anyhow::Result<End> {
    match command {
        Command::List { json } => list(knowledge, json).await,
        Command::Remove { id } => {
            if !knowledge.unsubscribe(SubscriptionId(id)).await? {
                return Err(unknown(id));
            }
            writeln!(io::stdout().lock(), "Subscription {id} is ended. Nothing more is sent of it.")?;
            Ok(End::Well)
        }
        Command::Retry { id } => {
            if !knowledge.resume(SubscriptionId(id), schedule::now()).await? {
                let sentence = format!(
                    "send again for subscription {id}: it refuses nothing; `forewarn subscription list` shows how each is doing"
                );
                return Err(Usage::because(sentence));
            }
            writeln!(io::stdout().lock(), "Subscription {id} is sent to again.")?;
            Ok(End::Well)
        }
    }
}

fn unknown(id: i64) -> anyhow::Error {
    Usage::because(format!("find subscription {id}: `forewarn subscription list` shows what there is"))
}

async fn list(knowledge: &Knowledge, json: bool) -> anyhow::Result<End> {
    let now = schedule::now();
    let all = knowledge.subscriptions().await?;
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &all).context("write the subscriptions")?;
        writeln!(out)?;
        return Ok(End::Well);
    }
    if all.is_empty() {
        writeln!(
            out,
            "There is no subscription yet. `forewarn subscribe --to team@example.com --vendor VENDOR` makes one."
        )?;
    }
    for one in &all {
        let due = match one.due {
            Some(due) if one.standing == Standing::Active => format!(", next {}", ago(due, now)),
            _ => String::new(),
        };
        writeln!(out, "{:>4}  {:11}  {}", one.id.0, one.standing.as_str(), one.wanted.name)?;
        let (to, rhythm) = (one.wanted.recipient.shown(), one.wanted.rhythm.in_words());
        writeln!(out, "      {to}, {rhythm}{due}")?;
        if let Some(sentence) = &one.sentence {
            writeln!(out, "      {sentence}")?;
        }
    }
    Ok(End::Well)
}
