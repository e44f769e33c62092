//! The story that the demo shows: an upgrade arrives before anybody has read the forum in which its key was announced.

use std::io::{Seek as _, Write as _};

use anyhow::Context as _;
use crawler::house;
use index::estate::Origin;
use index::estate::reading::read;
use index::knowledge::Knowledge;
use index::package::Way;
use inspect::reading::Question;
use inspect::signature::reading::Beside;

use crate::arrival::Packages;
use crate::commands::terminal::say;
use crate::schedule;
use crate::settings::Settings;
use crate::world::halvard::Halvard;
use crate::world::halvard::packages::{ESTATE, Sent};

/// The environment that the packages are held against.
const ENVIRONMENT: &str = "production";

/// What has happened before the world is asked.
pub(super) struct Story {
    /// The digest of the upgrade.
    pub(super) upgrade: String,
}

/// What is so here is recorded; the version that runs has arrived and was accepted; the upgrade arrives.
pub(super) async fn begin(
    knowledge: &Knowledge,
    halvard: &Halvard,
    settings: &Settings,
) -> anyhow::Result<Story> {
    let now = schedule::now();
    let (facts, format) = read(ESTATE.as_bytes(), None).context("read the demo's estate")?;
    let origin = Origin { from: "estate.toml".to_owned(), format: format.called().to_owned(), at: now };
    knowledge.import_estate(ENVIRONMENT, vec![(facts, origin)], now).await?;
    let packages = Packages::new(&settings.packages);
    let running = arrive(&packages, knowledge, halvard.running(now)).await?;
    let reason = "it has run here since spring";
    let deciding = house::deciding("accept", "the demo", reason)
        .map_err(|mistake| anyhow::anyhow!("accept what runs: {}", mistake.sentence))?;
    let about = knowledge.about(&running).await?.context("find what runs")?;
    let draft = house::decision(&about, &deciding, now);
    knowledge.decide(about, &deciding, draft, now).await?;
    let upgrade = arrive(&packages, knowledge, halvard.upgrade(now)).await?;
    let story = Story { upgrade };
    say("An upgrade arrives, gateway-6.0.0.tgz, before anything was read:");
    told(knowledge, &story).await?;
    Ok(story)
}

/// Says what is known of who signed the upgrade.
pub(super) async fn told(knowledge: &Knowledge, story: &Story) -> anyhow::Result<()> {
    for signer in knowledge.verdicts(&story.upgrade, schedule::now()).await? {
        say(&format!("  its key is: {}; {}", signer.latest.key.shown(), signer.latest.reason));
        if let Some(best) = &signer.latest.best {
            say(&format!(
                "  \u{201c}{}\u{201d} ({}, grade {})",
                best.quote,
                best.title,
                signer.latest.evidence.as_str()
            ));
        }
    }
    Ok(())
}

/// Has a package read and recorded, as if somebody had sent it; answers its digest.
async fn arrive(packages: &Packages, knowledge: &Knowledge, sent: Sent) -> anyhow::Result<String> {
    let mut file = tempfile::tempfile().context("make a file for a package")?;
    file.write_all(&sent.bytes).and_then(|()| file.rewind()).context("write a package")?;
    let now = schedule::now();
    let signature = Beside { name: sent.signature_name, bytes: sent.signature };
    let question =
        Question { name: sent.name, signature: Some(signature), at: now.as_second(), ..Question::default() };
    Ok(packages.inspect(knowledge, file, question, None, Way::Command, now).await?.digest)
}
