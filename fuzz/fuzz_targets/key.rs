//! Keys and certificates: OpenPGP, X.509, and every other form that the house's keys may have.
#![no_main]

use inspect::key::{openpgp, x509};
use inspect::signature::keys::Known;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for certificate in openpgp::read(bytes).unwrap_or_default() {
        let _ = certificate.facts(1_700_000_000);
    }
    let _ = x509::read(bytes);
    let _ = Known { origin: "x".to_owned(), bytes: bytes.to_vec() }.holds_a_key();
});
