//! The seven steps of the script: whom to call, what to say and ask, what to write down, what follows.

use std::fmt::Write as _;

use super::{Known, line};
use crate::keys::change::day;
use crate::vendor::{Contact, Try};

/// Collisions that are asked about.
const ASKED: usize = 20;
/// Words by which an outcome says that a way leads nowhere.
const NOWHERE: [&str; 8] = [
    "nobody",
    "no answer",
    "bounce",
    "moved",
    "disconnected",
    "unknown recipient",
    "wrong number",
    "does not exist",
];

/// All of them.
pub(super) fn all(out: &mut String, known: &Known<'_>) -> std::fmt::Result {
    contacts(out, known)?;
    say(out, known)?;
    questions(out, known)?;
    write_down(out)?;
    outcomes(out, known)?;
    dead_ends(out, known)?;
    afterwards(out)
}

fn contacts(out: &mut String, known: &Known<'_>) -> std::fmt::Result {
    writeln!(out, "## 1. Whom to call\n")?;
    writeln!(
        out,
        "Only contacts recorded before this day; never one from the package, the mail, the announcement or a search. Two \
         channels that depend neither on each other nor on the suspected one.\n"
    )?;
    let contacts = known.vendor.map(|vendor| vendor.contacts.as_slice()).unwrap_or_default();
    if contacts.is_empty() {
        writeln!(out, "No contact of this vendor is recorded. Take the number from the contract.\n")?;
    }
    for contact in contacts {
        let last = known.tries.iter().find(|one| one.address == contact.address);
        let tried = last.map_or_else(|| "never tried from here".to_owned(), tried);
        let Contact { purpose, address, learnt_from } = contact;
        writeln!(out, "- {}: {} (learnt from {}; {tried})", line(purpose), line(address), line(learnt_from))?;
    }
    writeln!(out)
}

fn tried(one: &Try) -> String {
    format!("last tried {} by {}: {}", day(one.at.as_second()), line(&one.who), line(&one.outcome))
}

fn say(out: &mut String, known: &Known<'_>) -> std::fmt::Result {
    let file = known.package.map_or_else(
        || "a file".to_owned(),
        |(package, _)| format!("{}, SHA-256 {}", line(&package.name), package.digest),
    );
    writeln!(out, "## 2. What to say\n")?;
    let Some(digits) = known.digits() else {
        writeln!(out, "\"We received {file}. Nothing in it is signed by a key that it names.\"\n")?;
        writeln!(
            out,
            "Let **them** read the SHA-256 that they published first, and compare all 64 digits.\n"
        )?;
        return writeln!(out, "- Is it signed elsewhere, by which key, and where is that published?\n");
    };
    writeln!(out, "\"We received {file}, signed by a key that we want to compare with you.\"\n")?;
    writeln!(
        out,
        "Let **them** read their current fingerprint first. Compare group by group, and write down what differs:\n"
    )?;
    writeln!(out, "    ours   {digits}\n    theirs ______\n")?;
    for question in [
        "When was it changed, and why?",
        "Where was that published?",
        "Is the old key retired or revoked, and from when?",
        "For which products, versions and purposes does the new one count?",
        "Who else can confirm it, over another channel?",
    ] {
        writeln!(out, "- {question}")?;
    }
    writeln!(out)
}

/// One question for each collision, with file and line.
fn questions(out: &mut String, known: &Known<'_>) -> std::fmt::Result {
    writeln!(out, "## 3. What it assumes that is not so here\n")?;
    if known.collisions.is_empty() {
        let why = "No collision is known: nothing contradicts what was recorded of this environment, or nothing was held \
                   against one.";
        writeln!(out, "{why}\n")?;
        return Ok(());
    }
    for one in known.collisions.iter().take(ASKED) {
        writeln!(out, "- {}. Is that meant, and what do you advise?", line(&one.sentence))?;
    }
    let more = known.collisions.len().saturating_sub(ASKED);
    if more > 0 {
        writeln!(out, "- And {more} more, which the brief lists.")?;
    }
    writeln!(out)
}

fn write_down(out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "## 4. Write down\n\nNames: ______. Numbers dialled and where they came from: ______. Time in UTC: ______. \
         Fingerprint as heard: ______. Differing groups: ______. Ticket: ______. Promise: ______.\n"
    )
}

fn outcomes(out: &mut String, known: &Known<'_>) -> std::fmt::Result {
    writeln!(
        out,
        "## 5. What follows\n\n- Two channels confirm: a pin may be proposed, with its scope and a day of review.\n- One \
         confirms: test systems only.\n- Nobody answers: hold; go one step up after ______ hours.\n- A mismatch: an \
         incident. Isolate, keep the evidence, search our machines for this key.\n"
    )?;
    let vendor = known.vendor.map_or("NAME", |vendor| vendor.slug.as_str());
    match known.digits() {
        Some(digits) => writeln!(
            out,
            "Record it: `forewarn key outcome \"{digits}\" --vendor {vendor} --contact ADDRESS --by NAME --outcome TEXT`\n"
        ),
        None => Ok(()),
    }
}

/// Ways that are known to lead nowhere, or to somebody else.
fn dead_ends(out: &mut String, known: &Known<'_>) -> std::fmt::Result {
    writeln!(out, "## 6. Known dead ends\n")?;
    let mut none = true;
    let leads_nowhere = |one: &&Try| {
        let outcome = one.outcome.to_lowercase();
        NOWHERE.iter().any(|word| outcome.contains(word))
    };
    for one in known.tries.iter().filter(leads_nowhere) {
        none = false;
        writeln!(out, "- {}: {}", line(&one.address), tried(one))?;
    }
    let names = known.view.and_then(|view| view.key.as_ref()).map(|key| key.facts.names.as_slice());
    for address in names.unwrap_or_default().iter().filter_map(|name| mailbox(&name.text)) {
        none = false;
        let domain = address.rsplit('@').next().unwrap_or_default().to_lowercase();
        let domains = known.vendor.map(|vendor| vendor.domains.as_slice()).unwrap_or_default();
        let own = domains.iter().any(|own| domain == *own || domain.ends_with(&format!(".{own}")));
        let odd = if own { "" } else { ", and its domain is none that is recorded as the vendor's" };
        writeln!(
            out,
            "- {}: it stands on the key itself, so whoever made the key reads it{odd}",
            line(address)
        )?;
    }
    if none {
        writeln!(out, "None is known.")?;
    }
    writeln!(out)
}

/// The address of mail in a name on a key.
fn mailbox(name: &str) -> Option<&str> {
    let inner = name.rsplit_once('<').map_or(name, |(_, rest)| rest.trim_end_matches('>'));
    inner.split_whitespace().find(|word| word.contains('@') && !word.starts_with('@'))
}

fn afterwards(out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "## 7. Afterwards\n\nAdd the channel on which they announce keys to the sources; note the time to an answer."
    )
}
