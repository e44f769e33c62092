//! What to do next, in plain sentences: each follows from something that the brief tells.

use super::Brief;
use super::since::Since;
use super::verdict::{Field, Weight};
use crate::collision::Kind;
use crate::decision::Outcome;
use crate::package::Attention;

/// The steps, what stops first.
pub(super) fn steps(brief: &Brief) -> Vec<String> {
    let mut steps = Vec::new();
    let stops = brief.verdict.all().iter().any(|(_, field)| field.weight() == Weight::Stop);
    if stops || brief.package.attention == Attention::Stop {
        steps.push("Do not install it, and keep the file as evidence.".to_owned());
    }
    signer(brief, &mut steps);
    collisions(brief, &mut steps);
    said(brief, &mut steps);
    missing(brief, &mut steps);
    decision(brief, &mut steps);
    steps
}

fn signer(brief: &Brief, steps: &mut Vec<String>) {
    let unsigned = matches!(&brief.verdict.key, Field::Judged { said, .. } if said.starts_with("unsigned"));
    let unknown = brief.verdict.key.weight() > Weight::Note;
    if unsigned {
        steps.push(
            "Ask the vendor where it publishes the SHA-256 of this file, and compare all 64 digits."
                .to_owned(),
        );
    } else if unknown {
        steps.push(
            "Call the vendor by a contact that was recorded before today, and let them read their current \
             fingerprint first."
                .to_owned(),
        );
    }
    let changed = matches!(&brief.since, Since::Compared(difference) if difference.signers.is_some());
    if changed {
        steps.push(
            "Ask the vendor why another key signed than before, since when, and where that was said."
                .to_owned(),
        );
    }
}

fn collisions(brief: &Brief, steps: &mut Vec<String>) {
    let environment = brief.assessment.environment.as_deref().unwrap_or_default();
    for kind in Kind::ALL {
        let number = brief.assessment.collisions.iter().filter(|one| one.kind == kind).count();
        if number == 0 {
            continue;
        }
        let what = match kind {
            Kind::Unit => {
                "Find out what has taken the place of the unit that is not there, or keep the package from needing it"
            }
            Kind::Host => "Have the retired host replaced in the package, or block it on purpose",
            Kind::Sudo => "Decide whether the account gets that right, or take the call out",
            Kind::Port => "Move one of the two programs to another port",
            Kind::Table => {
                "Set a bound on the wait for the lock, and run the change on a copy of that size first"
            }
            Kind::Least => "Raise what is too old first, or ask for a package that runs on it",
            Kind::Account => "Settle whose name or number the account is before it is made",
            Kind::Disk => "Make room first",
        };
        let count = if number == 1 { "1 collision".to_owned() } else { format!("{number} collisions") };
        steps.push(format!("{what} ({count} in {environment}: {kind})."));
    }
}

fn said(brief: &Brief, steps: &mut Vec<String>) {
    let affected = brief.links.of("affected").count();
    let exploited = brief.links.of("affected").filter(|link| link.exploited).count();
    if exploited > 0 {
        steps.push(format!(
            "Ask for a mended version: of {affected} known vulnerabilities of this one, {exploited} are exploited already."
        ));
    } else if affected > 0 {
        let (what, are) = if affected == 1 { ("advisory", "says") } else { ("advisories", "say") };
        steps.push(format!(
            "Read the {affected} {what} that {are} that this version is affected, and ask for a mended one."
        ));
    }
    if brief.links.of("hash").next().is_some() {
        steps.push("Read first what was said about this very file.".to_owned());
    }
    let spoken = brief.links.of("spoken").count();
    if spoken > 0 {
        let what = if spoken == 1 { "one entry speaks" } else { "entries speak" };
        let number = if spoken == 1 { String::new() } else { format!("{spoken} ") };
        steps.push(format!("Read what was said of this version: {number}{what} of it."));
    }
}

fn missing(brief: &Brief, steps: &mut Vec<String>) {
    if brief.assessment.environment.is_none() {
        steps.push(
            "Tell Forewarn what is so here (forewarn estate import --environment NAME FILE), so that the package is held \
             against it."
                .to_owned(),
        );
    }
    if matches!(brief.since, Since::NotCompared { .. }) {
        steps.push(
            "Hand over the version that runs now (forewarn check FILE --previous OLD), so that only what is new has \
             to be read."
                .to_owned(),
        );
    }
    if !brief.package.attention.eq(&Attention::Nothing) && brief.not_checked.len() > 2 {
        steps.push("Settle what was not checked by other means, or accept it by name.".to_owned());
    }
}

fn decision(brief: &Brief, steps: &mut Vec<String>) {
    let short: String = brief.package.digest.chars().take(12).collect();
    match brief.decisions.first().map(|decision| decision.outcome) {
        None => steps.push(format!(
            "Go through the rehearsal, then decide: forewarn decide {short} accept --by NAME --reason TEXT (or hold, or \
             refuse)."
        )),
        Some(Outcome::Hold) => {
            steps.push(format!("It is held: decide again when that is settled (forewarn decide {short} ...)."));
        }
        Some(Outcome::Accept) => {
            let product = brief.product.as_deref().unwrap_or("PRODUCT");
            let version = brief.version.as_deref().unwrap_or("VERSION");
            steps.push(format!(
                "Write down what is seen afterwards: forewarn observe {product} {version} TEXT --by NAME."
            ));
        }
        Some(Outcome::Refuse) => steps.push("It was refused: tell whoever sent it.".to_owned()),
    }
}
