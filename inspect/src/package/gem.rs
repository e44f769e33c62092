//! What a Ruby gem claims: its `metadata`, a specification in YAML, read by its top-level lines.
//!
//! The file is an object dump that only Ruby can restore in full; its plain fields stand on lines of their own, and
//! nothing else is looked at.

use super::recognise::Told;
use super::{Claims, Platform, shown};
use crate::check::Role;

/// Takes what one member tells; `name` is its path below the package.
pub(super) fn member(claims: &mut Claims, name: &str, bytes: &[u8]) -> Told {
    if name == "metadata.gz!/metadata" {
        metadata(claims, &String::from_utf8_lossy(bytes));
        return Role::Metadata.into();
    }
    // Extensions are built while the gem is installed, by a program of its own.
    let builds = name.starts_with("data.tar.gz!/ext/") && name.ends_with("/extconf.rb");
    if builds { Role::InstallScript.into() } else { Role::Payload.into() }
}

fn metadata(claims: &mut Claims, text: &str) {
    let mut lines = text.lines().take(20_000).peekable();
    while let Some(line) = lines.next() {
        let Some((key, value)) = line.split_once(':').filter(|_| !line.starts_with([' ', '-', '#'])) else {
            continue;
        };
        let plain = value.trim().trim_matches(['\'', '"']);
        let below = lines.peek().map(|next| next.trim()).unwrap_or_default();
        let below = below.strip_prefix("- ").unwrap_or(below).trim_matches(['\'', '"']);
        match key {
            "name" => claims.name = Some(shown(plain)),
            "version" => claims.version = below.strip_prefix("version:").map(|version| shown(version.trim())),
            "platform" if plain != "ruby" => claims.architecture = Some(shown(plain)),
            "authors" => claims.vendor = Some(shown(below)),
            "licenses" if !below.contains(':') => claims.licence = Some(shown(below)),
            "summary" => claims.summary = Some(shown(plain)),
            "homepage" => claims.homepage = Some(shown(plain)),
            "required_ruby_version" => {
                let version = text.split("required_ruby_version:").nth(1).unwrap_or_default();
                let version = version.lines().take(8).find_map(|line| line.trim().strip_prefix("version:"));
                claims.least(Platform::Ruby, version.unwrap_or_default().trim_matches(['\'', ' ', '"']), key);
            }
            _ => {}
        }
    }
}
