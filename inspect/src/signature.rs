//! What a signature is worth, told apart finely enough that nobody has to trust a tool's last line.
//!
//! A signature has facts: did the arithmetic hold, under which key, was that key alive and unrevoked, are its
//! algorithms still safe. Whether the key is the vendor's is not among them, and is decided elsewhere.

mod alpine;
mod arithmetic;
pub(crate) mod authenticode;
mod cms;
mod debian;
/// Signatures of packages: the facts that are kept, and the bytes that readers of signatures are given.
pub mod fact;
/// Digests that signatures are made over.
pub mod hash;
mod inline;
pub(crate) mod java;
/// The keys that the house knows.
pub mod keys;
mod minisign;
/// Detached OpenPGP signatures.
pub mod openpgp;
pub(crate) mod original;
/// Every signature of a package, read into facts.
pub mod reading;
mod rpm;
mod ssh;
mod tlv;
pub(crate) mod x509;

use serde::{Deserialize, Serialize};

use crate::key::Fingerprint;

/// One signature, held against the bytes it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// What it is worth.
    pub worth: Worth,
    /// The key that made it, a sub-key perhaps: the one that fits, else the one the signature names.
    pub issuer: Option<Fingerprint>,
    /// The issuer's 16-digit key id, where the signature names nothing better. An alias, not an identity.
    pub issuer_key_id: Option<String>,
    /// The certificate to which the fitting key belongs, by its primary key.
    pub certificate: Option<Fingerprint>,
    /// When it was made, seconds since 1970, by the signer's own word.
    pub made_at: Option<i64>,
    /// When the key that fits expired or will expire, seconds since 1970.
    pub key_expires: Option<i64>,
    /// One lower-case sentence for people.
    pub detail: String,
}

/// How far a signature holds. Only the first is without reservation; the order is from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Worth {
    /// The arithmetic holds and nothing speaks against the key or its algorithms.
    Fits,
    /// It fits, but only under rules that are no longer safe: SHA-1, short keys.
    FitsButWeak,
    /// It fits, and the key has expired since it was made, by the signer's own word on when that was.
    FitsButKeyExpired,
    /// It fits, but it was made in the future, or says of itself that it has expired.
    FitsButOutOfTime,
    /// It fits, but the certificate says neither for then nor for now that this key is its own and may sign data.
    FitsButUnbound,
    /// It fits under a key that came with it, and nothing at hand says whose that is.
    FitsButSignerUnknown,
    /// It fits, but its key had already expired when it was made.
    FitsButExpiredAtSigning,
    /// It fits, but the key was taken back.
    FitsButKeyRevoked {
        /// Compromised, or no reason given: then no signature counts, whenever it was made.
        hard: bool,
    },
    /// No key at hand made it.
    UnknownKey,
    /// It cannot be computed here: RSA above 4,096 bits, an unknown algorithm. Not checked, so neither good nor bad.
    Unsupported,
    /// There is no signature that could be read.
    Unreadable,
    /// The key is at hand and the arithmetic fails: these are not the bytes that were signed.
    Bad,
}

#[cfg(test)]
pub(crate) mod tests;
