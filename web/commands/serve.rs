//! `forewarn serve`: the pages and the API, and the clock that asks sources when they are due.

use std::net::SocketAddr;

use clap::Args;

use super::End;
use super::terminal::say;
use crate::serve::{SMTP_PASSWORD, TOKEN, access, asked_to_stop, crawl, listen, post, serve};
use crate::settings::Settings;

/// What can be asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Address and port, instead of the setting web.listen
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

/// Runs the command until it is asked to stop.
pub(super) async fn run(mut settings: Settings, arguments: &Arguments) -> anyhow::Result<End> {
    if let Some(address) = arguments.listen {
        settings.web.listen = address;
    }
    let token = std::env::var(TOKEN).ok();
    let access = access(&settings, token.as_deref())?;
    let listening = listen(settings.web.listen).await?;
    let knowledge = super::open(&settings).await?;
    let crawl = settings.crawl.enabled.then(|| crawl(&knowledge, &settings)).transpose()?;
    let address = listening.address;
    settings.web.listen = address;
    let password = std::env::var(SMTP_PASSWORD).ok();
    let post = post(&knowledge, &settings, password.as_deref())?;
    say(&format!("Forewarn serves http://{address}/ from {}; Ctrl-C stops it.", settings.data.display()));
    if knowledge.totals().await?.sources == 0 {
        say("There is no source yet: `forewarn source add https://… --kind feed` adds one.");
    }
    serve(listening, knowledge, &settings, access, crawl, post, asked_to_stop()).await?;
    say("Stopped.");
    Ok(End::Well)
}
