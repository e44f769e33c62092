//! Names and addresses of machines.
//!
//! Refuses dotted names that are files or parts of programs: outside a URL or an address of mail, a name must
//! end in a domain that people write in prose. Nothing is resolved.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::surroundings::{Lower, lower, words_back};
use super::{Found, Kind};

/// Domains under which a bare name is believed. Not among them: `.sh`, `.rs`, `.py`, `.pl`, `.md`, `.so`, `.cc`,
/// `.zip`, `.app`, `.info`, `.id`, `.name`, `.in`, `.is`, `.it`, `.to`, which are files, attributes or words.
const DOMAINS: &[&str] = &[
    "com", "org", "net", "edu", "gov", "mil", "int", "io", "dev", "cloud", "eu", "de", "uk", "fr", "nl",
    "ch", "be", "cz", "es", "fi", "dk", "se", "jp", "cn", "kr", "tw", "ru", "br", "au", "nz", "ca", "us",
    "pt", "gr", "tech", "example", "internal", "corp", "lan", "arpa", "onion", "biz",
];
/// First labels of names turned around, as packages of Java and names on D-Bus are.
const REVERSED: &[&str] =
    &["com", "org", "net", "io", "java", "javax", "jakarta", "de", "edu", "gov", "dev", "www3"];

/// The host of a URL whose authority (RFC 3986, section 3.2) begins at `start`, and where the authority ends.
pub(super) fn in_url(bytes: &[u8], start: usize) -> (Option<Found>, usize) {
    let part = |b: &&u8| b.is_ascii_alphanumeric() || b".-_~%!$&+=:@[]".contains(b);
    let length = bytes[start..].iter().take(512).take_while(part).count();
    let end = start + length;
    if bytes.get(end).is_some_and(|b| *b >= 0x80) {
        return (None, end);
    }
    let user = bytes[start..end].iter().rposition(|&b| b == b'@').map_or(0, |at| at + 1);
    let first = start + user;
    if bytes.get(first) == Some(&b'[') {
        return (bracketed(bytes, first), end);
    }
    let length =
        bytes[first..end].iter().take_while(|b| b.is_ascii_alphanumeric() || b".-_".contains(b)).count();
    let length =
        length - bytes[first..first + length].iter().rev().take_while(|b| !b.is_ascii_alphanumeric()).count();
    let name = &bytes[first..first + length];
    let address = ipv4(name);
    let valid = address.is_some() || labels(name, true);
    (valid.then(|| found(name, first)).flatten(), end)
}

/// An IPv6 address in the brackets that open at `start`.
pub(super) fn bracketed(bytes: &[u8], start: usize) -> Option<Found> {
    let length = bytes.get(start + 1..)?.iter().take(46).position(|&b| b == b']')?;
    let inside = std::str::from_utf8(&bytes[start + 1..start + 1 + length]).ok()?;
    let address: Ipv6Addr = inside.parse().ok()?;
    Some(Found { kind: Kind::Host, value: address.to_string(), start: start + 1, end: start + 1 + length })
}

/// The host in the word from `start` to `end`: behind an `@`, or by itself.
pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Option<Found> {
    if bytes.get(end).is_some_and(|b| *b >= 0x80) && !matches!(bytes[end..], [0xE2, 0x80, 0x90..=0xA6, ..]) {
        return None;
    }
    if let Some(sign) = bytes[start..end].iter().rposition(|&b| b == b'@') {
        let first = start + sign + 1;
        let length =
            bytes[first..end].iter().take_while(|b| b.is_ascii_alphanumeric() || b".-".contains(b)).count();
        let name = &bytes[first..first + length];
        return (labels(name, false) && sign > 0).then(|| found(name, first)).flatten();
    }
    let length =
        bytes[start..end].iter().take_while(|b| b.is_ascii_alphanumeric() || b".-_".contains(b)).count();
    let name = &bytes[start..start + length];
    let port =
        bytes[start + length..end].strip_prefix(b":").is_some_and(|p| p.iter().all(u8::is_ascii_digit));
    let whole = start + length == end || port;
    let after_port = start + length != end;
    if let Some(address) = ipv4(name).filter(|_| whole) {
        let host = addressed(bytes, start, end, address, after_port);
        return if host { found(name, start) } else { None };
    }
    let bare = whole && bytes.get(end) != Some(&b'(') && begins(bytes, start) && believed(name);
    if bare { found(name, start) } else { None }
}

/// Words before four numbers that make them a version.
const VERSIONS: &[&str] = &[
    "version",
    "versions",
    "v",
    "release",
    "releases",
    "firmware",
    "before",
    "prior",
    "through",
    "lessthan",
    "lessthanorequal",
    "fixed",
    "introduced",
    "upgrade",
    "update",
    "earlier",
    "older",
    "below",
];

/// Whether what follows speaks of a range of versions ("and below").
fn followed_by_range(bytes: &[u8], end: usize) -> bool {
    let rest =
        bytes[end..bytes.len().min(end + 24)].split(|b| !b.is_ascii_alphabetic()).filter(|w| !w.is_empty());
    rest.take(2)
        .any(|word| matches!(word, b"through" | b"below" | b"earlier" | b"prior" | b"later" | b"older"))
}

/// Whether four dotted numbers are an address: advisories are full of versions that look the same.
fn addressed(bytes: &[u8], start: usize, end: usize, address: Ipv4Addr, port: bool) -> bool {
    if matches!(start.checked_sub(1).map(|at| bytes[at]), Some(b'-' | b'_' | b'.')) {
        return false;
    }
    let near: Vec<Lower> = words_back(bytes, start).take(3).filter_map(lower).collect();
    let says = |words: &[&str]| near.iter().any(|near| words.iter().any(|word| *word.as_bytes() == **near));
    if followed_by_range(bytes, end) || says(VERSIONS) {
        return false;
    }
    let local = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation();
    let masked = bytes.get(end) == Some(&b'/') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
    // Versions are made of small numbers.
    let large = address.octets().iter().filter(|octet| **octet > 25).count() >= 3;
    port || masked
        || local
        || large
        || says(&[
            "ip",
            "ips",
            "ipv4",
            "address",
            "addresses",
            "host",
            "hosts",
            "server",
            "gateway",
            "dns",
            "nameserver",
            "resolver",
            "ping",
            "listen",
            "listens",
            "subnet",
            "curl",
            "ssh",
        ])
}

/// Whether what stands before a bare name lets it be one: not a path, a variable or an option.
fn begins(bytes: &[u8], start: usize) -> bool {
    match start.checked_sub(1).map(|at| bytes[at]) {
        Some(b'/' | b'\\' | b'$' | b'-' | b'_' | b'#' | b'%' | b'~') => false,
        Some(b'.') => bytes[..start].ends_with(b"*."),
        // Dashes, quotes and dots of typesetters (U+2010 to U+2026) end a word; letters do not.
        Some(byte) => byte < 0x80 || matches!(bytes[..start], [.., 0xE2, 0x80, 0x90..=0xA6]),
        None => true,
    }
}

fn believed(name: &[u8]) -> bool {
    let mut parts = name.split(|&b| b == b'.');
    let (first, last) =
        (parts.next().unwrap_or_default(), name.rsplit(|&b| b == b'.').next().unwrap_or_default());
    let is = |names: &[&str], label: &[u8]| names.iter().any(|name| name.as_bytes() == label);
    is(DOMAINS, last)
        && !is(REVERSED, first)
        && labels(name, false)
        && first.iter().any(u8::is_ascii_lowercase)
        && !(last == b"io" && first.iter().any(u8::is_ascii_uppercase))
}

/// Whether a name is made of labels (RFC 1123, section 2.1) and its last one is a word.
fn labels(name: &[u8], url: bool) -> bool {
    let valid = |label: &[u8]| {
        let edges = [label.first(), label.last()].iter().all(|b| b.is_some_and(u8::is_ascii_alphanumeric));
        label.len() <= 63
            && (edges || url)
            && !label.is_empty()
            && label.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-' || url && *b == b'_')
    };
    let last = name.rsplit(|&b| b == b'.').next().unwrap_or_default();
    let word = last.len() >= 2 && (last.iter().all(u8::is_ascii_alphabetic) || last.starts_with(b"xn--"));
    let single = !name.contains(&b'.') && url && name.iter().any(u8::is_ascii_alphabetic);
    name.len() <= 253 && name.split(|&b| b == b'.').all(valid) && (single || word && name.contains(&b'.'))
}

fn found(name: &[u8], start: usize) -> Option<Found> {
    let value = String::from_utf8(name.to_ascii_lowercase()).ok()?;
    Some(Found { kind: Kind::Host, value, start, end: start + name.len() })
}

fn ipv4(name: &[u8]) -> Option<Ipv4Addr> {
    if !(7..=15).contains(&name.len()) {
        return None;
    }
    std::str::from_utf8(name).ok()?.parse().ok()
}
