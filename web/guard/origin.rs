//! Under which name a request was addressed, and whether a change was asked for by a page of ours.
//!
//! A page of another site can make a browser send requests here, and with a name that it moves to 127.0.0.1 it can even
//! read the answers (DNS rebinding). The name in `Host` and what browsers say of a request's origin give it away.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// Whether `host`, as a `Host` header has it, is a loopback name or one of `names`, on any port.
pub(crate) fn is_named(host: &str, names: &[String]) -> bool {
    let Some(name) = without_port(host) else { return false };
    let ours = ["localhost", "127.0.0.1", "[::1]"].into_iter().chain(names.iter().map(String::as_str));
    ours.into_iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether a request that changes something came from a page of ours, or from no page at all (Fetch Metadata, and
/// RFC 6454 for browsers without it).
pub(crate) fn is_ours(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let origin = origin.to_str().unwrap_or_default();
    let Some((_, authority)) = origin.split_once("://") else { return false };
    headers.get(HOST).is_some_and(|host| host.as_bytes().eq_ignore_ascii_case(authority.as_bytes()))
}

fn without_port(host: &str) -> Option<&str> {
    let end = if host.starts_with('[') { host.find(']')? + 1 } else { host.find(':').unwrap_or(host.len()) };
    let (name, port) = (host.get(..end)?, host.get(end..)?);
    let port = port.strip_prefix(':').or(port.is_empty().then_some(""))?;
    port.bytes().all(|byte| byte.is_ascii_digit()).then_some(name)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::{is_named, is_ours};

    fn host(host: &str, expected: bool) {
        assert_eq!(is_named(host, &["forewarn.acme.example".to_owned()]), expected, "{host:?}");
    }

    fn change(pairs: &[(&'static str, &'static str)], expected: bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        assert_eq!(is_ours(&headers), expected, "{pairs:?}");
    }

    #[test]
    fn only_our_names_are_answered() {
        host("localhost", true);
        host("LOCALHOST:8080", true);
        host("127.0.0.1:1", true);
        host("[::1]", true);
        host("[::1]:8080", true);
        host("forewarn.acme.example", true);
        host("localhost.evil.example", false);
        host("evil.example", false);
        host("127.0.0.1.evil.example:80", false);
        host("localhost:80@evil.example", false);
        host("[::1", false);
        host("[::1]x", false);
        host("", false);
    }

    #[test]
    fn changes_are_asked_for_by_our_pages_or_by_no_page() {
        change(&[], true);
        change(&[("sec-fetch-site", "same-origin")], true);
        change(&[("sec-fetch-site", "none")], true);
        change(&[("sec-fetch-site", "same-site")], false);
        change(&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], false);
        change(&[("origin", "http://a:1"), ("host", "a:1")], true);
        change(&[("origin", "http://a:1"), ("host", "a:2")], false);
        change(&[("origin", "null"), ("host", "a")], false);
        change(&[("origin", "http://a")], false);
    }
}
