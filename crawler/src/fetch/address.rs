//! Which addresses may be connected to.
//!
//! Given an address that a name resolved to, or that a URL spelled out, and how far its source may reach; answers
//! whether a connection is allowed, and if not, what kind of address it is. It resolves nothing and connects to nothing.
//! Ranges are those of the IANA special-purpose address registries (RFC 6890 and its successors).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far a source may reach into the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Only addresses of the public Internet.
    Public,
    /// Also loopback and private networks: the source was explicitly allowed them (an intranet, a demonstration).
    Private,
}

/// What kind of address is not connected to; written so that it reads after "is".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressKind {
    /// This machine (127.0.0.0/8, ::1).
    Loopback,
    /// Somebody's own network (RFC 1918, RFC 4193, NAT64 prefixes for local use).
    Private,
    /// Between a provider and its customers (100.64.0.0/10, RFC 6598).
    Shared,
    /// A cloud provider's service that hands credentials to whoever asks from inside.
    Metadata,
    /// One cable only (169.254.0.0/16, `fe80::/10`).
    LinkLocal,
    /// Many receivers at once, broadcast included.
    Multicast,
    /// No address at all (0.0.0.0/8, `::`).
    Unspecified,
    /// For benchmarks and documents (RFC 2544, RFC 5737, RFC 3849, RFC 9637).
    Documentation,
    /// Set aside or retired by the standards; nobody serves anything from it.
    Reserved,
}

impl AddressKind {
    /// The kind in words, with its article: "a loopback address".
    pub fn words(self) -> &'static str {
        match self {
            AddressKind::Loopback => "a loopback address",
            AddressKind::Private => "a private address",
            AddressKind::Shared => "a carrier's shared address",
            AddressKind::Metadata => "a cloud metadata address",
            AddressKind::LinkLocal => "a link-local address",
            AddressKind::Multicast => "a multicast or broadcast address",
            AddressKind::Unspecified => "no address of any machine",
            AddressKind::Documentation => "an address for benchmarks or documentation",
            AddressKind::Reserved => "a reserved address",
        }
    }

    fn allowed(self, reach: Reach) -> bool {
        reach == Reach::Private
            && matches!(self, AddressKind::Loopback | AddressKind::Private | AddressKind::Shared)
    }
}

/// Addresses that hand out credentials, in ranges that would otherwise be allowed to some source: AWS, Alibaba,
/// Google and Azure, as their documentation gives them. (169.254.0.0/16 is refused as a whole.)
const METADATA: [IpAddr; 5] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// Whether a source of this reach may be connected to `address`.
///
/// # Errors
/// The kind of the address, if it may not.
pub(super) fn vet(address: IpAddr, reach: Reach) -> Result<(), AddressKind> {
    match kind(address) {
        Some(kind) if !kind.allowed(reach) => Err(kind),
        _ => Ok(()),
    }
}

/// None for an address of the public Internet.
fn kind(address: IpAddr) -> Option<AddressKind> {
    if METADATA.contains(&address) {
        return Some(AddressKind::Metadata);
    }
    match address {
        IpAddr::V4(address) => kind_of_four(address),
        IpAddr::V6(address) => kind_of_six(address),
    }
}

fn kind_of_four(address: Ipv4Addr) -> Option<AddressKind> {
    match address.octets() {
        [0, ..] => Some(AddressKind::Unspecified),
        [127, ..] => Some(AddressKind::Loopback),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some(AddressKind::Private),
        [100, 64..=127, ..] => Some(AddressKind::Shared),
        [169, 254, ..] => Some(AddressKind::LinkLocal),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] | [198, 18..=19, ..] => {
            Some(AddressKind::Documentation)
        }
        // Protocol assignments (RFC 6890) and the retired 6to4 relay (RFC 7526).
        [192, 0, 0, _] | [192, 88, 99, _] => Some(AddressKind::Reserved),
        [224..=239, ..] | [255, 255, 255, 255] => Some(AddressKind::Multicast),
        [240..=255, ..] => Some(AddressKind::Reserved),
        _ => None,
    }
}

fn kind_of_six(address: Ipv6Addr) -> Option<AddressKind> {
    if let Some(embedded) = embedded_four(address) {
        return kind(IpAddr::V4(embedded));
    }
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some(AddressKind::Unspecified),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some(AddressKind::Loopback),
        [0xfc00..=0xfdff, ..] | [0x64, 0xff9b, 1, ..] => Some(AddressKind::Private),
        [0xfe80..=0xfebf, ..] => Some(AddressKind::LinkLocal),
        [0xff00..=0xffff, ..] => Some(AddressKind::Multicast),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] | [0x2001, 2, 0, ..] => {
            Some(AddressKind::Documentation)
        }
        // Protocol assignments, Teredo among them, whose embedded address is hidden (RFC 4380).
        [0x2001, 0..=0x1ff, ..] => Some(AddressKind::Reserved),
        // All that was ever given out as global unicast (RFC 4291 section 2.4, IANA).
        [0x2000..=0x3fff, ..] => None,
        _ => Some(AddressKind::Reserved),
    }
}

/// The IPv4 address that a packet to this address finally goes to: mapped and compatible (RFC 4291), NAT64 (RFC 6052),
/// SIIT (RFC 2765) and 6to4 (RFC 3056).
fn embedded_four(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let (high, low) = match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => return None,
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0, 0, 0, 0, 0, 0, high, low] => (high, low),
        [0, 0, 0, 0, 0xffff, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => (high, low),
        [0x2002, high, low, ..] => (high, low),
        _ => return None,
    };
    Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{AddressKind, Reach, vet};

    fn check(addresses: &[&str], public: Result<(), AddressKind>, private: Result<(), AddressKind>) {
        for spelled in addresses {
            let address: IpAddr = spelled.parse().unwrap();
            assert_eq!(vet(address, Reach::Public), public, "{spelled}, public");
            assert_eq!(vet(address, Reach::Private), private, "{spelled}, private");
        }
    }

    #[test]
    fn the_public_internet_is_reached_by_all() {
        check(
            &["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1"],
            Ok(()),
            Ok(()),
        );
        check(
            &["9.255.255.255", "11.0.0.0", "128.0.0.1", "169.253.0.1", "198.17.0.1", "223.255.255.255"],
            Ok(()),
            Ok(()),
        );
        check(
            &["2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888", "2001:200::1"],
            Ok(()),
            Ok(()),
        );
        check(&["::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"], Ok(()), Ok(()));
    }

    #[test]
    fn loopback_and_private_networks_need_to_be_allowed() {
        let loopback =
            ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"];
        check(&loopback, Err(AddressKind::Loopback), Ok(()));
        check(&["2002:7f00:1::", "::ffff:0:127.0.0.1"], Err(AddressKind::Loopback), Ok(()));
        check(
            &["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
            Err(AddressKind::Private),
            Ok(()),
        );
        check(&["::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:c0a8:101::1"], Err(AddressKind::Private), Ok(()));
        check(&["fc00::1", "fdff::1", "64:ff9b:1::1"], Err(AddressKind::Private), Ok(()));
        check(&["100.64.0.1", "100.127.255.255", "::ffff:100.64.0.1"], Err(AddressKind::Shared), Ok(()));
    }

    fn check_never(addresses: &[&str], kind: AddressKind) {
        check(addresses, Err(kind), Err(kind));
    }

    #[test]
    fn metadata_services_are_never_asked() {
        check_never(&["169.254.169.254", "fd00:ec2::254", "fd20:ce::254"], AddressKind::Metadata);
        check_never(&["100.100.100.200", "168.63.129.16"], AddressKind::Metadata);
        check_never(
            &["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"],
            AddressKind::Metadata,
        );
    }

    #[test]
    fn what_serves_nothing_is_never_asked() {
        check_never(&["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"], AddressKind::Unspecified);
        check_never(&["169.254.0.1", "169.254.170.2", "fe80::1", "febf::1"], AddressKind::LinkLocal);
        check_never(&["224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1"], AddressKind::Multicast);
        check_never(
            &["192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "198.19.0.1"],
            AddressKind::Documentation,
        );
        check_never(&["2001:db8::1", "3fff::1", "2001:2::1"], AddressKind::Documentation);
        check_never(&["240.0.0.1", "255.255.255.254", "192.0.0.8", "192.88.99.1"], AddressKind::Reserved);
        check_never(
            &["2001::1", "4000::1", "5f00::1", "fec0::1", "100::1", "::1:0:0:1"],
            AddressKind::Reserved,
        );
    }
}
