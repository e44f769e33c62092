//! What a statement of a licence means: spellings of every habit read down to identifiers of SPDX, so that the same licence
//! in another field or another spelling is the same.
//!
//! A name that is less exact than another (`BSD`, `GPL-2.0`) does not contradict it (`BSD-3-Clause`, `GPL-2.0-or-later`). What
//! is not known stays as it was written.

use std::collections::BTreeSet;

/// Spellings without spaces and punctuation, lower case, and what each means. An identifier spells itself.
const SPELLINGS: &[(&str, &str)] = &[
    ("zeroclausebsd", "0BSD"),
    ("zeroclausebsd0bsd", "0BSD"),
    ("apachelicense", "Apache"),
    ("apachesoftwarelicense", "Apache"),
    ("apache2", "Apache-2.0"),
    ("apachelicense2", "Apache-2.0"),
    ("apachelicense20", "Apache-2.0"),
    ("apachelicenseversion20", "Apache-2.0"),
    ("apachesoftwarelicense20", "Apache-2.0"),
    ("apl2", "Apache-2.0"),
    ("asl2", "Apache-2.0"),
    ("asl20", "Apache-2.0"),
    ("artistic2", "Artistic-2.0"),
    ("bsdlicense", "BSD"),
    ("bsd2", "BSD-2-Clause"),
    ("simplifiedbsd", "BSD-2-Clause"),
    ("3clausebsd", "BSD-3-Clause"),
    ("3clausebsdlicense", "BSD-3-Clause"),
    ("bsd3", "BSD-3-Clause"),
    ("bsd3clauselicense", "BSD-3-Clause"),
    ("modifiedbsd", "BSD-3-Clause"),
    ("newbsd", "BSD-3-Clause"),
    ("newbsdlicense", "BSD-3-Clause"),
    ("businesssourcelicense11", "BUSL-1.1"),
    ("cc0", "CC0-1.0"),
    ("isclicense", "ISC"),
    ("isclicenseiscl", "ISC"),
    ("expat", "MIT"),
    ("mitlicence", "MIT"),
    ("mitlicense", "MIT"),
    ("mitlicensemit", "MIT"),
    ("themitlicense", "MIT"),
    ("themitlicensemit", "MIT"),
    ("mozillapubliclicense20mpl20", "MPL-2.0"),
    ("mpl2", "MPL-2.0"),
    ("unlicensed", "not licensed"),
    ("otherproprietarylicense", "proprietary"),
    ("psf", "PSF-2.0"),
    ("psf2", "PSF-2.0"),
    ("psfl", "PSF-2.0"),
    ("python20", "PSF-2.0"),
    ("pythonsoftwarefoundationlicense", "PSF-2.0"),
    ("sspl", "SSPL-1.0"),
    ("theunlicenseunlicense", "Unlicense"),
];

/// Identifiers that have no other spelling.
const ALONE: &[&str] = &["EPL-2.0", "Elastic-2.0", "PostgreSQL", "Zlib", "curl", "public domain"];

/// Names that say less than an identifier does.
const VAGUE: &[&str] =
    &["Apache", "BSD", "public domain", "not licensed", "proprietary", "AGPL", "LGPL", "GPL"];

/// Characters of a statement; a longer one is a text and says nothing by itself.
const LONGEST: usize = 200;

/// A part of a statement.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// One licence, as it is written.
    Licence(String),
    And,
    Or,
    With,
}

/// The parts of a statement; `None` where it is none.
fn parts(text: &str) -> Option<Vec<Part>> {
    let line = text.trim();
    if line.is_empty() || line.len() > LONGEST || line.contains('\n') {
        return None;
    }
    let line = line.rsplit(" :: ").next().unwrap_or(line);
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    let squeezed = line.replace(['(', ')', ','], " ");
    // "v2 or later" is one licence, not two.
    if squeezed.to_ascii_lowercase().contains("or later") || identifier(line).is_some() {
        return Some(vec![Part::Licence(words(line))]);
    }
    let (mut parts, mut licence) = (Vec::new(), Vec::new());
    for word in squeezed.split_whitespace() {
        let between = match word.to_ascii_lowercase().as_str() {
            "or" | "|" | "||" | "/" => Part::Or,
            "and" | "&" => Part::And,
            "with" => Part::With,
            _ => {
                licence.push(word);
                continue;
            }
        };
        if !licence.is_empty() {
            parts.push(Part::Licence(std::mem::take(&mut licence).join(" ")));
        }
        parts.push(between);
    }
    if !licence.is_empty() {
        parts.push(Part::Licence(licence.join(" ")));
    }
    Some(parts)
}

/// The licences that a statement names: identifiers where they are known, else as they are written.
pub(crate) fn meant(text: &str) -> Option<BTreeSet<String>> {
    let licences = parts(text)?.into_iter().filter_map(|part| match part {
        Part::Licence(stated) => Some(identifier(&stated).unwrap_or(stated)),
        _ => None,
    });
    Some(licences.collect())
}

/// The SPDX expression of a statement, if every part of it is known exactly.
pub(crate) fn expression(text: &str) -> Option<String> {
    let mut words = Vec::new();
    for (at, part) in parts(text)?.into_iter().enumerate() {
        // Two licences beside each other without a word between them are no expression.
        words.push(match (part, at % 2) {
            (Part::Licence(stated), 0) => exact(&stated)?,
            (Part::And, 1) => "AND".to_owned(),
            (Part::Or, 1) => "OR".to_owned(),
            _ => return None,
        });
    }
    (words.len() % 2 == 1).then(|| words.join(" "))
}

/// One licence's identifier of SPDX. A GNU licence of one version without a word on later ones is that version only, as
/// Debian and npm write it.
fn exact(stated: &str) -> Option<String> {
    let id = identifier(stated).filter(|id| !VAGUE.contains(&id.as_str()))?;
    let is_open = id.contains("GPL-") && !id.ends_with("-only") && !id.ends_with("-or-later");
    Some(if is_open { format!("{id}-only") } else { id })
}

/// Whether every licence named is one that is known, if only vaguely.
pub(crate) fn is_known(names: &BTreeSet<String>) -> bool {
    names.iter().all(|name| identifier(name).is_some())
}

/// The identifier that one licence's name means.
fn identifier(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let bare = squeezed(&lower);
    let spelt = SPELLINGS.iter().find(|(spelling, id)| *spelling == bare || squeezed(id) == bare);
    let found = spelt.map(|(_, id)| *id).or_else(|| ALONE.iter().find(|id| squeezed(id) == bare).copied());
    found.map(str::to_owned).or_else(|| gnu(&lower, &bare))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The GNU licences, which are written in more ways than any table holds.
fn gnu(lower: &str, bare: &str) -> Option<String> {
    let words: Vec<&str> = lower.split_whitespace().collect();
    let joins = |at: usize, word: &str| match word {
        "or" => words.get(at + 1).is_none_or(|next| !next.starts_with("later")),
        "and" | "with" | "|" | "||" | "/" | "&" => true,
        _ => false,
    };
    if words.iter().enumerate().any(|(at, word)| joins(at, word)) {
        return None;
    }
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
        Some(version) if later => format!("{family}-{version}-or-later"),
        Some(version) if lower.contains("only") => format!("{family}-{version}-only"),
        Some(version) => format!("{family}-{version}"),
        None => family.to_owned(),
    })
}

/// Whether the one may be the other said less exactly.
fn agree(one: &str, other: &str) -> bool {
    // A name without either may mean both.
    let later = |id: &str| id.ends_with("-or-later");
    let only = |id: &str| id.ends_with("-only");
    if later(one) && only(other) || only(one) && later(other) {
        return false;
    }
    let bare = |id: &str| id.trim_end_matches("-only").trim_end_matches("-or-later").to_owned();
    let (one, other) = (bare(one), bare(other));
    let within = |short: &str, long: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    one.eq_ignore_ascii_case(&other) || within(&one, &other) || within(&other, &one)
}

/// Whether two statements mean the same licences, as far as both say.
pub(crate) fn same(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let all_in = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.iter().all(|x| b.iter().any(|y| agree(x, y)));
    all_in(one, other) && all_in(other, one)
}

#[cfg(test)]
mod tests {
    use super::{expression, meant, same};

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
        check("GPL-2.0-only", "GPL-2.0-or-later", false);
    }

    #[test]
    fn a_whole_text_in_the_field_says_nothing_by_itself() {
        assert_eq!(meant("Copyright (c) Orrin\n\nPermission is"), None);
        assert_eq!(meant(" "), None);
    }

    #[test]
    fn a_choice_is_not_one_of_its_parts() {
        check("MIT or GPL-3", "GPL-3", false);
        check("GPL-2.0 WITH Classpath-exception-2.0", "GPL-2.0", false);
        check("Python Software Foundation License", "PSF-2.0", true);
    }

    #[test]
    fn an_expression_is_exact_or_none() {
        for (stated, expected) in [
            ("Expat", Some("MIT")),
            ("OSI Approved :: MIT License", Some("MIT")),
            ("GPL-2+", Some("GPL-2.0-or-later")),
            ("AGPL-3.0", Some("AGPL-3.0-only")),
            ("(MIT OR Apache-2.0)", Some("MIT OR Apache-2.0")),
            ("MIT and GPL-3", Some("MIT AND GPL-3.0-only")),
            ("GPL", None),
            ("BSD", None),
            ("MIT MIT", None),
            ("MIT OR", None),
            ("GPL-2.0 WITH Classpath-exception-2.0", None),
        ] {
            assert_eq!(expression(stated).as_deref(), expected, "{stated}");
        }
    }
}
