//! Scripts that installing runs, as far as they do more than what packaging tools put into every one.
//!
//! debhelper marks what it adds; RPM's macros and Alpine's habits are known by their commands. A script of nothing but
//! those is not told: its units and users are, by their families.

use super::{lines, listed};
use crate::check::place::Language;
use crate::check::{Check, Findings, Role, Subject};
use crate::finding::{Activation, CheckId, Confidence, Finding, Trigger};
use crate::shell::Command;

/// Scripts without anything of their own that are remembered.
const MOST_ORDINARY: usize = 20;
/// Commands that take away again, or ask, which is what scripts for removal and for questions are there for.
const REMOVING: [&str; 26] = [
    "dbc_go",
    "ucfq",
    "rm",
    "rmdir",
    "deluser",
    "delgroup",
    "userdel",
    "groupdel",
    "sed",
    "ls",
    "find",
    "mv",
    "systemctl",
    "dpkg-statoverride",
    "update-initramfs",
    "md5sum",
    "mktemp",
    "uniq",
    "realpath",
    "service",
    "rc-service",
    "chkconfig",
    "pidof",
    "netstat",
    "sort",
    "sleep",
];
/// Commands that only hold a script together.
const IDLE: [&str; 47] = [
    "[", "[[", "((", "test", "set", "exit", "return", ":", "true", "false", ".", "source", "shift", "echo",
    "printf", "cat", "local", "export", "readonly", "read", "break", "continue", "trap", "unset", "command",
    "which", "type", "getopts", "umask", "cd", "declare", "grep", "cut", "tr", "head", "tail", "awk", "sort",
    "basename", "dirname", "expr", "id", "getent", "ischroot", "pathfind", "egrep", "readlink",
];
/// Commands that packaging brings along, which do no more than it is there for.
const PACKAGING: [&str; 24] = [
    "dpkg",
    "dpkg-query",
    "dpkg-maintscript-helper",
    "dpkg-trigger",
    "deb-systemd-helper",
    "deb-systemd-invoke",
    "ldconfig",
    "update-rc.d",
    "invoke-rc.d",
    "py3compile",
    "py3clean",
    "pycompile",
    "pyclean",
    "dpkg-divert",
    "ucf",
    "ucfr",
    "update-alternatives",
    "db_version",
    "db_stop",
    "systemd-update-helper",
    "install-info",
    "systemd-tmpfiles",
    "update-desktop-database",
    "update-mime-database",
];

/// The family.
#[derive(Default)]
pub(super) struct Scripts {
    told: bool,
    /// Scripts that hold nothing but what packaging tools put there.
    ordinary: Vec<String>,
    place: String,
}

impl Check for Scripts {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        match subject.role {
            Role::InstallScript if subject.script().is_some() && !is_excerpt(subject) => {
                if let Some(finding) = shell(subject) {
                    found.add(finding);
                    self.told = true;
                } else if self.ordinary.len() < MOST_ORDINARY {
                    self.ordinary.push(last(subject.name).to_owned());
                    self.place = subject.path.to_owned();
                }
            }
            Role::InstallScript | Role::Entrypoint => {
                if let Some(finding) = other(subject) {
                    found.add(finding);
                }
                self.told = true;
            }
            Role::Metadata | Role::Payload => {}
        }
    }

    /// One line where that is all that there is; beside a script that does more it would only be noise.
    fn end(&mut self, found: &mut Findings) {
        if self.told || self.ordinary.is_empty() {
            return;
        }
        let detail = format!("{}: only what packaging tools put there", listed(&self.ordinary));
        found.add(
            Finding::new(CheckId::InstallScript, &*self.place, detail).acting(Some(Trigger::InstallTime)),
        );
    }
}

/// Whether it is a command in a field of a file, which is told as it stands.
fn is_excerpt(subject: &Subject<'_>) -> bool {
    !subject.path.ends_with(subject.name)
}

fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// A script of a package manager's: what it runs beyond the boilerplate.
fn shell(subject: &Subject<'_>) -> Option<Finding> {
    let removes = matches!(
        last(subject.name),
        "postrm" | "prerm" | "config" | "%preun" | "%postun" | ".pre-deinstall" | ".post-deinstall"
    );
    let mut first: Option<&Command> = None;
    let mut programs: Vec<String> = Vec::new();
    let mut count = 0;
    for line in lines(subject) {
        let command = line.command;
        let program = command.program();
        let is_function = lines(subject).any(|other| other.command.function.as_deref() == Some(program));
        let writes = !command.writes.is_empty();
        if line.is_added
            || command.printed
            || is_function
            || program.starts_with("db_")
            || program.starts_with('$')
        {
            continue;
        }
        if (IDLE.contains(&program) || PACKAGING.contains(&program) || removes && REMOVING.contains(&program))
            && !writes
        {
            continue;
        }
        count += 1;
        first = first.or(Some(command));
        let name = if IDLE.contains(&program) { "writing files" } else { program };
        if !programs.iter().any(|known| known == name) {
            programs.push(name.to_owned());
        }
    }
    let script = subject.script();
    let unsure = script.is_some_and(|script| !script.parsed || !script.whole);
    let Some(first) = first else {
        let why = format!("{}: could not be read to its end as a shell script", last(subject.name));
        return unsure.then(|| subject.finding(CheckId::InstallScript, why).state(Activation::Active));
    };
    let mut detail = format!("{}: runs {}", last(subject.name), listed(&programs));
    if count > programs.len() {
        detail.push_str(&format!(" ({count} commands)"));
    }
    if unsure {
        detail.push_str("; it could not be parsed, its lines were read one by one");
    }
    let sure = if unsure { Confidence::Medium } else { Confidence::High };
    let finding =
        subject.finding(CheckId::InstallScript, detail).at(subject.lines_before + first.line, &first.quote);
    Some(finding.state(Activation::Active).sure(sure))
}

/// Whatever else is run: a command of npm's, code in another language, what an image starts.
fn other(subject: &Subject<'_>) -> Option<Finding> {
    let runs = match subject.role {
        Role::Entrypoint => "the image runs this",
        _ => "installing, upgrading or removing the package runs this",
    };
    let by = match (&subject.attributes.interpreter, subject.language) {
        (Some(program), _) => format!(", by {program}"),
        (None, Some(Language::Shell)) | (None, None) => String::new(),
        (None, Some(language)) => format!(" ({language:?})"),
    };
    let is_idle = |line: &str| line.is_empty() || line.starts_with(['#', '%']) || line.starts_with("//");
    let imports =
        |line: &str| ["import ", "from ", "use ", "set "].iter().any(|start| line.starts_with(start));
    let work: Vec<(usize, &str)> =
        subject.lines().filter(|(_, text)| !is_idle(text.trim())).take(200).collect();
    if work.is_empty() && subject.text.is_some() {
        return None;
    }
    let first = work.iter().find(|(_, text)| !imports(text.trim())).or(work.first()).copied();
    let what = if subject.role == Role::InstallScript && is_excerpt(subject) {
        format!(
            "{}: {}",
            last(subject.name),
            super::start(subject.text.as_deref().unwrap_or_default().trim(), 150)
        )
    } else {
        format!("{}: {runs}{by}", last(subject.name))
    };
    let mut finding = subject.finding(CheckId::InstallScript, what);
    finding.activation = Activation::Active;
    if let Some((line, text)) = first {
        finding = finding.at(line, text);
    }
    Some(finding)
}
