//! What commands do to units, whatever program they use for it.

use crate::shell::Command;

/// What changes the state of a unit, and how it is told.
const VERBS: [(&str, &str); 27] = [
    ("start", "starts"),
    ("stop", "stops"),
    ("restart", "restarts"),
    ("try-restart", "restarts"),
    ("condrestart", "restarts"),
    ("reload", "reloads"),
    ("force-reload", "reloads"),
    ("reload-or-restart", "restarts"),
    ("try-reload-or-restart", "restarts"),
    ("reload-or-try-restart", "restarts"),
    ("enable", "enables"),
    ("reenable", "enables"),
    ("preset", "enables"),
    ("on", "enables"),
    ("add", "enables"),
    ("defaults", "enables"),
    ("disable", "disables"),
    ("off", "disables"),
    ("del", "disables"),
    ("mask", "masks"),
    ("unmask", "unmasks"),
    ("kill", "kills"),
    ("isolate", "switches to"),
    ("link", "links"),
    ("set-default", "boots into"),
    ("edit", "edits"),
    ("revert", "resets"),
];
/// What fails where the unit is missing.
pub(super) const MUST_BE_THERE: [&str; 6] =
    ["start", "restart", "reload", "enable", "reenable", "reload-or-restart"];
/// What only asks for a unit.
pub(super) const ASKS: [&str; 8] =
    ["status", "is-active", "is-enabled", "is-failed", "show", "cat", "list-dependencies", "was-enabled"];
/// What concerns the machine and no unit.
pub(super) const MACHINE: [(&str, &str); 8] = [
    ("daemon-reexec", "has systemd itself executed anew"),
    ("reboot", "reboots the machine"),
    ("poweroff", "switches the machine off"),
    ("halt", "halts the machine"),
    ("kexec", "reboots the machine into another kernel"),
    ("emergency", "puts the machine into emergency mode"),
    ("rescue", "puts the machine into rescue mode"),
    ("suspend", "suspends the machine"),
];

/// What a command does, and to which units.
pub(super) fn acts(command: &Command) -> Option<(String, Vec<String>)> {
    let words: Vec<String> = command
        .operands(&[
            "-t",
            "--type",
            "-p",
            "--property",
            "-s",
            "--signal",
            "--job-mode",
            "--root",
            "-n",
            "-o",
            "-M",
            "-H",
        ])
        .iter()
        .flat_map(|word| word.text.split_whitespace())
        .filter(|word| !word.is_empty() && !matches!(*word, "&&" | "||"))
        .map(str::to_owned)
        .collect();
    let argument = |at: usize| words.get(at).cloned();
    let rest = |at: usize| words.get(at..).unwrap_or_default().to_vec();
    let program = command.program();
    if command.words.first().is_some_and(|word| word.text.starts_with("/etc/init.d/")) {
        return Some((argument(0)?, vec![program.to_owned()]));
    }
    match program {
        "systemctl" | "deb-systemd-invoke" | "deb-systemd-helper" => Some((argument(0)?, rest(1))),
        "systemd-update-helper" => {
            let verb = argument(0).filter(|verb| verb.ends_with("-units"))?;
            let verb = if verb.starts_with("install") {
                "enable"
            } else if verb.starts_with("mark") {
                "restart"
            } else {
                "disable"
            };
            Some((verb.to_owned(), rest(1)))
        }
        "service" | "rc-service" | "invoke-rc.d" | "update-rc.d" | "chkconfig" | "initctl" => {
            let (name, verb) = match program {
                "initctl" => (argument(1)?, argument(0)?),
                _ if command.has(&["--add"]) => (argument(0)?, "enable".to_owned()),
                _ => (argument(0)?, argument(1)?),
            };
            Some((verb, vec![name]))
        }
        "rc-update" => Some((argument(0)?, vec![argument(1)?])),
        "telinit" if argument(0).as_deref() == Some("u") => Some(("daemon-reexec".to_owned(), Vec::new())),
        "reboot" | "poweroff" | "halt" => Some((program.to_owned(), Vec::new())),
        _ => None,
    }
}

/// How a verb is told; `None` where it changes nothing.
pub(super) fn verb_told(verb: &str) -> Option<&'static str> {
    if verb.starts_with('$') {
        return Some("starts or stops");
    }
    VERBS.iter().find(|(name, _)| *name == verb).map(|(_, told)| *told)
}
