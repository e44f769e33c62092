//! One origin for what was only copied: quotes, re-posts and near-duplicates count as the text that they repeat.
//!
//! Ten copies of one rumour are one rumour. The best of an origin stands for it; the others are listed with it.

use crate::search::sketch::Sketch;

/// Words of a quote below which being the same says nothing.
const FEWEST: usize = 8;

/// Share of the words that two quotes have in common from which on one repeats the other, in hundredths.
const SAME: usize = 85;

/// What tells one text from its copies.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    sketch: Sketch,
    words: Vec<String>,
}

impl Trace {
    /// The trace of a text, and of the sentence in it that matters.
    pub(crate) fn of(text: &str, quote: &str) -> Self {
        let letters = |letter: char| !letter.is_alphanumeric();
        let mut words: Vec<String> =
            quote.split(letters).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
        words.sort_unstable();
        words.dedup();
        Self { sketch: Sketch::of_text(text), words }
    }

    /// Whether one repeats the other.
    fn repeats(&self, other: &Self) -> bool {
        if self.sketch.is_like(&other.sketch) {
            return true;
        }
        let fewer = self.words.len().min(other.words.len());
        let common = self.words.iter().filter(|word| other.words.binary_search(word).is_ok()).count();
        fewer >= FEWEST && common * 100 >= self.words.len().max(other.words.len()) * SAME
    }
}

/// For each of `traces`, in order of rank, the place of the one that it repeats, or its own.
pub(crate) fn origins(traces: &[Trace]) -> Vec<usize> {
    let mut first: Vec<usize> = Vec::new();
    traces
        .iter()
        .enumerate()
        .map(|(at, trace)| {
            let known =
                first.iter().copied().find(|one| traces.get(*one).is_some_and(|one| one.repeats(trace)));
            known.unwrap_or_else(|| {
                first.push(at);
                at
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Trace, origins};

    fn check(texts: &[&str], expected: &[usize]) {
        let traces: Vec<Trace> = texts.iter().map(|text| Trace::of(text, text)).collect();
        assert_eq!(origins(&traces), expected);
    }

    #[test]
    fn copies_and_quotes_have_one_origin() {
        let said = "From June on, all packages of Relay are signed with the new key 0A1B 2C3D 4E5F.";
        let quoted = format!("> {said}\n\nThanks!");
        check(&[said, said, &quoted], &[0, 0, 0]);
        check(&[said, "We use 0A1B 2C3D 4E5F since June, and it works well on our side here."], &[0, 1]);
        check(&["key 0A1B", "key 0A1B"], &[0, 1]);
        check(&[], &[]);
    }

    #[test]
    fn a_long_text_with_a_few_words_changed_is_a_copy() {
        let text: String = (0..60).map(|at| format!("sentence {at} of a notice about keys, ")).collect();
        let copied = text.replacen("sentence 7", "sentence seven", 1);
        let trace = |text: &str, quote: &str| Trace::of(text, quote);
        assert_eq!(origins(&[trace(&text, "a"), trace(&copied, "b")]), [0, 0]);
    }
}
