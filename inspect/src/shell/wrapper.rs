//! Programs that run another command: what they run, and as whom.

use super::{Via, Word};

/// What a command does with its words.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is a command of its own.
    Own,
    /// It runs the command that these words are.
    Runs(Option<Via>, Vec<Word>),
    /// It is a command of its own that also runs these words: `find … -exec`.
    Also(Vec<Word>),
    /// It runs this text as a script.
    Text(Option<Via>, Word),
    /// It runs as a script whatever it is fed.
    Fed(Option<Via>),
}

/// Options that take the next word, of programs that run the words behind their options.
const VALUED: &[(&str, &[&str])] = &[
    ("sudo", &["-u", "--user", "-g", "--group", "-h", "-p", "-C", "-r", "-t", "-T", "-U", "-D", "-R"]),
    ("doas", &["-u", "-C"]),
    ("env", &["-u", "--unset", "-C", "--chdir"]),
    ("exec", &["-a"]),
    ("nice", &["-n", "--adjustment"]),
    ("ionice", &["-c", "-n", "--class", "--classdata"]),
    ("nohup", &[]),
    ("setsid", &[]),
    ("time", &["-f", "-o"]),
    ("command", &[]),
    ("builtin", &[]),
    ("chronic", &[]),
    ("stdbuf", &["-i", "-o", "-e"]),
    ("timeout", &["-s", "--signal", "-k", "--kill-after"]),
    ("chroot", &[]),
    ("flock", &["-w", "--timeout", "-E"]),
    (
        "xargs",
        &[
            "-a",
            "-d",
            "-E",
            "-I",
            "-L",
            "-n",
            "-P",
            "-s",
            "--max-args",
            "--max-procs",
            "--replace",
            "--delimiter",
        ],
    ),
    ("setpriv", &["--reuid", "--regid", "--groups"]),
    ("unshare", &[]),
    ("busybox", &[]),
    ("runuser", &["-u", "--user", "-g", "--group", "-G", "-s", "--shell"]),
];
/// The same for `systemd-run`.
const RUN_APART: &[&str] = &[
    "-p",
    "--property",
    "-u",
    "--unit",
    "--on-calendar",
    "--on-active",
    "--on-boot",
    "-M",
    "--uid",
    "--gid",
    "--description",
];
/// Words between the options and the command: a duration, a new root, a lock file.
const SKIPPED: [&str; 3] = ["timeout", "chroot", "flock"];
/// Those that change for whom something runs, or where; they are told.
const TOLD: [&str; 8] = ["sudo", "doas", "su", "runuser", "chroot", "xargs", "setpriv", "unshare"];
/// Shells, which run `-c` texts and what they are fed.
const SHELLS: [&str; 7] = ["sh", "bash", "dash", "ash", "ksh", "zsh", "mksh"];

/// Looks at the words of a command.
pub(super) fn step(words: &[Word]) -> Step {
    let Some(first) = words.first() else { return Step::Own };
    let program = first.text.rsplit('/').next().unwrap_or_default();
    let rest = words.get(1..).unwrap_or_default();
    let via = |user| TOLD.contains(&program).then(|| Via { program: program.to_owned(), user });
    match program {
        "su" => su(rest, via),
        "runuser" if !rest.iter().any(|word| matches!(word.text.as_str(), "-u" | "--user")) => su(rest, via),
        "eval" => text(None, rest),
        "trap" => match rest {
            [only, _, ..] if !only.text.starts_with('-') => Step::Text(None, only.clone()),
            _ => Step::Own,
        },
        "command" if rest.first().is_some_and(|word| matches!(word.text.as_str(), "-v" | "-V")) => Step::Own,
        "find" => find(rest),
        // What is run later, or apart, is told beside what runs it.
        "systemd-run" => match behind_options(program, rest, RUN_APART, &via) {
            Step::Runs(_, command) => Step::Also(command),
            other => other,
        },
        shell if SHELLS.contains(&shell) => run_shell(rest),
        _ => match VALUED.iter().find(|(name, _)| *name == program) {
            Some((_, valued)) => behind_options(program, rest, valued, &via),
            None => Step::Own,
        },
    }
}

fn text(via: Option<Via>, words: &[Word]) -> Step {
    let known = words.iter().map(|word| word.known).max().unwrap_or_default();
    let joined = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    Step::Text(via, Word { text: joined, known })
}

fn behind_options(
    program: &str,
    rest: &[Word],
    valued: &[&str],
    via: &dyn Fn(Option<String>) -> Option<Via>,
) -> Step {
    let mut user = None;
    let mut at = 0;
    while let Some(word) = rest.get(at) {
        let text = word.text.as_str();
        if text == "--" {
            at += 1;
            break;
        }
        let is_assignment = matches!(program, "env" | "sudo" | "doas") && is_assignment(text);
        if !is_assignment && (!text.starts_with('-') || text == "-") {
            break;
        }
        let value = rest.get(at + 1).map(|word| word.text.clone());
        if valued.contains(&text) {
            at += 1;
            user = user
                .or(value
                    .filter(|_| matches!(text, "-u" | "--user" | "--uid" | "--reuid") && program != "env"));
        } else if let Some(named) = text.strip_prefix("--user=").or_else(|| text.strip_prefix("--userspec="))
        {
            user = Some(named.to_owned());
        }
        at += 1;
    }
    at += usize::from(SKIPPED.contains(&program));
    match rest.get(at..).unwrap_or_default() {
        [] => Step::Own,
        command => Step::Runs(via(user), command.to_vec()),
    }
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// `su [options] [-] [user] [arguments]`; the command stands behind `-c`, wherever that is.
fn su(rest: &[Word], via: impl Fn(Option<String>) -> Option<Via>) -> Step {
    let (mut user, mut command): (Option<String>, Option<Word>) = (None, None);
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match word.text.as_str() {
            "-c" | "--command" | "--session-command" => command = words.next().cloned(),
            "-s" | "--shell" | "-g" | "--group" | "-G" | "--supp-group" | "-w" => {
                words.next();
            }
            "-" | "--" => {}
            text if text.starts_with("--command=") => {
                let text = text.trim_start_matches("--command=").to_owned();
                command = Some(Word { text, known: word.known });
            }
            text if text.starts_with('-') => {}
            text if user.is_none() => user = Some(text.to_owned()),
            _ => {}
        }
    }
    let user = user.or_else(|| Some("root".to_owned()));
    match command {
        Some(command) => Step::Text(via(user), command),
        None => Step::Fed(via(user)),
    }
}

fn run_shell(rest: &[Word]) -> Step {
    let options =
        rest.iter().take_while(|word| word.text.starts_with(['-', '+']) && word.text.len() > 1).count();
    let given = rest.get(..options).unwrap_or_default();
    let takes_text = given.iter().any(|word| !word.text.starts_with("--") && word.text.contains('c'));
    match rest.get(options) {
        Some(command) if takes_text => Step::Text(None, command.clone()),
        Some(word) if word.text != "-" => Step::Own,
        _ => Step::Fed(None),
    }
}

fn find(rest: &[Word]) -> Step {
    let runs = |word: &Word| matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok");
    let Some(at) = rest.iter().position(runs) else { return Step::Own };
    let command = rest.get(at + 1..).unwrap_or_default();
    let end = command.iter().position(|word| matches!(word.text.as_str(), ";" | "+"));
    match command.get(..end.unwrap_or(command.len())) {
        Some(command) if !command.is_empty() => Step::Also(command.to_vec()),
        _ => Step::Own,
    }
}
