//! `forewarn digest`: see what the next digests would say, or make and send what is due without serving.

use std::io::{self, Write as _};

use clap::Args;
use index::knowledge::Knowledge;
use index::subscription::{Standing, SubscriptionId};

use super::{End, Usage};
use crate::parts::digest::DigestView;
use crate::post::letter::as_text;
use crate::schedule;
use crate::serve::{SMTP_PASSWORD, post};
use crate::settings::Settings;
use crate::words::counted;

/// What can be asked.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(super) struct Arguments {
    /// Show what the next digest of each subscription would say now; nothing is sent or marked
    #[arg(long, group = "what")]
    preview: bool,
    /// Make the digests that are due, send everything that waits, and end
    #[arg(long, group = "what")]
    send: bool,
    /// Number of the subscription to preview; without one, each that is active
    #[arg(value_name = "NUMBER", requires = "preview")]
    id: Option<i64>,
}

/// Runs the command. Something that could not be sent ends it with status 1.
pub(super) async fn run(
    knowledge: &Knowledge,
    settings: &Settings,
    arguments: &Arguments,
) -> anyhow::Result<End> {
    if arguments.send {
        send(knowledge, settings).await
    } else {
        preview(knowledge, settings, arguments.id).await
    }
}

async fn send(knowledge: &Knowledge, settings: &Settings) -> anyhow::Result<End> {
    let password = std::env::var(SMTP_PASSWORD).ok();
    let post = post(knowledge, settings, password.as_deref())?;
    let made = post.compose().await?;
    let drained = post.drain().await?;
    let mut out = io::stdout().lock();
    let made = counted(u64::from(made), "digest", "digests");
    writeln!(
        out,
        "{made} made; {} sent, {} to be tried again, {} refused for good",
        drained.sent, drained.failed, drained.refused
    )?;
    Ok(if drained.failed + drained.refused == 0 { End::Well } else { End::Wanting })
}

async fn preview(knowledge: &Knowledge, settings: &Settings, id: Option<i64>) -> anyhow::Result<End> {
    let now = schedule::now();
    knowledge.match_new(now).await?;
    let ids: Vec<SubscriptionId> = match id {
        Some(id) => vec![SubscriptionId(id)],
        None => {
            let all = knowledge.subscriptions().await?;
            all.iter()
                .filter(|one| one.standing == Standing::Active && one.due.is_some())
                .map(|one| one.id)
                .collect()
        }
    };
    let mut out = io::stdout().lock();
    if ids.is_empty() {
        writeln!(out, "No subscription is active. `forewarn subscribe --to ADDRESS QUERY` makes one.")?;
        return Ok(End::Wanting);
    }
    for id in ids {
        let Some(digest) = knowledge.preview(id, now).await? else {
            let sentence =
                format!("find subscription {}: `forewarn subscription list` shows what there is", id.0);
            return Err(Usage::because(sentence));
        };
        writeln!(out, "{}", as_text(DigestView::of(&digest, &settings.site()))?)?;
    }
    Ok(End::Well)
}
