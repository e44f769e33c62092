//! `forewarn key pin`, `agree`, `unpin` and `list`: what people decided about keys.

use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::Args;
use index::keys::pin::{Bound, Draft, Purpose};
use index::knowledge::Knowledge;
use inspect::key::Fingerprint;
use jiff::civil;

use super::super::terminal::Emphasis;
use super::super::{End, Usage};
use crate::schedule;

/// What is listed.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Of this vendor alone, by its short name
    #[arg(long, value_name = "NAME")]
    vendor: Option<String>,
    /// Pins alone, undone ones too
    #[arg(long)]
    pins: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What a pin is made of.
#[derive(Debug, Args)]
pub(super) struct Pin {
    /// The full fingerprint, in any spelling
    #[arg(required = true, num_args = 1..)]
    fingerprint: Vec<String>,
    /// Whose key it is, by the vendor's short name
    #[arg(long, value_name = "NAME")]
    vendor: String,
    /// For this product alone
    #[arg(long, value_name = "NAME")]
    product: Option<String>,
    /// What it signs: package, repository, mail, commit, timestamp
    #[arg(long, value_name = "WORD", default_value = "package")]
    purpose: String,
    /// From this version on
    #[arg(long, value_name = "VERSION")]
    from_version: Option<String>,
    /// Up to this version
    #[arg(long, value_name = "VERSION")]
    to_version: Option<String>,
    /// The last day on which it counts without being looked at again, as 2027-01-31
    #[arg(long, value_name = "DAY")]
    review: Option<civil::Date>,
    /// Who decides
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Over which channel it was confirmed
    #[arg(long, value_name = "TEXT")]
    channel: String,
    /// It counts only when a second person agrees
    #[arg(long)]
    second_person: bool,
}

/// Who agrees to which pin.
#[derive(Debug, Args)]
pub(super) struct Agree {
    /// The pin's number
    pin: i64,
    /// Who agrees
    #[arg(long, value_name = "NAME")]
    by: String,
}

/// Who undoes which pin, and why.
#[derive(Debug, Args)]
pub(super) struct Unpin {
    /// The pin's number
    pin: i64,
    /// Who decides
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Records a pin.
pub(super) async fn pin(knowledge: &Knowledge, asked: &Pin) -> anyhow::Result<End> {
    let typed = asked.fingerprint.join(" ");
    let fingerprint = Fingerprint::parse(&typed)
        .map_err(|_| Usage::because("pin a key: it takes the full fingerprint, nothing shorter"))?;
    let purpose = Purpose::ALL.into_iter().find(|one| one.as_str() == asked.purpose).ok_or_else(|| {
        let words: Vec<&str> = Purpose::ALL.iter().map(|one| one.as_str()).collect();
        Usage::because(format!(
            "understand the purpose \"{}\": it is one of {}",
            asked.purpose,
            words.join(", ")
        ))
    })?;
    let draft = Draft {
        fingerprint,
        bound: Bound {
            vendor: asked.vendor.clone(),
            product: asked.product.clone(),
            purpose,
            from_version: asked.from_version.clone(),
            to_version: asked.to_version.clone(),
            review: asked.review,
        },
        by: asked.by.clone(),
        reason: asked.reason.clone(),
        channel: asked.channel.clone(),
        two: asked.second_person,
    };
    let now = schedule::now();
    let id = knowledge.pin_key(&draft, now).await?;
    println!("Pin {id}: {} counts for {}", fingerprint.grouped(), draft.bound);
    if draft.two {
        println!("It waits for a second person: forewarn key agree {id} --by NAME");
    }
    println!("To undo it: forewarn key unpin {id} --by NAME --reason TEXT");
    super::judged_again(knowledge, now).await?;
    Ok(End::Well)
}

/// Records that a second person agrees.
pub(super) async fn agree(knowledge: &Knowledge, asked: &Agree) -> anyhow::Result<End> {
    let now = schedule::now();
    knowledge.second_pin(asked.pin, &asked.by, now).await?;
    println!("Pin {} counts now: {} agreed", asked.pin, asked.by);
    super::judged_again(knowledge, now).await?;
    Ok(End::Well)
}

/// Undoes a pin.
pub(super) async fn unpin(knowledge: &Knowledge, asked: &Unpin) -> anyhow::Result<End> {
    let now = schedule::now();
    knowledge.unpin(asked.pin, &asked.by, &asked.reason, now).await?;
    println!("Pin {} is undone; the list of pins keeps it", asked.pin);
    super::judged_again(knowledge, now).await?;
    Ok(End::Well)
}

/// Keys in use and pins.
pub(super) async fn list(knowledge: &Knowledge, asked: &List) -> anyhow::Result<End> {
    let now = schedule::now();
    let vendor = asked.vendor.as_deref();
    let keys = if asked.pins { Vec::new() } else { knowledge.keys(vendor, 1_000, now).await? };
    let pins = knowledge.pins(None, vendor).await?;
    let mut out = io::stdout().lock();
    if asked.json {
        let answer = serde_json::json!({ "keys": keys, "pins": pins });
        serde_json::to_writer_pretty(&mut out, &answer).context("write the answer")?;
        writeln!(out)?;
        return Ok(End::Well);
    }
    let emphasis = Emphasis::of_output();
    for line in &keys {
        let facts = &line.key.facts;
        writeln!(out, "{}", facts.fingerprint.grouped())?;
        let vendors = if line.vendors.is_empty() { "no vendor".to_owned() } else { line.vendors.join(", ") };
        let name = super::show::plain(facts.name().unwrap_or("no name"));
        writeln!(out, "  {}; {}; {name}", vendors, facts.algorithm)?;
        for foreseen in &line.foreseen {
            writeln!(out, "  {}: {}", emphasis.strong(foreseen.outlook.called()), foreseen.sentence)?;
        }
    }
    for pin in &pins {
        writeln!(out, "{} {}: {}", emphasis.strong("Pin"), pin.id, pin.standing())?;
        super::show::pin(&mut out, pin)?;
    }
    if keys.is_empty() && pins.is_empty() {
        writeln!(
            out,
            "No key is known here. `forewarn key import /usr/share/keyrings` notes those of this machine."
        )?;
        return Ok(End::Wanting);
    }
    Ok(End::Well)
}
