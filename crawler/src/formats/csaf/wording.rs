//! The text and the remedy of a CSAF document: its notes, then each vulnerability under a heading.
//!
//! Refuses legal disclaimers, which drown what was said; they stay in the evidence.

use serde::Deserialize;

use crate::formats::csaf::vulnerability::Vulnerability;
use crate::formats::lenient::Word;

/// A note (section 3.1.5).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Note<'a> {
    #[serde(borrow)]
    category: Word<'a>,
    #[serde(borrow)]
    title: Word<'a>,
    #[serde(borrow)]
    text: Word<'a>,
}

/// The whole text: summaries, descriptions, details, other notes; then what is said of each vulnerability.
pub(super) fn text(notes: &[Note<'_>], vulnerabilities: &[Vulnerability<'_>]) -> String {
    let mut text = String::new();
    add_notes(&mut text, notes);
    for vulnerability in vulnerabilities {
        let other = vulnerability.ids.iter().find_map(|id| id.text.said());
        let id = vulnerability.cve.said().or(other);
        let named = [id, vulnerability.title.said().filter(|title| id != Some(*title))];
        let heading = named.into_iter().flatten().collect::<Vec<_>>().join(": ");
        if !heading.is_empty() {
            paragraph(&mut text, &format!("## {}", one_line(&heading)));
        }
        add_notes(&mut text, &vulnerability.notes);
    }
    text
}

/// What to do, each advice once.
pub(super) fn remedy(vulnerabilities: &[Vulnerability<'_>]) -> String {
    let mut remedy = String::new();
    let mut told = std::collections::HashSet::new();
    for advice in vulnerabilities.iter().flat_map(|vulnerability| vulnerability.remediations.iter()) {
        let details = advice.details.said();
        let url = advice.url.said().filter(|url| !details.is_some_and(|details| details.contains(url)));
        let sentence = [details, url].into_iter().flatten().collect::<Vec<_>>().join("\n");
        if sentence.is_empty() || !told.insert(sentence.clone()) {
            continue;
        }
        match advice.category.said().filter(|category| *category != "vendor_fix") {
            Some(category) => paragraph(&mut remedy, &format!("{}: {sentence}", category.replace('_', " "))),
            None => paragraph(&mut remedy, &sentence),
        }
    }
    remedy
}

fn add_notes(text: &mut String, notes: &[Note<'_>]) {
    let rank = |note: &&Note<'_>| match &*note.category {
        "summary" => 0,
        "description" => 1,
        "details" => 2,
        _ => 3,
    };
    let mut notes: Vec<&Note<'_>> =
        notes.iter().filter(|note| &*note.category != "legal_disclaimer").collect();
    notes.sort_by_key(rank);
    let mut above = None;
    for note in notes {
        let Some(said) = note.text.said() else { continue };
        let heading = note.title.said().filter(|title| !title.eq_ignore_ascii_case(&note.category));
        // A vendor that cuts one section into a note for each paragraph gives them all its heading.
        if let Some(heading) = heading.filter(|heading| above != Some(*heading)) {
            paragraph(text, &format!("## {}", one_line(heading)));
        }
        above = heading;
        paragraph(text, said);
    }
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn paragraph(text: &mut String, part: &str) {
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(part);
}
