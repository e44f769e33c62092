//! Licences as two versions state them, read down to SPDX identifiers, so that the same licence in another field or
//! another spelling is no change.
//!
//! A name that is less exact than another (`BSD`) does not contradict it (`BSD-3-Clause`). Where a field says nothing
//! that is known, classifiers and then the licence's own text are asked.

use std::collections::BTreeSet;

use super::side::Side;
use crate::finding::{CheckId, Finding};
use crate::package::Claims;

/// Spellings without spaces and punctuation, lower case, and what each means.
const SPELLINGS: &[(&str, &str)] = &[
    ("mit", "MIT"),
    ("mitlicense", "MIT"),
    ("themitlicense", "MIT"),
    ("expat", "MIT"),
    ("mitlicence", "MIT"),
    ("themitlicensemit", "MIT"),
    ("mitlicensemit", "MIT"),
    ("apache2", "Apache-2.0"),
    ("apache20", "Apache-2.0"),
    ("apachelicense20", "Apache-2.0"),
    ("asl20", "Apache-2.0"),
    ("apachelicenseversion20", "Apache-2.0"),
    ("apachesoftwarelicense20", "Apache-2.0"),
    ("apl2", "Apache-2.0"),
    ("apachesoftwarelicense", "Apache"),
    ("apachelicense", "Apache"),
    ("apache", "Apache"),
    ("asl2", "Apache-2.0"),
    ("apachelicense2", "Apache-2.0"),
    ("bsd", "BSD"),
    ("bsdlicense", "BSD"),
    ("newbsd", "BSD-3-Clause"),
    ("bsd3", "BSD-3-Clause"),
    ("bsd3clause", "BSD-3-Clause"),
    ("3clausebsd", "BSD-3-Clause"),
    ("modifiedbsd", "BSD-3-Clause"),
    ("bsd3clauselicense", "BSD-3-Clause"),
    ("3clausebsdlicense", "BSD-3-Clause"),
    ("newbsdlicense", "BSD-3-Clause"),
    ("bsd2", "BSD-2-Clause"),
    ("bsd2clause", "BSD-2-Clause"),
    ("simplifiedbsd", "BSD-2-Clause"),
    ("zeroclausebsd", "0BSD"),
    ("zeroclausebsd0bsd", "0BSD"),
    ("0bsd", "0BSD"),
    ("isc", "ISC"),
    ("isclicense", "ISC"),
    ("isclicenseiscl", "ISC"),
    ("mpl20", "MPL-2.0"),
    ("mpl2", "MPL-2.0"),
    ("mozillapubliclicense20mpl20", "MPL-2.0"),
    ("psf", "PSF"),
    ("psf20", "PSF"),
    ("psfl", "PSF"),
    ("pythonsoftwarefoundationlicense", "PSF"),
    ("python20", "PSF"),
    ("unlicense", "Unlicense"),
    ("theunlicenseunlicense", "Unlicense"),
    ("cc010", "CC0-1.0"),
    ("publicdomain", "public domain"),
    ("zlib", "Zlib"),
    ("artistic20", "Artistic-2.0"),
    ("unlicensed", "not licensed"),
    ("proprietary", "proprietary"),
    ("otherproprietarylicense", "proprietary"),
    ("busl11", "BUSL-1.1"),
    ("businesssourcelicense11", "BUSL-1.1"),
    ("sspl10", "SSPL-1.0"),
    ("elastic20", "Elastic-2.0"),
];

/// What a text that states a licence means: identifiers of SPDX where they are known, and the connecting words.
fn meant(text: &str) -> Option<BTreeSet<String>> {
    let line = text.trim();
    if line.is_empty() || line.len() > 200 || line.contains('\n') {
        return None;
    }
    let line = line.rsplit(" :: ").next().unwrap_or(line);
    let squeezed = line.replace(['(', ')', ','], " ");
    let words: Vec<&str> = squeezed.split_whitespace().collect();
    let joined =
        |word: &&str| matches!(word.to_ascii_lowercase().as_str(), "or" | "and" | "with" | "|" | "/");
    // "v2 or later" is one licence, not two.
    let is_later = squeezed.to_ascii_lowercase().contains("or later");
    if is_later || known(line).is_some() {
        return Some(BTreeSet::from([known(line).unwrap_or_else(|| plain(line))]));
    }
    Some(
        words
            .split(|word| joined(word))
            .filter(|part| !part.is_empty())
            .map(|part| {
                let part = part.join(" ");
                known(&part).unwrap_or_else(|| plain(&part))
            })
            .collect(),
    )
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The identifier that one licence's name means.
fn known(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let bare: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    if let Some((_, id)) = SPELLINGS.iter().find(|(spelling, _)| *spelling == bare) {
        return Some((*id).to_owned());
    }
    gnu(&lower, &bare)
}

/// The GNU licences, which are written in more ways than any table holds.
fn gnu(lower: &str, bare: &str) -> Option<String> {
    let family = if bare.contains("agpl") || lower.contains("affero") {
        "AGPL"
    } else if bare.contains("lgpl") || lower.contains("lesser general") || lower.contains("library general") {
        "LGPL"
    } else if bare.contains("gpl") || lower.contains("general public") {
        "GPL"
    } else {
        return None;
    };
    let version = lower.find(|c: char| c.is_ascii_digit()).map(|at| {
        let digits = lower.get(at..).unwrap_or_default();
        let digits: String = digits.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let digits = digits.trim_end_matches('.');
        if digits.contains('.') { digits.to_owned() } else { format!("{digits}.0") }
    });
    let later = lower.contains("later") || lower.contains('+');
    Some(match version {
        Some(version) => format!("{family}-{version}{}", if later { "-or-later" } else { "" }),
        None => family.to_owned(),
    })
}

/// Whether the one may be the other said less exactly.
fn agree(one: &str, other: &str) -> bool {
    let bare = |id: &str| id.trim_end_matches("-only").trim_end_matches("-or-later").to_owned();
    let (one, other) = (bare(one), bare(other));
    let within = |short: &str, long: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    one.eq_ignore_ascii_case(&other) || within(&one, &other) || within(&other, &one)
}

fn same(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let all_in = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.iter().all(|x| b.iter().any(|y| agree(x, y)));
    all_in(one, other) && all_in(other, one)
}

/// What one package states, in the order in which it is believed, each with where it stands.
fn stated(side: &Side<'_>, claims: &Claims) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    if let Some(licence) = &claims.licence {
        all.push((licence.clone(), "the package's own field".to_owned()));
    }
    let prefix = if claims.path.is_empty() { String::new() } else { format!("{}!/", claims.path) };
    let within = side.kept.licences.iter().filter(|one| {
        one.path.strip_prefix(&prefix).is_some_and(|rest| !rest.contains("!/") || prefix.is_empty())
    });
    all.extend(within.map(|one| (one.stated.clone(), one.path.clone())));
    all
}

/// The licences that are other ones than before.
pub(super) fn changes(now: &Side<'_>, before: &Side<'_>) -> Vec<Finding> {
    let pairs = super::side::pairs(now, before);
    let change = |(is, was): (&Claims, &Claims)| {
        let (are, were) = (stated(now, is), stated(before, was));
        // Each side speaks by the first place that says something short enough to be read.
        let first =
            |all: &[(String, String)]| all.iter().find_map(|(text, at)| Some((meant(text)?, at.clone())));
        let ((new, at), (old, _)) = (first(&are)?, first(&were)?);
        let agrees_elsewhere = |one: &BTreeSet<String>, all: &[(String, String)]| {
            all.iter().skip(1).filter_map(|(text, _)| meant(text)).any(|other| same(one, &other))
        };
        // Another field that both have, and that says the same on both sides, outweighs a spelling that is not known.
        let unknown = !is_known(&new) || !is_known(&old);
        if same(&new, &old) || unknown && (agrees_elsewhere(&old, &are) || agrees_elsewhere(&new, &were)) {
            return None;
        }
        let written = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" and ");
        let detail = format!("licence: was {}, is {} (by {at})", written(&old), written(&new));
        let quote = are.first().map(|(text, _)| text.clone()).unwrap_or_default();
        Some(Finding::new(CheckId::LicenceChange, is.path.clone(), detail).quoting(&quote))
    };
    pairs.into_iter().filter_map(change).collect()
}

fn is_known(set: &BTreeSet<String>) -> bool {
    set.iter().all(|one| known(one).is_some())
}

#[cfg(test)]
mod tests {
    use super::{meant, same};

    fn check(one: &str, other: &str, expected: bool) {
        let (a, b) = (meant(one).unwrap(), meant(other).unwrap());
        assert_eq!(same(&a, &b), expected, "{a:?} {b:?}");
    }

    #[test]
    fn another_spelling_is_no_change() {
        check("Apache License 2.0", "Apache-2.0", true);
        check("OSI Approved :: MIT License", "MIT", true);
        check("BSD", "BSD-3-Clause", true);
        check("Apache 2.0 or MIT", "MIT OR Apache-2.0", true);
        check("GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.0-or-later", true);
        check("Apache-2.0 OR BSD-3-Clause", "Apache-2.0 OR BSD-3-Clause", true);
        check("LGPL", "LGPL-2.1-or-later", true);
    }

    #[test]
    fn another_licence_is() {
        check("LGPL", "0BSD", false);
        check("MIT", "AGPL-3.0", false);
        check("GPL-2.0", "GPL-3.0", false);
        check("MPL-2.0", "BUSL-1.1", false);
        check("MIT", "MIT AND Apache-2.0", false);
        check("GPL", "LGPL", false);
    }

    #[test]
    fn a_whole_text_in_the_field_says_nothing_by_itself() {
        assert_eq!(meant("Copyright (c) Orrin\n\nPermission is"), None);
        assert_eq!(meant(" "), None);
    }
}
