//! What to say on the telephone: the script for one key or package, with every known value filled in, as Markdown.
//!
//! Contacts come from what was recorded before the day, never from the package, the mail, the announcement or a search.
//! Their number and ours are for a person to fill in; what is not known is said.

use std::fmt::Write as _;

use crate::keys::change::day;
use crate::keys::judged::Signer;
use crate::keys::view::KeyView;
use crate::package::Package;
use crate::vendor::{Contact, Try};

/// Evidence that is named.
const NAMED: usize = 5;

/// What the script is filled in with.
#[derive(Debug)]
pub struct Known<'a> {
    /// The key.
    pub view: &'a KeyView,
    /// The vendor's name.
    pub vendor: Option<&'a str>,
    /// Its contacts.
    pub contacts: &'a [Contact],
    /// When they were tried.
    pub tries: &'a [Try],
    /// The package that it signed, with the verdict.
    pub package: Option<(&'a Package, Option<&'a Signer>)>,
}

/// The script.
#[must_use]
pub fn script(known: &Known<'_>) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = header(&mut text, known)
        .and_then(|()| contacts(&mut text, known))
        .and_then(|()| call(&mut text, known));
    text
}

/// A stranger's text on one line, inert in Markdown.
fn line(text: &str) -> String {
    let flat = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300);
    flat.flat_map(|c| {
        matches!(c, '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '\\')
            .then_some('\\')
            .into_iter()
            .chain([c])
    })
    .collect()
}

fn digits(known: &Known<'_>) -> String {
    known.view.key.as_ref().map_or_else(|| known.view.asked.clone(), |key| key.facts.fingerprint.grouped())
}

fn header(out: &mut String, known: &Known<'_>) -> std::fmt::Result {
    let vendor = known.vendor.map_or_else(|| "not known".to_owned(), line);
    writeln!(out, "# Call about a signing key\n")?;
    writeln!(out, "- Vendor: {vendor}")?;
    writeln!(out, "- Contract number: ______")?;
    if let Some((package, signer)) = known.package {
        writeln!(out, "- File: {}", line(&package.name))?;
        writeln!(out, "- SHA-256: {}", package.digest)?;
        writeln!(out, "- Arrived: {}", package.first_seen)?;
        if let Some(signer) = signer {
            writeln!(
                out,
                "- Key state on arrival: {}; now: {}",
                signer.first.key.shown(),
                signer.latest.key.shown()
            )?;
            writeln!(out, "- Why: {}", signer.latest.reason)?;
        }
    }
    writeln!(out, "- Key as it was received: {}", digits(known))?;
    writeln!(out, "- Best evidence: {}", known.view.evidence.best.as_str())?;
    writeln!(out, "- Written: {}", known.view.at)?;
    writeln!(out, "- Deadline: ______, owner: ______, deputy: ______\n")
}

fn contacts(out: &mut String, known: &Known<'_>) -> std::fmt::Result {
    writeln!(out, "## 1. Whom to call\n")?;
    writeln!(
        out,
        "Only contacts recorded before this day; never one from the package, the mail, the announcement or a search. Two \
         channels that depend neither on each other nor on the suspected one.\n"
    )?;
    if known.contacts.is_empty() {
        writeln!(out, "No contact of this vendor is recorded. Take the number from the contract.\n")?;
    }
    for contact in known.contacts {
        let tried = known.tries.iter().find(|one| one.address == contact.address);
        let tried = tried.map_or_else(
            || "never tried from here".to_owned(),
            |one| {
                format!(
                    "last tried {} by {}: {}",
                    day(one.at.as_second()),
                    line(&one.who),
                    line(&one.outcome)
                )
            },
        );
        let Contact { purpose, address, learnt_from } = contact;
        writeln!(out, "- {}: {} (learnt from {}; {tried})", line(purpose), line(address), line(learnt_from))?;
    }
    writeln!(out)
}

fn call(out: &mut String, known: &Known<'_>) -> std::fmt::Result {
    let file = known.package.map_or_else(
        || "a file".to_owned(),
        |(package, _)| format!("{}, SHA-256 {}", line(&package.name), package.digest),
    );
    writeln!(out, "## 2. What to say\n")?;
    writeln!(out, "\"We received {file}, signed by a key that we want to compare with you.\"\n")?;
    writeln!(
        out,
        "Let **them** read their current fingerprint first. Compare group by group, and write down what differs:\n"
    )?;
    writeln!(out, "    ours   {}\n    theirs ______\n", digits(known))?;
    for question in [
        "When was it changed, and why?",
        "Where was that published?",
        "Is the old key retired or revoked, and from when?",
        "For which products, versions and purposes does the new one count?",
        "Who else can confirm it, over another channel?",
    ] {
        writeln!(out, "- {question}")?;
    }
    writeln!(out, "\n## 3. What is known here\n")?;
    for one in known.view.evidence.evidence.iter().take(NAMED) {
        let judgement = &one.judgement;
        let said = one.said.map_or_else(|| "undated".to_owned(), |at| day(at.as_second()));
        writeln!(
            out,
            "- {} {}, {said}, {}: \"{}\"",
            judgement.grade.as_str(),
            judgement.stance.as_str(),
            line(&one.source_name),
            line(&judgement.quote)
        )?;
    }
    for near in &known.view.evidence.near {
        let groups = near
            .groups
            .iter()
            .map(|(group, differs)| if *differs { format!("**{group}**") } else { group.clone() });
        writeln!(
            out,
            "- Beware of one that nearly is it: {} ({})",
            groups.collect::<Vec<_>>().join(" "),
            near.alike
        )?;
    }
    for unknown in &known.view.unknown {
        writeln!(out, "- Not known: {unknown}")?;
    }
    writeln!(
        out,
        "\n## 4. Write down\n\nNames: ______. Numbers dialled and where they came from: ______. Time in UTC: ______. \
         Fingerprint as heard: ______. Differing groups: ______. Ticket: ______. Promise: ______.\n"
    )?;
    writeln!(
        out,
        "## 5. What follows\n\n- Two channels confirm: a pin may be proposed, with its scope and a day of review.\n- One \
         confirms: test systems only.\n- Nobody answers: hold; go one step up after ______ hours.\n- A mismatch: an \
         incident. Isolate, keep the evidence, search our machines for this key.\n"
    )?;
    writeln!(
        out,
        "Record it: `forewarn key outcome \"{}\" --vendor NAME --contact ADDRESS --by NAME --outcome TEXT`\n",
        digits(known)
    )?;
    writeln!(
        out,
        "## 6. Afterwards\n\nAdd the channel on which they announce keys to the sources; note the time to an answer."
    )
}
