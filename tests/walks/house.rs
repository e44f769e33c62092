//! The lines of the house, held by reading its own source: what may be done where.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files below the given folders that end in `ending`, by their path from the root.
fn files(folders: &[&str], ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut left: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let shown = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && !shown.ends_with("target") {
                left.push(path);
            } else if shown.ends_with(ending) {
                found.push((shown, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "{folders:?}");
    found
}

/// The sources of the program without tests and comments, by path and number of the line.
fn lines() -> Vec<(String, usize, String)> {
    let mut lines = Vec::new();
    for (path, text) in files(&["inspect", "index", "crawler", "web"], ".rs") {
        if path.ends_with("/tests.rs") || path.contains("/tests/") {
            continue;
        }
        // Tests stand at the end of a file.
        let program = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
        for (number, line) in program.lines().enumerate() {
            if !line.trim_start().starts_with("//") {
                lines.push((path.clone(), number + 1, line.to_owned()));
            }
        }
    }
    lines
}

/// Only files below these places may say one of these words.
fn only(places: &[&str], words: &[&str]) {
    let mut used = false;
    for (path, number, line) in lines() {
        if words.iter().any(|word| line.contains(word)) {
            let allowed = places.iter().any(|place| path.starts_with(place));
            assert!(allowed, "{path}:{number} is not the place for this: {line}");
            used = true;
        }
    }
    assert!(used, "nobody says {words:?}; this test looks for the wrong words");
}

#[test]
fn a_strangers_text_becomes_ours_in_one_place() {
    only(&["crawler/src/clean.rs", "crawler/src/clean/"], &["Text::cleaned"]);
}

#[test]
fn all_sql_lies_in_the_store() {
    let words = ["\"SELECT ", "\"INSERT INTO", "\"UPDATE ", "\"DELETE FROM", " SELECT ", "INSERT INTO "];
    only(&["index/src/store.rs", "index/src/store/"], &words);
    only(&["index/src/store.rs", "index/src/store/"], &["sqlx::query", "QueryBuilder"]);
}

#[test]
fn one_module_opens_connections() {
    only(&["crawler/src/fetch.rs", "crawler/src/fetch/"], &["reqwest::", "TcpStream::connect"]);
}

#[test]
fn one_file_reads_the_clock() {
    only(&["web/schedule.rs"], &["Timestamp::now(", "SystemTime::now(", "Zoned::now("]);
}

#[test]
fn nouns_know_neither_the_record_nor_the_search_engine() {
    for noun in [
        "vendor",
        "source",
        "entry",
        "enrichment",
        "mention",
        "revision",
        "severity",
        "text",
        "answer",
        "query",
        "subscription",
        "digest",
        "outbox",
        "package",
    ] {
        let own = [format!("index/src/{noun}.rs"), format!("index/src/{noun}/")];
        for (path, number, line) in lines() {
            if own.iter().any(|place| path.starts_with(place)) {
                for word in ["crate::store", "crate::search", "crate::knowledge", "sqlx", "tantivy"] {
                    assert!(!line.contains(word), "{path}:{number} knows too much: {line}");
                }
            }
        }
    }
}

#[test]
fn no_template_passes_anything_on_unescaped() {
    for (path, text) in files(&["templates"], ".html") {
        for word in ["|safe", "| safe", "|escape(\"none\")", "autoescape"] {
            assert!(!text.contains(word), "{path} says {word}");
        }
    }
}

#[test]
fn calls_go_downhill() {
    for (member, above) in [
        ("inspect", &["index", "crawler", "forewarn"][..]),
        ("index", &["crawler", "forewarn"]),
        ("crawler", &["forewarn"]),
    ] {
        let manifest = fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap();
        let (_, dependencies) = manifest.split_once("[dependencies]").unwrap();
        for line in dependencies.lines() {
            let name = line.split(['.', ' ', '=']).next().unwrap();
            assert!(!above.contains(&name), "{member} depends uphill: {line}");
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in files(&["inspect", "index", "crawler", "web", "tests", "examples"], ".rs") {
        assert!(text.starts_with("//! "), "{path} does not say what it is for");
    }
}

#[test]
fn no_file_is_too_long_to_be_read_at_once() {
    for (path, text) in files(&["inspect", "index", "crawler", "web", "tests"], ".rs") {
        let lines = text.lines().count();
        assert!(lines <= 400, "{path} has {lines} lines");
    }
}

#[test]
fn no_test_waits_by_sleeping_or_is_left_out() {
    let sleeping = ["sl", "eep("].concat();
    let left_out = ["#[ig", "nore"].concat();
    for (path, text) in files(&["tests"], ".rs") {
        assert!(!text.contains(&sleeping) && !text.contains(&left_out), "{path}");
    }
}
