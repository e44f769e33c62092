//! Serving: who may reach the program, and how it starts and stops.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use crawler::fetch::Door;
use crawler::inbox::Inbox;
use crawler::round::Crawl;
use index::knowledge::Knowledge;

use crate::arrival::Packages;
use crate::guard::access::{Access, TokenDigest};
use crate::routes::router;
use crate::schedule::{self, Schedule};
use crate::settings::Settings;
use crate::state::State;

/// Name of the environment variable that holds the access token.
pub const TOKEN: &str = "FOREWARN_TOKEN";

/// Letters of the shortest token that is taken.
const SHORTEST_TOKEN: usize = 16;

/// How long the program waits for what is under way when it is asked to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who may ask, by the settings and the token of the environment.
///
/// # Errors
/// When the address is not loopback and neither a token nor a proxy header is set; the text says what to do.
pub fn access(settings: &Settings, token: Option<&str>) -> anyhow::Result<Access> {
    if let Some(token) = token {
        if token.chars().count() < SHORTEST_TOKEN {
            bail!(
                "take the token in {TOKEN}: it has fewer than {SHORTEST_TOKEN} letters; `openssl rand -hex 24` makes a good one"
            );
        }
        return Ok(Access::Token(TokenDigest::of(token)));
    }
    if !settings.web.proxy_header.is_empty() {
        let header = settings
            .web
            .proxy_header
            .parse()
            .context("take the setting web.proxy_header: it is no header name")?;
        return Ok(Access::ProxyHeader(header));
    }
    let listen = settings.web.listen;
    if !listen.ip().is_loopback() {
        bail!(
            "listen on {listen}: everybody who reaches that address could read everything; set {TOKEN} to a long random \
             token, or web.proxy_header to the header of a proxy that signs people in, or listen on 127.0.0.1"
        );
    }
    Ok(Access::Loopback)
}

/// How sources are asked, by the settings.
///
/// # Errors
/// When the door to the network cannot be set up.
pub fn crawl(knowledge: &Knowledge, settings: &Settings) -> anyhow::Result<Crawl> {
    Ok(Crawl {
        knowledge: knowledge.clone(),
        door: Door::new(settings.politeness())?,
        clock: schedule::now,
        holder: format!("process {}", std::process::id()),
        patience: Duration::from_secs(u64::from(settings.crawl.patience_minutes) * 60),
        together: settings.crawl.together.max(1),
    })
}

/// A program that is listening and not yet serving.
pub struct Listening {
    listener: tokio::net::TcpListener,
    /// Where it is reached.
    pub address: SocketAddr,
}

/// Takes the address, so that a second program on it is noticed before anything else is done.
///
/// # Errors
/// When the address is taken or not ours.
pub async fn listen(address: SocketAddr) -> anyhow::Result<Listening> {
    let listener = tokio::net::TcpListener::bind(address).await.with_context(|| {
        format!("listen on {address}: is another program there? `--listen 127.0.0.1:0` takes any free port")
    })?;
    let address = listener.local_addr().context("learn the address that was given")?;
    Ok(Listening { listener, address })
}

/// Serves until `stop` completes, crawling meanwhile if `crawl` is given; then waits a while for what is under way.
///
/// # Errors
/// When the clock cannot be started or the listener fails.
pub async fn serve(
    listening: Listening,
    knowledge: Knowledge,
    settings: &Settings,
    access: Access,
    crawl: Option<Crawl>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let look_every = Duration::from_secs(settings.crawl.look_every_seconds.into());
    let mut schedule = Schedule::start(knowledge.clone(), crawl, look_every).await?;
    let mut state = State::new(knowledge.clone(), Arc::new(schedule::now), access);
    state.packages = Packages::new(&settings.packages);
    if !settings.packages.inbox.as_os_str().is_empty() {
        let inbox = Inbox::open(&settings.packages.inbox)?;
        schedule.watch(inbox, knowledge.clone(), state.packages.clone()).await?;
    }
    state.hosts = settings.web.hosts.clone().into();
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let stop = async move {
        stop.await;
        let _ = stopping.send(());
    };
    let serving = axum::serve(listening.listener, router(state)).with_graceful_shutdown(stop).into_future();
    let late = async {
        let _ = stopped.await;
        tokio::time::sleep(PATIENCE).await;
    };
    // A visitor who keeps a connection open does not keep the program from stopping.
    tokio::select! {
        served = serving => served.context("serve")?,
        () = late => tracing::warn!("stopped while answers were under way"),
    }
    schedule.stop(PATIENCE).await;
    knowledge.close().await;
    Ok(())
}

/// Completes when the person or the system asks the program to stop.
pub async fn asked_to_stop() {
    let interrupt = async { tokio::signal::ctrl_c().await.is_ok() };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        interrupt.await;
    }
}

#[cfg(test)]
mod tests {
    use super::access;
    use crate::settings::Settings;

    fn check(listen: &str, token: Option<&str>, header: &str, expected: &str) {
        let mut settings = Settings::default();
        settings.web.listen = listen.parse().unwrap();
        settings.web.proxy_header = header.into();
        let said = match access(&settings, token) {
            Ok(access) => format!("{access:?}"),
            Err(error) => format!("{error:#}"),
        };
        assert!(said.contains(expected), "{said}");
    }

    #[test]
    fn only_loopback_is_served_without_a_token_or_a_proxy() {
        check("127.0.0.1:8080", None, "", "Loopback");
        check("[::1]:8080", None, "", "Loopback");
        check("0.0.0.0:8080", None, "", "set FOREWARN_TOKEN");
        check("192.0.2.1:80", None, "", "or listen on 127.0.0.1");
        check("0.0.0.0:8080", Some("a token that is long"), "", "Token");
        check("0.0.0.0:8080", None, "X-Forwarded-User", "ProxyHeader");
        check("0.0.0.0:8080", None, "not a header", "no header name");
        check("127.0.0.1:8080", Some("short"), "", "fewer than 16 letters");
    }
}
