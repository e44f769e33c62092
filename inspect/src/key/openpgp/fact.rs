//! An OpenPGP certificate's facts in the shape that all kinds of keys share.
//!
//! Adds to what the certificate says at a time: when and why it was revoked, when it last signed itself, who else signed
//! it, and which verifier refuses it for SHA-1.

use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::policy::{HashAlgoSecurity, StandardPolicy};
use sequoia_openpgp::serialize::SerializeInto as _;
use sequoia_openpgp::types::{HashAlgorithm, RevocationStatus};

use super::{Certificate, KeyFacts, UserId};
use crate::key::fact::{Alias, Fact, Kind, Name, Refused, Revoked, Subkey, bare, weakness};
use crate::openpgp::{epoch, fingerprint, relaxed, strict, system_time};

/// When Debian 13's verifier begins to refuse self-signatures with SHA-1: 2026-02-01, 00:00 UTC.
const SHA1_REFUSED: i64 = 1_769_904_000;
/// Signatures of others that are looked at.
const CERTIFIERS: usize = 200;
/// Bytes of a certificate that are kept whole; a larger one loses names that it does not vouch for.
const KEPT: usize = 1 << 20;

impl Certificate {
    /// Everything that it says at `at`, seconds since 1970.
    #[must_use]
    pub fn fact(&self, at: i64) -> Fact {
        let facts = self.facts_of(at, Fact::NAMES, Fact::SUBKEYS);
        let mut fact = bare(self.fingerprint, Kind::OpenPgp, facts.primary.algorithm.clone());
        fact.created = Some(facts.primary.created);
        fact.expires = facts.primary.expires;
        fact.bound = facts.primary.bound;
        fact.revoked = facts.primary.revoked;
        fact.revocation = self.revocation(at);
        fact.more_names = left(self.cert.userids().count(), facts.user_ids.len());
        fact.more_subkeys = left(self.cert.keys().subkeys().count(), facts.subkeys.len());
        fact.aliases = aliases(&facts.primary, &facts.subkeys);
        fact.names = facts.user_ids.into_iter().map(name).collect();
        fact.subkeys = facts.subkeys.into_iter().map(subkey).collect();
        fact.self_signed = self.self_signed(at);
        fact.signed_by = self.certifiers();
        fact.weak.extend(weakness(&fact.algorithm));
        fact.weak.extend(self.sha1(at));
        if !facts.primary.supported {
            fact.details.push(("Arithmetic".to_owned(), "cannot be computed with here".to_owned()));
        }
        if self.is_sha1(at) {
            let by = "Debian 13's verifier, for SHA-1 in its own signatures".to_owned();
            fact.refused = Some(Refused { from: SHA1_REFUSED, by });
        }
        fact
    }

    /// The certificate without private parts, to be kept and merged with later copies.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let whole = self.cert.to_vec().unwrap_or_default();
        if whole.len() <= KEPT {
            return whole;
        }
        let policy = relaxed(system_time(i64::from(u32::MAX)));
        let mut kept = 0;
        let small = self.cert.clone().retain_userids(|name| {
            kept += 1;
            kept <= Fact::NAMES && name.self_signatures().next().is_some() && !policy_refuses(&policy, &name)
        });
        small.retain_user_attributes(|_| false).to_vec().unwrap_or_default()
    }

    fn revocation(&self, at: i64) -> Option<Revoked> {
        let time = system_time(at);
        let relaxed = relaxed(time);
        let RevocationStatus::Revoked(signatures) = self.cert.revocation_status(&relaxed, time) else {
            return None;
        };
        let first = signatures.into_iter().min_by_key(|signature| signature.signature_creation_time())?;
        let reason = first.reason_for_revocation().map(|(code, words)| {
            let words = String::from_utf8_lossy(words).into_owned();
            if words.trim().is_empty() { code.to_string() } else { format!("{code}: {}", words.trim()) }
        });
        Some(Revoked {
            at: first.signature_creation_time().map(epoch),
            reason: reason.unwrap_or_else(|| "no reason given".to_owned()),
        })
    }

    fn self_signed(&self, at: i64) -> Option<i64> {
        let time = system_time(at);
        let relaxed = relaxed(time);
        let valid = self.cert.with_policy(&relaxed, time).ok()?;
        let on_names = valid.userids().take(Fact::NAMES).map(|name| name.binding_signature().clone());
        let all = on_names.chain([valid.primary_key().binding_signature().clone()]);
        all.filter_map(|signature: Signature| signature.signature_creation_time()).max().map(epoch)
    }

    /// Full fingerprints of the others whose signatures are on its names, by those signatures' own word.
    fn certifiers(&self) -> Vec<String> {
        let names = self.cert.userids().take(Fact::NAMES);
        let signatures = names.flat_map(|name| name.certifications().cloned().collect::<Vec<_>>());
        let issuers = signatures.take(CERTIFIERS).filter_map(|signature| {
            let issuer = signature.issuer_fingerprints().next().cloned();
            issuer.and_then(|issuer| fingerprint(&issuer)).map(|issuer| issuer.written())
        });
        let mut issuers: Vec<String> = issuers.collect();
        issuers.sort_unstable();
        issuers.dedup();
        issuers
    }

    fn sha1(&self, at: i64) -> Option<String> {
        let time = system_time(at);
        let holds = self.cert.with_policy(&relaxed(time), time).is_ok();
        let refused = holds && self.cert.with_policy(&strict(time), time).is_err();
        refused.then(|| "its own signatures are of a kind that is no longer safe".to_owned())
    }

    /// Whether it holds with SHA-1 let through where only a second preimage would harm, and does not without.
    fn is_sha1(&self, at: i64) -> bool {
        let time = system_time(at);
        let policy = |with: bool| {
            let mut policy = StandardPolicy::at(time);
            if with {
                policy.accept_hash(HashAlgorithm::SHA1);
            } else {
                for property in
                    [HashAlgoSecurity::CollisionResistance, HashAlgoSecurity::SecondPreImageResistance]
                {
                    policy.reject_hash_property_at(HashAlgorithm::SHA1, property, None);
                }
            }
            policy
        };
        let holds = |with| self.cert.with_policy(&policy(with), time).is_ok();
        holds(true) && !holds(false)
    }
}

fn policy_refuses(
    policy: &StandardPolicy<'_>,
    name: &sequoia_openpgp::cert::amalgamation::UserIDAmalgamation<'_>,
) -> bool {
    use sequoia_openpgp::cert::amalgamation::ValidateAmalgamation as _;
    name.clone().with_policy(policy, None).is_err()
}

fn left(all: usize, shown: usize) -> u32 {
    u32::try_from(all.saturating_sub(shown)).unwrap_or(u32::MAX)
}

fn aliases(primary: &KeyFacts, subkeys: &[KeyFacts]) -> Vec<Alias> {
    let mut aliases: Vec<Alias> =
        primary.fingerprint.key_id().map(|id| Alias::new(id, "key id")).into_iter().collect();
    // A sub-key that is not bound may have been added by anybody: it leads nowhere.
    for key in subkeys.iter().filter(|key| key.bound) {
        aliases.push(Alias::new(key.fingerprint.to_string(), "sub-key"));
        aliases.extend(key.fingerprint.key_id().map(|id| Alias::new(id, "key id of a sub-key")));
    }
    aliases
}

fn name(name: UserId) -> Name {
    Name { text: name.text, bound: name.bound, revoked: name.revoked }
}

fn subkey(key: KeyFacts) -> Subkey {
    Subkey {
        fingerprint: key.fingerprint,
        algorithm: key.algorithm,
        created: key.created,
        expires: key.expires,
        revoked: key.revoked,
        signs: key.signs,
        bound: key.bound,
    }
}
