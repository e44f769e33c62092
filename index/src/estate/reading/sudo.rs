//! What sudo allows somebody, as `sudo -l` prints it (sudoers(5)).

use super::{Mistake, bounded, lines, shown};
use crate::estate::facts::{Facts, Rule};

/// Words in front of a command that say how it is run.
const TAGS: [&str; 15] = [
    "NOPASSWD",
    "PASSWD",
    "SETENV",
    "NOSETENV",
    "NOEXEC",
    "EXEC",
    "LOG_INPUT",
    "NOLOG_INPUT",
    "LOG_OUTPUT",
    "NOLOG_OUTPUT",
    "MAIL",
    "NOMAIL",
    "FOLLOW",
    "NOFOLLOW",
    "INTERCEPT",
];

/// Reads `sudo -l`, allowed or refused. A refusal is a policy that allows nothing.
pub(super) fn read(text: &str) -> Result<Facts, Mistake> {
    let refused = |line: &str| {
        line.contains(" may not run sudo on ") || line.contains(" is not allowed to run sudo on ")
    };
    if lines(text).any(|(_, line)| refused(line)) {
        return Ok(Facts { sudo: Some(Vec::new()), ..Facts::default() });
    }
    let allows = |line: &str| line.contains(" may run the following commands on ");
    let Some((number, heading)) = lines(text).find(|(_, line)| allows(line)) else {
        let (number, said) = lines(text).find(|(_, line)| line.starts_with("sudo: ")).unwrap_or((1, ""));
        let why = said.strip_prefix("sudo: ").unwrap_or("it neither allows nor refuses anything");
        return Err(Mistake::at(number, format!("{}; run sudo -l as the account that is meant", shown(why))));
    };
    let who =
        heading.strip_prefix("User ").and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
    let mut rules = Vec::new();
    for entry in entries(text, number) {
        rules.extend(entry_rules(who, &entry));
    }
    Ok(Facts { sudo: Some(bounded(rules, "rules of sudo")?), ..Facts::default() })
}

/// Entries behind the heading, long ones joined again.
fn entries(text: &str, heading: usize) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for (_, line) in lines(text).skip_while(|(number, _)| *number <= heading) {
        if !line.starts_with([' ', '\t']) {
            break;
        }
        let said = line.trim();
        match entries.last_mut() {
            Some(last) if !said.starts_with('(') => {
                last.push(' ');
                last.push_str(said);
            }
            _ => entries.push(said.to_owned()),
        }
    }
    entries
}

/// `(root) NOPASSWD: /usr/bin/a, /usr/bin/b`: tags hold until another one says otherwise.
fn entry_rules(who: &str, entry: &str) -> Vec<Rule> {
    let (run_as, mut rest) = match entry.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((run_as, rest)) => (Some(shown(run_as)), rest.trim()),
        None => (None, entry),
    };
    let mut without_password = false;
    let mut rules = Vec::new();
    while !rest.is_empty() {
        let (command, more) = next(rest);
        rest = more;
        let mut command = command.trim();
        while let Some((tag, own)) = command.split_once(':').filter(|(tag, _)| TAGS.contains(&tag.trim())) {
            match tag.trim() {
                "NOPASSWD" => without_password = true,
                "PASSWD" => without_password = false,
                _ => {}
            }
            command = own.trim();
        }
        if !command.is_empty() {
            let command = shown(&command.replace("\\,", ","));
            rules.push(Rule { who: shown(who), command, run_as: run_as.clone(), without_password });
        }
    }
    rules
}

/// The text up to the next comma that is not escaped, and what is behind it.
fn next(text: &str) -> (&str, &str) {
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        if letter == ',' && before != '\\' {
            let (one, rest) = text.split_at(at);
            return (one, rest.strip_prefix(',').unwrap_or_default());
        }
        before = letter;
    }
    (text, "")
}
