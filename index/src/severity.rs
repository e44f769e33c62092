//! How bad a vendor or a scorer says something is, in the five words of CVSS.
//!
//! Refuses to score anything itself: a number comes from elsewhere and is only put into its band here.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A qualitative rating, ordered from harmless to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A score of exactly 0.0: looked at, and found to be no danger.
    None,
    /// 0.1 to 3.9.
    Low,
    /// 4.0 to 6.9; Red Hat and Microsoft say "moderate".
    Medium,
    /// 7.0 to 8.9; Red Hat and Microsoft say "important".
    High,
    /// 9.0 to 10.0.
    Critical,
}

impl Level {
    /// Every level, from harmless to worst.
    pub const ALL: [Self; 5] = [Self::None, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The band of a score from 0.0 to 10.0 (CVSS v3.1 specification, section 5, table 14).
    ///
    /// Nothing for a score outside that scale or not a number.
    #[must_use]
    pub fn from_score(score: f32) -> Option<Self> {
        // A score has one decimal; what was computed as 8.95 is shown, and therefore judged, as 9.0.
        let tenths = (score * 10.0).round();
        match tenths {
            t if !(0.0..=100.0).contains(&t) => None,
            t if t < 1.0 => Some(Self::None),
            t if t < 40.0 => Some(Self::Low),
            t if t < 70.0 => Some(Self::Medium),
            t if t < 90.0 => Some(Self::High),
            _ => Some(Self::Critical),
        }
    }

    /// The level that a word means, in any case, vendors' own words included.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().as_str() {
            "none" => Some(Self::None),
            "low" => Some(Self::Low),
            "medium" | "moderate" => Some(Self::Medium),
            "high" | "important" => Some(Self::High),
            "critical" => Some(Self::Critical),
            _ => None,
        }
    }

    /// The lower-case word that is stored and typed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Level;

    #[test]
    fn every_band_begins_where_the_specification_says() {
        let bands = [
            (0.0, Level::None),
            (0.1, Level::Low),
            (3.9, Level::Low),
            (4.0, Level::Medium),
            (6.9, Level::Medium),
            (7.0, Level::High),
            (8.9, Level::High),
            (9.0, Level::Critical),
            (10.0, Level::Critical),
        ];
        for (score, level) in bands {
            assert_eq!(Level::from_score(score), Some(level), "{score}");
        }
    }

    #[test]
    fn a_score_off_the_scale_has_no_level() {
        for score in [-0.1, 10.1, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(Level::from_score(score), None, "{score}");
        }
    }

    #[test]
    fn a_level_reads_back_from_its_own_word_and_from_vendors_words() {
        for level in Level::ALL {
            assert_eq!(Level::from_word(level.as_str()), Some(level));
        }
        assert_eq!(Level::from_word("Important"), Some(Level::High));
        assert_eq!(Level::from_word("MODERATE"), Some(Level::Medium));
        assert_eq!(Level::from_word("severe"), None);
        assert!(Level::Critical > Level::High);
    }
}
