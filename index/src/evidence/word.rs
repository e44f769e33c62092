//! The words of a passage, as the rules of stance read them.
//!
//! Lower-case, with punctuation as words of its own, and every identifier as one word that is no word. Refuses to parse
//! grammar: the rules look at which words stand near an identifier, and in which order.

use std::ops::Range;

/// One word or mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Lower-case; empty for an identifier.
    pub(super) text: String,
    /// Where it stands in the message.
    pub(super) start: usize,
}

/// Words of one stretch at most.
const MOST: usize = 400;

/// Letters of one word at most; longer ones are no words.
const LONGEST: usize = 40;

/// The words of `range` of `text`; what lies in one of `holes` (identifiers) becomes an empty word.
pub(super) fn words(text: &str, range: &Range<usize>, holes: &[Range<usize>]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = range.start;
    while at < range.end && words.len() < MOST {
        if let Some(hole) = holes.iter().find(|hole| hole.start <= at && at < hole.end) {
            words.push(Word { text: String::new(), start: at });
            at = hole.end;
            continue;
        }
        let next = holes.iter().map(|hole| hole.start).filter(|start| *start > at).min();
        let end = next.unwrap_or(range.end).min(range.end);
        let Some(stretch) = text.get(at..end) else { break };
        split(stretch, at, &mut words);
        at = end;
    }
    words
}

fn split(stretch: &str, offset: usize, words: &mut Vec<Word>) {
    let mut start = None;
    let mut keep = |from: usize, to: usize| {
        let Some(word) = stretch.get(from..to) else { return };
        if word.len() <= LONGEST && words.len() < MOST {
            let text = word.replace('’', "'").to_lowercase();
            words.push(Word { text, start: offset + from });
        }
    };
    for (at, letter) in stretch.char_indices() {
        if letter.is_alphanumeric() || matches!(letter, '\'' | '’') {
            start = start.or(Some(at));
            continue;
        }
        if let Some(from) = start.take() {
            keep(from, at);
        }
        if !letter.is_whitespace() && !matches!(letter, '*' | '`' | '_') {
            keep(at, at + letter.len_utf8());
        }
    }
    if let Some(from) = start {
        keep(from, stretch.len());
    }
}

/// Whether the words at `at` are those of `phrase`, whose words are parted by single spaces. A word that ends in `*` stands
/// for every word that begins so.
pub(super) fn is_phrase(words: &[Word], at: usize, phrase: &str) -> bool {
    (at..).zip(phrase.split(' ')).all(|(at, part)| {
        words.get(at).is_some_and(|word| match part.strip_suffix('*') {
            Some(beginning) => word.text.starts_with(beginning),
            None => word.text == part,
        })
    })
}

/// Whether a phrase stands anywhere.
pub(super) fn has_any(words: &[Word], phrases: &[&str]) -> bool {
    (0..words.len()).any(|at| phrases.iter().any(|phrase| is_phrase(words, at, phrase)))
}

#[cfg(test)]
mod tests {
    use super::{has_any, words};

    #[test]
    fn identifiers_are_holes() {
        let text = "Our new key (ABCD 1234) isn’t old: use it";
        let found = words(text, &(0..text.len()), std::slice::from_ref(&(13..22)));
        let found: Vec<&str> = found.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(found, ["our", "new", "key", "(", "", ")", "isn't", "old", ":", "use", "it"]);
    }

    #[test]
    fn phrases_may_leave_the_end_of_a_word_open() {
        let text = "We are replacing it with this";
        let found = words(text, &(0..text.len()), &[]);
        assert!(has_any(&found, &["replac* it with"]));
        assert!(!has_any(&found, &["replace it", "with it"]));
    }

    #[test]
    fn a_flood_of_words_is_cut() {
        let text = "word ".repeat(10_000);
        assert_eq!(words(&text, &(0..text.len()), &[]).len(), super::MOST);
    }
}
