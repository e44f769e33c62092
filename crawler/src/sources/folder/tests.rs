//! Folders, archives and files, made by the tests.

use super::{Seen, read, slug, stem};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;

fn all(path: &Path) -> Vec<String> {
    let seen = Mutex::new(Vec::new());
    read(path, 2, &|one| {
        seen.lock().unwrap().push(match one {
            Seen::Found(found) => format!("{} {}", found.source_hint, found.draft.native_id),
            Seen::Skipped { path, reason } => format!("skipped {path}: {reason}"),
            Seen::Unread { path, kind, .. } => format!("unread {path}: {kind}"),
        });
        ControlFlow::Continue(())
    })
    .unwrap();
    let mut seen = seen.into_inner().unwrap();
    seen.sort();
    seen
}

#[test]
fn a_folder_is_walked_and_named_by_where_things_lie() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("My Advisories");
    std::fs::create_dir_all(root.join("inner")).unwrap();
    std::fs::write(root.join("inner/a.json"), r#"{"id":"GO-1","modified":"x"}"#).unwrap();
    std::fs::write(root.join("b.json"), r#"{"id":"GO-2","modified":"x""#).unwrap();
    std::fs::write(root.join("c.json.sha512"), "00").unwrap();
    std::fs::write(
        root.join("kev.json"),
        r#"{"catalogVersion":"1","vulnerabilities":[{"cveID":"CVE-1999-1"},{"cveID":"CVE-1999-2"}]}"#,
    )
    .unwrap();
    std::os::unix::fs::symlink(root.join("b.json"), root.join("link.json")).unwrap();
    assert_eq!(
        all(&root),
        [
            "my-advisories inner/a.json",
            "my-advisories kev.json#CVE-1999-1",
            "my-advisories kev.json#CVE-1999-2",
            "skipped c.json.sha512: a checksum",
            "skipped link.json: a link or device, not followed",
            "unread b.json: malformed JSON",
        ]
    );
}

#[test]
fn a_single_file_is_its_own_source() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("One File.json");
    std::fs::write(&path, r#"{"id":"GO-1","modified":"x"}"#).unwrap();
    assert_eq!(all(&path), ["one-file One File.json"]);
}

#[test]
fn nothing_there_is_an_error() {
    assert!(read(Path::new("/nonexistent/forewarn"), 1, &|_| ControlFlow::Continue(())).is_err());
}

#[test]
fn names_become_slugs_without_the_ending_of_an_archive() {
    assert_eq!(stem("osv-go.tar.zst"), ("osv-go", true));
    assert_eq!(stem("a.json"), ("a.json", false));
    assert_eq!(stem(".zip"), (".zip", false));
    assert_eq!(slug("Ä  b..C-"), "ä-b-c");
    assert_eq!(slug("…"), "folder");
}
