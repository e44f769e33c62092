//! One message judged: who speaks, how much of the identifier it names, with which stance, and what that is worth.
//!
//! A message is graded by its author's role and by the ground on which it was read, not by the site's name. What would
//! lift it one grade is said with it.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::identifier::Identifier;
use super::{Grade, Judgement, Match, Role, Stance, domain, stance};
use crate::entry;
use crate::mention;
use crate::source::Standing;

/// Bytes of a quote, about an identifier.
const QUOTE: usize = 480;

/// How much older than a package an announcement must be not to be odd.
const SHORTLY: SignedDuration = SignedDuration::from_hours(24);

/// How far into the future a date may lie: time zones, and clocks that go wrong.
const AHEAD: SignedDuration = SignedDuration::from_hours(36);

/// One message, with the place where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The title of its entry.
    pub title: &'a str,
    /// What it says.
    pub text: &'a str,
    /// Where it was read.
    pub address: Option<&'a str>,
    /// On whose ground its source speaks.
    pub standing: Standing,
    /// The role that the platform gives the account; `None` where no account speaks but the place itself.
    pub account: Option<entry::Role>,
    /// When it was said, by the source's word.
    pub said: Option<Timestamp>,
    /// When it was first seen here.
    pub first_seen: Timestamp,
}

/// What else is known when a message is judged.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    /// Registrable domains that the vendor owns.
    pub domains: Vec<String>,
    /// Whether a key file on the vendor's own domain holds the key.
    pub key_file: bool,
    /// When the key was made, by its own word.
    pub created: Option<Timestamp>,
    /// The package whose key it is.
    pub package: Option<Arrival>,
    /// The moment of judging.
    pub now: Timestamp,
}

/// A package that arrived.
#[derive(Clone, Debug, Default)]
pub struct Arrival {
    /// When it was first seen here.
    pub at: Timestamp,
    /// What names it: its file name, its digest. A stranger's text that holds one traces back to it.
    pub names: Vec<String>,
}

/// Judges a message about any of `asked`, which are names of one key: its fingerprint first, then those of its sub-keys.
#[must_use]
pub fn judge(asked: &[Identifier], message: &Message<'_>, known: &Circumstances) -> Judgement {
    let mut warnings = Vec::new();
    let role = role(message, known, &mut warnings);
    let named = Named::in_text(asked, message.text);
    let (stance, because, quote) = named.judged(message);
    let plausible = is_plausible(message, known, &mut warnings);
    let worth = Worth {
        matched: named.matched,
        misread: named.matched == Match::Absent && holds_digits(asked, message.text),
        disowned: stance == Stance::Disowns,
        role,
        verified: message.address.is_some_and(domain::is_verified),
        plausible,
        key_file: known.key_file,
        traced: traces_back(message, known),
    };
    let (grade, missing) = worth.grade(stance.supports(), &known.domains);
    let (weight, _) = worth.grade(true, &known.domains);
    Judgement { quote, matched: named.matched, stance, because, role, grade, weight, missing, warnings }
}

/// Where a text names a key, and what else it names.
struct Named {
    matched: Match,
    /// Places that name as much of it as any does.
    best: Vec<Range<usize>>,
    /// Every place that names it, by shorter names too.
    same: Vec<Range<usize>>,
    others: Vec<Range<usize>>,
}

impl Named {
    fn in_text(asked: &[Identifier], text: &str) -> Self {
        let mut named =
            Self { matched: Match::Absent, best: Vec::new(), same: Vec::new(), others: Vec::new() };
        for mention in mention::find(text) {
            let Some(other) = Identifier::of(&mention) else { continue };
            let place = mention.start as usize..mention.end as usize;
            let matched = asked.iter().map(|one| one.compare(other.as_str())).max().unwrap_or(Match::Absent);
            if matched == Match::Absent {
                named.others.push(place);
                continue;
            }
            if matched > named.matched {
                named.matched = matched;
                named.best.clear();
            }
            if matched == named.matched {
                named.best.push(place.clone());
            }
            named.same.push(place);
        }
        named
    }

    /// The stance that counts of those at each place, why, and the quote.
    fn judged(&self, message: &Message<'_>) -> (Stance, String, String) {
        let found = self.best.iter().take(PLACES).map(|at| {
            let mut found = stance::at(message.text, at, &self.same, &self.others);
            if !found.told && found.stance == Stance::Mentions && stance::is_about_keys(message.title) {
                (found.stance, found.because) = (Stance::Introduces, "the title speaks of keys".to_owned());
            }
            (at, found)
        });
        // The first of equals: a later place only repeats it.
        let best = found.reduce(|one, other| if weight(&other.1) > weight(&one.1) { other } else { one });
        match best {
            Some((at, found)) => (found.stance, found.because, quote(message.text, &found.quote, at)),
            None => (Stance::Mentions, "it does not name the key".to_owned(), String::new()),
        }
    }
}

/// Places of one identifier in one message that are read.
const PLACES: usize = 64;

/// Which stance counts where a message takes several: the one that costs least to believe wrongly.
fn weight(found: &stance::Found) -> u8 {
    match (found.stance, found.told) {
        (Stance::Disowns, _) => 7,
        (Stance::Revokes, _) => 6,
        (Stance::Retires, _) => 5,
        (Stance::Extends, _) => 4,
        (Stance::Introduces, true) => 3,
        (Stance::Warns, _) => 2,
        (Stance::Introduces, false) => 1,
        (Stance::Mentions, _) => 0,
    }
}

/// Who speaks.
fn role(message: &Message<'_>, known: &Circumstances, warnings: &mut Vec<String>) -> Role {
    use entry::Role as Account;
    if let Some(alike) = message.address.and_then(|address| domain::looks_like(address, &known.domains)) {
        warnings.push(alike.why);
        // Places that are hosted for a vendor bear its name; of its own domain nobody would say that it looks like it.
        if alike.forged || message.standing == Standing::Vendor {
            return Role::ThirdParty;
        }
    }
    match (message.standing, message.account) {
        // What people here write down is no word of the vendor.
        (Standing::ThirdParty | Standing::House, _) => Role::ThirdParty,
        (Standing::Partner, None | Some(Account::Staff | Account::Owner)) => Role::Partner,
        (Standing::Vendor | Standing::Platform, Some(Account::Staff | Account::Owner)) => Role::Staff,
        (Standing::Vendor | Standing::Platform, Some(Account::Collaborator | Account::Moderator)) => {
            Role::Partner
        }
        (_, Some(_)) => Role::ThirdParty,
        (Standing::Platform, None) => Role::Staff,
        (Standing::Vendor, None) => own_ground(message, known, warnings),
    }
}

/// What a source that is said to be on the vendor's own domain is, once the domains that are recorded are asked.
fn own_ground(message: &Message<'_>, known: &Circumstances, warnings: &mut Vec<String>) -> Role {
    let Some(found) = message.address.and_then(domain::registrable) else { return Role::Vendor };
    let strange =
        !known.domains.is_empty() && !message.address.is_some_and(|at| domain::is_on(at, &known.domains));
    if strange {
        warnings.push(format!("{found} is not recorded as a domain of the vendor"));
        return Role::Partner;
    }
    Role::Vendor
}

/// Whether the date can be true, with what is odd about it.
fn is_plausible(message: &Message<'_>, known: &Circumstances, warnings: &mut Vec<String>) -> bool {
    let Some(said) = message.said else { return true };
    if said.duration_since(known.now) > AHEAD {
        warnings.push("its date lies in the future".to_owned());
        return false;
    }
    if known.created.is_some_and(|created| created.duration_since(said) > AHEAD) {
        warnings.push("its date lies before the key was made".to_owned());
        return false;
    }
    if let Some(package) = &known.package {
        let before = package.at.duration_since(said.min(message.first_seen));
        if before >= SignedDuration::ZERO && before < SHORTLY {
            warnings.push(format!("said {} before the package arrived", span(before)));
        }
    }
    true
}

fn span(duration: SignedDuration) -> String {
    match duration.as_mins() {
        0..=1 => "a minute".to_owned(),
        minutes @ 2..=119 => format!("{minutes} minutes"),
        minutes => format!("{} hours", minutes / 60),
    }
}

/// Whether a text came after the package and speaks of that very file.
fn traces_back(message: &Message<'_>, known: &Circumstances) -> bool {
    known.package.as_ref().is_some_and(|package| {
        message.first_seen > package.at
            && package.names.iter().any(|name| name.len() >= 8 && message.text.contains(name.as_str()))
    })
}

/// Whether the digits of an identifier stand in a text in one run, whatever they name there.
fn holds_digits(asked: &[Identifier], text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    asked.iter().any(|one| one.is_full() && lower.contains(&one.as_str().to_ascii_lowercase()))
}

/// What decides on a grade.
struct Worth {
    matched: Match,
    /// The digits stand there, but as a file's checksum or a commit.
    misread: bool,
    disowned: bool,
    role: Role,
    verified: bool,
    plausible: bool,
    key_file: bool,
    traced: bool,
}

impl Worth {
    /// The grade, and what is missing for the next one.
    fn grade(&self, supports: bool, domains: &[String]) -> (Grade, Option<String>) {
        let missing = |grade, what: &str| (grade, Some(what.to_owned()));
        let on_domain = || match domains {
            [] => "the same on a domain that the vendor owns".to_owned(),
            domains => format!("the same on a domain that the vendor owns ({})", domains.join(", ")),
        };
        match self.role {
            _ if self.misread => missing(Grade::E, "a text that names these digits as a key"),
            _ if self.disowned && !supports => {
                missing(Grade::E, "anything that speaks for the key: this speaks against it")
            }
            Role::ThirdParty if self.traced => {
                missing(Grade::E, "a text that does not trace back to the package")
            }
            Role::ThirdParty => {
                missing(Grade::D, "the vendor's own word: this author is not marked as the vendor's")
            }
            Role::Partner => missing(Grade::C, "the vendor's own word: a partner or host speaks here"),
            Role::Staff | Role::Vendor if self.matched != Match::Exact => self.without_identifier(),
            _ if !supports => missing(Grade::C, "words by which it introduces or extends the key"),
            _ if !self.plausible => missing(Grade::C, "a date that can be true"),
            Role::Staff => (Grade::B, Some(on_domain())),
            Role::Vendor if !self.verified => missing(Grade::C, "the same, fetched over verified TLS"),
            Role::Vendor => {
                missing(Grade::A, "continuity that is verified, such as a statement signed by the old key")
            }
        }
    }

    fn without_identifier(&self) -> (Grade, Option<String>) {
        if self.role == Role::Vendor && self.key_file && self.verified {
            return (Grade::B, Some("the full identifier in the text".to_owned()));
        }
        let missing = match self.matched {
            Match::Compatible(bits) => format!("the full identifier: only {bits} bits of it stand here"),
            _ => "the identifier: the text does not name it".to_owned(),
        };
        (Grade::C, Some(missing))
    }
}

/// The words about an identifier on one line, cut at characters, the identifier whole.
fn quote(text: &str, range: &Range<usize>, at: &Range<usize>) -> String {
    let start = range.start.max(text.ceil_char_boundary(at.start.saturating_sub(QUOTE / 2))).min(at.start);
    let end = range.end.min(text.floor_char_boundary((at.end + QUOTE / 2).min(text.len()))).max(at.end);
    let lines = text.get(start..end).unwrap_or_default().lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("```"));
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    let cut = |cut: bool| if cut { "…" } else { "" };
    format!("{}{}{}", cut(start > range.start), words.join(" "), cut(end < range.end))
}

#[cfg(test)]
mod tests;
