//! The verdict of a brief: four fields side by side, never one colour.
//!
//! Each field is judged or not judged, and what is not judged says why. Refuses the words that people take for consent.

use inspect::inspection::Inspection;
use inspect::signature::Worth;
use inspect::signature::fact::SignatureFact;
use serde::Serialize;

use crate::evidence::Grade;
use crate::keys::judged::Signer;
use crate::verdict::{KeyState, Policy};

/// How much a field asks for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// It is told.
    Note,
    /// Somebody must look.
    Attention,
    /// It must not be installed.
    Stop,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Field {
    /// What was found.
    Judged {
        /// In words, without a full stop.
        said: String,
        /// How much it asks for somebody.
        weight: Weight,
    },
    /// Nothing was found out.
    NotJudged {
        /// Why, without a full stop.
        why: String,
    },
}

impl Field {
    fn judged(weight: Weight, said: impl Into<String>) -> Self {
        Self::Judged { said: said.into(), weight }
    }

    fn not_judged(why: impl Into<String>) -> Self {
        Self::NotJudged { why: why.into() }
    }

    /// How much it asks for somebody; what is not judged asks.
    #[must_use]
    pub fn weight(&self) -> Weight {
        match self {
            Self::Judged { weight, .. } => *weight,
            Self::NotJudged { .. } => Weight::Attention,
        }
    }

    /// In words, without a full stop.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Judged { said, .. } => said.clone(),
            Self::NotJudged { why } => format!("not judged here: {why}"),
        }
    }
}

/// The four fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fields {
    /// Whether the signature fits the bytes, and which.
    pub signature: Field,
    /// The state of the key that signed.
    pub key: Field,
    /// The best evidence for that key.
    pub evidence: Field,
    /// What the rules of the house make of the other three.
    pub policy: Field,
    /// Whether there is no signature.
    #[serde(skip)]
    unsigned: bool,
}

impl Fields {
    /// What a report tells of the signature, and what was made of who signed; the worst of several counts.
    #[must_use]
    pub fn of(inspection: &Inspection, signers: &[Signer]) -> Self {
        let signature = signature(&inspection.signatures);
        let not_asked = || Field::not_judged("no ledger of keys was asked");
        let key = worst(signers.iter().map(key)).unwrap_or_else(not_asked);
        let evidence = worst(signers.iter().map(evidence)).unwrap_or_else(not_asked);
        let policy = match signature.weight() {
            Weight::Stop => {
                Field::judged(Weight::Stop, "do not install: a signature that does not hold is final")
            }
            _ => worst(signers.iter().map(policy)).unwrap_or_else(not_asked),
        };
        let unsigned = inspection.signatures.iter().all(|fact| fact.of_member.is_some());
        Self { signature, key, evidence, policy, unsigned }
    }

    /// How much all of it asks for somebody. That nothing is signed is told and asks nobody: where packages come unsigned,
    /// what vouches for them lies elsewhere.
    #[must_use]
    pub fn weight(&self) -> Weight {
        let all = self.all().map(|(_, field)| field.weight());
        match all.into_iter().max() {
            Some(Weight::Attention) if self.unsigned => Weight::Note,
            weight => weight.unwrap_or(Weight::Note),
        }
    }

    /// The fields with their names, in the order in which they stand.
    #[must_use]
    pub fn all(&self) -> [(&'static str, &Field); 4] {
        [
            ("Signature", &self.signature),
            ("Key", &self.key),
            ("Evidence", &self.evidence),
            ("Policy", &self.policy),
        ]
    }

    /// What was not judged, a sentence each without its full stop.
    pub(super) fn not_judged(&self) -> Vec<String> {
        let unjudged = self.all().into_iter().filter_map(|(name, field)| match field {
            Field::NotJudged { why } => Some(format!("{}: {why}", name.to_lowercase())),
            Field::Judged { .. } => None,
        });
        unjudged.collect()
    }
}

/// What is told of all signers together: what weighs most, each thing once.
fn worst(all: impl Iterator<Item = (Weight, String)>) -> Option<Field> {
    let all: Vec<(Weight, String)> = all.collect();
    let weight = all.iter().map(|(weight, _)| *weight).max()?;
    let mut said: Vec<String> =
        all.into_iter().filter(|(one, _)| *one == weight).map(|(_, said)| said).collect();
    said.dedup();
    said.truncate(TOLD);
    Some(Field::judged(weight, said.join("; ")))
}

fn key(signer: &Signer) -> (Weight, String) {
    let (state, first) = (signer.latest.key, signer.first.key);
    let weight = match state {
        _ if state.is_final() => Weight::Stop,
        KeyState::Pinned | KeyState::Renewed | KeyState::SubkeyOfPinned => Weight::Note,
        _ => Weight::Attention,
    };
    let whose = signer.key.map(|key| format!(": {}", key.grouped())).unwrap_or_default();
    let before = if state == first { String::new() } else { format!("; on arrival {}", first.shown()) };
    (weight, format!("{}{whose}{before}", state.shown()))
}

fn evidence(signer: &Signer) -> (Weight, String) {
    if signer.latest.key == KeyState::Unsigned {
        return (Weight::Note, "none is needed for a key that is not there".to_owned());
    }
    let grade = signer.latest.evidence;
    // Whom a person has pinned needs no evidence any more.
    let known = grade >= Grade::A || signer.latest.policy == Policy::Covered;
    let weight = if known { Weight::Note } else { Weight::Attention };
    let mut said = vec![format!("grade {}", grade.as_str())];
    if let Some(best) = &signer.latest.best {
        said.push(format!("\u{201c}{}\u{201d} in {}", best.quote, best.title));
        said.extend(best.missing.as_ref().map(|missing| format!("missing for the next grade: {missing}")));
    }
    said.extend(signer.freshness.as_ref().map(|freshness| freshness.trim_end_matches('.').to_owned()));
    (weight, said.join("; "))
}

fn policy(signer: &Signer) -> (Weight, String) {
    let weight = match signer.latest.policy {
        Policy::Covered => Weight::Note,
        Policy::Offer | Policy::Call => Weight::Attention,
        Policy::Refuse => Weight::Stop,
    };
    let reason = signer.latest.reason.trim_end_matches('.');
    (weight, format!("{}: {reason}", signer.latest.policy.as_str()))
}

fn signature(facts: &[SignatureFact]) -> Field {
    // What is signed within a package says nothing of the package, unless it does not hold.
    let facts: Vec<&SignatureFact> =
        facts.iter().filter(|fact| fact.of_member.is_none() || one(fact).0 == Weight::Stop).collect();
    if facts.is_empty() {
        return Field::judged(Weight::Attention, "unsigned: none was found in it or came beside it");
    }
    let judged: Vec<(Weight, String)> = facts.iter().map(|fact| one(fact)).collect();
    let weight = judged.iter().map(|(weight, _)| *weight).max().unwrap_or(Weight::Attention);
    let mut said: Vec<String> = judged.into_iter().map(|(_, said)| said).collect();
    said.dedup();
    let more = said.len().saturating_sub(TOLD);
    said.truncate(TOLD);
    if more > 0 {
        said.push(format!("and {more} more signatures"));
    }
    let unchecked =
        |fact: &SignatureFact| matches!(fact.worth, None | Some(Worth::UnknownKey | Worth::Unsupported));
    let said = said.join("; ");
    if facts.iter().all(|fact| unchecked(fact)) {
        Field::not_judged(said)
    } else {
        Field::judged(weight, said)
    }
}

/// Signatures that the field tells.
const TOLD: usize = 4;

fn one(fact: &SignatureFact) -> (Weight, String) {
    let by = match (&fact.certificate, &fact.signer, &fact.called) {
        (_, _, Some(called)) => format!(" of {called}"),
        (Some(key), ..) | (None, Some(key), _) => format!(" of {}", key.grouped()),
        (None, None, None) => String::new(),
    };
    let (weight, worth) = match fact.worth {
        Some(Worth::Fits) => (Weight::Note, "fits the bytes"),
        Some(Worth::FitsButWeak) => (Weight::Attention, "fits, by rules that are no longer strong enough"),
        Some(Worth::FitsButSignerUnknown) => {
            (Weight::Attention, "fits the bytes; its chain leads to no authority that is known here")
        }
        Some(Worth::FitsButExpiredAtSigning) => {
            (Weight::Stop, "fits, but its key had expired when it signed")
        }
        Some(Worth::FitsButKeyExpired) => (Weight::Attention, "fits, but its key has expired since"),
        Some(Worth::FitsButOutOfTime) => (Weight::Attention, "fits, but its time is out of order"),
        Some(Worth::FitsButUnbound) => {
            (Weight::Attention, "fits, but its certificate does not vouch for the key")
        }
        Some(Worth::FitsButKeyRevoked { .. }) => (Weight::Stop, "fits, but its key was revoked"),
        Some(Worth::Bad) => (Weight::Stop, "does not fit the bytes"),
        Some(Worth::Unreadable) => (Weight::Stop, "cannot be read"),
        Some(Worth::UnknownKey) => (Weight::Attention, "was not checked: its key is not at hand"),
        None | Some(Worth::Unsupported) => (Weight::Attention, "was not checked"),
    };
    let beyond = match fact.not_covered.len() {
        0 => String::new(),
        1 => "; one thing in the file is not covered".to_owned(),
        number => format!("; {number} things in the file are not covered"),
    };
    // Of a key that is not at hand nothing more is known.
    let known = fact.worth != Some(Worth::UnknownKey) && !fact.detail.is_empty();
    let detail = if known { format!(" ({})", fact.detail) } else { String::new() };
    let weight = if beyond.is_empty() { weight } else { weight.max(Weight::Attention) };
    (weight, format!("the signature{by} {worth}{detail}{beyond}"))
}
