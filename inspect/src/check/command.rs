//! Commands that stand in crontabs and units, as the shell would run them: on whose behalf, on which units, to which hosts.
//!
//! Addresses in them are told by the family of remote places; scripts that are files are another family's.

use super::Findings;
use crate::finding::object::Object;
use crate::finding::{CheckId, Finding};
use crate::shell::{self, Command};

/// Characters of a command that are read.
const LONGEST: usize = 4_000;

/// What systemctl is told to change.
const CHANGES: &str =
    "enable disable mask unmask start stop restart try-restart reload-or-restart isolate daemon-reexec";

/// Tells what a command does; place, state and trigger are those of the finding that it stands under.
pub(super) fn look(text: &str, under: &Finding, found: &mut Findings) {
    let text: String = text.chars().take(LONGEST).collect();
    for command in shell::commands(&text).commands.iter().filter(|command| !command.printed).take(50) {
        for (check, detail, object) in said(command) {
            let objects = object.into_iter().collect();
            found.add(Finding { check, detail, objects, ..under.clone() });
        }
    }
}

fn said(command: &Command) -> Vec<(CheckId, String, Option<Object>)> {
    let (program, mut all) = (command.program(), Vec::new());
    if command.through("sudo").is_some() {
        let object = Object::Sudo {
            command: command.words.first().map_or_else(String::new, |word| word.text.clone()),
        };
        all.push((CheckId::PrivSudo, format!("runs {program} through sudo"), Some(object)));
    }
    if let Some(via) = command.through("su").or_else(|| command.through("runuser")) {
        let user = via.user.as_deref().unwrap_or("root");
        all.push((CheckId::PrivSu, format!("runs {program} as {user}, through {}", via.program), None));
    }
    let operands: Vec<&str> = command.operands(&[]).iter().map(|word| word.text.as_str()).collect();
    match (program, operands.as_slice()) {
        ("systemctl", [verb, units @ ..]) if super::words::has(CHANGES, verb) => {
            let detail = format!("runs systemctl {verb} {}", units.join(" "));
            let name = units
                .first()
                .map(|name| if name.contains('.') { (*name).to_owned() } else { format!("{name}.service") });
            let object = name.map(|name| Object::Unit { name, required: false });
            all.push((CheckId::UnitControl, detail.trim_end().to_owned(), object));
        }
        ("scp" | "rsync" | "sftp", places) => {
            all.extend(places.iter().find_map(|place| copy(program, place)))
        }
        _ => {}
    }
    all
}

/// A place on another machine, as scp and rsync write it: `user@host:path`.
fn copy(program: &str, place: &str) -> Option<(CheckId, String, Option<Object>)> {
    let (host, path) = place.split_once(':').filter(|(host, _)| !host.contains('/'))?;
    let name =
        host.rsplit('@').next().filter(|name| !name.is_empty() && !name.contains('$'))?.to_ascii_lowercase();
    let detail = format!("{program} to or from {host}, path {}", path.trim_start_matches(':'));
    Some((CheckId::RemoteScp, detail, Some(Object::Host { name })))
}

#[cfg(test)]
mod tests {
    use crate::check::trial;
    use crate::finding::CheckId;

    fn check(name: &str, text: &str, expected: &[&str]) {
        let checks = [CheckId::PrivSudo, CheckId::PrivSu, CheckId::UnitControl, CheckId::RemoteScp];
        assert_eq!(trial::of(&checks, &[(name, text)]), expected, "{text}");
    }

    #[test]
    fn commands_of_crontabs_and_units_are_read_as_the_shell_would() {
        check(
            "etc/cron.d/relay",
            "0 4 * * * relay sudo -n /usr/bin/relayctl sweep\n",
            &["priv.sudo active 1: runs relayctl through sudo"],
        );
        check(
            "etc/cron.d/relay",
            "0 4 * * * root rsync -a pull@files.orrin.se:/out /srv && systemctl restart relay\n",
            &[
                "remote.scp active 1: rsync to or from pull@files.orrin.se, path /out",
                "unit.control active 1: runs systemctl restart relay",
            ],
        );
        check(
            "lib/systemd/system/a.service",
            "[Service]\nExecStopPost=/bin/systemctl stop wire.service\n",
            &["unit.control active 2: runs systemctl stop wire.service"],
        );
        check("etc/cron.d/relay", "0 4 * * * root echo sudo relay\n", &[]);
    }
}
