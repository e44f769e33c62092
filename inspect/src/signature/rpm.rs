//! Signatures in the header of an RPM package.
//!
//! One over the header covers the payload only by the digest that the header states of it: a changed payload keeps a good
//! header signature, so that both are told together. Format: rpm's manual, "Package format", "Signature".

use super::Worth;
use super::fact::{Material, Over, Payload, SignatureFact};
use super::reading::{Asked, detached};

/// The facts of one signature.
pub(super) fn facts(material: &Material, asked: &Asked<'_>) -> Vec<SignatureFact> {
    let facts = detached(material, asked).into_iter();
    let Over::Header(_, payload) = &material.over else { return facts.collect() };
    facts.map(|fact| with_payload(fact, *payload)).collect()
}

fn with_payload(mut fact: SignatureFact, payload: Payload) -> SignatureFact {
    match payload {
        Payload::Fits => fact.covers.push_str(", and the payload by the digest that the header states"),
        Payload::Differs => {
            fact.not_covered.push("the payload: its digest is another one than the header states".to_owned());
            let held = !matches!(
                fact.worth,
                None | Some(Worth::UnknownKey | Worth::Unsupported | Worth::Unreadable)
            );
            if held && fact.worth != Some(Worth::Bad) {
                let detail = "it fits the header, and the payload is not the one that the header states";
                fact = fact.worth(Worth::Bad, detail);
            }
        }
        Payload::NotStated => {
            fact.not_covered.push("the payload as a whole, of which the header states no digest".to_owned());
        }
        Payload::NotRead => {
            fact.not_covered.push("the payload, which was not read to its end".to_owned());
        }
    }
    fact
}
