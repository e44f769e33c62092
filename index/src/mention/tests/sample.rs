//! A sample of texts of an invented world, labelled by hand: which keys each names. Shapes are those of key pages, change
//! logs, verifiers, commits, sums and crash reports.

use std::collections::BTreeSet;

use super::keys::{ARMORED, ARMORED_PRINT};
use crate::mention::{Kind, find};

const ONE: &str = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567";
const TWO: &str = "9F8E7D6C5B4A39281706F5E4D3C2B1A098765432";
const SUM: &str = "b10c5f0e9d8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c";

/// Texts with the keys that they name.
const SAMPLE: &[(&str, &[&str])] = &[
    ("The Halvard release key is 0A1B 2C3D 4E5F 6071 8293  A4B5 C6D7 E8F9 0123 4567.", &[ONE]),
    ("pub   ed25519 2026-01-02 [SC]\n      0A1B2C3D4E5F60718293A4B5C6D7E8F901234567\nuid   Halvard", &[ONE]),
    (
        "Old key 9F8E7D6C5B4A39281706F5E4D3C2B1A098765432; new key 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        &[TWO, ONE],
    ),
    (
        "- fingerprint: \"0A1B 2C3D 4E5F 6071 8293 A4B5 C6D7 E8F9 0123 4567\"\n  key_id: \"rsa4096/C6D7E8F901234567\"",
        &[ONE, "C6D7E8F901234567"],
    ),
    ("gpg --recv-keys 0x0A1B2C3D4E5F60718293A4B5C6D7E8F901234567", &[ONE]),
    ("https://keys.halvard.example/vks/v1/by-fingerprint/0A1B2C3D4E5F60718293A4B5C6D7E8F901234567", &[ONE]),
    ("https://halvard.example/pks/lookup?op=get&search=0xC6D7E8F901234567", &["C6D7E8F901234567"]),
    ("https://repo.halvard.example/keys/C6D7E8F901234567.asc", &["C6D7E8F901234567"]),
    ("rpm -q gpg-pubkey-a1234567-6525146f", &["A1234567"]),
    ("package gpg-pubkey-a1234567-6525146f is not installed", &["A1234567"]),
    ("W: GPG error: https://repo.halvard.example stable: NO_PUBKEY C6D7E8F901234567", &["C6D7E8F901234567"]),
    ("the following signatures were invalid: EXPKEYSIG D3C2B1A098765432 Halvard", &["D3C2B1A098765432"]),
    (
        "gpg: Signature made Mon 02 Nov 2026\ngpg:   using RSA key 0A1B2C3D4E5F60718293A4B5C6D7E8F901234567",
        &[ONE],
    ),
    ("Primary key fingerprint: 9F8E 7D6C 5B4A 3928 1706  F5E4 D3C2 B1A0 9876 5432", &[TWO]),
    ("apt-key del A1234567", &["A1234567"]),
    ("* Add Halvard Stable Key (13/oak) (ID: C6D7E8F901234567) (Closes: #1100829)", &["C6D7E8F901234567"]),
    ("SHA1 Fingerprint=0A:1B:2C:3D:4E:5F:60:71:82:93:A4:B5:C6:D7:E8:F9:01:23:45:67", &[ONE]),
    (
        "ED25519 key fingerprint is SHA256:uNiVztksCsDhcc0u9e8BrwJ7ExfE0pLrYJbKuKwPQ9w.",
        &["SHA256:uNiVztksCsDhcc0u9e8BrwJ7ExfE0pLrYJbKuKwPQ9w"],
    ),
    (
        "minisign -Vm relay.zip -P RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
        &["RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"],
    ),
    ("ARG HALVARD_GPG_KEY=0A1B2C3D4E5F60718293A4B5C6D7E8F901234567", &[ONE]),
    ("revoke 0xD3C2B1A098765432 and put in the new key", &["D3C2B1A098765432"]),
    ("Fixes: 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567 (\"relay: count\")", &[]),
    ("commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567\nMerge: 2b0a1005 2eddd5f2", &[]),
    ("introduced in 5.8 with commit 9f8e7d6c5b4a39281706f5e4d3c2b1a098765432 and fixed in 5.9", &[]),
    ("https://code.halvard.example/relay/commit/9f8e7d6c5b4a39281706f5e4d3c2b1a098765432", &[]),
    ("index 4fe841a..cccf6ea 100644\n--- a/keys.c\n+++ b/keys.c", &[]),
    ("b10c5f0e9d8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c  relay-2.0.tar.gz", &[]),
    ("SHA256 (relay-2.0.iso) = b10c5f0e9d8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c", &[]),
    (
        "image: registry.halvard.example/relay@sha256:b10c5f0e9d8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c",
        &[],
    ),
    (
        "Digest: sha256:b10c5f0e9d8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c\nStatus: Downloaded",
        &[],
    ),
    (
        "\"orgId\": \"f4215fc3-5b6b-47ff-a258-f7189bd81a2b\", \"version\": \"0a1b2c3d4e5f60718293a4b5c6d7e8f901234567\"",
        &[],
    ),
    ("RSP: 002b:00007fde365b6168 EFLAGS: 00000246 ORIG_RAX: 0000000000000001", &[]),
    (
        "PID: 22218  TASK: ffff951a6ad74980  CPU: 73\n #0 [ffffb1ba6707fa40] machine_kexec at ffffffff8565b397",
        &[],
    ),
    (
        "Code: 28 00 00 00 75 05 48 83 c4 28 c3 e8 f1 19 00 00 90 48 89 f8 48 89 f7 48 89 d6 48 89 c2 4d 89 c2 4d 89 c8 4c 8b",
        &[],
    ),
    ("Serial Number: 03:b0:b0:15:c1:a4:e2:64:16:11:73:1a:71:1b:71:1d:e0:ef:12:34", &[]),
    ("error 0x80070005 at 0x1cd66f1f40000028", &[]),
    ("avatar/3dcae8378d46c244172a115c28ca49ce.png", &[]),
    ("nonce=bcbe1f1b1202fe597feaa2e3f23d566c&name=relay", &[]),
    ("ETag: \"9f8e7d6c5b4a39281706f5e4d3c2b1a0\"", &[]),
    ("The public key token is 89e7d7c5feba84ce", &[]),
    ("build 20261102 of 12345678 rows", &[]),
    ("git checkout 9f8e7d6c", &[]),
    (
        "SHA512: b10c5f0e9d8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2cb10c5f0e9d8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c",
        &[],
    ),
];

#[test]
fn hardly_anything_is_taken_for_a_key_that_is_none() {
    let (mut named, mut found_all, mut right) = (0, 0, 0);
    let armored = format!("Our key:\n{ARMORED}\n");
    let enclosed: [(&str, &[&str]); 1] = [(&armored, &[ARMORED_PRINT])];
    for (text, keys) in SAMPLE.iter().copied().chain(enclosed) {
        let found: BTreeSet<String> = find(text)
            .into_iter()
            .filter(|one| matches!(one.kind, Kind::Fingerprint | Kind::KeyId))
            .map(|one| one.value)
            .collect();
        named += keys.len();
        found_all += found.len();
        right += found.iter().filter(|one| keys.contains(&one.as_str())).count();
        let missed: Vec<_> = keys.iter().filter(|key| !found.contains(**key)).collect();
        if !missed.is_empty() || found.len() > keys.len() {
            println!("{text}: found {found:?}, missed {missed:?}");
        }
    }
    assert!(SAMPLE.iter().any(|(text, _)| text.contains(SUM)));
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    let (precision, recall) = (share(right, found_all), share(right, named));
    assert!(precision >= 0.99 && recall >= 0.95, "precision {precision:.3}, recall {recall:.3}");
}
