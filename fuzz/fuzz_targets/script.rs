//! What people write: shell, SQL, units, crontabs and settings, and sources with their syntax trees. A reader that is
//! added gets its name here.
#![no_main]

use inspect::limits::Limits;
use inspect::reading::{Question, read_bytes};
use libfuzzer_sys::fuzz_target;

/// A name for each reader: what a file is written in is told by its name where its first line does not say.
const NAMES: [&str; 12] = [
    "postinst",
    "x.sh",
    "upgrade.sql",
    "x.service",
    "x.timer",
    "x.py",
    "x.js",
    "x.ts",
    "LICENSE",
    "x.yaml",
    "package.json",
    "sysctl.conf",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, text)) = bytes.split_first() else { return };
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let question = Question { name: name.to_owned(), at: 1_700_000_000, keep: true, ..Question::default() };
    read_bytes(text, &question, &Limits::for_package());
});
