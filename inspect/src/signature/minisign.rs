//! minisign's and signify's signatures: Ed25519, a key named by eight bytes, a comment that may be signed along.
//!
//! Format: minisign(1), "Signature format"; signify(1). The untrusted comment is never shown as if it were signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Worth;
use super::arithmetic::edwards;
use super::fact::{Material, SignatureFact};
use super::hash::Algorithm;
use super::keys::Small;
use super::reading::{Asked, covers};

/// Bytes of the largest file whose signature is over the file itself and not over its digest.
const LARGEST: usize = 64 << 20;

struct Signature {
    /// Whether it is over the file's digest.
    hashed: bool,
    id: [u8; 8],
    bytes: Vec<u8>,
    /// minisign's trusted comment, and the signature over it.
    comment: Option<(String, Vec<u8>)>,
}

fn parse(bytes: &[u8]) -> Option<Signature> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = text.lines().map(str::trim_end);
    lines.next()?.strip_prefix("untrusted comment:")?;
    let decoded = STANDARD.decode(lines.next()?).ok().filter(|decoded| decoded.len() == 74)?;
    let hashed = match decoded.get(..2)? {
        b"Ed" => false,
        b"ED" => true,
        _ => return None,
    };
    let comment = lines.next().and_then(|line| line.strip_prefix("trusted comment: "));
    let global = lines.next().and_then(|line| STANDARD.decode(line).ok());
    Some(Signature {
        hashed,
        id: decoded.get(2..10)?.try_into().ok()?,
        bytes: decoded.get(10..)?.to_vec(),
        comment: comment.map(|comment| (comment.to_owned(), global.unwrap_or_default())),
    })
}

/// The fact of one signature.
pub(super) fn facts(material: &Material, asked: &Asked<'_>) -> Vec<SignatureFact> {
    let fact = SignatureFact::unchecked(material, "").covering(covers(material.scheme, &material.over));
    let Some(signature) = parse(&material.signature) else {
        return vec![fact.worth(Worth::Unreadable, "there is no signature of minisign or signify in it")];
    };
    // As minisign writes it: the last byte first.
    let id: Vec<u8> = signature.id.iter().rev().copied().collect();
    let fact = SignatureFact { called: Some(format!("key {}", hex::encode_upper(id))), ..fact };
    let mut keys = asked.keys.small.iter().filter(|key| key.id == signature.id).peekable();
    if keys.peek().is_none() {
        return vec![fact.worth(Worth::UnknownKey, "its key is not at hand")];
    }
    let message = if signature.hashed {
        asked.original.digest(&material.over, Algorithm::Blake2b)
    } else {
        let mut bytes = Vec::new();
        let fed = asked.original.feed(&material.over, &mut |step| {
            if bytes.len() <= LARGEST {
                bytes.extend_from_slice(step);
            }
        });
        let too_large = || "it is over the file itself, which is too large for that".to_owned();
        fed.and_then(|()| if bytes.len() > LARGEST { Err(too_large()) } else { Ok(bytes) })
    };
    vec![match message {
        Ok(message) => {
            let (worth, detail) = worth(&signature, &message, &keys.collect::<Vec<_>>());
            fact.worth(worth, detail)
        }
        Err(why) => SignatureFact { detail: format!("not checked: {why}"), ..fact },
    }]
}

fn worth(signature: &Signature, message: &[u8], keys: &[&Small]) -> (Worth, String) {
    let Some(key) = keys.iter().find(|key| edwards(&key.key, message, &signature.bytes)) else {
        return (Worth::Bad, "the key is known and the signature is not for these bytes".to_owned());
    };
    let Some((comment, global)) = &signature.comment else { return (Worth::Fits, "it fits".to_owned()) };
    let signed = [signature.bytes.as_slice(), comment.as_bytes()].concat();
    if edwards(&key.key, &signed, global) {
        (Worth::Fits, format!("it fits; signed along: {}", crate::package::shown(comment)))
    } else {
        (Worth::Bad, "it fits the file, and the comment that claims to be signed along is not".to_owned())
    }
}
