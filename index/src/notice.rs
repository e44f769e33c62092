//! Something is not normal: what is said in the header of every page, in the terminal, and to programs.
//!
//! One place decides what is worth saying, and in which words. Refuses to say that something is fine, to read a clock,
//! and to know on which page more is told: a notice says what it is about.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::answer::{States, Totals};
use crate::canary::Canary;
use crate::health::State;
use crate::outbox::Backlog;
use crate::room::Room;
use crate::words::{bytes, count, counted, lasting};

/// Something that is not normal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// How loud it is.
    pub weight: Weight,
    /// What it is about.
    pub about: About,
    /// What was seen, and what to do.
    pub sentence: String,
}

/// How loud something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Do not rely on anything before this is mended.
    Stop,
    /// Somebody should look.
    Attention,
    /// Worth knowing.
    Note,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// The disk of the data folder.
    Disk,
    /// The clock of the program, and what it does regularly.
    Clock,
    /// The sources.
    Sources,
    /// The full-text index.
    Index,
    /// The canary.
    Canary,
    /// What is to be told to subscribers.
    Digests,
}

/// Something that the program does regularly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// What it does, in words that read after "to".
    pub name: String,
    /// When it last did.
    pub ran: Timestamp,
    /// When the next time is overdue.
    pub expected: Timestamp,
    /// When the clock was last seen to go on by another length than time did, and by how much.
    pub jump: Option<(Timestamp, SignedDuration)>,
}

/// What is known of the house itself.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// How much is known, and how far the index is behind.
    pub totals: Totals,
    /// How many sources are in which state.
    pub states: States,
    /// What the program does regularly; empty while none serves.
    pub ticks: Vec<Tick>,
    /// The canary, where there is one.
    pub canary: Option<Canary>,
    /// The disk, where it can be asked.
    pub room: Option<Room>,
    /// What waits in the outbox.
    pub backlog: Backlog,
}

/// How long an entry may wait for the index before that is said.
const INDEX_PATIENCE: SignedDuration = SignedDuration::from_mins(1);

/// How long before it is said louder.
const INDEX_FAR_BEHIND: SignedDuration = SignedDuration::from_hours(1);

/// How far two clocks may be apart.
const APART: SignedDuration = SignedDuration::from_mins(5);

/// How long a jump of the clock is told.
const JUMP_TOLD: SignedDuration = SignedDuration::from_hours(24);

impl Weight {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Attention => "attention",
            Self::Note => "note",
        }
    }
}

/// Everything that is not normal at `now`, the loudest first.
#[must_use]
pub fn notices(facts: &Facts, now: Timestamp) -> Vec<Notice> {
    let mut notices = Vec::new();
    notices.extend(facts.room.and_then(disk));
    notices.extend(facts.ticks.iter().flat_map(|tick| clock(tick, now)));
    sources(&facts.states, facts.totals.sources, &mut notices);
    notices.extend(index(&facts.totals, now));
    notices.extend(facts.canary.as_ref().and_then(|canary| overdue(canary, now)));
    notices.extend(unsent(&facts.backlog));
    notices.sort_by_key(|notice| notice.weight);
    notices
}

fn notice(weight: Weight, about: About, sentence: impl Into<String>) -> Notice {
    Notice { weight, about, sentence: sentence.into() }
}

/// What was to be told and was not.
fn unsent(backlog: &Backlog) -> Option<Notice> {
    let failing = (backlog.failing > 0)
        .then(|| format!("{} not be sent yet", counted(backlog.failing, "digest could", "digests could")));
    let refused = (backlog.refused > 0).then(|| {
        let subscriptions = counted(backlog.refused, "subscription is", "subscriptions are");
        format!("{subscriptions} refused by the address")
    });
    let said: Vec<String> = [failing, refused].into_iter().flatten().collect();
    (!said.is_empty()).then(|| notice(Weight::Attention, About::Digests, format!("{}.", said.join(", and "))))
}

fn disk(room: Room) -> Option<Notice> {
    if !room.is_scarce() {
        return None;
    }
    let (left, whole) = (bytes(room.left), bytes(room.whole));
    let seen = format!("The disk of the data folder is nearly full: {left} of {whole} are left.");
    let weight = if room.is_spent() { Weight::Stop } else { Weight::Attention };
    Some(notice(weight, About::Disk, format!("{seen} When it is full, nothing more can be recorded.")))
}

fn clock(tick: &Tick, now: Timestamp) -> Vec<Notice> {
    let mut notices = Vec::new();
    let (name, ran) = (&tick.name, exact(tick.ran));
    if tick.ran.duration_since(now) > APART {
        let sentence = format!(
            "The clock of this machine is behind what is recorded: at {ran} the program was last seen to {name}."
        );
        notices.push(notice(Weight::Attention, About::Clock, sentence));
    } else if now > tick.expected {
        let sentence = format!("The program last came to {name} at {ran}: does `forewarn serve` still run?");
        notices.push(notice(Weight::Attention, About::Clock, sentence));
    }
    if let Some((at, by)) = tick.jump.filter(|(at, _)| now.duration_since(*at).abs() < JUMP_TOLD) {
        let way = if by.is_negative() { "back" } else { "forward" };
        let length = lasting(by.unsigned_abs().as_secs());
        let sentence = format!(
            "The clock of the program jumped {way} by {length} at {}: moments around it are not to be relied on.",
            exact(at)
        );
        notices.push(notice(Weight::Note, About::Clock, sentence));
    }
    notices
}

fn sources(states: &States, all: u64, notices: &mut Vec<Notice>) {
    let silent = states.count(State::is_silent);
    if silent > 0 {
        let verb = if silent == 1 { "is" } else { "are" };
        let sentence = format!(
            "{} of {} sources {verb} not answering: silence there proves nothing.",
            count(silent),
            count(all)
        );
        notices.push(notice(Weight::Attention, About::Sources, sentence));
    }
    let doubtful = states.count(|state| state == State::Doubtful);
    if doubtful > 0 {
        let some = counted(doubtful, "source answers", "sources answer");
        let sentence = format!("{some}, but not as before: something may be missing there.");
        notices.push(notice(Weight::Attention, About::Sources, sentence));
    }
    let quiet = states.count(|state| state == State::Quiet);
    if quiet > 0 {
        let some = counted(quiet, "source has", "sources have");
        let sentence = format!("{some} said nothing new for unusually long.");
        notices.push(notice(Weight::Note, About::Sources, sentence));
    }
}

fn index(totals: &Totals, now: Timestamp) -> Option<Notice> {
    let since = totals.behind_since?;
    let waited = now.duration_since(since);
    if totals.behind == 0 || waited < INDEX_PATIENCE {
        return None;
    }
    let far = waited >= INDEX_FAR_BEHIND;
    let entries = counted(totals.behind, "entry is", "entries are");
    let waits = lasting(waited.unsigned_abs().as_secs());
    let mut sentence = format!("{entries} recorded but not yet found by search, the oldest for {waits}.");
    if far {
        sentence.push_str(" `forewarn reindex` builds the search index again.");
    }
    Some(notice(if far { Weight::Attention } else { Weight::Note }, About::Index, sentence))
}

fn overdue(canary: &Canary, now: Timestamp) -> Option<Notice> {
    if !canary.is_late(now) {
        return None;
    }
    let waited = lasting(canary.age(now).unsigned_abs().as_secs());
    let stuck = canary
        .stuck_before()
        .map_or_else(String::new, |step| format!(" The newest was not yet {}.", step.described()));
    let sentence =
        format!("No canary has come through for {waited}: what is said may not be found here.{stuck}");
    Some(notice(Weight::Attention, About::Canary, sentence))
}

/// A moment to the minute.
fn exact(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests;
