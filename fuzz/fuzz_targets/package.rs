//! Whole packages with everything that is read of them: claims, checks, and the signatures that they carry.
#![no_main]

use inspect::limits::Limits;
use inspect::reading::{Question, inspect_bytes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { bytes_total: 8 << 20, bytes_each: 1 << 20, members: 1_000, ..Limits::for_package() };
    let question = Question { name: "x".to_owned(), at: 1_700_000_000, ..Question::default() };
    inspect_bytes(bytes, &question, &limits);
});
