//! Commands in a text that a script prints: advice to a person, which does nothing by itself.

use super::wrapper::{Step, step};
use super::{Command, Word};

/// Programs that are looked for at the beginning of a printed line; prose begins with other words.
const ADVISED: [&str; 24] = [
    "sudo",
    "su",
    "systemctl",
    "service",
    "invoke-rc.d",
    "update-rc.d",
    "curl",
    "wget",
    "ssh",
    "scp",
    "rsync",
    "crontab",
    "adduser",
    "useradd",
    "usermod",
    "addgroup",
    "groupadd",
    "chmod",
    "setcap",
    "modprobe",
    "sysctl",
    "iptables",
    "nft",
    "ufw",
];
/// Programs around an advised command that are looked through.
const MOST_AROUND: usize = 5;
/// Lines of one printed text that are looked at.
const MOST: usize = 200;

/// The commands that the text advises, at most one a line.
pub(super) fn commands(text: &str) -> Vec<Command> {
    text.lines().take(MOST).filter_map(advised).collect()
}

fn advised(line: &str) -> Option<Command> {
    let trimmed = line.trim_start_matches(|c: char| c.is_whitespace() || "#$>`'\"".contains(c));
    let mut words = trimmed.split_whitespace().map(|word| word.trim_end_matches(['\'', '"', '`', ',']));
    let first = words.next()?;
    if !ADVISED.contains(&first.rsplit('/').next().unwrap_or(first)) {
        return None;
    }
    let mut words: Vec<Word> = std::iter::once(first).chain(words.take(30)).map(Word::literal).collect();
    let mut via = Vec::new();
    for _ in 0..MOST_AROUND {
        let Step::Runs(around, inner) = step(&words) else { break };
        via.extend(around);
        words = inner;
    }
    Some(Command { words, via, printed: true, ..Command::default() })
}
