//! Version numbers in running text.
//!
//! Refuses what merely has dots in it: dates, prices, scores, sizes, numbers of sections. Two plain numbers
//! with a dot are a version only if a word before says so. Which of two versions is newer is not decided here.

use super::surroundings::{lower, words_back};
use super::{Found, Kind};

/// No version is longer.
const LONGEST: usize = 80;

/// What stands at the end of a file's name behind its version.
const ENDINGS: &[&str] = &[
    "tar", "gz", "xz", "bz2", "zst", "tgz", "zip", "rpm", "deb", "dsc", "udeb", "apk", "jar", "war", "whl",
    "gem", "exe", "msi", "dmg", "pkg", "iso", "img", "bin", "so", "dll", "html", "htm", "txt", "md", "json",
    "xml", "yaml", "yml", "pdf", "asc", "sig", "sha256", "sha512", "patch", "diff", "git", "php", "js",
    "css", "min", "x86_64", "i386", "i686", "amd64", "arm64", "aarch64", "armhf", "ppc64le", "s390x",
    "noarch", "7z", "x86", "win", "linux", "darwin", "macos", "windows", "sunos", "aix", "armv6l", "armv7l",
    "riscv64", "headers", "musl", "all", "src", "any", "x64",
];

/// The version that begins at `start`, where a word or a part of one begins.
pub(super) fn at(bytes: &[u8], start: usize, word_end: usize) -> Option<Found> {
    let marked = matches!(bytes[start], b'v' | b'V');
    let first = start + usize::from(marked);
    if !bytes.get(first).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let end = end_of(bytes, first, word_end.min(first + LONGEST));
    let end = without_endings(bytes, first, end);
    let version = &bytes[first..end];
    let numbers = leading_numbers(version);
    let plain = numbers.1 == version.len();
    let believed = numbers.0 >= 2
        && !priced(bytes, start, end)
        && !(plain && dated(version))
        && if plain { plausible(bytes, start, end, numbers.0, marked) } else { shaped(version, numbers.0) }
        && !measured(bytes, start, end);
    if !believed {
        return None;
    }
    let value = String::from_utf8(version.to_vec()).ok()?;
    Some(Found { kind: Kind::Version, value, start, end })
}

/// Where the version ends: its characters, less the marks at the end, less the far side of a range.
fn end_of(bytes: &[u8], first: usize, limit: usize) -> usize {
    let belongs = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+' | b'~' | b':' | b'_');
    let mut end = first + bytes[first..limit].iter().take_while(belongs).count();
    // A colon belongs only behind an epoch: one digit, before the first dot.
    if let Some(colon) = bytes[first..end].iter().position(|&b| b == b':') {
        let epoch = colon == 1 && bytes.get(first + 2).is_some_and(u8::is_ascii_digit);
        let rest = if epoch { first + 2 } else { first };
        let next = bytes[rest..end].iter().position(|&b| b == b':');
        end = next.map_or(end, |next| rest + next);
    }
    for (at, pair) in bytes[first..end].windows(2).enumerate() {
        if matches!(pair, b".." | b"-." | b".-")
            || (pair[0] == b'-' && same_major(&bytes[first..first + at], &bytes[first + at + 1..end]))
        {
            end = first + at;
            break;
        }
    }
    end - bytes[first..end].iter().rev().take_while(|b| !b.is_ascii_alphanumeric() && **b != b'+').count()
}

/// "1.2.3-1.2.5" is two versions, "3.10.0-1160.71.1" is one.
fn same_major(left: &[u8], right: &[u8]) -> bool {
    let major = |text| <[u8]>::iter(text).position(|&b| b == b'.').map(|dot| &text[..dot]);
    // A Go pseudo-version ("0.0.0-0.20251107071934-6102f001a971") goes on behind such a number.
    let plain = right.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    plain && major(left).is_some_and(|m| m.iter().all(u8::is_ascii_digit) && major(right) == Some(m))
}

fn without_endings(bytes: &[u8], first: usize, mut end: usize) -> usize {
    loop {
        let ending = ENDINGS.iter().find(|ending| {
            let at = end.checked_sub(ending.len() + 1).filter(|at| *at > first);
            at.is_some_and(|at| {
                matches!(bytes[at], b'.' | b'_' | b'-') && bytes[at + 1..end] == *ending.as_bytes()
            })
        });
        match ending {
            Some(ending) => end -= ending.len() + 1,
            None => return end,
        }
    }
}

/// How many dotted numbers a version begins with, epoch aside, and where they end.
fn leading_numbers(version: &[u8]) -> (usize, usize) {
    let mut at = if version.get(1) == Some(&b':') { 2 } else { 0 };
    let mut count = 0;
    loop {
        let digits = version[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            return (count, at.saturating_sub(1));
        }
        count += 1;
        at += digits;
        match version.get(at) {
            Some(b'.') => at += 1,
            _ => return (count, at),
        }
    }
}

/// Whether a version with more in it than dotted numbers has a known shape behind them.
fn shaped(version: &[u8], numbers: usize) -> bool {
    let rest = &version[leading_numbers(version).1..];
    let word = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    match rest.first() {
        None | Some(b'+' | b'~') => true,
        Some(b'.') => numbers >= 2,
        Some(b'-' | b'_') => {
            let label = &rest[1..];
            let letters = label.iter().take_while(|b| b.is_ascii_alphabetic()).count();
            let name = label[..letters].to_ascii_lowercase();
            // A word behind a dash is a stage ("rc1"), or else the rest of some other name.
            letters == 0 && (numbers > 2 || revision(rest))
                || stage(&name)
                || label.len() > letters && numbers >= 3
        }
        // "1.1.1k", "1.2b3", "1.0rc1", but not "2.4GHz" or "1.5x".
        Some(_) => word == 1 && numbers >= 3 || stage(&rest[..word].to_ascii_lowercase()),
    }
}

/// Whether "-1.el9" or the like follows two numbers; drawings are full of "-2s-1.3-4.3".
fn revision(rest: &[u8]) -> bool {
    let numbers =
        rest.split(|&b| b == b'-').filter(|part| part.first().is_some_and(u8::is_ascii_digit)).count();
    let (_, end) = leading_numbers(&rest[1..]);
    let word: Vec<u8> = rest[1 + end..].iter().take_while(|b| b.is_ascii_alphabetic()).copied().collect();
    numbers == 1 && (word.is_empty() || stage(&word))
}

fn stage(word: &[u8]) -> bool {
    const STAGES: &[&str] = &[
        "a", "b", "alpha", "beta", "rc", "pre", "preview", "dev", "snapshot", "final", "release", "ga",
        "post", "p", "pl", "sp", "hotfix", "patch", "ubuntu", "deb", "dfsg", "el", "fc", "r", "m", "ee",
        "ce", "lts", "stable", "nightly", "canary", "build", "esm", "ga",
    ];
    STAGES.iter().any(|stage| stage.as_bytes() == word)
}

/// Whether plain dotted numbers may be a version where they stand.
fn plausible(bytes: &[u8], start: usize, end: usize, numbers: usize, marked: bool) -> bool {
    let mut back = words_back(bytes, start);
    let last = back.next().and_then(lower).unwrap_or_default();
    if numbers > 5
        || refuses(&last)
        || back.next().and_then(lower).is_some_and(|w| matches!(&*w, b"cvss" | b"oid"))
    {
        return false;
    }
    if marked {
        return true;
    }
    let told = |word: &[u8]| lower(word).is_some_and(|word| introduces(&word));
    let linked = matches!(&*last, b"to" | b"from" | b"and" | b"or" | b"than" | b"in" | b"as");
    let said = introduces(&last) || linked && words_back(bytes, start).take(4).any(told);
    if bytes[..start].iter().rev().find(|b| !matches!(b, b' ' | b'\t')).is_none_or(|&b| b == b'\n') {
        let heading = bytes.get(end) == Some(&b' ') && bytes.get(end + 1).is_some_and(u8::is_ascii_uppercase);
        return numbers >= 3 && !heading;
    }
    let compared = compared(bytes, start);
    numbers >= 3 || said || compared || named(bytes, start)
}

/// Whether a sign of comparison stands before: not the end of a tag in marked-up text.
fn compared(bytes: &[u8], start: usize) -> bool {
    let end = start - bytes[..start].iter().rev().take(4).take_while(|b| matches!(b, b' ' | b'v')).count();
    let tag = end
        .checked_sub(2)
        .is_some_and(|at| bytes[at].is_ascii_alphanumeric() || matches!(bytes[at], b'"' | b'/'));
    match end.checked_sub(1).map(|at| bytes[at]) {
        Some(b'>') => !tag,
        Some(b'<' | b'=' | b'~' | b'^') => true,
        _ => false,
    }
}

/// Whether the word before looks like a product's name: it begins with a capital and stands on the same line.
fn named(bytes: &[u8], start: usize) -> bool {
    let word = words_back(bytes, start).next().unwrap_or_default();
    let joined = matches!(start.checked_sub(1).map(|at| bytes[at]), Some(b' ' | b'-'));
    let letters = start > word.len() && bytes[start - 1 - word.len()..start - 1] == *word;
    let opens = start.checked_sub(word.len() + 3).map(|at| &bytes[at..at + 2]);
    // The first word of a sentence has a capital for another reason.
    let sentence = opens.is_none_or(|o| matches!(o, b". " | b".\n" | b"\n\n"));
    joined && letters && !sentence && word.len() > 2 && word[0].is_ascii_uppercase()
}

fn introduces(word: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "version",
        "versions",
        "release",
        "releases",
        "released",
        "prior",
        "before",
        "until",
        "upgrade",
        "upgraded",
        "update",
        "updated",
        "downgrade",
        "since",
        "ver",
        "v",
        "kernel",
        "branch",
        "affects",
        "affected",
        "fixed",
        "earlier",
        "tag",
        "series",
        "through",
    ];
    WORDS.iter().any(|known| known.as_bytes() == word)
}

/// Words before a number that make it anything but a version.
const REFUSING: &[&str] = &[
    "section",
    "sections",
    "sect",
    "chapter",
    "figure",
    "fig",
    "table",
    "appendix",
    "step",
    "page",
    "score",
    "scores",
    "cvss",
    "base",
    "temporal",
    "rating",
    "rfc",
    "oid",
    "annex",
    "clause",
    "item",
    "paragraph",
    "http",
    "rated",
    "par",
    "usd",
    "eur",
    "about",
    "approximately",
    "exercise",
    "listing",
    "epss",
    "probability",
    "scale",
    "cc0",
    "cc",
    "license",
    "mime",
];

fn refuses(word: &[u8]) -> bool {
    REFUSING.iter().any(|known| known.as_bytes() == word)
}

/// Whether it has a currency before it or a percent sign behind it, or is part of something longer.
fn priced(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = &bytes[start.saturating_sub(3)..start];
    let currency =
        before.ends_with(b"$") || before.ends_with("€".as_bytes()) || before.ends_with("£".as_bytes());
    let behind = bytes.get(end..).unwrap_or_default();
    currency || matches!(behind, [b'%', ..] | [b' ', b'%', ..] | [b'@', ..])
}

/// Whether a unit of measure follows.
fn measured(bytes: &[u8], start: usize, end: usize) -> bool {
    const UNITS: &[&str] = &[
        "kb", "mb", "gb", "tb", "kib", "mib", "gib", "ms", "s", "seconds", "second", "minutes", "hours",
        "days", "years", "million", "billion", "percent", "times", "x", "ghz", "mhz", "v", "volts", "mm",
        "cm", "km", "inch", "inches", "points", "usd", "out", "critical", "high", "medium", "low", "m",
        "mbit", "gbit",
    ];
    let plain = bytes[start..end].iter().filter(|b| **b == b'.').count() == 1;
    let rest = bytes.get(end..).unwrap_or_default();
    let gap = rest.iter().take(2).take_while(|b| matches!(b, b' ' | b'-' | b'(' | b'/')).count();
    let length = rest[gap..].iter().take(12).take_while(|b| b.is_ascii_alphabetic()).count();
    let word = rest[gap..gap + length].to_ascii_lowercase();
    plain && (gap > 0 && UNITS.iter().any(|unit| unit.as_bytes() == word) || rest.starts_with(b"/10"))
}

/// Three numbers that are a day: "2024.01.31", "31.01.2024".
fn dated(version: &[u8]) -> bool {
    let parts: Vec<&[u8]> = version.split(|&b| b == b'.').collect();
    let within = |text: &[u8], most: u32| {
        let number = std::str::from_utf8(text).ok().and_then(|t| t.parse::<u32>().ok()).unwrap_or(0);
        text.len() == 2 && (1..=most).contains(&number)
    };
    let year = |text: &[u8]| text.len() == 4 && (text.starts_with(b"19") || text.starts_with(b"20"));
    match parts.as_slice() {
        [a, b, c] => year(a) && within(b, 12) && within(c, 31) || within(a, 31) && within(b, 12) && year(c),
        [a, b] => within(a, 12) && year(b),
        _ => false,
    }
}
