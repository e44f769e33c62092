//! What a member's place says about it: that it documents, tests or is filled in first, and what it is written in.
//!
//! Told from names and first lines only, by the habits of the ecosystems; a check that knows better overrides it.

use crate::finding::Activation;

/// A language in which scripts and statements are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// POSIX shell, bash, dash, ksh, zsh.
    Shell,
    /// Python.
    Python,
    /// Perl.
    Perl,
    /// Ruby.
    Ruby,
    /// JavaScript or TypeScript.
    JavaScript,
    /// Lua, as RPM runs it itself.
    Lua,
    /// PHP.
    Php,
    /// PowerShell.
    PowerShell,
    /// Batch files of Windows.
    Batch,
    /// SQL.
    Sql,
}

/// Interpreters by the start of their name, and suffixes by their end.
const LANGUAGES: &[(Language, &[&str], &[&str])] = &[
    (Language::Shell, &["sh", "bash", "dash", "ash", "ksh", "zsh", "busybox"], &["sh", "bash", "ksh"]),
    (Language::Python, &["python", "pypy"], &["py"]),
    (Language::Perl, &["perl"], &["pl", "pm"]),
    (Language::Ruby, &["ruby"], &["rb"]),
    (Language::JavaScript, &["node", "nodejs"], &["js", "mjs", "cjs", "ts"]),
    (Language::Lua, &["lua", "<lua>"], &["lua"]),
    (Language::Php, &["php"], &["php"]),
    (Language::PowerShell, &["pwsh", "powershell"], &["ps1", "psm1"]),
    (Language::Batch, &[], &["bat", "cmd"]),
    (Language::Sql, &[], &["sql"]),
];

/// What a file is written in, by its first line, else by its suffix.
#[must_use]
pub fn language(name: &str, bytes: &[u8]) -> Option<Language> {
    shebang(bytes).map_or_else(|| by_suffix(name), |program| by_interpreter(&program))
}

/// What a program of this name or path runs: `/bin/sh`, `python3.11`, `<lua>`.
#[must_use]
pub fn by_interpreter(program: &str) -> Option<Language> {
    let own = program.rsplit('/').next().unwrap_or(program);
    let stem = own.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
    LANGUAGES.iter().find(|(_, names, _)| names.contains(&stem)).map(|(language, ..)| *language)
}

fn by_suffix(name: &str) -> Option<Language> {
    let own = name.rsplit('/').next().unwrap_or(name);
    let (stem, suffix) = own.rsplit_once('.')?;
    let suffix = suffix.to_ascii_lowercase();
    let known = LANGUAGES.iter().find(|(_, _, suffixes)| suffixes.contains(&suffix.as_str()));
    known.filter(|_| !stem.is_empty()).map(|(language, ..)| *language)
}

/// The program that a first line names, through `env` where it is used.
fn shebang(bytes: &[u8]) -> Option<String> {
    let rest = bytes.strip_prefix(b"#!")?;
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line.get(..256).unwrap_or(line)).into_owned();
    let mut words = line.split_whitespace();
    let program = words.next()?;
    if program.ends_with("/env") {
        return words.find(|word| !word.starts_with('-') && !word.contains('=')).map(str::to_owned);
    }
    Some(program.to_owned())
}

/// What the place of a file makes of a finding in it.
#[must_use]
pub fn setting(name: &str) -> Activation {
    let lower = name.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split('/').collect();
    let (own, folders) = parts.split_last().map_or(("", &[][..]), |(own, folders)| (*own, folders));
    let within = |names: &[&str]| folders.iter().any(|folder| names.contains(folder));
    let suffix = own.rsplit_once('.').map_or("", |(_, suffix)| suffix);
    if within(&["test", "tests", "testing", "__tests__", "testdata", "fixtures", "spec"])
        || own.starts_with("test_")
        || [".test.js", ".spec.js", ".test.ts", ".spec.ts", "_test.py", "_test.go"]
            .iter()
            .any(|end| own.ends_with(end))
    {
        return Activation::Test;
    }
    if within(&["doc", "docs", "man", "examples", "example", "samples"])
        || matches!(suffix, "md" | "rst" | "adoc" | "markdown" | "example" | "sample")
        || ["readme", "changelog", "changes", "license", "licence", "copying", "notice", "news", "authors"]
            .iter()
            .any(|start| own == *start || own.strip_prefix(start).is_some_and(|rest| rest.starts_with('.')))
    {
        return Activation::Documentation;
    }
    if matches!(suffix, "in" | "tmpl" | "tpl" | "j2" | "erb" | "template" | "mustache")
        || within(&["templates"])
    {
        return Activation::Template;
    }
    Activation::Active
}

#[cfg(test)]
mod tests {
    use super::{Language, language, setting};
    use crate::finding::Activation;

    fn check_language(name: &str, text: &str, expected: Option<Language>) {
        assert_eq!(language(name, text.as_bytes()), expected, "{name}");
    }

    #[test]
    fn a_first_line_outweighs_a_suffix() {
        check_language("postinst", "#!/bin/sh -e\n", Some(Language::Shell));
        check_language("x", "#! /usr/bin/env -S FOO=1 python3.11 -E\n", Some(Language::Python));
        check_language("x.sh", "#!/usr/bin/perl\n", Some(Language::Perl));
        check_language("x.py", "#!/opt/own/thing\n", None);
    }

    #[test]
    fn a_suffix_tells_where_no_first_line_does() {
        check_language("a/setup.PY", "import os", Some(Language::Python));
        check_language("tools/install.ps1", "param()", Some(Language::PowerShell));
        check_language(".sh", "x", None);
        check_language("sql", "x", None);
    }

    #[test]
    fn documentation_tests_and_templates_are_told_by_their_place() {
        for (name, expected) in [
            ("usr/share/doc/x/cron.example", Activation::Documentation),
            ("README.md", Activation::Documentation),
            ("CHANGELOG", Activation::Documentation),
            ("pkg/tests/data.py", Activation::Test),
            ("lib/a.spec.js", Activation::Test),
            ("lib/templates/init.sh", Activation::Template),
            ("etc/x.conf.in", Activation::Template),
            ("etc/cron.d/newsyslog", Activation::Active),
            ("usr/bin/test", Activation::Active),
        ] {
            assert_eq!(setting(name), expected, "{name}");
        }
    }
}
