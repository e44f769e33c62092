//! Who a key is: its full fingerprint, and nothing shorter.
//!
//! Short key ids are collided at will, so they are never an identity here. Text comes from key pages, notices
//! and tool output, in every spelling people use; bytes come from the readers below this module.

/// Keys that a package brings along.
pub mod carried;
/// One shape for the facts of every kind of key.
pub mod fact;
/// Key stores of Java, PKCS#12 and GnuPG's keybox: what holds certificates without being one.
mod holder;
/// OpenPGP certificates read into facts.
pub mod openpgp;
/// Bare public keys: PEM, SSH, minisign, the lists of registries, roots of TUF.
pub mod public;
/// Whatever holds keys, read into facts.
pub mod reading;
/// X.509 certificates read into facts.
pub mod x509;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A key's full fingerprint. The kinds are different even where their digits agree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fingerprint {
    /// OpenPGP version 4: SHA-1 over the key packet (RFC 9580 section 5.5.4.2).
    OpenPgpV4([u8; 20]),
    /// OpenPGP version 6: SHA-256 over the key packet (RFC 9580 section 5.5.4.3).
    OpenPgpV6([u8; 32]),
    /// X.509: SHA-256 over the certificate's DER, as `openssl x509 -fingerprint -sha256` prints it.
    X509Sha256([u8; 32]),
    /// A bare public key of any format: SHA-256 over its SubjectPublicKeyInfo (RFC 5280 section 4.1), as certificate pins
    /// have it. The same key in a PEM file, a registry's list, a root of TUF or a minisign file has the same one.
    PublicKey([u8; 32]),
    /// An SSH key: SHA-256 over its blob (RFC 4253 section 6.6), which `ssh-keygen -l` prints in base64.
    Ssh([u8; 32]),
}

/// What tells the others from X.509 in writing, where all have 64 digits.
const V6_PREFIX: &str = "v6:";
const PUBLIC_PREFIX: &str = "spki:";
const SSH_PREFIX: &str = "ssh:";
/// How OpenSSH begins its own spelling; base64 follows.
const OPENSSH: &str = "SHA256:";

/// What makes a fingerprint of one kind.
type Make = fn([u8; 32]) -> Fingerprint;

/// Text that is no full fingerprint. Reads after "failed to".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read a fingerprint: it takes 40 or 64 hexadecimal digits")]
pub struct NoFingerprint;

impl Fingerprint {
    /// Reads a fingerprint in any spelling: upper or lower case, `0x` in front, digits grouped by spaces of any
    /// kind, colons or hyphens. 40 digits are OpenPGP version 4. 64 digits are X.509, since version 6 keys are
    /// still rare, unless `v6:`, `spki:` or `ssh:` stands in front. `SHA256:` and base64 are an SSH key.
    pub fn parse(text: &str) -> Result<Fingerprint, NoFingerprint> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix(OPENSSH) {
            let bytes = public::base64(rest.trim_end_matches('=')).ok_or(NoFingerprint)?;
            return bytes.try_into().map(Fingerprint::Ssh).map_err(|_| NoFingerprint);
        }
        let make: Option<(&str, Make)> = [
            (V6_PREFIX, Fingerprint::OpenPgpV6 as Make),
            (PUBLIC_PREFIX, Fingerprint::PublicKey),
            (SSH_PREFIX, Fingerprint::Ssh),
        ]
        .into_iter()
        .find_map(|(prefix, make)| Some((text.strip_prefix(prefix)?.trim_start(), make)));
        let text = make.map_or(text, |(rest, _)| rest);
        let text = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
        let mut digits = String::with_capacity(64);
        for c in text.chars().filter(|c| !c.is_whitespace() && !matches!(c, ':' | '-')) {
            if !c.is_ascii_hexdigit() || digits.len() == 64 {
                return Err(NoFingerprint);
            }
            digits.push(c);
        }
        let bytes = hex::decode(&digits).map_err(|_| NoFingerprint)?;
        if let Ok(bytes) = <[u8; 20]>::try_from(bytes.as_slice()) {
            return if make.is_some() { Err(NoFingerprint) } else { Ok(Fingerprint::OpenPgpV4(bytes)) };
        }
        let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| NoFingerprint)?;
        Ok(make.map_or(Fingerprint::X509Sha256(bytes), |(_, make)| make(bytes)))
    }

    /// The raw 20 or 32 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Fingerprint::OpenPgpV4(bytes) => bytes,
            Fingerprint::OpenPgpV6(bytes)
            | Fingerprint::X509Sha256(bytes)
            | Fingerprint::PublicKey(bytes)
            | Fingerprint::Ssh(bytes) => bytes,
        }
    }

    /// Upper-case digits in groups of four with single spaces, to be read out and compared.
    pub fn grouped(&self) -> String {
        let groups: Vec<String> = self.as_bytes().chunks(2).map(hex::encode_upper).collect();
        groups.join(" ")
    }

    /// The 16-digit key id of an OpenPGP key, upper case: an alias that tools print. It proves nothing.
    pub fn key_id(&self) -> Option<String> {
        let eight = match self {
            Fingerprint::OpenPgpV4(bytes) => bytes.get(12..),
            Fingerprint::OpenPgpV6(bytes) => bytes.get(..8),
            Fingerprint::X509Sha256(_) | Fingerprint::PublicKey(_) | Fingerprint::Ssh(_) => None,
        };
        eight.map(hex::encode_upper)
    }

    /// How it is written where it must be read back: the digits, with what tells its kind in front where they alone
    /// would be taken for an X.509 certificate's.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Fingerprint::OpenPgpV6(_) => format!("{V6_PREFIX}{self}"),
            Fingerprint::PublicKey(_) => format!("{PUBLIC_PREFIX}{self}"),
            Fingerprint::Ssh(_) => format!("{SSH_PREFIX}{self}"),
            Fingerprint::OpenPgpV4(_) | Fingerprint::X509Sha256(_) => self.to_string(),
        }
    }
}

/// Upper-case digits without spaces.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode_upper(self.as_bytes()))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Fingerprint::OpenPgpV4(_) => "OpenPgpV4",
            Fingerprint::OpenPgpV6(_) => "OpenPgpV6",
            Fingerprint::X509Sha256(_) => "X509Sha256",
            Fingerprint::PublicKey(_) => "PublicKey",
            Fingerprint::Ssh(_) => "Ssh",
        };
        write!(f, "{kind}({self})")
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written())
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Fingerprint::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, NoFingerprint};

    const V4: &str = "0123456789ABCDEF0123456789ABCDEF01234567";
    const LONG: &str = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF";

    fn check(input: &str, expected: &str) {
        assert_eq!(Fingerprint::parse(input).map(|read| read.to_string()), Ok(expected.to_owned()));
    }

    fn check_refused(input: &str) {
        assert_eq!(Fingerprint::parse(input), Err(NoFingerprint));
    }

    #[test]
    fn every_usual_spelling_is_read() {
        check(V4, V4);
        check(&V4.to_lowercase(), V4);
        check(&format!(" 0x{V4}\n"), V4);
        check("0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567", V4);
        check("0123\u{a0}4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567", V4);
        check("01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67", V4);
    }

    #[test]
    fn openssh_has_a_spelling_of_its_own() {
        check(
            "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
            "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        );
        check_refused("SHA256:47DEQpj8HBSa");
        check_refused("SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSu!U");
    }

    #[test]
    fn anything_shorter_or_longer_is_refused() {
        for input in
            ["", "0x", "89ABCDEF01234567", "DEADBEEF", "0x0", &format!("{V4}00"), &format!("{LONG}0")]
        {
            check_refused(input);
        }
        check_refused(&V4.replace('A', "G"));
        check_refused(&V4.replace('A', "é"));
        check_refused(&format!("v6:{V4}"));
        check_refused(&"0".repeat(1 << 20));
    }

    #[test]
    fn groups_of_four_are_for_reading_out() {
        let read = Fingerprint::parse(V4).unwrap();
        assert_eq!(read.grouped(), "0123 4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567");
    }

    #[test]
    fn a_key_id_is_the_end_of_version_4_and_the_start_of_version_6() {
        assert_eq!(Fingerprint::parse(V4).unwrap().key_id().unwrap(), "89ABCDEF01234567");
        let v6 = Fingerprint::parse(&format!("v6:{LONG}")).unwrap();
        assert_eq!(v6.key_id().unwrap(), "0011223344556677");
    }

    #[test]
    fn the_kinds_stay_apart_when_written_and_read_back() {
        let x509 = Fingerprint::parse(LONG).unwrap();
        let v6 = Fingerprint::OpenPgpV6(x509.as_bytes().try_into().unwrap());
        assert_ne!(x509, v6);
        let bytes = x509.as_bytes().try_into().unwrap();
        let others = [Fingerprint::PublicKey(bytes), Fingerprint::Ssh(bytes)];
        for one in [x509, v6, Fingerprint::parse(V4).unwrap()].into_iter().chain(others) {
            assert_eq!(Fingerprint::parse(&one.written()), Ok(one));
        }
    }
}
