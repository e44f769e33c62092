//! Signatures of every scheme that lie beside a file, with keys at hand: the input is both, the signature first.
#![no_main]

use inspect::limits::Limits;
use inspect::reading::{Question, inspect_bytes};
use inspect::signature::keys::Known;
use inspect::signature::reading::Beside;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|both: (Vec<u8>, Vec<u8>)| {
    let (signature, keys) = both;
    let question = Question {
        name: "x".to_owned(),
        signature: Some(Beside { name: "x.sig".to_owned(), bytes: signature }),
        keys: vec![Known { origin: "house".to_owned(), bytes: keys }],
        at: 1_700_000_000,
        ..Question::default()
    };
    inspect_bytes(b"what the vendor ships", &question, &Limits::for_package());
});
