//! Packages that scripts install or whose repositories they add: what comes with a package without being in it.

use super::{Line, Said, listed, start};
use crate::finding::CheckId;
use crate::shell::Word;

/// Where lists of repositories lie.
const LISTS: [&str; 5] = [
    "/etc/apt/sources.list",
    "/etc/yum.repos.d/",
    "/etc/zypp/repos.d/",
    "/etc/apk/repositories",
    "/etc/dnf/",
];

/// Installers, the word that makes them install, and where they get it from.
const INSTALLERS: [(&str, &[&str], &str); 16] = [
    ("pip", &["install", "download"], "the Python index"),
    ("pip3", &["install", "download"], "the Python index"),
    ("easy_install", &[], "the Python index"),
    ("npm", &["install", "i", "ci"], "the npm registry"),
    ("npx", &[], "the npm registry"),
    ("yarn", &["add", "install"], "the npm registry"),
    ("gem", &["install"], "the Ruby index"),
    ("cargo", &["install"], "the Rust registry"),
    ("go", &["install", "get"], "the Go module proxy"),
    ("snap", &["install", "refresh"], "the snap store"),
    ("flatpak", &["install"], "a flatpak repository"),
    ("apt-get", &["install", "upgrade", "dist-upgrade"], "the repositories of the machine"),
    ("apt", &["install", "upgrade", "full-upgrade"], "the repositories of the machine"),
    ("yum", &["install", "update"], "the repositories of the machine"),
    ("dnf", &["install", "update"], "the repositories of the machine"),
    ("docker", &["pull", "run"], "an image registry"),
];

pub(super) fn look(line: &Line<'_>, said: &mut Said) {
    lists(line, said);
    if !line.acts_by_itself() {
        return;
    }
    let program = line.command.program();
    let Some((_, verbs, from)) = INSTALLERS.iter().find(|(name, ..)| *name == program) else { return };
    let operands = line.command.operands(&[
        "-t",
        "-c",
        "-o",
        "-r",
        "--target",
        "--prefix",
        "--registry",
        "-i",
        "--index-url",
    ]);
    let mut rest = operands.as_slice();
    if !verbs.is_empty() {
        let Some(at) = operands.iter().take(2).position(|word| verbs.contains(&word.text.as_str())) else {
            return;
        };
        rest = operands.get(at + 1..).unwrap_or_default();
    }
    let is_local = |word: &&Word| word.text.starts_with(['/', '.']) || word.text.ends_with(".whl");
    if !rest.is_empty() && rest.iter().all(is_local) {
        return;
    }
    let names: Vec<String> = rest.iter().map(|word| word.text.clone()).collect();
    let what = if names.is_empty() { "what the package names".to_owned() } else { listed(&names) };
    said.add(line.finding(
        CheckId::RemoteHost,
        rest,
        format!("{program} installs {} from {from}", start(&what, 120)),
    ));
}

fn lists(line: &Line<'_>, said: &mut Said) {
    let is_list = |path: &str| LISTS.iter().any(|place| path.starts_with(place)) && !path.contains(".dpkg-");
    for write in line.command.writes.iter().filter(|write| is_list(&write.path.text)) {
        let text = write.text.as_deref().unwrap_or_default();
        let addresses: Vec<String> = text
            .split(|c: char| c.is_whitespace() || "='\"".contains(c))
            .filter(|word| word.contains("://"))
            .map(str::to_owned)
            .collect();
        let what = if addresses.is_empty() {
            String::new()
        } else {
            format!(": {}", start(&listed(&addresses), 140))
        };
        let detail = format!("adds a package repository in {}{what}", write.path.text);
        said.add(line.finding(CheckId::RemoteUrl, &[&write.path], detail));
    }
    if line.command.program() == "add-apt-repository" {
        let words = line.command.operands(&[]);
        let names: Vec<String> = words.iter().map(|word| word.text.clone()).collect();
        let detail = format!("adds a package repository: {}", start(&listed(&names), 140));
        said.add(line.finding(CheckId::RemoteUrl, &words, detail));
    }
}
