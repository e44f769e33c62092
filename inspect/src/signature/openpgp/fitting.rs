//! A signature whose arithmetic holds: what else speaks for or against it.
//!
//! Asked in order, the worst first, each question by itself.

use std::time::{Duration, SystemTime};

use sequoia_openpgp::cert::amalgamation::key::{ErasedKeyAmalgamation, ValidErasedKeyAmalgamation};
use sequoia_openpgp::cert::amalgamation::{ValidAmalgamation, ValidateAmalgamation};
use sequoia_openpgp::packet;
use sequoia_openpgp::packet::key::PublicParts;
use sequoia_openpgp::policy::{HashAlgoSecurity, Policy};

use crate::key::openpgp::{Certificate, Revocation};
use crate::openpgp::{epoch, key_revocation, relaxed, strict};
use crate::signature::Worth;

/// How far a signer's clock may be ahead: what Sequoia and others grant.
const SKEW: Duration = Duration::from_secs(30 * 60);

/// A signature whose arithmetic holds, and the key it holds under.
pub(crate) struct Fitting<'f> {
    pub(crate) signature: &'f packet::Signature,
    pub(crate) certificate: &'f Certificate,
    pub(crate) key: &'f ErasedKeyAmalgamation<'f, PublicParts>,
    pub(crate) at: SystemTime,
}

impl Fitting<'_> {
    /// What speaks against it, the worst first.
    pub(crate) fn worth(&self) -> (Worth, String) {
        let (strict, relaxed) = (strict(self.at), relaxed(self.at));
        if let Some(found) = self.revoked(&relaxed) {
            return found;
        }
        let Some(made) = self.signature.signature_creation_time() else {
            return (Worth::FitsButOutOfTime, "it fits, but does not say when it was made".to_owned());
        };
        let Some(valid) = self.bound(&relaxed, made) else {
            return (
                Worth::FitsButUnbound,
                "it fits, but the key is not bound to its certificate".to_owned(),
            );
        };
        if !valid.for_signing() {
            return (Worth::FitsButUnbound, "it fits, but the key is not meant for signing data".to_owned());
        }
        if self.signature.signature_alive(self.at, SKEW).is_err() {
            return (
                Worth::FitsButOutOfTime,
                "it fits, but is from the future or has itself expired".to_owned(),
            );
        }
        if let Some(found) = self.expired(&valid, &relaxed) {
            return found;
        }
        let is_weak = strict.signature(self.signature, HashAlgoSecurity::CollisionResistance).is_err()
            || self.bound(&strict, made).is_none();
        if is_weak {
            return (
                Worth::FitsButWeak,
                "it fits, but rests on algorithms that are no longer safe".to_owned(),
            );
        }
        (Worth::Fits, "it fits".to_owned())
    }

    /// The key as its certificate bound it when the signature was made, or binds it now: publishers drop old
    /// self-signatures when they extend a key, and what it signed before remains its own.
    fn bound<'p>(
        &'p self,
        policy: &'p dyn Policy,
        made: SystemTime,
    ) -> Option<ValidErasedKeyAmalgamation<'p, PublicParts>> {
        let existed = self.key.key().creation_time() <= made;
        self.key
            .clone()
            .with_policy(policy, made)
            .or_else(|error| if existed { self.key.clone().with_policy(policy, self.at) } else { Err(error) })
            .ok()
    }

    /// Asks the certificate and the key itself; weak revocations count too.
    fn revoked(&self, relaxed: &dyn Policy) -> Option<(Worth, String)> {
        let primary = self.certificate.cert.primary_key().into();
        let both = [key_revocation(&primary, relaxed, self.at), key_revocation(self.key, relaxed, self.at)];
        if both.contains(&Revocation::Hard) {
            let detail = "it fits, but its key is revoked as compromised or without a reason".to_owned();
            return Some((Worth::FitsButKeyRevoked { hard: true }, detail));
        }
        if both.contains(&Revocation::Soft) {
            let detail = "it fits, but its key is revoked as retired or superseded".to_owned();
            return Some((Worth::FitsButKeyRevoked { hard: false }, detail));
        }
        None
    }

    fn expired(
        &self,
        then: &ValidErasedKeyAmalgamation<'_, PublicParts>,
        relaxed: &dyn Policy,
    ) -> Option<(Worth, String)> {
        if then.alive().is_err() {
            let detail = "it fits, but its key had already expired when it was made".to_owned();
            return Some((Worth::FitsButExpiredAtSigning, detail));
        }
        let is_alive = self.key.clone().with_policy(relaxed, self.at).is_ok_and(|now| now.alive().is_ok());
        if is_alive {
            return None;
        }
        Some((Worth::FitsButKeyExpired, "it fits, and its key has expired since".to_owned()))
    }

    /// The earlier of the key's and its certificate's expiry, by what is in force now.
    pub(crate) fn expires(&self) -> Option<i64> {
        let relaxed = relaxed(self.at);
        let valid = self.key.clone().with_policy(&relaxed, self.at).ok()?;
        let of_certificate = valid.valid_cert().primary_key().key_expiration_time();
        [valid.key_expiration_time(), of_certificate].into_iter().flatten().min().map(epoch)
    }
}
