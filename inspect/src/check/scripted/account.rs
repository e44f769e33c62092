//! Users and groups that scripts make, and who becomes a member of what.

use super::{Line, Said, start};
use crate::finding::CheckId;
use crate::finding::object::Object;
use crate::shell::Word;

/// Groups whose members can become root, each by what it may do.
const AS_ROOT: [(&str, &str); 8] = [
    ("docker", "its members can become root through containers"),
    ("lxd", "its members can become root through containers"),
    ("incus", "its members can become root through containers"),
    ("root", "it is the group of root"),
    ("sudo", "its members may run anything as root"),
    ("wheel", "its members may run anything as root"),
    ("disk", "its members can read and write every disk"),
    ("shadow", "its members can read password hashes"),
];

/// Options that take the next word, of all these programs together.
const VALUED: [&str; 34] = [
    "-aG",
    "-Ga",
    "-u",
    "--uid",
    "-g",
    "--gid",
    "-G",
    "--groups",
    "-d",
    "--home",
    "--home-dir",
    "-s",
    "--shell",
    "-c",
    "--comment",
    "--gecos",
    "--ingroup",
    "-h",
    "-k",
    "--conf",
    "--firstuid",
    "--lastuid",
    "--firstgid",
    "--lastgid",
    "-K",
    "--key",
    "-e",
    "-f",
    "--root",
    "-R",
    "--prefix",
    "-P",
    "-b",
    "--expiredate",
];

pub(super) fn look(line: &Line<'_>, said: &mut Said) {
    let command = line.command;
    let mut operands = command.operands(&VALUED);
    // Options that a variable holds are not known, and no names.
    if operands.iter().any(|word| word.is_known()) {
        operands.retain(|word| word.is_known() || !word.text.starts_with('$'));
    }
    match (command.program(), operands.as_slice()) {
        ("adduser", [user, group]) if !is_group(line) => member(line, said, user, group),
        ("adduser", [user, ..]) if is_group(line) && !command.has(&["--system", "-S"]) => {
            group(line, said, user)
        }
        ("adduser" | "useradd", [user, ..]) => account(line, said, user),
        ("addgroup", [user, group]) => member(line, said, user, group),
        ("addgroup" | "groupadd", [name, ..]) => group(line, said, name),
        ("usermod", [user, ..]) => modified(line, said, user),
        ("gpasswd", [named, ..]) => {
            if let Some(user) = command.value(&["-a", "--add"]) {
                let group =
                    if operands.len() > 1 { operands.last().copied().unwrap_or(named) } else { named };
                member(line, said, &user, group);
            }
        }
        _ => {}
    }
}

fn is_group(line: &Line<'_>) -> bool {
    line.command.arguments().iter().any(|word| word.text == "--group")
}

/// The parts of an account that are stated, as the end of a sentence.
fn stated(line: &Line<'_>) -> String {
    let mut text = String::new();
    for (options, called) in [
        (&["-u", "--uid"][..], "with the fixed user id"),
        (&["-g", "--gid", "--ingroup"], "in the group"),
        (&["-G", "--groups"], "and in the groups"),
        (&["-s", "--shell"], "with the shell"),
        (&["-d", "--home", "--home-dir", "-h"], "at home in"),
    ] {
        if let Some(value) = line.command.value(options) {
            text.push_str(&format!(" {called} {}", start(&value.text, 40)));
        }
    }
    if is_group(line) {
        text.push_str(" with a group of its own");
    }
    text
}

fn account(line: &Line<'_>, said: &mut Said, user: &Word) {
    let system = if line.command.has(&["--system", "-S", "-r"]) { "the system user" } else { "the user" };
    let detail = format!("makes {system} {}{}", user.text, stated(line));
    let finding = line.finding(CheckId::AccountCreate, &[user], detail);
    let id = number(line, &["-u", "--uid"]);
    said.add(if user.is_known() {
        finding.about(Object::Account { name: user.text.clone(), id })
    } else {
        finding
    });
}

fn number(line: &Line<'_>, options: &[&str]) -> Option<u32> {
    line.command.value(options)?.text.parse().ok()
}

fn group(line: &Line<'_>, said: &mut Said, group: &Word) {
    let id = line.command.value(&["-g", "--gid"]);
    let id = id.map(|id| format!(" with the fixed group id {}", id.text)).unwrap_or_default();
    let detail = format!("makes the group {}{id}{}", group.text, weight(&group.text));
    let finding = line.finding(CheckId::AccountCreate, &[group], detail);
    let id = number(line, &["-g", "--gid"]);
    said.add(if group.is_known() {
        finding.about(Object::Group { name: group.text.clone(), id })
    } else {
        finding
    });
}

fn member(line: &Line<'_>, said: &mut Said, user: &Word, group: &Word) {
    if user.text == group.text {
        return;
    }
    let detail = format!("makes {} a member of the group {}{}", user.text, group.text, weight(&group.text));
    let mut finding = line.finding(CheckId::AccountCreate, &[user, group], detail);
    if user.is_known() && group.is_known() {
        finding = finding.about(Object::Account { name: user.text.clone(), id: None });
        for name in group.text.split(',').filter(|name| !name.is_empty()) {
            finding = finding.about(Object::Group { name: name.to_owned(), id: None });
        }
    }
    said.add(finding);
}

fn weight(group: &str) -> String {
    let mut known = group.split(',').filter_map(|one| AS_ROOT.iter().find(|(name, _)| *name == one));
    known.next().map(|(_, why)| format!(": {why}")).unwrap_or_default()
}

fn modified(line: &Line<'_>, said: &mut Said, user: &Word) {
    let command = line.command;
    let behind_add = || command.value(&["-aG", "-Ga", "-G", "--groups"]);
    if let Some(groups) = behind_add() {
        return member(line, said, user, &groups);
    }
    let changed = stated(line);
    let is_own_group = command.value(&["-g", "--gid"]).is_some_and(|group| group.text == user.text);
    if !changed.is_empty() && !is_own_group {
        said.add(line.finding(
            CheckId::AccountCreate,
            &[user],
            format!("changes the user {}:{changed}", user.text),
        ));
    }
}
