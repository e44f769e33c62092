//! Alpine's signatures: RSA over the compressed control part of a package, which states the digest of its data.
//!
//! A package is three compressed streams, one behind the other: signatures, control, data. A changed data part keeps a good
//! signature, so that its digest is taken too. Format: apk-tools, `apk-v2(5)`.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use super::Worth;
use super::arithmetic::{Verdict, Way};
use super::fact::{Material, Over, SignatureFact};
use super::hash::Algorithm;
use super::original::{Original, Seeking};
use super::reading::Asked;

/// Bytes that the first two parts may unpack to; real ones take some kilobytes.
const LARGEST: u64 = 16 << 20;

/// Where the three parts lie, and what the control part states of the third.
struct Parts {
    control: (u64, u64),
    stated: Option<String>,
}

/// The fact of one signature.
pub(super) fn facts(material: &Material, asked: &Asked<'_>) -> Vec<SignatureFact> {
    let fact = SignatureFact::unchecked(material, "");
    let name = material.path.rsplit('/').next().unwrap_or_default();
    let (algorithm, key_name) = match name.strip_prefix(".SIGN.") {
        Some(rest) if rest.starts_with("RSA256.") => (Algorithm::Sha256, rest.strip_prefix("RSA256.")),
        Some(rest) if rest.starts_with("RSA512.") => (Algorithm::Sha512, rest.strip_prefix("RSA512.")),
        rest => (Algorithm::Sha1, rest.and_then(|rest| rest.strip_prefix("RSA."))),
    };
    let key_name = key_name.unwrap_or_default();
    let fact = SignatureFact { called: Some(crate::package::shown(key_name)), ..fact };
    if !matches!(material.over, Over::File(_)) {
        let fact = fact.covering("the compressed control part of the package");
        let detail = "not checked: the package lies within another file, whose bytes are not kept";
        return vec![SignatureFact { detail: detail.to_owned(), ..fact }];
    }
    let Some(parts) = parts(asked.original) else {
        return vec![fact.worth(Worth::Unreadable, "the package's parts cannot be told apart")];
    };
    let (start, end) = parts.control;
    let fact = fact.covering(format!("bytes {start} to {end} of the file, the control part"));
    let control = Over::File(vec![parts.control]);
    let data = Over::File(vec![(end, u64::MAX)]);
    let both = asked
        .original
        .digest(&control, algorithm)
        .and_then(|control| Ok((control, hex::encode(asked.original.digest(&data, Algorithm::Sha256)?))));
    vec![match both {
        Ok((control, data)) => {
            with_data(judged(fact, asked, key_name, algorithm, &control, material), &parts, &data)
        }
        Err(why) => SignatureFact { detail: format!("not checked: {why}"), ..fact },
    }]
}

fn judged(
    fact: SignatureFact,
    asked: &Asked<'_>,
    name: &str,
    algorithm: Algorithm,
    digest: &[u8],
    material: &Material,
) -> SignatureFact {
    let mut named = false;
    for known in &asked.keys.bare {
        match known.key.fits(Way::Rsa, algorithm, digest, &material.signature) {
            Verdict::Holds => {
                let fact =
                    SignatureFact { called: Some(format!("{name}, key SHA-256 {}", known.sha256)), ..fact };
                return if algorithm.is_weak() || known.key.is_short() {
                    fact.worth(Worth::FitsButWeak, "it fits, but by SHA-1 or a key that is too short")
                } else {
                    fact.worth(Worth::Fits, "it fits")
                };
            }
            Verdict::Fails => named |= known.origin == name,
            Verdict::Unsupported => {}
        }
    }
    if named {
        fact.worth(Worth::Bad, "the key of that name is known and the signature is not for these bytes")
    } else {
        fact.worth(Worth::UnknownKey, "its key is not at hand")
    }
}

fn with_data(mut fact: SignatureFact, parts: &Parts, data: &str) -> SignatureFact {
    match &parts.stated {
        Some(stated) if stated.eq_ignore_ascii_case(data) => {
            fact.covers.push_str(", and the data by the digest that it states");
        }
        Some(_) => {
            fact.not_covered
                .push("the data: its digest is another one than the control part states".to_owned());
            if matches!(fact.worth, Some(Worth::Fits | Worth::FitsButWeak)) {
                return fact
                    .worth(Worth::Bad, "it fits the control part, and the data is not what that states");
            }
        }
        None => fact.not_covered.push("the data, of which the control part states no digest".to_owned()),
    }
    fact
}

fn parts(original: &Original<'_>) -> Option<Parts> {
    let input = BufReader::with_capacity(16 << 10, Seeking { original, at: 0 });
    let mut input = Counting { input, read: 0 };
    unpacked(&mut input)?;
    let start = input.read;
    let control = unpacked(&mut input)?;
    let text = String::from_utf8_lossy(&control);
    let stated = text.lines().find_map(|line| line.strip_prefix("datahash = "));
    Some(Parts { control: (start, input.read), stated: stated.map(|stated| stated.trim().to_owned()) })
}

/// Unpacks one stream and stops behind it.
fn unpacked(input: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = GzDecoder::new(input).take(LARGEST + 1).read_to_end(&mut bytes).ok()?;
    (read as u64 <= LARGEST).then_some(bytes)
}

/// Counts what is consumed.
struct Counting<R> {
    input: R,
    read: u64,
}

impl<R: BufRead> Read for Counting<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(room)?;
        self.read += count as u64;
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Counting<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.read += count as u64;
        self.input.consume(count);
    }
}
