//! Licences as packages state them, told by their SPDX identifiers where those are known, with a word on what binds.
//!
//! That a licence is another one than before is the comparison's to say.

use std::collections::BTreeMap;

use super::{Check, Findings};
use crate::finding::{CheckId, Finding};
use crate::package::Claims;

/// The family.
#[derive(Debug, Default)]
pub(super) struct Licences {
    /// The licence of the outermost package.
    outermost: Option<String>,
    /// Those of packages within, and how many have each.
    within: BTreeMap<String, (Finding, usize)>,
}

/// Words of licences that bind whoever passes the work on, or uses it: beginnings of identifiers, in their order.
const BINDING: [(&str, &str); 12] = [
    ("AGPL-", "copyleft, also towards those who use it over a network"),
    ("SSPL-", "binds whoever offers it as a service, and is no open-source licence"),
    ("BUSL-", "limits use in production, and is no open-source licence"),
    ("Elastic-", "limits offering it as a service, and is no open-source licence"),
    ("GPL-", "copyleft"),
    ("LGPL-", "copyleft for the library itself"),
    ("MPL-", "copyleft file by file"),
    ("EPL-", "copyleft for the work itself"),
    ("CDDL-", "copyleft file by file"),
    ("EUPL-", "copyleft"),
    ("OSL-", "copyleft, also towards those who use it over a network"),
    ("CC-BY-NC", "not for commercial use"),
];

/// How licences are called otherwise, without case and punctuation, and their identifiers.
const NAMES: [(&str, &str); 44] = [
    ("mit", "MIT"),
    ("expat", "MIT"),
    ("mitlicense", "MIT"),
    ("themitlicense", "MIT"),
    ("isc", "ISC"),
    ("isclicense", "ISC"),
    ("apache2", "Apache-2.0"),
    ("apache20", "Apache-2.0"),
    ("apachelicense20", "Apache-2.0"),
    ("apachelicenseversion20", "Apache-2.0"),
    ("apache2.0", "Apache-2.0"),
    ("apachesoftwarelicense", "Apache-2.0"),
    ("bsd2clause", "BSD-2-Clause"),
    ("bsd3clause", "BSD-3-Clause"),
    ("bsd3clauselicense", "BSD-3-Clause"),
    ("newbsd", "BSD-3-Clause"),
    ("0bsd", "0BSD"),
    ("zlib", "Zlib"),
    ("unlicense", "Unlicense"),
    ("psf2", "PSF-2.0"),
    ("pythonsoftwarefoundationlicense", "PSF-2.0"),
    ("mpl20", "MPL-2.0"),
    ("mozillapubliclicense20mpl20", "MPL-2.0"),
    ("artistic2", "Artistic-2.0"),
    ("curl", "curl"),
    ("postgresql", "PostgreSQL"),
    ("cc0", "CC0-1.0"),
    ("cc010", "CC0-1.0"),
    ("gnuaffrogenerallicensev3", "AGPL-3.0-only"),
    ("gnuaffrogeneralpubliclicensev3", "AGPL-3.0-only"),
    ("gnuaffrogeneralpubliclicensev3orlateragplv3", "AGPL-3.0-or-later"),
    ("gnugeneralpubliclicensev2gplv2", "GPL-2.0-only"),
    ("gnugeneralpubliclicensev2orlatergplv2", "GPL-2.0-or-later"),
    ("gnugeneralpubliclicensev3gplv3", "GPL-3.0-only"),
    ("gnugeneralpubliclicensev3orlatergplv3", "GPL-3.0-or-later"),
    ("gplv2", "GPL-2.0-only"),
    ("gplv3", "GPL-3.0-only"),
    ("lgplv3", "LGPL-3.0-only"),
    ("agplv3", "AGPL-3.0-only"),
    ("sspl", "SSPL-1.0"),
    ("sspl10", "SSPL-1.0"),
    ("busl11", "BUSL-1.1"),
    ("elastic20", "Elastic-2.0"),
    ("epl20", "EPL-2.0"),
];

impl Check for Licences {
    fn package(&mut self, claims: &Claims, found: &mut Findings) {
        let Some(stated) = claims.licence.as_deref().map(str::trim).filter(|stated| !stated.is_empty())
        else {
            return;
        };
        let normal = normal(stated);
        let detail = match (&normal, binds(normal.as_deref().unwrap_or(stated))) {
            (Some(normal), Some(binds)) => format!("licence: {normal}, {binds}"),
            (Some(normal), None) => format!("licence: {normal}"),
            (None, Some(binds)) => format!("licence as stated: {}, {binds}", start(stated)),
            (None, None) => format!("licence as stated: {}", start(stated)),
        };
        let mut finding = Finding::new(CheckId::Licence, claims.path.clone(), detail.clone());
        if normal.as_deref().is_some_and(|normal| normal != stated) {
            finding = finding.quoting(stated);
        }
        if claims.path.is_empty() {
            self.outermost = Some(detail);
            found.add(finding);
        } else if self.outermost.as_ref() != Some(&detail) && self.within.len() < 200 {
            self.within.entry(detail).or_insert((finding, 0)).1 += 1;
        }
    }

    fn end(&mut self, found: &mut Findings) {
        for (_, (mut finding, count)) in std::mem::take(&mut self.within) {
            if count > 1 {
                finding.detail.push_str(&format!("; {} more packages in it have the same", count - 1));
            }
            found.add(finding);
        }
    }
}

fn start(stated: &str) -> String {
    stated.chars().take(200).collect()
}

/// What binds in an expression: the strongest of what all of it asks for; a choice that has something free does not.
fn binds(expression: &str) -> Option<&'static str> {
    let of = |word: &str| BINDING.iter().find(|(start, _)| word.starts_with(start)).map(|(_, said)| *said);
    let words = || expression.split([' ', '(', ')', '/', ',', '|']).filter(|word| !word.is_empty());
    let is_choice = words().any(|word| word.eq_ignore_ascii_case("or"));
    let is_operator =
        |word: &str| ["or", "and", "with"].iter().any(|operator| word.eq_ignore_ascii_case(operator));
    if is_choice && words().any(|word| !is_operator(word) && of(word).is_none()) {
        return None;
    }
    words().find_map(of)
}

/// The SPDX expression of a licence, if every part of it is known.
fn normal(stated: &str) -> Option<String> {
    let stated = stated.rsplit(" :: ").next().unwrap_or(stated);
    if stated.len() > 200 {
        return None;
    }
    if let Some(one) = identifier(stated) {
        return Some(one);
    }
    let mut parts = Vec::new();
    for word in stated.split_whitespace() {
        parts.push(match word.to_ascii_lowercase().as_str() {
            "or" | "|" | "||" => "OR".to_owned(),
            "and" | "&" => "AND".to_owned(),
            "with" => return None,
            _ => identifier(word.trim_matches(['(', ')', ',']))?,
        });
    }
    // Two licences beside each other without a word between them are no expression.
    let is_expression =
        parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|part| part == "OR" || part == "AND");
    is_expression.then(|| parts.join(" "))
}

/// One licence's identifier.
fn identifier(stated: &str) -> Option<String> {
    let plain: String =
        stated.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if let Some((_, known)) =
        NAMES.iter().find(|(name, known)| *name == plain || known.eq_ignore_ascii_case(stated))
    {
        return Some((*known).to_owned());
    }
    // Debian writes `GPL-2+`, npm `GPL-2.0`, SPDX `GPL-2.0-or-later`.
    let upper = stated.to_ascii_uppercase();
    let (family, rest) =
        ["AGPL-", "LGPL-", "GPL-"].iter().find_map(|family| Some((family, upper.strip_prefix(family)?)))?;
    let (number, later) = match rest.strip_suffix('+').or_else(|| rest.strip_suffix("-OR-LATER")) {
        Some(number) => (number, "or-later"),
        None => (rest.strip_suffix("-ONLY").unwrap_or(rest), "only"),
    };
    let number = match number {
        "1" | "2" | "3" => format!("{number}.0"),
        "1.0" | "2.0" | "2.1" | "3.0" => number.to_owned(),
        _ => return None,
    };
    Some(format!("{family}{number}-{later}"))
}

#[cfg(test)]
mod tests {
    use super::{binds, normal};

    fn check(stated: &str, expected: Option<&str>, bound: bool) {
        assert_eq!(normal(stated).as_deref(), expected, "{stated}");
        assert_eq!(binds(normal(stated).as_deref().unwrap_or(stated)).is_some(), bound, "{stated}");
    }

    #[test]
    fn licences_of_every_habit_are_the_same() {
        check("MIT", Some("MIT"), false);
        check("Expat", Some("MIT"), false);
        check("OSI Approved :: MIT License", Some("MIT"), false);
        check("GPL-2+", Some("GPL-2.0-or-later"), true);
        check("AGPL-3.0", Some("AGPL-3.0-only"), true);
        check(
            "OSI Approved :: GNU General Public License v3 or later (GPLv3+)",
            Some("GPL-3.0-or-later"),
            true,
        );
        check("Apache-2.0 OR BSD-3-Clause", Some("Apache-2.0 OR BSD-3-Clause"), false);
        check("MIT or GPL-3", Some("MIT OR GPL-3.0-only"), false);
        check("MIT and GPL-3", Some("MIT AND GPL-3.0-only"), true);
    }

    #[test]
    fn what_is_not_known_stays_as_stated() {
        check("BSD-derived (see LICENSE)", None, false);
        check("GPL-2.0 WITH Classpath-exception-2.0", None, true);
        check("MIT MIT", None, false);
        check("SEE LICENSE IN LICENSE.md", None, false);
    }
}
