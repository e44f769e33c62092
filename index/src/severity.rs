//! How bad the source says it is.
//!
//! Levels are those of CVSS; words of vendors that mean the same ("moderate", "important") are mapped. What a source
//! does not say stays unknown and is never guessed.

use serde::{Deserialize, Serialize};

/// Qualitative severity, ordered from harmless to worst (CVSS v3.1 specification, section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Scored 0.0: stated to have no impact.
    None,
    /// Scored 0.1 to 3.9.
    Low,
    /// Scored 4.0 to 6.9; "moderate" of Red Hat and others.
    Medium,
    /// Scored 7.0 to 8.9; "important" of Red Hat and others.
    High,
    /// Scored 9.0 to 10.0.
    Critical,
}

impl Level {
    /// Every level, from harmless to worst.
    pub const ALL: [Self; 5] = [Self::None, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The level of a CVSS base score (0.0 to 10.0); a score outside that range counts as its nearest end.
    #[must_use]
    pub fn from_score(score: f32) -> Self {
        match score {
            score if score >= 9.0 => Self::Critical,
            score if score >= 7.0 => Self::High,
            score if score >= 4.0 => Self::Medium,
            score if score > 0.0 => Self::Low,
            _ => Self::None,
        }
    }

    /// The level that a vendor's word means, in any case; `None` for a word that means none of them.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "none" => Self::None,
            "low" | "minor" | "negligible" => Self::Low,
            "medium" | "moderate" => Self::Medium,
            "high" | "important" | "major" => Self::High,
            "critical" | "urgent" => Self::Critical,
            _ => return None,
        })
    }

    /// The word shown and typed for this level.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What a source says of severity: the level, and the CVSS facts behind it where it gives them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Severity {
    /// The qualitative level.
    pub level: Level,
    /// The CVSS base score, 0.0 to 10.0, where stated or computed from the vector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
    /// The CVSS vector as published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vector: Option<String>,
}
