//! `forewarn key outcome`: what came of a call about a key.
//!
//! What came of a call is an entry of the house, which the next search finds; it is never evidence about the key.

use clap::Args;
use crawler::ledger::{Said, say};
use index::knowledge::Knowledge;
use index::vendor::Try;

use super::super::{End, Usage};
use crate::schedule;

/// What came of it.
#[derive(Debug, Args)]
pub(super) struct Outcome {
    /// The full fingerprint, in any spelling
    #[arg(required = true, num_args = 1..)]
    key: Vec<String>,
    /// The vendor that was called, by its short name
    #[arg(long, value_name = "NAME")]
    vendor: String,
    /// The contact that was tried, as it is recorded
    #[arg(long, value_name = "ADDRESS")]
    contact: String,
    /// Who called
    #[arg(long, value_name = "NAME")]
    by: String,
    /// What came of it: confirmed, mismatch, nobody answered, and in which words
    #[arg(long, value_name = "TEXT")]
    outcome: String,
}

/// Records what came of a call.
pub(super) async fn record(knowledge: &Knowledge, asked: &Outcome) -> anyhow::Result<End> {
    let now = schedule::now();
    let typed = asked.key.join(" ");
    let fingerprint = inspect::key::Fingerprint::parse(&typed)
        .map_err(|_| Usage::because("record a call: it takes the full fingerprint, nothing shorter"))?;
    let Some(vendor) = knowledge.vendor(&asked.vendor).await?.map(|view| view.vendor) else {
        let why = format!("find the vendor {}: no vendor of this short name is recorded here", asked.vendor);
        return Err(Usage::because(why));
    };
    let tried = Try {
        address: asked.contact.clone(),
        at: now,
        who: asked.by.clone(),
        outcome: asked.outcome.clone(),
    };
    knowledge.tried_contact(&vendor.slug, &tried).await?;
    let known = vendor.contacts.iter().any(|contact| contact.address == asked.contact);
    let odd = if known { "" } else { "\n- This contact was not recorded before the call." };
    let said = Said {
        id: format!("call/{}/{}", fingerprint.written(), now.as_millisecond()),
        title: format!("{}: called about a key: {}", vendor.name, asked.outcome),
        text: format!(
            "- Key: {}\n- Contact: {}\n- Called by: {}\n- Outcome: {}{odd}",
            fingerprint.grouped(),
            asked.contact,
            asked.by,
            asked.outcome
        ),
        vendor: Some(if index::vendor::slug(&vendor.name) == vendor.slug {
            vendor.name
        } else {
            vendor.slug
        }),
        at: now,
    };
    say(knowledge, &[said], now).await?;
    knowledge.follow().await?;
    println!("Recorded. It is found by: forewarn search key:{fingerprint}");
    Ok(End::Well)
}
