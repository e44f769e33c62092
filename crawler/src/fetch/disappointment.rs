//! Why nothing was fetched, and when to ask again.
//!
//! Each way in which a fetch can fail has its own sentence, kept with the source and shown to people. Every text reads
//! after "failed to", names the host or the URL, and never repeats a query string or a password. What was asked and
//! answered is decided elsewhere; here it only gets its words.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::Url;

use super::address::AddressKind;

/// A fetch that gave nothing.
///
/// `url` is without query, user name and password; `host` comes with its port, if it is not the usual one; `detail` is
/// a cause in a library's words, cut; sizes are bytes.
#[expect(missing_docs, reason = "the fields are described once, above, and not at each of forty places")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Disappointment {
    /// The address is neither `http` nor `https`.
    #[error("fetch {url}: only http and https are spoken, not {scheme}")]
    Scheme { url: String, scheme: String },
    /// The address carries a user name or a password, which a source's address must not.
    #[error("fetch {url}: the address carries a user name or password")]
    Userinfo { url: String },
    /// The address names no host.
    #[error("fetch {url}: the address names no host")]
    Hostless { url: String },
    /// The host's name has no address.
    #[error("reach {host}: its name does not resolve ({detail})")]
    Unresolved { host: String, detail: String },
    /// The host's address is one this source may not be connected to.
    #[error("reach {host}: {address} is {}, which this source may not ask", kind.words())]
    RefusedAddress { host: String, address: IpAddr, kind: AddressKind },
    /// The host is there and nothing listens.
    #[error("reach {host}: it refused the connection")]
    ConnectionRefused { host: String },
    /// No connection for another reason.
    #[error("reach {host}: no connection was made ({detail})")]
    Unreachable { host: String, detail: String },
    /// Connecting, TLS included, took too long.
    #[error("reach {host}: no connection within {} seconds", limit.as_secs())]
    ConnectTimeout { host: String, limit: Duration },
    /// The certificate's time is over.
    #[error("reach {host} safely: its certificate has expired")]
    CertificateExpired { host: String },
    /// The certificate's time has not come.
    #[error("reach {host} safely: its certificate is not valid yet")]
    CertificateNotYetValid { host: String },
    /// Nobody this machine trusts vouches for the certificate.
    #[error("reach {host} safely: its certificate comes from an issuer this machine does not know")]
    CertificateIssuer { host: String },
    /// The certificate was issued for other names.
    #[error("reach {host} safely: its certificate was issued for another name")]
    CertificateName { host: String },
    /// The certificate was taken back by its issuer.
    #[error("reach {host} safely: its certificate was revoked")]
    CertificateRevoked { host: String },
    /// There is something else about the certificate; one that somebody made for a test is often of this kind.
    #[error(
        "reach {host} safely: its certificate is not acceptable ({detail}), as happens with self-made ones"
    )]
    CertificateUnsound { host: String, detail: String },
    /// TLS failed for another reason.
    #[error("reach {host} safely: TLS failed ({detail})")]
    Tls { host: String, detail: String },
    /// The answer was not complete in time.
    #[error("fetch {url}: no complete answer within {} seconds", limit.as_secs())]
    Timeout { url: String, limit: Duration },
    /// The server hung up, or did not speak HTTP.
    #[error("fetch {url}: the server gave no proper answer ({detail})")]
    NoAnswer { url: String, detail: String },
    /// The body ended before its end.
    #[error("fetch {url}: the answer broke off after {received} bytes")]
    BrokeOff { url: String, received: u64 },
    /// The body is not compressed in the way it claims, or in one we do not read.
    #[error("fetch {url}: the answer could not be decompressed ({detail})")]
    Decompression { url: String, detail: String },
    /// The body, decompressed, is larger than allowed.
    #[error("fetch {url}: the answer is larger than {limit} bytes")]
    TooLarge { url: String, limit: u64 },
    /// A redirect leads to an address that is not asked.
    #[error("follow the redirect of {from}: {cause}")]
    BadRedirect { from: String, cause: Box<Disappointment> },
    /// A redirect says nothing readable about where to.
    #[error("follow the redirect of {url}: it does not say where to")]
    RedirectNowhere { url: String },
    /// A redirect leads from a protected to an unprotected connection.
    #[error("follow the redirect of {from}: it leads from https down to http ({to})")]
    Downgrade { from: String, to: String },
    /// Redirects lead back to where they were.
    #[error("fetch {url}: its redirects go round in a circle")]
    RedirectLoop { url: String },
    /// There are more redirects in a row than allowed.
    #[error("fetch {url}: more than {limit} redirects")]
    TooManyRedirects { url: String, limit: u8 },
    /// What is brought to an address is not carried on to another one.
    #[error("bring it to {url}: the server sends us on to another address ({status}), which is not followed")]
    SentOn { url: String, status: u16 },
    /// The host's `robots.txt` asks programs like this one to stay away.
    #[error("fetch {url}: the host's robots.txt asks us not to")]
    RobotsDisallow { url: String },
    /// Whether the host wants to be asked could not be learned, which counts as no (RFC 9309 section 2.3.1.4).
    #[error("learn from robots.txt whether {host} may be asked: failed to {cause}")]
    RobotsUnreachable { host: String, cause: Box<Disappointment> },
    /// The host's `robots.txt` was fetched and could not be made sense of, which counts as no.
    #[error("learn from robots.txt whether {host} may be asked: it cannot be read")]
    RobotsUnreadable { host: String },
    /// 401: who are you?
    #[error("fetch {url}: the server wants a login (401)")]
    Unauthorized { url: String },
    /// 401 to a request that carried a token.
    #[error("use the token for {host}: it was refused as expired, withdrawn or mistyped (401)")]
    TokenRefused { host: String },
    /// A mail server refuses who logs in.
    #[error("log in to {host}: it refused the user name or the password")]
    LoginRefused { host: String },
    /// A mail server did not answer as one.
    #[error("speak IMAP with {host}: {detail}")]
    Imap { host: String, detail: String },
    /// 403: not you.
    #[error("fetch {url}: the server forbids it (403)")]
    Forbidden { url: String },
    /// 404: nothing there, perhaps for now.
    #[error("fetch {url}: there is nothing at this address (404)")]
    NotFound { url: String },
    /// 410: nothing there, and there never will be.
    #[error("fetch {url}: it was removed for good (410)")]
    Gone { url: String },
    /// 429 or 503 with a time to come back.
    #[error("ask {host}: it wants to be left alone for {} seconds ({status})", after.as_secs())]
    Resting { host: String, status: u16, after: Duration },
    /// 429 without a time to come back.
    #[error("fetch {url}: the server says we ask too often (429)")]
    TooManyRequests { url: String },
    /// 5xx.
    #[error("fetch {url}: the server has a fault of its own ({status})")]
    ServerFault { url: String, status: u16 },
    /// The undertaking that this request belongs to has had its share.
    #[error("fetch {url}: as much was fetched as may be in one go")]
    RationSpent { url: String },
    /// Any other status that brings no content.
    #[error("fetch {url}: the server answered with status {status}")]
    Status { url: String, status: u16 },
}

/// When asking again makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Not before the server's own time, from one second to one day.
    After(Duration),
    /// Later, and later each time: see [`backoff`].
    Backoff,
    /// Not until a person has changed something.
    GiveUp,
}

impl Disappointment {
    /// When the same request may be made again.
    ///
    /// What lies behind a redirect can be mended by the vendor alone, so it is never given up for its address.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Scheme { .. } | Self::Userinfo { .. } | Self::Hostless { .. } => Retry::GiveUp,
            Self::RefusedAddress { .. } | Self::Gone { .. } => Retry::GiveUp,
            Self::Resting { after, .. } => Retry::After(*after),
            Self::RobotsUnreachable { cause, .. } if matches!(cause.retry(), Retry::After(_)) => {
                cause.retry()
            }
            _ => Retry::Backoff,
        }
    }

    /// Whether the request certainly reached nobody who would have acted on it.
    pub fn reached_nobody(&self) -> bool {
        let unfit = matches!(self, Self::Scheme { .. } | Self::Userinfo { .. } | Self::Hostless { .. });
        let status = match self {
            Self::Unauthorized { .. } | Self::Forbidden { .. } | Self::NotFound { .. } => true,
            Self::Gone { .. } | Self::TooManyRequests { .. } | Self::SentOn { .. } => true,
            Self::Status { status, .. } => (400..500).contains(status),
            _ => false,
        };
        unfit || status || self.troubled_host().is_some()
    }

    /// The same, said of an address that a redirect led to: a refusal to go there is the redirect's fault.
    pub(super) fn behind_redirect(self, from: &Url) -> Self {
        match self {
            Self::Scheme { .. }
            | Self::Userinfo { .. }
            | Self::Hostless { .. }
            | Self::RefusedAddress { .. } => Self::BadRedirect { from: shown(from), cause: Box::new(self) },
            other => other,
        }
    }

    /// The host, if any of its addresses would fail in the same way as far as can be told.
    pub(crate) fn troubled_host(&self) -> Option<&str> {
        match self {
            Self::Unresolved { host, .. }
            | Self::RefusedAddress { host, .. }
            | Self::ConnectionRefused { host }
            | Self::Unreachable { host, .. }
            | Self::ConnectTimeout { host, .. }
            | Self::CertificateExpired { host }
            | Self::CertificateNotYetValid { host }
            | Self::CertificateIssuer { host }
            | Self::CertificateName { host }
            | Self::CertificateRevoked { host }
            | Self::CertificateUnsound { host, .. }
            | Self::Tls { host, .. }
            | Self::Resting { host, .. } => Some(host),
            _ => None,
        }
    }
}

/// How long to wait after so many failures in a row: two minutes, doubled each time, a day at most.
///
/// Up to a quarter is taken off, always the same for the same `seed` and count, so that sources that failed together
/// do not all return together.
pub fn backoff(failures: u32, seed: u64) -> Duration {
    const FIRST: u64 = 120_000;
    const LONGEST: u64 = 86_400_000;
    let doublings = failures.saturating_sub(1).min(16);
    let whole = (FIRST << doublings).min(LONGEST);
    let off = scattered(seed ^ u64::from(failures)) % (whole / 4);
    Duration::from_millis(whole - off)
}

/// The output function of SplitMix64 (Steele, Lea and Flood, 2014): near seeds give far results.
fn scattered(seed: u64) -> u64 {
    let mut bits = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A URL as it may be shown and logged: without user name, password, query and fragment, and not endless.
pub(super) fn shown(url: &Url) -> String {
    const LONGEST: usize = 300;
    let text = format!("{}://{}{}", url.scheme(), host(url), url.path());
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The host of a URL with its port, if that is not the scheme's own; also what politeness is counted by, so the final
/// dot that a name may have makes no difference.
pub(super) fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default().trim_end_matches('.');
    match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::Url;

    use super::{Disappointment, Retry, backoff, shown};

    #[test]
    fn a_wait_grows_to_a_day_and_stays_there() {
        let mut longest = Duration::ZERO;
        for failures in 0..=10 {
            let wait = backoff(failures, 7);
            let whole = Duration::from_secs((120 << failures.max(1) >> 1).min(86_400));
            assert!(wait <= whole && wait >= whole * 3 / 4, "{failures}: {wait:?}");
            longest = longest.max(wait);
        }
        assert!(backoff(u32::MAX, u64::MAX) <= Duration::from_hours(24));
        assert!(backoff(40, 1) > longest / 2);
    }

    #[test]
    fn a_wait_is_the_same_for_the_same_source_and_differs_between_sources() {
        assert_eq!(backoff(3, 11), backoff(3, 11));
        let waits: std::collections::BTreeSet<_> = (0..100).map(|seed| backoff(3, seed)).collect();
        assert!(waits.len() > 90);
    }

    #[test]
    fn a_shown_address_keeps_secrets() {
        let url = Url::parse("https://user:pass@vendor.example:8443/feed?token=secret#part").unwrap();
        assert_eq!(shown(&url), "https://vendor.example:8443/feed");
        let long = Url::parse(&format!("https://vendor.example/{}", "a".repeat(9_999))).unwrap();
        assert!(shown(&long).len() < 310);
    }

    #[test]
    fn who_acts_next_is_told() {
        let url = String::new;
        let gone = Disappointment::Gone { url: url() };
        assert_eq!(gone.retry(), Retry::GiveUp);
        assert_eq!(Disappointment::NotFound { url: url() }.retry(), Retry::Backoff);
        let after = Duration::from_secs(5);
        let resting = Disappointment::Resting { host: url(), status: 429, after };
        assert_eq!(resting.retry(), Retry::After(after));
        let unknown = Disappointment::RobotsUnreachable { host: url(), cause: Box::new(resting) };
        assert_eq!(unknown.retry(), Retry::After(after));
        let from = Url::parse("http://vendor.example/").unwrap();
        let scheme = Disappointment::Scheme { url: url(), scheme: "ftp".to_owned() };
        assert_eq!(scheme.clone().retry(), Retry::GiveUp);
        assert_eq!(scheme.behind_redirect(&from).retry(), Retry::Backoff);
    }

    #[test]
    fn a_sentence_reads_after_failed_to() {
        let from = Url::parse("https://vendor.example/news?key=1").unwrap();
        let refused = Disappointment::RefusedAddress {
            host: "router".to_owned(),
            address: [10, 0, 0, 1].into(),
            kind: crate::fetch::address::AddressKind::Private,
        };
        assert_eq!(
            format!("failed to {}", refused.behind_redirect(&from)),
            "failed to follow the redirect of https://vendor.example/news: reach router: 10.0.0.1 is a private \
             address, which this source may not ask"
        );
    }
}
