//! Whether one key certifies another: the continuity that arithmetic can show (RFC 9580 section 5.2.1, types 0x10 to 0x13).
//!
//! A signature that merely names the old key as its issuer proves nothing and is refused; so is one by a hash that was no
//! longer safe when it was made, and one by a key that had expired or was taken back.

use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::policy::{HashAlgoSecurity, Policy as _};
use sequoia_openpgp::types::SignatureType;

use super::{Certificate, Revocation};
use crate::openpgp::{epoch, strict};

/// Certifications of one certificate that are looked at; a well-known key may carry thousands by strangers.
const MOST: usize = 2_000;

impl Certificate {
    /// Whether this certificate's primary key vouches, in a signature that holds, for a name on `other`.
    #[must_use]
    pub fn certifies(&self, other: &Certificate) -> bool {
        if self.fingerprint == other.fingerprint {
            return false;
        }
        let signer = self.cert.primary_key().key();
        let issuers = [self.cert.key_handle()];
        let names = other.cert.userids();
        let certifications = names.flat_map(|name| {
            let signatures: Vec<&Signature> = name.certifications_by_key(&issuers).collect();
            signatures.into_iter().map(move |signature| (name.userid(), signature))
        });
        certifications.take(MOST).any(|(name, signature)| {
            let subject = other.cert.primary_key().key();
            self.may_certify(signature) && signature.verify_userid_binding(signer, subject, name).is_ok()
        })
    }

    /// Whether a signature is a certification, by a safe hash, from a time when this key could make one.
    fn may_certify(&self, signature: &Signature) -> bool {
        let kinds = [
            SignatureType::GenericCertification,
            SignatureType::PersonaCertification,
            SignatureType::CasualCertification,
            SignatureType::PositiveCertification,
        ];
        let Some(made) = signature.signature_creation_time() else { return false };
        let safe = strict(made).signature(signature, HashAlgoSecurity::CollisionResistance).is_ok();
        let then = self.facts(epoch(made)).primary;
        let alive = then.expires.is_none_or(|end| end > epoch(made));
        kinds.contains(&signature.typ()) && safe && alive && then.revoked != Revocation::Hard
    }
}

#[cfg(test)]
mod tests {
    use sequoia_openpgp::Cert;
    use sequoia_openpgp::cert::CertBuilder;
    use sequoia_openpgp::packet::signature::SignatureBuilder;
    use sequoia_openpgp::types::{HashAlgorithm, SignatureType};

    use super::Certificate;

    fn made(name: &str) -> Cert {
        let (cert, _) = CertBuilder::general_purpose(Some(name)).generate().unwrap();
        cert
    }

    /// `other` with a certification by `signer`.
    fn certified(signer: &Cert, other: Cert, hash: HashAlgorithm) -> Cert {
        let mut pair =
            signer.primary_key().key().clone().parts_into_secret().unwrap().into_keypair().unwrap();
        let name = other.userids().next().unwrap().userid().clone();
        let builder = SignatureBuilder::new(SignatureType::GenericCertification).set_hash_algo(hash);
        let signature = name.bind(&mut pair, &other, builder).unwrap();
        other.insert_packets(signature).unwrap().0
    }

    fn certificate(cert: Cert) -> Certificate {
        Certificate::of(cert).unwrap()
    }

    #[test]
    fn the_old_key_certifies_the_new_one() {
        let (old, new) = (made("Halvard 2020 <a@halvard.example>"), made("Halvard 2026 <a@halvard.example>"));
        let signed = certificate(certified(&old, new.clone(), HashAlgorithm::SHA512));
        assert!(certificate(old.clone()).certifies(&signed));
        assert!(!certificate(old.clone()).certifies(&certificate(new)));
        assert!(!signed.certifies(&certificate(old)));
        assert!(!signed.certifies(&signed.clone()));
    }

    #[test]
    fn a_stranger_and_an_unsafe_hash_prove_nothing() {
        let (old, new, stranger) = (made("Old"), made("New"), made("Stranger"));
        let signed = certificate(certified(&stranger, new.clone(), HashAlgorithm::SHA512));
        assert!(!certificate(old.clone()).certifies(&signed));
        let unsafely = certificate(certified(&old, new, HashAlgorithm::SHA1));
        assert!(!certificate(old).certifies(&unsafely));
    }
}
