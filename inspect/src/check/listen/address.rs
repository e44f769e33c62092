//! Addresses that something listens on, as configuration writes them: `8080`, `*:80`, `127.0.0.1:6379`, `[::]:443`.

use std::fmt;

use crate::finding::object::{Object, Protocol};

/// Where something listens: a port, and perhaps a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::check) struct Address {
    host: Option<String>,
    port: u16,
}

impl Address {
    /// A port on a host; without one, on whatever the program takes for all.
    pub(in crate::check) fn new(host: Option<&str>, port: u16) -> Address {
        Address { host: host.map(str::to_owned), port }
    }

    /// Reads an address with a port. Paths, variables and names of services are none.
    pub(in crate::check) fn read(text: &str) -> Option<Address> {
        let text = text.trim().trim_matches(['"', '\'', ';', ',']);
        let text = text.split_once("://").map_or(text, |(_, rest)| rest).trim_end_matches('/');
        if let Some(port) = port(text) {
            return Some(Address { host: None, port });
        }
        let (host, port_text) = text.rsplit_once(':')?;
        let port = port(port_text)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || host == "*" {
            return Some(Address { host: None, port });
        }
        is_host(host).then(|| Address { host: Some(host.to_owned()), port })
    }

    /// What a finding about it is about.
    pub(in crate::check) fn object(&self, protocol: Protocol) -> Object {
        let loopback = self.host.as_deref().is_some_and(is_loopback);
        Object::Port { number: self.port, protocol, loopback }
    }

    /// The protocol that its port is known for.
    pub(in crate::check) fn usual(&self) -> Protocol {
        // Names, boot files, time, management: what is asked by datagram.
        if matches!(self.port, 53 | 67..=69 | 123 | 161 | 162 | 514) { Protocol::Udp } else { Protocol::Tcp }
    }

    /// The port.
    pub(in crate::check) fn port(&self) -> u16 {
        self.port
    }

    /// The host, if one is named.
    pub(in crate::check) fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }
}

/// A port that can be listened on.
pub(in crate::check) fn port(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|port| *port > 0)
}

/// Whether a word is an address or a name of a host that can be listened on.
pub(in crate::check) fn is_host(word: &str) -> bool {
    let is_v6 = word.contains(':')
        && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.');
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    is_v6 || word == "*" || is_loopback(word) || word.contains('.') && word.chars().all(fits)
}

/// Whether only the machine itself reaches this host.
pub(in crate::check) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches(['-', '[']).trim_end_matches(']');
    let is_number = host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    matches!(host, "localhost" | "localhost6" | "ip6-localhost" | "::1" | "loopback")
        || is_number && host.starts_with("127.")
}

/// Whether a host stands for all addresses.
pub(in crate::check) fn is_all(host: &str) -> bool {
    matches!(host.trim_start_matches('[').trim_end_matches(']'), "" | "*" | "0.0.0.0" | "::" | "any")
}

/// How far all of them together are reached.
pub(in crate::check) fn reach<'a>(mut all: impl Iterator<Item = &'a Address> + Clone) -> &'static str {
    let hosts = |address: &Address| address.host.clone().unwrap_or_default();
    if all.clone().all(|address| is_loopback(&hosts(address))) {
        "on loopback only"
    } else if all.any(|address| is_all(&hosts(address))) {
        "on all addresses"
    } else {
        "on the addresses named"
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            None => write!(f, "port {}", self.port),
            Some(host) if host.contains(':') => write!(f, "[{host}]:{}", self.port),
            Some(host) => write!(f, "{host}:{}", self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, reach};

    fn check(text: &str, expected: Option<(&str, &str)>) {
        let read = Address::read(text);
        let said = read.as_ref().map(|address| (address.to_string(), reach(std::iter::once(address))));
        assert_eq!(said.as_ref().map(|(text, reach)| (text.as_str(), *reach)), expected, "{text}");
    }

    #[test]
    fn addresses_of_every_spelling_are_read() {
        check("8080", Some(("port 8080", "on all addresses")));
        check("*:80", Some(("port 80", "on all addresses")));
        check(":69", Some(("port 69", "on all addresses")));
        check("[::]:443", Some(("[::]:443", "on all addresses")));
        check("\"127.0.0.1:6379\",", Some(("127.0.0.1:6379", "on loopback only")));
        check("localhost:631", Some(("localhost:631", "on loopback only")));
        check("tcp://192.0.2.7:99", Some(("192.0.2.7:99", "on the addresses named")));
        check("/run/x.sock", None);
        check("unix:/run/x", None);
        check("%d:99", None);
        check("0", None);
        check("70000", None);
        check("sha256:1234", None);
    }
}
