//! A connection for what is not HTTP: a mail server's.
//!
//! Made like every other: the name resolved and each address vetted, the host's turn waited for, TLS with the system's
//! roots. It ends by itself when the far side sends more than it may, or nothing for too long. What is said over it is
//! the caller's business; no `robots.txt` speaks of it.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tokio_rustls::TlsConnector;
use url::Url;

use super::address::Reach;
use super::ask::Inside;
use super::disappointment::{Disappointment, host};
use super::failure;
use super::pace::Turn;
use super::resolve::{NoAddress, vet_literal, vetted};

/// Whom to connect to, and within what bounds.
#[derive(Clone, Debug)]
pub struct Call {
    /// Scheme, host and port; nothing else of it is looked at.
    pub url: Url,
    /// The port where the address names none.
    pub port: u16,
    /// How far the source may reach.
    pub reach: Reach,
    /// Whether TLS is spoken from the first byte on.
    pub tls: bool,
    /// Bytes that the far side may send in all.
    pub max_bytes: u64,
}

/// A connection; the host's turn is held until it is dropped.
pub struct Line {
    inner: Pin<Box<dyn Both>>,
    left: u64,
    limit: Duration,
    idle: Pin<Box<Sleep>>,
    _turn: Turn,
}

trait Both: AsyncRead + AsyncWrite + Send {}
impl<T: AsyncRead + AsyncWrite + Send> Both for T {}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({} bytes left)", self.left)
    }
}

impl Inside {
    /// Connects.
    ///
    /// # Errors
    /// With the words for what stood in the way.
    pub(super) async fn call(&self, call: &Call) -> Result<Line, Disappointment> {
        vet_literal(&call.url, call.reach)?;
        let named = host(&call.url);
        let turn = self.pace.turn(&named, self.politeness.host_interval).await;
        let limit = self.politeness.connect_timeout;
        let late = |_| Disappointment::ConnectTimeout { host: named.clone(), limit };
        let inner = timeout(limit, connect(call, &named)).await.map_err(late)??;
        let limit = self.politeness.timeout;
        Ok(Line { inner, left: call.max_bytes, limit, idle: Box::pin(sleep(limit)), _turn: turn })
    }
}

async fn connect(call: &Call, named: &str) -> Result<Pin<Box<dyn Both>>, Disappointment> {
    let name = call.url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = call.url.port().unwrap_or(call.port);
    let unresolved = |cause| NoAddress::Unresolved(cause).told_of(named.to_owned());
    let found: Vec<SocketAddr> =
        tokio::net::lookup_host((name.as_str(), port)).await.map_err(unresolved)?.collect();
    let allowed =
        vetted(found.into_iter(), call.reach).map_err(|refused| refused.told_of(named.to_owned()))?;
    let mut refused = io::Error::other("the name has no addresses");
    let mut made = None;
    for address in allowed {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                made = Some(stream);
                break;
            }
            Err(error) => refused = error,
        }
    }
    let broken = |error: io::Error| failure::of_connection(&error, named.to_owned());
    let Some(stream) = made else { return Err(broken(refused)) };
    if !call.tls {
        return Ok(Box::pin(stream));
    }
    let failed = |detail: String| Disappointment::Tls { host: named.to_owned(), detail };
    let config =
        ClientConfig::builder().with_platform_verifier().map_err(|error| failed(error.to_string()))?;
    let connector = TlsConnector::from(Arc::new(config.with_no_client_auth()));
    let name = ServerName::try_from(name).map_err(|error| failed(error.to_string()))?;
    Ok(Box::pin(connector.connect(name, stream).await.map_err(broken)?))
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match self.inner.as_mut().poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                let received = (buf.filled().len() - before) as u64;
                let Some(left) = self.left.checked_sub(received) else {
                    return Poll::Ready(Err(io::Error::other("it sent more than one round takes")));
                };
                self.left = left;
                let next = Instant::now() + self.limit;
                self.idle.as_mut().reset(next);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(error) => Poll::Ready(error),
            Poll::Pending => match self.idle.as_mut().poll(cx) {
                Poll::Ready(()) => {
                    let sentence = format!("it said nothing for {} seconds", self.limit.as_secs());
                    Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, sentence)))
                }
                Poll::Pending => Poll::Pending,
            },
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        // Somebody who asks waits for an answer from now on.
        let next = Instant::now() + self.limit;
        self.idle.as_mut().reset(next);
        self.inner.as_mut().poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner.as_mut().poll_shutdown(cx)
    }
}
