//! What is known of a key, in a terminal.

use std::io::{self, Write};

use index::evidence::Evidence;
use index::keys::change::day;
use index::keys::pin::Pin;
use index::keys::view::KeyView;
use inspect::key::fact::Fact;
use jiff::Timestamp;

use super::super::terminal::Emphasis;
use crate::parts::key as part;

/// Lines of a list that are shown; JSON has all of them.
const SHOWN: usize = 12;

/// Shows one key.
pub(super) fn key(out: &mut impl Write, view: &KeyView) -> io::Result<()> {
    let emphasis = Emphasis::of_output();
    writeln!(out, "{}", emphasis.strong(&crate::words::fours(&view.asked)))?;
    if let Some(key) = &view.key {
        facts(out, &key.facts)?;
        let digits = key.facts.fingerprint.to_string();
        if digits != view.asked {
            writeln!(out, "  Key: {}", key.facts.fingerprint.grouped())?;
        }
    }
    for other in &view.others {
        writeln!(out, "  Also bears this name: {}", other.grouped())?;
    }
    writeln!(out, "  {}: {}", emphasis.strong("Whose"), part::whose(view))?;
    writeln!(out, "  {}: {}", emphasis.strong("State"), part::state(view))?;
    for foreseen in &view.foreseen {
        writeln!(out, "  {}: {}", emphasis.strong(foreseen.outlook.called()), foreseen.sentence)?;
    }
    said(out, view, emphasis)?;
    seen(out, view, emphasis)?;
    for near in &view.evidence.near {
        writeln!(out, "\n{}: {}", emphasis.strong("Not the same, and nearly so"), near.alike)?;
        let marked: Vec<String> = near
            .groups
            .iter()
            .map(|(group, differs)| if *differs { format!("[{group}]") } else { group.clone() })
            .collect();
        writeln!(out, "  {}", marked.join(" "))?;
    }
    if !view.unknown.is_empty() {
        writeln!(out, "\n{}", emphasis.strong("Not known"))?;
        for sentence in &view.unknown {
            writeln!(out, "  {sentence}")?;
        }
    }
    writeln!(out)
}

fn facts(out: &mut impl Write, facts: &Fact) -> io::Result<()> {
    writeln!(out, "  {}, {}", facts.kind.called(), facts.algorithm)?;
    for name in facts.names.iter().take(SHOWN) {
        let word = match (name.bound, name.revoked) {
            (_, true) => " (taken back)",
            (false, false) => " (not vouched for by the key)",
            (true, false) => "",
        };
        writeln!(out, "  Name: {}{word}", plain(&name.text))?;
    }
    for (name, value) in part::facts(facts) {
        writeln!(out, "  {name}: {}", plain(&value))?;
    }
    Ok(())
}

fn said(out: &mut impl Write, view: &KeyView, emphasis: Emphasis) -> io::Result<()> {
    let evidence = &view.evidence;
    writeln!(
        out,
        "\n{}",
        emphasis.strong(&format!("What was said of it: best evidence {}", evidence.best.as_str()))
    )?;
    if evidence.conflicting {
        writeln!(
            out,
            "  The sources disagree: one that speaks for the vendor says that it is revoked or not theirs."
        )?;
    }
    for one in evidence.evidence.iter().take(SHOWN) {
        evidence_line(out, one)?;
    }
    for alarm in &evidence.alarms {
        writeln!(out, "  {alarm}")?;
    }
    if let Some(freshness) = &evidence.freshness {
        writeln!(out, "  {}", freshness.sentence)?;
    }
    Ok(())
}

fn evidence_line(out: &mut impl Write, one: &Evidence) -> io::Result<()> {
    let judgement = &one.judgement;
    let said = one.said.map_or_else(|| "undated".to_owned(), date);
    writeln!(
        out,
        "  {} {}, {said}, {}",
        judgement.grade.as_str(),
        judgement.stance.as_str(),
        judgement.role.as_str()
    )?;
    writeln!(out, "    {} ({})", plain(&one.title), one.source_name)?;
    if !judgement.quote.is_empty() {
        writeln!(out, "    \"{}\"", plain(&judgement.quote))?;
    }
    if let Some(link) = &one.link {
        writeln!(out, "    {}", plain(link))?;
    }
    if let Some(missing) = &judgement.missing {
        writeln!(out, "    For the next grade: {missing}")?;
    }
    for warning in &judgement.warnings {
        writeln!(out, "    Odd: {warning}")?;
    }
    Ok(())
}

fn seen(out: &mut impl Write, view: &KeyView, emphasis: Emphasis) -> io::Result<()> {
    if !view.sightings.is_empty() {
        writeln!(out, "\n{}", emphasis.strong("Seen"))?;
    }
    for one in view.sightings.iter().take(SHOWN) {
        let until = match one.missing_since {
            Some(since) => format!("missing since {}", date(since)),
            None => format!("last on {}", date(one.last_seen)),
        };
        writeln!(
            out,
            "  {} to {}: {} ({})",
            date(one.first_seen),
            until,
            plain(one.package().map_or(one.place.as_str(), |(_, path)| path)),
            one.package().map_or_else(
                || one.way.called().to_owned(),
                |(digest, _)| format!("{} {digest}", one.way.called())
            )
        )?;
    }
    for change in view.changes.iter().take(SHOWN) {
        let detail =
            if change.detail.is_empty() { String::new() } else { format!(": {}", plain(&change.detail)) };
        writeln!(out, "  {}: it {}{detail}", date(change.first_at), change.what.called())?;
    }
    for package in view.packages.iter().take(SHOWN) {
        writeln!(out, "  Signed: {} ({})", plain(&package.name), package.digest)?;
    }
    for one in &view.pins {
        writeln!(out, "\n{} {}: {}", emphasis.strong("Pin"), one.id, one.standing())?;
        pin(out, one)?;
    }
    Ok(())
}

/// A pin, indented.
pub(super) fn pin(out: &mut impl Write, pin: &Pin) -> io::Result<()> {
    writeln!(out, "  {} counts for {}", pin.fingerprint.grouped(), pin.bound)?;
    writeln!(out, "  {} by {}, over {}: {}", date(pin.made), pin.made_by, pin.channel, pin.reason)?;
    if let (Some(by), Some(at)) = (&pin.second_by, pin.second_at) {
        writeln!(out, "  {} agreed by {by}", date(at))?;
    }
    if let (Some(at), Some(by), Some(why)) = (pin.undone, &pin.undone_by, &pin.undone_why) {
        writeln!(out, "  {} undone by {by}: {why}", date(at))?;
    }
    Ok(())
}

fn date(at: Timestamp) -> String {
    day(at.as_second())
}

/// A stranger's text on one line and without what a terminal obeys.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(400).collect()
}
