//! Rights in scripts: sudo and su, set-user-id and set-group-id bits, file capabilities, and whether code asks for root.

use super::{Line, Said};
use crate::finding::CheckId;
use crate::finding::object::Object;
use crate::shell::{Command, Word};

pub(super) fn look(line: &Line<'_>, said: &mut Said) {
    others_rights(line, said);
    match line.command.program() {
        "chmod" => chmod(line, said),
        "install" => install(line, said),
        "dpkg-statoverride" => override_mode(line, said),
        "setcap" => setcap(line, said),
        "[" | "test" | "[[" | "((" if !line.installs() => root_check(line, said),
        _ => {}
    }
}

fn others_rights(line: &Line<'_>, said: &mut Said) {
    let command = line.command;
    let program = command.program();
    for (name, check) in [
        ("sudo", CheckId::PrivSudo),
        ("doas", CheckId::PrivSudo),
        ("su", CheckId::PrivSu),
        ("runuser", CheckId::PrivSu),
    ] {
        if let Some(via) = command.through(name) {
            let user = via.user.as_deref().unwrap_or("root");
            let words: Vec<&Word> = command.words.iter().take(1).collect();
            let finding = line.finding(check, &words, format!("{name} runs {program} as {user}"));
            let called = words.first().filter(|word| check == CheckId::PrivSudo && word.is_known());
            said.add(match called {
                Some(word) => finding.about(Object::Sudo { command: word.text.clone() }),
                None => finding,
            });
        } else if program == name && acts(command) {
            said.add(line.finding(check, &[], format!("{name} is called")));
        }
    }
}

/// Whether sudo or su runs something, rather than tells about itself.
fn acts(command: &Command) -> bool {
    let asks = ["-l", "-v", "-V", "-k", "-K", "-h", "--list", "--version", "--help", "--validate"];
    command.arguments().iter().any(|word| !asks.contains(&word.text.as_str()))
}

/// The bits that a mode sets: of the user, of the group.
fn bits(mode: &str) -> (bool, bool) {
    let octal = mode.len() >= 4 && mode.chars().all(|c| c.is_digit(8));
    if octal {
        let special = mode.chars().rev().nth(3).and_then(|digit| digit.to_digit(8)).unwrap_or_default();
        return (special & 4 != 0, special & 2 != 0);
    }
    let (mut user, mut group) = (false, false);
    for part in mode.split(',') {
        let Some((who, what)) = part.split_once(['+', '=']) else { continue };
        if what.contains('s') && who.chars().all(|c| "ugoa".contains(c)) {
            user |= who.is_empty() || who.contains(['u', 'a']);
            group |= who.is_empty() || who.contains(['g', 'a']);
        }
    }
    (user, group)
}

fn is_mode(text: &str) -> bool {
    !text.is_empty() && (text.chars().all(|c| c.is_digit(8)) || text.contains(['+', '=', '-']))
}

fn chmod(line: &Line<'_>, said: &mut Said) {
    // A symbolic mode may look like an option, `-s`: those only take away.
    let mut operands = line.command.operands(&[]).into_iter();
    let Some(mode) = operands.next() else { return };
    for file in operands {
        set(line, said, mode, file, None);
    }
}

fn install(line: &Line<'_>, said: &mut Said) {
    if line.command.has(&["-d", "--directory"]) {
        return;
    }
    let Some(mode) = line.command.value(&["-m", "--mode"]) else { return };
    if let Some(file) = line.command.operands(&["-m", "-o", "-g", "-t"]).last() {
        set(line, said, &mode, file, None);
    }
}

/// `dpkg-statoverride [--update] --add user group mode path`.
fn override_mode(line: &Line<'_>, said: &mut Said) {
    if !line.command.has(&["--add"]) {
        return;
    }
    if let [user, group, mode, file, ..] = line.command.operands(&[]).as_slice() {
        set(line, said, mode, file, Some((user, group)));
    }
}

fn set(line: &Line<'_>, said: &mut Said, mode: &Word, file: &Word, owner: Option<(&Word, &Word)>) {
    if !is_mode(&mode.text) {
        return;
    }
    let (user, group) = bits(&mode.text);
    let owned =
        owner.map(|(user, group)| format!(", owned by {}:{}", user.text, group.text)).unwrap_or_default();
    let detail = |of: &str| format!("{} gets the set-{of}-id bit (mode {}{owned})", file.text, mode.text);
    if user {
        said.add(line.finding(CheckId::PrivSetuid, &[mode, file], detail("user")));
    }
    // On a directory the bit only says which group new files get.
    if group && !is_directory(line, file) {
        said.add(line.finding(CheckId::PrivSetgid, &[mode, file], detail("group")));
    }
}

/// Whether a path is that of a directory, by where it lies and by what the same script does with it.
fn is_directory(line: &Line<'_>, file: &Word) -> bool {
    let made = |command: &Command| {
        let makes = command.program() == "mkdir"
            || command.program() == "install" && command.has(&["-d", "--directory"]);
        makes && command.arguments().iter().any(|word| word.text == file.text)
    };
    let tested = |command: &Command| {
        command.program() == "["
            && command
                .arguments()
                .windows(2)
                .any(|pair| matches!(pair, [test, path] if test.text == "-d" && path.text == file.text))
    };
    let script = line.subject.script();
    ["/var/", "/run/", "/srv/", "/etc/"].iter().any(|place| file.text.starts_with(place))
        || file.text.ends_with('/')
        || script
            .into_iter()
            .flat_map(|script| &script.commands)
            .any(|command| made(command) || tested(command))
}

fn setcap(line: &Line<'_>, said: &mut Said) {
    if line.command.has(&["-r", "-v", "-h"]) {
        return;
    }
    if let [capabilities, file, ..] = line.command.operands(&["-n"]).as_slice() {
        let detail = format!("{} gets file capabilities: {}", file.text, capabilities.text);
        said.add(line.finding(CheckId::PrivCapability, &[capabilities, file], detail));
    }
}

fn root_check(line: &Line<'_>, said: &mut Said) {
    let names = ["$EUID", "${EUID}", "$UID", "${UID}", "${EUID:-", "${UID:-", "EUID", "UID"];
    let asks = |word: &Word| {
        ["$(id -u", "`id -u", "$(whoami", "`whoami"].iter().any(|start| word.text.contains(start))
            || names.iter().any(|name| word.text.trim_start_matches('x').starts_with(name))
    };
    if line.command.arguments().iter().any(asks) {
        said.add(line.finding(CheckId::PrivRootCheck, &[], "asks whether it runs as root"));
    }
}
