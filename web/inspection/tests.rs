//! What becomes of a file when the process that reads it does not answer.

use std::io::Write as _;
use std::time::Duration;

use inspect::finding::CheckId;
use inspect::reading::Question;

use super::Inspector;

fn check(program: &str, patience: u64, expected: &str) {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"hello").unwrap();
    let inspector = Inspector { program: program.into(), patience: Duration::from_secs(patience) };
    let question = Question { name: "relay.deb".into(), ..Question::default() };
    let inspection = inspector.inspect(file, &question).unwrap();
    assert_eq!((inspection.size, inspection.findings.len()), (5, 1));
    assert!(inspection.sha256.starts_with("2cf24dba5fb0a30e"), "{}", inspection.sha256);
    assert_eq!(inspection.findings[0].check, CheckId::InspectionEnded);
    assert!(inspection.findings[0].detail.contains(expected), "{}", inspection.findings[0].detail);
    assert!(!inspection.is_complete());
}

#[test]
fn a_child_that_ends_without_an_answer_is_a_finding() {
    check("/bin/false", 5, "ended with status 1 and without an answer");
    // It gets the command as an argument, and answers something that is no report.
    check("/bin/echo", 5, "without an answer");
}

#[test]
fn a_program_that_cannot_be_started_is_an_error() {
    let file = tempfile::tempfile().unwrap();
    let inspector = Inspector { program: "/nowhere/forewarn".into(), patience: Duration::from_secs(1) };
    let error = inspector.inspect(file, &Question::default()).unwrap_err();
    assert!(format!("{error:#}").contains("start the reading process"), "{error:#}");
}
