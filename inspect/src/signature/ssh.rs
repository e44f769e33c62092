//! OpenSSH's signatures of files (`PROTOCOL.sshsig`): a key that comes along, a namespace, a digest.
//!
//! The key that comes along proves nothing about its holder: it is named by its digest and held against the keys of the
//! house. A signature for another namespace was made for another purpose, which is told.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::Worth;
use super::arithmetic::{Key, Verdict, Way};
use super::fact::{Material, SignatureFact};
use super::hash::Algorithm;
use super::reading::{Asked, covers};
use super::tlv::{INTEGER, SEQUENCE, written};

/// Fields in OpenSSH's encoding: a length of four bytes, then so many.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn string(&mut self) -> Option<&'a [u8]> {
        let length = u32::from_be_bytes(self.0.get(..4)?.try_into().ok()?) as usize;
        let own = self.0.get(4..4_usize.checked_add(length)?)?;
        self.0 = self.0.get(4 + length..)?;
        Some(own)
    }
}

struct Signature {
    key: Vec<u8>,
    namespace: String,
    reserved: Vec<u8>,
    hash: Option<Algorithm>,
    hash_name: Vec<u8>,
    signature: Vec<u8>,
}

fn parse(bytes: &[u8]) -> Option<Signature> {
    let text = String::from_utf8_lossy(bytes);
    let (_, decoded) = crate::key::x509::pem(&text).find(|(label, _)| label == "SSH SIGNATURE")?;
    let rest = decoded.strip_prefix(b"SSHSIG\0\0\0\x01")?;
    let mut fields = Fields(rest);
    let key = fields.string()?.to_vec();
    let namespace = String::from_utf8_lossy(fields.string()?).into_owned();
    let reserved = fields.string()?.to_vec();
    let hash_name = fields.string()?.to_vec();
    let hash = match hash_name.as_slice() {
        b"sha256" => Some(Algorithm::Sha256),
        b"sha512" => Some(Algorithm::Sha512),
        _ => None,
    };
    Some(Signature { key, namespace, reserved, hash, hash_name, signature: fields.string()?.to_vec() })
}

/// The fact of one signature.
pub(super) fn facts(material: &Material, asked: &Asked<'_>) -> Vec<SignatureFact> {
    let fact = SignatureFact::unchecked(material, "").covering(covers(material.scheme, &material.over));
    let Some(signature) = parse(&material.signature) else {
        return vec![fact.worth(Worth::Unreadable, "there is no SSH signature in it that can be read")];
    };
    let called = format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(&signature.key)));
    let fact = SignatureFact { called: Some(called), ..fact };
    let Some(hash) = signature.hash else {
        return vec![fact.worth(Worth::Unsupported, "its digest is of a kind that is not computed here")];
    };
    let digest = match asked.original.digest(&material.over, hash) {
        Ok(digest) => digest,
        Err(why) => return vec![SignatureFact { detail: format!("not checked: {why}"), ..fact }],
    };
    let namespace = crate::package::shown(&signature.namespace);
    vec![match verdict(&signature, &digest) {
        Verdict::Unsupported => {
            fact.worth(Worth::Unsupported, "its key is of a kind that is not computed here")
        }
        Verdict::Fails => fact.worth(Worth::Bad, "it is not for these bytes, by the key that came with it"),
        Verdict::Holds if !asked.keys.ssh.contains(&signature.key) => {
            let detail = format!(
                "the signature fits the file; the signer is not known to you; made for the purpose {namespace}"
            );
            fact.worth(Worth::FitsButSignerUnknown, detail)
        }
        Verdict::Holds if signature.namespace != "file" => {
            let detail = format!("it fits, but was made for the purpose {namespace} and not for files");
            fact.worth(Worth::FitsButUnbound, detail)
        }
        Verdict::Holds => fact.worth(Worth::Fits, "it fits; made for the purpose file"),
    }]
}

fn verdict(signature: &Signature, digest: &[u8]) -> Verdict {
    let mut signed = b"SSHSIG".to_vec();
    for field in [signature.namespace.as_bytes(), &signature.reserved, &signature.hash_name, digest] {
        signed.extend(u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
        signed.extend_from_slice(field);
    }
    held(&signature.key, &signature.signature, signed).unwrap_or(Verdict::Unsupported)
}

/// Whether a signature in OpenSSH's encoding holds (RFC 4253, section 6.6; RFC 5656; RFC 8332; RFC 8709).
fn held(key: &[u8], signature: &[u8], mut signed: Vec<u8>) -> Option<Verdict> {
    let (mut key, mut signature) = (Fields(key), Fields(signature));
    let (kind, made) = (key.string()?, signature.string()?);
    let bytes = signature.string()?;
    let (key, way, algorithm, bytes) = match (kind, made) {
        (b"ssh-ed25519", b"ssh-ed25519") => {
            (Key::Ed25519(key.string()?.to_vec()), Way::Ed25519, Algorithm::Sha512, bytes.to_vec())
        }
        (b"sk-ssh-ed25519@openssh.com", b"sk-ssh-ed25519@openssh.com") => {
            let own = Key::Ed25519(key.string()?.to_vec());
            // What a security key signs: the application, its own flags and counter, the message (`PROTOCOL.u2f`).
            let application = Sha256::digest(key.string()?);
            signed = [application.as_slice(), signature.0.get(..5)?, &Sha256::digest(&signed)].concat();
            (own, Way::Ed25519, Algorithm::Sha512, bytes.to_vec())
        }
        (b"ssh-rsa", b"rsa-sha2-256" | b"rsa-sha2-512") => {
            let exponent = key.string()?.to_vec();
            let is_256 = made == b"rsa-sha2-256";
            let algorithm = if is_256 { Algorithm::Sha256 } else { Algorithm::Sha512 };
            (Key::Rsa(key.string()?.to_vec(), exponent), Way::Rsa, algorithm, bytes.to_vec())
        }
        (b"ecdsa-sha2-nistp256", _) => curve(256, &mut key, bytes, Algorithm::Sha256)?,
        (b"ecdsa-sha2-nistp384", _) => curve(384, &mut key, bytes, Algorithm::Sha384)?,
        (b"ecdsa-sha2-nistp521", _) => curve(521, &mut key, bytes, Algorithm::Sha512)?,
        _ => return None,
    };
    Some(key.fits_message(way, algorithm, &signed, &bytes))
}

fn curve(
    size: u16,
    key: &mut Fields<'_>,
    bytes: &[u8],
    algorithm: Algorithm,
) -> Option<(Key, Way, Algorithm, Vec<u8>)> {
    let _name = key.string()?;
    let mut numbers = Fields(bytes);
    let (mut inner, mut der) = (Vec::new(), Vec::new());
    written(INTEGER, numbers.string()?, &mut inner);
    written(INTEGER, numbers.string()?, &mut inner);
    written(SEQUENCE, &inner, &mut der);
    Some((Key::Curve(size, key.string()?.to_vec()), Way::Ecdsa, algorithm, der))
}
