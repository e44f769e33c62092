//! `forewarn demo`: everything at once on an invented vendor world on this machine. No other machine is contacted.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use crawler::fetch::Reach;
use crawler::round::round;
use index::knowledge::Knowledge;

mod story;

use super::End;
use super::crawl::say_turn;
use super::terminal::say;
use crate::guard::access::Access;
use crate::looking::Looking;
use crate::schedule;
use crate::serve::{Work, asked_to_stop, crawl, listen, post, serve};
use crate::settings::Settings;
use crate::world::World;
use crate::world::serve::serve as serve_world;

/// The pause between two requests to a host of the invented world: it is ours, and nobody waits for manners.
const INTERVAL: Duration = Duration::from_millis(5);

/// What can be asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Address and port of the pages
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Crawl once, say what was found, and end
    #[arg(long)]
    once: bool,
}

/// Runs the command until it is asked to stop.
pub(super) async fn run(mut settings: Settings, arguments: &Arguments) -> anyhow::Result<End> {
    anyhow::ensure!(
        arguments.listen.ip().is_loopback(),
        "show the demo on {}: it is for this machine alone; `--listen 127.0.0.1:0` takes any free port",
        arguments.listen
    );
    settings.crawl.host_interval_milliseconds = u32::try_from(INTERVAL.as_millis())?;
    let listening = listen(arguments.listen).await?;
    let world = serve_world(World::new(schedule::now())).await?;
    let folder = tempfile::tempdir()?;
    let knowledge = Knowledge::open(folder.path()).await?;
    for (vendor, sources) in world.sources() {
        knowledge.add_vendor(&vendor).await?;
        for source in sources {
            knowledge.add_source(&source, schedule::now()).await?;
        }
    }
    let story = story::begin(&knowledge, &world.world().halvard, &settings).await?;
    say("An invented vendor world is asked over HTTP on this machine:");
    let crawl = crawl(&knowledge, &settings)?;
    let ended = round(&crawl, &say_turn).await?;
    say(&format!("{} entries were recorded and can be searched.", ended.recorded.new));
    story::told(&knowledge, &story).await?;
    if arguments.once {
        knowledge.close().await;
        return Ok(if ended.failed == 0 { End::Well } else { End::Wanting });
    }
    let address = listening.address;
    say(&format!("Open http://{address}/ in a browser. Search for: signing certificate changed"));
    say(&format!("The upgrade that arrived is at http://{address}/packages/{}", story.upgrade));
    say("Ctrl-C stops it; what was recorded is then removed.");
    // The invented sites lie on this machine, and can be looked at like any vendor's.
    let looking = Looking::new(crawl.door.clone(), Reach::Private);
    settings.web.listen = address;
    settings.mail.host.clear();
    settings.mail.folder = folder.path().join("mail").to_string_lossy().into_owned();
    let post = post(&knowledge, &settings, None)?;
    let work = Work { crawl: Some(crawl), looking, post };
    serve(listening, knowledge, &settings, Access::Loopback, work, asked_to_stop()).await?;
    world.stop().await;
    say("Stopped.");
    Ok(End::Well)
}
