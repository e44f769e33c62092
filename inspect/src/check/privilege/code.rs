//! Calls of sudo and su in code, calls that change units, and branches for root.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::code::{Literal, Source};
use crate::check::place::Language;
use crate::check::{Subject, words};
use crate::finding::object::Object;
use crate::finding::{Activation, CheckId, Confidence, Finding, Trigger};

/// Names by which languages start programs, by their last part.
const RUNS: &str = "system exec execsync spawn spawnsync execfile execfilesync run call check_call check_output popen popen2 \
    popen3 getoutput getstatusoutput shell_exec passthru proc_open execvp execv execlp run_command \
    runcommand capture2 capture3 execa create_subprocess_exec create_subprocess_shell";

/// Names for commands that are built before they are run.
const COMMANDS: [&str; 8] = ["cmd", "command", "commands", "args", "argv", "cmdline", "cmds", "sudo"];

/// Looks at one file.
pub(super) fn look(subject: &Subject<'_>, source: &Source<'_>, found: &mut Vec<Finding>) {
    let mut seen: Vec<(CheckId, String)> = Vec::new();
    for literal in &source.literals {
        let said = source.said(*literal).trim_start();
        let Some((check, detail)) = calls(said) else { continue };
        // One of each in a file is enough to know that it does so; the first that acts is told.
        if seen.iter().any(|(known, said)| (*known, said) == (check, &detail)) {
            continue;
        }
        if let Some(finding) = call(subject, source, *literal, check, detail.clone()) {
            if finding.activation.acts() && seen.len() < 50 {
                seen.push((check, detail));
            }
            found.push(finding);
        }
    }
    root(subject, source, found);
}

/// What a text would do as a command.
fn calls(said: &str) -> Option<(CheckId, String)> {
    let mut words = said.split_whitespace();
    let first = words.next().filter(|word| word.len() < 40)?;
    match first.rsplit('/').next()? {
        "sudo" => Some((CheckId::PrivSudo, "runs a command through sudo".to_owned())),
        "su" => Some((CheckId::PrivSu, "runs a command as another user, through su".to_owned())),
        "systemctl" => {
            let verb = words.find(|word| !word.starts_with('-'))?;
            let changes =
                ["enable", "disable", "mask", "unmask", "restart", "start", "stop", "daemon-reload"];
            changes.contains(&verb).then(|| (CheckId::UnitControl, format!("runs systemctl {verb}")))
        }
        _ => None,
    }
}

fn call(
    subject: &Subject<'_>,
    source: &Source<'_>,
    literal: Literal,
    check: CheckId,
    detail: String,
) -> Option<Finding> {
    let said = source.said(literal).trim();
    let has_more = said.contains(char::is_whitespace);
    let is_run = is_run(source, literal);
    let is_printed = source.is_printed(literal.start);
    let target = source
        .target(literal)
        .map(|target| target.rsplit(['.', '-', '_']).next().unwrap_or(target).to_ascii_lowercase());
    // The first word of a list under a name for commands, or a whole command under such a name.
    let is_built = target.is_some_and(|target| COMMANDS.contains(&target.as_str()))
        || is_listed_command(source, literal) && has_more;
    // A word alone is a program only where something runs it, and `su` is a word of prose, too.
    let is_prose = check == CheckId::PrivSu && has_more && !said.contains([' ', '-']);
    if !(is_run || is_built || is_printed && has_more) || is_prose || is_sentence(said) && !is_printed {
        return None;
    }
    let (line, quote) = source.quote(literal.start);
    let state = if is_run { subject.setting } else { source.state(subject, literal.start) };
    let command = sudo(source, literal).filter(|_| check == CheckId::PrivSudo);
    let sure = if is_run { Confidence::High } else { Confidence::Medium };
    let detail = if state == Activation::PrintedOnly {
        format!("tells somebody: {}", first_line(said))
    } else {
        detail
    };
    let finding = subject.finding(check, detail).at(line, quote).state(state).acting(Some(Trigger::RunTime));
    let finding = finding.sure(sure);
    Some(match command {
        Some(command) => finding.about(Object::Sudo { command }),
        None => finding,
    })
}

/// What sudo is asked to run: the next word that is no option, of the same text or of a list.
fn sudo(source: &Source<'_>, literal: Literal) -> Option<String> {
    let own = source.said(literal).split_whitespace().skip(1);
    let next = source.literals.partition_point(|other| other.start <= literal.start);
    let rest = source.literals.iter().skip(next).take(4).map(|literal| source.said(*literal));
    let is_list = source.said(literal).trim() == "sudo";
    let mut words = own.chain(rest.filter(|_| is_list)).filter(|word| !word.starts_with('-'));
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    words.next().filter(|word| word.len() < 100 && word.chars().all(fits)).map(str::to_owned)
}

/// Whether a text is handed to something that runs it.
fn is_run(source: &Source<'_>, literal: Literal) -> bool {
    let callee = source.callee(literal.start).unwrap_or_default();
    words::has(RUNS, callee.rsplit(['.', ':', '>']).next().unwrap_or(callee))
        || is_quoted_command(source, literal)
}

fn first_line(said: &str) -> String {
    said.lines().next().unwrap_or_default().chars().take(100).collect()
}

/// A text in the quotation marks that run what stands between them.
fn is_quoted_command(source: &Source<'_>, literal: Literal) -> bool {
    let runs = matches!(source.language, Language::Perl | Language::Ruby | Language::Php);
    runs && source.before(literal.start).ends_with('`')
}

/// A text in a list that is given a name for commands: `commands = ["sudo …", …]`.
fn is_listed_command(source: &Source<'_>, literal: Literal) -> bool {
    static LISTED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)\b(?:commands?|cmds?)\s*[=:]\s*\[[^\]]*$").ok());
    LISTED.as_ref().is_some_and(|listed| listed.is_match(source.before(literal.start)))
}

/// A text with a full stop at its end, or one that goes on as no command would.
fn is_sentence(said: &str) -> bool {
    let second = said.split_whitespace().nth(1).unwrap_or_default();
    said.ends_with('.')
        || ["is", "was", "are", "can", "must", "not", "access", "password", "command", "to", "and", "or"]
            .contains(&second)
}

/// Branches that ask for root.
fn root(subject: &Subject<'_>, source: &Source<'_>, found: &mut Vec<Finding>) {
    static ASKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?x) os\.gete?uid\(\)\s*(?:==|!=|>|is\s+not)\s*0
            | (?:not\s+|0\s*[!=]=\s*)os\.gete?uid\(\)
            | process\.gete?uid\s*\(\)\s*[!=]==?\s*0 | process\.gete?uid\s*&&\s*!?process\.gete?uid\s*\(\)
            | !\s*process\.gete?uid\s*\(\)
            | posix_gete?uid\(\)\s*[!=]==?\s*0
            | Process\.e?uid(?:\s*[!=]=\s*0|\.zero\?|\.nonzero\?)
            | \$[<>]\s*(?:==|!=)\s*0\b | \$E?UID\s*(?:==|!=)\s*0\b | \$(?:EFFECTIVE|REAL)_USER_ID\s*(?:==|!=)\s*0\b
            | (?:if|unless)\s*\(?\s*!?\s*\$[<>]\s*[\){]",
        )
        .ok()
    });
    let Some(asks) = ASKS.as_ref() else { return };
    let Some(first) = asks.find(&source.mask) else { return };
    let (line, quote) = source.quote(first.start());
    let detail = "asks whether it runs as root: it behaves differently then";
    found
        .push(subject.finding(CheckId::PrivRootCheck, detail).at(line, quote).acting(Some(Trigger::RunTime)));
}
