//! Whatever holds keys, read into facts: keyrings, certificates, bundles, key stores, lists, roots, lines, files with prose.
//!
//! Copies of a key are merged. What cannot be read is a remark beside what could; nothing is answered that was not read
//! whole. Refuses to follow a link or to ask for a password.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::key::fact::{Fact, Kind};
use crate::key::{Fingerprint, holder, openpgp, public, x509};
use crate::signature::keys::text;

/// Bytes of one file that are read; every public keyring in use is smaller.
pub const MOST_BYTES: usize = 32 << 20;
/// Remarks about one file that are kept.
const REMARKS: usize = 20;

/// One key with the bytes that it is kept as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What it says.
    pub fact: Fact,
    /// An OpenPGP certificate's packets, a certificate's DER, a public key's SubjectPublicKeyInfo, an SSH blob.
    #[serde(with = "text")]
    pub bytes: Vec<u8>,
}

/// What one file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// The keys, each once, in the file's order.
    pub keys: Vec<Found>,
    /// What could not be read, a lower-case fragment each.
    pub remarks: Vec<String>,
}

/// Reads every key in `bytes` as it stands at `at`, seconds since 1970.
#[must_use]
pub fn read(bytes: &[u8], at: i64) -> Read {
    let mut read = Read::default();
    let bytes = match bytes.get(..MOST_BYTES) {
        Some(start) if bytes.len() > MOST_BYTES => {
            read.remarks.push(format!("only the first {} MiB were read", MOST_BYTES >> 20));
            start
        }
        _ => bytes,
    };
    if let Some(held) = holder::java(bytes, &mut read.remarks) {
        held.iter().for_each(|der| read.certificate(der));
    } else if let Some(keys) = holder::keybox(bytes) {
        read.openpgp(&keys, at, true);
    } else if let Some(held) = holder::pkcs12(bytes, &mut read.remarks) {
        held.iter().for_each(|der| read.certificate(der));
    } else if is_text(bytes) {
        read.text(bytes, at);
    } else {
        read.binary(bytes, at);
    }
    read.finished()
}

fn is_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..4096).unwrap_or(bytes);
    let odd = head.iter().filter(|byte| **byte < 9 || (14..32).contains(*byte)).count();
    odd * 50 <= head.len()
        && std::str::from_utf8(head).map_or_else(|error| error.error_len().is_none(), |_| true)
        || memchr(head, b"-----BEGIN ")
}

fn memchr(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

impl Read {
    fn text(&mut self, bytes: &[u8], at: i64) {
        let text = String::from_utf8_lossy(bytes);
        if text.trim_start().starts_with('{') {
            if !public::json(&text, &mut self.keys, &mut self.remarks) {
                self.remarks.push("neither a list of keys nor a root of TUF".to_owned());
            }
            return;
        }
        if text.contains("-----BEGIN PGP P") {
            self.openpgp(bytes, at, true);
        }
        if text.contains("-----BEGIN CERTIFICATE-----") {
            self.x509(bytes);
        }
        public::pem(&text, &mut self.keys, &mut self.remarks);
        if !text.contains("-----BEGIN ") {
            public::minisign(&text, &mut self.keys);
            public::ssh(&text, &mut self.keys, &mut self.remarks);
        }
    }

    fn binary(&mut self, bytes: &[u8], at: i64) {
        if bytes.first() == Some(&0x30) {
            match public::key(bytes, Kind::PublicKey) {
                Some(key) => self.keys.push(key),
                None => self.x509(bytes),
            }
        } else {
            // The first bit of every packet is set (RFC 9580 section 4.2); what has it not is no keyring.
            self.openpgp(bytes, at, bytes.first().is_some_and(|first| first & 0x80 != 0));
        }
    }

    fn openpgp(&mut self, bytes: &[u8], at: i64, expected: bool) {
        match openpgp::read(bytes) {
            Ok(found) => {
                self.keys.extend(found.iter().map(|one| Found { fact: one.fact(at), bytes: one.bytes() }))
            }
            Err(error) if expected => self.remarks.push(error.to_string()),
            Err(_) => {}
        }
        self.remarks.extend(openpgp::too_old(bytes));
        if openpgp::is_cut_off(bytes) {
            // A key whose own signatures may have been cut off proves nothing.
            self.keys.retain(|one| one.fact.bound);
            self.remarks.push("a block of armor that is cut off".to_owned());
        }
    }

    fn x509(&mut self, bytes: &[u8]) {
        match x509::read(bytes) {
            Ok(found) => {
                self.keys.extend(found.into_iter().map(|one| Found { fact: one.fact(), bytes: one.der }))
            }
            Err(error) => self.remarks.push(error.to_string()),
        }
    }

    fn certificate(&mut self, der: &[u8]) {
        match x509::read(der) {
            Ok(found) => {
                self.keys.extend(found.into_iter().map(|one| Found { fact: one.fact(), bytes: one.der }))
            }
            Err(error) => self.remarks.push(error.to_string()),
        }
    }

    /// Each key once, and not too many remarks.
    fn finished(mut self) -> Read {
        let mut seen: HashMap<Fingerprint, ()> = HashMap::new();
        self.keys.retain(|one| seen.insert(one.fact.fingerprint, ()).is_none());
        self.remarks.dedup();
        let more = self.remarks.len().saturating_sub(REMARKS);
        self.remarks.truncate(REMARKS);
        if more > 0 {
            self.remarks.push(format!("and {more} more of this sort"));
        }
        self
    }
}

/// A kept key and a newer copy of it together, as facts at `at` and bytes: OpenPGP copies are merged, since each may hold
/// signatures that the other lacks; of any other kind the newer copy is the whole key.
#[must_use]
pub fn merged(kept: &[u8], new: &Found, at: i64) -> Found {
    if new.fact.kind != Kind::OpenPgp {
        return new.clone();
    }
    let both =
        openpgp::read(kept).into_iter().flatten().chain(openpgp::read(&new.bytes).into_iter().flatten());
    let same = both.filter(|one| one.fingerprint() == new.fact.fingerprint);
    match same.reduce(openpgp::Certificate::merged) {
        Some(whole) => Found { fact: whole.fact(at), bytes: whole.bytes() },
        None => new.clone(),
    }
}

/// The facts of kept bytes at another time; `None` for what is none of that kind.
#[must_use]
pub fn again(kind: Kind, bytes: &[u8], at: i64) -> Option<Fact> {
    match kind {
        Kind::OpenPgp => openpgp::read(bytes).ok()?.first().map(|one| one.fact(at)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
