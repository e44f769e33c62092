//! Addresses as commands take them: with a scheme, or as `user@host:path`.

/// An address in its parts.
pub(super) struct Address<'a> {
    pub(super) scheme: &'a str,
    /// Whether a password stands in it.
    pub(super) password: bool,
    pub(super) host: &'a str,
}

/// Reads `scheme://user:password@host:port/path`.
pub(super) fn address(text: &str) -> Option<Address<'_>> {
    let (scheme, rest) = text.split_once("://")?;
    if scheme.is_empty() || !scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (user, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let host = if host.starts_with('[') { host.split_inclusive(']').next() } else { host.split(':').next() };
    Some(Address {
        scheme,
        password: user.is_some_and(|user| user.contains(':')),
        host: host.unwrap_or_default(),
    })
}

/// Whether a host is this machine, or one that is reserved for documentation (RFC 2606, RFC 5737).
pub(super) fn is_nowhere(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host.is_empty()
        || host == "localhost"
        || host == "::1"
        || ["127.", "192.0.2.", "198.51.100.", "203.0.113.", "0.0.0.0"]
            .iter()
            .any(|start| host.starts_with(start))
        || ["example.com", "example.org", "example.net"]
            .iter()
            .any(|own| host == *own || host.ends_with(&format!(".{own}")))
        || [".example", ".invalid", ".localhost", ".test"].iter().any(|end| host.ends_with(end))
}

/// An address without its password, which a page need not show again.
pub(super) fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    match rest.split_once('@') {
        Some((user, rest)) if !user.contains('/') => {
            let name = user.split(':').next().unwrap_or_default();
            let secret = if user.contains(':') { ":…" } else { "" };
            format!("{scheme}://{name}{secret}@{rest}")
        }
        _ => text.to_owned(),
    }
}

/// The host of `user@host:path`, `host::module`, `rsync://host/x`; `None` for a path of this machine.
pub(super) fn copied_host(text: &str) -> Option<&str> {
    if let Some((_, rest)) = text.split_once("://") {
        return rest.split(['/', ':']).next();
    }
    let (host, _) = text.split_once(':')?;
    (!host.contains('/') && !host.is_empty() && !host.starts_with('$')).then_some(host)
}
