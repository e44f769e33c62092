//! What went wrong inside a connection, told apart.
//!
//! Takes an error of the HTTP client, whose own texts are for programmers and may carry a whole URL, and gives the
//! [`Disappointment`] that it amounts to. It looks at types in the chain of causes, never at texts.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::Url;
use rustls::CertificateError;

use super::disappointment::{Disappointment, host, shown};
use super::resolve::NoAddress;

/// What a failure before the answer's headers amounts to.
pub(super) fn of_request(error: &reqwest::Error, url: &Url, connect_timeout: Duration) -> Disappointment {
    let host = host(url);
    if let Some(no_address) = found::<NoAddress>(error) {
        return no_address.told_of(host);
    }
    if let Some(tls) = found::<rustls::Error>(error) {
        return of_tls(tls, host);
    }
    if error.is_connect() {
        if error.is_timeout() {
            return Disappointment::ConnectTimeout { host, limit: connect_timeout };
        }
        return match found::<io::Error>(error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => Disappointment::ConnectionRefused { host },
            _ => Disappointment::Unreachable { host, detail: innermost(error) },
        };
    }
    Disappointment::NoAnswer { url: shown(url), detail: innermost(error) }
}

/// What a failure to make a connection by ourselves amounts to.
pub(super) fn of_connection(error: &io::Error, host: String) -> Disappointment {
    if let Some(tls) = found::<rustls::Error>(error) {
        return of_tls(tls, host);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Disappointment::ConnectionRefused { host },
        _ => Disappointment::Unreachable { host, detail: bounded(&error.to_string()) },
    }
}

/// What a failure while reading the body amounts to.
pub(super) fn of_body(error: &reqwest::Error, url: &Url, received: u64) -> Disappointment {
    // What fails below the decompression comes as the connection's own error; only the decompression itself fails as
    // plain input and output.
    if !error.source().is_some_and(<dyn Error>::is::<io::Error>) {
        return Disappointment::BrokeOff { url: shown(url), received };
    }
    Disappointment::Decompression { url: shown(url), detail: innermost(error) }
}

fn of_tls(error: &rustls::Error, host: String) -> Disappointment {
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return Disappointment::Tls { host, detail: bounded(&error.to_string()) };
    };
    match certificate {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            Disappointment::CertificateExpired { host }
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Disappointment::CertificateNotYetValid { host }
        }
        CertificateError::UnknownIssuer => Disappointment::CertificateIssuer { host },
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Disappointment::CertificateName { host }
        }
        CertificateError::Revoked => Disappointment::CertificateRevoked { host },
        CertificateError::Other(other) => {
            Disappointment::CertificateUnsound { host, detail: bounded(&other.0.to_string()) }
        }
        other => Disappointment::CertificateUnsound { host, detail: bounded(&other.to_string()) },
    }
}

/// The error and all that it was caused by.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

/// An `io::Error` leaves out what it wraps, so that is asked for.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn found<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

fn innermost(error: &reqwest::Error) -> String {
    // The client's own outermost text names the URL with its query, so it is never used.
    causes(error)
        .skip(1)
        .last()
        .map_or_else(|| "no reason given".to_owned(), |cause| bounded(&cause.to_string()))
}

/// A cause may repeat what a server sent, so it is cut.
fn bounded(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use rustls::{CertificateError, Error};

    use super::of_tls;

    fn check(error: CertificateError, expected: &str) {
        let told = of_tls(&Error::InvalidCertificate(error), "vendor.example".to_owned());
        assert_eq!(told.to_string(), format!("reach vendor.example safely: {expected}"));
    }

    #[test]
    fn certificate_troubles_are_told_apart() {
        check(CertificateError::Expired, "its certificate has expired");
        check(CertificateError::NotValidYet, "its certificate is not valid yet");
        check(
            CertificateError::UnknownIssuer,
            "its certificate comes from an issuer this machine does not know",
        );
        check(CertificateError::NotValidForName, "its certificate was issued for another name");
        check(CertificateError::Revoked, "its certificate was revoked");
        check(
            CertificateError::BadSignature,
            "its certificate is not acceptable (BadSignature), as happens with self-made ones",
        );
    }
}
