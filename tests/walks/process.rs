//! The program as a process of its own, as a person starts it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program on the folder `data`, away from settings and tokens of whoever runs the tests.
pub(crate) fn forewarn(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forewarn"));
    command.arg("--data").arg(data).args(arguments).current_dir(data);
    command.env_remove("FOREWARN_TOKEN").env_remove("FOREWARN_LOG").env("NO_COLOR", "1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// How it ended, and what it said on standard output and standard error.
pub(crate) fn run(data: &Path, arguments: &[&str]) -> (i32, String, String) {
    said(&forewarn(data, arguments).output().unwrap())
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().expect("it ended by itself"), text(&output.stdout), text(&output.stderr))
}

/// Runs it and looks for its status and for words in what it said, results first.
pub(crate) fn check(data: &Path, arguments: &[&str], status: i32, expected: &[&str]) -> String {
    let (ended, results, beside) = run(data, arguments);
    let said = format!("{results}{beside}");
    assert_eq!(ended, status, "{arguments:?}: {said}");
    for words in expected {
        assert!(said.contains(words), "{arguments:?} does not say {words:?}: {said}");
    }
    said
}
