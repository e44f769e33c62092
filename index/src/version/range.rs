//! Whether a version lies in an affected range, or is fixed by what an entry says.
//!
//! A version typed without an epoch is held against a bound with one as if it had the same: people read versions off tools
//! that leave the epoch out.

use std::cmp::Ordering;

use super::key::epoch;
use super::{Scheme, Version, line};
use crate::entry::{Affected, Range};

/// A version that is asked about, read by each ecosystem's rules when they are first needed.
#[derive(Clone, Debug)]
pub struct Asked {
    text: String,
    read: Vec<Option<Version>>,
}

impl Asked {
    /// Reads a typed version; `None` when no ecosystem could take it.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let has_digit = text.contains(|letter: char| letter.is_ascii_digit());
        let read: Vec<Option<Version>> =
            Scheme::ALL.iter().map(|scheme| Version::read(*scheme, text).filter(|_| has_digit)).collect();
        read.iter().any(Option::is_some).then(|| Self { text: text.to_owned(), read })
    }

    /// The version as it was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it compares with a bound; `None` when either cannot be read by these rules.
    #[must_use]
    pub fn compare(&self, scheme: Scheme, bound: &str) -> Option<Ordering> {
        let bound = bound.trim();
        let limit = Version::read(scheme, bound)?;
        if matches!(scheme, Scheme::Debian | Scheme::Rpm) {
            let (asked, stated) = (epoch(&self.text).0, epoch(bound).0);
            if asked.is_empty() && !stated.is_empty() {
                return Version::read(scheme, &format!("{stated}:{}", self.text))?.compare(&limit);
            }
        }
        let place = Scheme::ALL.iter().position(|other| *other == scheme)?;
        self.read.get(place)?.as_ref()?.compare(&limit)
    }

    /// Whether a range contains it. A bound that cannot be read contains nothing.
    #[must_use]
    pub fn is_in(&self, scheme: Scheme, range: &Range) -> bool {
        let from =
            range.introduced.as_deref().map(without_wildcard).filter(|from| !matches!(*from, "0" | "*" | ""));
        let above = from.is_none_or(|from| self.compare(scheme, from).is_some_and(Ordering::is_ge));
        let below = match (range.fixed.as_deref(), range.last_affected.as_deref()) {
            (Some(fixed), _) => self.compare(scheme, without_wildcard(fixed)).is_some_and(Ordering::is_lt),
            (None, Some(last)) => self.compare(scheme, last).is_some_and(Ordering::is_le),
            (None, None) => true,
        };
        above && below
    }

    /// Whether versions of this form are counted by these rules: a distribution's package has versions of its own
    /// (`3.0.1-47.el9`, `1.1.1n-0+deb11u3`, `3.1.4-r5`), which say nothing of the release it was made from, and the other
    /// way round. A version with an epoch (`1:3.0.7-1`) counts as any distribution's.
    #[must_use]
    pub fn is_counted_by(&self, scheme: Scheme) -> bool {
        match (form(&self.text), scheme) {
            (Form::Distribution, Scheme::Debian | Scheme::Rpm | Scheme::Alpine) => true,
            (Form::Of(own), other) => own == other,
            (Form::Distribution, _) => false,
            (Form::Release, Scheme::Debian | Scheme::Rpm | Scheme::Alpine) => false,
            (Form::Release, _) => true,
        }
    }

    /// Whether a version that is listed is this one, or stands for its branch (`1.2.x`).
    #[must_use]
    pub fn is_listed(&self, scheme: Scheme, listed: &str) -> bool {
        self.compare(scheme, listed).is_some_and(Ordering::is_eq) || is_branch_of(listed, &self.text)
    }

    /// Whether a product's ranges or listed versions contain it, and nothing lists it as fixed.
    #[must_use]
    pub fn affects(&self, affected: &Affected) -> bool {
        let scheme = Scheme::of_ecosystem(affected.ecosystem.as_deref());
        // What is no release's version is held against such packages only.
        if !matches!(form(&self.text), Form::Release) && !self.is_counted_by(scheme) {
            return false;
        }
        let equals = |listed: &String| self.compare(scheme, listed).is_some_and(Ordering::is_eq);
        let contained = affected.versions.iter().any(|listed| self.is_listed(scheme, listed))
            || affected.ranges.iter().any(|range| self.is_in(scheme, range));
        contained && !affected.fixed.iter().any(equals)
    }

    /// Whether what a product lists as fixed is this version, or an earlier one of its line.
    #[must_use]
    pub fn is_fixed_by(&self, affected: &Affected) -> bool {
        let scheme = Scheme::of_ecosystem(affected.ecosystem.as_deref());
        let ends = affected.ranges.iter().filter_map(|range| range.fixed.as_ref());
        affected.fixed.iter().chain(ends).any(|fixed| {
            let reached = self.compare(scheme, fixed).is_some_and(Ordering::is_ge);
            reached && line::same(fixed, &self.text)
        })
    }
}

/// What a version's form tells of what it counts.
enum Form {
    /// Packages that these rules are for.
    Of(Scheme),
    /// Packages of some distribution.
    Distribution,
    /// Releases of whoever makes the product.
    Release,
}

fn form(version: &str) -> Form {
    let lower = version.to_ascii_lowercase();
    let has = |signs: &[&str]| {
        signs.iter().any(|sign| {
            lower.match_indices(sign).any(|(at, _)| {
                lower
                    .get(at + sign.len()..)
                    .is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
            })
        })
    };
    let behind =
        |sign: &str| lower.rsplit_once(sign).map(|(_, behind)| behind).filter(|rest| !rest.is_empty());
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if behind("-r").is_some_and(digits) {
        Form::Of(Scheme::Alpine)
    } else if has(&[".el", ".fc", ".amzn", ".oe", ".mga", ".module_el", ".lp", ".azl", ".cm", ".ph"]) {
        Form::Of(Scheme::Rpm)
    } else if has(&["deb", "~bpo", "ubuntu"]) || lower.contains("+dfsg") {
        Form::Of(Scheme::Debian)
    } else if !epoch(version).0.is_empty() {
        Form::Distribution
    } else {
        Form::Release
    }
}

/// A bound without the wildcard at its end.
fn without_wildcard(bound: &str) -> &str {
    let bound = bound.trim();
    [".*", ".x", ".X"].iter().find_map(|wildcard| bound.strip_suffix(wildcard)).unwrap_or(bound)
}

/// Whether a listed version such as `1.2.x` stands for the branch of this one.
fn is_branch_of(listed: &str, version: &str) -> bool {
    let branch = without_wildcard(listed);
    if branch.len() == listed.trim().len() {
        return false;
    }
    let version = version.strip_prefix(['v', 'V']).unwrap_or(version);
    version.strip_prefix(branch).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}
