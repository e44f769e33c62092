//! Addresses of other machines in text, and which of them mean a machine at all.
//!
//! Names of licences, namespaces, manuals and examples are written as addresses, too; nothing ever connects there.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::words;
use crate::finding::CheckId;

/// An address with what its parts say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address<'a> {
    pub(super) scheme: &'a str,
    pub(super) host: &'a str,
    pub(super) port: Option<&'a str>,
    /// From the slash on.
    pub(super) path: &'a str,
    /// A user with a password stands in it.
    pub(super) has_password: bool,
}

/// Addresses in a text, each with the place where it begins.
pub(super) fn find(text: &str) -> impl Iterator<Item = (usize, Address<'_>)> {
    static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"\b((?:https?|ftps?|sftp|scp|rsync|smb|ssh|git|git\+ssh|svn\+ssh|wss?|tftp)://)([^\s"'<>`(){}|\\^\[\],;]+)"#).ok()
    });
    let all = ADDRESS.iter().flat_map(move |address| address.captures_iter(text));
    all.filter_map(|found| {
        let (scheme, rest) = (found.get(1)?, found.get(2)?);
        Some((scheme.start(), read(scheme.as_str().trim_end_matches("://"), rest.as_str())?))
    })
}

fn read<'a>(scheme: &'a str, rest: &'a str) -> Option<Address<'a>> {
    let rest = rest.trim_end_matches(['.', ':', '!', '*']);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let (user, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !port.is_empty() => {
            (host, Some(port))
        }
        _ => (place, None),
    };
    let password = user.split_once(':').map(|(_, password)| password).unwrap_or_default();
    let placeholders = ["pass", "password", "secret", "xxx", "***", "token", "pwd", "key"];
    let has_password = password.len() > 3
        && !password.contains(['$', '%', '{', '*'])
        && !placeholders.iter().any(|word| password.to_ascii_lowercase().contains(word));
    is_machine(host).then_some(Address { scheme, host, port, path, has_password })
}

/// Whether a name or number is one of another machine's, as far as it can be told without asking.
pub(super) fn is_machine(host: &str) -> bool {
    /// What ends names of files and of machines that are nobody's (RFC 2606, RFC 6761, RFC 6762).
    const NOT_LAST: &str = "example test invalid localhost local lan internal home localdomain conf cfg log sock pid py js so \
        service socket txt json xml html php exe dll cgi db yml yaml onion tld";
    const NOBODY: &str =
        "example example1 example2 domain mydomain yourdomain your-domain mycompany foo acme";
    let lower = host.to_ascii_lowercase();
    if lower.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return is_reachable(&lower);
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut labels = lower.rsplit('.');
    let (last, second) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    let is_last =
        last.len() > 1 && (last.bytes().all(|byte| byte.is_ascii_alphabetic()) || last.starts_with("xn--"));
    lower.len() < 254
        && lower.chars().all(fits)
        && is_last
        && !second.is_empty()
        && !words::has(NOT_LAST, last)
        && !words::has(NOBODY, second)
        && !lower.split('.').any(|label| {
            label.is_empty()
                || label.starts_with('-')
                || matches!(label, "example" | "your" | "yourserver" | "somewhere")
        })
}

/// Numbers that are neither this machine, nor for documentation (RFC 5737), nor nobody's.
fn is_reachable(number: &str) -> bool {
    let parts: Option<Vec<u8>> = number.split('.').map(|part| part.parse().ok()).collect();
    match parts.as_deref() {
        Some([0 | 127 | 224..=255, ..] | [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _]) => false,
        // Networks of one's own stand in examples far more often than in anything that acts.
        Some([10, ..] | [192, 168, ..] | [172, 16..=31, ..] | [169, 254, ..]) => false,
        Some([1, 2, 3, 4] | [1, 1, 1, 1] | [8, 8, 8, 8]) => false,
        Some([_, _, _, _]) => true,
        _ => false,
    }
}

impl Address<'_> {
    /// Which check an address belongs to, by its scheme.
    pub(super) fn check(&self) -> CheckId {
        match self.scheme {
            "ftp" | "ftps" | "tftp" => CheckId::RemoteFtp,
            "http" | "https" | "ws" | "wss" | "git" => CheckId::RemoteUrl,
            _ => CheckId::RemoteScp,
        }
    }

    /// Whether the address names something that is read by people or by nobody: a licence, a namespace, a manual.
    pub(super) fn is_reference(&self) -> bool {
        const HOSTS: &str = "w3.org schema.org json-schema.org xmlsoap.org purl.org ns.adobe.com xml.org gnu.org \
            opensource.org creativecommons.org spdx.org developer.mozilla.org wikipedia.org wikimedia.org \
            stackoverflow.com stackexchange.com ietf.org rfc-editor.org readthedocs.io readthedocs.org \
            freedesktop.org goo.gl git.io bit.ly aka.ms fb.me t.co man7.org unicode.org oasis-open.org ecma- \
            international.org whatwg.org openoffice.org python.org npmjs.com pypi.python.org reactjs.org \
            react.dev nodejs.org gnome.org kde.org patreon.com opencollective.com openxmlformats.org";
        const FIRST: &str = "docs doc wiki bugs bugzilla issues help support schemas manpages blog developer developers lists \
            forum jira";
        const PATHS: &str = "/docs /doc/ /wiki /issues /pull/ /blob/ /tree/ /licen /documentation /manual /help /faq /commit/ \
            /man/ /questions/ /blog /reference /guide /bugs /browse/ /tutorial /about /project/ /intent/ \
            /sharer /sharearticle /viewer";
        let host = self.host.to_ascii_lowercase();
        let path = self.path.to_ascii_lowercase();
        let first = host.split('.').next().unwrap_or_default();
        let forge = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "sourceforge.net"];
        let page = [".html", ".htm", ".pdf", ".md", ".txt", ".dtd", ".xsd", ".rst"]
            .iter()
            .any(|end| path.ends_with(end))
            || path.contains('#');
        let is_front = forge.iter().any(|known| is_below(&host, known)) && !self.is_download();
        HOSTS.split(' ').any(|known| is_below(&host, known))
            || words::has(FIRST, first)
            || PATHS.split(' ').any(|part| path.contains(part))
            || page
            || is_front
    }

    /// Whether it is somebody's front page: a name without a path, that people type.
    pub(super) fn is_front_page(&self) -> bool {
        let is_short =
            self.host.split('.').count() == 2 || self.host.to_ascii_lowercase().starts_with("www.");
        is_short && self.port.is_none() && self.path.trim_matches('/').is_empty()
    }

    /// Whether the path is one that programs fetch.
    pub(super) fn is_download(&self) -> bool {
        const PARTS: &str = "/releases/download /download /api/ /v1/ /v2/ /v3/ /cgi-bin/ /rpc /simple /dists/ /latest /upload \
            /submit";
        const ENDS: &str = ".tar.gz .tgz .zip .json .xml .cgi .gz .xz .sh .exe .deb .rpm .jar .whl .git .csv";
        let path = self.path.to_ascii_lowercase();
        PARTS.split(' ').any(|part| path.contains(part)) || ENDS.split(' ').any(|end| path.ends_with(end))
    }

    /// The address as it is told, without who logs in.
    pub(super) fn told(&self) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let path: String = self.path.chars().take(80).collect();
        format!("{}://{}{port}{path}", self.scheme, self.host)
    }
}

/// Whether a host is this one or below it.
fn is_below(host: &str, known: &str) -> bool {
    host == known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::{find, is_machine};

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = find(text).map(|(_, address)| address.told()).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn addresses_end_where_their_text_does() {
        check("get http://u:p@relay.orrin.se:8080/a?b, then", &["http://relay.orrin.se:8080/a?b"]);
        check("(https://relay.orrin.se).", &["https://relay.orrin.se"]);
        check(
            "sftp://relay.orrin.se/x; rsync://b.orrin.se",
            &["sftp://relay.orrin.se/x", "rsync://b.orrin.se"],
        );
        check("https://${HOST}/x http://%s/x https://", &[]);
    }

    #[test]
    fn nobodys_machines_are_none() {
        for host in [
            "example.com",
            "a.example.org",
            "localhost",
            "192.0.2.1",
            "127.0.0.1",
            "10.0.0.1",
            "relay",
            "a.conf",
            "x.test",
            "1.2.3",
        ] {
            assert!(!is_machine(host), "{host}");
        }
        for host in ["relay.orrin.se", "203.0.112.9", "a.xn--p1ai"] {
            assert!(is_machine(host), "{host}");
        }
    }

    #[test]
    fn references_are_told_from_what_is_fetched() {
        for (text, expected) in [
            ("http://www.w3.org/2000/svg", true),
            ("https://github.com/orrin/relay", true),
            ("https://github.com/orrin/relay/releases/download/v1/x", false),
            ("https://docs.orrin.se/", true),
            ("https://relay.orrin.se/manual/a.html", true),
            ("https://relay.orrin.se/pull", false),
        ] {
            assert_eq!(
                find(text).next().map(|(_, address)| address.is_reference()),
                Some(expected),
                "{text}"
            );
        }
    }
}
