//! What a Debian package claims: its `control` file, its changelog, its copyright file (deb(5), Debian Policy 5).

use super::fields::{every, fields, first};
use super::recognise::Told;
use super::{Claims, Platform, shown};
use crate::check::Role;

const SCRIPTS: [&str; 5] = ["preinst", "postinst", "prerm", "postrm", "config"];
const RELATIONS: [&str; 9] = [
    "Depends",
    "Pre-Depends",
    "Recommends",
    "Suggests",
    "Enhances",
    "Conflicts",
    "Breaks",
    "Replaces",
    "Provides",
];

/// Takes what one member tells; `name` is its path below the package.
pub(super) fn member(claims: &mut Claims, name: &str, bytes: &[u8]) -> Told {
    if let Some((archive, own)) = name.split_once("!/")
        && archive.starts_with("control.tar")
    {
        if own == "control" {
            control(claims, &String::from_utf8_lossy(bytes));
        }
        let role = if SCRIPTS.contains(&own) { Role::InstallScript } else { Role::Metadata };
        return role.into();
    }
    let Some((_, within)) = name.split_once("!/usr/share/doc/") else { return Role::Payload.into() };
    let is_own = |file: &str| {
        claims.name.as_deref().is_some_and(|own| within.strip_prefix(own).is_some_and(|rest| rest == file))
    };
    if is_own("/changelog.Debian.gz!/changelog.Debian") || is_own("/changelog.gz!/changelog") {
        changelog(claims, &String::from_utf8_lossy(bytes));
    } else if is_own("/copyright") {
        claims.licence = licence(&String::from_utf8_lossy(bytes));
    }
    Role::Payload.into()
}

fn control(claims: &mut Claims, text: &str) {
    let read = fields(text);
    let one = |name| first(&read, &[name]);
    claims.name = one("Package");
    claims.version = one("Version");
    claims.vendor = one("Maintainer");
    claims.architecture = one("Architecture");
    claims.homepage = one("Homepage");
    claims.summary = every(&read, "Description").next().and_then(|text| text.lines().next()).map(shown);
    // In KiB (Debian Policy 5.6.20).
    claims.installed = one("Installed-Size").and_then(|kib| kib.parse::<u64>().ok()?.checked_mul(1024));
    for relation in RELATIONS {
        for target in every(&read, relation).flat_map(|value| value.split(',')) {
            let target = target.replace('\n', " ");
            claims.relate(relation, &target);
            if let Some(range) = target.trim().strip_prefix("libc6 (>= ")
                && relation.ends_with("Depends")
            {
                claims.least(Platform::Glibc, range.trim_end_matches(')'), relation);
            }
        }
    }
}

/// The entry of this version: from its heading to the line that signs it.
fn changelog(claims: &mut Claims, text: &str) {
    let Some(version) = claims.version.as_deref() else { return };
    let heading = format!("({version})");
    let mut lines = text.lines().skip_while(|line| line.starts_with(' ') || !line.contains(&heading));
    let Some(first) = lines.next() else { return };
    let mut entry = first.to_owned();
    for line in lines {
        if entry.len() + line.len() > Claims::LONGEST_CHANGELOG {
            break;
        }
        entry.push('\n');
        entry.push_str(line);
        if line.starts_with(" -- ") {
            break;
        }
    }
    claims.changelog = Some(super::passage(&entry));
}

/// The licence of most files, as a machine-readable copyright file states it.
fn licence(text: &str) -> Option<String> {
    if !text.starts_with("Format:") {
        return None;
    }
    let all = text.split("\n\n").find(|paragraph| paragraph.trim_start().starts_with("Files: *\n"))?;
    first(&fields(all.trim_start()), &["License"])
}
