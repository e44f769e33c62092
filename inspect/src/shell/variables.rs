//! Variables of a script, by what the script itself assigns.
//!
//! A value is read with what was assigned before it, so that `DIR=/etc; FILE=$DIR/x` is known; where branches assign
//! different values, the one that stands nearest before its use counts, which is a guess and is told as less sure.

use std::collections::HashMap;

use super::{Known, Word};

/// Characters of a value that are kept, so that values made of values stay small.
const LONGEST: usize = 2048;
/// Variables that are kept.
const MOST: usize = 5_000;

/// The values that are known, each with the line from which it holds.
#[derive(Debug, Default)]
pub(super) struct Variables {
    values: HashMap<String, Vec<(usize, Word)>>,
    count: usize,
}

impl Variables {
    /// Takes an assignment.
    pub(super) fn assign(&mut self, name: &str, line: usize, value: Word) {
        if value.text.len() > LONGEST || self.count >= MOST {
            return;
        }
        self.count += 1;
        self.values.entry(name.to_owned()).or_default().push((line, value));
    }

    /// The value at that line: assigned nearest before it, else first behind it, as in a function that is called later.
    /// `None` where nothing is assigned, or nothing but what only
    /// running would tell.
    pub(super) fn value(&self, name: &str, line: usize) -> Option<&Word> {
        let all = self.values.get(name)?;
        let says = |(_, value): &&(usize, Word)| value.known != Known::Unresolved && !value.text.is_empty();
        let before = all.iter().rev().filter(|(at, _)| *at <= line).find(says);
        let found = before.or_else(|| all.iter().find(says));
        let found = found.or_else(|| all.iter().find(|(_, value)| value.is_known()));
        // An argument of a function is put in later, where its calls are known.
        let is_argument = |text: &str| {
            text.len() == 2 && text.starts_with('$') && text.ends_with(|c: char| c.is_ascii_digit())
        };
        found.or_else(|| all.iter().find(|(_, value)| is_argument(&value.text))).map(|(_, value)| value)
    }
}
