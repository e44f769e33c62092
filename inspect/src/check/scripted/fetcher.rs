//! Scripts that ask which programs for fetching there are, and leave the fetching to another program of their own.
//!
//! Whoever asks for two of them has one of them run; where the script's own lines run none, what it starts does. From where
//! is not known then, and the finding says so. Asked only of scripts that run by themselves: a program that somebody calls
//! may ask for much.

use super::{Line, listed};
use crate::finding::{CheckId, Confidence, Finding};

/// Programs that fetch from an address.
const FETCHERS: [&str; 12] = [
    "curl",
    "wget",
    "wget2",
    "fetch",
    "aria2c",
    "axel",
    "lynx",
    "links",
    "elinks",
    "lwp-download",
    "lwp-request",
    "GET",
];

/// How many a script must ask for: one alone may be what a person is told to install.
const LEAST: usize = 2;

/// The finding on a whole script.
pub(super) fn look<'a>(lines: impl Iterator<Item = Line<'a>>) -> Option<Finding> {
    let mut asked: Vec<String> = Vec::new();
    let mut first: Option<Line<'a>> = None;
    for line in lines.filter(Line::acts_by_itself) {
        if FETCHERS.contains(&line.command.program()) && !line.command.printed {
            return None;
        }
        let named = asks_for(&line).filter(|name| !asked.contains(name));
        if let Some(name) = named {
            asked.push(name);
            first = first.or(Some(line));
        }
    }
    let first = first.filter(|_| asked.len() >= LEAST)?;
    let detail = format!(
        "asks for {} and runs none of them itself: what it starts fetches, from where its lines do not say",
        listed(&asked)
    );
    Some(first.finding(CheckId::RemoteUrl, &[], detail).sure(Confidence::Low))
}

/// The fetching program that a command asks for: `[ -x /usr/bin/wget ]`, `command -v curl`, `which curl`.
fn asks_for(line: &Line<'_>) -> Option<String> {
    let command = line.command;
    let asks = match command.program() {
        "[" | "test" | "[[" => {
            command.arguments().iter().any(|word| matches!(word.text.as_str(), "-x" | "-e" | "-f"))
        }
        "command" => command.has(&["-v", "-V"]),
        "which" | "type" | "hash" => true,
        _ => false,
    };
    let named = command.arguments().iter().filter(|_| asks);
    let mut own = named
        .flat_map(|word| word.text.split_whitespace())
        .map(|word| word.rsplit('/').next().unwrap_or(word));
    own.find(|own| FETCHERS.contains(own)).map(str::to_owned)
}
