//! Signatures of every scheme that lie beside a file, with keys at hand. The input is both: two bytes that say how long the
//! signature is (big-endian), the signature, the keys.
#![no_main]

use inspect::limits::Limits;
use inspect::reading::{Question, inspect_bytes};
use inspect::signature::keys::Known;
use inspect::signature::reading::Beside;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((length, both)) = bytes.split_first_chunk() else { return };
    let length = usize::from(u16::from_be_bytes(*length)).min(both.len());
    let (signature, keys) = both.split_at(length);
    let question = Question {
        name: "x".to_owned(),
        signature: Some(Beside { name: "x.sig".to_owned(), bytes: signature.to_vec() }),
        keys: vec![Known { origin: "house".to_owned(), bytes: keys.to_vec() }],
        at: 1_700_000_000,
        ..Question::default()
    };
    inspect_bytes(b"what the vendor ships", &question, &Limits::for_package());
});
