//! The arithmetic of signatures that are not OpenPGP's: does this one hold under this key?
//!
//! Public keys only, so that nothing here can leak a secret. Every size is bounded before anything is computed. RSA by
//! RFC 8017, ECDSA and DSA by FIPS 186-4, Ed25519 by RFC 8032; keys as RFC 5280's SubjectPublicKeyInfo.

use ed25519_dalek::VerifyingKey as Edwards;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::{BigUint, Pkcs1v15Sign, Pss, RsaPublicKey};
use x509_cert::der::asn1::ObjectIdentifier;

use super::hash::Algorithm;
use super::tlv::{BITS, INTEGER, OID, SEQUENCE, Value};

/// Bits of the largest RSA key that is computed with: a few milliseconds.
const RSA_MOST: usize = 16_384;
/// Bits below which an RSA or DSA key is no longer safe (NIST SP 800-131A).
const RSA_LEAST: usize = 2048;
/// Bytes of the largest DSA parameter: 4,096 bits.
const DSA_MOST: usize = 512;

/// What computing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The signature is for these bytes, under this key.
    Holds,
    /// It is not.
    Fails,
    /// It cannot be computed here.
    Unsupported,
}

impl From<bool> for Verdict {
    fn from(holds: bool) -> Verdict {
        if holds { Verdict::Holds } else { Verdict::Fails }
    }
}

/// How a signature is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// RSA with the padding of PKCS#1 version 1.5.
    Rsa,
    /// RSA-PSS with a salt of so many bytes.
    Pss(usize),
    /// ECDSA, the signature as two numbers in ASN.1.
    Ecdsa,
    /// DSA, likewise.
    Dsa,
    /// Ed25519, over the message itself.
    Ed25519,
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// Modulus and exponent.
    Rsa(Vec<u8>, Vec<u8>),
    /// A point on NIST's curve of so many bits, as SEC 1 writes it.
    Curve(u16, Vec<u8>),
    /// p, q, g, y.
    Dsa([Vec<u8>; 4]),
    /// 32 bytes.
    Ed25519(Vec<u8>),
}

impl Key {
    /// Reads a SubjectPublicKeyInfo, or an RSA key by itself (PKCS#1).
    pub(crate) fn read(der: &[u8]) -> Option<Key> {
        let info = Value::of(SEQUENCE, der)?;
        let mut fields = info.values();
        let Some(algorithm) = fields.tagged(SEQUENCE) else { return rsa(info) };
        let bits = fields.tagged(BITS)?.content.split_first()?.1;
        let mut algorithm = algorithm.values();
        let oid = ObjectIdentifier::from_bytes(algorithm.tagged(OID)?.content).ok()?.to_string();
        match oid.as_str() {
            "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => rsa(Value::of(SEQUENCE, bits)?),
            "1.2.840.10045.2.1" => {
                let curve = ObjectIdentifier::from_bytes(algorithm.tagged(OID)?.content).ok()?.to_string();
                let size = match curve.as_str() {
                    "1.2.840.10045.3.1.7" => 256,
                    "1.3.132.0.34" => 384,
                    "1.3.132.0.35" => 521,
                    _ => return None,
                };
                Some(Key::Curve(size, bits.to_vec()))
            }
            "1.2.840.10040.4.1" => {
                let mut parameters = algorithm.tagged(SEQUENCE)?.values();
                let mut next = || Some(parameters.tagged(INTEGER)?.content.to_vec());
                let y = Value::of(INTEGER, bits)?.content.to_vec();
                Some(Key::Dsa([next()?, next()?, next()?, y]))
            }
            "1.3.101.112" => Some(Key::Ed25519(bits.to_vec())),
            _ => None,
        }
    }

    /// Whether it is shorter than is safe.
    pub(crate) fn is_short(&self) -> bool {
        match self {
            Key::Rsa(number, _) | Key::Dsa([number, ..]) => BigUint::from_bytes_be(number).bits() < RSA_LEAST,
            Key::Curve(..) | Key::Ed25519(_) => false,
        }
    }

    /// Whether `signature` holds over a message with this digest.
    pub(crate) fn fits(&self, way: Way, algorithm: Algorithm, digest: &[u8], signature: &[u8]) -> Verdict {
        match (self, way) {
            (Key::Rsa(number, exponent), Way::Rsa | Way::Pss(_)) => {
                let (number, exponent) = (BigUint::from_bytes_be(number), BigUint::from_bytes_be(exponent));
                match RsaPublicKey::new_with_max_size(number, exponent, RSA_MOST) {
                    Ok(key) => with_rsa(&key, way, algorithm, digest, signature),
                    Err(_) => Verdict::Unsupported,
                }
            }
            (Key::Curve(size, point), Way::Ecdsa) => with_curve(*size, point, digest, signature),
            (Key::Dsa(numbers), Way::Dsa) => with_dsa(numbers, digest, signature).into(),
            _ => Verdict::Unsupported,
        }
    }

    /// Whether `signature` holds over this message.
    pub(crate) fn fits_message(
        &self,
        way: Way,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Verdict {
        match (self, way) {
            (Key::Ed25519(key), Way::Ed25519) => edwards(key, message, signature).into(),
            _ => self.fits(way, algorithm, &algorithm.of(message), signature),
        }
    }
}

fn rsa(sequence: Value<'_>) -> Option<Key> {
    let mut numbers = sequence.values();
    let number = numbers.tagged(INTEGER)?.content.to_vec();
    Some(Key::Rsa(number, numbers.tagged(INTEGER)?.content.to_vec()))
}

/// Whether an Ed25519 signature holds; keys and points of small order never do.
pub(crate) fn edwards(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = <[u8; 32]>::try_from(key).ok().and_then(|key| Edwards::from_bytes(&key).ok());
    let signature = ed25519_dalek::Signature::from_slice(signature).ok();
    let both = key.zip(signature);
    both.is_some_and(|(key, signature)| key.verify_strict(message, &signature).is_ok())
}

fn with_rsa(key: &RsaPublicKey, way: Way, algorithm: Algorithm, digest: &[u8], signature: &[u8]) -> Verdict {
    use sha2::{Sha224, Sha256, Sha384, Sha512};
    let holds = match way {
        Way::Pss(salt) => {
            let padding = match algorithm {
                Algorithm::Sha1 => Pss::new_with_salt::<sha1::Sha1>(salt),
                Algorithm::Sha256 => Pss::new_with_salt::<Sha256>(salt),
                Algorithm::Sha384 => Pss::new_with_salt::<Sha384>(salt),
                Algorithm::Sha512 => Pss::new_with_salt::<Sha512>(salt),
                _ => return Verdict::Unsupported,
            };
            key.verify(padding, digest, signature)
        }
        _ => {
            let padding = match algorithm {
                Algorithm::Md5 => Pkcs1v15Sign::new::<md5::Md5>(),
                Algorithm::Sha1 => Pkcs1v15Sign::new::<sha1::Sha1>(),
                Algorithm::Sha224 => Pkcs1v15Sign::new::<Sha224>(),
                Algorithm::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
                Algorithm::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
                Algorithm::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
                Algorithm::Blake2b => return Verdict::Unsupported,
            };
            key.verify(padding, digest, signature)
        }
    };
    holds.is_ok().into()
}

fn with_curve(size: u16, point: &[u8], digest: &[u8], signature: &[u8]) -> Verdict {
    let holds = match size {
        256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(point).ok().and_then(|key| {
            let signature = p256::ecdsa::Signature::from_der(signature).ok()?;
            Some(key.verify_prehash(digest, &signature).is_ok())
        }),
        384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(point).ok().and_then(|key| {
            let signature = p384::ecdsa::Signature::from_der(signature).ok()?;
            Some(key.verify_prehash(digest, &signature).is_ok())
        }),
        _ => p521::ecdsa::VerifyingKey::from_sec1_bytes(point).ok().and_then(|key| {
            let signature = p521::ecdsa::Signature::from_der(signature).ok()?;
            Some(key.verify_prehash(digest, &signature).is_ok())
        }),
    };
    holds.unwrap_or(false).into()
}

fn with_dsa(numbers: &[Vec<u8>; 4], digest: &[u8], signature: &[u8]) -> bool {
    use dsa::BigUint;
    if numbers.iter().any(|number| number.len() > DSA_MOST + 1) {
        return false;
    }
    let [p, q, g, y] = numbers.each_ref().map(|number| BigUint::from_bytes_be(number));
    let key = dsa::Components::from_components(p, q, g)
        .and_then(|components| dsa::VerifyingKey::from_components(components, y));
    let (Ok(key), Ok(signature)) = (key, dsa::Signature::try_from(signature)) else { return false };
    key.verify_prehash(digest, &signature).is_ok()
}
