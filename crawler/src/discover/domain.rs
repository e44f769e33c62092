//! Whose ground an address lies on, by the domain that somebody registered (the Public Suffix List).

use index::source::Standing;
use url::{Host, Url};

/// The registrable domain of an address: `acme.example` of `https://www.acme.example/`. A host that has none, such as
/// an IP address or a name of an internal network, stands for itself.
pub(super) fn of(url: &Url) -> String {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            psl::domain_str(name).unwrap_or(name).to_owned()
        }
        Some(host) => host.to_string(),
        None => String::new(),
    }
}

/// On whose ground an address of the vendor that owns `domain` lies.
pub(super) fn standing(url: &Url, domain: &str) -> Standing {
    if of(url) == domain { Standing::Vendor } else { Standing::Platform }
}

/// A name for whoever owns a domain, where nothing better is known: "Acme" of `acme.co.uk`.
pub(super) fn owner(domain: &str) -> String {
    if domain.parse::<std::net::IpAddr>().is_ok() || domain.starts_with('[') {
        return domain.to_owned();
    }
    let label = domain.split('.').next().unwrap_or(domain);
    let mut letters = label.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use index::source::Standing;
    use url::Url;

    use super::{of, owner, standing};

    fn check(url: &str, domain: &str, name: &str) {
        let found = of(&Url::parse(url).unwrap());
        assert_eq!((found.as_str(), owner(&found).as_str()), (domain, name), "{url}");
    }

    #[test]
    fn a_domain_is_what_somebody_registered() {
        check("https://www.acme.example/x", "acme.example", "Acme");
        check("https://forum.acme.co.uk:8443/", "acme.co.uk", "Acme");
        check("https://acme.github.io/", "acme.github.io", "Acme");
        check("http://intranet/", "intranet", "Intranet");
        check("http://127.0.0.1:81/", "127.0.0.1", "127.0.0.1");
        check("http://[::1]/", "[::1]", "[::1]");
    }

    #[test]
    fn the_vendors_own_ground_is_told_from_a_platform() {
        let check = |url, expected| {
            assert_eq!(standing(&Url::parse(url).unwrap(), "acme.example"), expected, "{url}");
        };
        check("https://status.acme.example/", Standing::Vendor);
        check("https://github.com/acme/anvil", Standing::Platform);
        check("https://notacme.example/", Standing::Platform);
    }
}
