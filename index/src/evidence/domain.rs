//! Whose ground an address lies on, and whether it only looks like the vendor's.
//!
//! Domains are compared as somebody registered them (the Public Suffix List), never by how an address begins or what its
//! path says. A look-alike is found by the letters that Unicode lists as confusable (UTS 39), by one letter of
//! difference, and by a vendor's name that is used inside of another domain.

use unicode_security::confusable_detection::skeleton;
use url::{Host, Url};

/// Letters of a name below which one letter of difference, or being a part of another name, says nothing.
const TELLING: usize = 5;

/// The address's registrable domain in Unicode, lower-case: `acme.example` of `https://www.acme.example/`. A host without
/// one stands for itself. `None` for what is no web address.
pub(super) fn registrable(address: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    match url.host()? {
        Host::Domain(name) => Some(of_name(name)),
        host => Some(host.to_string()),
    }
}

/// The same of a host's name.
fn of_name(name: &str) -> String {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let (unicode, _) = idna::domain_to_unicode(psl::domain_str(&name).unwrap_or(&name));
    unicode
}

/// Whether an address lies on one of a vendor's domains.
pub(super) fn is_on(address: &str, domains: &[String]) -> bool {
    registrable(address).is_some_and(|found| domains.iter().any(|own| of_name(own) == found))
}

/// Whether an address was fetched by a scheme that proves its host.
pub(super) fn is_verified(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| url.scheme() == "https")
}

/// Why an address could be taken for the vendor's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alike {
    /// One sentence.
    pub(super) why: String,
    /// Whether nobody honest would have registered it: the letters only look the same, or one is different. Else it bears the
    /// vendor's name, as a place that somebody hosts for the vendor also does.
    pub(super) forged: bool,
}

/// Why an address that is not the vendor's could be taken for it.
pub(super) fn looks_like(address: &str, domains: &[String]) -> Option<Alike> {
    let found = registrable(address)?;
    let host = Url::parse(address).ok()?.host_str()?.to_owned();
    let own: Vec<String> = domains.iter().map(|own| of_name(own)).collect();
    if own.contains(&found) {
        return None;
    }
    own.iter().find_map(|own| resembles(&found, &host, own))
}

fn resembles(found: &str, host: &str, own: &str) -> Option<Alike> {
    let (label, theirs) = (label(own), label(found));
    let alike = |forged, why| Some(Alike { why, forged });
    if bones(found) == bones(own) {
        return alike(true, format!("{found} is written with letters that look like those of {own}"));
    }
    if label.len() < TELLING {
        return None;
    }
    if strsim::osa_distance(theirs, label) == 1 {
        return alike(true, format!("{found} differs from {own} by one letter"));
    }
    if theirs != label && bones(theirs) == bones(label) {
        return alike(true, format!("{found} is written with letters that look like those of {own}"));
    }
    if theirs == label {
        return alike(false, format!("{found} has the name of {own} under another ending"));
    }
    let parts = |name: &str| name.split(['.', '-']).any(|part| bones(part) == bones(label));
    if parts(host) {
        return alike(false, format!("{host} bears the name of {own} and lies on {found}"));
    }
    None
}

/// The part of a registrable domain that somebody chose.
fn label(domain: &str) -> &str {
    domain.split('.').next().unwrap_or(domain)
}

/// What is left of a name when letters that look alike are made equal.
fn bones(name: &str) -> String {
    skeleton(name).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{is_on, looks_like, registrable};

    fn domains() -> Vec<String> {
        vec!["halvard.example".to_owned(), "keys.relaymail.co.uk".to_owned()]
    }

    #[test]
    fn ground_is_told_by_what_was_registered() {
        for own in ["https://halvard.example/", "https://a.b.HALVARD.example/x", "https://relaymail.co.uk/"] {
            assert!(is_on(own, &domains()), "{own}");
        }
        for other in [
            "https://halvard.example.evil.example/",
            "https://nothalvard.example/",
            "https://co.uk/",
            "deb:halvard",
        ] {
            assert!(!is_on(other, &domains()), "{other}");
        }
        assert_eq!(registrable("https://xn--bcher-kva.example/").as_deref(), Some("bücher.example"));
    }

    #[test]
    fn look_alikes_are_named() {
        let check = |address: &str, forged: Option<bool>| {
            assert_eq!(looks_like(address, &domains()).map(|alike| alike.forged), forged, "{address}");
        };
        check("https://ha1vard.example/", Some(true));
        check("https://hаlvard.example/", Some(true));
        check("https://ha1vard.test/", Some(true));
        check("https://halvrad.example/", Some(true));
        check("https://halvard.test/", Some(false));
        check("https://halvard.mirror.test/", Some(false));
        check("https://halvard-keys.test/", Some(false));
        check("https://www.halvard.example/", None);
        check("https://forum.test/halvard", None);
        check("https://hazard.test/", None);
    }
}
