//! Names become addresses that may be connected to, and no others.
//!
//! The HTTP client asks this resolver for every name and connects to exactly what it returns, so an address is vetted
//! after it was resolved and cannot change in between. The client does not ask for hosts that are spelled as addresses:
//! [`vet_literal`] is for those, and must be called before every request.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Host;

use super::address::{AddressKind, Reach, vet};
use super::disappointment::{Disappointment, host};

/// The system's resolver, with everything struck out that a source of this reach may not be connected to.
pub(super) struct VettedNames {
    /// How far the sources of this client may reach.
    pub(super) reach: Reach,
}

/// Why a name gave no address to connect to.
#[derive(Debug)]
pub(super) enum NoAddress {
    Unresolved(io::Error),
    Refused(IpAddr, AddressKind),
}

impl NoAddress {
    pub(super) fn told_of(&self, host: String) -> Disappointment {
        match self {
            NoAddress::Unresolved(cause) => Disappointment::Unresolved { host, detail: cause.to_string() },
            NoAddress::Refused(address, kind) => {
                Disappointment::RefusedAddress { host, address: *address, kind: *kind }
            }
        }
    }
}

impl fmt::Display for NoAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoAddress::Unresolved(cause) => write!(out, "resolve the name: {cause}"),
            NoAddress::Refused(address, kind) => write!(out, "connect to {address}: it is {}", kind.words()),
        }
    }
}

impl Error for NoAddress {}

impl Resolve for VettedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(NoAddress::Unresolved)?;
            Ok(Box::new(vetted(found, reach)?.into_iter()) as Addrs)
        })
    }
}

/// Those of the addresses that may be connected to.
///
/// # Errors
/// If there is none: for the first that may not, or because there was none at all.
pub(super) fn vetted(
    found: impl Iterator<Item = SocketAddr>,
    reach: Reach,
) -> Result<Vec<SocketAddr>, NoAddress> {
    let mut refused = None;
    let mut allowed = Vec::new();
    for address in found {
        match vet(address.ip(), reach) {
            Ok(()) => allowed.push(address),
            Err(kind) => refused = refused.or(Some(NoAddress::Refused(address.ip(), kind))),
        }
    }
    if allowed.is_empty() {
        let nothing = || NoAddress::Unresolved(io::Error::other("the name has no addresses"));
        return Err(refused.unwrap_or_else(nothing));
    }
    Ok(allowed)
}

/// Vets a host that is spelled as an address, in whatever spelling; a host that is a name passes.
///
/// # Errors
/// If it is an address that may not be connected to, or there is no host.
pub(super) fn vet_literal(url: &Url, reach: Reach) -> Result<(), Disappointment> {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(name)) if !name.is_empty() => match name.trim_end_matches('.').parse() {
            Ok(address) => address,
            Err(_) => return Ok(()),
        },
        _ => return Err(Disappointment::Hostless { url: super::disappointment::shown(url) }),
    };
    vet(address, reach).map_err(|kind| NoAddress::Refused(address, kind).told_of(host(url)))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use reqwest::Url;

    use super::{NoAddress, vet_literal, vetted};
    use crate::fetch::address::Reach;

    #[test]
    fn every_spelling_of_an_address_is_vetted() {
        for host in [
            "127.0.0.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
            "0x7f.1",
            "127.0.0.1.",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "169.254.169.254",
            "[fd00:ec2::254]",
            "10.0.0.1",
            "0",
            "[64:ff9b::10.0.0.1]",
            "%31%32%37.0.0.1",
            "①②⑦.0.0.1",
            "127。0。0。1",
        ] {
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            assert!(vet_literal(&url, Reach::Public).is_err(), "{host}");
        }
        for host in ["vendor.example", "1.1.1.1", "[2606:4700::1111]"] {
            let url = Url::parse(&format!("http://{host}/")).unwrap();
            assert_eq!(vet_literal(&url, Reach::Public), Ok(()), "{host}");
        }
    }

    #[test]
    fn a_name_keeps_only_the_addresses_that_may_be_asked() {
        let found: [SocketAddr; 3] = ["10.0.0.1:0", "1.1.1.1:0", "[::1]:0"].map(|text| text.parse().unwrap());
        assert_eq!(vetted(found.into_iter(), Reach::Public).unwrap(), [found[1]]);
        assert_eq!(vetted(found.into_iter(), Reach::Private).unwrap(), found);
        let refused = vetted(found.into_iter().take(1), Reach::Public).unwrap_err();
        assert!(matches!(refused, NoAddress::Refused(address, _) if address == found[0].ip()));
        assert!(matches!(vetted([].into_iter(), Reach::Public), Err(NoAddress::Unresolved(_))));
    }
}
