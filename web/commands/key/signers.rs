//! What the record of this machine knows of who signed a package, for `forewarn check`.

use std::io::{self, Write};

use index::knowledge::Knowledge;
use inspect::inspection::Inspection;
use inspect::signature::keys::Known;

use super::super::terminal::Emphasis;
use super::show::plain;
use crate::parts::key as part;
use crate::schedule;
use crate::settings::Settings;

/// Signers that are looked up.
const MOST: usize = 10;

/// The record in the folder of the settings, where there is one: a check alone makes none.
async fn at_hand(settings: &Settings) -> anyhow::Result<Option<Knowledge>> {
    if !settings.data.join("record.sqlite").is_file() {
        return Ok(None);
    }
    Ok(Some(Knowledge::open(&settings.data).await?))
}

/// The keys that the record knows; none where there is no record at hand.
pub(in crate::commands) async fn keys(settings: &Settings) -> anyhow::Result<Vec<Known>> {
    let Some(knowledge) = at_hand(settings).await? else { return Ok(Vec::new()) };
    let keys = knowledge.known_keys().await?;
    knowledge.close().await;
    Ok(keys)
}

/// Lines on each signer; none where there is no record at hand.
pub(in crate::commands) async fn known(
    settings: &Settings,
    inspection: &Inspection,
) -> anyhow::Result<Vec<(String, Vec<String>)>> {
    let Some(knowledge) = at_hand(settings).await? else { return Ok(Vec::new()) };
    knowledge.follow().await?;
    let (now, mut told) = (schedule::now(), Vec::new());
    let mut names: Vec<String> = Vec::new();
    for fact in inspection.signatures.iter().take(MOST) {
        let full = fact.certificate.or(fact.signer).map(|key| key.written());
        names.extend(full.or_else(|| fact.called.clone()).filter(|name| !names.contains(name)));
    }
    for name in names {
        let Some(view) = knowledge.key(name.as_bytes(), now).await? else { continue };
        let digits = view
            .key
            .as_ref()
            .map_or_else(|| crate::words::fours(&view.asked), |key| key.facts.fingerprint.grouped());
        let mut lines = vec![
            format!("whose: {}", part::whose(&view)),
            format!("state: {}", part::state(&view)),
            format!("best evidence: {}", view.evidence.best.as_str()),
        ];
        if let Some(best) = view.evidence.evidence.first() {
            lines.push(format!("{}: \"{}\"", plain(&best.title), plain(&best.judgement.quote)));
            lines.extend(best.link.as_deref().map(plain));
        }
        lines.extend(view.unknown.iter().map(|sentence| format!("not known: {sentence}")));
        told.push((digits, lines));
    }
    knowledge.close().await;
    Ok(told)
}

/// Shows them.
pub(in crate::commands) fn show(out: &mut impl Write, told: &[(String, Vec<String>)]) -> io::Result<()> {
    let emphasis = Emphasis::of_output();
    for (digits, lines) in told {
        writeln!(out, "\n{} {digits}", emphasis.strong("Key"))?;
        for line in lines {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}
