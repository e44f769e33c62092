//! Other identifiers of a product as an entry keeps them: package URLs and CPEs without what names a version.
//!
//! Refuses what is none: an empty part, a wildcard for a product, a text longer than any real one.

use crate::formats::phrase::{add, name};

/// Identifiers kept of one product.
const KEPT: usize = 4;

/// Adds the identifiers that can be read to those that a product has, each once.
pub(crate) fn keep<'a>(also: &mut Vec<String>, stated: impl Iterator<Item = &'a str>) {
    for identifier in stated.filter_map(read) {
        if also.len() < KEPT {
            add(also, identifier);
        }
    }
}

/// A package URL, a CPE or the address of a repository, without a version.
fn read(stated: &str) -> Option<String> {
    let stated = stated.trim();
    if stated.len() > 300 {
        return None;
    }
    if stated.starts_with("pkg:") {
        package_url(stated)
    } else if stated.starts_with("cpe:") {
        cpe(stated)
    } else {
        stated.contains("://").then(|| name(stated))
    }
}

fn package_url(stated: &str) -> Option<String> {
    let bare = stated.split(['?', '#']).next()?;
    let path = bare.find('/')?;
    // The "@" of a scope stands right behind a slash.
    let version =
        bare.rfind('@').filter(|at| *at > path + 1 && bare.get(..*at).is_some_and(|b| !b.ends_with('/')));
    let bare = version.and_then(|at| bare.get(..at)).unwrap_or(bare);
    (!bare.ends_with('/')).then(|| name(bare))
}

fn cpe(stated: &str) -> Option<String> {
    let kept = if stated.starts_with("cpe:2.3:") { 5 } else { 4 };
    let parts: Vec<&str> = stated.split(':').take(kept).collect();
    let product = parts.last().filter(|_| parts.len() == kept)?;
    (!matches!(*product, "" | "*" | "-")).then(|| name(&parts.join(":")))
}

#[cfg(test)]
mod tests {
    use super::keep;

    #[test]
    fn identifiers_are_kept_without_versions() {
        let check = |stated: &str, expected: &str| {
            let mut also = Vec::new();
            keep(&mut also, std::iter::once(stated));
            assert_eq!(also.join(" "), expected, "{stated}");
        };
        check("pkg:deb/debian/openssl@3.0.5?arch=amd64", "pkg:deb/debian/openssl");
        check("pkg:npm/@angular/core@1.0", "pkg:npm/@angular/core");
        check("pkg:npm/@angular", "pkg:npm/@angular");
        check("cpe:2.3:a:openssl:openssl:3.0.5:*:*", "cpe:2.3:a:openssl:openssl");
        check("cpe:/a:nodejs:node.js:18", "cpe:/a:nodejs:node.js");
        check("cpe:2.3:a:acme:*:1", "");
        check("cpe:2.3:a", "");
        check("https://github.com/openssl/openssl", "https://github.com/openssl/openssl");
        check("openssl", "");
    }
}
