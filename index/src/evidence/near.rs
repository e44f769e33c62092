//! Fingerprints that nearly are another one: shown beside it, group by group.
//!
//! Who copies a real announcement and puts in a fingerprint of their own keeps what a reader compares: the beginning and
//! the end. Groups may also stand in another order, or a few digits differ. Compares all of it, always.

use serde::Serialize;

/// Digits of a group as fingerprints are read out.
const GROUP: usize = 4;

/// Digits at both ends together that make two fingerprints look alike.
const ENDS: usize = 8;

/// Digits that may differ in all, as a share of the whole: one in eight.
const SHARE: usize = 8;

/// A fingerprint beside the one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Near {
    /// The other fingerprint, upper-case digits.
    pub fingerprint: String,
    /// Its groups of four with whether each differs from the group asked for at the same place.
    pub groups: Vec<(String, bool)>,
    /// In what they are alike, in a few words.
    pub alike: String,
}

/// How `other` nearly is `asked`; `None` for the same and for what is clearly another one.
#[must_use]
pub fn compare(asked: &str, other: &str) -> Option<Near> {
    let fits =
        |value: &str| matches!(value.len(), 32 | 40 | 64) && value.bytes().all(|b| b.is_ascii_hexdigit());
    if asked == other || !fits(asked) || !fits(other) || asked.len().abs_diff(other.len()) > GROUP * 2 {
        return None;
    }
    let alike = likeness(asked, other)?;
    let (one, two) = (groups(asked), groups(other));
    let marked = two.iter().enumerate().map(|(at, group)| ((*group).to_owned(), one.get(at) != Some(group)));
    Some(Near { fingerprint: other.to_owned(), groups: marked.collect(), alike })
}

fn likeness(asked: &str, other: &str) -> Option<String> {
    let (mut one, mut two) = (groups(asked), groups(other));
    one.sort_unstable();
    two.sort_unstable();
    if one == two {
        return Some("the same groups in another order".to_owned());
    }
    let differing = asked.bytes().zip(other.bytes()).filter(|(a, b)| a != b).count();
    if asked.len() == other.len() && differing <= asked.len() / SHARE {
        return Some(format!("{differing} of {} digits differ", asked.len()));
    }
    let moved = strsim::levenshtein(asked, other);
    if moved <= asked.len() / SHARE {
        return Some(format!("{moved} digits were put in, left out or changed"));
    }
    let start = asked.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let end = asked.bytes().rev().zip(other.bytes().rev()).take_while(|(a, b)| a == b).count();
    if start >= GROUP && end >= GROUP && start + end >= ENDS {
        return Some(format!("the first {start} and the last {end} digits are the same"));
    }
    (end >= ENDS).then(|| format!("the last {end} digits, by which tools name it, are the same"))
}

fn groups(value: &str) -> Vec<&str> {
    (0..value.len()).step_by(GROUP).filter_map(|at| value.get(at..(at + GROUP).min(value.len()))).collect()
}

#[cfg(test)]
mod tests {
    use super::compare;

    const ONE: &str = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567";

    fn check(other: &str, alike: Option<&str>) {
        let near = compare(ONE, other);
        assert_eq!(near.as_ref().map(|near| near.alike.as_str()), alike, "{other}");
    }

    #[test]
    fn what_a_reader_would_take_for_it_is_near() {
        check("2C3D0A1B4E5F60718293A4B5C6D7E8F901234567", Some("the same groups in another order"));
        check("0A1B2C3D4E5F60718293A4B5C6D7E8F901234568", Some("1 of 40 digits differ"));
        check("0A1B00000000000000000000000000000000000004567".get(..40).unwrap(), None);
        check(
            "0A1B111111111111111111111111111111114567",
            Some("the first 4 and the last 4 digits are the same"),
        );
        check("A1B2C3D4E5F60718293A4B5C6D7E8F901234567F", Some("2 digits were put in, left out or changed"));
        check(
            "1111111111111111111111111111111101234567",
            Some("the last 8 digits, by which tools name it, are the same"),
        );
    }

    #[test]
    fn the_same_and_others_are_not() {
        check(ONE, None);
        check(&"F".repeat(40), None);
        check(&"F".repeat(64), None);
        check("no digits at all, but forty bytes, surely", None);
    }

    #[test]
    fn differing_groups_are_marked() {
        let near = compare(ONE, "0A1B2C3D4E5F60718293A4B5C6D7E8F901239999").unwrap();
        let marked: Vec<&str> =
            near.groups.iter().filter(|(_, differs)| *differs).map(|(g, _)| g.as_str()).collect();
        assert_eq!(marked, ["9999"]);
        assert_eq!(near.groups.len(), 10);
    }
}
