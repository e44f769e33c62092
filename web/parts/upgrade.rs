//! What lies between two versions, in words: what the page, the terminal and the Markdown share.

use std::fmt::Write as _;

use index::upgrade::{Line, Section, Upgrade};
use jiff::tz::TimeZone;

use crate::words::counted;

/// The day on which a line was said.
pub(crate) fn day(line: &Line) -> String {
    line.dated.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string()
}

/// Headings of the sections that nothing was found for.
pub(crate) fn nothing_on(upgrade: &Upgrade) -> Vec<&'static str> {
    let any = |section: &Section| upgrade.lines.iter().any(|line| line.section == *section);
    Section::ALL.iter().filter(|section| !any(section)).map(|section| section.as_str()).collect()
}

/// What was read for it, and how much was found.
pub(crate) fn summary(upgrade: &Upgrade) -> String {
    let Upgrade { product, from, to, lines, read, partial } = upgrade;
    let found = counted(lines.len() as u64, "line", "lines");
    let read = counted(*read, "entry", "entries");
    let more = if *partial { "; there are older ones that were not read" } else { "" };
    format!(
        "{product} {from} to {to}: {found} from {read} that speak of it{more}. What nobody said is not here."
    )
}

/// The whole answer as Markdown; what strangers wrote is set so that it stays text.
pub(crate) fn markdown(upgrade: &Upgrade) -> String {
    let Upgrade { product, from, to, .. } = upgrade;
    let mut text =
        format!("# {} {} to {}\n\n{}\n", inert(product), inert(from), inert(to), inert(&summary(upgrade)));
    for section in Section::ALL {
        let mut lines = upgrade.lines.iter().filter(|line| line.section == section).peekable();
        if lines.peek().is_some() {
            // Writing to a text does not fail.
            let _ = write!(text, "\n## {}\n\n", section.as_str());
        }
        for line in lines {
            let version =
                line.version.as_ref().map(|version| format!("**{}**: ", inert(version))).unwrap_or_default();
            let card = &line.card;
            let link =
                card.link.as_ref().map(|link| format!(", `{}`", link.replace('`', ""))).unwrap_or_default();
            let _ = writeln!(
                text,
                "- {version}\u{201c}{}\u{201d} ({}, {}, {}{link})",
                inert(&line.quote),
                inert(&card.title),
                inert(&card.source_name),
                day(line)
            );
        }
    }
    let nothing = nothing_on(upgrade);
    if !nothing.is_empty() {
        let _ = writeln!(text, "\nNothing was found on: {}.", nothing.join(", ").to_lowercase());
    }
    text
}

/// A stranger's words on one line, with every sign of Markdown and of HTML escaped.
fn inert(text: &str) -> String {
    let mut inert = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' => inert.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '&' | '~' => {
                inert.push('\\');
                inert.push(letter);
            }
            other => inert.push(other),
        }
    }
    inert
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn a_strangers_words_stay_words() {
        assert_eq!(inert("[a](javascript:x) <b>\n# c"), "\\[a\\](javascript:x) \\<b\\> \\# c");
    }
}
