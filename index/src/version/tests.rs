//! Which of two versions is newer, ecosystem by ecosystem, and hostile ones.

use std::cmp::Ordering;

use super::range::Asked;
use super::{Scheme, Version, compare, line};
use crate::entry::{Affected, Range};

mod properties;

/// Lines of versions from the oldest to the newest, `=` between equal ones.
fn check(scheme: Scheme, ordered: &str) {
    let parts: Vec<&str> = ordered.split(' ').collect();
    for three in parts.windows(3).step_by(2) {
        let [one, sign, other] = three else { continue };
        let expected = if *sign == "=" { Ordering::Equal } else { Ordering::Less };
        assert_eq!(
            compare(scheme, one, other),
            Some(expected),
            "{one} {sign} {other} in {}",
            scheme.as_str()
        );
        assert_eq!(compare(scheme, other, one), Some(expected.reverse()), "{other} against {one}");
    }
}

#[test]
fn each_ecosystem_orders_by_its_own_rules() {
    check(
        Scheme::Semver,
        "1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-beta.2 < 1.0.0-beta.11 < v1.0.0 = 1 < 1.0.1 < 1.10.0",
    );
    check(Scheme::Semver, "0.0.0-20240101000000-abcdef123456 < 0.0.0-20240201000000-000000000000 < 0.0.0");
    check(
        Scheme::Semver,
        "v0.0.0-20191109021931-daa7c04131f5 < v0.1.0 < v1.2.3+incompatible = v1.2.3 < v2.0.0-rc.1 < v2.0.0",
    );
    check(Scheme::Pub, "1.0.0 < 1.0.0+1 < 1.0.0+2");
    check(Scheme::NuGet, "1.0.0-BETA = 1.0.0-beta < 1.0 = 1.0.0.0 < 1.0.0.1");
    check(
        Scheme::Debian,
        "1.0~rc1-1 < 1.0-1~deb12u1 < 1.0-1 < 1.0-1+deb12u1 < 1.0a-1 < 1.0+git-1 < 1.1-1 < 1:0.1-1",
    );
    check(Scheme::Rpm, "1.0~rc1 < 1.0 < 1.0^git1 < 1.0.a < 1.0.1-1.el9 < 1.0.1-2.el9 < 1:0.1 < 1:0.10");
    check(Scheme::Alpine, "1.2_alpha < 1.2_rc1 < 1.2 < 1.2_p1 < 1.2a < 1.2.1-r0 < 1.2.1-r10");
    check(Scheme::PyPi, "1.0.dev0 < 1.0a1 < 1.0rc1 < 1.0 = 1.0.0 < 1.0+local < 1.0.post1 < 1.1 < 1!0.1");
    check(
        Scheme::Maven,
        "1-alpha-1 = 1a1 < 1-rc = 1-CR < 1-SNAPSHOT < 1 = 1.ga = 1-final < 1-sp < 1-x < 1-1 < 1.1",
    );
    check(Scheme::RubyGems, "1.0.a.2 = 1.0.a2 < 1.0.b1 < 1.0 = 1 < 1.0.1 < 1.10");
    check(Scheme::Packagist, "1.0-dev < 1.0a1 < 1.0RC1 < 1.0 < 1.0.0 < v1.0.1 < 1.0pl1");
    check(Scheme::Cran, "0.1-1 < 0.1-4 < 0.1-4-0 < 0.2");
    check(Scheme::Hackage, "1.0 < 1.0.0 < 1.1");
    check(
        Scheme::Dotted,
        "3.0.0-alpha1 < 3.0.0-beta1 < 3.0.0-rc1 < 3.0 = v3.0.0 < 3.0.0a < 3.0.7 < 3.0.x < 3.1 < V10 SP1",
    );
    check(Scheme::Dotted, "1.0.2 < 1.0.2k < 1.0.2z < 1.0.2zh < 1.1.0");
}

#[test]
fn an_ecosystem_is_known_by_the_names_that_sources_give_it() {
    let check = |name: &str, scheme| assert_eq!(Scheme::of_ecosystem(Some(name)), scheme, "{name}");
    check("Debian:12", Scheme::Debian);
    check("AlmaLinux:9", Scheme::Rpm);
    check("Red Hat Enterprise Linux 8", Scheme::Rpm);
    check("PyPI", Scheme::PyPi);
    check("Alpine:v3.18", Scheme::Alpine);
    check("Somebody's", Scheme::Dotted);
    assert_eq!(Scheme::of_ecosystem(None), Scheme::Dotted);
}

#[test]
fn hostile_versions_are_ordered_or_refused() {
    let digits = "9".repeat(500);
    let shapes = [
        "\0", "1\0", "", " ", "-", ".", "..", "~", "^", "_", "#", "ä", "1ä", "é1", "1..2", "v", ":", "1:",
        "0:",
    ];
    let long = "1.".repeat(5_000_000);
    for scheme in Scheme::ALL {
        assert!(Version::read(scheme, &long).is_none());
        assert!(Version::read(scheme, "1\u{0}2").is_none());
        let bigger = format!("{digits}9");
        assert_eq!(compare(scheme, &digits, &bigger), Some(Ordering::Less), "{}", scheme.as_str());
        for one in shapes {
            for other in shapes {
                let forth = compare(scheme, one, other);
                assert_eq!(forth.map(Ordering::reverse), compare(scheme, other, one), "{one:?} {other:?}");
            }
        }
    }
}

/// `ranges` as `from..fixed` or `from...last`, either side may be empty.
fn affected(ecosystem: &str, ranges: &[&str]) -> Affected {
    let bound = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let range = |text: &&str| match text.split_once("...") {
        Some((from, last)) => Range { introduced: bound(from), fixed: None, last_affected: bound(last) },
        None => {
            let (from, fixed) = text.split_once("..").unwrap_or((text, ""));
            Range { introduced: bound(from), fixed: bound(fixed), last_affected: None }
        }
    };
    Affected {
        ecosystem: bound(ecosystem),
        ranges: ranges.iter().map(range).collect(),
        ..Affected::default()
    }
}

#[test]
fn a_version_is_in_a_range_from_its_beginning_to_before_its_fix() {
    let check = |ecosystem: &str, ranges: &[&str], version: &str, expected: bool| {
        let asked = Asked::read(version).unwrap();
        assert_eq!(asked.affects(&affected(ecosystem, ranges)), expected, "{version} in {ranges:?}");
    };
    check("", &["3.0.0..3.0.7"], "3.0.6", true);
    check("", &["3.0.0..3.0.7"], "3.0.7", false);
    check("", &["3.0.0..3.0.7"], "3.0.0-rc1", false);
    check("", &["..1.2", "2.0..2.3"], "1.9", false);
    check("", &["..1.2", "2.0..2.3"], "2.1", true);
    check("", &["...4.2"], "4.2.0", true);
    check("", &["...4.2"], "4.2.1", false);
    check("", &["5.4...5.4.*"], "5.4.999", true);
    check("", &["5.4...5.4.*"], "5.5", false);
    check("npm", &["0..1.0.0"], "1.0.0-rc.1", true);
    check("AlmaLinux:9", &["..1:3.0.1-47.el9"], "3.0.5-1.el9", false);
    check("AlmaLinux:9", &["..1:3.0.1-47.el9"], "3.0.1-4.el9", true);
    check("Debian:12", &["..2:1.0-3"], "1:9.9-1", true);
    check("", &["1.0..<garbage>"], "1.1", false);
}

#[test]
fn versions_of_a_distributions_packages_are_told_from_releases() {
    let check = |version: &str, counted_by: &[Scheme]| {
        let asked = Asked::read(version).unwrap();
        let by: Vec<Scheme> = [Scheme::Debian, Scheme::Rpm, Scheme::Alpine, Scheme::Dotted, Scheme::Semver]
            .into_iter()
            .filter(|scheme| asked.is_counted_by(*scheme))
            .collect();
        assert_eq!(by, counted_by, "{version}");
    };
    check("3.0.1-47.el9_1", &[Scheme::Rpm]);
    check("1.1.1n-0+deb11u3", &[Scheme::Debian]);
    check("3.1.4-r5", &[Scheme::Alpine]);
    check("1:3.0.7-1", &[Scheme::Debian, Scheme::Rpm, Scheme::Alpine]);
    check("3.0.7", &[Scheme::Dotted, Scheme::Semver]);
    check("2.0.0-rc1", &[Scheme::Dotted, Scheme::Semver]);
    let held = |version: &str, ecosystem: &str| {
        Asked::read(version).unwrap().affects(&affected(ecosystem, &["..3.0.7"]))
    };
    assert!(held("3.0.1-47.el9_1", "AlmaLinux:9"));
    assert!(!held("3.0.1-47.el9_1", ""), "what is mended in a release may be mended in an older package");
    assert!(held("3.0.1", "AlmaLinux:9"), "a release typed in a search finds what packages of it say");
}

#[test]
fn a_fix_counts_for_later_versions_of_its_line_only() {
    let check = |ranges: &[&str], version: &str, expected: bool| {
        let asked = Asked::read(version).unwrap();
        assert_eq!(asked.is_fixed_by(&affected("", ranges)), expected, "{version} by {ranges:?}");
    };
    check(&["3.0.0..3.0.7"], "3.0.7", true);
    check(&["3.0.0..3.0.7"], "3.0.9", true);
    check(&["3.0.0..3.0.7"], "3.0.6", false);
    check(&["3.0.0..3.0.7"], "3.1.0", false);
    check(&["16.0..16.3"], "16.4", true);
    check(&["1.0.1..1.0.1g"], "1.0.1h", true);
    check(&["1.0.1..1.0.1g"], "1.0.2a", false);
    assert_eq!(line::of("n/a"), None);
}
