//! Whether an entry says that a package is affected.
//!
//! What an entry states of the package's own ecosystem is taken at its word, both ways; what names no ecosystem counts by
//! the product's name, and only where nobody of the ecosystem says otherwise. A version that ends a range in one release
//! of a distribution is that release's package, so other releases' ranges do not count for it.

use super::Strength;
use super::claimed::Claimed;
use crate::entry::Affected;
use crate::product::Sought;
use crate::upgrade::flaw::quote;
use crate::version::range::Asked;
use crate::version::{Scheme, compare};

/// What an entry says of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    /// It is affected.
    Affected {
        /// How well that holds.
        strength: Strength,
        /// What it states.
        quote: String,
    },
    /// Its own ecosystem's word is that this version is not.
    Mended,
    /// Nothing of it.
    Nothing,
}

/// A package with everything that judging needs of it, read once.
pub(crate) struct Subject<'a> {
    pub(crate) claimed: &'a Claimed,
    pub(crate) product: Sought,
    asked: Asked,
    upstream: Option<Asked>,
}

impl<'a> Subject<'a> {
    /// Nothing where the version cannot be one.
    pub(crate) fn of(claimed: &'a Claimed, product: Sought) -> Option<Self> {
        let upstream = claimed.upstream.as_deref().and_then(Asked::read);
        Some(Self { claimed, product, asked: Asked::read(&claimed.version)?, upstream })
    }

    /// Versions by which it may be spoken of: its own, and what its vendor counts.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.asked.text()).chain(self.upstream.as_ref().map(Asked::text))
    }

    /// What an entry says of it, by what it states or what was read from its words (`read`).
    pub(crate) fn judge(&self, stated: &[Affected], read: bool) -> Judged {
        let of_ecosystem = |one: &&Affected| self.claimed.is_of(one) == Some(true);
        let named = |one: &&Affected| self.claimed.is_named(&one.product);
        let own: Vec<&Affected> = stated.iter().filter(of_ecosystem).filter(named).collect();
        if !own.is_empty() {
            return self.by_ecosystem(&own);
        }
        stated.iter().filter(|one| self.claimed.is_of(one).is_none()).fold(Judged::Nothing, |so_far, one| {
            let Some(strength) = self.by_name(one, read) else { return so_far };
            let affecting = [Some(&self.asked), self.upstream.as_ref()]
                .into_iter()
                .flatten()
                .find(|asked| asked.affects(one));
            match (&so_far, affecting) {
                (Judged::Affected { strength: known, .. }, _) if *known >= strength => so_far,
                (_, Some(asked)) => Judged::Affected { strength, quote: quote(one, asked) },
                (_, None) => so_far,
            }
        })
    }

    fn by_ecosystem(&self, own: &[&Affected]) -> Judged {
        let mended = |one: &&Affected| {
            let scheme = Scheme::of_ecosystem(one.ecosystem.as_deref());
            let by_release = matches!(scheme, Scheme::Debian | Scheme::Rpm | Scheme::Alpine);
            let ends = one.ranges.iter().filter(|_| by_release).filter_map(|range| range.fixed.as_deref());
            let is_this =
                |fixed: &str| compare(scheme, fixed, self.asked.text()).is_some_and(|it| it.is_eq());
            ends.chain(one.fixed.iter().map(String::as_str)).any(is_this)
        };
        if own.iter().any(mended) {
            return Judged::Mended;
        }
        match own.iter().find(|one| self.affects(one)) {
            Some(one) => Judged::Affected { strength: Strength::Strong, quote: quote(one, &self.asked) },
            None => Judged::Mended,
        }
    }

    /// Within its ecosystem a version is what the ecosystem counts, whatever its form looks like.
    fn affects(&self, one: &Affected) -> bool {
        let scheme = Scheme::of_ecosystem(one.ecosystem.as_deref());
        let listed = one.versions.iter().any(|listed| self.asked.is_listed(scheme, listed));
        let bounded = one.ranges.iter().any(|range| self.asked.is_in(scheme, range));
        let says_nothing = one.versions.is_empty() && one.ranges.is_empty() && one.fixed.is_empty();
        listed || bounded && !says_nothing
    }

    fn by_name(&self, one: &Affected, read: bool) -> Option<Strength> {
        match self.product.place(one) {
            Some(0) => Some(Strength::Fair),
            Some(_) => Some(Strength::Weak),
            None => (read && self.product.is_named_in(&one.product)).then_some(Strength::Weak),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Judged, Subject};
    use crate::entry::{Affected, Range};
    use crate::link::Strength;
    use crate::link::claimed::Claimed;
    use crate::product::{Because, Named, Sought};

    fn affected(ecosystem: Option<&str>, product: &str, from: &str, fixed: &str) -> Affected {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let range = Range { introduced: some(from), fixed: some(fixed), last_affected: None };
        Affected {
            product: product.into(),
            ecosystem: ecosystem.map(str::to_owned),
            ranges: vec![range],
            ..Affected::default()
        }
    }

    /// The strength with which a package is affected; "mended" or "nothing" else.
    fn check(package: (&str, &str, &str), stated: &[Affected], expected: &str) {
        let (name, version, ecosystem) = package;
        let claimed = Claimed::new(name, version, Some(ecosystem));
        let named = vec![Named { name: crate::product::name(name), because: Because::Asked }];
        let subject = Subject::of(&claimed, Sought::of(named)).unwrap();
        let judged = match subject.judge(stated, false) {
            Judged::Affected { strength: Strength::Strong, .. } => "strong",
            Judged::Affected { strength: Strength::Fair, .. } => "fair",
            Judged::Affected { strength: Strength::Weak, .. } => "weak",
            Judged::Mended => "mended",
            Judged::Nothing => "nothing",
        };
        assert_eq!(judged, expected, "{package:?} {stated:?}");
    }

    #[test]
    fn its_own_ecosystem_decides_both_ways() {
        let own = || affected(Some("PyPI"), "Press.Kit", "", "2.1");
        let vague = || affected(None, "press kit", "", "3.0");
        check(("press-kit", "2.0", "PyPI"), &[own()], "strong");
        check(("press-kit", "2.1", "PyPI"), &[own()], "mended");
        check(("press-kit", "2.1", "PyPI"), &[own(), vague()], "mended");
        check(("press-kit", "2.0", "npm"), &[own()], "nothing");
        check(("press-kit", "2.5", "PyPI"), &[vague()], "fair");
        check(("press-kit", "3.0", "PyPI"), &[vague()], "nothing");
        check(("press-kit", "2.0", "PyPI"), &[affected(Some("PyPI"), "press", "", "9")], "nothing");
    }

    #[test]
    fn a_version_that_ends_a_range_of_one_release_is_of_that_release() {
        let both = || {
            [
                affected(Some("Debian:11"), "press", "", "1.4-2"),
                affected(Some("Debian:12"), "press", "", "2.0-1"),
            ]
        };
        check(("press", "1.4-2", "Debian"), &both(), "mended");
        check(("press", "1.4-1", "Debian"), &both(), "strong");
        check(("press", "1.4-2", "Debian:12"), &both(), "strong");
        check(("press", "1.4-1+deb11u1", "Debian"), &both(), "strong");
        check(("press", "1.4-3+deb11u1", "Debian"), &both(), "mended");
    }
}
