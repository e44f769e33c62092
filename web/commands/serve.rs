//! `forewarn serve`: the pages and the API, and the clock that asks sources when they are due.

use std::net::SocketAddr;

use clap::Args;
use crawler::fetch::{Door, Reach};

use super::End;
use super::terminal::say;
use crate::looking::Looking;
use crate::serve::{SMTP_PASSWORD, TOKEN, Work, access, asked_to_stop, crawl, listen, post, serve};
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
    let door = match &crawl {
        Some(crawl) => crawl.door.clone(),
        None => Door::new(settings.politeness())?,
    };
    let looking = Looking::new(door, Reach::Public);
    let address = listening.address;
    settings.web.listen = address;
    let password = std::env::var(SMTP_PASSWORD).ok();
    let post = post(&knowledge, &settings, password.as_deref())?;
    say(&format!("Forewarn serves http://{address}/ from {}; Ctrl-C stops it.", settings.data.display()));
    if knowledge.totals().await?.sources == 0 {
        say(
            "There is no source yet: `forewarn source add https://VENDOR` looks at a site, /sources in a browser does too.",
        );
    }
    let work = Work { crawl, looking, post };
    serve(listening, knowledge, &settings, access, work, asked_to_stop()).await?;
    say("Stopped.");
    Ok(End::Well)
}
