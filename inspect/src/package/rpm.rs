//! What an RPM package claims: the tags of its header.

use super::{Claims, Platform, passage, shown};
use crate::container::rpm::header::{Header, tag};

/// Comparisons, by the bits of a dependency's flags (`RPMSENSE_LESS`, `_GREATER`, `_EQUAL`).
const COMPARED: [&str; 8] = ["", "<", ">", "", "=", "<=", ">=", ""];

/// Takes what the header states.
pub(super) fn read(claims: &mut Claims, header: &Header) {
    let text = |tag| header.text(tag).filter(|text| !text.is_empty() && *text != "(none)").map(shown);
    claims.name = text(tag::NAME);
    claims.vendor = text(tag::VENDOR).or_else(|| text(tag::PACKAGER));
    claims.licence = text(tag::LICENSE);
    claims.summary = text(tag::SUMMARY);
    claims.homepage = text(tag::URL);
    // Only a source package has no name of one.
    claims.architecture =
        if header.text(tag::SOURCE_RPM).is_some() { text(tag::ARCH) } else { Some("src".into()) };
    claims.version = text(tag::VERSION).map(|version| {
        let epoch = header.number(tag::EPOCH).map(|epoch| format!("{epoch}:")).unwrap_or_default();
        let release = text(tag::RELEASE).map(|release| format!("-{release}")).unwrap_or_default();
        format!("{epoch}{version}{release}")
    });
    for (relation, names, flags, versions) in [
        ("Requires", tag::REQUIRE_NAMES, tag::REQUIRE_FLAGS, tag::REQUIRE_VERSIONS),
        ("Conflicts", tag::CONFLICT_NAMES, tag::CONFLICT_FLAGS, tag::CONFLICT_VERSIONS),
        ("Obsoletes", tag::OBSOLETE_NAMES, tag::OBSOLETE_FLAGS, tag::OBSOLETE_VERSIONS),
    ] {
        for (at, name) in header.strings(names).iter().enumerate() {
            // What rpm itself must be able to do is no dependency that anybody installs.
            if name.starts_with("rpmlib(") {
                continue;
            }
            let version = header.strings(versions).get(at).map(String::as_str).unwrap_or_default();
            let flags = header.numbers(flags).get(at).copied().unwrap_or_default();
            let sign = COMPARED.get((flags >> 1 & 7) as usize).copied().unwrap_or_default();
            claims.relate(relation, format!("{name} {sign} {version}").trim());
        }
    }
    claims.installed = header.number(tag::LONG_SIZE).or_else(|| header.number(tag::SIZE));
    // What it provides is mostly itself; accounts are what installing makes.
    let accounts = |name: &&String| name.starts_with("user(") || name.starts_with("group(");
    for name in header.strings(tag::PROVIDE_NAMES).iter().filter(accounts) {
        claims.relate("Provides", name);
    }
    glibc(claims, header);
    if let Some(said) = header.text(tag::CHANGELOG_TEXTS) {
        let by = header.text(tag::CHANGELOG_NAMES).unwrap_or_default();
        claims.changelog = Some(passage(&format!("{by}\n{said}")));
    }
}

/// The highest version of glibc's symbols that is required by name: `libc.so.6(GLIBC_2.34)(64bit)`.
fn glibc(claims: &mut Claims, header: &Header) {
    let versions = header.strings(tag::REQUIRE_NAMES).iter().filter_map(|name| {
        let (_, rest) = name.split_once("(GLIBC_")?;
        super::machine::version(rest.split(')').next()?)
    });
    if let Some(most) = versions.max() {
        claims.least(Platform::Glibc, &super::machine::written(&most), "Requires");
    }
}
