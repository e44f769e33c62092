//! What a cue says where it stands: negation, condition, future, and how far it reaches.
//!
//! Each rule can be told in a sentence, and each has its case in the tests of [`super::stance`].

use super::cue::{ACTS, BEHIND, NOUNS, Sense};
use super::word::{Word, has_any, is_phrase};

/// Words by which a sentence turns to another key.
const ANOTHER: [&str; 7] = ["old", "older", "previous", "former", "legacy", "existing", "other"];

/// Words behind an identifier that may be said of it.
const SAID: usize = 16;

/// Whether what begins at `at` still concerns what stands behind the words: "After the old key expired, the fingerprint is
/// KEY" says nothing of KEY by "old".
pub(super) fn reaches(words: &[Word], at: usize, sense: Sense) -> bool {
    let rest = words.get(at..).unwrap_or_default();
    let Some(comma) = rest.iter().rposition(|word| matches!(word.text.as_str(), "," | ";")) else {
        return true;
    };
    let clause = rest.get(comma + 1..).unwrap_or_default();
    match sense {
        Sense::Old | Sense::New => !clause.iter().any(|word| NOUNS.contains(&word.text.as_str())),
        // "a fake key, fingerprint KEY" goes on about the same one.
        Sense::Revoked | Sense::Foreign | Sense::Doubtful => clause.iter().all(|word| {
            let word = word.text.as_str();
            let same = NOUNS.contains(&word) || matches!(word, "with" | "of" | "id" | "its" | "whose");
            let careful = sense != Sense::Revoked && matches!(word, "the" | "a" | "is" | "has");
            same || careful || !word.chars().any(char::is_alphabetic)
        }),
        Sense::Use | Sense::Exempt | Sense::Longer => true,
    }
}

/// Of the cues that begin at `at` the one with the most words.
pub(super) fn longest(
    cues: &'static [(&'static str, Sense)],
    words: &[Word],
    at: usize,
) -> Option<(&'static str, Sense)> {
    let fitting = cues.iter().filter(|(phrase, _)| is_phrase(words, at, phrase));
    fitting.max_by_key(|(phrase, _)| phrase.split(' ').count()).copied()
}

/// What a cue says once negation, condition and future before it are read; `None` if it says nothing then.
pub(super) fn in_force(words: &[Word], at: usize, sense: Sense) -> Option<Sense> {
    let back = |count: usize| words.get(at.saturating_sub(count)..at).unwrap_or_default();
    let negated = back(3).iter().any(|word| {
        matches!(word.text.as_str(), "not" | "never" | "cannot" | "without") || word.text.ends_with("n't")
    });
    let no_longer = has_any(back(3), &["no longer"]);
    let doubted = is_doubted(back(7));
    let planned =
        back(4).iter().any(|word| matches!(word.text.as_str(), "will" | "shall" | "going" | "plan"));
    match sense {
        Sense::Use if negated => Some(Sense::Doubtful),
        Sense::Use | Sense::New if no_longer => Some(Sense::Old),
        Sense::Foreign
            if negated
                && !words
                    .get(at)
                    .is_some_and(|word| matches!(word.text.as_str(), "not" | "never" | "did")) =>
        {
            None
        }
        Sense::Revoked | Sense::Old | Sense::Longer | Sense::Doubtful | Sense::New if negated => None,
        Sense::Revoked | Sense::Foreign if doubted => None,
        Sense::Revoked if planned => Some(Sense::Old),
        other => Some(other),
    }
}

/// Whether words make what follows a condition or a wish.
pub(super) fn is_doubted(words: &[Word]) -> bool {
    words.iter().any(|word| {
        let word = word.text.as_str();
        matches!(word, "if" | "whether" | "unless" | "case" | "should" | "would" | "could" | "might")
    })
}

pub(super) fn is_arrow(words: &[Word], at: usize) -> bool {
    ["→", "- >", "= >"].iter().any(|arrow| is_phrase(words, at, arrow))
}

pub(super) fn last(words: &[Word], count: usize) -> &[Word] {
    words.get(words.len().saturating_sub(count)..).unwrap_or_default()
}

/// The first predicate in `words`; `direct` where they follow the identifier itself.
pub(super) fn predicate(words: &[Word], direct: bool) -> Option<(Sense, String)> {
    for at in 0..words.len() {
        if at >= SAID {
            // A record goes on for longer than a sentence.
            let fact = longest(ACTS, words, at).filter(|(phrase, _)| phrase.contains(" : "));
            match fact {
                Some((phrase, sense)) => return Some((sense, phrase.replace(" : ", ": "))),
                None => continue,
            }
        }
        // From here on it is said of another one.
        if words.get(at).is_some_and(|word| ANOTHER.contains(&word.text.as_str()))
            && !words
                .get(at.saturating_sub(2)..at)
                .is_some_and(|before| has_any(before, &["is", "was", "not"]))
        {
            return None;
        }
        let shown = |phrase: &str| phrase.trim_end_matches('*').replace(" : ", ": ");
        if let Some((phrase, sense)) = longest(ACTS, words, at)
            && let Some(sense) = in_force(words, at, sense)
        {
            return Some((sense, shown(phrase)));
        }
        let Some((phrase, sense)) = longest(BEHIND, words, at) else { continue };
        let before = words.get(..at).unwrap_or_default();
        let adjacent = direct && before.iter().all(|word| !word.text.chars().any(char::is_alphanumeric));
        let linked = before.iter().rev().take(3).any(|word| {
            matches!(
                word.text.as_str(),
                "is" | "was"
                    | "are"
                    | "were"
                    | "be"
                    | "been"
                    | "has"
                    | "have"
                    | "now"
                    | "must"
                    | "should"
                    | "can"
            )
        });
        let continues = words.get(at + phrase.split(' ').count()).is_some_and(|word| word.text == ":");
        if (adjacent || linked)
            && !continues
            && let Some(sense) = in_force(words, at, sense)
        {
            return Some((sense, shown(phrase)));
        }
    }
    None
}
