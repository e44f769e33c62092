//! The arithmetic of certificates, as the library that builds paths asks for it.

use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

use crate::signature::arithmetic::{Key, Verdict, Way};
use crate::signature::hash::Algorithm;
use crate::signature::tlv::{BITS, SEQUENCE, Value};

/// One kind of key with one kind of signature.
#[derive(Debug)]
struct Certified {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    way: Way,
    algorithm: Algorithm,
    /// Bits of the curve, 0 for RSA.
    curve: u16,
}

impl SignatureVerificationAlgorithm for Certified {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = match (self.way, self.curve) {
            (Way::Ed25519, _) => Some(Key::Ed25519(public_key.to_vec())),
            (_, 0) => Key::read(public_key),
            (_, size) => Some(Key::Curve(size, public_key.to_vec())),
        };
        let verdict = key.map(|key| key.fits_message(self.way, self.algorithm, message, signature));
        if verdict == Some(Verdict::Holds) { Ok(()) } else { Err(InvalidSignature) }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

/// sha1WithRSAEncryption with its NULL (RFC 3279, section 2.2.1): old roots' own signatures and what they issued.
const RSA_SHA1: AlgorithmIdentifier = AlgorithmIdentifier::from_slice(&[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00,
]);

const fn rsa(signature: AlgorithmIdentifier, way: Way, algorithm: Algorithm) -> Certified {
    Certified { key: alg_id::RSA_ENCRYPTION, signature, way, algorithm, curve: 0 }
}

const fn curve(
    key: AlgorithmIdentifier,
    curve: u16,
    signature: AlgorithmIdentifier,
    algorithm: Algorithm,
) -> Certified {
    Certified { key, signature, way: Way::Ecdsa, algorithm, curve }
}

static KNOWN: [Certified; 17] = [
    rsa(RSA_SHA1, Way::Rsa, Algorithm::Sha1),
    rsa(alg_id::RSA_PKCS1_SHA256, Way::Rsa, Algorithm::Sha256),
    rsa(alg_id::RSA_PKCS1_SHA384, Way::Rsa, Algorithm::Sha384),
    rsa(alg_id::RSA_PKCS1_SHA512, Way::Rsa, Algorithm::Sha512),
    rsa(alg_id::RSA_PSS_SHA256, Way::Pss(32), Algorithm::Sha256),
    rsa(alg_id::RSA_PSS_SHA384, Way::Pss(48), Algorithm::Sha384),
    rsa(alg_id::RSA_PSS_SHA512, Way::Pss(64), Algorithm::Sha512),
    curve(alg_id::ECDSA_P256, 256, alg_id::ECDSA_SHA256, Algorithm::Sha256),
    curve(alg_id::ECDSA_P256, 256, alg_id::ECDSA_SHA384, Algorithm::Sha384),
    curve(alg_id::ECDSA_P256, 256, alg_id::ECDSA_SHA512, Algorithm::Sha512),
    curve(alg_id::ECDSA_P384, 384, alg_id::ECDSA_SHA256, Algorithm::Sha256),
    curve(alg_id::ECDSA_P384, 384, alg_id::ECDSA_SHA384, Algorithm::Sha384),
    curve(alg_id::ECDSA_P384, 384, alg_id::ECDSA_SHA512, Algorithm::Sha512),
    curve(alg_id::ECDSA_P521, 521, alg_id::ECDSA_SHA256, Algorithm::Sha256),
    curve(alg_id::ECDSA_P521, 521, alg_id::ECDSA_SHA384, Algorithm::Sha384),
    curve(alg_id::ECDSA_P521, 521, alg_id::ECDSA_SHA512, Algorithm::Sha512),
    Certified {
        key: alg_id::ED25519,
        signature: alg_id::ED25519,
        way: Way::Ed25519,
        algorithm: Algorithm::Sha512,
        curve: 0,
    },
];

/// Whether the signature on a certificate holds under this key; nothing where that is not computed here, or not by SHA-1.
pub(super) fn holds(certificate: &[u8], key: &[u8]) -> Option<bool> {
    let mut parts = Value::of(SEQUENCE, certificate)?.values();
    let told = parts.tagged(SEQUENCE)?.whole;
    let algorithm = parts.tagged(SEQUENCE)?.content;
    let (_, signature) = parts.tagged(BITS)?.content.split_first()?;
    let mut parts = Value::of(SEQUENCE, key)?.values();
    let sort = parts.tagged(SEQUENCE)?.content;
    let (_, point) = parts.tagged(BITS)?.content.split_first()?;
    let mut safe = KNOWN.iter().filter(|known| known.algorithm != Algorithm::Sha1);
    let known = safe.find(|known| known.signature.as_ref() == algorithm && known.key.as_ref() == sort)?;
    Some(known.verify_signature(point, told, signature).is_ok())
}

/// Every kind that a path may be signed by.
pub(super) fn all() -> Vec<&'static dyn SignatureVerificationAlgorithm> {
    KNOWN.iter().map(|known| known as &dyn SignatureVerificationAlgorithm).collect()
}
