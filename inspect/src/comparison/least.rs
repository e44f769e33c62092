//! The least system, C library, runtime and dependencies that two versions ask for.
//!
//! Of several statements about one thing the highest counts. A dependency is told when its least version rises, or when
//! it came or went; ranges that only became narrower at their upper end are told as they stand.

use std::collections::BTreeMap;

use super::side::{Side, pairs};
use crate::finding::{CheckId, Finding};
use crate::package::{Claims, Minimum, Platform};

/// Relations without which a package does not work, in the words of the formats.
const HARD: [&str; 8] = [
    "Depends",
    "Pre-Depends",
    "Requires",
    "Requires-Dist",
    "dependencies",
    "peerDependencies",
    "depend",
    "runtime",
];

/// Dependencies of one package that are named in a line, and raised ones that get a line each.
const MOST_TOLD: usize = 15;
const MOST_ALONE: usize = 2;

/// What differs.
pub(super) fn changes(now: &Side<'_>, before: &Side<'_>) -> Vec<Finding> {
    let pairs = pairs(now, before);
    pairs
        .into_iter()
        .flat_map(|(is, was)| platforms(is, was).into_iter().chain(dependencies(is, was)))
        .collect()
}

fn platforms(is: &Claims, was: &Claims) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut seen = Vec::new();
    for one in &is.minimums {
        let (of, system) = (one.of, system(one));
        if seen.contains(&(of, system)) {
            continue;
        }
        seen.push((of, system));
        let Some(new) = highest(is, of, system) else { continue };
        let check = if of == Platform::Glibc { CheckId::MinGlibc } else { CheckId::MinRuntime };
        let detail = match highest(was, of, system) {
            Some(old) if clauses(&old.version) == clauses(&new.version) => continue,
            Some(old) => {
                let how = match lower(&new.version).cmp(&lower(&old.version)) {
                    std::cmp::Ordering::Greater => "raised",
                    std::cmp::Ordering::Less => "lowered",
                    std::cmp::Ordering::Equal => "stated otherwise",
                };
                format!(
                    "least {} {how}: was {}, is {} (by {})",
                    of.called(),
                    old.version,
                    new.version,
                    new.stated_by
                )
            }
            None => {
                format!("least {}: was not stated, is {} (by {})", of.called(), new.version, new.stated_by)
            }
        };
        found.push(Finding::new(check, is.path.clone(), detail));
    }
    found
}

/// Which of several systems a statement is about: versions of one say nothing of another.
fn system(least: &Minimum) -> &str {
    let named = least.version.split_once(' ').map_or("", |(system, _)| system);
    if least.of == Platform::System { named } else { "" }
}

/// The statement about a platform with the highest least version.
fn highest<'c>(claims: &'c Claims, of: Platform, of_system: &str) -> Option<&'c Minimum> {
    let own = claims.minimums.iter().filter(|least| least.of == of && system(least) == of_system);
    own.max_by_key(|least| lower(&least.version))
}

/// The numbers of the lowest version that a range admits: those after `>=`, `^`, `~` or nothing.
fn lower(range: &str) -> Vec<u64> {
    let clause = range
        .split([',', ' '])
        .find(|clause| !clause.starts_with(['<', '!']) && clause.contains(|c: char| c.is_ascii_digit()));
    // A range such as `>= 1.2` has its number in the next word.
    numbers(clause.unwrap_or_default())
}

fn numbers(text: &str) -> Vec<u64> {
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let digits = text.get(start..).unwrap_or_default();
    let parts = digits.split(|c: char| !c.is_ascii_digit()).take(6).map_while(|part| part.parse().ok());
    let mut numbers: Vec<u64> = parts.collect();
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    numbers
}

/// The clauses of a range without spaces, in order, so that `>=3.8, <4` is `<4,>=3.8`.
fn clauses(range: &str) -> Vec<String> {
    let bare: String = range.chars().filter(|c| !c.is_whitespace()).collect();
    let mut clauses: Vec<String> = bare.split(',').map(str::to_owned).collect();
    clauses.sort();
    clauses
}

/// One hard dependency: its name, and the rest as it is stated.
fn hard(claims: &Claims) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let own = claims.dependencies.iter().filter(|one| HARD.contains(&one.relation.as_str()));
    for one in own.filter(|one| !one.target.contains("extra ==")) {
        let end = one.target.find(|c: char| !(c.is_alphanumeric() || "-_.@/+:()".contains(c)) || c == '(');
        let (name, range) = one.target.split_at(end.unwrap_or(one.target.len()));
        // Under which circumstances it is needed is another matter.
        let range = range.split(';').next().unwrap_or_default().trim().trim_matches(['(', ')']).to_owned();
        all.insert(super::side::product(name.trim()), range);
    }
    all
}

fn dependencies(is: &Claims, was: &Claims) -> Vec<Finding> {
    let (are, were) = (hard(is), hard(was));
    // Another format states other relations: nothing of that is a difference of the product.
    if is.format != was.format {
        return Vec::new();
    }
    let (mut lines, mut raised) = (Vec::new(), Vec::new());
    for (name, range) in &are {
        if let Some(old) = were.get(name)
            && lower(range) > lower(old)
            && old != range
        {
            raised.push((name, if old.is_empty() { "any version" } else { old }, range));
        }
    }
    let only = |these: &BTreeMap<String, String>, others: &BTreeMap<String, String>| -> Vec<String> {
        let own = these.iter().filter(|(name, _)| !others.contains_key(*name));
        own.map(|(name, range)| if range.is_empty() { name.clone() } else { format!("{name} {range}") })
            .collect()
    };
    // A few are told with both ranges; many, which any release of some frameworks raises, in one line.
    if raised.len() <= MOST_ALONE {
        lines.extend(raised.iter().map(|(name, was, is)| format!("least {name} raised: was {was}, is {is}")));
    } else {
        let named =
            raised.iter().take(MOST_TOLD).map(|(name, was, is)| format!("{name} (was {was}, is {is})"));
        let more = raised.len().saturating_sub(MOST_TOLD);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lines.push(format!("least versions raised: {}{more}", named.collect::<Vec<_>>().join(", ")));
    }
    for (names, what) in [(only(&are, &were), "needs now also"), (only(&were, &are), "needs no longer")] {
        if !names.is_empty() {
            let more = names.len().saturating_sub(MOST_TOLD);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let names = names.iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join(", ");
            lines.push(format!("{what}: {names}{more}"));
        }
    }
    lines.into_iter().map(|detail| Finding::new(CheckId::MinRuntime, is.path.clone(), detail)).collect()
}

#[cfg(test)]
mod tests {
    use super::{changes, lower};
    use crate::comparison::side::Side;
    use crate::inspection::Inspection;
    use crate::kept::Kept;
    use crate::limits::Limits;
    use crate::package::{Claims, Format, Platform};
    use crate::reading::{Question, inspect_bytes};

    fn report(least: &[(Platform, &str)], depends: &[&str]) -> Inspection {
        let mut inspection = inspect_bytes(b"x", &Question::default(), &Limits::for_package());
        let mut claims = Claims::new("", Format::Deb);
        least.iter().for_each(|(of, version)| claims.least(*of, version, "a field"));
        depends.iter().for_each(|target| claims.relate("Depends", target));
        inspection.claims.push(claims);
        inspection
    }

    fn check(was: &Inspection, is: &Inspection, expected: &[&str]) {
        let kept = Kept::default();
        let found = changes(&Side::new(is, &kept), &Side::new(was, &kept));
        let said: Vec<&str> = found.iter().map(|finding| finding.detail.as_str()).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn the_highest_of_several_statements_counts() {
        let was = report(&[(Platform::Glibc, "2.28"), (Platform::Glibc, "2.4")], &[]);
        let is = report(&[(Platform::Glibc, "2.17"), (Platform::Glibc, "2.34")], &[]);
        check(&was, &is, &["least glibc raised: was 2.28, is 2.34 (by a field)"]);
        check(&was, &was, &[]);
    }

    #[test]
    fn each_system_is_held_against_itself() {
        let was = report(&[(Platform::System, "macos 10.9"), (Platform::System, "windows 10.0")], &[]);
        let is = report(&[(Platform::System, "macos 11.0"), (Platform::System, "windows 10.0")], &[]);
        check(&was, &is, &["least System raised: was macos 10.9, is macos 11.0 (by a field)"]);
    }

    #[test]
    fn the_same_range_in_another_order_is_no_difference() {
        let was = report(&[(Platform::Python, ">=3.7, <4")], &[]);
        check(&was, &report(&[(Platform::Python, "<4,>=3.7")], &[]), &[]);
        let raised = report(&[(Platform::Python, ">=3.10")], &[]);
        check(&was, &raised, &["least Python raised: was >=3.7, <4, is >=3.10 (by a field)"]);
    }

    #[test]
    fn dependencies_are_told_when_they_rise_come_or_go() {
        let was = report(&[], &["libwire1 (>= 1.2)", "relay-common (>= 2)", "old"]);
        let is = report(&[], &["libwire1 (>= 1.10)", "relay-common (>= 2.0)", "new (>= 1)"]);
        let said = [
            "least libwire1 raised: was >= 1.2, is >= 1.10",
            "needs now also: new >= 1",
            "needs no longer: old",
        ];
        check(&was, &is, &said);
    }

    #[test]
    fn the_lower_end_of_a_range_is_read() {
        for (range, expected) in
            [("<4,>=3.8", vec![3, 8]), ("^14.15.0 || >=16", vec![14, 15]), (">= 1.2", vec![1, 2])]
        {
            assert_eq!(lower(range), expected, "{range}");
        }
    }
}
