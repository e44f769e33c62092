//! Certificates around a signature: what is read of them, and whether one leads to a certificate that the house knows.
//!
//! What a package brings along is material for a path and never its end (RFC 5280, section 6.1: the anchor is an input).
//! Structure is read leniently, so that an odd certificate is named and not silently missing; paths are a library's.

mod certified;
/// Whether a path leads to the house.
pub(crate) mod chain;

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::name::Name;
use x509_cert::time::Time;

use super::arithmetic::Key;
use super::fact::Link;
use super::tlv::{BITS, INTEGER, OCTETS, OID, SEQUENCE, Value, Values, written};
use crate::key::Fingerprint;

/// Bytes of one certificate; the largest in use have some tens of kilobytes.
const LARGEST: usize = 256 << 10;

/// One certificate, by its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// All of it.
    pub(crate) der: Vec<u8>,
    /// Its number, as its issuer gave it.
    pub(crate) serial: Vec<u8>,
    /// Its issuer's name, as it is encoded.
    pub(crate) issuer: Vec<u8>,
    /// Its own name, as it is encoded.
    pub(crate) subject: Vec<u8>,
    /// Its key, as it is encoded.
    pub(crate) key: Vec<u8>,
    /// Seconds since 1970 from which it is valid.
    pub(crate) not_before: i64,
    /// Seconds since 1970 until which it is valid.
    pub(crate) not_after: i64,
    /// Extensions by their numbers.
    extensions: Vec<(String, Vec<u8>)>,
}

/// What a certificate says that its key is for (RFC 5280, section 4.2.1.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usage {
    /// Signing programs.
    Code,
    /// Stating when something was there.
    Timestamp,
}

impl Usage {
    fn oid(self) -> &'static str {
        match self {
            Usage::Code => "1.3.6.1.5.5.7.3.3",
            Usage::Timestamp => "1.3.6.1.5.5.7.3.8",
        }
    }
}

/// What it says of one use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// It is for that.
    Yes,
    /// It is for other things.
    No,
    /// It does not say what it is for.
    Nothing,
}

impl Certificate {
    /// Reads one.
    pub(crate) fn read(der: &[u8]) -> Option<Certificate> {
        let whole = Value::of(SEQUENCE, der).filter(|value| value.whole.len() <= LARGEST)?;
        let mut fields = whole.values().tagged(SEQUENCE)?.values();
        let _version = fields.tagged(0xa0);
        let serial = fields.tagged(INTEGER)?.content.to_vec();
        let _algorithm = fields.tagged(SEQUENCE)?;
        let issuer = fields.tagged(SEQUENCE)?.whole.to_vec();
        let mut validity = fields.tagged(SEQUENCE)?.values();
        let mut time = || Some(seconds(validity.next()?.whole));
        let (not_before, not_after) = (time()??, time()??);
        let subject = fields.tagged(SEQUENCE)?.whole.to_vec();
        let key = fields.tagged(SEQUENCE)?.whole.to_vec();
        let extensions = fields.find(|field| field.tag == 0xa3).map(extensions).unwrap_or_default();
        let der = whole.whole.to_vec();
        Some(Certificate { der, serial, issuer, subject, key, not_before, not_after, extensions })
    }

    /// SHA-256 over all of it.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::X509Sha256(Sha256::digest(&self.der).into())
    }

    /// Its key, if it is of a kind that is computed with.
    pub(crate) fn key(&self) -> Option<Key> {
        Key::read(&self.key)
    }

    /// Whom it names.
    pub(crate) fn called(&self) -> String {
        named(&self.subject)
    }

    fn extension(&self, oid: &str) -> Option<&[u8]> {
        self.extensions.iter().find(|(own, _)| own == oid).map(|(_, value)| value.as_slice())
    }

    /// The identifier that it gives its key.
    pub(crate) fn key_identifier(&self) -> Option<&[u8]> {
        Value::of(OCTETS, self.extension("2.5.29.14")?).map(|value| value.content)
    }

    /// Whether it may issue others: it says so, or is old and names itself.
    pub(crate) fn issues(&self) -> bool {
        match self.extension("2.5.29.19") {
            Some(value) => Value::of(SEQUENCE, value)
                .and_then(|value| value.values().next())
                .is_some_and(|first| first.tag == 1 && first.content.first().is_some_and(|byte| *byte != 0)),
            None => self.extensions.is_empty() && self.subject == self.issuer,
        }
    }

    /// Whether it may issue a certificate that issues others itself. One whose paths are bounded or whose names are
    /// constrained may for some, and is answered as if it may not.
    pub(crate) fn may_issue_an_issuer(&self) -> bool {
        let constraints = self.extension("2.5.29.19").and_then(|value| Value::of(SEQUENCE, value));
        let ends = constraints
            .and_then(|value| value.values().find(|value| value.tag == INTEGER))
            .is_some_and(is_zero);
        // The sixth bit from the left lets it sign certificates (RFC 5280, section 4.2.1.3).
        let usage = self.extension("2.5.29.15").and_then(|value| Value::of(BITS, value));
        let signs = usage.is_none_or(|bits| bits.content.get(1).is_some_and(|first| first & 0x04 != 0));
        self.issues() && signs && !ends && self.extension("2.5.29.30").is_none()
    }

    /// Whether the holder of another certificate signed this one, which was computed; not by SHA-1.
    pub(crate) fn was_issued_by(&self, issuer: &Certificate) -> bool {
        self.issuer == issuer.subject && certified::holds(&self.der, &issuer.key) == Some(true)
    }

    /// What it says of a use.
    pub(crate) fn says(&self, usage: Usage) -> Says {
        let Some(value) = self.extension("2.5.29.37").and_then(|value| Value::of(SEQUENCE, value)) else {
            return Says::Nothing;
        };
        let is_meant = |own: Value<'_>| {
            let own = ObjectIdentifier::from_bytes(own.content).map(|oid| oid.to_string());
            // The last one means any use.
            own.is_ok_and(|own| own == usage.oid() || own == "2.5.29.37.0")
        };
        if value.values().any(is_meant) { Says::Yes } else { Says::No }
    }

    /// What is kept of it in a report.
    pub(crate) fn link(&self) -> Link {
        Link {
            fingerprint: self.fingerprint(),
            subject: named(&self.subject),
            issuer: named(&self.issuer),
            not_before: self.not_before,
            not_after: self.not_after,
            der: self.der.clone(),
        }
    }
}

fn is_zero(value: Value<'_>) -> bool {
    value.content.iter().all(|byte| *byte == 0)
}

fn extensions(field: Value<'_>) -> Vec<(String, Vec<u8>)> {
    let list = field.values().tagged(SEQUENCE);
    let read = |extension: Value<'_>| {
        let oid = extension.values().tagged(OID)?;
        let value = extension.values().find(|value| value.tag == OCTETS)?;
        Some((ObjectIdentifier::from_bytes(oid.content).ok()?.to_string(), value.content.to_vec()))
    };
    list.into_iter().flat_map(|list| list.values()).take(100).filter_map(read).collect()
}

/// A moment as certificates and signatures write it.
pub(crate) fn seconds(der: &[u8]) -> Option<i64> {
    let value = Value::first(der)?.0;
    let mut text = value.content.to_vec();
    // Timestamps may state parts of a second, which certificates may not.
    if let (0x18, Some(at)) = (value.tag, text.iter().position(|byte| *byte == b'.')) {
        text.truncate(at);
        text.push(b'Z');
    }
    let mut whole = Vec::new();
    written(value.tag, &text, &mut whole);
    let time = Time::from_der(&whole).ok()?;
    i64::try_from(time.to_unix_duration().as_secs()).ok()
}

/// A name for people: what it calls itself first, then the rest (RFC 4514); a stranger's text.
pub(crate) fn named(der: &[u8]) -> String {
    let Ok(name) = Name::from_der(der) else { return "a name that cannot be read".to_owned() };
    let mut text = String::new();
    let parts = name.0.iter().flat_map(|part| part.0.iter()).map(AttributeTypeAndValue::to_string);
    for part in parts.take(20) {
        let _ = write!(text, "{}{part}", if text.is_empty() { "" } else { ", " });
    }
    crate::package::shown(&text)
}

/// The certificates among these values, at most so many.
pub(crate) fn all(values: Values<'_>, most: usize) -> Vec<Certificate> {
    values
        .filter(|value| value.tag == SEQUENCE)
        .take(most)
        .filter_map(|v| Certificate::read(v.whole))
        .collect()
}
