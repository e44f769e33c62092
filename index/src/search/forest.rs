//! The ranking that was learnt: many small trees of questions about an entry's numbers, each of which adds a little to what
//! the entry is worth (LambdaMART, Burges 2010).
//!
//! `forest.txt` holds one tree a line, in the order in which it is walked: `NAME<=NUMBER` asks, the part after it is for yes
//! and the one behind that for no; `=NUMBER` is what a leaf is worth. `examples/measure/learn.py` writes it, and keeps what it
//! may learn within what makes sense: having more of what is asked for never counts against an entry.

use std::sync::LazyLock;

use anyhow::Context as _;

use super::features::{NAMES, Row};

/// The ranking that the program comes with.
static LEARNT: LazyLock<Forest> =
    LazyLock::new(|| Forest::read(include_str!("forest.txt")).unwrap_or_default());

/// Trees, all their parts in one list.
#[derive(Clone, Debug, Default, PartialEq)]
struct Forest {
    parts: Vec<Part>,
    /// Where each tree begins.
    roots: Vec<usize>,
}

/// A question or its answer.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// Whether a number is at most so much; the part after this one is for yes.
    AtMost { number: usize, most: f32, no: usize },
    /// What an entry is worth here.
    Worth(f32),
}

/// What an entry with these numbers is worth; comparable within one query only.
pub(super) fn worth(row: &Row) -> f32 {
    LEARNT.worth(row)
}

impl Forest {
    fn worth(&self, row: &Row) -> f32 {
        self.roots.iter().map(|root| self.leaf(*root, row)).sum()
    }

    fn leaf(&self, root: usize, row: &Row) -> f32 {
        let mut at = root;
        loop {
            match self.parts.get(at) {
                Some(Part::AtMost { number, most, no }) => {
                    let yes = row.get(*number).is_some_and(|have| have <= most);
                    at = if yes { at + 1 } else { *no };
                }
                Some(Part::Worth(worth)) => return *worth,
                None => return 0.0,
            }
        }
    }

    fn read(text: &str) -> anyhow::Result<Self> {
        let mut forest = Self::default();
        for (line, tree) in (1..).zip(text.lines()) {
            forest.roots.push(forest.parts.len());
            let mut words = tree.split(' ');
            forest.tree(&mut words).with_context(|| format!("read tree {line}"))?;
            anyhow::ensure!(words.next().is_none(), "read tree {line}: it goes on behind its end");
        }
        Ok(forest)
    }

    /// Reads a part and, of a question, what it leads to.
    fn tree<'a>(&mut self, words: &mut impl Iterator<Item = &'a str>) -> anyhow::Result<()> {
        let word = words.next().context("it ends before its end")?;
        if let Some(worth) = word.strip_prefix('=') {
            self.parts.push(Part::Worth(worth.parse()?));
            return Ok(());
        }
        let (name, most) = word.split_once("<=").with_context(|| format!("{word} is no question"))?;
        let number = NAMES.iter().position(|known| *known == name);
        let number = number.with_context(|| format!("there is no number {name}"))?;
        let (at, most) = (self.parts.len(), most.parse()?);
        self.parts.push(Part::AtMost { number, most, no: 0 });
        self.tree(words)?;
        let behind = self.parts.len();
        if let Some(Part::AtMost { no, .. }) = self.parts.get_mut(at) {
            *no = behind;
        }
        self.tree(words)
    }
}

#[cfg(test)]
mod tests {
    use super::{Forest, NAMES, Part};

    #[test]
    fn the_ranking_that_the_program_comes_with_can_be_read() {
        let forest = Forest::read(include_str!("forest.txt")).unwrap();
        assert!(forest.roots.len() > 10);
        let asked = |number: usize| {
            forest
                .parts
                .iter()
                .any(|part| matches!(part, Part::AtMost { number: other, .. } if *other == number))
        };
        for (number, name) in NAMES.iter().enumerate() {
            assert!(asked(number), "nothing depends on {name}");
        }
    }

    #[test]
    fn trees_are_walked_by_their_questions_and_added_up() {
        let forest = Forest::read("found<=0.5 =-1 heard<=0 =2 =1\n=0.25").unwrap();
        let check = |found, heard, expected: f32| {
            let mut row = [0.0; NAMES.len()];
            for (name, have) in [("found", found), ("heard", heard)] {
                row[NAMES.iter().position(|known| *known == name).unwrap()] = have;
            }
            assert!((forest.worth(&row) - expected).abs() < 1e-6, "{found} {heard}");
        };
        check(0.5, 0.0, -0.75);
        check(0.6, 0.0, 2.25);
        check(0.6, 3.0, 1.25);
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        let check = |text: &str, expected: &str| {
            let error = Forest::read(text).unwrap_err();
            assert_eq!(format!("{error:#}"), expected);
        };
        check("found<=1 =2", "read tree 1: it ends before its end");
        check("=1\n=2 =3", "read tree 2: it goes on behind its end");
        check("luck<=1 =2 =3", "read tree 1: there is no number luck");
        check("found", "read tree 1: found is no question");
    }
}
