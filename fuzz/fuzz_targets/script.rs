//! What is read line by line: shell, SQL, units, crontabs and settings. A reader that is added gets its name here.
#![no_main]

use inspect::limits::Limits;
use inspect::reading::{Question, inspect_bytes};
use libfuzzer_sys::fuzz_target;

/// A name for each reader: what a file is written in is told by its name where its first line does not say.
const NAMES: [&str; 8] =
    ["postinst", "x.sh", "upgrade.sql", "x.service", "x.timer", "x.py", "package.json", "sysctl.conf"];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, text)) = bytes.split_first() else { return };
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let question = Question { name: name.to_owned(), at: 1_700_000_000, ..Question::default() };
    inspect_bytes(text, &question, &Limits::for_package());
});
