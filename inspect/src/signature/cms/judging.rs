//! One signer of a message, judged: the digest, the arithmetic, the algorithms, the certificate, the time.
//!
//! The worst that speaks against it is its worth. What speaks about the signer's identity is said only by certificates of
//! the house.

use super::{Algorithm, Certificate, Judged, Named, SignedData, Signer, Stamp, Usage, Worth, stamp};
use crate::key::Fingerprint;
use crate::signature::arithmetic::{Key, Verdict, Way};
use crate::signature::reading::Asked;
use crate::signature::tlv::{INTEGER, Value};
use crate::signature::x509::chain::{Around, Astray};
use crate::signature::x509::{Says, named};
use x509_cert::der::asn1::ObjectIdentifier;

/// How far a signer's clock may be ahead, in seconds.
const SKEW: i64 = 30 * 60;

/// Judges one signer. `digest` answers the digest of the content.
///
/// # Errors
/// Why it was not checked: the content is not at hand.
pub(crate) fn judge(
    message: &SignedData,
    signer: &Signer,
    asked: &Asked<'_>,
    usage: Usage,
    digest: &mut dyn FnMut(Algorithm) -> Result<Vec<u8>, String>,
) -> Result<Judged, String> {
    let mut judged = Judged {
        worth: Worth::UnknownKey,
        detail: "the certificate that it names did not come with it and is not at hand".to_owned(),
        signer: None,
        called: Some(called(&signer.named)),
        made_at: signer.made_at(),
        anchor: None,
        timestamp: None,
    };
    let house = asked.keys.certificates.as_slice();
    let around = Around { brought: &message.certificates, house };
    let all = message.certificates.iter().chain(house);
    let Some(leaf) = all.into_iter().find(|leaf| signer.named.is(leaf)) else { return Ok(judged) };
    (judged.signer, judged.called) = (Some(leaf.fingerprint()), Some(leaf.called()));
    let refused = match (signer.digest, leaf.key()) {
        (Some(algorithm), Some(key)) => {
            let verdict = arithmetic(message, signer, &key, algorithm, &digest(algorithm)?);
            if verdict == Verdict::Holds {
                let weak = algorithm.is_weak() || key.is_short();
                return Ok(held(judged, leaf, around, (message, signer), asked, usage, weak));
            }
            verdict
        }
        _ => Verdict::Unsupported,
    };
    (judged.worth, judged.detail) = match refused {
        Verdict::Fails => {
            (Worth::Bad, "it is not for these bytes, by the certificate that it names".to_owned())
        }
        _ => (Worth::Unsupported, "its key, digest or way is of a kind that is not computed here".to_owned()),
    };
    Ok(judged)
}

/// A signature whose arithmetic holds: what its certificate and its times say.
fn held(
    mut judged: Judged,
    leaf: &Certificate,
    around: Around<'_>,
    (message, signer): (&SignedData, &Signer),
    asked: &Asked<'_>,
    usage: Usage,
    weak: bool,
) -> Judged {
    if usage == Usage::Code {
        judged.timestamp = stamp::read(signer, &message.certificates, asked);
    }
    let case =
        Case { leaf, around, usage, at: asked.at, made: judged.made_at, stamp: judged.timestamp.as_ref() };
    (judged.worth, judged.anchor, judged.detail) = case.worth(weak);
    judged
}

impl Named {
    /// Whether it names this certificate.
    fn is(&self, certificate: &Certificate) -> bool {
        match self {
            Named::Number(issuer, serial) => *issuer == certificate.issuer && *serial == certificate.serial,
            Named::Key(key) => certificate.key_identifier() == Some(key.as_slice()),
        }
    }
}

fn called(signer: &Named) -> String {
    match signer {
        Named::Number(issuer, serial) => {
            format!("number {} of {}", hex::encode_upper(serial), named(issuer))
        }
        Named::Key(key) => format!("the key {}", hex::encode_upper(key)),
    }
}

fn arithmetic(
    message: &SignedData,
    signer: &Signer,
    key: &Key,
    algorithm: Algorithm,
    content: &[u8],
) -> Verdict {
    let Some((way, own)) = way(&signer.way, algorithm) else { return Verdict::Unsupported };
    let Some(both) = signer.attributes_signed() else {
        // Without attributes the signature is over the content itself.
        return key.fits(way, own, content, &signer.signature);
    };
    let is_type = signer.content_type().is_none_or(|own| own == message.content_type);
    if signer.digest_signed() != Some(content) || !is_type {
        return Verdict::Fails;
    }
    let verdicts = both.map(|set| key.fits_message(way, own, &set, &signer.signature));
    let holds = verdicts.into_iter().find(|verdict| *verdict == Verdict::Holds);
    holds.unwrap_or(if verdicts.contains(&Verdict::Unsupported) {
        Verdict::Unsupported
    } else {
        Verdict::Fails
    })
}

/// How a signature algorithm is computed, and with which digest (RFC 3279, RFC 4055, RFC 5758, RFC 8419).
fn way((oid, parameters): &(Vec<u8>, Vec<u8>), digest: Algorithm) -> Option<(Way, Algorithm)> {
    let oid = ObjectIdentifier::from_bytes(oid).ok()?.to_string();
    Some(match oid.as_str() {
        "1.2.840.113549.1.1.1" => (Way::Rsa, digest),
        "1.2.840.113549.1.1.4" => (Way::Rsa, Algorithm::Md5),
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => (Way::Rsa, Algorithm::Sha1),
        "1.2.840.113549.1.1.14" => (Way::Rsa, Algorithm::Sha224),
        "1.2.840.113549.1.1.11" => (Way::Rsa, Algorithm::Sha256),
        "1.2.840.113549.1.1.12" => (Way::Rsa, Algorithm::Sha384),
        "1.2.840.113549.1.1.13" => (Way::Rsa, Algorithm::Sha512),
        "1.2.840.113549.1.1.10" => (Way::Pss(salt(parameters)), digest),
        "1.2.840.10045.2.1" => (Way::Ecdsa, digest),
        "1.2.840.10045.4.1" => (Way::Ecdsa, Algorithm::Sha1),
        "1.2.840.10045.4.3.1" => (Way::Ecdsa, Algorithm::Sha224),
        "1.2.840.10045.4.3.2" => (Way::Ecdsa, Algorithm::Sha256),
        "1.2.840.10045.4.3.3" => (Way::Ecdsa, Algorithm::Sha384),
        "1.2.840.10045.4.3.4" => (Way::Ecdsa, Algorithm::Sha512),
        "1.2.840.10040.4.1" => (Way::Dsa, digest),
        "1.2.840.10040.4.3" => (Way::Dsa, Algorithm::Sha1),
        "2.16.840.1.101.3.4.3.1" => (Way::Dsa, Algorithm::Sha224),
        "2.16.840.1.101.3.4.3.2" => (Way::Dsa, Algorithm::Sha256),
        "1.3.101.112" => (Way::Ed25519, Algorithm::Sha512),
        _ => return None,
    })
}

/// The length of a PSS signature's salt: 20 unless its third parameter says otherwise (RFC 4055, section 3.1).
fn salt(parameters: &[u8]) -> usize {
    let fields = Value::first(parameters).map(|(value, _)| value.values());
    let stated = fields.and_then(|mut fields| fields.find(|field| field.tag == 0xa2));
    let number = stated.and_then(|field| Value::of(INTEGER, field.content));
    number.map_or(20, |number| {
        number.content.iter().take(3).fold(0, |sum, byte| (sum << 8) | usize::from(*byte))
    })
}

/// A signature whose arithmetic holds, with what speaks about its signer.
struct Case<'c> {
    leaf: &'c Certificate,
    around: Around<'c>,
    usage: Usage,
    at: i64,
    made: Option<i64>,
    stamp: Option<&'c Stamp>,
}

type Answer = (Worth, Option<Fingerprint>, String);

impl Case<'_> {
    fn worth(&self, weak: bool) -> Answer {
        if self.made.is_some_and(|made| made > self.leaf.not_after) {
            let detail = "it fits, but its certificate had already expired when it was made";
            return (Worth::FitsButExpiredAtSigning, None, detail.to_owned());
        }
        if self.made.is_some_and(|made| made > self.at.saturating_add(SKEW)) {
            return (
                Worth::FitsButOutOfTime,
                None,
                "it fits, but says that it was made in the future".to_owned(),
            );
        }
        if self.leaf.says(self.usage) == Says::No {
            let detail = match self.usage {
                Usage::Code => "it fits, but its certificate is not for signing programs",
                Usage::Timestamp => "it fits, but its certificate is not for timestamps",
            };
            return (Worth::FitsButUnbound, self.around.leads(self.leaf, self.at).ok(), detail.to_owned());
        }
        let (worth, anchor, detail) = self.led();
        if worth == Worth::Fits && weak {
            let detail = "it fits, but by a digest or a length of key that is no longer safe";
            return (Worth::FitsButWeak, anchor, detail.to_owned());
        }
        (worth, anchor, detail)
    }

    /// Whether its certificate leads to the house: now, or when a timestamp or the signer says that it was made.
    fn led(&self) -> Answer {
        let now = self.around.leads(self.leaf, self.at);
        match now {
            Ok(anchor) => self.used(
                anchor,
                self.at,
                Worth::Fits,
                "it fits, and its certificate leads to one that the house knows",
            ),
            Err(Astray::Unknown) => {
                let detail = "the signature fits the file; the signer is not known to you";
                (Worth::FitsButSignerUnknown, None, detail.to_owned())
            }
            Err(Astray::Early) => {
                let detail = "it fits, but a certificate on its path is not valid yet";
                (Worth::FitsButOutOfTime, None, detail.to_owned())
            }
            Err(Astray::Refused(why)) => {
                let detail = format!("the signature fits the file; the signer is not known to you: {why}");
                (Worth::FitsButSignerUnknown, None, detail)
            }
            Err(Astray::Expired) => self.expired(),
        }
    }

    fn expired(&self) -> Answer {
        let stamped = self.stamp.filter(|stamp| stamp.worth == Worth::Fits).map(|stamp| stamp.time);
        if let Some(time) = stamped
            && let Ok(anchor) = self.around.leads(self.leaf, time)
        {
            let detail = "it fits; its certificate has expired since, and a timestamp that the house can check says that it was made before";
            return self.used(anchor, time, Worth::Fits, detail);
        }
        let then = self.made.unwrap_or(self.leaf.not_after);
        match self.around.leads(self.leaf, then) {
            Ok(anchor) => {
                let detail = "it fits; its certificate has expired since, and only the signer says that it was made before";
                self.used(anchor, then, Worth::FitsButKeyExpired, detail)
            }
            Err(_) => {
                let detail = "the signature fits the file; the signer is not known to you, and its certificate has expired";
                (Worth::FitsButSignerUnknown, None, detail.to_owned())
            }
        }
    }

    /// The same, unless an issuer on the path does not allow that use.
    fn used(&self, anchor: Fingerprint, time: i64, worth: Worth, detail: &str) -> Answer {
        if self.around.allows(self.leaf, time, self.usage) {
            return (worth, Some(anchor), detail.to_owned());
        }
        let detail = "it fits, but an issuer on its certificate's path does not allow that use";
        (Worth::FitsButUnbound, Some(anchor), detail.to_owned())
    }
}
