//! Whole packages with everything that is read of them: claims, checks, the signatures that they carry, and what is kept of
//! programs and sources for a comparison.
#![no_main]

use inspect::limits::Limits;
use inspect::reading::{Question, read_bytes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits =
        Limits { bytes_total: 8 << 20, bytes_each: 1 << 20, members: 1_000, ..Limits::for_package() };
    let question = Question { name: "x".to_owned(), at: 1_700_000_000, keep: true, ..Question::default() };
    read_bytes(bytes, &question, &limits);
});
