//! What is affected and what fixes it, as two short phrases for all products that share them.

use std::collections::HashMap;

use index::entry::Affected;

/// Versions named one by one at most, where there is room for a table; the rest is counted.
const NAMED: usize = 12;

/// Versions named one by one at most in the head of an entry.
const NAMED_IN_HEAD: usize = 4;

/// Products of equal versions that are named at most on one line.
const TOGETHER: usize = 40;

/// Products whose affected and fixed versions are the same, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AffectedLine {
    /// Names of the products.
    pub(crate) product: String,
    /// Ecosystem and maker, as far as the source names them.
    pub(crate) origin: String,
    /// Which versions are affected; empty where the source names none.
    pub(crate) affected: String,
    /// Which versions fix it; empty where the source names none.
    pub(crate) fixed: String,
    /// How many products the line speaks of, as the source counts them.
    pub(crate) count: usize,
}

impl AffectedLine {
    /// A table of what a source describes: one line for all products that share their versions and their origin.
    pub(crate) fn table(all: &[Affected]) -> Vec<Self> {
        together(all, |affected| Self::naming(affected, NAMED))
    }

    /// The same for the head of an entry, where room is short: a fix that ends a range is not named twice.
    pub(crate) fn heads(all: &[Affected]) -> Vec<Self> {
        together(all, |affected| {
            let mut line = Self { origin: String::new(), ..Self::naming(affected, NAMED_IN_HEAD) };
            let ends =
                |fixed: &String| affected.ranges.iter().any(|range| range.fixed.as_ref() == Some(fixed));
            if affected.fixed.iter().all(ends) {
                line.fixed.clear();
            }
            line
        })
    }

    fn naming(affected: &Affected, named: usize) -> Self {
        let mut spans: Vec<String> = affected.ranges.iter().map(ToString::to_string).collect();
        if !affected.versions.is_empty() {
            spans.push(listed(affected.versions.iter(), named));
        }
        let mut fixed: Vec<&String> = Vec::new();
        for version in affected.ranges.iter().filter_map(|range| range.fixed.as_ref()).chain(&affected.fixed)
        {
            if !fixed.contains(&version) && fixed.len() <= 10 * NAMED {
                fixed.push(version);
            }
        }
        let origin: Vec<&str> =
            [affected.ecosystem.as_deref(), affected.vendor.as_deref()].into_iter().flatten().collect();
        Self {
            product: affected.product.clone(),
            origin: origin.join(", "),
            affected: listed(spans.iter(), named),
            fixed: listed(fixed.into_iter(), named),
            count: 1,
        }
    }
}

/// Joins lines that differ only in the name of the product, in the order in which they first appear.
fn together(all: &[Affected], line: impl Fn(&Affected) -> AffectedLine) -> Vec<AffectedLine> {
    let mut joined: Vec<(AffectedLine, Vec<String>)> = Vec::new();
    let mut places: HashMap<(String, String, String), usize> = HashMap::new();
    for affected in all {
        let line = line(affected);
        let same = (line.origin.clone(), line.affected.clone(), line.fixed.clone());
        let place = *places.entry(same).or_insert(joined.len());
        match joined.get_mut(place) {
            Some((first, names)) => {
                first.count += 1;
                if !names.contains(&line.product) && names.len() <= 10 * TOGETHER {
                    names.push(line.product);
                }
            }
            None => {
                let name = line.product.clone();
                joined.push((line, vec![name]));
            }
        }
    }
    let named = |(line, names): (AffectedLine, Vec<String>)| AffectedLine {
        product: listed(names.iter(), TOGETHER),
        ..line
    };
    joined.into_iter().map(named).collect()
}

fn listed<'a>(versions: impl ExactSizeIterator<Item = &'a String>, named: usize) -> String {
    let left = versions.len().saturating_sub(named);
    let mut words = versions.take(named).map(String::as_str).collect::<Vec<_>>().join(", ");
    if left > 0 {
        words.push_str(&format!(" and {left} more"));
    }
    words
}

#[cfg(test)]
mod tests {
    use index::entry::{Affected, Range};

    use super::AffectedLine;

    fn check(introduced: &str, fixed: &str, last: &str, expected: &str) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let range = Range { introduced: some(introduced), fixed: some(fixed), last_affected: some(last) };
        assert_eq!(range.to_string(), expected);
    }

    fn product(name: &str, fixed: &str) -> Affected {
        let range = Range { fixed: Some(fixed.into()), ..Range::default() };
        Affected { product: name.into(), ranges: vec![range], ..Affected::default() }
    }

    fn only(affected: Affected) -> AffectedLine {
        AffectedLine::table(&[affected]).remove(0)
    }

    #[test]
    fn ranges_read_as_phrases() {
        check("", "", "", "all versions");
        check("0", "1.2", "", "before 1.2");
        check("1.0", "1.2", "", "1.0 to before 1.2");
        check("", "", "1.2", "up to 1.2");
        check("1.0", "", "1.2", "1.0 to 1.2");
        check("1.0", "", "1.0", "1.0");
        check("1.0", "", "", "1.0 and later");
    }

    #[test]
    fn products_of_equal_versions_share_a_line() {
        let all =
            [product("relay", "2"), product("gate", "3"), product("relay-doc", "2"), product("relay", "2")];
        let lines = AffectedLine::table(&all);
        let drawn: Vec<_> =
            lines.iter().map(|line| (line.product.as_str(), line.affected.as_str(), line.count)).collect();
        assert_eq!(drawn, [("relay, relay-doc", "before 2", 3), ("gate", "before 3", 1)]);
    }

    #[test]
    fn a_head_does_not_name_the_end_of_a_range_again() {
        let line = AffectedLine::heads(&[product("relay", "2")]).remove(0);
        assert_eq!((line.affected.as_str(), line.fixed.as_str()), ("before 2", ""));
        let line =
            AffectedLine::heads(&[Affected { fixed: vec!["2.1".into()], ..product("relay", "2") }]).remove(0);
        assert_eq!(line.fixed, "2, 2.1");
    }

    #[test]
    fn long_lists_are_cut_and_say_so() {
        let versions = (0..40).map(|number| number.to_string()).collect();
        let line = only(Affected { versions, ..Affected::default() });
        assert_eq!(line.affected, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 28 more");
        assert_eq!(line.fixed, "");
    }

    #[test]
    fn nothing_stated_stays_empty() {
        assert_eq!(only(Affected::default()).affected, "");
    }

    #[test]
    fn fixed_versions_are_gathered_once() {
        let range = Range { fixed: Some("2".into()), ..Range::default() };
        let fixed = vec!["2".into(), "1.9".into()];
        let line = only(Affected { ranges: vec![range], fixed, ..Affected::default() });
        assert_eq!(line.fixed, "2, 1.9");
    }
}
