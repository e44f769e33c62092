//! What is affected and what fixes it, as two short phrases a product.

use index::entry::{Affected, Range};

/// Versions named one by one at most, where there is room for a table; the rest is counted.
const NAMED: usize = 12;

/// Versions named one by one at most in the head of an entry.
const NAMED_IN_HEAD: usize = 4;

/// One product in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AffectedLine {
    /// Name of the product.
    pub(crate) product: String,
    /// Ecosystem and maker, as far as the source names them.
    pub(crate) origin: String,
    /// Which versions are affected.
    pub(crate) affected: String,
    /// Which versions fix it; empty where the source names none.
    pub(crate) fixed: String,
}

impl AffectedLine {
    /// The product that a source describes so, for a table.
    pub(crate) fn of(affected: &Affected) -> Self {
        Self::naming(affected, NAMED)
    }

    /// The same for the head of an entry, where room is short.
    pub(crate) fn short(affected: &Affected) -> Self {
        Self::naming(affected, NAMED_IN_HEAD)
    }

    fn naming(affected: &Affected, named: usize) -> Self {
        let mut spans: Vec<String> = affected.ranges.iter().map(span).collect();
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
            affected: if spans.is_empty() { "not stated".to_owned() } else { listed(spans.iter(), named) },
            fixed: listed(fixed.into_iter(), named),
        }
    }
}

fn span(range: &Range) -> String {
    let from = range.introduced.as_deref().filter(|version| !matches!(*version, "0" | "*" | ""));
    match (from, range.fixed.as_deref(), range.last_affected.as_deref()) {
        (None, Some(fixed), _) => format!("before {fixed}"),
        (Some(from), Some(fixed), _) => format!("{from} to before {fixed}"),
        (None, None, Some(last)) => format!("up to {last}"),
        (Some(from), None, Some(last)) if from == last => from.to_owned(),
        (Some(from), None, Some(last)) => format!("{from} to {last}"),
        (Some(from), None, None) => format!("{from} and later"),
        (None, None, None) => "all versions".to_owned(),
    }
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
        let affected = Affected { product: "relay".into(), ranges: vec![range], ..Affected::default() };
        assert_eq!(AffectedLine::of(&affected).affected, expected);
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
    fn long_lists_are_cut_and_say_so() {
        let versions = (0..40).map(|number| number.to_string()).collect();
        let line = AffectedLine::of(&Affected { versions, ..Affected::default() });
        assert_eq!(line.affected, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 28 more");
        assert_eq!(line.fixed, "");
    }

    #[test]
    fn nothing_stated_is_said_as_such() {
        assert_eq!(AffectedLine::of(&Affected::default()).affected, "not stated");
    }

    #[test]
    fn fixed_versions_are_gathered_once() {
        let range = Range { fixed: Some("2".into()), ..Range::default() };
        let fixed = vec!["2".into(), "1.9".into()];
        let line = AffectedLine::of(&Affected { ranges: vec![range], fixed, ..Affected::default() });
        assert_eq!(line.fixed, "2, 1.9");
    }
}
