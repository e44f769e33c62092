//! What a document says of severity, as one fact: vectors, stated scores, words.
//!
//! Base scores are computed from base metrics alone (CVSS v2.0 guide, v3.0, v3.1 and v4.0 specifications), so that two
//! documents with one base vector agree. Refuses to guess: a vector that cannot be scored and no word is no severity.

use std::str::FromStr;

use cvss::Cvss;
use index::severity::{Level, Severity};

/// How far a way of stating severity is preferred over another; the newest standard first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// CVSS v2.0.
    V2,
    /// CVSS v3.0.
    V30,
    /// CVSS v3.1.
    V31,
    /// CVSS v4.0.
    V4,
}

/// Bytes of a vector that are looked at; v4.0 with every optional metric has about 190.
const LONGEST: usize = 300;

/// The rank of a vector by its prefix; `None` for what is no vector.
pub(crate) fn rank(vector: &str) -> Option<Rank> {
    let vector = vector.trim().trim_start_matches('(');
    Some(match vector.split('/').next()? {
        "CVSS:4.0" => Rank::V4,
        "CVSS:3.1" => Rank::V31,
        "CVSS:3.0" => Rank::V30,
        start if start.starts_with("AV:") => Rank::V2,
        _ => return None,
    })
}

/// The severity of a vector, from its base metrics; `None` where they are incomplete or it is no vector.
pub(crate) fn of_vector(vector: &str) -> Option<Severity> {
    let vector = vector.trim().trim_matches(['(', ')']);
    if vector.len() > LONGEST {
        return None;
    }
    let base = match rank(vector)? {
        Rank::V2 => base_metrics(vector, &["AV", "AC", "Au", "C", "I", "A"]),
        Rank::V4 => {
            base_metrics(vector, &["CVSS", "AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"])
        }
        _ => base_metrics(vector, &["CVSS", "AV", "AC", "PR", "UI", "S", "C", "I", "A"]),
    };
    #[expect(clippy::cast_possible_truncation, reason = "one decimal between 0 and 10")]
    let score = Cvss::from_str(&base?).ok()?.score() as f32;
    Some(Severity { level: Level::from_score(score), score: Some(score), vector: Some(vector.to_owned()) })
}

/// The severity that a document states in full: its own score and word win over what the vector computes to.
pub(crate) fn stated(score: Option<f64>, word: Option<&str>, vector: Option<&str>) -> Option<Severity> {
    let computed = vector.and_then(of_vector);
    #[expect(clippy::cast_possible_truncation, reason = "one decimal between 0 and 10")]
    let score = score.filter(|score| (0.0..=10.0).contains(score)).map(|score| score as f32);
    let level = score
        .map(Level::from_score)
        .or_else(|| computed.as_ref().map(|computed| computed.level))
        .or_else(|| word.and_then(Level::from_word))?;
    let vector = computed.as_ref().and_then(|computed| computed.vector.clone());
    Some(Severity { level, score: score.or(computed.and_then(|computed| computed.score)), vector })
}

/// The severity that a word alone means.
pub(crate) fn of_word(word: &str) -> Option<Severity> {
    Level::from_word(word).map(|level| Severity { level, score: None, vector: None })
}

/// The worse of two severities; the first where they are equal.
pub(crate) fn worse(first: Option<Severity>, second: Option<Severity>) -> Option<Severity> {
    let weight = |severity: &Severity| (severity.level, severity.score.unwrap_or_default());
    match (first, second) {
        (Some(first), Some(second)) if weight(&second) > weight(&first) => Some(second),
        (first, second) => first.or(second),
    }
}

/// The vector reduced to the named metrics; `None` where one of them is missing.
fn base_metrics(vector: &str, names: &[&str]) -> Option<String> {
    let mut base = String::with_capacity(vector.len());
    let mut found = 0;
    for metric in vector.split('/') {
        if metric.split(':').next().is_some_and(|name| names.contains(&name)) {
            if !base.is_empty() {
                base.push('/');
            }
            base.push_str(metric);
            found += 1;
        }
    }
    (found == names.len()).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::{of_vector, of_word, stated, worse};

    fn check(vector: &str, expected: &str) {
        let found = of_vector(vector)
            .map_or("none".to_owned(), |found| format!("{} {}", found.score.unwrap(), found.level.as_str()));
        assert_eq!(found, expected, "{vector}");
    }

    #[test]
    fn base_scores_are_those_of_the_specifications() {
        check("AV:N/AC:L/Au:N/C:N/I:N/A:C", "7.8 high");
        check("(AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C)", "10 critical");
        check("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", "6.1 medium");
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "9.8 critical");
        check("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:C/MAV:P", "9.8 critical");
        check("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "9.3 critical");
        check("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/U:Red", "9.3 critical");
    }

    #[test]
    fn what_is_no_vector_is_none() {
        check("", "none");
        check("7.5", "none");
        check("CVSS:3.1/AV:N", "none");
        check("CVSS:9.9/AV:N/AC:L", "none");
        check("AV:N/AC:L/Au:N/C:ä/I:N/A:C", "none");
        check(&"CVSS:3.1/AV:N/".repeat(100), "none");
    }

    #[test]
    fn a_stated_score_wins_and_a_word_fills_in() {
        let both =
            stated(Some(5.0), Some("HIGH"), Some("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")).unwrap();
        assert_eq!((both.level.as_str(), both.score), ("medium", Some(5.0)));
        assert_eq!(stated(None, Some("Important"), None).unwrap().level.as_str(), "high");
        assert_eq!(stated(Some(70.0), None, None), None);
        assert_eq!(worse(of_word("low"), of_word("critical")), of_word("critical"));
    }
}
