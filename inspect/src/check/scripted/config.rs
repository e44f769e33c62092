//! Configuration of the machine that scripts change while they are run by themselves.
//!
//! Files that dpkg or ucf look after as conffiles are theirs; what a person starts may write what that person wants.

use super::{Line, Said};
use crate::finding::CheckId;
use crate::shell::{Command, Word};

/// Places below `/etc` that other families tell of, or that hold no configuration.
const OTHERS: [&str; 12] = [
    "/etc/cron",
    "/etc/apt/trusted",
    "/etc/apt/keyrings",
    "/etc/apt/sources",
    "/etc/yum.repos.d",
    "/etc/ssl/certs",
    "/etc/pki/ca-trust",
    "/etc/pki/rpm-gpg",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/mtab",
    "/etc/init.d/",
];
/// Where packet filters keep their own configuration.
const FIREWALLS: [&str; 6] = [
    "/etc/ufw/",
    "/etc/nftables",
    "/etc/iptables",
    "/etc/firewalld/",
    "/etc/sysconfig/iptables",
    "/etc/default/ufw",
];
/// Ends of names that stand for a copy in between, or are kept by dpkg.
const BETWEEN: [&str; 16] = [
    ".tmp",
    ".new",
    ".old",
    ".bak",
    ".temp",
    "~",
    ".orig",
    ".dpkg-new",
    ".dpkg-old",
    ".dpkg-tmp",
    ".dpkg-bak",
    ".dpkg-dist",
    ".dpkg-backup",
    ".dpkg-remove",
    ".ucf-old",
    ".save",
];

pub(super) fn look(line: &Line<'_>, said: &mut Said) {
    if !line.acts_by_itself() || line.is_added || is_removal(line) {
        return;
    }
    let command = line.command;
    let last = |options: &[&str]| command.operands(options).last().copied().cloned();
    match command.program() {
        "sed" if edits_in_place(command) => {
            for file in command.operands(&["-e", "-f", "--expression", "--file"]) {
                told(line, said, CheckId::ConfigEdit, file, "edits");
            }
        }
        "perl"
            if command
                .arguments()
                .iter()
                .any(|word| word.text.starts_with("-i") || word.text.starts_with("-pi")) =>
        {
            for file in command.operands(&["-e"]) {
                told(line, said, CheckId::ConfigEdit, file, "edits");
            }
        }
        "cp" | "mv" if command.has(&["-t", "--target-directory"]) => {}
        "cp" => copied(line, said, last(&["-S"]), "copies over"),
        "mv" => copied(line, said, last(&["-S"]), "moves a file onto"),
        "install" if !command.has(&["-d", "--directory"]) => {
            copied(line, said, last(&["-m", "-o", "-g", "-S"]), "installs a file onto");
        }
        "crudini" | "augtool" | "git-config" => {
            if let Some(file) = command.arguments().iter().find(|word| word.text.starts_with("/etc/")) {
                told(line, said, CheckId::ConfigEdit, file, "edits");
            }
        }
        _ => {}
    }
    for write in &command.writes {
        let (check, what) = if write.append {
            (CheckId::ConfigEdit, "appends to")
        } else {
            (CheckId::ConfigOverwrite, "writes")
        };
        told(line, said, check, &write.path, what);
    }
}

/// Whether the script is the one that removing runs; what it puts back or takes away is no new configuration.
fn is_removal(line: &Line<'_>) -> bool {
    let own = line.subject.name.rsplit('/').next().unwrap_or_default();
    line.installs()
        && matches!(own, "postrm" | "prerm" | "%preun" | "%postun" | ".pre-deinstall" | ".post-deinstall")
}

fn edits_in_place(command: &Command) -> bool {
    let is = |text: &str| {
        let letters = text.strip_prefix('-').filter(|letters| !letters.starts_with('-')).unwrap_or_default();
        text.starts_with("--in-place")
            || letters.trim_start_matches(['n', 'E', 'r', 's', 'u', 'z']).starts_with('i')
    };
    command.arguments().iter().any(|word| is(&word.text))
}

fn copied(line: &Line<'_>, said: &mut Said, to: Option<Word>, what: &str) {
    let Some(to) = to.filter(|_| line.command.operands(&[]).len() > 1) else { return };
    // What gets another end to its name is set aside, and what loses dpkg's is put back: neither is configured.
    let from = line
        .command
        .operands(&["-m", "-o", "-g", "-S"])
        .first()
        .map(|word| word.text.clone())
        .unwrap_or_default();
    let is_put_back = BETWEEN.iter().skip(7).any(|end| from.ends_with(end));
    let is_set_aside = !from.is_empty() && to.text.len() > from.len() && to.text.starts_with(&from);
    if !is_put_back && !is_set_aside {
        told(line, said, CheckId::ConfigOverwrite, &to, what);
    }
}

/// Whether the innermost condition asks that a file is not there.
fn is_missing(line: &Line<'_>) -> bool {
    let asked = line.command.conditions().last().map_or("", |guard| guard.text.as_str());
    let asked: Vec<&str> =
        asked.split_whitespace().filter(|word| !matches!(*word, "[" | "test" | "[[")).collect();
    matches!(asked.as_slice(), ["!" | "not", "-e" | "-f" | "-r" | "-s", ..])
}

fn told(line: &Line<'_>, said: &mut Said, check: CheckId, path: &Word, what: &str) {
    let text = path.text.as_str();
    let own =
        BETWEEN.iter().find_map(|end| text.strip_suffix(end)).filter(|_| check == CheckId::ConfigOverwrite);
    let is_between =
        own.is_some() || text.contains(".dpkg-") || text.contains(".XXXX") || text.contains("$$");
    let is_other = OTHERS.iter().any(|place| text.starts_with(place));
    if text.starts_with("/etc/") && !is_between && !is_other {
        let detail = if is_missing(line) {
            format!("makes {text} where it is missing")
        } else {
            format!("{what} {text}")
        };
        if FIREWALLS.iter().any(|place| text.starts_with(place)) {
            let detail = format!("configures the packet filter: {detail}");
            said.add(line.finding(CheckId::NetFirewall, &[path], detail));
        }
        said.add(line.finding(check, &[path], detail));
    }
}
