//! What lies between two versions, in words: what the page, the terminal and the Markdown share.

use std::fmt::Write as _;

use index::upgrade::release::Release;
use index::upgrade::{Line, Section, Upgrade, Voice};
use jiff::tz::TimeZone;

use crate::words::counted;

/// Sources that are named beside the one that stands for a vulnerability.
const NAMED: usize = 4;

/// The day on which a line was said, or first seen here where its source states no day.
pub(crate) fn day(line: &Line) -> String {
    let day = line.dated.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d");
    if line.card.published.is_some() { day.to_string() } else { format!("first seen {day}") }
}

/// How many lines a section has, such as "12 advisories".
pub(crate) fn counted_in(section: Section, lines: usize) -> String {
    let (one, many) = section.unit();
    counted(lines as u64, one, many)
}

/// Headings of the sections that nothing was found for, although there was something to read.
pub(crate) fn nothing_on(upgrade: &Upgrade) -> String {
    let headings: Vec<&str> = upgrade.nothing_on().into_iter().map(Section::as_str).collect();
    headings.join(", ").to_lowercase()
}

/// What could not be checked, and why.
pub(crate) fn not_checked(upgrade: &Upgrade) -> Vec<String> {
    let unchecked = upgrade.not_checked();
    unchecked.into_iter().map(|(section, why)| format!("{}: {why}", section.as_str())).collect()
}

/// What was read for it, and how much was found.
pub(crate) fn summary(upgrade: &Upgrade) -> String {
    let coverage = upgrade.coverage;
    let lines = counted(upgrade.lines.len() as u64, "thing was said", "things were said");
    let releases = counted(upgrade.releases.len() as u64, "release", "releases");
    let entries = counted(coverage.entries, "entry names", "entries name");
    let mut text = format!("{lines} that matter, {releases} with notes in between; {entries} the product.");
    if coverage.partial {
        text.push_str(" There are older entries that were not read.");
    }
    if coverage.passed_over > 0 {
        let advisories = counted(coverage.passed_over, "advisory counts", "advisories count");
        let _ = write!(
            text,
            " {advisories} versions of another form (a distribution's packages, or releases) and were left out."
        );
    }
    text.push_str(" What nobody said is not here.");
    text
}

/// The other names that were looked for, each with its reason.
pub(crate) fn also_known(upgrade: &Upgrade) -> Vec<String> {
    let reason = |named: &index::product::Named| {
        named.reason().map(|reason| format!("{}, because {reason}", named.name))
    };
    upgrade.names.iter().filter_map(reason).collect()
}

/// Lines of versions without notes, in a sentence; empty where there is none.
pub(crate) fn gaps(upgrade: &Upgrade) -> String {
    if upgrade.gaps.is_empty() {
        return String::new();
    }
    format!("No release notes are recorded for {}.", upgrade.gaps.join(", "))
}

/// What a release's notes come to.
pub(crate) fn notable(release: &Release) -> String {
    match release.notable {
        0 => "nothing notable said".to_owned(),
        lines => counted(lines, "line above", "lines above"),
    }
}

/// The day of a release's notes; empty where it is not stated.
pub(crate) fn released(release: &Release) -> String {
    let day = release.published.map(|at| at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string());
    day.unwrap_or_default()
}

/// How bad a vulnerability is, in words; empty for what is none.
pub(crate) fn weight(line: &Line) -> String {
    let mut words = Vec::new();
    if line.exploited {
        words.push("known to be exploited".to_owned());
    }
    if let Some(severity) = &line.card.severity {
        let score = severity.score.map(|score| format!(" {score:.1}")).unwrap_or_default();
        words.push(format!("{}{score}", severity.level));
    }
    words.join(", ")
}

/// Who else says so, such as "6 sources: A, B and 3 more", and who says otherwise; empty for one voice.
pub(crate) fn voices(line: &Line) -> String {
    let mut text = String::new();
    if line.sources > 1 {
        let _ =
            write!(text, "{} sources, also {}", line.sources, named(&line.others, &line.card.source_name));
    }
    if !line.against.is_empty() {
        let separator = if text.is_empty() { "" } else { "; " };
        let _ = write!(text, "{separator}not affected according to {}", named(&line.against, ""));
    }
    text
}

/// Names of sources, each once.
fn named(voices: &[Voice], without: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    for voice in voices {
        if voice.source_name != without && !names.contains(&voice.source_name.as_str()) {
            names.push(&voice.source_name);
        }
    }
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", names.join(", "))
}

/// Whether a line is on a vulnerability.
pub(crate) fn is_flaw(line: &Line) -> bool {
    matches!(line.section, Section::Wrong | Section::Fixed)
}

/// The whole answer as Markdown; what strangers wrote is set so that it stays text.
pub(crate) fn markdown(upgrade: &Upgrade) -> String {
    let Upgrade { product, from, to, .. } = upgrade;
    let mut text =
        format!("# {} {} to {}\n\n{}\n", inert(product), inert(from), inert(to), inert(&summary(upgrade)));
    for section in Section::ALL {
        let lines: Vec<&Line> = upgrade.of(section).collect();
        if !lines.is_empty() {
            // Writing to a text does not fail.
            let _ = write!(text, "\n## {} ({})\n\n", section.as_str(), counted_in(section, lines.len()));
        }
        for line in lines {
            let _ = writeln!(text, "- {}", in_markdown(line));
        }
    }
    if !upgrade.releases.is_empty() || !upgrade.gaps.is_empty() {
        let _ = write!(text, "\n## Releases in between\n\n");
        for release in &upgrade.releases {
            let (version, title) = (inert(&release.version), inert(&release.title));
            let _ = writeln!(text, "- **{version}** {} ({title}): {}", released(release), notable(release));
        }
        let _ = writeln!(text, "\n{}", inert(&gaps(upgrade)));
    }
    let unchecked = not_checked(upgrade);
    if !unchecked.is_empty() {
        let _ = write!(text, "\n## Not checked\n\n");
        for one in unchecked {
            let _ = writeln!(text, "- {}", inert(&one));
        }
    }
    let nothing = nothing_on(upgrade);
    if !nothing.is_empty() {
        let _ = writeln!(text, "\nNothing was said on: {nothing}.");
    }
    text
}

fn in_markdown(line: &Line) -> String {
    let card = &line.card;
    let link = card.link.as_ref().map(|link| format!(", `{}`", link.replace('`', ""))).unwrap_or_default();
    let (title, source) = (inert(&card.title), inert(&card.source_name));
    let said = format!("{source}, {}{link}", day(line));
    if is_flaw(line) {
        let parts = [weight(line), inert(&line.quote), card.identifiers.join(", "), voices(line)];
        let facts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        return format!("**{title}**: {} ({said})", facts.join("; "));
    }
    let version =
        line.version.as_ref().map(|version| format!("**{}**: ", inert(version))).unwrap_or_default();
    let on = line.day.map(|day| format!(" [{day}]")).unwrap_or_default();
    format!("{version}\u{201c}{}\u{201d}{} ({title}, {said})", inert(&line.quote), inert(&on))
}

/// A stranger's words on one line, with every sign of Markdown and of HTML escaped.
pub(crate) fn inert(text: &str) -> String {
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
