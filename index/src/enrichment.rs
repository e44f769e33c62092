//! What lists state about an advisory identifier, apart from any entry: that it is exploited, or how likely that is.
//!
//! Every entry that bears the identifier is shown and found with it. Refuses to judge: a list's word is kept as that
//! list's, with its date. Says as well when a new word differs from the one before by something that matters.

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// A probability in hundred-thousandths, from 0 to 1; EPSS publishes five decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chance(u32);

impl Chance {
    /// One, in hundred-thousandths.
    const WHOLE: u32 = 100_000;

    /// The least that a chance has to move before it counts as another one: a hundredth.
    const STEP: u32 = 1_000;

    /// What lies between two chances that people tell apart: a tenth.
    const TENTH: u32 = 10_000;

    /// The probability that a number is; none outside of 0 to 1.
    #[must_use]
    pub fn of(number: f64) -> Option<Self> {
        let parts = (number * f64::from(Self::WHOLE)).round();
        (0.0..=1.0).contains(&number).then_some(Self(parts as u32))
    }

    /// The probability that somebody typed or a list states: `0.5`, `.5`, `50%`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let number = |text: &str| {
            let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            text.parse::<f64>().ok().filter(|_| plain)
        };
        match text.strip_suffix('%') {
            Some(percent) => Self::of(number(percent.trim_end())? / 100.0),
            None => Self::of(number(text)?),
        }
    }

    /// The probability of so many hundred-thousandths; none beyond 1.
    #[must_use]
    pub fn of_parts(parts: i64) -> Option<Self> {
        u32::try_from(parts).ok().filter(|parts| *parts <= Self::WHOLE).map(Self)
    }

    /// Hundred-thousandths.
    #[must_use]
    pub const fn parts(self) -> u32 {
        self.0
    }

    /// As a number from 0 to 1.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.0) / f64::from(Self::WHOLE)
    }

    /// As it is shown: two decimals, and one more word for what these would make nothing.
    #[must_use]
    pub fn shown(self) -> String {
        if self.0 > 0 && self.0 < Self::STEP {
            "below 0.01".to_owned()
        } else {
            format!("{:.2}", self.value())
        }
    }

    /// Whether it differs from an earlier one by something that matters: by a hundredth, or across a tenth, so that
    /// `epss:>0.5` stays right.
    #[must_use]
    pub const fn moved(self, before: Self) -> bool {
        self.0.abs_diff(before.0) >= Self::STEP || self.0 / Self::TENTH != before.0 / Self::TENTH
    }
}

/// As it can be typed: with as many decimals as it has.
impl fmt::Display for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value())
    }
}

impl Serialize for Chance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.value())
    }
}

/// What one list states about one identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The identifier in its canonical spelling.
    pub identifier: String,
    /// What is stated.
    pub said: Said,
}

/// What a list states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is known to be exploited.
    Exploited {
        /// Since when it is on the list.
        since: Option<Timestamp>,
        /// Whether the list says that blackmailers use it.
        ransomware: bool,
    },
    /// It will be exploited within 30 days with this probability (EPSS).
    Epss {
        /// The probability.
        chance: Chance,
        /// The part of all scored identifiers that have a lower one.
        percentile: Option<Chance>,
        /// The day of the score.
        of: Option<Timestamp>,
    },
}

impl Said {
    /// Whether it differs from what was said before by something that matters. A score that moved by less than a
    /// hundredth within its tenth does not, nor does its place among the others, which moves every day.
    #[must_use]
    pub fn differs(&self, before: &Self) -> bool {
        match (self, before) {
            (Self::Epss { chance, .. }, Self::Epss { chance: before, .. }) => chance.moved(*before),
            _ => self != before,
        }
    }
}

/// That an identifier is known to be exploited, by whose word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exploited {
    /// The identifier.
    pub identifier: String,
    /// Since when it is on the list.
    pub since: Option<Timestamp>,
    /// Whether the list says that blackmailers use it.
    pub ransomware: bool,
    /// Slug of the source that holds the list.
    pub source: String,
    /// Name of that source.
    pub source_name: String,
}

/// How likely an identifier is to be exploited within 30 days, by whose word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Epss {
    /// The identifier.
    pub identifier: String,
    /// The probability.
    pub chance: Chance,
    /// The part of all scored identifiers that have a lower one.
    pub percentile: Option<Chance>,
    /// The day of the score; later ones differed by less than matters.
    pub of: Option<Timestamp>,
    /// Slug of the source that holds the scores.
    pub source: String,
    /// Name of that source.
    pub source_name: String,
}

/// What came of a list that was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enriched {
    /// Identifiers that were not on it before.
    pub new: u32,
    /// Those of which it now says something else that matters.
    pub changed: u32,
    /// Those of which it says what it said.
    pub known: u32,
    /// Those that it no longer names, and of which its word was taken back.
    pub withdrawn: u32,
    /// Those that it no longer names, too many at once to be believed: its word stays.
    pub missing: u32,
    /// Entries that are shown and found otherwise by this.
    pub entries: u64,
}

#[cfg(test)]
mod tests {
    use super::{Chance, Said};

    #[test]
    fn a_chance_is_read_as_it_is_written() {
        let check = |text, expected: Option<&str>| {
            assert_eq!(Chance::read(text).map(|chance| chance.to_string()).as_deref(), expected, "{text}");
        };
        check("0.97042", Some("0.97042"));
        check(".5", Some("0.5"));
        check("50%", Some("0.5"));
        check("1", Some("1"));
        check("0", Some("0"));
        check("0.00043", Some("0.00043"));
        for none in ["1.01", "-0.1", "high", "NaN", "inf", "1e-3", "", "%"] {
            check(none, None);
        }
        assert_eq!(Chance::read("0.00043").map(Chance::shown).as_deref(), Some("below 0.01"));
        assert_eq!(Chance::read("0.97042").map(Chance::shown).as_deref(), Some("0.97"));
    }

    #[test]
    fn a_score_matters_when_it_moves_by_a_hundredth_or_across_a_tenth() {
        let said = |text| {
            let chance = Chance::read(text).unwrap();
            Said::Epss { chance, percentile: Some(chance), of: None }
        };
        let check = |before, now, expected| {
            assert_eq!(said(now).differs(&said(before)), expected, "{before} to {now}");
        };
        check("0.5", "0.5", false);
        check("0.51", "0.5199", false);
        check("0.51", "0.52", true);
        check("0.52", "0.51", true);
        check("0.4999", "0.5", true);
        check("0.0004", "0.009", false);
    }
}
