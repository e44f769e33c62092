//! Identifiers of advisories: one scanner over a table of families.
//!
//! Refuses to look anything up. A candidate comes from the walk over a text or from a person's query; what
//! leaves is the canonical spelling, so that two people who write it differently mean the same.

use std::sync::LazyLock;

use super::{Found, Kind};

mod families;

use families::{FAMILIES, Family};

/// No identifier is longer; it bounds the work on one word.
const LONGEST: usize = 120;

/// Rows of the table by the first letter of their prefix, so that a word meets few of them.
static BY_LETTER: LazyLock<[Vec<&'static Family>; 26]> = LazyLock::new(|| {
    let mut rows: [Vec<&Family>; 26] = Default::default();
    for family in FAMILIES {
        if let Some(letter) = family.0.bytes().next().and_then(letter_number) {
            rows[letter].push(family);
        }
    }
    rows
});

/// The identifier that begins at `start`, where a word or a part of one begins.
pub(super) fn at(bytes: &[u8], start: usize) -> Option<Found> {
    let candidate = &bytes[start..bytes.len().min(start + LONGEST)];
    let (length, value) = longest(candidate)?;
    let inner = start.checked_sub(1).is_some_and(|before| bytes[before] == b'-');
    // "fix-CVE-2024-1" holds an identifier, "ACME-ESA-2024-1" is another family's.
    if inner && !value.starts_with("CVE-") && !value.starts_with("GHSA-") {
        return None;
    }
    Some(Found { kind: Kind::Advisory, value, start, end: start + length })
}

/// The identifier whose number begins at `start` and whose family is the word before ("GLSA 202401-01").
pub(super) fn after_space(bytes: &[u8], start: usize) -> Option<Found> {
    let space = start.checked_sub(1).filter(|&space| bytes[space] == b' ')?;
    let letters = bytes[..space].iter().rev().take(5).take_while(|b| b.is_ascii_alphanumeric()).count();
    let upper = bytes[space - letters..space].iter().all(u8::is_ascii_uppercase);
    let found = if (3..=4).contains(&letters) && upper { at(bytes, space - letters) } else { None };
    found.filter(|found| found.end > start)
}

/// The canonical spelling of `word` if all of it is one identifier.
pub(super) fn canonical(word: &str) -> Option<String> {
    let bytes = word.as_bytes();
    if bytes.len() > LONGEST {
        return None;
    }
    longest(bytes).filter(|(length, _)| *length == bytes.len()).map(|(_, value)| value)
}

fn longest(candidate: &[u8]) -> Option<(usize, String)> {
    let rows = BY_LETTER.get(letter_number(*candidate.first()?)?)?;
    let mut best: Option<(usize, String)> = None;
    for (written, spelled, shape) in rows.iter().copied() {
        let begins =
            candidate.get(..written.len()).is_some_and(|p| p.eq_ignore_ascii_case(written.as_bytes()));
        if !begins {
            continue;
        }
        let mut value = (*spelled).to_owned();
        if let Some(rest) = fit(shape.as_bytes(), &candidate[written.len()..], &mut value) {
            let length = written.len() + rest;
            if best.as_ref().is_none_or(|(before, _)| length > *before) {
                best = Some((length, value));
            }
        }
    }
    best
}

/// How much of `text` fits `shape` up to a word's end; the canonical spelling of it is appended to `value`.
fn fit(shape: &[u8], text: &[u8], value: &mut String) -> Option<usize> {
    let Some((&symbol, rest)) = shape.split_first().filter(|(symbol, _)| **symbol != b']') else {
        return (!text.first().is_some_and(u8::is_ascii_alphanumeric)).then_some(0);
    };
    match symbol {
        b'[' => {
            let length = value.len();
            fit(rest, text, value).or_else(|| {
                value.truncate(length);
                fit(b"", text, value)
            })
        }
        b'1'..=b'9' => {
            let (open, rest) = rest.strip_prefix(b"+").map_or((false, rest), |rest| (true, rest));
            let wanted = usize::from(symbol - b'0');
            let digits = run(text, u8::is_ascii_digit);
            let fits = digits == wanted || (open && digits > wanted && digits <= 19);
            if fits { take(digits, rest, text, value) } else { None }
        }
        b'p' => package(rest, text, value),
        b';' => {
            let colon = matches!(text.first(), Some(b':' | b'-'));
            value.push(':');
            if colon { fit(rest, &text[1..], value).map(|n| n + 1) } else { None }
        }
        b'n' | b'y' | b'x' | b'g' | b'u' | b'l' | b'w' => {
            take(class(symbol, text)?, rest, text, value).inspect(|_| debug_assert!(value.is_ascii()))
        }
        literal => {
            let same = text.first().is_some_and(|b| b.eq_ignore_ascii_case(&literal));
            value.push(char::from(literal));
            if same { fit(rest, &text[1..], value).map(|n| n + 1) } else { None }
        }
    }
}

/// How many bytes at the start of `text` belong to the class that `symbol` names; nothing if it does not fit.
fn class(symbol: u8, text: &[u8]) -> Option<usize> {
    let (length, fits) = match symbol {
        b'n' => {
            let length = run(text, u8::is_ascii_digit);
            (length, (1..=19).contains(&length))
        }
        b'y' => {
            let length = run(text, u8::is_ascii_digit);
            (length, length == 4 && (text.starts_with(b"19") || text.starts_with(b"20")))
        }
        b'x' => {
            let length = run(text, u8::is_ascii_hexdigit);
            (length, (6..=16).contains(&length))
        }
        b'g' => {
            let length = run(text, u8::is_ascii_alphanumeric);
            let known =
                text.iter().take(4).all(|b| b"23456789cfghjmpqrvwx".contains(&b.to_ascii_lowercase()));
            (length, length == 4 && known)
        }
        b'u' => {
            let length = run(text, u8::is_ascii_alphabetic);
            (length, length > 0)
        }
        b'l' => {
            let length = run(text, u8::is_ascii_alphabetic);
            (length, length == 1)
        }
        _ => {
            let length = run(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
            let length =
                length - text[..length].iter().rev().take_while(|b| !b.is_ascii_alphanumeric()).count();
            (length, length > 2)
        }
    };
    fits.then_some(length)
}

/// Appends `length` bytes in the case that the family uses, and goes on behind them.
fn take(length: usize, rest: &[u8], text: &[u8], value: &mut String) -> Option<usize> {
    // Only rows of CERTFR, SNYK, BOSCH-SA, HPESB and ICSA have letters in upper case.
    let upper = ["CERTFR", "SNYK", "BOSCH", "HPESB", "ICS"].iter().any(|p| value.starts_with(p));
    let case = if upper { u8::to_ascii_uppercase } else { u8::to_ascii_lowercase };
    value.extend(text[..length].iter().map(|b| char::from(case(b))));
    fit(rest, &text[length..], value).map(|more| length + more)
}

/// A package's name, which may hold dashes: each dash is tried as its end.
fn package(rest: &[u8], text: &[u8], value: &mut String) -> Option<usize> {
    let before = value.len();
    let name = run(text, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    (1..name).filter(|&end| text[end] == b'-').find_map(|end| {
        value.truncate(before);
        take(end, rest, text, value)
    })
}

fn run(text: &[u8], belongs: impl Fn(&u8) -> bool) -> usize {
    text.iter().take_while(|b| belongs(b)).count()
}

fn letter_number(byte: u8) -> Option<usize> {
    byte.is_ascii_alphabetic().then(|| usize::from(byte.to_ascii_lowercase() - b'a'))
}

#[cfg(test)]
mod tests {
    use super::canonical;

    fn check(typed: &str, expected: &str) {
        let expected = (!expected.is_empty()).then(|| expected.to_owned());
        assert_eq!(canonical(typed), expected, "{typed}");
    }

    #[test]
    fn every_spelling_of_one_identifier_becomes_the_same() {
        check("cve-2024-3094", "CVE-2024-3094");
        check("CVE 2024-3094", "CVE-2024-3094");
        check("ghsa-52JP-hrpf-2jff", "GHSA-52jp-hrpf-2jff");
        check("rhsa-2024:1234", "RHSA-2024:1234");
        check("RHSA-2024-1234", "RHSA-2024:1234");
        check("alba-2021-3049", "ALBA-2021:3049");
        check("GLSA 202401-01", "GLSA-202401-01");
        check("mfsa 2024-01", "MFSA2024-01");
        check("MFSA-2024-01", "MFSA2024-01");
        check("opensuse-su-2024:0001-1", "openSUSE-SU-2024:0001-1");
        check("fedora-2024-17EFD3F2CD", "FEDORA-2024-17efd3f2cd");
        check("icsa-12-146-01b", "ICSA-12-146-01B");
    }

    #[test]
    fn identifiers_of_all_families_are_known() {
        for id in [
            "OSV-2020-1420",
            "GO-2023-1704",
            "RUSTSEC-2019-0033",
            "PYSEC-2022-1",
            "MAL-2022-1",
            "DSA-5521-1",
            "DSA-5521",
            "DLA-3000-1",
            "DTSA-12-1",
            "USN-1234-1",
            "USN-1-1",
            "LSN-0100-1",
            "RHEA-2024:1870",
            "ALEA-2021:1810",
            "RLSA-2024:1234",
            "ELSA-2024-12345",
            "SUSE-SU-2016:0957",
            "SUSE-SU-2024:0001-1",
            "openEuler-SA-2024-1234",
            "ALAS-2024-1234",
            "ALAS2-2024-2411",
            "ALAS2023-2024-500",
            "XSA-273",
            "QSB-102",
            "ICSMA-24-163-01",
            "VA-24-254-01",
            "SSA-479249",
            "SSA:2024-001-01",
            "HCSEC-2024-01",
            "cisco-sa-iosxe-webui-privesc-j22saa4z",
            "ESA-2024-01",
            "JVN#12345678",
            "JVNDB-2024-000123",
            "VDE-2024-001",
            "NCSC-2024-0001",
            "BIT-apache-airflow-2024-1234",
            "CERTFR-2024-AVI-0001",
            "FG-IR-24-001",
            "PAN-SA-2024-0001",
            "BDU:2024-01234",
            "CNVD-2024-12345",
            "EUVD-2024-12345",
            "TALOS-2024-1234",
            "ZDI-24-123",
            "ZDI-CAN-16191",
            "VU#123456",
            "ADV190013",
            "KB5034441",
            "MFSA2024-01",
            "APSB24-01",
            "HSEC-2023-0001",
            "OSEC-2024-01",
            "EEF-CVE-2025-4748",
            "ASB-A-123456789",
            "PUB-A-123456789",
            "UBUNTU-CVE-2024-1234",
            "DEBIAN-CVE-2024-1234",
            "ALPINE-CVE-2024-1234",
            "FEDORA-EPEL-2024-1234abcdef",
            "MS17-010",
            "FreeBSD-SA-24:01.bhyveload",
            "SNYK-JS-LODASH-567746",
            "WID-SEC-W-2024-0001",
            "CURL-CVE-2024-1234",
            "NTAP-20240101-0001",
        ] {
            check(id, id);
            check(&id.to_lowercase(), id);
        }
    }

    #[test]
    fn what_only_resembles_an_identifier_is_left_alone() {
        for word in [
            "CVE-2024",
            "CVE-2024-12",
            "CVE-1824-1234",
            "CVE-2024-1234x",
            "CVE-20245-1234",
            "CWE-79",
            "GO-2023",
            "GHSA-aaaa-bbbb-cccc",
            "RHSA-2024",
            "KB50",
            "MS-7E16",
            "SSA-12",
            "USN-1",
            "cisco-sa",
            "BIT-2024-1",
            "UTF-8",
            "SHA-256",
            "",
            "-",
            "cve-",
            "ms",
            "LEN-1",
        ] {
            check(word, "");
        }
    }

    #[test]
    fn a_name_full_of_dashes_ends() {
        check(&format!("BIT-{}", "-1".repeat(50)), "");
        check(&"CVE-".repeat(1_000_000), "");
    }
}
