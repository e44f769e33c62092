//! What every order must be, on many made-up versions: the same from both sides, and without circles.
//!
//! The versions are put together from what the fixtures of real ecosystems are made of; the numbers that choose come from a
//! fixed beginning, so that a failure is the same everywhere.

use crate::version::range::Asked;
use crate::version::{Scheme, Version, prose};

/// What versions are made of.
const PARTS: [&str; 44] = [
    "0",
    "1",
    "2",
    "10",
    "00",
    "01",
    "007",
    "99999999999999999999",
    ".",
    ".",
    ".",
    ".",
    "-",
    "-",
    "_",
    "+",
    "~",
    "^",
    ":",
    "!",
    "a",
    "b",
    "rc",
    "rc1",
    "alpha",
    "beta",
    "dev",
    "post",
    "pre",
    "final",
    "ga",
    "sp",
    "SNAPSHOT",
    "_p1",
    "-r1",
    "v",
    "x",
    "*",
    "el9",
    "deb12u1",
    "pl",
    "#",
    " ",
    "ä",
];

/// Numbers that look like chance (Numerical Recipes' linear congruence).
struct Chance(u32);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % bound
    }

    /// A version that apk-tools takes as well-formed.
    fn alpine(&mut self) -> String {
        let numbers: Vec<&str> =
            (0..1 + self.below(4)).filter_map(|_| PARTS.get(self.below(7)).copied()).collect();
        let pick = |all: &[&'static str], at: usize| all.get(at % all.len()).copied().unwrap_or_default();
        let letter = pick(&["", "", "a", "z"], self.below(4));
        let suffix =
            pick(&["", "", "_alpha", "_rc1", "_rc2", "_git20200101", "_p1", "_rc1_p1"], self.below(8));
        let build = pick(&["", "-r0", "-r1", "-r10"], self.below(4));
        format!("{}{letter}{suffix}{build}", numbers.join("."))
    }

    /// A version without parts that are empty, which Maven gives no consistent place.
    fn maven(&mut self) -> String {
        const WORDS: [&str; 12] =
            ["alpha", "beta1", "rc", "cr2", "SNAPSHOT", "final", "ga", "sp", "x", "a1", "m3", "jre8"];
        let mut version = self.below(12).to_string();
        for _ in 0..self.below(5) {
            version.push_str([".", "-"].get(self.below(2)).copied().unwrap_or_default());
            match self.below(3) {
                0 => version.push_str(WORDS.get(self.below(12)).copied().unwrap_or_default()),
                _ => version.push_str(&self.below(12).to_string()),
            }
        }
        version
    }

    fn version(&mut self) -> String {
        let parts = 1 + self.below(7);
        (0..parts).filter_map(|_| PARTS.get(self.below(PARTS.len()))).copied().collect()
    }
}

/// What is wrong with an order on these versions, the first few.
fn wrong(scheme: Scheme, texts: &[String]) -> Vec<String> {
    let name = scheme.as_str();
    let read: Vec<(&String, Version)> =
        texts.iter().filter_map(|text| Some((text, Version::read(scheme, text)?))).collect();
    assert!(read.len() > 36, "{name}: too few of the made-up versions can be read");
    let order = |one: &Version, other: &Version| one.compare(other).unwrap();
    let mut wrong = Vec::new();
    for (one, left) in &read {
        for (other, right) in &read {
            if order(left, right) != order(right, left).reverse() {
                wrong.push(format!("{name}: {one:?} against {other:?}"));
            }
        }
    }
    let few = read.iter().take(36);
    for (one, first) in few.clone() {
        for (two, second) in few.clone().filter(|(_, second)| order(first, second).is_le()) {
            for (three, third) in few.clone().filter(|(_, third)| order(second, third).is_le()) {
                let equal = order(first, second).is_eq() && order(second, third).is_eq();
                let whole = order(first, third);
                if whole.is_gt() || (whole.is_eq() != equal) {
                    wrong.push(format!("{name}: {one:?} <= {two:?} <= {three:?}"));
                }
            }
        }
    }
    wrong.truncate(4);
    wrong
}

#[test]
fn every_order_is_the_same_from_both_sides_and_has_no_circles() {
    let mut chance = Chance(20_261_124);
    let mut all = Vec::new();
    for scheme in Scheme::ALL {
        let one = |_| match scheme {
            Scheme::Alpine => chance.alpine(),
            Scheme::Maven => chance.maven(),
            _ => chance.version(),
        };
        let texts: Vec<String> = (0..90).map(one).collect();
        all.extend(wrong(scheme, &texts));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn made_up_versions_are_asked_for_and_read_from_words_without_harm() {
    let mut chance = Chance(7);
    for _ in 0..3_000 {
        let (one, other) = (chance.version(), chance.version());
        if let Some(asked) = Asked::read(&one) {
            for scheme in Scheme::ALL {
                let _ = asked.compare(scheme, &other);
                let _ = asked.is_counted_by(scheme);
            }
        }
        let said = prose::read(&format!("Relay {one} before {other}, fixed in {one} and {other}"), "?");
        assert!(said.len() <= 2, "{one:?} {other:?}");
    }
}
