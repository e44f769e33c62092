//! The keys and certificates that the house knows, of every scheme, by which signatures are judged.
//!
//! They are handed over as bytes with a word on where they come from: a file of the command line, a key of the ledger.
//! What they are is told by the bytes. Nothing that a package brings along gets here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::arithmetic::Key;
use super::tlv::{SEQUENCE, Value};
use super::x509::Certificate;
use crate::key::{openpgp, x509};

/// Keys of one kind that are kept; the largest public keyring in use holds about a thousand.
const MOST: usize = 5_000;

/// Bytes that hold keys or certificates, in any form in which they are handed around.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Where they come from, for people: a file's name.
    pub origin: String,
    /// OpenPGP certificates, X.509 certificates or public keys (PEM or DER), lines of OpenSSH, minisign or signify.
    #[serde(with = "text")]
    pub bytes: Vec<u8>,
}

impl Known {
    /// Whether there is any key in it.
    #[must_use]
    pub fn holds_a_key(&self) -> bool {
        !Keys::read(std::slice::from_ref(self)).is_empty()
    }
}

/// Bytes as text, where a list of numbers would be four times as long.
pub(crate) mod text {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(de::Error::custom)
    }
}

/// A public key without a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bare {
    /// Where it comes from.
    pub(crate) origin: String,
    /// The key.
    pub(crate) key: Key,
    /// SHA-256 over its encoding, in hexadecimal digits.
    pub(crate) sha256: String,
}

/// A key of minisign or signify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Small {
    /// The eight bytes that signatures name it by.
    pub(crate) id: [u8; 8],
    /// The Ed25519 key.
    pub(crate) key: [u8; 32],
}

/// The keys at hand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    pub(crate) openpgp: Vec<openpgp::Certificate>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) bare: Vec<Bare>,
    pub(crate) small: Vec<Small>,
    /// Keys in OpenSSH's encoding.
    pub(crate) ssh: Vec<Vec<u8>>,
}

impl Keys {
    /// Reads whatever is in these bytes; what is no key is passed over.
    pub(crate) fn read(known: &[Known]) -> Keys {
        let mut keys = Keys::default();
        for known in known {
            keys.take(known);
        }
        keys
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.openpgp.is_empty()
            && self.certificates.is_empty()
            && self.bare.is_empty()
            && self.small.is_empty()
            && self.ssh.is_empty()
    }

    fn take(&mut self, known: &Known) {
        let bytes = known.bytes.as_slice();
        if bytes.first() == Some(&SEQUENCE) {
            self.der(bytes, &known.origin);
            return;
        }
        let text = String::from_utf8_lossy(bytes);
        let is_armored = text.contains("-----BEGIN PGP ");
        if is_armored || bytes.first().is_some_and(|byte| byte & 0x80 != 0) {
            for certificate in openpgp::read(bytes).unwrap_or_default() {
                self.openpgp(certificate);
            }
        }
        for (label, der) in x509::pem(&text).take(MOST) {
            match label.as_str() {
                "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => self.certificate(&der),
                "PUBLIC KEY" | "RSA PUBLIC KEY" => self.bare(&der, &known.origin),
                _ => {}
            }
        }
        for line in text.lines().take(100_000) {
            self.line(line);
        }
    }

    /// Copies of a certificate are merged: each may hold signatures that the others lack.
    fn openpgp(&mut self, certificate: openpgp::Certificate) {
        let own = self.openpgp.iter().position(|own| own.fingerprint() == certificate.fingerprint());
        match own {
            Some(at) => {
                let own = self.openpgp.swap_remove(at);
                self.openpgp.push(own.merged(certificate));
            }
            None if self.openpgp.len() < MOST => self.openpgp.push(certificate),
            None => {}
        }
    }

    fn certificate(&mut self, der: &[u8]) {
        if let Some(read) = Certificate::read(der)
            && self.certificates.len() < MOST
            && !self.certificates.iter().any(|own| own.der == read.der)
        {
            self.certificates.push(read);
        }
    }

    /// A certificate, a key, or certificates handed around as a CMS message without content.
    fn der(&mut self, der: &[u8], origin: &str) {
        if Certificate::read(der).is_some() {
            self.certificate(der);
        } else if let Some(bundle) = super::cms::SignedData::read(der) {
            for certificate in bundle.certificates {
                self.certificate(&certificate.der);
            }
        } else {
            self.bare(der, origin);
        }
    }

    fn bare(&mut self, der: &[u8], origin: &str) {
        let Some(value) = Value::of(SEQUENCE, der) else { return };
        if let Some(key) = Key::read(value.whole).filter(|_| self.bare.len() < MOST) {
            let sha256 = hex::encode(Sha256::digest(value.whole));
            self.bare.push(Bare { origin: origin.to_owned(), key, sha256 });
        }
    }

    /// Keys that are a word of a line: minisign's and signify's, and OpenSSH's, also behind a name and options as in a
    /// file of allowed signers.
    fn line(&mut self, line: &str) {
        let line = line.trim();
        if let Some(bytes) = (line.len() == 56).then(|| STANDARD.decode(line).ok()).flatten()
            && let Some(key) = small(&bytes)
            && self.small.len() < MOST
        {
            self.small.push(key);
        }
        let is_kind = |word: &&str| {
            word.starts_with("ssh-") || word.starts_with("ecdsa-sha2-") || word.starts_with("sk-")
        };
        let mut words = line.split_ascii_whitespace().take(20).skip_while(|word| !is_kind(word));
        if let (Some(kind), Some(encoded)) = (words.next(), words.next())
            && let Ok(blob) = STANDARD.decode(encoded)
            && blob.get(4..4 + kind.len()) == Some(kind.as_bytes())
            && self.ssh.len() < MOST
        {
            self.ssh.push(blob);
        }
    }
}

/// `Ed`, the id, the key.
fn small(bytes: &[u8]) -> Option<Small> {
    let id = bytes.get(2..10)?.try_into().ok()?;
    let key = bytes.get(10..)?.try_into().ok()?;
    bytes.starts_with(b"Ed").then_some(Small { id, key })
}

#[cfg(test)]
mod tests {
    use super::{Keys, Known};

    fn check(text: &str, expected: [usize; 5]) {
        let known = Known { origin: "keys".into(), bytes: text.as_bytes().to_vec() };
        let keys = Keys::read(std::slice::from_ref(&known));
        let found =
            [keys.openpgp.len(), keys.certificates.len(), keys.bare.len(), keys.small.len(), keys.ssh.len()];
        assert_eq!(found, expected, "{text}");
        assert_eq!(known.holds_a_key(), expected.iter().sum::<usize>() > 0);
        let read: Known = serde_json::from_str(&serde_json::to_string(&known).unwrap()).unwrap();
        assert_eq!(read, known);
    }

    #[test]
    fn keys_are_told_by_their_bytes() {
        let ssh = "AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";
        check(&format!("ssh-ed25519 {ssh} somebody"), [0, 0, 0, 0, 1]);
        check(&format!("releases@vendor.example namespaces=\"file\" ssh-ed25519 {ssh}"), [0, 0, 0, 0, 1]);
        check(
            "untrusted comment: minisign public key\nRWQBAgMEBQYHCAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB\n",
            [0, 0, 0, 1, 0],
        );
        check(
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n-----END PUBLIC KEY-----\n",
            [0, 0, 1, 0, 0],
        );
        check("no key at all, and ssh-ed25519 is only a word", [0; 5]);
        check("", [0; 5]);
    }
}
