//! Two versions of an invented package, built here.

use super::{Outcome, compared};
use crate::check::Findings;
use crate::comparison::files::Change;
use crate::finding::CheckId;
use crate::inspection::Inspection;
use crate::kept::Read;
use crate::limits::Limits;
use crate::reading::{Question, read_bytes};

/// An npm package as a tar.
fn package(name: &str, version: &str, licence: &str, members: &[(&str, &str)]) -> Vec<u8> {
    let json = format!(
        r#"{{"name": "{name}", "version": "{version}", "license": "{licence}", "engines": {{"node": ">=18"}}}}"#
    );
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in [("package/package.json", json.as_str())].iter().chain(members) {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(if name.ends_with("setuid") { 0o4755 } else { 0o644 });
        header.set_cksum();
        builder.append_data(&mut header, name, content.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn read(bytes: &[u8]) -> Read {
    let question = Question { name: "relay.tgz".into(), keep: true, ..Question::default() };
    read_bytes(bytes, &question, &Limits::for_package())
}

fn compare(now: &[u8], before: &[u8]) -> Inspection {
    compared(read(now), &read(before))
}

#[test]
fn what_differs_between_two_versions_is_told_and_nothing_else() {
    let was = [
        ("package/relay-1.2.0.js", "const timeout = 5;\n"),
        ("package/same.txt", "x"),
        ("package/gone", "y"),
    ];
    let is = [
        ("package/relay-2.0.0.js", "const timeout = 5;\n"),
        ("package/same.txt", "x"),
        ("package/setuid", "z"),
        ("package/limits.js", "exports.retries = 3\n"),
    ];
    let report =
        compare(&package("relay", "2.0.0", "AGPL-3.0", &is), &package("relay", "1.2.0", "MIT", &was));
    let comparison = report.comparison.as_ref().unwrap();
    assert_eq!(comparison.previous.claimed.as_deref(), Some("relay 1.2.0"));
    let Outcome::Delta(delta) = &comparison.outcome else { panic!("{comparison:?}") };
    let files = &delta.files;
    assert_eq!((files.added, files.removed, files.changed, files.unchanged), (2, 1, 1, 2));
    assert!(files.listed.iter().any(|file| file.path == "package/gone" && file.change == Change::Removed));
    let said: Vec<&str> = delta.changes.iter().map(|finding| finding.detail.as_str()).collect();
    assert_eq!(said, ["licence: was MIT, is AGPL-3.0 (by the package's own field)"]);
    assert_eq!(report.findings[0].check, CheckId::LicenceChange);
    let new: Vec<CheckId> = delta.new.iter().map(|finding| finding.check).collect();
    assert_eq!(new, [CheckId::PrivSetuid]);
    assert!(delta.gone.is_empty() && delta.incomplete.is_empty() && delta.signers.is_none(), "{delta:?}");
}

#[test]
fn the_same_file_differs_in_nothing() {
    let one = package("relay", "1.0.0", "MIT", &[("package/setuid", "z")]);
    let report = compare(&one, &one);
    let Some(Outcome::Delta(delta)) = report.comparison.map(|comparison| comparison.outcome) else {
        panic!()
    };
    assert!(delta.changes.is_empty() && delta.new.is_empty() && delta.gone.is_empty());
    assert_eq!((delta.files.added, delta.files.changed, delta.files.unchanged), (0, 0, 2));
}

#[test]
fn another_product_is_refused_in_one_sentence() {
    let check = |now: &[u8], before: &[u8], expected: &str| {
        let report = compare(now, before);
        let Some(Outcome::Refused(why)) = report.comparison.map(|comparison| comparison.outcome) else {
            panic!()
        };
        assert_eq!(why, expected);
    };
    let (relay, wire) = (package("relay", "1.0.0", "MIT", &[]), package("wire", "1.0.0", "MIT", &[]));
    check(
        &relay,
        &wire,
        "the previous file is another product, wire, and this one is relay: nothing was compared",
    );
    check(
        &relay,
        b"notes",
        "the previous file, a text file, does not say which product it is, and this one is relay: nothing was compared",
    );
}

#[test]
fn a_line_that_moved_is_no_new_finding() {
    let with = |text: &str| package("relay", "1.0.0", "MIT", &[("package/x", text)]);
    let mut reads = [read(&with("a")), read(&with("b"))];
    for (line, read) in reads.iter_mut().enumerate() {
        let mut findings = Findings::default();
        let found = crate::finding::Finding::new(CheckId::PrivSudo, "package/x", "sudo is called");
        findings.add(found.at(line + 1, "sudo reboot"));
        read.inspection.findings = findings.finish().0;
    }
    let [before, now] = reads;
    let Some(Outcome::Delta(delta)) = compared(now, &before).comparison.map(|one| one.outcome) else {
        panic!()
    };
    assert!(delta.new.is_empty() && delta.gone.is_empty(), "{delta:?}");
}
