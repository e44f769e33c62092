//! Affected ranges that a text states in words: "OpenSSL 3.0.x before 3.0.7", "Relay versions prior to 2.1", "3.0.0 to 3.0.6",
//! "4.2 and earlier", "through 4.2".
//!
//! Precision comes first: what is about an upgrade, a score or a price is passed over, and numbers without a dot count only
//! where the word *version* stands. The product is the name before the range, or the one of the range just before.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::entry::{Affected, Range};

/// Bytes of a text that are read: an advisory says what it is about at its beginning.
const READ: usize = 20_000;

/// Ranges kept of one text.
const KEPT: usize = 40;

/// Words that a product's name has at most.
const NAME: usize = 4;

static STATED: LazyLock<Regex> = LazyLock::new(|| {
    let version = r"v?[0-9]+(?:\.[0-9a-z]+)+(?:[-_+~][0-9a-z.]+)*";
    let before = r"(?:before|prior to|earlier than|older than|below)";
    let through = r"(?:through|up to and including|up to|to|until and including)";
    let pattern = format!(
        r"(?i)\b(?:(?:from )?(?:versions? )?(?P<a>{version}),? (?:(?P<ab>(?:up to,? )?(?:but )?{before}) |(?P<at>{through}) )(?:versions? )?(?P<b>{version})|(?:all )?(?:versions? )?(?P<sb>{before}|through|up to and including) (?:versions? )?(?P<s>{version})|(?:versions? )?(?P<e>{version})(?:,? and|,? or)(?: all)? (?:earlier|prior|below|older|lower|previous))\b"
    );
    Regex::new(&pattern).expect("the pattern is a constant that a test uses")
});

static FIXED: LazyLock<Regex> = LazyLock::new(|| {
    let version = r"v?[0-9]+(?:\.[0-9a-z]+)+(?:[-_+~][0-9a-z.]+)*";
    let pattern = format!(
        r"(?i)\b(?:fixed|patched|resolved|corrected) (?:in|by|since|with)[:\s]+(?:the )?(?:versions? |releases? )?(?P<list>{version}(?:(?:, and |, or |, | and | or ){version}){{0,8}})"
    );
    Regex::new(&pattern).expect("the pattern is a constant that a test uses")
});

/// What the words just before must not speak of.
const OTHERWISE: [&str; 13] = [
    "upgrad",
    "updat",
    "bump",
    "migrat",
    "downgrad",
    "score",
    "cvss",
    "released",
    "support",
    "backport",
    "switch",
    "compatible",
    "section",
];

/// Words that end a name looked for backwards.
const NO_NAME: [&str; 46] = [
    "in",
    "of",
    "the",
    "a",
    "an",
    "to",
    "and",
    "or",
    "with",
    "from",
    "affects",
    "affecting",
    "affected",
    "all",
    "any",
    "for",
    "by",
    "on",
    "is",
    "are",
    "was",
    "were",
    "has",
    "using",
    "use",
    "this",
    "that",
    "vulnerable",
    "version",
    "versions",
    "release",
    "releases",
    "when",
    "if",
    "which",
    "running",
    "through",
    "before",
    "prior",
    "impacts",
    "at",
    "not",
    "since",
    "fixed",
    "as",
    "than",
];

/// The ranges that a text states, by product; a product that is not named is `otherwise`.
#[must_use]
pub fn read(text: &str, otherwise: &str) -> Vec<Affected> {
    let text = text.get(..text.floor_char_boundary(READ)).unwrap_or(text);
    let mut all: Vec<Affected> = Vec::new();
    let (mut last_name, mut last_end): (Option<String>, usize) = (None, 0);
    for found in STATED.captures_iter(text).take(KEPT) {
        let Some(whole) = found.get(0) else { continue };
        let between = text.get(last_end..whole.start()).unwrap_or_default();
        let before = text.get(..whole.start()).unwrap_or_default();
        if speaks_otherwise(before) {
            continue;
        }
        let continued = last_end > 0
            && between.trim().trim_matches(',').split(' ').all(|w| matches!(w, "" | "and" | "or"));
        let name = name_before(before).or_else(|| last_name.clone().filter(|_| continued));
        last_end = whole.end();
        last_name.clone_from(&name);
        let product = name.unwrap_or_else(|| otherwise.to_owned());
        let range = range(&found);
        match all.iter_mut().find(|known| known.product == product) {
            Some(known) if known.ranges.contains(&range) => {}
            Some(known) => known.ranges.push(range),
            None => all.push(Affected { product, ranges: vec![range], ..Affected::default() }),
        }
    }
    let fixed = fixed(text);
    if !fixed.is_empty() {
        // Which of several products is meant is not told apart: the first is the one that the text is about.
        match all.first_mut() {
            Some(first) => first.fixed = fixed,
            None => all.push(Affected { product: otherwise.to_owned(), fixed, ..Affected::default() }),
        }
    }
    all
}

/// Versions that a text names as those that mend it: "fixed in 3.0.7 and 1.1.1q".
fn fixed(text: &str) -> Vec<String> {
    let mut fixed = Vec::<String>::new();
    let lists = FIXED.captures_iter(text).take(KEPT).filter_map(|found| found.name("list"));
    for version in lists.flat_map(|list| list.as_str().split([',', ' '])) {
        let version = version.trim_end_matches(['.', '-']);
        let begins = version.trim_start_matches(['v', 'V']).starts_with(|first: char| first.is_ascii_digit());
        if begins && !fixed.iter().any(|known| known == version) {
            fixed.push(version.to_owned());
        }
    }
    fixed
}

fn range(found: &Captures<'_>) -> Range {
    let group = |name: &str| found.name(name).map(|it| it.as_str().trim_end_matches(['.', '-']).to_owned());
    let up_to = |from: Option<String>, excluded: bool, to: Option<String>| {
        let (fixed, last_affected) = if excluded { (to, None) } else { (None, to) };
        Range { introduced: from, fixed, last_affected }
    };
    if let Some(from) = group("a") {
        return up_to(Some(without_wildcard(&from)), group("ab").is_some(), group("b"));
    }
    if let Some(sign) = group("sb") {
        let sign = sign.to_ascii_lowercase();
        return up_to(None, !(sign.starts_with("through") || sign.starts_with("up to")), group("s"));
    }
    up_to(None, false, group("e"))
}

/// The first version of a branch such as `3.0.x`.
fn without_wildcard(version: &str) -> String {
    let lower = version.to_ascii_lowercase();
    lower.strip_suffix(".x").map_or_else(|| version.to_owned(), str::to_owned)
}

/// Whether the words just before are about something else.
fn speaks_otherwise(before: &str) -> bool {
    let start = before.ceil_char_boundary(before.len().saturating_sub(28));
    let near = before.get(start..).unwrap_or_default().to_ascii_lowercase();
    let sentence = near.rsplit(['.', ';', '\n']).next().unwrap_or(&near);
    OTHERWISE.iter().any(|word| sentence.contains(word))
}

/// The name that ends where the range begins.
fn name_before(before: &str) -> Option<String> {
    let line = before.rsplit(['\n', ';', '(', ')', '"']).next()?;
    let mut words: Vec<&str> = Vec::new();
    for word in line.split_whitespace().rev() {
        let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric() && !"+#_".contains(letter));
        let lower = bare.to_ascii_lowercase();
        let ends = word.ends_with([',', '.', ':', '!', '?']);
        if words.is_empty() && matches!(lower.as_str(), "version" | "versions" | "releases") && !ends {
            continue;
        }
        let number = bare.starts_with(|letter: char| letter.is_ascii_digit());
        if ends || bare.is_empty() || number || NO_NAME.contains(&lower.as_str()) || words.len() == NAME {
            break;
        }
        words.push(bare);
    }
    words.reverse();
    let named =
        words.iter().any(|word| word.chars().any(char::is_uppercase) || word.contains(['-', '_', '.']))
            || words.len() == 1;
    let known = words.iter().all(|word| word.chars().count() < 40);
    (named && known && !words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::read;

    fn check(text: &str, expected: &str) {
        let said: Vec<String> = read(text, "?")
            .iter()
            .flat_map(|affected| {
                affected.ranges.iter().map(move |range| format!("{}: {range}", affected.product))
            })
            .collect();
        assert_eq!(said.join("; "), expected, "{text}");
    }

    #[test]
    fn ranges_are_read_with_their_product() {
        check("A flaw in OpenSSL before 3.0.7 allows", "OpenSSL: before 3.0.7");
        check(
            "Halvard Relay 4.2.x before 4.2.9 and 5.0.x before 5.0.3 crashes",
            "Halvard Relay: 4.2 to before 4.2.9; Halvard Relay: 5.0 to before 5.0.3",
        );
        check("Orrin Vault versions prior to 2.1.0 leak", "Orrin Vault: before 2.1.0");
        check("Orrin Vault through 4.2 leaks", "Orrin Vault: up to 4.2");
        check("in Relay 3.0.0 to 3.0.6, a", "Relay: 3.0.0 to 3.0.6");
        check("Relay 4.2 and earlier", "Relay: up to 4.2");
        check("Versions before 3.0.7 are affected", "?: before 3.0.7");
        check("the kernel module of foo-bar 1.0.1 before 1.0.1g", "foo-bar: 1.0.1 to before 1.0.1g");
        check("from 1.2.0 up to but before 1.4.1", "?: 1.2.0 to before 1.4.1");
    }

    #[test]
    fn versions_that_mend_are_read() {
        let fixed = |text| read(text, "?").into_iter().flat_map(|one| one.fixed).collect::<Vec<_>>();
        assert_eq!(fixed("Fixed in OpenSSL"), Vec::<String>::new());
        assert_eq!(fixed("This was fixed in version 3.0.7 and 1.1.1q."), ["3.0.7", "1.1.1q"]);
        assert_eq!(fixed("Affected versions\n\n4.0.0 to 5.1.2\n\nFixed in\n\n5.1.3"), ["5.1.3"]);
        assert_eq!(fixed("Upgrade to 5.1.3"), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_affected_range_is_passed_over() {
        for text in [
            "Upgrade Relay from 3.0.0 to 3.0.7",
            "Bump serde from 1.0.1 to 1.0.2",
            "CVSS base score 7.5 to 9.8",
            "before 3 o'clock",
            "It was 10 to 20 times slower",
            "update to 3.0.7 before 4.0.0",
        ] {
            check(text, "");
        }
    }

    #[test]
    fn long_and_odd_texts_are_survived() {
        assert!(read(&"1.2 before 1.3 and ".repeat(50_000), "x").len() <= 40);
        assert!(read(&"ä before ".repeat(9_000), "x").is_empty());
    }
}
