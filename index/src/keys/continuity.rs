//! Whether one key verifiably vouches for another, whatever sort they are: the continuity of grade A+.
//!
//! Only what was computed counts; a key that merely names another one proves nothing.

use inspect::key::fact::{Fact, Kind};
use inspect::key::openpgp::{self, Certificate};
use inspect::key::x509::continuity;

/// A key by what can be computed with it.
#[derive(Debug)]
pub enum Witness {
    /// An OpenPGP certificate.
    OpenPgp(Box<Certificate>),
    /// An X.509 certificate, as DER.
    X509(Vec<u8>),
}

impl Witness {
    /// The key of these facts and bytes; nothing for a sort of key that vouches for none.
    #[must_use]
    pub fn of(fact: &Fact, bytes: &[u8]) -> Option<Witness> {
        match fact.kind {
            Kind::OpenPgp => {
                let found = openpgp::read(bytes).ok()?.into_iter().next()?;
                Some(Witness::OpenPgp(Box::new(found)))
            }
            Kind::X509 => Some(Witness::X509(bytes.to_vec())),
            Kind::Ssh | Kind::Minisign | Kind::PublicKey => None,
        }
    }

    /// How it vouches for another key, in words; nothing where that was not verified.
    #[must_use]
    pub fn vouches(&self, other: &Witness) -> Option<&'static str> {
        match (self, other) {
            (Witness::OpenPgp(old), Witness::OpenPgp(new)) => {
                old.certifies(new).then_some("the old key certifies the new one, which was verified")
            }
            (Witness::X509(old), Witness::X509(new)) => {
                continuity::tie(old, new).map(continuity::Tie::as_str)
            }
            _ => None,
        }
    }
}
