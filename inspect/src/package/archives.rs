//! What Java archives and Alpine packages claim: a manifest, Maven's properties, and `.PKGINFO`.

use super::fields::{first, manifest};
use super::recognise::Told;
use super::{Claims, shown};
use crate::check::Role;

/// Takes what one member of a Java archive tells; `name` is its path below the package.
pub(super) fn jar(claims: &mut Claims, name: &str, bytes: &[u8]) -> Told {
    if name == "META-INF/MANIFEST.MF" {
        let read = manifest(&String::from_utf8_lossy(bytes));
        let or = |slot: &mut Option<String>, names: &[&str]| {
            if slot.is_none() {
                *slot = first(&read, names);
            }
        };
        or(&mut claims.name, &["Implementation-Title", "Bundle-SymbolicName", "Specification-Title"]);
        or(&mut claims.version, &["Implementation-Version", "Bundle-Version", "Specification-Version"]);
        or(&mut claims.vendor, &["Implementation-Vendor", "Bundle-Vendor", "Specification-Vendor"]);
        or(&mut claims.licence, &["Bundle-License"]);
        or(&mut claims.homepage, &["Implementation-URL", "Bundle-DocURL"]);
        return Role::Metadata.into();
    }
    let is_own = name.starts_with("META-INF/maven/") && name.ends_with("/pom.properties");
    if is_own {
        maven(claims, &String::from_utf8_lossy(bytes));
    }
    if name.starts_with("META-INF/") && !name.ends_with(".class") {
        return Role::Metadata.into();
    }
    Role::Payload.into()
}

/// An archive that was made of several others has the properties of each: the first ones count.
fn maven(claims: &mut Claims, text: &str) {
    if claims.name.as_deref().is_some_and(|name| name.contains(':')) {
        return;
    }
    let value = |key: &str| text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
    if let (Some(group), Some(artifact)) = (value("groupId"), value("artifactId")) {
        claims.name = Some(shown(&format!("{group}:{artifact}")));
        claims.version = value("version").map(shown).or(claims.version.take());
    }
}

const ALPINE_SCRIPTS: [&str; 7] = [
    ".pre-install",
    ".post-install",
    ".pre-upgrade",
    ".post-upgrade",
    ".pre-deinstall",
    ".post-deinstall",
    ".trigger",
];

/// Takes what one member of an Alpine package tells.
pub(super) fn apk(claims: &mut Claims, name: &str, bytes: &[u8]) -> Told {
    if ALPINE_SCRIPTS.contains(&name) {
        return Role::InstallScript.into();
    }
    if name == ".PKGINFO" {
        for line in String::from_utf8_lossy(bytes).lines().take(10_000) {
            let Some((key, value)) = line.split_once(" = ") else { continue };
            match key {
                "pkgname" => claims.name = Some(shown(value)),
                "pkgver" => claims.version = Some(shown(value)),
                "pkgdesc" => claims.summary = Some(shown(value)),
                "url" => claims.homepage = Some(shown(value)),
                "arch" => claims.architecture = Some(shown(value)),
                "license" => claims.licence = Some(shown(value)),
                "maintainer" => claims.vendor = Some(shown(value)),
                "size" => claims.installed = value.trim().parse().ok(),
                "depend" | "provides" | "replaces" | "triggers" => claims.relate(key, value),
                _ => {}
            }
        }
    }
    if name.starts_with('.') { Role::Metadata.into() } else { Role::Payload.into() }
}
