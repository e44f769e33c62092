//! A meaning that a reader must not miss: always a word and a shape, and only then a colour.
//!
//! There are four, and none of them is "fine": what is fine is not loud.

use index::enrichment::Chance;
use index::entry::{Outcome, Status};
use index::health::State;
use index::keys::change::What;
use index::keys::forecast::Outlook;
use index::keys::pin::Pin;
use index::keys::view::KeyView;
use index::notice::Weight;
use index::package::Attention;
use index::severity::{Level, Severity};
use index::source::Standing;
use index::verdict::Policy;
use inspect::key::openpgp::Revocation;

/// How loud something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Do not go on before this is understood.
    Stop,
    /// Somebody should look.
    Attention,
    /// Worth knowing.
    Note,
    /// Nothing to do.
    Quiet,
}

impl From<index::brief::verdict::Weight> for Meaning {
    fn from(weight: index::brief::verdict::Weight) -> Self {
        use index::brief::verdict::Weight as Found;
        match weight {
            Found::Stop => Self::Stop,
            Found::Attention => Self::Attention,
            Found::Note => Self::Note,
        }
    }
}

/// A word with its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sign {
    /// How loud it is.
    pub(crate) meaning: Meaning,
    /// What is said.
    pub(crate) word: String,
}

impl From<Weight> for Meaning {
    fn from(weight: Weight) -> Self {
        match weight {
            Weight::Stop => Self::Stop,
            Weight::Attention => Self::Attention,
            Weight::Note => Self::Note,
        }
    }
}

impl Meaning {
    /// The class that the style sheet knows it by.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Attention => "attention",
            Self::Note => "note",
            Self::Quiet => "quiet",
        }
    }

    /// The shape that stands before the word.
    pub(crate) const fn shape(self) -> &'static str {
        match self {
            Self::Stop => "■",
            Self::Attention => "▲",
            Self::Note => "●",
            Self::Quiet => "○",
        }
    }
}

impl Sign {
    /// How much a field of a verdict asks for somebody.
    pub(crate) fn field(field: &index::brief::verdict::Field) -> Self {
        Self { meaning: field.weight().into(), word: crate::parts::brief::weight(field).to_owned() }
    }

    fn new(meaning: Meaning, word: impl Into<String>) -> Self {
        Self { meaning, word: word.into() }
    }

    /// Severity as a word with its score.
    pub(crate) fn severity(severity: &Severity) -> Self {
        let meaning = match severity.level {
            Level::Critical => Meaning::Stop,
            Level::High => Meaning::Attention,
            Level::Medium => Meaning::Note,
            Level::Low | Level::None => Meaning::Quiet,
        };
        let word = match severity.level {
            Level::None => "no impact",
            level => level.as_str(),
        };
        Self::new(meaning, severity.score.map_or(word.to_owned(), |score| format!("{word} {score:.1}")))
    }

    /// Whether a package asks for somebody.
    pub(crate) fn attention(attention: Attention) -> Self {
        match attention {
            Attention::Nothing => Self::new(Meaning::Quiet, "nothing asks for attention"),
            Attention::Something => Self::new(Meaning::Attention, "needs a look"),
            Attention::Stop => Self::new(Meaning::Stop, "must not be installed"),
        }
    }

    /// A change of a key.
    pub(crate) fn key_change(what: What) -> Self {
        let meaning = match what {
            What::RevokedHard => Meaning::Stop,
            What::Replaced | What::Gone | What::Refused | What::SubkeyTakenBack | What::RevokedSoft => {
                Meaning::Attention
            }
            What::Appeared | What::CrossSigned | What::SubkeyAdded => Meaning::Note,
            What::Renewed | What::ReSigned => Meaning::Quiet,
        };
        Self::new(meaning, what.called())
    }

    /// What is foreseen of a key.
    pub(crate) fn outlook(outlook: Outlook) -> Self {
        let meaning = match outlook {
            Outlook::Expired | Outlook::Refused | Outlook::EndsSoon => Meaning::Attention,
            Outlook::Weak => Meaning::Note,
            Outlook::NoEnd => Meaning::Quiet,
        };
        Self::new(meaning, outlook.called())
    }

    /// How loud the state of a key is.
    pub(crate) fn key_state(view: &KeyView) -> Self {
        let Some(key) = &view.key else { return Self::new(Meaning::Attention, "not seen here") };
        match key.facts.revoked {
            Revocation::Hard => Self::new(Meaning::Stop, "revoked"),
            Revocation::Soft => Self::new(Meaning::Attention, "retired"),
            Revocation::Claimed => Self::new(Meaning::Attention, "said to be revoked"),
            Revocation::None if key.facts.is_expired(view.at.as_second()) => {
                Self::new(Meaning::Attention, "expired")
            }
            Revocation::None if view.evidence.retired.is_some() => Self::new(Meaning::Attention, "retired"),
            Revocation::None if view.pins.iter().any(Pin::counts) => Self::new(Meaning::Quiet, "pinned here"),
            Revocation::None => Self::new(Meaning::Note, "not pinned"),
        }
    }

    /// What the rules of the house make of a signature.
    pub(crate) fn policy(policy: Policy) -> Self {
        let meaning = match policy {
            Policy::Covered => Meaning::Quiet,
            Policy::Offer => Meaning::Note,
            Policy::Call => Meaning::Attention,
            Policy::Refuse => Meaning::Stop,
        };
        Self::new(meaning, policy.as_str())
    }

    /// What is unusual about a status; nothing while an entry is in force.
    pub(crate) fn status(status: Status) -> Option<Self> {
        let meaning = match status {
            Status::InForce => return None,
            Status::Interim => Meaning::Note,
            Status::Disputed | Status::Withdrawn => Meaning::Attention,
        };
        Some(Self::new(meaning, status.as_str()))
    }

    /// That it is known to be exploited: nothing says so louder.
    pub(crate) fn exploited() -> Self {
        Self::new(Meaning::Stop, "exploited")
    }

    /// How likely it is to be exploited, as a word with its score.
    pub(crate) fn epss(chance: Chance) -> Self {
        let meaning = match chance.value() {
            half if half >= 0.5 => Meaning::Attention,
            tenth if tenth >= 0.1 => Meaning::Note,
            _ => Meaning::Quiet,
        };
        Self::new(meaning, format!("EPSS {}", chance.shown()))
    }

    /// What came of a check.
    pub(crate) fn outcome(outcome: Outcome) -> Self {
        let meaning = match outcome {
            Outcome::Fits => Meaning::Quiet,
            Outcome::Fails => Meaning::Stop,
            Outcome::NotChecked => Meaning::Attention,
        };
        Self::new(meaning, outcome.as_str())
    }

    /// The state of a source.
    pub(crate) fn state(state: State) -> Self {
        let meaning = match state {
            State::Healthy | State::Imported => Meaning::Quiet,
            State::Waiting | State::Quiet => Meaning::Note,
            State::Failing | State::Doubtful => Meaning::Attention,
            State::Gone | State::Suspended => Meaning::Stop,
        };
        Self::new(meaning, state.as_str())
    }
}

/// On whose ground something was said, for a person.
pub(crate) const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Vendor => "the vendor, on its own domain",
        Standing::Platform => "the vendor, on somebody else’s site",
        Standing::Partner => "a partner or host of the vendor",
        Standing::ThirdParty => "a third party",
        Standing::House => "this house",
    }
}

#[cfg(test)]
mod tests {
    use index::entry::{Outcome, Status};
    use index::severity::{Level, Severity};

    use super::{Meaning, Sign};

    #[test]
    fn what_was_not_checked_is_never_quiet() {
        assert_eq!(Sign::outcome(Outcome::NotChecked).meaning, Meaning::Attention);
        assert_eq!(Sign::outcome(Outcome::Fails).meaning, Meaning::Stop);
    }

    #[test]
    fn severity_is_a_word_with_its_score_where_there_is_one() {
        let check = |level, score, expected: &str| {
            assert_eq!(Sign::severity(&Severity { level, score, vector: None }).word, expected);
        };
        check(Level::Critical, Some(9.8), "critical 9.8");
        check(Level::High, Some(7.0), "high 7.0");
        check(Level::Medium, None, "medium");
        check(Level::None, Some(0.0), "no impact 0.0");
    }

    #[test]
    fn only_the_unusual_status_is_said() {
        assert_eq!(Sign::status(Status::InForce), None);
        assert_eq!(Sign::status(Status::Withdrawn).unwrap().word, "withdrawn");
    }
}
