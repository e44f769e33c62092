//! `forewarn decide PACKAGE accept|hold|refuse` and `forewarn observe PRODUCT VERSION TEXT`: what people here say themselves.
//!
//! Both are recorded by name and date, and are found by the next search. A later decision is a further one.

use anyhow::Context as _;
use clap::Args;
use crawler::house;
use index::decision::Mistake;
use index::knowledge::Knowledge;

use super::terminal::say;
use super::{End, Usage, brief};
use crate::schedule;
use crate::settings::Settings;

/// A decision.
#[derive(Debug, Args)]
pub(super) struct Deciding {
    /// A file, or the digest of a package that arrived, or at least six digits of its beginning
    package: String,
    /// accept, hold or refuse
    outcome: String,
    /// Who decides
    #[arg(long, value_name = "NAME", default_value = "")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

/// An observation.
#[derive(Debug, Args)]
pub(super) struct Observing {
    /// The product, as its packages call it
    product: String,
    /// The version that runs
    version: String,
    /// What was seen
    text: String,
    /// Who saw it
    #[arg(long, value_name = "NAME", default_value = "")]
    by: String,
}

/// Records a decision.
pub(super) async fn decide(
    knowledge: &Knowledge,
    settings: &Settings,
    typed: &Deciding,
) -> anyhow::Result<End> {
    let deciding = house::deciding(&typed.outcome, &typed.by, &typed.reason);
    let deciding = deciding.map_err(|mistake| wrong("decide", &mistake))?;
    let digest = brief::found(knowledge, settings, &typed.package, None).await?;
    let about = knowledge.about(&digest).await?.context("find the package that was just there")?;
    let now = schedule::now();
    let draft = house::decision(&about, &deciding, now);
    let decision = knowledge.decide(about, &deciding, draft, now).await?;
    knowledge.follow().await?;
    say(&format!(
        "{} by {}: {} (entry {}).",
        decision.outcome.past(),
        decision.by,
        decision.about.name,
        decision.entry.0
    ));
    Ok(End::Well)
}

/// Records an observation.
pub(super) async fn observe(knowledge: &Knowledge, typed: &Observing) -> anyhow::Result<End> {
    let observing = house::observing(&typed.product, &typed.version, &typed.text, &typed.by);
    let observing = observing.map_err(|mistake| wrong("write an observation down", &mistake))?;
    let now = schedule::now();
    let draft = house::observation(&observing, now);
    let seen = knowledge.observe(&observing, draft, now).await?;
    knowledge.follow().await?;
    say(&format!(
        "Written down for {} {} by {} (entry {}).",
        seen.product, seen.version, seen.by, seen.entry.0
    ));
    Ok(End::Well)
}

fn wrong(what: &str, mistake: &Mistake) -> anyhow::Error {
    let field = match mistake.field {
        "by" => " (--by NAME)",
        "reason" => " (--reason TEXT)",
        _ => "",
    };
    Usage::because(format!("{what}: {}{field}", mistake.sentence))
}
