//! What to say on the telephone: the script for one key or package, with every known value filled in, as Markdown.
//!
//! Contacts come from what was recorded before the day, never from the package, the mail, the announcement or a search.
//! Their number and ours are for a person to fill in; what is not known is said.

mod steps;

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::collision::Collision;
use crate::evidence::identifier::Identifier;
use crate::keys::change::day;
use crate::keys::judged::Signer;
use crate::keys::view::KeyView;
use crate::package::Package;
use crate::vendor::{Try, Vendor};

/// Evidence that is named.
const NAMED: usize = 5;

/// What the script is filled in with.
#[derive(Debug)]
pub struct Known<'a> {
    /// The key; absent where nothing is signed, or nothing names the key.
    pub view: Option<&'a KeyView>,
    /// The vendor.
    pub vendor: Option<&'a Vendor>,
    /// When its contacts were tried, the newest first.
    pub tries: &'a [Try],
    /// The package that it signed, with the verdict.
    pub package: Option<(&'a Package, Option<&'a Signer>)>,
    /// What the package assumes that is not so here.
    pub collisions: &'a [Collision],
    /// When it is written.
    pub at: Timestamp,
}

impl Known<'_> {
    /// The key in groups of four, or as it was asked for.
    fn digits(&self) -> Option<String> {
        let view = self.view?;
        let asked =
            || Identifier::all_in(&view.asked).first().map_or(view.asked.clone(), Identifier::grouped);
        Some(view.key.as_ref().map_or_else(asked, |key| key.facts.fingerprint.grouped()))
    }
}

/// The script.
#[must_use]
pub fn script(known: &Known<'_>) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = header(&mut text, known)
        .and_then(|()| here(&mut text, known))
        .and_then(|()| steps::all(&mut text, known));
    text
}

/// A stranger's text on one line, inert in Markdown.
fn line(text: &str) -> String {
    let flat = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300);
    flat.flat_map(|c| {
        matches!(c, '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '\\')
            .then_some('\\')
            .into_iter()
            .chain([c])
    })
    .collect()
}

fn header(out: &mut String, known: &Known<'_>) -> std::fmt::Result {
    let vendor = known.vendor.map_or_else(|| "not known".to_owned(), |vendor| line(&vendor.name));
    writeln!(out, "# Call about {}\n", if known.view.is_some() { "a signing key" } else { "a package" })?;
    writeln!(out, "- Vendor: {vendor}")?;
    writeln!(out, "- Contract number: ______")?;
    if let Some((package, signer)) = known.package {
        writeln!(out, "- File: {}", line(&package.name))?;
        writeln!(out, "- SHA-256: {}", package.digest)?;
        writeln!(out, "- Arrived: {}", package.first_seen.strftime("%Y-%m-%d %H:%M UTC"))?;
        if let Some(signer) = signer {
            let (first, now) = (signer.first.key.shown(), signer.latest.key.shown());
            writeln!(out, "- Key state on arrival: {first}; now: {now}")?;
            writeln!(out, "- Why: {}", signer.latest.reason)?;
        }
    }
    let digits =
        known.digits().unwrap_or_else(|| "none: nothing is signed by a key that is named".to_owned());
    writeln!(out, "- Key as it was received: {digits}")?;
    if let Some(view) = known.view {
        writeln!(out, "- Best evidence: {}", view.evidence.best.as_str())?;
    }
    writeln!(out, "- Written: {}", known.at.strftime("%Y-%m-%d %H:%M UTC"))?;
    writeln!(out, "- Deadline: ______, owner: ______, deputy: ______\n")
}

/// What is known here, so that nobody has to look it up during the call.
fn here(out: &mut String, known: &Known<'_>) -> std::fmt::Result {
    let Some(view) = known.view else { return Ok(()) };
    writeln!(out, "## What is known here\n")?;
    for one in view.evidence.evidence.iter().take(NAMED) {
        let judgement = &one.judgement;
        let said = one.said.map_or_else(|| "undated".to_owned(), |at| day(at.as_second()));
        let (grade, stance) = (judgement.grade.as_str(), judgement.stance.as_str());
        let (source, quote) = (line(&one.source_name), line(&judgement.quote));
        writeln!(out, "- {grade} {stance}, {said}, {source}: \"{quote}\"")?;
    }
    for near in &view.evidence.near {
        let groups = near
            .groups
            .iter()
            .map(|(group, differs)| if *differs { format!("**{group}**") } else { group.clone() });
        let groups = groups.collect::<Vec<_>>().join(" ");
        writeln!(out, "- Beware of one that nearly is it: {groups} ({})", near.alike)?;
    }
    if let Some(freshness) = &view.evidence.freshness {
        writeln!(out, "- {}", freshness.sentence)?;
    }
    for unknown in &view.unknown {
        writeln!(out, "- Not known: {unknown}")?;
    }
    writeln!(out)
}
