//! What reading OpenPGP keys and signatures share: the rules, the time, and questions to one key.
//!
//! The library reads the clock unless it is told the time; everything here is told.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sequoia_openpgp::cert::amalgamation::key::{
    ErasedKeyAmalgamation, PrimaryKey, SubordinateKeyAmalgamation,
};
use sequoia_openpgp::crypto::mpi;
use sequoia_openpgp::packet::key::{PublicParts, UnspecifiedRole};
use sequoia_openpgp::packet::{Key, Signature};
use sequoia_openpgp::policy::{AsymmetricAlgorithm, Policy, StandardPolicy};
use sequoia_openpgp::types::{HashAlgorithm, RevocationStatus, RevocationType};

use crate::key::Fingerprint;
use crate::key::openpgp::Revocation;

/// Bits above which an RSA key is not computed with.
const RSA_MOST: usize = 4096;

/// The rules in force at a time, SHA-1 and short keys refused.
pub(crate) fn strict(at: SystemTime) -> StandardPolicy<'static> {
    StandardPolicy::at(at)
}

/// The same with every algorithm let through that there is, to learn what the mathematics alone says.
pub(crate) fn relaxed(at: SystemTime) -> StandardPolicy<'static> {
    let mut policy = StandardPolicy::at(at);
    for hash in [HashAlgorithm::MD5, HashAlgorithm::SHA1, HashAlgorithm::RipeMD] {
        policy.accept_hash(hash);
    }
    for algorithm in AsymmetricAlgorithm::variants() {
        policy.accept_asymmetric_algo(algorithm);
    }
    policy.accept_packet_tag_version(sequoia_openpgp::packet::Tag::Signature, 3);
    policy
}

/// Whether the arithmetic for this key is at hand.
pub(crate) fn is_supported(key: &Key<PublicParts, UnspecifiedRole>) -> bool {
    match key.mpis() {
        mpi::PublicKey::RSA { n, .. } => n.bits() <= RSA_MOST,
        mpi::PublicKey::Unknown { .. } => false,
        _ => key.pk_algo().is_supported(),
    }
}

/// A fingerprint as ours; `None` for versions that have no lasting one (3 and older, and unknown).
pub(crate) fn fingerprint(theirs: &sequoia_openpgp::Fingerprint) -> Option<Fingerprint> {
    match theirs {
        sequoia_openpgp::Fingerprint::V4(bytes) => Some(Fingerprint::OpenPgpV4(*bytes)),
        sequoia_openpgp::Fingerprint::V6(bytes) => Some(Fingerprint::OpenPgpV6(*bytes)),
        _ => None,
    }
}

/// Seconds since 1970 as the library's time. OpenPGP knows no time before 1970 nor beyond 32 bits.
pub(crate) fn system_time(seconds: i64) -> SystemTime {
    let seconds = seconds.clamp(0, i64::from(u32::MAX)).unsigned_abs();
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// The library's time as seconds since 1970.
pub(crate) fn epoch(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// Whether this key itself was taken back; for a primary key that is its certificate.
pub(crate) fn key_revocation(
    key: &ErasedKeyAmalgamation<'_, PublicParts>,
    policy: &dyn Policy,
    time: SystemTime,
) -> Revocation {
    if key.primary() {
        return revocation(&key.cert().revocation_status(policy, time));
    }
    match SubordinateKeyAmalgamation::<PublicParts>::try_from(key.clone()) {
        Ok(subkey) => revocation(&subkey.revocation_status(policy, time)),
        // Only a primary key is not subordinate, and that was answered above.
        Err(_) => Revocation::None,
    }
}

/// How much a revocation takes back: everything if any of its signatures does, or gives no reason.
fn revocation(status: &RevocationStatus<'_>) -> Revocation {
    let is_soft = |signature: &&Signature| {
        let reason = signature.reason_for_revocation();
        reason.is_some_and(|(code, _)| code.revocation_type() == RevocationType::Soft)
    };
    match status {
        RevocationStatus::Revoked(signatures) if signatures.iter().all(is_soft) => Revocation::Soft,
        RevocationStatus::Revoked(_) => Revocation::Hard,
        RevocationStatus::CouldBe(_) => Revocation::Claimed,
        RevocationStatus::NotAsFarAsWeKnow => Revocation::None,
    }
}
