//! OpenPGP messages that hold what they sign: cleartext (RFC 9580, section 7) and packets with the signature around.
//!
//! Text outside of the marks of a cleartext message looks as if it belonged to it and is not signed: it is told.

use sequoia_openpgp::Packet;
use sequoia_openpgp::parse::{PacketParserBuilder, PacketParserResult, Parse as _};

use super::fact::{Material, Over, SignatureFact};
use super::hash::Algorithm;
use super::openpgp::{self, verify_fed};
use super::reading::{Asked, fact};

const BEGIN: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
const END: &str = "-----END PGP SIGNATURE-----";
/// Compressed data within compressed data.
const DEEPEST: u8 = 4;
/// Signatures of one message that are read.
const MOST: usize = 64;
/// Bytes that one message may unpack to before the rest of it is left.
const LARGEST: u64 = 512 << 20;

/// A cleartext message.
pub(super) struct Cleartext {
    /// What is signed: lines without what is added in transport, ended by CR and LF.
    pub(super) canonical: Vec<u8>,
    signature: Vec<u8>,
    before: usize,
    after: usize,
}

impl Cleartext {
    /// Reads the first one in these bytes.
    pub(super) fn read(bytes: &[u8]) -> Option<Cleartext> {
        let text = String::from_utf8_lossy(bytes);
        // What is signed are bytes: a text that is no UTF-8 is not guessed at.
        if matches!(text, std::borrow::Cow::Owned(_)) {
            return None;
        }
        let (before, rest) = text.split_once(BEGIN)?;
        let mut lines = rest.split('\n').skip(1);
        let mut headers = lines.by_ref().map(|line| line.trim_end_matches(['\r', ' ', '\t']));
        headers.find(|line| line.is_empty())?;
        let mut signed: Vec<String> = Vec::new();
        let mut armor = String::new();
        for line in lines {
            if !armor.is_empty() || line.starts_with(SIGNATURE) {
                armor.push_str(line);
                armor.push('\n');
                continue;
            }
            let line = line.strip_prefix("- ").unwrap_or(line);
            signed.push(line.trim_end_matches([' ', '\t', '\r']).to_owned());
        }
        let (own, after) = armor.split_once(END)?;
        let signature = format!("{own}{END}\n").into_bytes();
        let canonical = signed.join("\r\n").into_bytes();
        Some(Cleartext { canonical, signature, before: before.trim().len(), after: after.trim().len() })
    }
}

/// The facts of one message.
pub(super) fn facts(material: &Material, asked: &Asked<'_>) -> Vec<SignatureFact> {
    if let Some(text) = Cleartext::read(&material.signature) {
        let mut facts = of_cleartext(material, &text, asked);
        if let Over::File(_) = material.over {
            facts = facts.into_iter().map(|fact| beside(fact, &text, material, asked)).collect();
        }
        return facts;
    }
    let found = within(&material.signature, asked);
    let covers = "what it states itself";
    found.into_iter().map(|signature| fact(material, Ok(signature)).covering(covers)).collect()
}

/// The facts of the signatures under a cleartext.
pub(super) fn of_cleartext(material: &Material, text: &Cleartext, asked: &Asked<'_>) -> Vec<SignatureFact> {
    let mut feed = |take: &mut dyn FnMut(&[u8])| {
        take(&text.canonical);
        Ok(())
    };
    let signatures = verify_fed(&text.signature, &asked.keys.openpgp, asked.at, &mut feed);
    let around = [(text.before, "before"), (text.after, "behind")];
    let one = |signature| {
        let mut fact = fact(material, signature).covering("the text between its marks");
        let outside = around.iter().filter(|(bytes, _)| *bytes > 0);
        fact.not_covered.extend(outside.map(|(bytes, place)| format!("{bytes} bytes {place} its marks")));
        fact
    };
    signatures.into_iter().map(one).collect()
}

/// A list of digests that was handed over beside a file: whether it names the file's.
fn beside(
    mut fact: SignatureFact,
    text: &Cleartext,
    material: &Material,
    asked: &Asked<'_>,
) -> SignatureFact {
    let signed = String::from_utf8_lossy(&text.canonical).to_lowercase();
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512, Algorithm::Sha1] {
        match asked.original.digest(&material.over, algorithm) {
            Ok(digest) if signed.contains(&hex::encode(&digest)) => {
                fact.covers =
                    format!("the whole file, by its {} digest in the signed text", algorithm.called());
                return fact;
            }
            Ok(_) => {}
            Err(why) => {
                fact.not_covered.push(format!("the file: {why}"));
                return fact;
            }
        }
    }
    fact.not_covered.push("the file itself: the signed text does not state its digest".to_owned());
    fact
}

/// The signatures of a message in packets.
fn within(bytes: &[u8], asked: &Asked<'_>) -> Vec<super::Signature> {
    let mut found = Vec::new();
    let builder = PacketParserBuilder::from_bytes(bytes).map(|builder| builder.max_recursion_depth(DEEPEST));
    let Ok(mut next) = builder.and_then(|builder| builder.build()) else { return found };
    let mut read = 0_u64;
    while let PacketParserResult::Some(mut parser) = next {
        if let Packet::Literal(_) = parser.packet {
            let mut buffer = vec![0; 64 << 10];
            while let Ok(count @ 1..) = std::io::Read::read(&mut parser, &mut buffer) {
                read += count as u64;
                if read > LARGEST {
                    return found;
                }
            }
        }
        let Ok((packet, rest)) = parser.recurse() else { break };
        if let Packet::Signature(signature) = packet {
            found.push(openpgp::verify_document(&signature, &asked.keys.openpgp, asked.at));
        }
        if found.len() >= MOST {
            break;
        }
        next = rest;
    }
    found
}
