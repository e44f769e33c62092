//! What a Python package claims: `METADATA` or `PKG-INFO`, and the tags of a wheel (PEP 427, PEP 600, PEP 656).

use super::fields::{every, fields, first};
use super::recognise::Told;
use super::{Claims, Platform};
use crate::check::Role;

/// Takes what one member tells; `name` is its path below the package.
pub(super) fn member(claims: &mut Claims, name: &str, bytes: &[u8]) -> Told {
    let (folder, own) = name.rsplit_once('/').unwrap_or(("", name));
    if folder.is_empty() || folder.contains('/') {
        return Role::Payload.into();
    }
    match own {
        "METADATA" | "PKG-INFO" => {
            metadata(claims, &String::from_utf8_lossy(bytes));
            Role::Metadata.into()
        }
        "WHEEL" => {
            for tag in every(&fields(&String::from_utf8_lossy(bytes)), "Tag") {
                wheel_tag(claims, tag);
            }
            Role::Metadata.into()
        }
        // Building the package runs it, and installing a source distribution builds it.
        "setup.py" if !folder.ends_with(".dist-info") => Role::InstallScript.into(),
        _ if folder.ends_with(".dist-info") => Role::Metadata.into(),
        _ => Role::Payload.into(),
    }
}

fn metadata(claims: &mut Claims, text: &str) {
    let read = fields(text);
    claims.name = first(&read, &["Name"]);
    claims.version = first(&read, &["Version"]);
    claims.vendor = first(&read, &["Author", "Author-email", "Maintainer", "Maintainer-email"]);
    claims.summary = first(&read, &["Summary"]);
    claims.homepage = first(&read, &["Home-page"]);
    claims.licence = first(&read, &["License-Expression", "License"]).filter(|text| text != "UNKNOWN");
    if claims.licence.is_none() {
        let class = every(&read, "Classifier").find_map(|value| value.strip_prefix("License :: "));
        claims.licence = class.map(super::shown);
    }
    for target in every(&read, "Requires-Dist") {
        claims.relate("Requires-Dist", target);
    }
    if let Some(range) = first(&read, &["Requires-Python"]) {
        claims.least(Platform::Python, &range, "Requires-Python");
    }
}

/// One tag: `cp311-abi3-manylinux_2_28_x86_64`.
fn wheel_tag(claims: &mut Claims, tag: &str) {
    let Some(platform) = tag.rsplit('-').next().filter(|platform| *platform != "any") else { return };
    claims.architecture.get_or_insert_with(|| super::shown(platform));
    let versioned = |start: &str| {
        let mut parts = platform.strip_prefix(start)?.splitn(3, '_');
        Some(format!("{}.{}", parts.next()?, parts.next()?))
    };
    let old = [("manylinux1_", "2.5"), ("manylinux2010_", "2.12"), ("manylinux2014_", "2.17")];
    if let Some(version) = versioned("manylinux_") {
        claims.least(Platform::Glibc, &version, "the wheel's tag");
    } else if let Some((_, version)) = old.iter().find(|(start, _)| platform.starts_with(start)) {
        claims.least(Platform::Glibc, version, "the wheel's tag");
    } else if let Some(version) = versioned("musllinux_") {
        claims.least(Platform::Musl, &version, "the wheel's tag");
    } else if let Some(version) = versioned("macosx_") {
        claims.least(Platform::System, &format!("macOS {version}"), "the wheel's tag");
    }
}

#[cfg(test)]
mod tests {
    use super::member;
    use crate::package::{Claims, Format};

    #[test]
    fn a_wheel_states_its_python_and_its_glibc() {
        let mut claims = Claims::new("", Format::Wheel);
        let metadata = "Metadata-Version: 2.1\nName: relay\nVersion: 2.0\nRequires-Python: >=3.8\n\
                        Requires-Dist: wire (>=1)\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n";
        member(&mut claims, "relay-2.0.dist-info/METADATA", metadata.as_bytes());
        let wheel =
            "Wheel-Version: 1.0\nTag: cp311-abi3-manylinux_2_28_x86_64\nTag: cp311-abi3-macosx_11_0_arm64\n";
        member(&mut claims, "relay-2.0.dist-info/WHEEL", wheel.as_bytes());
        let least: Vec<&str> = claims.minimums.iter().map(|least| least.version.as_str()).collect();
        assert_eq!(least, [">=3.8", "2.28", "macOS 11.0"]);
        assert_eq!(claims.licence.as_deref(), Some("OSI Approved :: MIT License"));
    }
}
