//! A brief as Markdown, for a ticket; what strangers wrote is set so that it stays text.

use std::fmt::Write as _;

use index::brief::Brief;

use super::{Item, Section, claimed, sections, weight};
use crate::parts::package::size;
use crate::parts::upgrade::inert;

/// The whole brief. `site` is the beginning of links to its pages; empty where there is none.
pub(crate) fn markdown(brief: &Brief, site: &str) -> String {
    let package = &brief.package;
    let mut text = format!("# {}\n\n{}\n\n", inert(&package.name), inert(&claimed(brief)));
    // Writing to a text does not fail.
    let _ = writeln!(text, "- Size: {}\n- SHA-256: `{}`", size(package.size), package.digest);
    if !site.is_empty() {
        let _ = writeln!(text, "- Brief: {site}/packages/{}", package.digest);
    }
    let _ = write!(text, "\n## Verdict\n\n");
    for (name, field) in brief.verdict.all() {
        let _ = writeln!(text, "- **{name}** ({}): {}", weight(field), inert(&field.in_words()));
    }
    for section in sections(brief) {
        part(&mut text, &section, site);
    }
    text
}

fn part(text: &mut String, section: &Section, site: &str) {
    let number = section.items.len() + section.folded.len();
    let counted = if number > 0 && !section.ordered { format!(" ({number})") } else { String::new() };
    let _ = write!(text, "\n## {}{counted}\n\n", inert(&section.title));
    for sentence in &section.intro {
        let _ = writeln!(text, "{}.\n", inert(sentence));
    }
    for (at, item) in section.items.iter().chain(&section.folded).enumerate() {
        let mark = if section.ordered { format!("{}.", at + 1) } else { "-".to_owned() };
        let _ = writeln!(text, "{mark} {}", line(item, site));
        for one in &item.list {
            let _ = writeln!(text, "   - [ ] {}", inert(one));
        }
    }
}

fn line(item: &Item, site: &str) -> String {
    let mut line = String::new();
    if !item.tags.is_empty() {
        let _ = write!(line, "**{}** ", inert(&item.tags.join(", ")));
    }
    line.push_str(&inert(&item.text));
    if let Some(place) = &item.place {
        let _ = write!(line, " (`{}`)", place.replace(['`', '\n'], ""));
    }
    if let Some(quote) = &item.quote {
        let _ = write!(line, " \u{201c}{}\u{201d}", inert(quote));
    }
    if !item.facts.is_empty() {
        let _ = write!(line, " \u{2014} {}", inert(&item.facts.join("; ")));
    }
    if let Some(address) = item.address.as_ref().filter(|_| !site.is_empty()) {
        let _ = write!(line, " {site}{address}");
    }
    line
}
