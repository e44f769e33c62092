//! Licences as packages state them, told by their SPDX identifiers where those are known, with a word on what binds.
//!
//! That a licence is another one than before is the comparison's to say.

use std::collections::BTreeMap;

use super::{Check, Findings};
use crate::finding::{CheckId, Finding};
use crate::licence::expression;
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

impl Check for Licences {
    fn package(&mut self, claims: &Claims, found: &mut Findings) {
        let Some(stated) = claims.licence.as_deref().map(str::trim).filter(|stated| !stated.is_empty())
        else {
            return;
        };
        let normal = expression(stated);
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

#[cfg(test)]
mod tests {
    use super::binds;
    use crate::licence::expression;

    fn check(stated: &str, expected: Option<&str>, bound: bool) {
        assert_eq!(expression(stated).as_deref(), expected, "{stated}");
        assert_eq!(binds(expression(stated).as_deref().unwrap_or(stated)).is_some(), bound, "{stated}");
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
